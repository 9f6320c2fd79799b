/*
 * What would be published, published nowhere: articles taken out of pages, feeds, archives and whatever else
 * mimeo_publish takes.  Needs no mirror and no key.
 */
#ifndef MIMEO_EXTRACT_H
#define MIMEO_EXTRACT_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/input.h>
#include <mimeo/mirror.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of one page, record or entry.  Borrowed for the call. */
struct mimeo_extract_event {
    int code;              /* 0: an article.  MIMEO_ENOTFOUND: there is none in it.  Else what is wrong with it */
    bool skipped;          /* of MIMEO_ENOTFOUND: nobody said that there was one */
    const char *where;     /* "page.html", "site.warc.gz: https://…" */
    const char *stem;      /* the name of its file without the ending; "" of one of several in a file */
    const char *message;   /* why there is none; else warnings, a line each; "" for none */
    const struct mimeo_article *article; /* NULL where there is none; id "" where it has none of its own */
    const char *html;      /* the body as it would be published; "" where there is none */
    const char *text;      /* its text alone: no title, no captions */
    const char *site;      /* the name of the site, "" where it is not known */
    const char *explain;   /* a line each: what was kept and dropped, and why; "" where that was not asked for */
};
struct mimeo_extract_options {
    struct mimeo_input_options input;
    bool explain;
    int threads;           /* 0: one a processor */
    /* A nonzero return ends the run and is passed up. */
    int (*event)(const struct mimeo_extract_event *event, void *payload);
    /* Each picture as it would be published, before the article's event, from any thread; NULL: nobody wants them. */
    int (*picture)(const char *hash, const unsigned char *bytes, size_t len, void *payload);
    void *payload;
};
struct mimeo_extract_result {
    uint64_t articles, skipped, refused;
    uint64_t unreached;    /* of the refused: addresses that could not be fetched */
};
/* `paths` as in mimeo_publish.  0 where it ran to its end: each has had its event. */
MIMEO_API int mimeo_extract(mimeo_ctx *ctx, const char *const *paths, size_t count,
                            const struct mimeo_extract_options *options, struct mimeo_extract_result *result);

#ifdef __cplusplus
}
#endif
#endif
