/*
 * The bytes of a page, feed or text in whatever encoding they came, to UTF-8.
 *
 * The order of trust: a byte order mark; the HTTP header; bytes that are valid UTF-8 (or nearly: a few bad
 * bytes in a long text, a last character cut off) are UTF-8 whatever the page says of itself; what the page
 * says (<meta>, XML declaration), unless what comes out reads like no language at all; what the text looks
 * like (charset_detect).  The header yields in two cases that are a server's habit and not knowledge: it says
 * UTF-8 and the bytes are far from it, or it says ISO-8859-1 and they are UTF-8.
 *
 * What a reader would get wrong: labels mean what the WHATWG Encoding Standard says they do, not what their
 * names say: iso-8859-1 is windows-1252, gb2312 is gb18030, a <meta> of utf-16 is utf-8.
 *
 *     struct buf text; const char *name;
 *     int rc = charset_to_utf8(&text, ctx, bytes, "text/html; charset=koi8-r", CHARSET_HTML, &name);
 *     if (rc == 0) { …; buf_dispose(&text); }
 */
#ifndef EXTRACT_CHARSET_H
#define EXTRACT_CHARSET_H

#include "base/bytes.h"
#include "base/context.h"

enum charset_kind { CHARSET_HTML, CHARSET_XML, CHARSET_TEXT }; /* text says nothing of itself */

/* `out` is initialised here.  Valid UTF-8 without a byte order mark and without U+0000; what cannot be
 * decoded is U+FFFD.  `content_type` is the HTTP header's value or NULL.  *name (may be NULL) is the
 * encoding's name by the standard, a constant.  MIMEO_ENOMEM alone. */
int charset_to_utf8(struct buf *out, mimeo_ctx *ctx, struct view bytes, const char *content_type,
                    enum charset_kind kind, const char **name);

/* The same without a copy where there is nothing to do, as for nearly all pages: *out is of `bytes` or of `made`, which
 * is initialised here and disposed of when *out is done with. */
int charset_view(struct view *out, struct buf *made, mimeo_ctx *ctx, struct view bytes, const char *content_type,
                 enum charset_kind kind, const char **name);

/* ---- the parts, for charset*.c and their tests */

struct charset {
    const char *name;   /* by the standard, lower case: "windows-1251" */
    const char *iconv;  /* what iconv calls it; NULL: UTF-8 */
    bool wide;          /* of several bytes a character: an error may take two */
};

/* By any label of the Encoding Standard, whatever its case; NULL where it is none, or one that the
 * standard replaces (hz-gb-2312, utf-7 …). */
const struct charset *charset_by_label(struct view label);
#define CHARSET_UTF8 (charset_by_label(VIEW_OF_LITERAL("utf-8")))

/* Append `bytes` as UTF-8.  MIMEO_ENOMEM, or MIMEO_EMALFORMED where `out` is full. */
int charset_convert(struct buf *out, const struct charset *from, struct view bytes);

/* What the page says of itself, or NULL. */
const struct charset *charset_declared(struct view bytes, enum charset_kind kind);

/* By libuchardet (where it is installed) and by how plausible the text is.  Never NULL. */
const struct charset *charset_detect(struct view bytes, enum charset_kind kind);

/* How much the characters outside of ASCII look like a language that people write: 1 exactly,
 * 0 and less not at all.  0.5 where there are none. */
double charset_plausibility(struct view utf8);
/* The same for bytes read as `c`, of a sample of them. */
double charset_fit(const struct charset *c, struct view bytes, enum charset_kind kind);

#endif
