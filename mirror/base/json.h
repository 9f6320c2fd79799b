/*
 * The tokens of JSON (RFC 8259), strict: what the catalog's reader and the importer's tree are
 * built on.  Each take_ moves the cursor past the token and returns true, or returns false with
 * words in *fault (NULL there means no memory).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/bytes.h"

struct json_number {
    bool negative;
    bool whole;     /* without fraction and exponent, and within 63 bits: `value` counts */
    uint64_t value;
};

void json_skip_space(struct cursor *c);
/* Behind the opening quote, up to and with the closing one; unescaped, appended to `out`.  No
 * U+0000, no lone surrogates, valid UTF-8. */
bool json_take_string(struct cursor *c, struct buf *out, const char **fault);
bool json_take_number(struct cursor *c, struct json_number *out, const char **fault);
/* The comma or the end ('}' or ']') behind a value: 1 where another follows, 0 at the end, -1 where
 * neither stands there. */
int json_next_item(struct cursor *c, char end, const char **fault);
/* Append `s` as a string with its quotes: only " \ and C0 controls are escaped. */
int json_append_string(struct buf *out, struct view s);

#endif
