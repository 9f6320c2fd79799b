/*
 * Inside of the records: the rules, which reading and writing share, and the names of values.
 */
#ifndef BUNDLE_RECORD_RULES_H
#define BUNDLE_RECORD_RULES_H

#include "bundle/record.h"

#define RECORD_INTEGER_MAX ((1ULL << 53) - 1) /* what every JSON library keeps whole (RFC 7493) */

/* By enum record_action and enum erase_table; number 0 is none. */
#define RECORD_ACTIONS 4
#define ERASE_TABLES 4
extern const char *const record_action_names[RECORD_ACTIONS];
extern const char *const erase_table_names[ERASE_TABLES];

/* Every rule of FORMAT.md section 6 that is not one of JSON: 0, or MIMEO_EMALFORMED. */
int record_check(mimeo_ctx *ctx, const char *what, const struct record *r);
/* MIMEO_EMALFORMED: "`what`: article ID: 'key' words". */
int record_broken(mimeo_ctx *ctx, const char *what, const struct record *r, const char *key, const char *words);

#endif
