/* Times as feeds write them. */
#ifndef FEED_TIMES_H
#define FEED_TIMES_H

#include "base/bytes.h"

/* RFC 822 with its usual mistakes, RFC 3339, or what date_find() can read: as RFC 3339 in UTC.  False where it is none. */
bool feed_time(char out[21], const char *text, const char *lang);

#endif
