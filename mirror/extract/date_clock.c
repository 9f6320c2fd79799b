/*
 * Times of day and zones, behind or before a date.
 */
#include <string.h>

#include "extract/date.h"

struct zone_name {
    const char *name;
    int minutes;
};

/* The abbreviations that newspapers print.  Where one means several (IST, CST) it is the one with most readers. */
static const struct zone_name zone_names[] = {
    {"z", 0}, {"utc", 0}, {"gmt", 0}, {"ut", 0}, {"wet", 0}, {"bst", 60}, {"west", 60}, {"cet", 60}, {"mez", 60},
    {"wat", 60}, {"cest", 120}, {"mesz", 120}, {"eet", 120}, {"cat", 120}, {"sast", 120}, {"eest", 180}, {"msk", 180},
    {"мск", 180}, {"trt", 180}, {"tsi̇", 180}, {"tsi", 180}, {"eat", 180}, {"irst", 210}, {"gst", 240}, {"pkt", 300},
    {"ist", 330}, {"npt", 345}, {"ict", 420}, {"wib", 420}, {"wita", 480}, {"hkt", 480}, {"sgt", 480}, {"myt", 480},
    {"pht", 480}, {"awst", 480}, {"wit", 540}, {"jst", 540}, {"kst", 540}, {"acst", 570}, {"aest", 600}, {"acdt", 630},
    {"aedt", 660}, {"nzst", 720}, {"nzdt", 780}, {"art", -180}, {"brt", -180}, {"clt", -240}, {"ast", -240}, {"adt", -180},
    {"est", -300}, {"edt", -240}, {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480},
    {"pdt", -420}, {"akst", -540}, {"akdt", -480}, {"hst", -600},
};
/* Of the United States, in summer an hour more. */
static const struct zone_name us_names[] = {{"et", -300}, {"ct", -360}, {"mt", -420}, {"pt", -480}};

static bool is_mark(const struct date_token *t, int64_t code) { return t->kind == DATE_MARK && t->value == code; }
static bool is_word(const struct date_token *t, const char *word)
{
    return t->kind == DATE_WORD && strcmp(t->word, word) == 0;
}

/* "+02:00", "+0200", "+2", "-5". */
static int offset_at(struct date_clock *out, const struct date_token *at)
{
    if ((!is_mark(at, '+') && !is_mark(at, '-')) || at[1].kind != DATE_NUMBER || at[1].spaced)
        return 0;
    int64_t hours = at[1].value, minutes = 0;
    int used = 2;
    if (at[1].digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (at[1].digits <= 2 && is_mark(at + 2, ':') && at[3].kind == DATE_NUMBER && at[3].digits == 2) {
        minutes = at[3].value;
        used = 4;
    } else if (at[1].digits > 2) {
        return 0;
    }
    if (hours > 14 || minutes > 59)
        return 0;
    out->offset = (int32_t)(hours * 3600 + minutes * 60) * (is_mark(at, '-') ? -1 : 1);
    out->has_zone = true;
    return used;
}

static int name_at(struct date_clock *out, const struct date_token *at)
{
    for (size_t i = 0; at->kind == DATE_WORD && i < sizeof zone_names / sizeof zone_names[0]; i++)
        if (strcmp(at->word, zone_names[i].name) == 0) {
            out->has_zone = true;
            out->offset = zone_names[i].minutes * 60;
            int more = zone_names[i].minutes == 0 ? offset_at(out, at + 1) : 0; /* "GMT+7" */
            return 1 + more;
        }
    for (size_t i = 0; at->kind == DATE_WORD && i < sizeof us_names / sizeof us_names[0]; i++)
        if (strcmp(at->word, us_names[i].name) == 0) {
            out->has_zone = out->us = true;
            out->offset = us_names[i].minutes * 60;
            return 1;
        }
    return 0;
}

int zone_at(struct date_clock *out, const struct date_token *at)
{
    int open = is_mark(at, '(');
    int used = name_at(out, at + open);
    if (used == 0)
        used = offset_at(out, at + open);
    return used == 0 ? 0 : used + open;
}

/* ---- before and after noon */

enum half { NO_HALF, MORNING, AFTERNOON };

static bool listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    const char *at = len == 0 ? NULL : strstr(list, word);
    return at != NULL && (at == list || at[-1] == ' ') && (at[len] == 0 || at[len] == ' ');
}

