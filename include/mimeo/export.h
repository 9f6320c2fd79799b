/*
 * Exporting: what is held of one publisher, or a choice of it, as packs that travel by stick and messenger; and single
 * articles as files that anything opens.
 *
 * Nothing goes out that did not verify, nor what the publisher ordered to be erased.  Each file appears whole or not
 * at all.  Its name is the caller's or random; nothing of the publisher is in it.
 *
 *     struct mimeo_export_options o = {.has_since = true, .since = a_week_ago, .part_size = 8000000};
 *     struct mimeo_export_result r;
 *     int rc = mimeo_export(mirror, ctx, &o, &r);
 */
#ifndef MIMEO_EXPORT_H
#define MIMEO_EXPORT_H

#include <stdbool.h>

#include <mimeo/key.h>
#include <mimeo/mirror.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mimeo_export_form {
    MIMEO_EXPORT_PACK,       /* .mimeo files */
    MIMEO_EXPORT_ZIP,        /* one zip with the pack, and the page where that is asked for */
    MIMEO_EXPORT_SINGLE_FILE /* the page with the pack inside: one HTML file */
};

/* A file that is in place now. */
struct mimeo_export_file {
    const char *path;
    uint64_t bytes;
    unsigned part, of; /* 0 and 0: the page */
};

struct mimeo_export_options {
    bool has_since;
    int64_t since;           /* bundles signed at that time or later */
    const char *bundles;     /* "41-43,50,60-"; NULL: all */
    const char *lang;        /* bundles with an article in this language ("zh" takes "zh-Hans" too), and its pictures */
    const char *section;     /* bundles with an article of this section, caseless for ASCII, and its pictures */
    bool no_media;
    uint64_t part_size;      /* the most bytes of one file; 0: one file */
    const struct mimeo_passphrase_source *passphrase; /* to encrypt with; NULL: not encrypted */
    enum mimeo_export_form form;
    bool with_reader;        /* the page beside the packs, or in the zip */
    const unsigned char *page; /* reader.html (mimeo/page.h); needed for with_reader and a single file */
    size_t page_len;
    const char *output;      /* a file's name, or a directory for a random name in it; "-": the descriptor; NULL: "." */
    int fd;
    bool replace;            /* files of these names give way; else MIMEO_EEXISTS before anything is written */
    void (*written)(const struct mimeo_export_file *file, void *payload);
    void (*skipped)(const struct mimeo_fault *fault, void *payload); /* what was to go out and is damaged or not held */
    void *payload;
};
struct mimeo_export_result {
    uint64_t files, bytes;
    uint64_t bundles, media; /* written */
    uint64_t media_missing;  /* pictures that the articles have and that are not held here */
    uint64_t faults;
    enum mimeo_verdict verdict; /* the gravest of the faults; MIMEO_GOOD where there was none */
};
/* MIMEO_ENOTFOUND: nothing that is held fits what was asked for.  MIMEO_EUSAGE: options that do not go together, or a
 * part size that something does not fit in.  After any failure, no file of this export is left.  0 where it ran to its
 * end: faults say what was left out. */
MIMEO_API int mimeo_export(mimeo_mirror *m, mimeo_ctx *ctx, const struct mimeo_export_options *options,
                           struct mimeo_export_result *result);

/* "8M", "700K", "4G" or a plain number of bytes: K, M and G are powers of 1000, as those who sell sticks count.
 * False for anything else, and below 64K. */
MIMEO_API bool mimeo_export_size_parse(const char *text, uint64_t *out);

/* ---- articles as documents ---- */

enum mimeo_document_form { MIMEO_DOCUMENT_HTML, MIMEO_DOCUMENT_TEXT };
struct mimeo_document_options {
    enum mimeo_document_form form;
    bool no_media;
    const char *output; /* as above */
    int fd;
    bool replace;
    void (*written)(const struct mimeo_export_file *file, void *payload);
    void *payload;
};
/* One file with one article after another: HTML with the pictures inside, that loads and runs nothing, or text. */
typedef struct mimeo_document mimeo_document;
MIMEO_API int mimeo_document_new(mimeo_document **out, mimeo_ctx *ctx, const struct mimeo_document_options *options);
MIMEO_API int mimeo_document_add(mimeo_document *d, mimeo_ctx *ctx, const mimeo_reading *r);
/* Puts the file in place.  One that is freed before leaves nothing. */
MIMEO_API int mimeo_document_finish(mimeo_document *d, mimeo_ctx *ctx);
MIMEO_API void mimeo_document_free(mimeo_document *d);

#ifdef __cplusplus
}
#endif
#endif
