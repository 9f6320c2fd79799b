/*
 * Dates in any form (date.h): patterns over tokens, the first that is a day.
 */
#include "extract/date.h"

#include <string.h>

#include "base/text.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define NEAR 7 /* tokens between a date and its time */

struct found {
    int64_t midnight;
    int64_t year;
    int used;        /* tokens */
    int clock_after; /* the time stands within, behind so many tokens; 0: it does not */
};

static bool is_mark(const struct date_token *t, int64_t code) { return t->kind == DATE_MARK && t->value == code; }
static bool is_word(const struct date_token *t, const char *word)
{
    return t->kind == DATE_WORD && strcmp(t->word, word) == 0;
}
static bool is_number(const struct date_token *t, uint32_t most) { return t->kind == DATE_NUMBER && t->digits <= most; }

static bool is_lang(const char *lang, const char *code)
{
    return lang != NULL && strncmp(lang, code, 2) == 0 && (lang[2] == 0 || lang[2] == '-');
}

/* ---- years */

/* A year of four digits as it stands, of whichever calendar.  *solar: of the Persian one. */
static bool take_year(const struct date_token *t, int64_t *year, bool *solar, const char *lang)
{
    if (t->kind != DATE_NUMBER || t->digits != 4)
        return false;
    *year = t->value;
    if (t->value >= 1970 && t->value < 2200)
        return true;
    if (t->value >= 2513 && t->value < 2700) { /* the Buddhist era of Thailand */
        *year -= 543;
        return true;
    }
    *solar = *solar || t->eastern || is_lang(lang, "fa") || is_lang(lang, "ps");
    return *solar && t->value >= 1348 && t->value < 1473;
}

/* Of two digits, in this century or late in the last. */
static bool take_short_year(const struct date_token *t, int64_t *year)
{
    if (t->kind != DATE_NUMBER || t->digits != 2)
        return false;
    *year = t->value + (t->value < 70 ? 2000 : 1900);
    return true;
}

static bool make_day(struct found *out, int64_t year, int64_t month, int64_t day, bool solar)
{
    int64_t midnight;
    if (solar ? !solar_day_seconds(&midnight, year, month, day) : !day_seconds(&midnight, year, month, day))
        return false;
    out->midnight = midnight;
    out->year = year;
    return true;
}

/* ---- what stands between */

static int skip_marks(const struct date_token *t, const char *marks)
{
    int n = 0;
    while (n < 2 && t[n].kind == DATE_MARK && t[n].value < 128 && strchr(marks, (int)t[n].value) != NULL)
        n++;
    return n;
}

/* "3rd", "1er", "3-го", "2º", "4η". */
static int skip_ordinal(const struct date_token *t)
{
    static const char *const ordinals[] = {"st", "nd", "rd", "th", "er", "º", "ª", "η", "го", "е", "ve", "a", "da", "ta"};
    int dash = is_mark(t, '-');
    for (size_t i = 0; !t->spaced && i < sizeof ordinals / sizeof ordinals[0]; i++)
        if (is_word(t + dash, ordinals[i]))
            return 1 + dash;
    return is_mark(t, '.') || is_mark(t, 0xB0);
}

/* "of", "de", "del", "năm": between day, month and year. */
static int skip_joiner(const struct date_token *t)
{
    static const char *const joiners[] = {"of", "de", "del", "di", "năm", "m", "gada", "of the", "da", "ngày", "يوم"};
    for (size_t i = 0; i < sizeof joiners / sizeof joiners[0]; i++)
        if (is_word(t, joiners[i]))
            return 1;
    return 0;
}

static int skip_between(const struct date_token *t)
{
    int n = skip_marks(t, ".,-/'");
    n += skip_joiner(t + n);
    return n + skip_marks(t + n, ".,");
}

