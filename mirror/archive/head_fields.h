/*
 * The fields at the head of a message: of WARC records, HTTP responses and parts of mail all alike, "name: value" a line,
 * folded or not, up to an empty line; by sloppy writers with LF alone, lines without a colon and spaces anywhere.
 */
#ifndef ARCHIVE_HEAD_FIELDS_H
#define ARCHIVE_HEAD_FIELDS_H

#include "base/bytes.h"

/* What stands behind the first `n` bytes, which are there. */
static inline struct view view_after(struct view v, size_t n)
{
    return n == v.len ? (struct view){NULL, 0} : view_of(v.ptr + n, v.len - n);
}

/* The length of the head with its empty line; 0: there is no empty line in `v`. */
size_t head_len(struct view v);
/* The value of the first field of this name (in any case of letters) without spaces around it and unfolded, at most
 * `cap`-1 bytes and a NUL, which no value holds otherwise.  False where there is none, or a longer one: then out is "". */
bool head_field(char *out, size_t cap, struct view head, const char *name);
/* All of this name, joined with ", ". */
bool head_fields(char *out, size_t cap, struct view head, const char *name);

/* "Text/HTML ; charset=x" -> "text/html"; "" where it is none. */
void media_type_of(char *out, size_t cap, const char *content_type);
/* The value of a parameter such as charset or boundary, without its quotes. */
bool media_parameter(char *out, size_t cap, const char *content_type, const char *name);
bool media_is_page(const char *media_type);

#endif
