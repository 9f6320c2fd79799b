/*
 * Parts of exports: which are here, which came before, and what of each is lacking still.
 *
 * A set that comes in seven messages is often imported in seven runs, so what parts came before is remembered, in a small file
 * among the publisher's work files, where losing it costs a needless question:
 *
 *     <set> <of> 1-3,7     a line a set, the last first
 *
 * What a reader would get wrong: lists of parts are unsigned.  Nothing is believed or refused for their sake.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "library/gather.h"
#include "library/holding.h"
#include "sync/import_inside.h"

#define SETS_MAX 64       /* of one publisher in one run */
#define RANGES_MAX 500000 /* of all sets together */
#define REMEMBERED_MAX 32 /* sets */
#define FILE_NAME "parts"
#define FILE_MAX (1 * MIB)

struct set {
    uint8_t id[PART_SET_LEN];
    uint32_t of;
    struct part_holds *holds; /* of the first list that was met */
    uint64_t *media;          /* of each part: objects that are here, and 1; 0: it is not here */
    bool *came;               /* with an earlier run */
};
struct sets {
    mimeo_ctx *ctx;
    struct set *items;
    size_t count;
    size_t ranges;
    uint64_t *held; /* bundles of the library, ascending */
    size_t held_count;
};

/* ---- gathering ---- */

static void dispose(struct sets *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct part p = {.of = s->items[i].of, .holds = s->items[i].holds};
        part_dispose(&p);
        free(s->items[i].media);
        free(s->items[i].came);
    }
    free(s->items);
    free(s->held);
}

static int copy_holds(struct part_holds **out, const struct part *p)
{
    struct part copy = {.of = p->of, .holds = calloc(p->of, sizeof(*copy.holds))};
    bool good = copy.holds != NULL;
    for (uint32_t i = 0; good && i < p->of; i++) {
        const struct part_holds *h = &p->holds[i];
        copy.holds[i].media = h->media;
        copy.holds[i].count = h->count;
        if (h->count == 0)
            continue;
        copy.holds[i].ranges = malloc(h->count * sizeof(*h->ranges));
        good = copy.holds[i].ranges != NULL;
        if (good)
            memcpy(copy.holds[i].ranges, h->ranges, h->count * sizeof(*h->ranges));
    }
    if (!good) {
        part_dispose(&copy);
        return MIMEO_ENOMEM;
    }
    *out = copy.holds;
    return 0;
}