/* A month's name or "tháng 4". */
static int take_month(const struct date_token *t, const char *lang, int64_t *month, bool *solar)
{
    int words;
    if ((is_word(t, "tháng") || is_word(t, "ខែ")) && is_number(t + 1, 2)) {
        *month = t[1].value;
        return 2;
    }
    int found = month_of(t, lang, solar, &words);
    *month = found;
    return found > 0 ? words : 0;
}

/* ---- patterns */

/* 2024-04-03, 2024/4/3, 2024.04.03, 2024年4月3日, 2024년 4월 3일. */
static bool year_first(struct found *out, const struct date_token *t, const char *lang)
{
    static const struct {
        int64_t year, month, day;
    } marks[] = {{'-', '-', 0}, {'/', '/', 0}, {'.', '.', 0}, {0x5E74, 0x6708, 0x65E5}};
    int64_t year;
    bool solar = false;
    if (!take_year(t, &year, &solar, lang))
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (is_mark(t + 1, marks[i].year) && is_number(t + 2, 2) && is_mark(t + 3, marks[i].month) && is_number(t + 4, 2)) {
            out->used = 5 + (marks[i].day != 0 && is_mark(t + 5, marks[i].day));
            return make_day(out, year, t[2].value, t[4].value, solar);
        }
    if (is_word(t + 1, "년") && is_number(t + 2, 2) && is_word(t + 3, "월") && is_number(t + 4, 2)) {
        out->used = 5 + is_word(t + 5, "일");
        return make_day(out, year, t[2].value, t[4].value, false);
    }
    return false;
}

/* 令和6年4月3日, 民國113年4月3日. */
static bool era_first(struct found *out, const struct date_token *t)
{
    int64_t base = is_mark(t, 0x4EE4) && is_mark(t + 1, 0x548C)                                  ? 2018
                   : is_mark(t, 0x5E73) && is_mark(t + 1, 0x6210)                                ? 1988
                   : is_mark(t, 0x6C11) && (is_mark(t + 1, 0x570B) || is_mark(t + 1, 0x56FD)) ? 1911
                                                                                                 : 0;
    if (base == 0 || !is_number(t + 2, 3) || !is_mark(t + 3, 0x5E74) || !is_number(t + 4, 2) || !is_mark(t + 5, 0x6708) ||
        !is_number(t + 6, 2))
        return false;
    out->used = 7 + is_mark(t + 7, 0x65E5);
    return make_day(out, base + t[2].value, t[4].value, t[6].value, false);
}

/* 20240403. */
static bool eight_digits(struct found *out, const struct date_token *t)
{
    if (t->kind != DATE_NUMBER || t->digits != 8 || t->value / 10000 > 2100)
        return false;
    out->used = 1;
    return make_day(out, t->value / 10000, t->value / 100 % 100, t->value % 100, false);
}

/* "3 April 2024", "3. 4월", "3 de abril de 2024", "3 апреля 2024", "ngày 3 tháng 4 năm 2024", "03-Apr-24". */
static bool day_month_year(struct found *out, const struct date_token *t, const char *lang)
{
    int64_t month, year;
    bool solar = false;
    if (!is_number(t, 2))
        return false;
    int n = 1 + skip_ordinal(t + 1);
    n += skip_between(t + n);
    int named = take_month(t + n, lang, &month, &solar);
    if (named == 0)
        return false;
    n += named;
    n += skip_between(t + n);
    out->used = n + 1;
    return (take_year(t + n, &year, &solar, lang) || take_short_year(t + n, &year)) &&
           make_day(out, year, month, t->value, solar);
}

