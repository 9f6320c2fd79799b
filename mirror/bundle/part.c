/*
 * Writing and reading what the parts of an export hold.  What is read has one form, so that it is the same text
 * when it is written again; the two bounds on memory are the text's own length and LIMIT_PARTS.
 */
#include "bundle/part.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define FIRST_LINE "mimeo part 1"
/* The longest of everything but the ranges: four lines at the top, and of each line "holds 9999  <20 digits>". */
#define TOP_MAX 256
#define HOLDS_MAX 40

void part_dispose(struct part *p)
{
    if (p == NULL)
        return;
    for (uint32_t i = 0; p->holds != NULL && i < p->of; i++)
        free(p->holds[i].ranges);
    free(p->holds);
    p->holds = NULL;
}

/* ---- ranges ---- */

int part_ranges_write(struct buf *out, const struct part_range *ranges, size_t count)
{
    int rc = count == 0 ? buf_append_byte(out, '-') : 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        rc = buf_appendf(out, "%s%llu", i == 0 ? "" : ",", (unsigned long long)ranges[i].first);
        if (rc == 0 && ranges[i].last > ranges[i].first)
            rc = buf_appendf(out, "-%llu", (unsigned long long)ranges[i].last);
    }
    return rc;
}

/* The text up to `stop`, or the rest. */
static struct view word(struct cursor *c, uint8_t stop)
{
    struct view v;
    if (!cursor_until(c, stop, &v))
        cursor_take(c, c->left, &v);
    return v;
}

static bool parse_range(struct part_range *out, struct view text)
{
    struct cursor c = cursor_of(text);
    struct view first;
    struct part_range r;
    if (!cursor_until(&c, '-', &first))
        return parse_decimal(text, LIMIT_SEQ, &out->first) && (out->last = out->first) > 0;
    if (!parse_decimal(first, LIMIT_SEQ, &r.first) || r.first == 0 ||
        !parse_decimal(view_of(c.ptr, c.left), LIMIT_SEQ, &r.last) || r.last <= r.first)
        return false;
    *out = r;
    return true;
}

static size_t count_ranges(struct view text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == ',';
    return n;
}

bool part_ranges_parse(struct part_range **out, size_t *count, struct view text)
{
    if (view_equal_str(text, "-")) {
        *out = NULL;
        *count = 0;
        return true;
    }
    size_t n = count_ranges(text), i = 0;
    struct part_range *ranges = calloc(n, sizeof(*ranges));
    struct cursor c = cursor_of(text);
    bool good = ranges != NULL;
    for (; good && i < n; i++)
        good = parse_range(&ranges[i], word(&c, ',')) && (i == 0 || ranges[i].first > ranges[i - 1].last + 1);
    if (!good) {
        free(ranges);
        return false;
    }
    *out = ranges;
    *count = n;
    return true;
}

/* ---- writing ---- */

/* Tell ranges that are no further apart than `gap` as one. */
static size_t coarsen(struct part_range *ranges, size_t count, uint64_t gap)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept > 0 && ranges[i].first - ranges[kept - 1].last <= gap)
            ranges[kept - 1].last = ranges[i].last;
        else
            ranges[kept++] = ranges[i];
    return kept;
}

/* `text` becomes the ranges, coarse enough for `room` bytes.  Two numbers always fit. */
static int fit_ranges(struct buf *text, const struct part_holds *h, size_t room)
{
    struct part_range *ranges = calloc(h->count == 0 ? 1 : h->count, sizeof(*ranges));
    size_t count = h->count;
    if (ranges == NULL)
        return MIMEO_ENOMEM;
    if (count > 0)
        memcpy(ranges, h->ranges, count * sizeof(*ranges));
    int rc = part_ranges_write(text, ranges, count);
    for (uint64_t gap = 2; (rc == MIMEO_EMALFORMED || text->len > room) && gap <= LIMIT_SEQ; gap *= 2) {
        count = coarsen(ranges, count, gap);
        buf_clear(text);
        rc = part_ranges_write(text, ranges, count);
    }
    free(ranges);
    return rc;
}