static int add_set(struct sets *s, const struct part *p)
{
    struct set *grown = realloc(s->items, (s->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return MIMEO_ENOMEM;
    s->items = grown;
    struct set *at = &grown[s->count++];
    *at = (struct set){.of = p->of, .media = calloc(p->of, sizeof(*at->media)), .came = calloc(p->of, sizeof(*at->came))};
    memcpy(at->id, p->set, PART_SET_LEN);
    return at->media == NULL || at->came == NULL ? MIMEO_ENOMEM : copy_holds(&at->holds, p);
}

static struct set *find(struct sets *s, const uint8_t id[PART_SET_LEN], uint32_t of)
{
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(s->items[i].id, id, PART_SET_LEN) == 0 && s->items[i].of == of)
            return &s->items[i];
    return NULL;
}

static size_t count_ranges(const struct part *p)
{
    size_t count = 0;
    for (uint32_t i = 0; i < p->of; i++)
        count += p->holds[i].count;
    return count;
}

static int hear_part(const struct part *p, uint64_t media, void *payload)
{
    struct sets *s = payload;
    struct set *at = find(s, p->set, p->of);
    size_t ranges = at == NULL ? count_ranges(p) : 0;
    if (at == NULL && s->count < SETS_MAX && s->ranges + ranges <= RANGES_MAX) {
        if (add_set(s, p) < 0)
            return ctx_error_nomem(s->ctx);
        s->ranges += ranges;
        at = &s->items[s->count - 1];
    }
    if (at != NULL && at->media[p->number - 1] < media + 1) /* of two copies the whole one */
        at->media[p->number - 1] = media + 1;
    return 0;
}

static int list_held(struct sets *s, const char *path)
{
    struct store *store;
    if (!library_is_held(path))
        return 0;
    int rc = store_open(&store, s->ctx, path, true);
    if (rc < 0)
        return rc;
    rc = store_list_bundles(&s->held, &s->held_count, store, s->ctx);
    store_close(store);
    return rc;
}

/* ---- what came before ---- */

static bool next_word(struct cursor *c, struct view *out)
{
    return cursor_until(c, ' ', out);
}

static void mark_came(struct set *at, struct view ranges)
{
    struct part_range *r;
    size_t count;
    if (!part_ranges_parse(&r, &count, ranges))
        return;
    for (size_t i = 0; i < count; i++)
        for (uint64_t n = r[i].first; n <= r[i].last && n <= at->of; n++)
            at->came[n - 1] = true;
    free(r);
}

/* Sets that are of this run; the lines of the others are kept. */
static void read_line(struct sets *s, struct view line, struct buf *others, size_t *kept)
{
    struct cursor c = cursor_of(line);
    struct view set, of;
    uint8_t id[PART_SET_LEN];
    uint64_t n;
    if (!next_word(&c, &set) || !parse_hex(set, id, sizeof(id)) || !next_word(&c, &of) || !parse_decimal(of, LIMIT_PARTS, &n))
        return;
    struct set *at = find(s, id, (uint32_t)n);
    if (at != NULL) {
        mark_came(at, view_of(c.ptr, c.left));
    } else if (++*kept < REMEMBERED_MAX) {
        buf_append_view(others, line);
        buf_append_byte(others, '\n');
    }
}

static int read_came(struct sets *s, int dir, struct buf *others)
{
    struct file_bytes f;
    struct view line;
    size_t kept = 0;
    int rc = file_load_at(&f, s->ctx, dir, FILE_NAME, FILE_MAX, false);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0;
    struct cursor c = cursor_of(f.view);
    while (cursor_line(&c, &line))
        read_line(s, line, others, &kept);
    file_unload(&f);
    return buf_status(others) == MIMEO_ENOMEM ? ctx_error_nomem(s->ctx) : 0;
}

static void write_set(struct buf *out, const struct set *at)
{
    char hex[2 * PART_SET_LEN + 1], number[32];
    bool any = false, all = true;
    format_hex(hex, at->id, PART_SET_LEN);
    for (uint32_t i = 0; i < at->of; i++) {
        any = any || at->came[i];
        all = all && at->came[i];
    }
    if (!any || all) /* nothing more is to come of it */
        return;
    buf_appendf(out, "%s %u ", hex, at->of);
    for (uint32_t i = 0, written = 0; i < at->of; i++) {
        if (!at->came[i] || (i > 0 && at->came[i - 1]))
            continue;
        uint32_t last = i;
        while (last + 1 < at->of && at->came[last + 1])
            last++;
        snprintf(number, sizeof(number), last > i ? "%s%u-%u" : "%s%u", written++ > 0 ? "," : "", i + 1, last + 1);
        buf_append_str(out, number);
    }
    buf_append_byte(out, '\n');
}

static int write_came(struct sets *s, int dir, const struct buf *others)
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    for (size_t i = 0; i < s->count; i++)
        write_set(&text, &s->items[i]);
    if (text.len + others->len <= FILE_MAX)
        buf_append_view(&text, buf_view(others));
    int rc = buf_status(&text) == MIMEO_ENOMEM ? ctx_error_nomem(s->ctx)
             : text.len == 0                   ? file_remove(s->ctx, dir, FILE_NAME)
                                               : file_write_atomic(s->ctx, dir, FILE_NAME, buf_view(&text), 0600);
    buf_dispose(&text);
    return rc;
}

/* ---- what is lacking ---- */

