#include "archive/record_walk.h"

#include <string.h>
#include <strings.h>

#include "archive/head_fields.h"

#define WASTE_FREE (256ULL * MIB)
#define WASTE_FACTOR 4
#define ARC_CANDIDATES_MAX 10000
#define HEAD_PEEK (4 * KIB)

int record_walk_init(struct record_walk *w, mimeo_ctx *ctx, const struct stretch *from)
{
    *w = (struct record_walk){.from = *from};
    return stream_init(&w->s, ctx);
}

void record_walk_dispose(struct record_walk *w)
{
    stream_dispose(&w->s);
}

/* ---- the message in the block */

static bool is_http(struct view v)
{
    return view_starts_with(v, "HTTP") || view_starts_with(v, "ICY ");
}

static bool looks_like_page(struct view v)
{
    static const char *const begins[] = {"<!doctype html", "<html", "<head", "<body", "<!--"};
    while (v.len > 0 && strchr(" \t\r\n", v.ptr[0]) != NULL && v.ptr[0] != '\0')
        v = view_of(v.ptr + 1, v.len - 1);
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (v.len > strlen(begins[i]) && strncasecmp((const char *)v.ptr, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

int record_message(struct walk_record *r, struct stream *s)
{
    struct view v;
    r->http = false;
    for (size_t want = HEAD_PEEK;; want = STREAM_PEEK) {
        int rc = stream_peek(&v, s, want);
        if (rc < 0)
            return rc;
        if (v.len > want) /* what is behind came along by chance */
            v.len = want;
        if (v.len > r->head.block_len)
            v.len = (size_t)r->head.block_len;
        if (!is_http(v))
            return 0;
        if (v.len == r->head.block_len || v.len < want || head_len(v) > 0) {
            r->http = http_head_parse(&r->message, v);
            r->looks_page = r->http && looks_like_page(view_after(v, r->message.len));
            return 0;
        }
        if (want == STREAM_PEEK) {
            r->note = "has an HTTP head without an end";
            return 0;
        }
    }
}

/* ---- looking for the next one after damage */

/* ARC has no magic: a line that reads as the head of a record. */
static int search_arc(uint64_t *out, struct record_walk *w, uint64_t at)
{
    struct record_head head;
    uint8_t line[HEAD_PEEK];
    for (unsigned i = 0; i < ARC_CANDIDATES_MAX; i++) {
        uint64_t found = 0;
        size_t got = 0;
        int rc = stretch_search(&found, w->s.ctx, &w->from, at, VIEW_OF_LITERAL("\nhttp"));
        if (rc == 0 && found < w->from.len)
            rc = stretch_read(&got, w->s.ctx, &w->from, found + 1, line, sizeof(line));
        if (rc < 0)
            return rc;
        const uint8_t *lf = memchr(line, '\n', got);
        if (found == w->from.len || (lf != NULL && arc_line_parse(&head, view_of(line, (size_t)(lf - line))))) {
            *out = found == w->from.len ? found : found + 1;
            return 0;
        }
        at = found + 1;
    }
    *out = w->from.len;
    return 0;
}

static int search_next(struct record_walk *w, uint64_t at, bool gzip, bool arc)
{
    uint64_t found = 0;
    int rc;
    if (gzip)
        rc = stretch_search(&found, w->s.ctx, &w->from, at, VIEW_OF_LITERAL("\x1f\x8b\x08"));
    else if (arc)
        rc = search_arc(&found, w, at);
    else
        rc = stretch_search(&found, w->s.ctx, &w->from, at, VIEW_OF_LITERAL("\nWARC/1."));
    if (rc == 0)
        w->next = found < w->from.len && !gzip && !arc ? found + 1 : found;
    w->inside = 0;
    return rc;
}

static bool file_is_gzip(struct record_walk *w)
{
    uint8_t magic[2];
    size_t got = 0;
    return stretch_read(&got, w->s.ctx, &w->from, 0, magic, sizeof(magic)) == 0 && got == 2 && magic[0] == 0x1f &&
           magic[1] == 0x8b;
}

static bool file_is_arc(struct record_walk *w)
{
    struct record_walk first = {.from = w->from};
    struct view v = {NULL, 0};
    bool arc = stream_init(&first.s, w->s.ctx) == 0 && stream_begin(&first.s, &w->from, 0) == 0 &&
               stream_peek(&v, &first.s, 16) == 0 && view_starts_with(v, "filedesc:");
    stream_dispose(&first.s);
    return arc;
}

/* What was unpacked is lost; how much more may be is bounded. */
static void charge(struct record_walk *w)
{
    w->wasted += w->s.gzip ? w->s.made : 0; /* through plain bytes the search goes forward alone */
    w->given_up = ++w->faults >= WALK_FAULTS_MAX || w->wasted > WASTE_FREE + WASTE_FACTOR * w->from.len;
}

static int give_up(struct record_walk *w, const char *fault)
{
    uint64_t at = w->s.member;
    int rc = search_next(w, at + 1, file_is_gzip(w), file_is_arc(w));
    charge(w);
    return rc < 0 ? rc : ctx_error(w->s.ctx, MIMEO_EMALFORMED, "the record at byte %llu %s", (unsigned long long)at, fault);
}

/* ---- the end of a record */

static bool begins_here(struct view v)
{
    struct record_head head;
    const uint8_t *lf = v.len == 0 ? NULL : memchr(v.ptr, '\n', v.len);
    return record_begins(v) || (lf != NULL && arc_line_parse(&head, view_of(v.ptr, (size_t)(lf - v.ptr))));
}

static int skip_line_ends(struct view *out, struct stream *s)
{
    for (;;) {
        size_t n = 0;
        int rc = stream_peek(out, s, HEAD_PEEK);
        while (rc == 0 && n < out->len && (out->ptr[n] == '\r' || out->ptr[n] == '\n'))
            n++;
        if (rc < 0 || n == 0)
            return rc;
        stream_take(s, n);
    }
}

/* The record may be good, but where it ends is not known. */
static int lost_end(struct record_walk *w, uint64_t from)
{
    charge(w);
    return search_next(w, from, w->s.gzip, !w->s.gzip && file_is_arc(w));
}

static int end_of_member(struct walk_record *r, struct record_walk *w)
{
    struct view v;
    int rc = skip_line_ends(&v, &w->s);
    if (rc < 0)
        return rc;
    w->inside = 0;
    if (v.len > 0 && begins_here(v)) {
        w->inside = w->s.taken;
        return 0;
    }
    if (v.len > 0) {
        uint64_t passed;
        r->note = "has a length that is not right";
        rc = stream_skip(&passed, &w->s, UINT64_MAX);
        w->wasted += w->s.made;
    }
    if (rc == 0 && stream_fault(&w->s) != NULL)
        return lost_end(w, r->at + 1);
    w->next = stream_where(&w->s);
    return rc;
}

static int end_of_plain(struct walk_record *r, struct record_walk *w, uint64_t block)
{
    struct view v;
    int rc = skip_line_ends(&v, &w->s);
    if (rc < 0)
        return rc;
    w->next = w->s.member + w->s.taken;
    if (v.len == 0 || begins_here(v) || view_starts_with(v, "\x1f\x8b\x08"))
        return 0;
    r->note = "has a length that is not right";
    return lost_end(w, block);
}

static int pass_block(struct walk_record *r, struct record_walk *w)
{
    uint64_t block = w->s.member + w->s.taken, passed = 0;
    int rc = stream_skip(&passed, &w->s, r->head.block_len);
    if (rc < 0)
        return rc;
    if (passed < r->head.block_len) {
        r->cut = stream_fault(&w->s) == NULL;
        r->note = r->cut ? "is cut short, or has a length that is not right" : stream_fault(&w->s);
        if (!w->s.gzip)
            return lost_end(w, block);
    }
    return w->s.gzip ? end_of_member(r, w) : end_of_plain(r, w, block);
}

/* ---- */

/* The stream at the next record's head; 0 where there is none. */
static int go_to_next(struct record_walk *w)
{
    if (w->inside > WALK_INSIDE_MAX) {
        w->inside = 0;
        return give_up(w, "is one gzip member with many in it: unpack it with gunzip first");
    }
    if (w->inside > 0)
        return 1;
    if (w->next >= w->from.len)
        return 0;
    int rc = stream_begin(&w->s, &w->from, w->next);
    return rc < 0 ? rc : 1;
}

static int stop(struct record_walk *w)
{
    w->done = true;
    return ctx_error(w->s.ctx, MIMEO_EMALFORMED, "too much of it is damaged, or unpacks to too much: nothing is read behind byte %llu",
                     (unsigned long long)w->s.member);
}

int record_walk_next(struct walk_record *out, struct record_walk *w)
{
    while (!w->done) {
        const char *fault;
        if (w->given_up)
            return stop(w);
        bool end;
        int rc = go_to_next(w);
        if (rc <= 0)
            return rc;
        *out = (struct walk_record){.at = w->s.member, .inside = (uint32_t)w->inside};
        rc = record_head_read(&out->head, &fault, &end, &w->s);
        if (rc < 0)
            return rc;
        if (fault != NULL)
            return give_up(w, fault);
        if (end) { /* empty lines, an empty member */
            w->inside = 0;
            w->next = stream_where(&w->s);
            continue;
        }
        if (out->head.truncated)
            out->note = "was cut short when it was fetched";
        if (out->head.type == RECORD_RESPONSE || out->head.type == RECORD_REVISIT)
            rc = record_message(out, &w->s);
        if (rc == 0)
            rc = pass_block(out, w);
        w->made += w->s.gzip && w->inside == 0 ? w->s.made : 0;
        w->given_up = w->given_up || spooled_too_much(w->made, w->next);
        return rc < 0 ? rc : 1;
    }
    return 0;
}

/* The member at the walk's next place goes on with what the one before began. */
static int goes_on(bool *out, struct record_walk *w)
{
    struct view v = {NULL, 0};
    int rc = stream_begin(&w->s, &w->from, w->next);
    if (rc == 0 && w->s.gzip)
        rc = skip_line_ends(&v, &w->s);
    *out = rc == 0 && v.len > 0 && stream_fault(&w->s) == NULL && !begins_here(v);
    return rc;
}

/* There is one member alone, and something is wrong in it: what it is shows when it is unpacked. */
static int is_one_member(bool *out, struct record_walk *w)
{
    uint64_t passed;
    int rc = stream_begin(&w->s, &w->from, 0);
    if (rc == 0 && w->s.gzip)
        rc = stream_skip(&passed, &w->s, UINT64_MAX);
    *out = rc == 0 && w->s.gzip && w->s.state == STREAM_ENDED && stream_where(&w->s) == w->from.len;
    return rc;
}

int record_walk_is_tangled(bool *out, mimeo_ctx *ctx, const struct stretch *from)
{
    struct record_walk w;
    struct walk_record first = {.note = NULL};
    int rc = record_walk_init(&w, ctx, from);
    if (rc == 0)
        rc = record_walk_next(&first, &w);
    bool good = rc == 1, cut = good && first.cut && w.s.gzip;
    *out = good && w.inside > 0;
    if (rc == 1 || rc == MIMEO_EMALFORMED)
        rc = 0;
    if (rc == 0 && !*out && (!good || first.note != NULL))
        rc = is_one_member(out, &w);
    if (rc == 0 && !*out && cut)
        rc = goes_on(out, &w);
    record_walk_dispose(&w);
    return rc;
}

int record_open(struct walk_record *out, struct stream *s, const struct stretch *from, uint64_t at, uint32_t inside)
{
    const char *fault = NULL;
    bool end = false;
    uint64_t passed;
    *out = (struct walk_record){.at = at, .inside = inside};
    int rc = stream_begin(s, from, at);
    if (rc == 0 && inside > 0)
        rc = stream_skip(&passed, s, inside);
    if (rc == 0)
        rc = record_head_read(&out->head, &fault, &end, s);
    if (rc == 0 && (fault != NULL || end))
        rc = ctx_error(s->ctx, MIMEO_EMALFORMED, "the record at byte %llu %s", (unsigned long long)at,
                       fault != NULL ? fault : "is gone");
    return rc;
}
