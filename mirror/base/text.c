/*
 * UTF-8, deceiving characters, times.  Everything about characters that the rest of mimeo relies on
 * is decided here, once.
 */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include <mimeo/error.h>

/* ---- UTF-8 ---- */

/* RFC 3629 section 4: the first byte decides the length and the range of the second. */
bool utf8_next(struct cursor *c, uint32_t *code)
{
    if (c->left == 0)
        return false;
    uint8_t first = c->ptr[0];
    if (first < 0x80) {
        *code = first;
        c->ptr++;
        c->left--;
        return true;
    }
    size_t len = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || c->left < len)
        return false;
    uint32_t value = first & (0xFFU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((c->ptr[i] & 0xC0) != 0x80)
            return false;
        value = value << 6 | (c->ptr[i] & 0x3FU);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[len] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return false;
    *code = value;
    c->ptr += len;
    c->left -= len;
    return true;
}

bool utf8_valid(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (c.left > 0) {
        /* Eight ASCII bytes at a time: most of what is checked is ASCII. */
        uint64_t eight;
        while (c.left >= 8 && (memcpy(&eight, c.ptr, 8), (eight & 0x8080808080808080U) == 0)) {
            c.ptr += 8;
            c.left -= 8;
        }
        if (c.left > 0 && !utf8_next(&c, &code))
            return false;
    }
    return true;
}

int buf_append_utf8(struct buf *b, uint32_t code)
{
    uint8_t out[4];
    if (code < 0x80)
        return buf_append_byte(b, (uint8_t)code);
    if (code < 0x800) {
        out[0] = (uint8_t)(0xC0 | code >> 6);
        out[1] = (uint8_t)(0x80 | (code & 0x3F));
        return buf_append(b, out, 2);
    }
    if (code < 0x10000) {
        out[0] = (uint8_t)(0xE0 | code >> 12);
        out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (code & 0x3F));
        return buf_append(b, out, 3);
    }
    out[0] = (uint8_t)(0xF0 | code >> 18);
    out[1] = (uint8_t)(0x80 | (code >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (code & 0x3F));
    return buf_append(b, out, 4);
}

/* ---- characters that deceive ---- */

bool char_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

bool char_is_bidi_control(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

bool char_is_bidi_mark(uint32_t code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F;
}

static bool is_noncharacter(uint32_t code)
{
    return code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
}

static const char *bidi_name(uint32_t code)
{
    switch (code) {
    case 0x202A: return "left-to-right embedding";
    case 0x202B: return "right-to-left embedding";
    case 0x202C: return "pop directional formatting";
    case 0x202D: return "left-to-right override";
    case 0x202E: return "right-to-left override";
    default: return "directional isolate";
    }
}

const char *text_line_fault(struct view v, char *why, size_t why_len)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (c.left > 0) {
        if (!utf8_next(&c, &code)) {
            snprintf(why, why_len, "is not valid UTF-8");
            return why;
        }
        if (char_is_bidi_control(code)) {
            snprintf(why, why_len, "holds U+%04X (%s)", (unsigned)code, bidi_name(code));
            return why;
        }
        if (char_is_control(code) || is_noncharacter(code)) {
            snprintf(why, why_len, "holds U+%04X (a control character)", (unsigned)code);
            return why;
        }
    }
    return NULL;
}

#define REPLACEMENT 0xFFFD

int buf_append_printable(struct buf *b, struct view v, bool keep_lf)
{
    struct cursor c = cursor_of(v);
    int rc = 0;
    while (rc == 0 && c.left > 0) {
        uint32_t code;
        if (!utf8_next(&c, &code)) {
            code = REPLACEMENT;
            c.ptr++;
            c.left--;
        } else if ((char_is_control(code) && !(keep_lf && code == '\n')) ||
                   char_is_bidi_control(code) || is_noncharacter(code)) {
            code = REPLACEMENT;
        }
        rc = buf_append_utf8(b, code);
    }
    return rc;
}

/* ---- times ---- */

/* Days from 1970-01-01 of a date of the proleptic Gregorian calendar: years are counted from March, so
 * that the leap day is the last of its year. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool date_is_valid(int64_t year, int64_t month, int64_t day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

/* Exactly `len` digits. */
static bool take_digits(struct cursor *c, size_t len, int64_t *out)
{
    struct cursor at = *c;
    struct view v;
    if (!cursor_take(&at, len, &v))
        return false;
    int64_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
        n = n * 10 + (v.ptr[i] - '0');
    }
    *c = at;
    *out = n;
    return true;
}

