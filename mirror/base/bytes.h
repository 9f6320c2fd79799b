/*
 * Bytes: a borrowed view, a growable buffer born with its maximum, and the one
 * bounds-checked cursor through which all bytes from outside pass.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes; says nothing about who owns them: the declaration does. */
struct view {
    const uint8_t *ptr;
    size_t len;
};

#define VIEW_OF_LITERAL(s) ((struct view){(const uint8_t *)(s), sizeof(s) - 1})
struct view view_of(const void *ptr, size_t len);
struct view view_of_str(const char *s);              /* NULL gives an empty view */
bool view_equal(struct view a, struct view b);
bool view_equal_str(struct view a, const char *s);
bool view_starts_with(struct view a, const char *prefix);
bool view_is_zero(struct view a);                    /* all bytes 0 (true where empty) */

/* Growable bytes, at most `max` of them.  Zeroed storage with max 0 is unusable:
 * buf_init first.  Appends return 0, MIMEO_ENOMEM, or MIMEO_EMALFORMED where it
 * would pass `max`; a failed append changes nothing, and sets `failed`, so a run
 * of appends may be checked once at its end with buf_status().  buf_dispose of
 * zeroed storage is fine. `ptr` is always NUL-terminated beyond `len` once allocated;
 * buf_str() gives "" for an empty buffer. */
struct buf {
    uint8_t *ptr;
    size_t len;
    size_t cap;
    size_t max;
    int failed; /* the first failed append's code, or 0 */
};

void buf_init(struct buf *b, size_t max);
void buf_dispose(struct buf *b);
void buf_clear(struct buf *b); /* len 0, failed 0; keeps the memory */
int buf_reserve(struct buf *b, size_t extra);
int buf_append(struct buf *b, const void *ptr, size_t len);
int buf_append_view(struct buf *b, struct view v);
int buf_append_str(struct buf *b, const char *s);
int buf_append_byte(struct buf *b, uint8_t byte);
int buf_append_u16be(struct buf *b, uint16_t v);
int buf_append_u32be(struct buf *b, uint32_t v);
int buf_append_u64be(struct buf *b, uint64_t v);
int buf_append_hex(struct buf *b, const uint8_t *ptr, size_t len); /* lower case */
int buf_appendf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buf_status(const struct buf *b); /* b->failed */
struct view buf_view(const struct buf *b);
const char *buf_str(const struct buf *b);
/* Hand the memory (NUL-terminated, free() it) to the caller; b is empty after. */
char *buf_detach(struct buf *b, size_t *len);

/* A cursor over borrowed bytes.  Each read returns true and moves, or returns
 * false, moves nothing and leaves its out parameter untouched. */
struct cursor {
    const uint8_t *ptr;
    size_t left;
};

struct cursor cursor_of(struct view v);
bool cursor_take(struct cursor *c, size_t len, struct view *out);
bool cursor_u8(struct cursor *c, uint8_t *out);
bool cursor_u16be(struct cursor *c, uint16_t *out);
bool cursor_u32be(struct cursor *c, uint32_t *out);
bool cursor_u64be(struct cursor *c, uint64_t *out);
bool cursor_u32le(struct cursor *c, uint32_t *out);
bool cursor_u16le(struct cursor *c, uint16_t *out);
/* A line without its LF.  False where no LF is left. */
bool cursor_line(struct cursor *c, struct view *out);
/* Bytes up to `stop`, which is passed over but not in `out`; false where it does not occur. */
bool cursor_until(struct cursor *c, uint8_t stop, struct view *out);
/* True and moved past `literal` where the next bytes are it. */
bool cursor_skip(struct cursor *c, const char *literal);

/* Strict numbers, whole view: decimal without sign or leading zeros, at most `max`. */
bool parse_decimal(struct view v, uint64_t max, uint64_t *out);
/* Exactly 2*len lower-case hex digits, whole view. */
bool parse_hex(struct view v, uint8_t *out, size_t len);
/* Lower-case hex and a NUL into out[2*len+1]. */
void format_hex(char *out, const uint8_t *ptr, size_t len);
/* Canonical padded standard base64, whole view, to exactly `len` bytes (RFC 4648 s. 4). */
bool parse_base64(struct view v, uint8_t *out, size_t len);
int buf_append_base64(struct buf *b, const uint8_t *ptr, size_t len);

/* a+b or a*b into *out, false on overflow. */
bool size_add(size_t a, size_t b, size_t *out);
bool size_mul(size_t a, size_t b, size_t *out);
bool u64_add(uint64_t a, uint64_t b, uint64_t *out);

#endif
