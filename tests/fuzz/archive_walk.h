/*
 * An archive from any bytes is walked through to its end, its records are read and things are looked for: nothing but that it
 * ends, in bounds, with a code for each.
 */
#ifndef FUZZ_ARCHIVE_WALK_H
#define FUZZ_ARCHIVE_WALK_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/limits.h"

#define WALK_RECORDS 100
#define WALK_BODY (256 * KIB)

static inline void archive_look(struct archive *a, mimeo_ctx *ctx, const char *url)
{
    struct archive_place place;
    struct buf body;
    if (archive_find(&place, a, ctx, url) < 0)
        return;
    archive_read(&body, a, ctx, &place, WALK_BODY);
    buf_dispose(&body);
}

static inline void archive_visit(const struct archive_record *r, struct archive *a, mimeo_ctx *ctx)
{
    struct buf body;
    bool newest = false;
    if (r->url == NULL || r->content_type == NULL || strlen(r->url) == 0)
        abort();
    if (archive_read(&body, a, ctx, &r->place, WALK_BODY) == 0 && body.len > WALK_BODY)
        abort();
    buf_dispose(&body);
    archive_newest(&newest, a, ctx, r);
    archive_look(a, ctx, r->url);
}

static inline int archive_walk(const uint8_t *data, size_t size, enum archive_kind kind)
{
    static const char *const urls[] = {"https://news.example/a.png", "http://news.example/old.png", "https://archive.invalid/img/a.png",
                                       "https://archive.invalid/I/a.png", "cid:p@x", "https://news.example/again.png"};
    struct archive_record r;
    struct archive *a;
    mimeo_ctx *ctx;
    int fd = -1, rc = 1;
    enum archive_kind seen = archive_sniff(view_of(data, size < ARCHIVE_SNIFF_LEN ? size : ARCHIVE_SNIFF_LEN));
    if (seen != kind)
        return 0;
    if (mimeo_ctx_new(&ctx) < 0 || (fd = memfd_create("archive", 0)) < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    if (archive_open(&a, ctx, fd, "archive") == 0) {
        for (int i = 0; i < WALK_RECORDS && (rc == 1 || rc == MIMEO_EMALFORMED); i++)
            if ((rc = archive_next(&r, a, ctx)) == 1)
                archive_visit(&r, a, ctx);
        for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
            archive_look(a, ctx, urls[i]);
        archive_free(a);
    }
    mimeo_ctx_free(ctx);
    return 0;
}

#endif