static int write_holds(struct buf *out, const struct part_holds *h, uint32_t number, size_t room)
{
    struct buf text;
    buf_init(&text, LIMIT_PART);
    int rc = fit_ranges(&text, h, room);
    if (rc == 0)
        rc = buf_appendf(out, "holds %u %s %llu\n", number, buf_str(&text), (unsigned long long)h->media);
    buf_dispose(&text);
    return rc;
}

int part_write(struct buf *out, mimeo_ctx *ctx, const struct part *p)
{
    char publisher[HASH_HEX_LEN + 1], set[2 * PART_SET_LEN + 1];
    size_t room = (LIMIT_PART - TOP_MAX) / p->of - HOLDS_MAX;
    hash_format(publisher, &p->publisher);
    format_hex(set, p->set, PART_SET_LEN);
    int rc = buf_appendf(out, FIRST_LINE "\nset %s\npart %u %u\npublisher %s\n", set, p->number, p->of, publisher);
    for (uint32_t i = 0; rc == 0 && i < p->of; i++)
        rc = write_holds(out, &p->holds[i], i + 1, room);
    return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx)
           : rc < 0           ? ctx_error(ctx, rc, "the list of %u parts is too long", p->of)
                              : 0;
}

/* ---- reading ---- */

static int malformed(mimeo_ctx *ctx, const char *what, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: the list of parts %s", what, why);
}

/* The value of the line that begins with `keyword`. */
static bool value_of(struct cursor *c, const char *keyword, struct view *out)
{
    struct cursor line;
    struct view text;
    if (!cursor_line(c, &text))
        return false;
    line = cursor_of(text);
    if (!cursor_skip(&line, keyword))
        return false;
    *out = view_of(line.ptr, line.left);
    return true;
}

static bool parse_numbers(struct part *p, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view number;
    uint64_t n, of;
    if (!cursor_until(&c, ' ', &number) || !parse_decimal(number, LIMIT_PARTS, &n) ||
        !parse_decimal(view_of(c.ptr, c.left), LIMIT_PARTS, &of) || n == 0 || n > of)
        return false;
    p->number = (uint32_t)n;
    p->of = (uint32_t)of;
    return true;
}

static bool parse_top(struct part *p, struct cursor *c)
{
    struct view set, numbers, publisher;
    return value_of(c, "set ", &set) && parse_hex(set, p->set, PART_SET_LEN) && value_of(c, "part ", &numbers) &&
           parse_numbers(p, numbers) && value_of(c, "publisher ", &publisher) && hash_parse(publisher, &p->publisher);
}

static bool parse_holds(struct part_holds *h, struct cursor *c, uint32_t number)
{
    struct view v, part, ranges;
    uint64_t n;
    if (!value_of(c, "holds ", &v))
        return false;
    struct cursor at = cursor_of(v);
    return cursor_until(&at, ' ', &part) && parse_decimal(part, LIMIT_PARTS, &n) && n == number &&
           cursor_until(&at, ' ', &ranges) && parse_decimal(view_of(at.ptr, at.left), LIMIT_PART_MEDIA, &h->media) &&
           part_ranges_parse(&h->ranges, &h->count, ranges);
}

int part_parse(struct part *out, mimeo_ctx *ctx, const char *what, struct view text)
{
    struct cursor c = cursor_of(text);
    struct part p = {.of = 0};
    struct view version;
    if (text.len > LIMIT_PART)
        return malformed(ctx, what, "is too long");
    if (!value_of(&c, "mimeo part ", &version))
        return malformed(ctx, what, "does not begin as one");
    if (!view_equal_str(version, "1"))
        return ctx_error(ctx, MIMEO_ENEWER, "%s: the list of parts needs a newer mimeo", what);
    if (!parse_top(&p, &c))
        return malformed(ctx, what, "names no set, part and publisher");
    p.holds = calloc(p.of, sizeof(*p.holds));
    if (p.holds == NULL)
        return ctx_error_nomem(ctx);
    bool good = true;
    for (uint32_t i = 0; good && i < p.of; i++)
        good = parse_holds(&p.holds[i], &c, i + 1);
    if (!good || c.left > 0) {
        part_dispose(&p);
        return malformed(ctx, what, good ? "goes on behind its end" : "does not say what each part holds");
    }
    *out = p;
    return 0;
}
