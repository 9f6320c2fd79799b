/*
 * Inside of import/input*.c: a file that is open, and what cuts it into items.
 *
 *     a file -> its kind (input_kind.c) -> a cutter of that kind -> items, one by one
 *
 * A file that is one article has a cutter too, which gives one item.
 */
#ifndef IMPORT_CUTTER_H
#define IMPORT_CUTTER_H

#include "import/input.h"
#include "import/window.h"

#define WALK_DEPTH 16
#define WALK_ENTRIES 1000000

#define SNIFF_LEN 8192 /* what archive_sniff wants, and more than feed_sniff does */

/* What is open.  `window.fd` is the file's descriptor, at any offset; what was read of it to know its kind is in the
 * window. */
struct input_file {
    struct window window;
    char *where;        /* "news.jsonl", "standard input" */
    char *stem;         /* or NULL */
    char *url;          /* that it was fetched from; NULL */
    char *content_type; /* NULL */
    int64_t captured;   /* when it was fetched; 0: it was not */
    struct picture_source *pictures;
    struct fetcher *fetcher; /* NULL: nothing may be fetched */
    unsigned follow;    /* pages that may be fetched for a feed's entries */
    bool named;         /* by the user, not met in a directory */
    bool regular;       /* so it can be read at any place, and again */
};
void input_file_dispose(struct input_file *f);

/* The struct of a cutter begins with this. */
struct cutter {
    /* As input_next; 0 at the end of the file. */
    int (*next)(struct cutter *c, mimeo_ctx *ctx, struct input_item **out);
    void (*dispose)(struct cutter *c); /* of what is its own; NULL: nothing */
    uint64_t (*passed)(const struct cutter *c); /* bytes of the file that it is past, for progress; NULL: not known */
    struct input_file file;
    bool done; /* nothing more can come out, whatever the last code was */
};
void cutter_free(struct cutter *c);

/* ---- input_kind.c */

struct input_kind {
    enum input_format format;
    bool lines; /* of JSONL: one record a line is promised */
    bool sure;  /* the user said so */
};
/* By the extension alone; INPUT_AUTO where it says nothing. */
struct input_kind kind_of_name(const char *name);
/* May a file of this name be an input at all?  Of a directory's, the others are passed over. */
bool name_is_input(const char *name);
/* By everything: `head` is the file's first bytes, `name` its name or NULL, `given` what the user said. */
struct input_kind kind_of_file(const char *name, struct view head, const char *content_type, enum input_format given);

/* ---- one for each kind; each takes the file over, also on failure */

/* Text is looked into for what stands around an article, where it is not `sure` to be nothing but one. */
int cutter_whole(struct cutter **out, mimeo_ctx *ctx, struct input_file *f, struct input_kind kind);
int cutter_json(struct cutter **out, mimeo_ctx *ctx, struct input_file *f, bool lines);
int cutter_feed(struct cutter **out, mimeo_ctx *ctx, struct input_file *f);
int cutter_archive(struct cutter **out, mimeo_ctx *ctx, struct input_file *f);

/* ---- input_fetch.c */

/* What stands at the address `url`, as an open file; `from` as in fetcher_get.  Of *like come the fetcher, what may be
 * followed and where pictures are, unless that is nowhere: then they come from the network. */
int fetch_file(struct input_file *out, mimeo_ctx *ctx, const struct input_file *like, const char *url, const char *from);

/* An item with the file's names; NULL on no memory.  `line` 0: the file as a whole. */
struct input_item *input_item_of(const struct input_file *f, enum input_format format, uint64_t line, bool with_stem);
/* "feed.xml, entry 3"; fresh memory or NULL. */
char *input_where(const char *file, const char *what, uint64_t number);

#endif
