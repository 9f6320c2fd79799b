/*
 * Views, buffers and the cursor.  The one thing to keep in mind: a buffer never grows past the
 * maximum that it was born with, so whatever a stranger sends costs at most that.
 */
#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mimeo/error.h>

/* ---- views ---- */

struct view view_of(const void *ptr, size_t len)
{
    return (struct view){ptr, len};
}

struct view view_of_str(const char *s)
{
    return (struct view){(const uint8_t *)s, s == NULL ? 0 : strlen(s)};
}

bool view_equal(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool view_equal_str(struct view a, const char *s)
{
    return view_equal(a, view_of_str(s));
}

bool view_starts_with(struct view a, const char *prefix)
{
    size_t len = strlen(prefix);
    return a.len >= len && (len == 0 || memcmp(a.ptr, prefix, len) == 0);
}

bool view_is_zero(struct view a)
{
    /* One byte by eye, the rest against itself shifted by one: memcmp is vectorised. */
    return a.len == 0 || (a.ptr[0] == 0 && memcmp(a.ptr, a.ptr + 1, a.len - 1) == 0);
}

/* ---- buffers ---- */

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_dispose(struct buf *b)
{
    if (b == NULL)
        return;
    free(b->ptr);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = 0;
    if (b->ptr != NULL)
        b->ptr[0] = 0;
}

static int fail(struct buf *b, int code)
{
    if (b->failed == 0)
        b->failed = code;
    return code;
}

int buf_reserve(struct buf *b, size_t extra)
{
    if (extra > b->max - b->len)
        return fail(b, MIMEO_EMALFORMED);
    size_t need = b->len + extra;
    if (b->ptr != NULL && need < b->cap)
        return 0;
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap <= need && cap < SIZE_MAX / 2)
        cap *= 2;
    if (cap > b->max + 1) /* + 1: the NUL */
        cap = b->max + 1;
    uint8_t *ptr = realloc(b->ptr, cap);
    if (ptr == NULL)
        return fail(b, MIMEO_ENOMEM);
    b->ptr = ptr;
    b->cap = cap;
    b->ptr[b->len] = 0;
    return 0;
}

int buf_append(struct buf *b, const void *ptr, size_t len)
{
    int rc = buf_reserve(b, len);
    if (rc < 0)
        return rc;
    if (len > 0)
        memcpy(b->ptr + b->len, ptr, len);
    b->len += len;
    b->ptr[b->len] = 0;
    return 0;
}

int buf_append_view(struct buf *b, struct view v)
{
    return buf_append(b, v.ptr, v.len);
}

int buf_append_str(struct buf *b, const char *s)
{
    return buf_append(b, s, strlen(s));
}

int buf_append_byte(struct buf *b, uint8_t byte)
{
    return buf_append(b, &byte, 1);
}

int buf_append_u16be(struct buf *b, uint16_t v)
{
    uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    return buf_append(b, bytes, sizeof(bytes));
}

int buf_append_u32be(struct buf *b, uint32_t v)
{
    uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    return buf_append(b, bytes, sizeof(bytes));
}

int buf_append_u64be(struct buf *b, uint64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(v >> (56 - 8 * i));
    return buf_append(b, bytes, sizeof(bytes));
}

static const char hex_digits[] = "0123456789abcdef";

int buf_append_hex(struct buf *b, const uint8_t *ptr, size_t len)
{
    if (len > SIZE_MAX / 2)
        return fail(b, MIMEO_EMALFORMED);
    int rc = buf_reserve(b, 2 * len);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < len; i++) {
        b->ptr[b->len++] = (uint8_t)hex_digits[ptr[i] >> 4];
        b->ptr[b->len++] = (uint8_t)hex_digits[ptr[i] & 15];
    }
    b->ptr[b->len] = 0;
    return 0;
}

int buf_appendf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return fail(b, MIMEO_EMALFORMED);
    int rc = buf_reserve(b, (size_t)len);
    if (rc < 0)
        return rc;
    va_start(args, format);
    vsnprintf((char *)b->ptr + b->len, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
    return 0;
}

int buf_status(const struct buf *b)
{
    return b->failed;
}

struct view buf_view(const struct buf *b)
{
    return (struct view){b->ptr, b->len};
}

const char *buf_str(const struct buf *b)
{
    return b->ptr == NULL ? "" : (const char *)b->ptr;
}

char *buf_detach(struct buf *b, size_t *len)
{
    if (len != NULL)
        *len = b->len;
    char *out = b->ptr == NULL ? calloc(1, 1) : (char *)b->ptr;
    *b = (struct buf){.max = b->max};
    return out;
}

/* ---- the cursor ---- */

struct cursor cursor_of(struct view v)
{
    return (struct cursor){v.ptr, v.len};
}

static void advance(struct cursor *c, size_t len)
{
    if (len == 0)
        return;
    c->ptr += len;
    c->left -= len;
}

bool cursor_take(struct cursor *c, size_t len, struct view *out)
{
    if (len > c->left)
        return false;
    *out = view_of(c->ptr, len);
    advance(c, len);
    return true;
}

