/*
 * JSON as pages carry it, which is often not JSON: trailing commas, line breaks within strings, comments and CDATA
 * around, several values in a row, quotes that nobody escaped, a text that ends too early.
 *
 * For what decides anything strictly there is json_text.h.
 */
#ifndef EXTRACT_JSON_LOOSE_H
#define EXTRACT_JSON_LOOSE_H

#include <jansson.h>

#include "base/bytes.h"

#define JSON_LOOSE_DEPTH 24
#define JSON_LOOSE_VALUES 20000

/* The values of the text, an array of them (json_decref); what could not be read is left out, of a key that is
 * there twice the last counts.  NULL on no memory alone. */
json_t *json_loose_parse(struct view text);

#endif
