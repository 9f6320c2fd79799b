/*
 * A QR code as modules, for whoever draws them, and as text for a terminal.
 *
 * Ink is a dark module: without colours that is right on paper and on light terminals
 * only, and many cameras refuse the negative; so a terminal gets black on white by force.
 */
#include "trust/fingerprint.h"

#include <errno.h>
#include <qrencode.h>

#define QUIET 4 /* modules around the symbol, ISO/IEC 18004 */

/* The lowest correction: screens have no stains, and a smaller symbol fits them. */
static int encode(QRcode **out, mimeo_ctx *ctx, const char *text)
{
    QRcode *code = text[0] == '\0' ? NULL : QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    if (code == NULL && text[0] != '\0' && errno == ENOMEM)
        return ctx_error_nomem(ctx);
    if (code == NULL)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "a text of %zu bytes does not fit a QR code: pass it on as text or file",
                         view_of_str(text).len);
    *out = code;
    return 0;
}

int qr_modules(struct buf *out, int *side, mimeo_ctx *ctx, const char *text)
{
    QRcode *code = NULL;
    int rc = encode(&code, ctx, text);
    if (rc < 0)
        return rc;
    for (int i = 0; i < code->width * code->width; i++)
        buf_append_byte(out, code->data[i] & 1);
    int width = code->width;
    QRcode_free(code);
    rc = buf_status(out);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    if (rc < 0)
        return ctx_error(ctx, rc, "the QR code is too large to draw: pass the text on instead");
    *side = width;
    return 0;
}

static bool is_dark(const QRcode *code, int x, int y)
{
    x -= QUIET;
    y -= QUIET;
    if (x < 0 || y < 0 || x >= code->width || y >= code->width)
        return false;
    return (code->data[y * code->width + x] & 1) != 0;
}

static void append_line(struct buf *out, const QRcode *code, int y, bool ansi)
{
    static const char *const half_blocks[] = {" ", "\xe2\x96\x84", "\xe2\x96\x80", "\xe2\x96\x88"};
    if (ansi)
        buf_append_str(out, "\033[0;30;107m");
    for (int x = 0; x < code->width + 2 * QUIET; x++) {
        int upper = is_dark(code, x, y) ? 2 : 0, lower = is_dark(code, x, y + 1) ? 1 : 0;
        buf_append_str(out, half_blocks[upper + lower]);
    }
    buf_append_str(out, ansi ? "\033[0m\n" : "\n");
}

int qr_terminal(struct buf *out, mimeo_ctx *ctx, const char *text, bool ansi)
{
    QRcode *code = NULL;
    int rc = encode(&code, ctx, text);
    if (rc < 0)
        return rc;
    for (int y = 0; y < code->width + 2 * QUIET; y += 2)
        append_line(out, code, y, ansi);
    QRcode_free(code);
    rc = buf_status(out);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "the QR code is too large to print: pass the text on instead")
                  : 0;
}
