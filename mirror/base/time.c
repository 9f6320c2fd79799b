/* The public face of base/text.h's times. */
#include <mimeo/time.h>

#include "base/limits.h"
#include "base/text.h"

bool mimeo_time_parse(const char *text, int64_t *seconds)
{
    return time_parse_loose(view_of_str(text), seconds);
}

void mimeo_time_format(char out[MIMEO_TIME_LEN + 1], int64_t seconds)
{
    time_format(out, seconds);
}

bool mimeo_duration_parse(const char *text, int64_t *seconds)
{
    return duration_parse(view_of_str(text), LIMIT_NEXT_BY, seconds);
}
