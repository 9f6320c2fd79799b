/*
 * Inside of the core: libmimeo as the page's script sees it.
 *
 * Every export that can fail gives 0 or one of the codes of mimeo/error.h; what it found is JSON (or, for a picture,
 * bytes) in one buffer, which core_out and core_out_len show and the next call overwrites; words for a failure are
 * core_message's.  Strings come in as UTF-8 with a NUL, in memory that the script took with malloc and frees.
 *
 * Publishers are known by a handle, 0 to CORE_MIRRORS - 1.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "json.h"
#include "library/listing.h"
#include "system.h"

#define CORE_EXPORT(name) __attribute__((export_name(#name), used))
#define CORE_MIRRORS 64
#define CORE_LIBRARY "library" /* the directory of the trust files */
#define CORE_OUT_MAX (256 * MIB)

#define CORE_SITE (CORE_MIRRORS - 1) /* the handle of the mirror that the page came from */

struct core_mirror {
    mimeo_mirror *m;
    struct backend *site; /* of that one; borrowed from its store */
    enum mimeo_verdict fault; /* the gravest of its bundles that were looked at, */
    char words[CTX_MESSAGE_MAX]; /* and what is wrong with that one */
    struct place *places; /* of the last list, */
    size_t place_count;
    char *listed;         /* and what was asked for; NULL: none */
};

extern mimeo_ctx *core_ctx;
extern struct buf core_buf; /* the answer */

/* The mirror of a handle; NULL with the message set. */
struct core_mirror *core_mirror_get(int handle);
/* Look at the bundles of a site, as far as they are fetched anyway: what is wrong with one would else only be missed. */
int core_check_site(struct core_mirror *c);
/* Open it again with what is indexed of it. */
int core_open_again(struct core_mirror *c);
/* Forget what was listed: the mirror or the trust in it is another. */
void core_forget_list(struct core_mirror *c);
/* Walk the catalogs into `places`, unless the last list was the same. */
int core_walk(struct core_mirror *c, const struct mimeo_list_options *o);
/* What the page's front asks for, retracted articles too: whoever wants all asks for the same, so that one walk does. */
extern const struct mimeo_list_options core_all;
/* The walked places in the order of the bundles (free them): dates may lead to and fro between many. */
int core_in_bundles(struct place **out, const struct core_mirror *c);
/* Begin an answer; and its end: `rc`, or a code where it did not fit. */
struct buf *core_begin(void);
int core_end(int rc);
/* Of each export of which some part is here: which parts are, and what the others hold. */
void core_put_parts(struct buf *b, const char *key, struct store *store);
void core_put_state(struct buf *b, const char *key, const struct core_mirror *c);

#endif
