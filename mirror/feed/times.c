/* Times: see feed/times.h. */
#include "feed/times.h"

#include "extract/date.h"

bool feed_time(char out[21], const char *text, const char *lang)
{
    struct date date;
    if (text == NULL || !date_find(&date, view_of_str(text), lang))
        return false;
    date_settle(&date, NULL);
    date_format(out, &date);
    return true;
}
