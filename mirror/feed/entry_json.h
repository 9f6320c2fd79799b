/* Members of the JSON object that an entry becomes.  What is empty is left out. */
#ifndef FEED_ENTRY_JSON_H
#define FEED_ENTRY_JSON_H

#include "feed/parse.h"

void member_name(struct buf *out, const char *name);
void member_line(struct buf *out, const char *name, struct view v);
/* A short piece of HTML or text as one line of at most `max` bytes. */
int member_flat(struct buf *out, const char *name, struct view v, enum text_kind kind, size_t max);
int member_list(struct buf *out, const char *name, const char *const *list, size_t count);
/* The first of the choices that is a time. */
void member_time(struct buf *out, const char *name, const char *const *choices, size_t count, const char *lang);
/* "images": those that `html` does not show. */
int member_pictures(struct buf *out, const struct entry *e, struct view html);

#endif
