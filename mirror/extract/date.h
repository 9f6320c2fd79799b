/*
 * Dates and times as people and programs write them, to seconds.
 *
 * What a reader would get wrong: a time without a zone is not a time.  It is given back as if it were UTC, with
 * has_zone false, and who asked decides: date_settle() takes the zone of another date of the same page, or UTC.
 */
#ifndef EXTRACT_DATE_H
#define EXTRACT_DATE_H

#include "base/bytes.h"

struct date {
    int64_t seconds;  /* UTC where has_zone; else of the wall clock that was meant */
    int32_t offset;   /* seconds east of UTC, where has_zone */
    bool has_time;    /* else midnight */
    bool has_zone;
};

/* The first date within `text` (its first 400 bytes): RFC 3339 and the looser ISO 8601, RFC 822, epoch seconds
 * or milliseconds alone, and prose of some forty languages with or without words around.  `lang` (NULL: not
 * known) decides what the text leaves open: 3/4/2024 is the 4th of March in "en" and "en-US" alone, a year 1403
 * is of the Persian calendar.  False where there is no date with a day, a month and a year from 1970 on. */
bool date_find(struct date *out, struct view text, const char *lang);
/* Where `text` holds nothing but a date, more or less: for deciding whether an element is one. */
bool date_is_all(struct view text, const char *lang);
/* The date within an address: /2024/04/03/, /2024-04-03-, /20240403. */
bool date_of_url(struct date *out, struct view url);

/* Without zone and with a time: shifted by `like` where that has a zone (NULL: none known), else taken as UTC. */
void date_settle(struct date *d, const struct date *like);
/* RFC 3339 in UTC, or a day alone. */
void date_format(char out[21], const struct date *d);

/* ---- the parts, for date*.c */

enum date_token_kind { DATE_END, DATE_NUMBER, DATE_WORD, DATE_MARK };
struct date_token {
    enum date_token_kind kind;
    uint32_t digits;   /* of a number */
    int64_t value;     /* of a number; code point of a mark (a Han character is one too) */
    bool spaced;       /* white space before it */
    bool eastern;      /* a number in Persian digits */
    char word[40];     /* in small letters */
};
#define DATE_TOKENS 96

/* 1 to 12 for the name of a month in small letters, 0 where it is none; *solar where it is of the Persian
 * calendar. Two words (Arabic) are tried first: *words is how many it took. */
int month_of(const struct date_token *at, const char *lang, bool *solar, int *words);

struct date_clock {
    int hour, minute, second;
    bool has_zone;
    int32_t offset;     /* seconds */
    bool us;            /* "ET" and the like: an hour more where the day is in summer time */
};
/* A time of day at `at`; how many tokens it took, its zone with it, or 0. */
int clock_at(struct date_clock *out, const struct date_token *at, const struct date_token *first);
/* A zone alone at `at`, or 0. */
int zone_at(struct date_clock *out, const struct date_token *at);

/* Midnight of a day, in seconds; false where there is no such day from 1970 on. */
bool day_seconds(int64_t *out, int64_t year, int64_t month, int64_t day);
/* The same by the Persian (Solar Hijri) calendar. */
bool solar_day_seconds(int64_t *out, int64_t year, int64_t month, int64_t day);

/* `text` to tokens, with DATE_END behind the last. */
void date_tokens(struct date_token out[DATE_TOKENS], struct view text);

#endif
