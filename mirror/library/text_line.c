/* One line of text from outside, for a terminal: safe to print, cut to its column. */
#include <mimeo/mirror.h>

#include "article/render.h"
#include "base/text.h"

size_t mimeo_text_cells(const char *text)
{
    return text_cells(view_of_str(text));
}

/* Letters and marks that run from right to left, by their blocks in Unicode. */
static bool runs_right_to_left(uint32_t code)
{
    return (code >= 0x0590 && code <= 0x08FF) || (code >= 0xFB1D && code <= 0xFDFF) ||
           (code >= 0xFE70 && code <= 0xFEFE) || (code >= 0x10800 && code <= 0x10FFF) ||
           (code >= 0x1E800 && code <= 0x1EFFF) || char_is_bidi_mark(code);
}

static bool wants_isolate(struct view text)
{
    struct cursor c = cursor_of(text);
    uint32_t code;
    while (utf8_next(&c, &code))
        if (runs_right_to_left(code))
            return true;
    return false;
}

int mimeo_text_line(char **out, mimeo_ctx *ctx, const char *text, size_t cells)
{
    struct buf safe, b;
    struct view v = view_of_str(text);
    buf_init(&safe, 3 * v.len + 16);
    buf_init(&b, 3 * v.len + 32);
    buf_append_printable(&safe, v, false);
    /* U+2068 … U+2069: whatever direction the text has, it stays within its own column. */
    bool isolate = wants_isolate(buf_view(&safe));
    if (isolate)
        buf_append_str(&b, "\xE2\x81\xA8");
    if (cells == 0)
        buf_append_view(&b, buf_view(&safe));
    else
        buf_append_cells(&b, buf_view(&safe), cells);
    if (isolate)
        buf_append_str(&b, "\xE2\x81\xA9");
    int rc = buf_status(&safe) < 0 ? buf_status(&safe) : buf_status(&b);
    buf_dispose(&safe);
    if (rc < 0) {
        buf_dispose(&b);
        return ctx_error_nomem(ctx);
    }
    *out = buf_detach(&b, NULL);
    return 0;
}
