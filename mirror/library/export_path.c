/*
 * The headers that prove, to somebody who lacks the bundles between, that what was chosen belongs to the head's history.
 */
#include <stdlib.h>

#include "library/export_inside.h"

int export_path_init(struct export_path *p, struct export *e)
{
    *p = (struct export_path){.e = e};
    if (e->top == NULL)
        return 0;
    p->at = malloc(sizeof(*p->at));
    if (p->at == NULL)
        return ctx_error_nomem(e->ctx);
    *p->at = *e->top;
    return 0;
}

void export_path_dispose(struct export_path *p)
{
    free(p->at);
    p->at = NULL;
}

/* The link that a path to `seq` takes: the longest that does not pass by it. */
static uint64_t next_of(const struct header *at, uint64_t seq, struct hash *want)
{
    uint64_t jump = lipmaa(at->seq);
    bool far = jump >= seq && jump > 0;
    *want = far ? at->skip : at->prev;
    return far ? jump : at->seq - 1;
}

/* 1 and the path is at `next`; 0 where that is not held. */
static int step(struct export_path *p, uint64_t next, const struct hash *want, struct buf *note)
{
    struct export *e = p->e;
    struct header *found = malloc(sizeof(*found));
    if (found == NULL)
        return ctx_error_nomem(e->ctx);
    int rc = mirror_header_note(found, note, e->m, e->ctx, next, want);
    if (rc == 0)
        *p->at = *found;
    free(found);
    return rc == 0 ? 1 : take_is_our_trouble(rc) && rc != MIMEO_EIO ? rc : 0;
}

int export_path_down(struct export_path *p, uint64_t seq, int (*fn)(const struct header *h, struct view note, void *payload),
                     void *payload)
{
    int rc = 0;
    while (rc == 0 && p->at != NULL && p->at->seq > seq) {
        struct hash want;
        struct buf note;
        uint64_t next = next_of(p->at, seq, &want);
        int held = step(p, next, &want, &note);
        if (held < 0)
            return held;
        if (held == 0) { /* no way on from here */
            export_path_dispose(p);
            break;
        }
        if (next > seq && next < p->e->run_bottom)
            rc = fn(p->at, buf_view(&note), payload);
        buf_dispose(&note);
    }
    return rc;
}

/* ---- the run ---- */

#define RUN_MAX 2000

static bool is_among(const struct export_bundle *bundles, size_t count, uint64_t seq)
{
    size_t low = 0, high = count; /* newest first */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (bundles[mid].seq > seq)
            low = mid + 1;
        else
            high = mid;
    }
    return low < count && bundles[low].seq == seq;
}

/* One header down by `prev`: 1, or 0 where it is not held. */
static int run_down(struct export_path *p, struct buf *note)
{
    struct hash want = p->at->prev;
    return p->at->seq > 1 ? step(p, p->at->seq - 1, &want, note) : 0;
}

int export_run_plan(struct export *e, uint64_t most)
{
    struct export_path p;
    struct buf note;
    int rc = export_path_init(&p, e);
    e->run_bottom = e->top == NULL ? 0 : e->top->seq;
    e->run_len = 0;
    e->run_count = 0;
    if (rc < 0 || p.at == NULL)
        return rc;
    while (e->run_count < RUN_MAX && (rc = run_down(&p, &note)) == 1) {
        /* In one file a bundle that is there brings its header. */
        bool there = e->part_text == 0 && is_among(e->bundles, e->bundle_count, p.at->seq);
        uint64_t len = there ? 0 : PREFIX_LEN + note.len;
        buf_dispose(&note);
        if (e->run_len + len > most)
            break;
        e->run_len += len;
        e->run_count++;
        e->run_bottom = p.at->seq;
    }
    export_path_dispose(&p);
    return rc < 0 ? rc : 0;
}

int export_run(struct export *e, const struct export_part *part,
               int (*fn)(const struct header *h, struct view note, void *payload), void *payload)
{
    struct export_path p;
    struct buf note;
    int rc = export_path_init(&p, e);
    while (rc == 0 && p.at != NULL && p.at->seq > e->run_bottom) {
        rc = run_down(&p, &note);
        if (rc != 1)
            break;
        rc = is_among(e->bundles + part->bundle, part->bundle_end - part->bundle, p.at->seq)
                 ? 0
                 : fn(p.at, buf_view(&note), payload);
        buf_dispose(&note);
    }
    export_path_dispose(&p);
    return rc < 0 ? rc : 0;
}

int export_header_of(struct header *out, struct export *e, uint64_t seq)
{
    struct stored front;
    struct prefix prefix;
    struct note *note = malloc(sizeof(*note));
    int rc = note == NULL ? ctx_error_nomem(e->ctx) : store_get_bundle_front(&front, e->m->store, e->ctx, seq);
    if (rc < 0) {
        free(note);
        return rc == MIMEO_ENOMEM ? rc : 0;
    }
    bool good = prefix_parse(&prefix, e->ctx, "a bundle", front.view) == 0 &&
                front.view.len >= PREFIX_LEN + prefix.header_len &&
                header_parse(out, note, e->ctx, "a bundle", view_of(front.view.ptr + PREFIX_LEN, prefix.header_len)) == 0;
    store_release(&front);
    free(note);
    return good;
}