/* "April 3, 2024", "Apr. 3rd 2024", "Apr 3 17:40:00 UTC 2024". */
static bool month_day_year(struct found *out, const struct date_token *t, const char *lang)
{
    int64_t month, year;
    bool solar = false;
    int n = take_month(t, lang, &month, &solar);
    if (n == 0)
        return false;
    n += skip_between(t + n);
    if (!is_number(t + n, 2))
        return false;
    int64_t day = t[n++].value;
    n += skip_ordinal(t + n);
    n += skip_between(t + n);
    struct date_clock clock;
    int clock_used = clock_at(&clock, t + n, t);
    out->clock_after = clock_used > 0 ? n : 0; /* "Wed Apr 3 17:40:00 2024" */
    n += clock_used;
    out->used = n + 1;
    return take_year(t + n, &year, &solar, lang) && make_day(out, year, month, day, solar);
}

/* "2024. április 3.", "2024 m. balandžio 3 d.", "2024-Apr-03". */
static bool year_month_day(struct found *out, const struct date_token *t, const char *lang)
{
    int64_t month, year, day;
    bool solar = false;
    if (!take_year(t, &year, &solar, lang))
        return false;
    int n = 1 + skip_between(t + 1);
    bool day_first = is_number(t + n, 2);
    if (day_first) {
        day = t[n++].value;
        n += skip_marks(t + n, ".");
    }
    int named = take_month(t + n, lang, &month, &solar);
    n += named;
    if (named > 0 && !day_first) {
        n += skip_between(t + n);
        if (!is_number(t + n, 2))
            return false;
        day = t[n++].value;
    }
    out->used = n;
    return named > 0 && make_day(out, year, month, day, solar);
}

/* 3/4/2024, 3.4.2024, 03-04-24: which of the two is the month, the language says where both could be. */
static bool all_digits(struct found *out, const struct date_token *t, const char *lang)
{
    int64_t year;
    bool solar = false;
    if (!is_number(t, 2) || !is_number(t + 2, 2) || t[1].kind != DATE_MARK || t[1].value > 127 ||
        strchr("/.-", (int)t[1].value) == NULL || !is_mark(t + 3, t[1].value))
        return false;
    bool whole = take_year(t + 4, &year, &solar, lang);
    if (!whole && (t[2].digits != 2 || t->digits != 2 || t[1].spaced || t[4].spaced || !take_short_year(t + 4, &year)))
        return false;
    bool month_first = t[1].value == '/' && lang != NULL &&
                       (strcmp(lang, "en") == 0 || strncasecmp(lang, "en-us", 5) == 0);
    int64_t a = t[0].value, b = t[2].value;
    out->used = 5;
    if (b > 12 || (month_first && a <= 12))
        return make_day(out, year, a, b, solar);
    return make_day(out, year, b, a, solar);
}

static bool day_at(struct found *out, const struct date_token *t, const char *lang)
{
    *out = (struct found){.used = 0};
    return year_first(out, t, lang) || era_first(out, t) || day_month_year(out, t, lang) || all_digits(out, t, lang) ||
           year_month_day(out, t, lang) || eight_digits(out, t) || month_day_year(out, t, lang);
}

/* ---- summer time of the United States: from the second Sunday of March to the first of November */

static int64_t sunday(int64_t year, int month, int which)
{
    int64_t first = 0;
    day_seconds(&first, year, month, 1);
    int64_t weekday = (first / DAY + 4) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    return first + ((7 - weekday) % 7 + (which - 1) * 7) * DAY;
}

static bool us_summer(const struct found *day)
{
    return day->midnight >= sunday(day->year, 3, 2) && day->midnight < sunday(day->year, 11, 1);
}

/* ---- all of it */

static void put_clock(struct date *out, const struct found *day, const struct date_clock *clock)
{
    out->seconds += clock->hour * HOUR + clock->minute * 60 + clock->second;
    out->has_time = true;
    out->has_zone = clock->has_zone;
    out->offset = clock->offset + (clock->us && us_summer(day) ? HOUR : 0);
    if (out->has_zone)
        out->seconds -= out->offset;
}

