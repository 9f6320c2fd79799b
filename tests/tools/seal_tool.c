/*
 * Sealed files for tests, and a second pair of eyes on those that export writes.
 *
 *     seal_tool seal PASSPHRASE IN OUT       seal_tool open PASSPHRASE IN OUT       seal_tool size LEN
 *
 * A passphrase in argv is for tests alone.  `open` writes what can be had, and ends with 4 where something could not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/limits.h"
#include "trust/seal.h"

static int put(struct view v, mimeo_ctx *ctx, void *payload)
{
    return fwrite(v.ptr, 1, v.len, payload) == v.len ? 0 : ctx_error(ctx, MIMEO_EIO, "cannot write");
}

static int get(uint8_t *bytes, size_t len, uint64_t offset, size_t *got, mimeo_ctx *ctx, void *payload)
{
    *got = fseeko(payload, (off_t)offset, SEEK_SET) == 0 ? fread(bytes, 1, len, payload) : 0;
    return ferror((FILE *)payload) ? ctx_error(ctx, MIMEO_EIO, "cannot read") : 0;
}

static int seal(mimeo_ctx *ctx, const struct passphrase *p, FILE *in, FILE *out)
{
    static uint8_t bytes[100000];
    struct seal_writer *w = NULL;
    int rc = seal_writer_new(&w, ctx, p, put, out);
    size_t n;
    while (rc == 0 && (n = fread(bytes, 1, sizeof(bytes), in)) > 0)
        rc = seal_write(w, ctx, view_of(bytes, n));
    if (rc == 0)
        rc = seal_finish(w, ctx);
    seal_writer_free(w);
    return rc;
}

static int unseal(mimeo_ctx *ctx, const struct passphrase *p, FILE *in, FILE *out)
{
    static uint8_t bytes[100000];
    struct seal_reader *r = NULL;
    int damage = 0;
    fseeko(in, 0, SEEK_END);
    int rc = seal_reader_new(&r, ctx, p, (uint64_t)ftello(in), get, in);
    if (rc == 0 && seal_reader_damage(r) != NULL) {
        fprintf(stderr, "it %s\n", seal_reader_damage(r));
        damage = MIMEO_EFORGED;
    }
    for (uint64_t at = 0; rc == 0 && at < seal_reader_len(r);) {
        size_t got;
        rc = seal_read(r, ctx, bytes, sizeof(bytes), at, &got);
        if (rc == 0 || rc == MIMEO_EFORGED)
            fwrite(bytes, 1, got, out);
        at += got;
        if (rc == MIMEO_EFORGED) {
            fprintf(stderr, "%s\n", mimeo_ctx_message(ctx));
            at = seal_reader_beyond(r, at);
            damage = rc;
            rc = 0;
        }
    }
    seal_reader_free(r);
    return rc < 0 ? rc : damage;
}

static int work(mimeo_ctx *ctx, char **argv)
{
    struct passphrase p;
    FILE *in = fopen(argv[3], "rb"), *out = fopen(argv[4], "wb");
    int rc = in == NULL || out == NULL ? ctx_error(ctx, MIMEO_EIO, "cannot open the files")
                                       : passphrase_copy(&p, ctx, view_of_str(argv[2]));
    if (rc == 0) {
        rc = strcmp(argv[1], "seal") == 0 ? seal(ctx, &p, in, out) : unseal(ctx, &p, in, out);
        passphrase_dispose(&p);
    }
    if (in != NULL)
        fclose(in);
    if (out != NULL && fclose(out) != 0)
        rc = rc < 0 ? rc : MIMEO_EIO;
    return rc;
}

int main(int argc, char **argv)
{
    mimeo_ctx *ctx;
    if (argc == 3 && strcmp(argv[1], "size") == 0) {
        printf("%llu\n", (unsigned long long)seal_size(strtoull(argv[2], NULL, 10)));
        return 0;
    }
    if (argc != 5 || mimeo_ctx_new(&ctx) < 0)
        return 2;
    int rc = work(ctx, argv);
    if (rc < 0)
        fprintf(stderr, "%s\n", mimeo_ctx_message(ctx));
    mimeo_ctx_free(ctx);
    return mimeo_exit_status(rc);
}
