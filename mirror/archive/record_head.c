#include "archive/record_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "archive/head_fields.h"
#include "base/text.h"

#define LENGTH_MAX (1ULL << 56)
#define ARC_FIELDS_MAX 10
#define ARC_DIGITS 14 /* of a date: YYYYMMDDhhmmss */

bool record_begins(struct view v)
{
    return view_starts_with(v, "WARC/1.") || view_starts_with(v, "WARC/0.1") || view_starts_with(v, "filedesc://");
}

/* ---- WARC */

static enum record_type type_of(const char *word)
{
    if (strcasecmp(word, "response") == 0)
        return RECORD_RESPONSE;
    if (strcasecmp(word, "resource") == 0)
        return RECORD_RESOURCE;
    return strcasecmp(word, "revisit") == 0 ? RECORD_REVISIT : RECORD_OTHER;
}

/* wget wrote <https://…> for some years. */
static void take_url(char out[URL_MAX], const char *value)
{
    struct view v = view_of_str(value);
    if (v.len > 1 && v.ptr[0] == '<' && v.ptr[v.len - 1] == '>')
        v = view_of(v.ptr + 1, v.len - 2);
    if (!url_normal(out, v))
        out[0] = '\0';
}

/* Digits alone; spaces are gone already. */
static bool take_length(uint64_t *out, const char *word)
{
    while (word[0] == '0' && word[1] != '\0')
        word++;
    return parse_decimal(view_of_str(word), LENGTH_MAX, out);
}

static const char *warc_fields(struct record_head *out, struct view head)
{
    char word[URL_MAX];
    if (!head_field(word, sizeof(word), head, "Content-Length"))
        return "has no length";
    if (!take_length(&out->block_len, word))
        return "has a length that is no number";
    head_field(word, sizeof(word), head, "WARC-Type");
    out->type = type_of(word);
    if (out->type == RECORD_OTHER)
        return NULL;
    if (head_field(word, sizeof(word), head, "WARC-Target-URI"))
        take_url(out->url, word);
    if (head_field(word, sizeof(word), head, "WARC-Refers-To-Target-URI"))
        take_url(out->refers_to, word);
    if (head_field(word, sizeof(word), head, "WARC-Date"))
        time_parse_loose(view_of_str(word), &out->date);
    out->truncated = head_field(word, sizeof(word), head, "WARC-Truncated");
    head_field(out->content_type, sizeof(out->content_type), head, "Content-Type");
    head_field(out->digest, sizeof(out->digest), head, "WARC-Payload-Digest");
    return NULL;
}

/* ---- ARC */

/* 20140216050221; some programs wrote more digits, or fewer. */
static bool arc_date(struct view v, int64_t *out)
{
    unsigned n[ARC_DIGITS] = {0};
    if (v.len < 8 || v.len > 20)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
        if (i < ARC_DIGITS)
            n[i] = (unsigned)(v.ptr[i] - '0');
    }
    struct tm tm = {.tm_year = (int)(n[0] * 1000 + n[1] * 100 + n[2] * 10 + n[3]) - 1900,
                    .tm_mon = (int)(n[4] * 10 + n[5]) - 1, .tm_mday = (int)(n[6] * 10 + n[7]),
                    .tm_hour = (int)(n[8] * 10 + n[9]), .tm_min = (int)(n[10] * 10 + n[11]),
                    .tm_sec = (int)(n[12] * 10 + n[13])};
    *out = (int64_t)timegm(&tm);
    return true;
}

/* The field before *end, which moves in front of it. */
static struct view field_before(struct view line, size_t *end)
{
    size_t to = *end, from = to;
    while (from > 0 && line.ptr[from - 1] != ' ')
        from--;
    *end = from > 0 ? from - 1 : 0;
    return view_of(line.ptr + from, to - from);
}

/* From the back, for addresses hold spaces: URL IP date type length, or in version 2
 * URL IP date type status checksum location offset file length. */
static bool arc_fields(struct record_head *out, struct view line, int skip)
{
    size_t end = line.len;
    struct view length = field_before(line, &end), type, date;
    for (int i = 0; i < skip; i++)
        field_before(line, &end);
    type = field_before(line, &end);
    date = field_before(line, &end);
    field_before(line, &end); /* IP */
    uint64_t len = 0;
    if (end == 0 || !parse_decimal(length, LENGTH_MAX, &len) || !arc_date(date, &out->date) ||
        memchr(line.ptr, ':', end) == NULL)
        return false;
    out->block_len = len;
    if (type.len < sizeof(out->content_type)) {
        memcpy(out->content_type, type.ptr, type.len);
        out->content_type[type.len] = '\0';
    }
    if (!url_normal(out->url, view_of(line.ptr, end)))
        out->url[0] = '\0';
    return true;
}

bool arc_line_parse(struct record_head *out, struct view line)
{
    *out = (struct record_head){.type = RECORD_RESPONSE};
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (!arc_fields(out, line, 0) && !arc_fields(out, line, ARC_FIELDS_MAX - 5))
        return false;
    if (view_starts_with(line, "filedesc:"))
        out->type = RECORD_OTHER;
    return true;
}

/* ---- both */

static int skip_blank(struct view *out, struct stream *s)
{
    for (;;) {
        size_t n = 0;
        int rc = stream_peek(out, s, 16);
        while (rc == 0 && n < out->len && (out->ptr[n] == '\r' || out->ptr[n] == '\n'))
            n++;
        if (rc < 0 || n == 0)
            return rc;
        stream_take(s, n);
    }
}

/* Grow what is looked at until the head is all in it. */
static int peek_head(struct view *v, size_t *len, struct stream *s, bool warc)
{
    for (size_t want = 2 * KIB;; want *= 4) {
        if (want > RECORD_HEAD_MAX)
            want = RECORD_HEAD_MAX;
        int rc = stream_peek(v, s, want);
        const uint8_t *lf = rc < 0 || v->len == 0 ? NULL : memchr(v->ptr, '\n', v->len);
        *len = rc < 0 ? 0 : warc ? head_len(*v) : lf == NULL ? 0 : (size_t)(lf - v->ptr) + 1;
        if (*len > RECORD_HEAD_MAX)
            *len = 0;
        if (rc < 0 || *len > 0 || v->len < want || want == RECORD_HEAD_MAX)
            return rc;
    }
}

int record_head_read(struct record_head *out, const char **fault, bool *end, struct stream *s)
{
    struct view v;
    size_t len = 0;
    int rc = skip_blank(&v, s);
    *fault = NULL;
    *end = rc == 0 && v.len == 0;
    if (rc < 0 || *end) {
        *fault = rc == 0 ? stream_fault(s) : NULL;
        return rc;
    }
    *out = (struct record_head){.type = RECORD_OTHER};
    bool warc = view_starts_with(v, "WARC/");
    rc = peek_head(&v, &len, s, warc);
    if (rc < 0)
        return rc;
    if (len == 0)
        *fault = !warc                     ? "does not begin as a record"
                 : v.len < RECORD_HEAD_MAX ? "is cut short"
                                           : "has a head without an end";
    else if (warc)
        *fault = warc_fields(out, view_of(v.ptr, len));
    else if (!arc_line_parse(out, view_of(v.ptr, len - 1)))
        *fault = "does not begin as a record";
    if (*fault == NULL)
        stream_take(s, len);
    else if (stream_fault(s) != NULL)
        *fault = stream_fault(s);
    return 0;
}
