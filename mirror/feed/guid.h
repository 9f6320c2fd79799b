/*
 * What an entry is called: its address and its id.  One rule:
 *
 *   - a guid that is no address is the id, as it is where it is a valid one, else as a slug with digits of its hash;
 *   - a guid that is an address gives the id that this address's page gets (article/id.h), unless the entry has a link and the
 *     guid is said to be none (isPermaLink="false"), or only names a number to a program ("/?p=123") or the site: then the link's;
 *   - without a guid, the link gives it.
 *
 * So an article has one id whether its page, its feed or its archive is imported, and what a deleted entry names (RFC 6721) is
 * found again by the same rule.
 */
#ifndef FEED_GUID_H
#define FEED_GUID_H

#include "feed/parse.h"

/* Append "id" and "url". */
void entry_put_names(struct buf *out, const struct entry *e);
/* The address without what only tells a publisher where a reader came from ("utm_source=rss"). */
void address_without_tracking(struct buf *out, struct view address);

#endif