static size_t first_held(const struct sets *s, uint64_t seq)
{
    size_t low = 0, high = s->held_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->held[mid] < seq)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void add_range(struct buf *out, uint64_t first, uint64_t last)
{
    buf_appendf(out, "%s%llu", out->len > 0 ? "," : "", (unsigned long long)first);
    if (last > first)
        buf_appendf(out, "-%llu", (unsigned long long)last);
}

/* Of a part's bundles those that the library has not: "41-43,50". */
static void lacking_bundles(struct buf *out, const struct sets *s, const struct part_holds *h)
{
    for (size_t i = 0; i < h->count; i++) {
        uint64_t next = h->ranges[i].first, last = h->ranges[i].last;
        for (size_t k = first_held(s, next); k < s->held_count && s->held[k] <= last; k++) {
            if (s->held[k] > next)
                add_range(out, next, s->held[k] - 1);
            next = s->held[k] + 1;
        }
        if (next <= last)
            add_range(out, next, last);
    }
}

static int tell_part(struct importing *im, const struct sets *s, struct set *at, uint32_t n, struct mimeo_import_lack *l)
{
    const struct part_holds *h = &at->holds[n];
    struct buf bundles;
    buf_init(&bundles, LIMIT_PART);
    lacking_bundles(&bundles, s, h);
    bool whole = bundles.len == 0, pictures = im->options->no_media;
    l->here = at->media[n] > 0;
    l->media = !l->here ? h->media : h->media > at->media[n] - 1 ? h->media - (at->media[n] - 1) : 0;
    l->media = pictures ? 0 : l->media;
    l->part = n + 1;
    l->bundles = buf_str(&bundles);
    bool lacks = !whole || (l->media > 0 && !at->came[n]);
    at->came[n] = at->came[n] || (l->here && !lacks && !pictures);
    int rc = buf_status(&bundles) == MIMEO_ENOMEM ? ctx_error_nomem(im->ctx) : 0;
    if (rc == 0 && lacks) {
        im->result->lacking++;
        if (im->options->lack != NULL)
            im->options->lack(l, im->options->payload);
        import_note(im, MIMEO_EINCOMPLETE, "parts are lacking: what came is in the library; ask for the others and import them");
    }
    buf_dispose(&bundles);
    return rc;
}

static int tell_set(struct importing *im, const struct sets *s, struct set *at, const char *publisher, const char *petname)
{
    char hex[2 * PART_SET_LEN + 1];
    struct mimeo_import_lack l = {.publisher = publisher, .petname = petname, .set = hex, .of = at->of};
    int rc = 0;
    format_hex(hex, at->id, PART_SET_LEN);
    for (uint32_t n = 0; rc == 0 && n < at->of; n++)
        rc = tell_part(im, s, at, n, &l);
    return rc;
}

static int tell_sets(struct importing *im, struct sets *s, const struct session *session)
{
    struct buf others;
    buf_init(&others, FILE_MAX);
    int dir = dir_open(im->ctx, session->work);
    int rc = dir < 0 ? dir : read_came(s, dir, &others);
    for (size_t i = 0; rc == 0 && i < s->count; i++)
        rc = tell_set(im, s, &s->items[i], session->hex, session->petname);
    if (rc == 0)
        rc = write_came(s, dir, &others);
    if (dir >= 0)
        close(dir);
    buf_dispose(&others);
    return rc;
}

int import_parts(struct importing *im, size_t n, const struct session *session)
{
    struct sets s = {.ctx = im->ctx};
    struct store *store;
    int rc = gathering_store(&store, im->gathering, im->ctx, n, 0);
    if (rc < 0)
        return rc;
    rc = store_each_part_here(store, im->ctx, hear_part, &s);
    store_close(store);
    if (rc == 0 && s.count > 0)
        rc = list_held(&s, session->held);
    if (rc == 0 && s.count > 0)
        rc = tell_sets(im, &s, session);
    dispose(&s);
    return rc;
}
