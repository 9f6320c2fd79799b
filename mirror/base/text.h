/*
 * Text from outside: UTF-8 validity, characters that can deceive, and times.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <mimeo/context.h>

#include "base/bytes.h"

/* The next code point (RFC 3629: no surrogates, no overlong forms, <= U+10FFFF).
 * False at the end or at an ill-formed sequence (then nothing moves). */
bool utf8_next(struct cursor *c, uint32_t *code);
bool utf8_valid(struct view v);
int buf_append_utf8(struct buf *b, uint32_t code);

/* C0, DEL, C1, U+2028, U+2029: never in any of our texts but LF where said. */
bool char_is_control(uint32_t code);
/* Embeddings, overrides, isolates: U+202A..U+202E, U+2066..U+2069. */
bool char_is_bidi_control(uint32_t code);
/* The marks U+061C, U+200E, U+200F: harmless in prose, refused in signed notes. */
bool char_is_bidi_mark(uint32_t code);

/* NULL where `v` is one line of plain text: valid UTF-8, no control, no bidi
 * control, none of U+FEFF, U+FFFE, U+FFFF.  Else words for what is wrong, such as
 * "holds U+202E (right-to-left override)" or "is not valid UTF-8"; the words live
 * in `why` (at least 80 bytes). */
const char *text_line_fault(struct view v, char *why, size_t why_len);

/* Append `v` made safe to print: ill-formed bytes, controls (but `keep_lf`) and
 * bidi controls become U+FFFD. */
int buf_append_printable(struct buf *b, struct view v, bool keep_lf);

/* RFC 3339 in UTC with seconds, the only form in signed notes: 2026-11-23T08:00:00Z.
 * Years 1970 to 9999; leap seconds refused; the calendar is checked. */
bool time_parse(struct view v, int64_t *out);
void time_format(char out[21], int64_t seconds);
/* What people and newsrooms write: RFC 3339 with any offset, with or without
 * fraction and seconds; a date alone is midnight UTC; "YYYY-MM-DD HH:MM". */
bool time_parse_loose(struct view v, int64_t *out);
/* "7d", "36h", "90m", "30s", "2w" or a plain count of days, at most `max` seconds. */
bool duration_parse(struct view v, int64_t max, int64_t *out);

#endif
