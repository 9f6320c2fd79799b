/*
 * Where an item's pictures come from: a directory beside the file, the archive that the page was
 * in, or the network.
 *
 * A source is shared by the items that were cut from one input, which are imported side by side:
 * it is counted, and `get` may be called from any thread.
 */
#ifndef IMPORT_PICTURES_H
#define IMPORT_PICTURES_H

#include "base/bytes.h"
#include "base/context.h"

struct picture_source;

/* What a kind of source does.  The struct of a kind begins with a struct picture_source. */
struct picture_source_kind {
    /* The bytes of the picture `name`, which is a file's name (percent-decoded) or an absolute http(s)
     * address.  `out` is initialised here, max LIMIT_PICTURE.  MIMEO_ENOTFOUND where the source has none such,
     * any other code with words that follow "picture 'x' left out: ". */
    int (*get)(struct buf *out, mimeo_ctx *ctx, struct picture_source *s, const char *name);
    void (*free)(struct picture_source *s);
};
struct picture_source {
    const struct picture_source_kind *kind;
    unsigned holders; /* by picture_source_hold and _drop alone */
};
void picture_source_init(struct picture_source *s, const struct picture_source_kind *kind); /* one holder */
struct picture_source *picture_source_hold(struct picture_source *s); /* gives s; NULL is fine */
void picture_source_drop(struct picture_source *s);                   /* the last one frees it */
int picture_source_get(struct buf *out, mimeo_ctx *ctx, struct picture_source *s, const char *name);

/* "http://…", "//host/…", any "scheme:": not a file beside the article. */
bool picture_name_is_remote(struct view name);

/* The files below `directory`: no "..", no absolute name, no symbolic link.  `companion`, where not NULL, is the
 * directory that a browser put a saved page's pictures into ("page_files"): there a picture whose address the page
 * still has is found by the last part of it. */
int picture_source_directory(struct picture_source **out, mimeo_ctx *ctx, const char *directory,
                             const char *companion);

#endif
