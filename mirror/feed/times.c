/* Times: see feed/times.h. */
#include "feed/times.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

bool feed_time(char out[21], const char *text, const char *lang)
{
    int64_t seconds;
    struct tm tm = {0};
    (void)lang;
    if (text == NULL)
        return false;
    if (time_parse_loose(view_of_str(text), &seconds)) {
        time_format(out, seconds);
        return true;
    }
    if (strptime(text, "%a, %d %b %Y %H:%M:%S %z", &tm) == NULL)
        return false;
    seconds = timegm(&tm) - tm.tm_gmtoff;
    time_format(out, seconds);
    return true;
}
