/*
 * JSON text (RFC 8259) to jansson's values, strictly: what is handed in as JSON Lines, and what
 * pages and feeds carry.
 */
#ifndef EXTRACT_JSON_TEXT_H
#define EXTRACT_JSON_TEXT_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/context.h"

#define JSON_TEXT_DEPTH 32
#define JSON_TEXT_VALUES 200000 /* each takes some 50 bytes */

/* The value (json_decref), or MIMEO_EMALFORMED with the byte and the fault. */
int json_text_parse(json_t **out, mimeo_ctx *ctx, const char *where, struct view text);

#endif