/* 20240403T174000Z: the digits behind the T. */
static bool compact_clock(struct date_clock *out, const struct date_token *t)
{
    if (!is_word(t, "t") || t[1].kind != DATE_NUMBER || (t[1].digits != 6 && t[1].digits != 4))
        return false;
    int64_t v = t[1].digits == 6 ? t[1].value : t[1].value * 100;
    *out = (struct date_clock){.hour = (int)(v / 10000), .minute = (int)(v / 100 % 100), .second = (int)(v % 100)};
    zone_at(out, t + 2);
    return out->hour < 24 && out->minute < 60 && out->second < 60;
}

/* The time behind the date, or else before it. */
static void find_clock(struct date *out, const struct found *day, const struct date_token *tokens, const struct date_token *at)
{
    struct date_clock clock;
    struct found other;
    const struct date_token *end = at + day->used;
    if (compact_clock(&clock, end) || (day->clock_after > 0 && clock_at(&clock, at + day->clock_after, at) > 0)) {
        put_clock(out, day, &clock);
        return;
    }
    for (int i = 0; i < NEAR && end[i].kind != DATE_END; i++) {
        if (clock_at(&clock, end + i, tokens) > 0) {
            put_clock(out, day, &clock);
            return;
        }
        if (day_at(&other, end + i, NULL))
            break; /* the next date's time is not this one's */
    }
    for (int i = 1; i <= NEAR + 4 && at - tokens >= i; i++) {
        int used = clock_at(&clock, at - i, tokens);
        if (used > 0 && used <= i && at[-i + 1].kind == DATE_MARK) {
            put_clock(out, day, &clock);
            return;
        }
    }
}

/* Seconds or milliseconds since 1970, and nothing else. */
static bool epoch(struct date *out, const struct date_token *tokens)
{
    if (tokens[0].kind != DATE_NUMBER || tokens[1].kind != DATE_END || (tokens[0].digits != 10 && tokens[0].digits != 13))
        return false;
    *out = (struct date){.has_time = true, .has_zone = true};
    out->seconds = tokens[0].digits == 13 ? tokens[0].value / 1000 : tokens[0].value;
    return true;
}

static bool find_in(struct date *out, struct date_token tokens[DATE_TOKENS], const char *lang, struct found *day, int *start)
{
    if (epoch(out, tokens))
        return true;
    for (int i = 0; tokens[i].kind != DATE_END && i < DATE_TOKENS - 12; i++) {
        bool within = i > 0 && !tokens[i].spaced && tokens[i - 1].kind == DATE_NUMBER;
        if (!within && day_at(day, tokens + i, lang)) {
            *out = (struct date){.seconds = day->midnight};
            find_clock(out, day, tokens, tokens + i);
            *start = i;
            return true;
        }
    }
    return false;
}

bool date_find(struct date *out, struct view text, const char *lang)
{
    struct date_token tokens[DATE_TOKENS];
    struct found day;
    struct date found;
    int start;
    date_tokens(tokens, text);
    if (!find_in(&found, tokens, lang, &day, &start))
        return false;
    *out = found;
    return true;
}

bool date_is_all(struct view text, const char *lang)
{
    struct date_token tokens[DATE_TOKENS];
    struct found day = {.used = 0};
    struct date found;
    int start = 0, words = 0;
    if (text.len > 160)
        return false;
    date_tokens(tokens, text);
    if (!find_in(&found, tokens, lang, &day, &start))
        return false;
    for (int i = 0; tokens[i].kind != DATE_END; i++)
        words += tokens[i].kind == DATE_WORD && (i < start || i >= start + day.used);
    return words <= 6;
}

void date_settle(struct date *d, const struct date *like)
{
    if (!d->has_time || d->has_zone)
        return;
    d->has_zone = true;
    d->offset = like != NULL && like->has_zone ? like->offset : 0;
    d->seconds -= d->offset;
}

void date_format(char out[21], const struct date *d)
{
    time_format(out, d->seconds < 0 ? 0 : d->seconds);
    if (!d->has_time)
        out[10] = 0;
}
