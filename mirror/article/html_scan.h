/*
 * A look at HTML before the parser gets it: the parser's time is quadratic in the depth of the
 * elements and in the attributes of one tag, so what goes over the caps never reaches it.
 */
#ifndef ARTICLE_HTML_SCAN_H
#define ARTICLE_HTML_SCAN_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/context.h"

/* MIMEO_EMALFORMED where `html` is over LIMIT_HTML, LIMIT_HTML_DEPTH or LIMIT_HTML_ATTRIBUTES, or
 * is not UTF-8.  *doubtful: it holds what makes a parser read on differently (foreign elements,
 * select, comments in scripts), so the scan may be wrong about it: parse it in a child. */
int html_scan(bool *doubtful, mimeo_ctx *ctx, struct view html);

/* Behind "<!--": past the end of the comment, or of all (13.2.5.43 and on). */
void html_skip_comment(struct cursor *c);

#endif
