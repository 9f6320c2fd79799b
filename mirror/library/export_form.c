/*
 * Encrypting, zipping, and putting a pack into the page: each takes bytes as they come and keeps none.
 */
#include "library/export_form.h"

#include <stdio.h>
#include <string.h>

#include "store/zip.h"

#define PAGE_NAME "reader.html"

uint64_t form_room(uint64_t size)
{
    return seal_room(size);
}

/* ---- encrypted or not ---- */

struct sealing {
    struct seal_writer *w;
};

static int put_to_seal(struct view bytes, mimeo_ctx *ctx, void *payload)
{
    const struct sealing *s = payload;
    return seal_write(s->w, ctx, bytes);
}

static int write_sealed(struct export *e, const struct passphrase *passphrase, uint32_t number, export_put_fn put,
                        void *payload)
{
    struct sealing s = {NULL};
    int rc = seal_writer_new(&s.w, e->ctx, passphrase, put, payload);
    if (rc == 0)
        rc = export_write(e, number, put_to_seal, &s);
    if (rc == 0)
        rc = seal_finish(s.w, e->ctx);
    seal_writer_free(s.w);
    return rc;
}

static int write_pack(struct export *e, const struct passphrase *passphrase, uint32_t number, export_put_fn put, void *payload)
{
    return passphrase == NULL ? export_write(e, number, put, payload) : write_sealed(e, passphrase, number, put, payload);
}

/* A name inside of a zip or a page says as little as one outside. */
static void inner_name(char out[32], const struct export *e, const struct passphrase *passphrase)
{
    char letters[9];
    export_random_name(letters, e->ctx);
    snprintf(out, 32, "%s%s", letters, passphrase == NULL ? ".mimeo" : "");
}

/* ---- as it is ---- */

static int put_out(struct view bytes, mimeo_ctx *ctx, void *payload)
{
    return export_output_put(payload, ctx, bytes);
}

/* ---- a zip ---- */

static int patch_out(uint64_t offset, struct view bytes, mimeo_ctx *ctx, void *payload)
{
    struct export_output *out = payload;
    return new_file_patch(&out->file, ctx, offset, bytes);
}

static int put_to_zip(struct view bytes, mimeo_ctx *ctx, void *payload)
{
    return zip_put(payload, ctx, bytes);
}

static int zip_page(struct zip *z, const struct export *e)
{
    if (!e->options->with_reader)
        return 0;
    int rc = zip_begin(z, e->ctx, PAGE_NAME);
    if (rc == 0)
        rc = zip_put(z, e->ctx, view_of(e->options->page, e->options->page_len));
    return rc == 0 ? zip_end(z, e->ctx) : rc;
}

static int write_zip(struct export *e, const struct passphrase *passphrase, uint32_t number, struct export_output *out)
{
    struct zip z;
    char name[32];
    uint64_t most = seal_size(e->total) + e->options->page_len + 4096;
    inner_name(name, e, passphrase);
    zip_init(&z, most >= ZIP_SMALL_MAX, put_out, patch_out, out);
    int rc = zip_page(&z, e);
    if (rc == 0)
        rc = zip_begin(&z, e->ctx, name);
    if (rc == 0)
        rc = write_pack(e, passphrase, number, put_to_zip, &z);
    if (rc == 0)
        rc = zip_end(&z, e->ctx);
    return rc == 0 ? zip_finish(&z, e->ctx) : rc;
}

/* ---- in the page ---- */

/* Base64 of bytes that come in pieces: what is left of a group of three waits for the next. */
struct base64 {
    struct export_output *out;
    uint8_t rest[3];
    size_t rest_len;
};

static int put_to_base64(struct view bytes, mimeo_ctx *ctx, void *payload)
{
    struct base64 *b = payload;
    int rc = 0;
    while (bytes.len > 0 && b->rest_len > 0 && b->rest_len < 3) {
        b->rest[b->rest_len++] = bytes.ptr[0];
        bytes = view_of(bytes.ptr + 1, bytes.len - 1);
    }
    if (b->rest_len == 3) {
        rc = export_output_put_base64(b->out, ctx, view_of(b->rest, 3));
        b->rest_len = 0;
    }
    size_t left = bytes.len % 3;
    if (rc == 0)
        rc = export_output_put_base64(b->out, ctx, view_of(bytes.ptr, bytes.len - left));
    if (left > 0) {
        memcpy(b->rest, bytes.ptr + bytes.len - left, left);
        b->rest_len = left;
    }
    return rc;
}

/* The page on both sides of the mark, which stands there once. */
static int split_page(const struct export *e, struct view *before, struct view *after)
{
    const uint8_t *page = e->options->page, *end = page + e->options->page_len;
    const size_t len = strlen(EXPORT_PAGE_MARK);
    const uint8_t *at = memmem(page, e->options->page_len, EXPORT_PAGE_MARK, len);
    if (at == NULL || memmem(at + len, (size_t)(end - at) - len, EXPORT_PAGE_MARK, len) != NULL)
        return ctx_error(e->ctx, MIMEO_EFAIL, "the page of this mimeo has no place for a pack");
    *before = view_of(page, (size_t)(at - page));
    *after = view_of(at + len, (size_t)(end - at) - len);
    return 0;
}

static int write_single(struct export *e, const struct passphrase *passphrase, uint32_t number, struct export_output *out)
{
    struct base64 b = {.out = out};
    struct view before, after;
    char name[32], tag[128];
    inner_name(name, e, passphrase);
    snprintf(tag, sizeof(tag), "<script type=\"application/x-mimeo\" data-name=\"%s\">", name);
    int rc = split_page(e, &before, &after);
    if (rc == 0)
        rc = export_output_put(out, e->ctx, before);
    if (rc == 0)
        rc = export_output_put(out, e->ctx, view_of_str(tag));
    if (rc == 0)
        rc = write_pack(e, passphrase, number, put_to_base64, &b);
    if (rc == 0)
        rc = export_output_put_base64(out, e->ctx, view_of(b.rest, b.rest_len));
    if (rc == 0)
        rc = export_output_put(out, e->ctx, VIEW_OF_LITERAL("</script>"));
    return rc == 0 ? export_output_put(out, e->ctx, after) : rc;
}

/* ---- all forms ---- */

int form_write(struct export *e, const struct passphrase *passphrase, uint32_t number, struct export_output *out)
{
    switch (e->options->form) {
    case MIMEO_EXPORT_ZIP: return write_zip(e, passphrase, number, out);
    case MIMEO_EXPORT_SINGLE_FILE: return write_single(e, passphrase, number, out);
    case MIMEO_EXPORT_PACK: break;
    }
    return write_pack(e, passphrase, number, put_out, out);
}
