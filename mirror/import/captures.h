/*
 * Of each address the date of its newest copy, in 16 bytes: for archives that hold a page more than once.
 */
#ifndef IMPORT_CAPTURES_H
#define IMPORT_CAPTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURES_MAX ((size_t)16 << 20) /* addresses; what is over them is not compared */

struct capture {
    uint64_t url;  /* its hash; 0: free */
    int64_t date;
};
struct captures { /* zeroed: empty */
    struct capture *slots;
    size_t cap, count;
};

int captures_note(struct captures *c, const char *url, int64_t date); /* 0 or MIMEO_ENOMEM */
/* Is this copy the one to take?  The newest, and of several as new the first: true once for an address.  What was
 * never noted is taken. */
bool captures_take(struct captures *c, const char *url, int64_t date);
void captures_dispose(struct captures *c);

#endif