static bool take_date(struct cursor *c, int64_t *days)
{
    int64_t year, month, day;
    if (!take_digits(c, 4, &year) || !cursor_skip(c, "-") || !take_digits(c, 2, &month) ||
        !cursor_skip(c, "-") || !take_digits(c, 2, &day) || !date_is_valid(year, month, day))
        return false;
    *days = days_of(year, month, day);
    return true;
}

static bool take_clock(struct cursor *c, bool seconds_needed, int64_t *out)
{
    int64_t hour, minute, second = 0;
    if (!take_digits(c, 2, &hour) || !cursor_skip(c, ":") || !take_digits(c, 2, &minute))
        return false;
    if (cursor_skip(c, ":")) {
        if (!take_digits(c, 2, &second))
            return false;
    } else if (seconds_needed) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *out = hour * 3600 + minute * 60 + second;
    return true;
}

bool time_parse(struct view v, int64_t *out)
{
    struct cursor c = cursor_of(v);
    int64_t days, clock;
    if (v.len != 20 || !take_date(&c, &days) || !cursor_skip(&c, "T") || !take_clock(&c, true, &clock) ||
        !cursor_skip(&c, "Z"))
        return false;
    *out = days * 86400 + clock;
    return true;
}

void time_format(char out[21], int64_t seconds)
{
    const int64_t last = days_of(9999, 12, 31) * 86400 + 86399;
    if (seconds < 0)
        seconds = 0;
    if (seconds > last)
        seconds = last;
    int64_t days = seconds / 86400, clock = seconds % 86400;
    /* The year by estimate: too late by one at most. */
    int64_t year = 1970 + days / 365;
    while (days_of(year, 1, 1) > days)
        year--;
    int64_t month = 12;
    while (days_of(year, month, 1) > days)
        month--;
    int64_t day = days - days_of(year, month, 1) + 1;
    char text[64];
    snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year, (unsigned)month,
             (unsigned)day, (unsigned)(clock / 3600), (unsigned)(clock / 60 % 60), (unsigned)(clock % 60));
    memcpy(out, text, 21);
}

/* "Z", "+hh:mm", "-hhmm", " UTC", or nothing (UTC); seconds east of Greenwich. */
static bool take_zone(struct cursor *c, int64_t *east)
{
    *east = 0;
    if (c->left == 0 || cursor_skip(c, "Z") || cursor_skip(c, "z") || cursor_skip(c, " UTC") ||
        cursor_skip(c, " GMT"))
        return true;
    cursor_skip(c, " ");
    int64_t sign = cursor_skip(c, "+") ? 1 : cursor_skip(c, "-") ? -1 : 0;
    int64_t hours, minutes = 0;
    if (sign == 0 || !take_digits(c, 2, &hours))
        return false;
    cursor_skip(c, ":");
    if (c->left > 0 && !take_digits(c, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *east = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool time_parse_loose(struct view v, int64_t *out)
{
    struct cursor c = cursor_of(v);
    int64_t days, clock = 0, east = 0;
    if (!take_date(&c, &days))
        return false;
    if (c.left > 0) {
        if (!(cursor_skip(&c, "T") || cursor_skip(&c, "t") || cursor_skip(&c, " ")) ||
            !take_clock(&c, false, &clock))
            return false;
        if (cursor_skip(&c, ".") || cursor_skip(&c, ",")) {
            int64_t digit;
            if (!take_digits(&c, 1, &digit))
                return false;
            while (take_digits(&c, 1, &digit))
                continue;
        }
        if (!take_zone(&c, &east) || c.left > 0)
            return false;
    }
    int64_t seconds = days * 86400 + clock - east;
    if (seconds < 0)
        return false;
    *out = seconds;
    return true;
}

bool duration_parse(struct view v, int64_t max, int64_t *out)
{
    if (v.len == 0)
        return false;
    int64_t unit = 86400;
    size_t digits = v.len - 1;
    switch (v.ptr[v.len - 1]) {
    case 's': unit = 1; break;
    case 'm': unit = 60; break;
    case 'h': unit = 3600; break;
    case 'd': unit = 86400; break;
    case 'w': unit = 7 * 86400; break;
    default: digits = v.len; break;
    }
    uint64_t n;
    if (!parse_decimal(view_of(v.ptr, digits), INT64_MAX / (7 * 86400), &n) ||
        (int64_t)n * unit > max)
        return false;
    *out = (int64_t)n * unit;
    return true;
}
