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
    struct part_here *here;   /* of each part; place 0: it is not here */
    bool *came;               /* with an earlier run */
    bool is_whole;            /* no bundle of it is lacking */
};
struct sets {
    mimeo_ctx *ctx;
    struct set *items;
    size_t count;
    size_t ranges;
    const struct uncited *uncited;
    uint64_t *held; /* bundles of the library, ascending */
    size_t held_count;
};

/* ---- gathering ---- */

static void dispose(struct sets *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct part p = {.of = s->items[i].of, .holds = s->items[i].holds};
        part_dispose(&p);
        free(s->items[i].here);
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
    *at = (struct set){.of = p->of, .here = calloc(p->of, sizeof(*at->here)), .came = calloc(p->of, sizeof(*at->came))};
    memcpy(at->id, p->set, PART_SET_LEN);
    return at->here == NULL || at->came == NULL ? MIMEO_ENOMEM : copy_holds(&at->holds, p);
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

static int hear_part(const struct part *p, const struct part_here *here, void *payload)
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
    struct part_here *was = at == NULL ? NULL : &at->here[p->number - 1];
    if (was != NULL && (was->place == 0 || was->media < here->media)) /* of two copies the whole one */
        *was = *here;
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

struct ranges {
    struct part_range *items;
    size_t count, cap;
    bool failed;
};

static void add_range(struct ranges *l, uint64_t first, uint64_t last)
{
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
        struct part_range *grown = realloc(l->items, cap * sizeof(*grown));
        l->failed = l->failed || grown == NULL;
        if (grown == NULL)
            return;
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->count++] = (struct part_range){first, last};
}

/* Of a part's bundles those that the library has not. */
static void list_lacking(struct ranges *out, const struct sets *s, const struct part_holds *h)
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

/* `l` without the ranges of a part; both ascend. */
static void subtract(struct ranges *l, const struct part_holds *h)
{
    struct ranges left = {.failed = l->failed};
    size_t k = 0;
    for (size_t i = 0; i < l->count; i++) {
        uint64_t next = l->items[i].first, last = l->items[i].last;
        while (k < h->count && h->ranges[k].last < next)
            k++;
        for (size_t j = k; j < h->count && h->ranges[j].first <= last; j++) {
            if (h->ranges[j].first > next)
                add_range(&left, next, h->ranges[j].first - 1);
            next = h->ranges[j].last + 1;
        }
        if (next <= last)
            add_range(&left, next, last);
    }
    free(l->items);
    *l = left;
}

/* A list names a bundle also for its pictures alone.  So what a part that is here lacks, and one that is not here may have, is
 * the other's to bring. */
static void excuse(struct ranges *l, const struct set *at)
{
    for (uint32_t i = 0; i < at->of && l->count > 0; i++)
        if (at->here[i].place == 0 && !at->came[i])
            subtract(l, &at->holds[i]);
}

/* Pictures that did not come to anything: damaged, since all bundles of the set are here. */
static uint64_t spoiled(const struct sets *s, const struct set *at, uint64_t place)
{
    const struct uncited *u = s->uncited;
    for (size_t i = 0; at->is_whole && i < u->part_count; i++)
        if (u->parts[i].place == place)
            return u->parts[i].count;
    return 0;
}

static uint64_t lacking_media(const struct importing *im, const struct sets *s, const struct set *at, uint32_t n)
{
    const struct part_here *here = &at->here[n];
    uint64_t should = at->holds[n].media, bad = here->place > 0 ? spoiled(s, at, here->place) : 0;
    if (im->options->no_media || (here->place == 0 && at->came[n]))
        return 0;
    uint64_t good = here->media - (bad < here->media ? bad : here->media);
    return good < should ? should - good : 0;
}

static int tell_lack(struct importing *im, struct mimeo_import_lack *l, const struct ranges *lacking, const struct part_holds *h)
{
    struct buf bundles, ask;
    buf_init(&bundles, LIMIT_PART);
    buf_init(&ask, LIMIT_PART);
    if (lacking->count > 0)
        part_ranges_write(&bundles, lacking->items, lacking->count);
    if (l->media > 0 && h->count > 0) /* pictures are asked for by their bundles */
        part_ranges_write(&ask, h->ranges, h->count);
    int rc = buf_status(&bundles) == MIMEO_ENOMEM || buf_status(&ask) == MIMEO_ENOMEM ? ctx_error_nomem(im->ctx) : 0;
    l->bundles = buf_str(&bundles);
    l->ask = l->media > 0 ? buf_str(&ask) : l->bundles;
    im->result->lacking++;
    import_note(im, MIMEO_EINCOMPLETE, "parts are lacking: what came is in the library; ask for the others, and import them");
    if (rc == 0 && im->options->lack != NULL)
        im->options->lack(l, im->options->payload);
    buf_dispose(&bundles);
    buf_dispose(&ask);
    return rc;
}

static int tell_part(struct importing *im, const struct sets *s, struct set *at, uint32_t n, struct mimeo_import_lack *l)
{
    struct ranges lacking = {.items = NULL};
    l->here = at->here[n].place > 0;
    l->part = n + 1;
    l->media = lacking_media(im, s, at, n);
    list_lacking(&lacking, s, &at->holds[n]);
    if (l->here)
        excuse(&lacking, at);
    int rc = lacking.failed ? ctx_error_nomem(im->ctx) : 0;
    if (rc == 0 && (lacking.count > 0 || l->media > 0))
        rc = tell_lack(im, l, &lacking, &at->holds[n]);
    else if (l->here && !im->options->no_media)
        at->came[n] = true;
    free(lacking.items);
    return rc;
}

static int look_whole(struct importing *im, const struct sets *s, struct set *at)
{
    struct ranges lacking = {.items = NULL};
    for (uint32_t n = 0; n < at->of && lacking.count == 0; n++)
        list_lacking(&lacking, s, &at->holds[n]);
    at->is_whole = lacking.count == 0;
    free(lacking.items);
    return lacking.failed ? ctx_error_nomem(im->ctx) : 0;
}

static int tell_set(struct importing *im, const struct sets *s, struct set *at, const char *publisher, const char *petname)
{
    char hex[2 * PART_SET_LEN + 1];
    struct mimeo_import_lack l = {.publisher = publisher, .petname = petname, .set = hex, .of = at->of};
    int rc = look_whole(im, s, at);
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

void import_uncited(const struct hash *h, struct uncited *u)
{
    size_t n, i = 0;
    uint64_t place;
    u->count++;
    if (store_pack_find(&n, u->store, h) < 0 || store_pack_part(&place, u->store, n) == 0)
        return;
    while (i < u->part_count && u->parts[i].place != place)
        i++;
    if (i == sizeof(u->parts) / sizeof(u->parts[0]))
        return;
    if (i == u->part_count)
        u->parts[u->part_count++].place = place;
    u->parts[i].count++;
}

int import_parts(struct importing *im, size_t n, const struct session *session, const struct uncited *uncited)
{
    struct sets s = {.ctx = im->ctx, .uncited = uncited};
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
