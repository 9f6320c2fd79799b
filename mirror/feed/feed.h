/*
 * Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1 and 1.1, and WordPress's export (WXR), well formed or not.
 *
 *     struct feed *feed;
 *     struct feed_item item;
 *     int rc = feed_open(&feed, ctx, &source);
 *     while (rc == 0 && (rc = feed_next(feed, ctx, &item)) == 1) { use item.text; rc = 0; }
 *     feed_close(feed);
 *
 * A feed is read in a child with caps (base/child_stream.h), and its entries come one by one, so a feed of any length takes
 * the memory of its longest entry.  What a reader would get wrong: the reader of XML knows no document type, no entity but
 * the five of XML and HTML's names, and has nothing that opens a file or a connection.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "base/bytes.h"
#include "base/context.h"
#include "base/limits.h"

enum feed_kind { FEED_NONE = 0, FEED_RSS, FEED_RDF, FEED_ATOM, FEED_JSON, FEED_WXR };

/* What begins so, as far as can be told from `head` (the first bytes, as they are: 4 KiB or more are best); FEED_NONE for
 * anything else, any other XML and JSON too. */
enum feed_kind feed_sniff(struct view head);
const char *feed_kind_name(enum feed_kind kind); /* "RSS", "Atom", … */

struct feed_source {
    struct view head;         /* bytes read already: the first, or all */
    int fd;                   /* the rest, from where it stands (a file, or a pipe); -1: head is all */
    const char *where;        /* for messages */
    const char *url;          /* where it came from: what relative addresses are relative to; NULL: not known */
    const char *content_type; /* the HTTP header; NULL: not known */
};

enum feed_item_kind { FEED_ENTRY, FEED_SKIPPED };

struct feed_item {
    enum feed_item_kind kind;
    uint64_t number; /* its place in the feed, from 1 */
    /* FEED_ENTRY: one JSON object with the fields of import/article.h: id, url, title, bylines, lang, section, tags,
     * published, modified, summary, html, images [{file, alt, caption, credit}], for a deleted entry (RFC 6721) action
     * "retract", id and note; and "summary_only": true where the entry shows the beginning of an article alone.
     * FEED_SKIPPED: words: why this entry is none for readers ("draft 'Title'").  Borrowed until the next call. */
    struct view text;
    bool summary_only;
};

struct feed_info {
    enum feed_kind kind;
    uint64_t entries;   /* given; the next two are among them */
    uint64_t summaries; /* that are summaries alone; all of them: the feed carries no articles */
    uint64_t deleted;
    uint64_t skipped;
};

struct feed;

/* MIMEO_EMALFORMED where it is no feed. */
int feed_open(struct feed **out, mimeo_ctx *ctx, const struct feed_source *source);
/* 1 and *item, 0 at the end, or a code, with its message, that ends it (too large, no memory, not JSON). */
int feed_next(struct feed *f, mimeo_ctx *ctx, struct feed_item *item);
/* What has come so far. */
struct feed_info feed_info(const struct feed *f);
void feed_close(struct feed *f);

#endif
