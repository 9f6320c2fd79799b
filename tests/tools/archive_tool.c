/*
 * What is in a web archive, for tests and for looking:
 *
 *     archive_tool FILE             each record a line: what, status, body's bytes, type, address, note
 *     archive_tool FILE URL…        where each address is found, and the bytes of it
 *     archive_tool --cat FILE URL   the body of the record (a page, too) with this address
 *
 * The last line, on stderr, is the peak of its memory in KiB.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "archive/archive.h"
#include "base/limits.h"

static const char *const words[] = {"page", "picture", "other", "redirect", "error", "repeat"};

static void print_record(const struct archive_record *r, struct archive *a, mimeo_ctx *ctx)
{
    struct buf body;
    int rc = archive_read(&body, a, ctx, &r->place, LIMIT_PICTURE);
    printf("%s %d ", words[r->what], r->status);
    if (rc < 0)
        printf("(%s)", mimeo_ctx_message(ctx));
    else
        printf("%zu", body.len);
    printf(" \"%s\" %s%s%s\n", r->content_type, r->url, r->note == NULL ? "" : " ", r->note == NULL ? "" : r->note);
    buf_dispose(&body);
}

static int list(struct archive *a, mimeo_ctx *ctx)
{
    struct archive_record r;
    int rc;
    while ((rc = archive_next(&r, a, ctx)) != 0) {
        if (rc == 1)
            print_record(&r, a, ctx);
        else
            printf("! %s\n", mimeo_ctx_message(ctx));
        if (rc < 0 && rc != MIMEO_EMALFORMED)
            return 1;
    }
    return 0;
}

static int find(struct archive *a, mimeo_ctx *ctx, char **urls)
{
    int missing = 0;
    for (; *urls != NULL; urls++) {
        struct archive_place place;
        struct buf body = {.ptr = NULL};
        int rc = archive_find(&place, a, ctx, *urls);
        if (rc == 0)
            rc = archive_read(&body, a, ctx, &place, LIMIT_PICTURE);
        if (rc == 0)
            printf("found %zu %s\n", body.len, *urls);
        else
            printf("none %s: %s\n", *urls, mimeo_ctx_message(ctx));
        missing |= rc < 0;
        buf_dispose(&body);
    }
    return missing;
}

static int cat(struct archive *a, mimeo_ctx *ctx, const char *url)
{
    struct archive_record r;
    struct buf body;
    int rc;
    while ((rc = archive_next(&r, a, ctx)) != 0) {
        if (rc != 1 || strcmp(r.url, url) != 0 || r.what > ARCHIVE_OTHER)
            continue;
        rc = archive_read(&body, a, ctx, &r.place, LIMIT_PICTURE);
        fwrite(body.ptr, 1, body.len, stdout);
        buf_dispose(&body);
        return rc < 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    mimeo_ctx *ctx;
    struct archive *a;
    struct rusage usage;
    bool whole = argc == 4 && strcmp(argv[1], "--cat") == 0;
    int at = whole ? 2 : 1, fd;
    if (argc < 2 || mimeo_ctx_new(&ctx) < 0)
        return 2;
    fd = open(argv[at], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || archive_open(&a, ctx, fd, argv[at]) < 0) {
        fprintf(stderr, "archive_tool: %s\n", fd < 0 ? "no such file" : mimeo_ctx_message(ctx));
        return 10;
    }
    int status = whole ? cat(a, ctx, argv[3]) : argc > 2 ? find(a, ctx, argv + 2) : list(a, ctx);
    archive_free(a);
    mimeo_ctx_free(ctx);
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "peak %ld\n", usage.ru_maxrss);
    return status;
}