/* `len` bytes as a number, the most significant first. */
static bool take_be(struct cursor *c, size_t len, uint64_t *out)
{
    struct view v;
    if (!cursor_take(c, len, &v))
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < len; i++)
        n = n << 8 | v.ptr[i];
    *out = n;
    return true;
}

static bool take_le(struct cursor *c, size_t len, uint64_t *out)
{
    struct view v;
    if (!cursor_take(c, len, &v))
        return false;
    uint64_t n = 0;
    for (size_t i = len; i-- > 0;)
        n = n << 8 | v.ptr[i];
    *out = n;
    return true;
}

bool cursor_u8(struct cursor *c, uint8_t *out)
{
    uint64_t n;
    if (!take_be(c, 1, &n))
        return false;
    *out = (uint8_t)n;
    return true;
}

bool cursor_u16be(struct cursor *c, uint16_t *out)
{
    uint64_t n;
    if (!take_be(c, 2, &n))
        return false;
    *out = (uint16_t)n;
    return true;
}

bool cursor_u32be(struct cursor *c, uint32_t *out)
{
    uint64_t n;
    if (!take_be(c, 4, &n))
        return false;
    *out = (uint32_t)n;
    return true;
}

bool cursor_u64be(struct cursor *c, uint64_t *out)
{
    return take_be(c, 8, out);
}

bool cursor_u32le(struct cursor *c, uint32_t *out)
{
    uint64_t n;
    if (!take_le(c, 4, &n))
        return false;
    *out = (uint32_t)n;
    return true;
}

bool cursor_u16le(struct cursor *c, uint16_t *out)
{
    uint64_t n;
    if (!take_le(c, 2, &n))
        return false;
    *out = (uint16_t)n;
    return true;
}

bool cursor_until(struct cursor *c, uint8_t stop, struct view *out)
{
    const uint8_t *at = c->left == 0 ? NULL : memchr(c->ptr, stop, c->left);
    if (at == NULL)
        return false;
    *out = view_of(c->ptr, (size_t)(at - c->ptr));
    advance(c, out->len + 1);
    return true;
}

bool cursor_line(struct cursor *c, struct view *out)
{
    return cursor_until(c, '\n', out);
}

bool cursor_skip(struct cursor *c, const char *literal)
{
    if (!view_starts_with(view_of(c->ptr, c->left), literal))
        return false;
    advance(c, strlen(literal));
    return true;
}

/* ---- numbers ---- */

bool parse_decimal(struct view v, uint64_t max, uint64_t *out)
{
    if (v.len == 0 || v.len > 20 || (v.ptr[0] == '0' && v.len > 1))
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
        unsigned digit = (unsigned)(v.ptr[i] - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (n > max)
        return false;
    *out = n;
    return true;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_hex(struct view v, uint8_t *out, size_t len)
{
    if (v.len % 2 != 0 || v.len / 2 != len)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (hex_value(v.ptr[i]) < 0)
            return false;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(hex_value(v.ptr[2 * i]) << 4 | hex_value(v.ptr[2 * i + 1]));
    return true;
}

void format_hex(char *out, const uint8_t *ptr, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = hex_digits[ptr[i] >> 4];
        out[2 * i + 1] = hex_digits[ptr[i] & 15];
    }
    out[2 * len] = '\0';
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The bits that padding leaves over must be zero, else two texts would mean the same bytes. */
bool parse_base64(struct view v, uint8_t *out, size_t len)
{
    size_t groups = len / 3 + (len % 3 != 0);
    size_t pad = (3 - len % 3) % 3;
    if (v.len % 4 != 0 || v.len / 4 != groups)
        return false;
    for (size_t i = 0; i < v.len - pad; i++)
        if (base64_value(v.ptr[i]) < 0)
            return false;
    for (size_t i = v.len - pad; i < v.len; i++)
        if (v.ptr[i] != '=')
            return false;
    if (pad > 0) {
        unsigned last = (unsigned)base64_value(v.ptr[v.len - pad - 1]);
        if ((last & (pad == 1 ? 3U : 15U)) != 0)
            return false;
    }
    uint32_t bits = 0;
    for (size_t i = 0, n = 0; i < v.len; i++) {
        bits = bits << 6 | (i < v.len - pad ? (uint32_t)base64_value(v.ptr[i]) : 0);
        if (i % 4 != 3)
            continue;
        for (int shift = 16; shift >= 0 && n < len; shift -= 8)
            out[n++] = (uint8_t)(bits >> shift);
        bits = 0;
    }
    return true;
}

int buf_append_base64(struct buf *b, const uint8_t *ptr, size_t len)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)ptr[i] << 16 | (n > 1 ? (uint32_t)ptr[i + 1] << 8 : 0) |
                        (n > 2 ? (uint32_t)ptr[i + 2] : 0);
        char group[4] = {base64_digits[bits >> 18], base64_digits[bits >> 12 & 63],
                         n > 1 ? base64_digits[bits >> 6 & 63] : '=',
                         n > 2 ? base64_digits[bits & 63] : '='};
        rc = buf_append(b, group, sizeof(group));
    }
    return rc;
}

/* ---- sums ---- */

bool size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

bool size_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

bool u64_add(uint64_t a, uint64_t b, uint64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}
