/* What feeds say at the end of an entry, in many languages. */
#ifndef FEED_TIDY_WORDS_H
#define FEED_TIDY_WORDS_H

#include "base/bytes.h"

/* `line` is folded: small letters, single spaces.  The first: "the post … appeared first on …", which holds links; the second: a
 * link that leads to the rest ("continue reading →"), and nothing more. */
bool says_where_first(struct view line);
bool leads_to_rest(struct view line);
/* Addresses of pictures that count readers. */
bool counts_readers(struct view address);

#endif
