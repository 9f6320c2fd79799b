/*
 * Where a publisher's mirrors are.  Addresses that this reader added are trust and are kept there, one a line, in
 * trust/<publisher>/mirrors; those of the publisher are in the newest joined header (RULES R12).  How each fared is a
 * cache, in work/<publisher>/health.
 */
#ifndef SYNC_MIRROR_LIST_H
#define SYNC_MIRROR_LIST_H

#include "net/address.h"
#include "trust/hash.h"
#include "trust/header.h"

#define MIRRORS_ADDED_MAX 64
#define WAY_NAME_MAX 16

struct mirror_entry {
    char address[ADDRESS_MAX + 1];
    bool added;
    bool usable;
    int64_t last_good, last_bad;
    char way[WAY_NAME_MAX];
};
struct mirror_list {
    struct mirror_entry *items; /* in the order in which they are to be tried */
    size_t count;
};

/* All known addresses of a publisher: the one that worked last first, then those added, then the header's in the
 * publisher's order (`header` NULL: none).  Private ones of the header are there, and not usable. */
int mirror_list_load(struct mirror_list *out, mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                     const struct header *header);
void mirror_list_dispose(struct mirror_list *l);

/* Add one as the reader's own; being there is fine.  MIMEO_EUSAGE for no address, MIMEO_EMALFORMED over the limit. */
int mirror_list_add(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address);
/* MIMEO_ENOTFOUND where the reader has not added it. */
int mirror_list_remove(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address);
/* Remember how an address fared; a library that cannot be written is fine. */
void mirror_list_note(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const char *address, bool good,
                      const char *way);

#endif
