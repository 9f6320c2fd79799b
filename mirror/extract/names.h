/*
 * Names of people out of what pages write where an author should be.
 */
#ifndef EXTRACT_NAMES_H
#define EXTRACT_NAMES_H

#include "base/bytes.h"

#define NAMES_MAX 32
#define NAME_MAX_BYTES 160

struct name {
    char text[NAME_MAX_BYTES];
    bool body; /* an agency, an editorial office: of people there are none in it */
    bool site; /* the paper itself */
};
struct names {
    struct name of[NAMES_MAX];
    size_t count;
};

/* The names in a line such as "By Ann Smith and Li Wei, Staff Writers | April 3", added to `out`: roles, dates,
 * addresses, handles and the words around are left out.  What is no name adds nothing.  `site` (may be empty) is
 * never a person.  With `one`, the line is said to be one name: it is not split at commas or "and". */
void names_add(struct names *out, struct view line, struct view site, bool one);
/* Where there are people, without the offices. */
void names_settle(struct names *n);

#endif
