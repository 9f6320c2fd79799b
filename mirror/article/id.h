/*
 * Ids that stay the same however often an article is handed in, and whichever way: as a page, from a feed, from an archive.
 *
 * The id is for ever, so it is made of what does not change: the address where the article was published, else its name (a
 * file's, a feed's guid).  Never of its title or text.
 */
#ifndef ARTICLE_ID_H
#define ARTICLE_ID_H

#include "base/bytes.h"

/* Append `v` in lower case ASCII with "-" for the rest, at most 80 bytes.  *lossy becomes true where letters that have
 * no ASCII form were lost. */
void slug_append(struct buf *out, struct view v, bool *lossy);

/* The id of the article at this address, which clean_url() wrote: the last part of its path as a slug, "-", 8 hex digits of the address's hash. */
void article_id_of_url(struct buf *out, struct view url);
/* The id of a thing of this name: a slug, with such digits where letters were lost. */
void article_id_of_name(struct buf *out, struct view name);
/* The same with the digits always: names that programs gave differ in what a slug loses. */
void article_id_of_guid(struct buf *out, struct view guid);

#endif
