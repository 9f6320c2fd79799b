/*
 * A text to the numbers, words and marks that dates are made of, and days to seconds.
 */
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"
#include "extract/date.h"

#define TEXT_MAX 400

/* The value of a digit of any script, or -1. */
static int digit_of(uint32_t code)
{
    /* Each script's digits stand in a row: Latin, Arabic, Persian, Devanagari, Bengali, Thai, Burmese, full width. */
    static const uint32_t zeros[] = {'0', 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x1040, 0xFF10};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        if (code >= zeros[i] && code < zeros[i] + 10)
            return (int)(code - zeros[i]);
    return -1;
}

static bool is_space(uint32_t code)
{
    return code <= ' ' || code == 0xA0 || code == 0x3000 || (code >= 0x2000 && code <= 0x200F) || code == 0x202F ||
           (code >= 0x2028 && code <= 0x202E) || code == 0xFEFF || (code >= 0x2066 && code <= 0x2069);
}

static bool is_letter(uint32_t code)
{
    if (code >= 0x2E80 && code < 0xA000)
        return false; /* Han: each is a mark by itself */
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
    return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_MC) || code == 0xAA || code == 0xBA;
}

static void add_letter(struct date_token *t, uint32_t code)
{
    struct buf letter;
    buf_init(&letter, 4);
    size_t len = strlen(t->word);
    if (code != 0x307 && buf_append_utf8(&letter, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)) == 0 &&
        len + letter.len < sizeof t->word) {
        memcpy(t->word + len, letter.ptr, letter.len);
        t->word[len + letter.len] = 0;
    }
    buf_dispose(&letter);
}

static void add_digit(struct date_token *t, int digit, uint32_t code)
{
    if (t->digits < 18)
        t->value = t->value * 10 + digit;
    t->digits++;
    t->eastern = code >= 0x6F0 && code < 0x6FA;
}

static uint32_t plain_mark(uint32_t code)
{
    switch (code) {
    case 0xFF1A: case 0x2236: return ':';
    case 0xFF0F: return '/';
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2212: case 0xFF0D: return '-';
    case 0x060C: case 0xFF0C: case 0x3001: return ',';
    case 0xFF0E: return '.';
    case 0xFF08: return '(';
    case 0x5E74: return 0x5E74;
    default: return code;
    }
}

void date_tokens(struct date_token out[DATE_TOKENS], struct view text)
{
    struct cursor c = cursor_of(view_of(text.ptr, text.len < TEXT_MAX ? text.len : TEXT_MAX));
    size_t count = 0;
    enum date_token_kind last = DATE_END;
    bool spaced = true;
    uint32_t code;
    memset(out, 0, DATE_TOKENS * sizeof out[0]);
    while (count < DATE_TOKENS - 2 && utf8_next(&c, &code)) {
        int digit = digit_of(code);
        enum date_token_kind kind = digit >= 0 ? DATE_NUMBER : is_letter(code) ? DATE_WORD : DATE_MARK;
        if (is_space(code)) {
            spaced = true;
            continue;
        }
        if (spaced || kind != last || kind == DATE_MARK)
            out[count++] = (struct date_token){.kind = kind, .spaced = spaced};
        struct date_token *t = &out[count - 1];
        if (kind == DATE_NUMBER)
            add_digit(t, digit, code);
        else if (kind == DATE_WORD)
            add_letter(t, code);
        else
            t->value = plain_mark(code);
        last = kind;
        spaced = false;
    }
}

/* ---- days */

bool day_seconds(int64_t *out, int64_t year, int64_t month, int64_t day)
{
    char text[32];
    if (year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", (int)year, (int)month, (int)day);
    return time_parse(view_of_str(text), out);
}

/* The calendar is the sun's; until 1472 its leap years are 8 of 33. */
static bool solar_leap(int64_t year) { return (year * 8 + 29) % 33 < 8; }

#define SOLAR_BASE 1403 /* began on 2024-03-20 */
#define DAY 86400

bool solar_day_seconds(int64_t *out, int64_t year, int64_t month, int64_t day)
{
    int64_t length = month <= 6 ? 31 : month < 12 || solar_leap(year) ? 30 : 29, at;
    if (year < 1348 || year > 1472 || month < 1 || month > 12 || day < 1 || day > length ||
        !day_seconds(&at, 2024, 3, 20))
        return false;
    for (int64_t y = SOLAR_BASE; y < year; y++)
        at += (365 + solar_leap(y)) * DAY;
    for (int64_t y = SOLAR_BASE; y > year; y--)
        at -= (365 + solar_leap(y - 1)) * DAY;
    at += ((month - 1) * 30 + (month <= 7 ? month - 1 : 6) + day - 1) * DAY;
    if (at < 0)
        return false;
    *out = at;
    return true;
}
