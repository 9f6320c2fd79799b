/*
 * The date within an address: most papers put it there.
 */
#include <string.h>

#include "extract/date.h"

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* Exactly `len` digits at `at`, and no more. */
static bool digits_at(struct view v, size_t at, size_t len, int64_t *out)
{
    if (at + len > v.len || (at + len < v.len && is_digit(v.ptr[at + len])))
        return false;
    *out = 0;
    for (size_t i = at; i < at + len; i++) {
        if (!is_digit(v.ptr[i]))
            return false;
        *out = *out * 10 + (v.ptr[i] - '0');
    }
    return true;
}

static bool date_at(int64_t *day, struct view url, size_t at)
{
    int64_t year, month, number;
    if (digits_at(url, at, 8, &number) && number / 10000 >= 1990 && number / 10000 < 2100)
        return day_seconds(day, number / 10000, number / 100 % 100, number % 100);
    if (digits_at(url, at, 6, &number) && number / 100 >= 1990 && number / 100 < 2100 && at + 7 < url.len &&
        (url.ptr[at + 6] == '/' || url.ptr[at + 6] == '-') && digits_at(url, at + 7, 2, &month))
        return day_seconds(day, number / 100, number % 100, month); /* 202404/03 */
    if (!digits_at(url, at, 4, &year) || year < 1990 || year >= 2100 || at + 5 >= url.len)
        return false;
    uint8_t mark = url.ptr[at + 4];
    if ((mark != '/' && mark != '-' && mark != '_') || !(digits_at(url, at + 5, 2, &month) || digits_at(url, at + 5, 1, &month)))
        return digits_at(url, at + 5, 4, &number) && mark != 0 && strchr("/-_", mark) != NULL &&
               day_seconds(day, year, number / 100, number % 100); /* 2024/0403, 2024-0403 */
    size_t next = at + 6;
    while (next < url.len && is_digit(url.ptr[next]))
        next++;
    if (next >= url.len || (url.ptr[next] != mark && url.ptr[next] != '/'))
        return false;
    return (digits_at(url, next + 1, 2, &number) || digits_at(url, next + 1, 1, &number)) &&
           day_seconds(day, year, month, number);
}

bool date_of_url(struct date *out, struct view url)
{
    int64_t day;
    size_t from = 0;
    const uint8_t *scheme = url.len == 0 ? NULL : memmem(url.ptr, url.len, "://", 3);
    if (scheme != NULL)
        for (from = (size_t)(scheme - url.ptr) + 3; from < url.len && url.ptr[from] != '/'; from++)
            ;
    for (size_t i = from; i < url.len && i < 1000; i++) {
        bool starts = is_digit(url.ptr[i]) && i > 0 && !is_digit(url.ptr[i - 1]) &&
                      (url.ptr[i - 1] == '/' || url.ptr[i - 1] == '-' || url.ptr[i - 1] == '_' || url.ptr[i - 1] == '=' ||
                       url.ptr[i - 1] == 't');
        if (starts && date_at(&day, url, i)) {
            *out = (struct date){.seconds = day};
            return true;
        }
    }
    return false;
}
