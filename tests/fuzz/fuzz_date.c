/* Dates: the first byte chooses the language, the rest is a text, and an address. */
#include <stdlib.h>

#include "base/text.h"
#include "extract/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(struct date *d)
{
    char text[21];
    int64_t seconds;
    date_settle(d, NULL);
    date_format(text, d);
    if (!time_parse_loose(view_of_str(text), &seconds))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const langs[] = {NULL, "en", "en-GB", "fa", "hr", "th", "ru", ""};
    struct date d;
    if (len == 0)
        return 0;
    struct view text = view_of(data + 1, len - 1);
    if (date_find(&d, text, langs[data[0] % 8]))
        check(&d);
    date_is_all(text, langs[data[0] % 8]);
    if (date_of_url(&d, text))
        check(&d);
    return 0;
}
