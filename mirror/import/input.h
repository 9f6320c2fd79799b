/*
 * What a newsroom hands in: files, directories and standard input, cut into one item an
 * article.  Cutting is cheap and in order; making an article of an item (import/article.h)
 * is the work, and may be done side by side.
 *
 * A feed or an archive is cut into many items, as a file of JSON Lines is.
 */
#ifndef IMPORT_INPUT_H
#define IMPORT_INPUT_H

#include "base/bytes.h"
#include "base/context.h"
#include "import/pictures.h"

enum input_format {
    INPUT_AUTO = 0,  /* by bytes that are sure, then the file's extension, then its first bytes */
    INPUT_JSONL,     /* .jsonl .ndjson .json (one object, one a line, or one array) */
    INPUT_MARKDOWN,  /* .md .markdown */
    INPUT_HTML,      /* .html .htm .xhtml: a fragment, or front matter before it: taken as it is */
    INPUT_TEXT,      /* .txt: taken as it is */
    INPUT_PAGE,      /* a whole page with everything around the article */
    INPUT_TEXT_PAGE, /* the text of such a page */
    INPUT_FEED,      /* RSS, Atom, JSON Feed, a WordPress export: cut into INPUT_JSONL */
    INPUT_ARCHIVE,   /* WARC, WACZ, ZIM, MHTML: cut into INPUT_PAGE */
};

/* "jsonl", "markdown", "html", "text", "page", "text-page", "feed", "archive", "auto"; INPUT_AUTO and false for
 * anything else. */
bool input_format_parse(const char *name, enum input_format *out);
int input_format_refuse(mimeo_ctx *ctx, const char *name); /* the words for that; MIMEO_EUSAGE */

struct input_item {
    enum input_format format; /* no container */
    char *where;        /* for messages: "news.jsonl:17", "story.md", "standard input:3"; owned */
    char *stem;         /* the file's name without directory and extension, or NULL; owned */
    char *url;          /* where it was published, as the archive or the server says; NULL: not known; owned */
    bool url_made;      /* the archive knows no address: `url` is good for finding pictures, and is not published */
    bool of_feed;       /* an entry */
    char *content_type; /* of its HTTP header; NULL: not known; owned */
    int64_t captured;   /* when it was had from where it stands, as its archive says or by our clock; 0: not known */
    char *note;         /* what is wrong with it though it can be read; NULL; owned */
    bool named;         /* the user named this file itself: where it is no article, that is a fault */
    struct picture_source *pictures; /* held; NULL: none */
    struct buf bytes;
};
void input_item_free(struct input_item *item);

struct fetcher; /* import/fetch.h */
struct input_source;
struct input_options {
    enum input_format format;   /* of files whose kind is not told by their name, and of "-"; HTML and PAGE, TEXT and
                                   TEXT_PAGE are told apart by it where the name says one of the two */
    const char *pictures;       /* directory that picture names are relative to; NULL: the file's own */
    struct fetcher *fetcher;    /* for addresses among the paths; outlives all items.  NULL: they are refused */
    unsigned follow;            /* of each feed so many linked pages are fetched instead of its entries; 0: none */
};
/* `paths` are addresses (http, https), or files, directories (walked in byte order; hidden names, names of no known extension and the directories
 * "x_files" of saved pages passed over) or "-".  A path that is not there is found now: MIMEO_ENOTFOUND. */
int input_open(struct input_source **out, mimeo_ctx *ctx, const char *const *paths, size_t count,
               const struct input_options *options);
/* 1 and *out (input_item_free), 0 at the end, or a code for one bad item (a line over
 * LIMIT_INPUT_LINE, a file over LIMIT_HTML, a kind that is not known): the next call goes on.
 * MIMEO_ENOTFOUND: it is no article and none was expected, so it is passed over; the message says why.
 * MIMEO_EIO and MIMEO_ENOMEM end it. */
int input_next(struct input_source *s, mimeo_ctx *ctx, struct input_item **out);
void input_close(struct input_source *s);

/* For showing progress: bytes of all that these paths lead to, 0 where that cannot be known (a pipe, an address); and how many of
 * them the source is past. */
uint64_t input_measure(mimeo_ctx *ctx, const char *const *paths, size_t count);
uint64_t input_done(const struct input_source *s);

#endif
