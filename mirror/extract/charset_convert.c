/*
 * Bytes of one encoding to UTF-8, by iconv; UTF-8 itself is only mended.
 *
 * Nothing fails for its bytes: what cannot be decoded is U+FFFD, one for each maximal bad part, and so is
 * U+0000, which no parser after this one wants to meet.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/text.h"
#include "extract/charset.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define PIECE 8192

/* Bytes of an ill-formed sequence that were good so far (Unicode 3.9, "maximal subpart"). */
static size_t bad_part(struct view v)
{
    uint8_t first = v.ptr[0];
    if (first < 0xC2 || first > 0xF4 || v.len < 2)
        return 1;
    uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (first < 0xE0 || v.ptr[1] < low || v.ptr[1] > high)
        return 1;
    return first >= 0xF0 && v.len > 2 && (v.ptr[2] & 0xC0) == 0x80 ? 3 : 2;
}

static int mend_utf8(struct buf *out, struct view v)
{
    int rc = 0;
    struct cursor c = cursor_of(v);
    const uint8_t *from = c.ptr; /* good so far, not yet appended */
    while (rc == 0 && c.left > 0) {
        uint32_t code = 0;
        if (*c.ptr != 0 && utf8_next(&c, &code))
            continue;
        rc = buf_append(out, from, (size_t)(c.ptr - from));
        if (rc == 0)
            rc = buf_append_str(out, REPLACEMENT);
        size_t skip = bad_part(view_of(c.ptr, c.left));
        c.ptr += skip;
        c.left -= skip;
        from = c.ptr;
    }
    return rc == 0 ? buf_append(out, from, (size_t)(c.ptr - from)) : rc;
}

/* What iconv wrote may hold NUL and characters that UTF-8 does not: mended like the rest. */
static int take_piece(struct buf *out, struct view piece)
{
    if (memchr(piece.ptr, 0, piece.len) == NULL)
        return buf_append_view(out, piece);
    return mend_utf8(out, piece);
}

/* Past what cannot be decoded.  The second byte of a bad pair goes with the first, or all that follows would be
 * read out of step; but not where it is ASCII: it may be the end of a tag. */
static size_t bad_len(const struct charset *from, const char *at, size_t left)
{
    if (strncmp(from->name, "utf-16", 6) == 0)
        return left < 2 ? left : 2;
    return from->wide && left > 1 && ((uint8_t)at[0] & 0x80) != 0 && ((uint8_t)at[1] & 0x80) != 0 ? 2 : 1;
}

static int convert(struct buf *out, iconv_t cd, const struct charset *from, struct view bytes)
{
    char piece[PIECE];
    char *in = (char *)(uintptr_t)bytes.ptr; /* iconv does not write there */
    size_t left = bytes.len;
    int rc = 0;
    while (rc == 0 && left > 0) {
        char *to = piece;
        size_t room = sizeof piece;
        size_t done = iconv(cd, &in, &left, &to, &room);
        int why = errno;
        rc = take_piece(out, view_of(piece, sizeof piece - room));
        if (rc < 0 || done != (size_t)-1 || why == E2BIG)
            continue;
        size_t skip = why == EINVAL ? left : bad_len(from, in, left);
        rc = buf_append_str(out, REPLACEMENT);
        in += skip;
        left -= skip;
        iconv(cd, NULL, NULL, NULL, NULL);
    }
    char *to = piece;
    size_t room = sizeof piece;
    if (rc == 0 && iconv(cd, NULL, NULL, &to, &room) != (size_t)-1) /* windows-1255 and -1258 hold one back */
        rc = take_piece(out, view_of(piece, sizeof piece - room));
    return rc;
}

int charset_convert(struct buf *out, const struct charset *from, struct view bytes)
{
    if (from->iconv == NULL)
        return mend_utf8(out, bytes);
    iconv_t cd = iconv_open("UTF-8", from->iconv);
    if (cd == (iconv_t)-1)
        return mend_utf8(out, bytes); /* this machine's C library has no table for it */
    int rc = convert(out, cd, from, bytes);
    iconv_close(cd);
    return rc;
}
