/*
 * Times and durations as people write them.
 */
#ifndef MIMEO_TIME_H
#define MIMEO_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <mimeo/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIMEO_TIME_LEN 20

/* "2026-11-23", "2026-11-23 08:00", RFC 3339 with any offset: seconds since 1970, UTC. */
MIMEO_API bool mimeo_time_parse(const char *text, int64_t *seconds);
/* "2026-11-23T08:00:00Z" and a NUL. */
MIMEO_API void mimeo_time_format(char out[MIMEO_TIME_LEN + 1], int64_t seconds);
/* "7d", "36h", "90m", "30s", "2w", or a plain number of days; at most 400 days. */
MIMEO_API bool mimeo_duration_parse(const char *text, int64_t *seconds);

#ifdef __cplusplus
}
#endif
#endif
