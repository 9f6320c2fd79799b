/* Writing the answers: JSON into one buffer, commas by themselves. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <mimeo/mirror.h>

#include "base/bytes.h"

/* A key or NULL (in an array) first, in each. */
void put_open(struct buf *b, const char *key, char bracket);
void put_close(struct buf *b, char bracket);
void put_string(struct buf *b, const char *key, const char *value);
void put_number(struct buf *b, const char *key, uint64_t value);
void put_bool(struct buf *b, const char *key, bool value);
void put_time(struct buf *b, const char *key, bool has, int64_t seconds); /* seconds since 1970, or null */
void put_article(struct buf *b, const char *key, const struct mimeo_article *a);

#endif