static enum half half_after(const struct date_token *at, int *used)
{
    *used = 1;
    if (at->kind != DATE_WORD)
        return NO_HALF;
    /* "p.m.", "p. m." */
    if ((is_word(at, "a") || is_word(at, "p") || is_word(at, "π") || is_word(at, "μ")) && is_mark(at + 1, '.') &&
        (is_word(at + 2, "m") || is_word(at + 2, "μ"))) {
        *used = is_mark(at + 3, '.') ? 4 : 3;
        return is_word(at, "a") || is_word(at, "π") ? MORNING : AFTERNOON;
    }
    if (listed("am πμ ص صباحا صباحاً de_la_mañana sa öö vm", at->word))
        return MORNING;
    return listed("pm μμ م مساء مساءً ch ös nm", at->word) ? AFTERNOON : NO_HALF;
}

static enum half half_before(const struct date_token *at, const struct date_token *first)
{
    if (at > first && listed("오전 am", at[-1].word))
        return MORNING;
    if (at > first && listed("오후 pm", at[-1].word))
        return AFTERNOON;
    if (at - first < 2 || at[-2].kind != DATE_MARK)
        return NO_HALF;
    bool noon = at[-2].value == 0x5348; /* 午 */
    if (is_mark(at - 1, 0x524D) && noon) /* 午前 */
        return MORNING;
    if (is_mark(at - 1, 0x5F8C) && noon) /* 午後 */
        return AFTERNOON;
    bool ends = is_mark(at - 1, 0x5348); /* 上午, 下午 */
    return !ends ? NO_HALF : at[-2].value == 0x4E0A ? MORNING : at[-2].value == 0x4E0B ? AFTERNOON : NO_HALF;
}

/* ---- the time */

/* What divides hours and minutes: 1 where it is unmistakable, 2 where it only is behind a date. */
static int divides(const struct date_token *at, int *used)
{
    static const int64_t marks[] = {':', 0x6642 /* 時 */, 0x65F6 /* 时 */, 0x70B9 /* 点 */, 0x9EDE /* 點 */};
    *used = 1;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (is_mark(at, marks[i]))
            return 1;
    if (is_word(at, "시") || is_word(at, "h") || is_word(at, "giờ"))
        return 1;
    return is_mark(at, '.') && !at->spaced && !at[1].spaced ? 2 : 0;
}

static void take_seconds(struct date_clock *out, const struct date_token *t, int *used)
{
    if (!is_mark(t + *used, ':') || t[*used + 1].kind != DATE_NUMBER || t[*used + 1].digits > 2)
        return;
    out->second = (int)(t[*used + 1].value < 60 ? t[*used + 1].value : 59); /* a leap second */
    *used += 2;
    if ((is_mark(t + *used, '.') || is_mark(t + *used, ',')) && t[*used + 1].kind == DATE_NUMBER && !t[*used].spaced &&
        !t[*used + 1].spaced)
        *used += 2;
}

static bool is_minutes(const struct date_token *t, bool loose)
{
    return t->kind == DATE_NUMBER && t->value < 60 && (t->digits == 2 || (loose && t->digits == 1));
}

int clock_at(struct date_clock *out, const struct date_token *t, const struct date_token *first)
{
    int used, half_used, by;
    if (t->kind != DATE_NUMBER || t->digits > 2 || t->value > 24)
        return 0;
    *out = (struct date_clock){.hour = (int)t->value % 24};
    enum half half = half_before(t, first);
    int divider = divides(t + 1, &by);
    bool loose = divider == 1 && !is_mark(t + 1, ':'); /* "17h5", "17時5分" */
    if (divider > 0 && is_minutes(t + 1 + by, loose)) {
        out->minute = (int)t[1 + by].value;
        used = 2 + by;
        take_seconds(out, t, &used);
        used += is_mark(t + used, 0x5206) || is_word(t + used, "분") || is_word(t + used, "phút");
    } else if (half_after(t + 1, &half_used) != NO_HALF) {
        used = 1; /* "5pm" */
    } else if (loose) {
        used = 1 + by; /* "17時", "17h" */
    } else if (is_word(t + 1, "uhr")) {
        used = 2;
    } else {
        return 0;
    }
    enum half after = half_after(t + used, &half_used);
    if (half == NO_HALF && after != NO_HALF && out->hour <= 12) {
        half = after;
        used += half_used;
    }
    if (half != NO_HALF && out->hour <= 12)
        out->hour = out->hour % 12 + (half == AFTERNOON ? 12 : 0);
    used += is_word(t + used, "uhr") || is_word(t + used, "hrs") || is_word(t + used, "h");
    return used + zone_at(out, t + used);
}
