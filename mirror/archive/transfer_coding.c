#include "archive/transfer_coding.h"

#include <string.h>
#include <strings.h>

enum transfer_coding transfer_coding_of(const char *word)
{
    if (strcasecmp(word, "quoted-printable") == 0)
        return TRANSFER_QUOTED;
    return strcasecmp(word, "base64") == 0 ? TRANSFER_BASE64 : TRANSFER_PLAIN;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A line without its LF; spaces at its end were added on the way. */
static int quoted_line(struct buf *out, struct view line, bool lf)
{
    bool cr = line.len > 0 && line.ptr[line.len - 1] == '\r';
    size_t len = line.len - (cr ? 1 : 0);
    while (len > 0 && (line.ptr[len - 1] == ' ' || line.ptr[len - 1] == '\t'))
        len--;
    bool soft = len > 0 && line.ptr[len - 1] == '=';
    if (soft)
        len--;
    for (size_t i = 0; i < len; i++) {
        int high = line.ptr[i] == '=' && i + 2 < len ? hex_value(line.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_value(line.ptr[i + 2]) : -1;
        buf_append_byte(out, low >= 0 ? (uint8_t)(high << 4 | low) : line.ptr[i]);
        i += low >= 0 ? 2 : 0;
    }
    if (lf && !soft)
        buf_append_str(out, cr ? "\r\n" : "\n");
    return buf_status(out);
}

static int quoted_undo(struct buf *out, struct view in)
{
    struct cursor c = cursor_of(in);
    int rc = 0;
    while (rc == 0 && c.left > 0) {
        struct view line;
        bool lf = cursor_line(&c, &line);
        if (!lf)
            cursor_take(&c, c.left, &line);
        rc = quoted_line(out, line, lf);
    }
    return rc;
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int base64_undo(struct buf *out, struct view in)
{
    uint32_t bits = 0;
    unsigned count = 0;
    int rc = buf_reserve(out, in.len / 4 * 3 < out->max - out->len ? in.len / 4 * 3 : out->max - out->len);
    for (size_t i = 0; rc == 0 && i < in.len && in.ptr[i] != '='; i++) {
        int value = base64_value(in.ptr[i]);
        if (value < 0)
            continue;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            rc = buf_append_byte(out, (uint8_t)(bits >> count));
        }
    }
    return rc;
}

int transfer_undo(struct buf *out, enum transfer_coding coding, struct view in)
{
    switch (coding) {
    case TRANSFER_QUOTED: return quoted_undo(out, in);
    case TRANSFER_BASE64: return base64_undo(out, in);
    default: return buf_append_view(out, in);
    }
}
