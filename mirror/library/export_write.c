/*
 * Writing one part.  The order serves whoever gets the beginning alone: what the parts hold, charters, head and paths, then
 * dictionaries, then bundles from the newest down, then their pictures.
 *
 * Each object is verified in the bytes that are put.  One that does not hold is left out and told of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/export_inside.h"

struct writing {
    struct export *e;
    const struct export_part *part;
    export_put_fn put;
    void *payload;
};

static int put(struct writing *w, enum object_kind kind, size_t header_len, struct view bytes)
{
    struct export *e = w->e;
    struct buf prefix;
    buf_init(&prefix, PREFIX_LEN);
    int rc = prefix_write(&prefix, kind, (uint32_t)header_len, PREFIX_LEN + bytes.len);
    if (rc < 0)
        return ctx_error_nomem(e->ctx);
    rc = w->put(buf_view(&prefix), e->ctx, w->payload);
    buf_dispose(&prefix);
    if (rc == 0)
        rc = w->put(bytes, e->ctx, w->payload);
    return rc;
}

static int put_note(struct writing *w, enum object_kind kind, struct view note)
{
    return put(w, kind, note.len, note);
}

static int move_on(struct writing *w, uint64_t len)
{
    struct export *e = w->e;
    e->done += len;
    ctx_progress(e->ctx, "writing", e->done, e->total, "bytes");
    return ctx_check_cancel(e->ctx);
}

/* ---- what stands in front ---- */

static int put_holds(struct writing *w, uint32_t number)
{
    struct export *e = w->e;
    struct part p;
    struct buf text;
    if (e->part_count < 2)
        return 0;
    int rc = export_holds(&p, e, number);
    if (rc < 0)
        return rc;
    buf_init(&text, LIMIT_PART);
    rc = part_write(&text, e->ctx, &p);
    if (rc == 0)
        rc = put(w, OBJECT_PART, 0, buf_view(&text));
    buf_dispose(&text);
    part_dispose(&p);
    return rc;
}

static int put_charters_and_head(struct writing *w)
{
    struct export *e = w->e;
    int rc = 0;
    for (uint32_t v = 1; rc == 0 && v <= e->m->chain.count; v++)
        rc = put_note(w, OBJECT_CHARTER, buf_view(&charter_chain_get(&e->m->chain, v)->note));
    return rc == 0 && e->top != NULL ? put_note(w, OBJECT_HEADER, buf_view(&e->top_note)) : rc;
}

static int put_header(const struct header *h, struct view note, void *payload)
{
    (void)h;
    return put_note(payload, OBJECT_HEADER, note);
}

/* ---- dictionaries ---- */

static int put_dictionary(struct writing *w, const struct dictionary_ref *ref)
{
    struct export *e = w->e;
    struct view bytes;
    int rc = mirror_dictionary(&bytes, e->ctx, ref, e->m);
    if (rc == 0)
        return put(w, OBJECT_DICTIONARY, 0, bytes);
    if (take_is_our_trouble(rc))
        return rc;
    char name[STORE_NAME_MAX];
    store_name_dictionary(name, &ref->hash);
    export_fault(e, name, 0, mimeo_verdict_of_code(rc), mimeo_ctx_message(e->ctx));
    return 0;
}

/* The run, the paths to all bundles of the part, and then the dictionaries that their headers name. */
static int put_paths_and_dictionaries(struct writing *w)
{
    struct export *e = w->e;
    struct export_path path = {.e = e};
    struct export_dictionaries d = {0};
    size_t added;
    int rc = export_run(e, w->part, put_header, w);
    if (rc == 0)
        rc = export_path_init(&path, e);
    for (size_t i = w->part->bundle; rc == 0 && i < w->part->bundle_end; i++) {
        const struct export_bundle *b = &e->bundles[i];
        if (b->joined)
            rc = export_path_down(&path, b->seq, put_header, w);
        if (rc == 0)
            rc = export_dictionaries_add(&d, &path, b->seq, &added);
    }
    for (size_t i = 0; rc == 0 && i < d.count; i++)
        rc = put_dictionary(w, &d.items[i]);
    export_path_dispose(&path);
    free(d.items);
    return rc;
}

/* ---- bundles ---- */

static int hear_block(enum bundle_table table, size_t n, int code, enum block_state state, void *payload)
{
    (void)table;
    (void)n;
    (void)state;
    (void)payload;
    return code;
}

/* Text that has to go may still be in a copy that was made before. */
static int put_without_erased(struct writing *w, struct held_bundle *h)
{
    struct export *e = w->e;
    size_t orders;
    if (orders_for(&e->orders.orders, h->seq, &orders) == NULL)
        return w->put(h->stored.view, e->ctx, w->payload);
    struct buf copy;
    buf_init(&copy, LIMIT_BUNDLE);
    int rc = buf_append_view(&copy, h->stored.view) < 0 ? ctx_error_nomem(e->ctx) : 0;
    if (rc == 0) {
        orders_apply(&e->orders.orders, e->ctx, &h->bundle, copy.ptr);
        rc = w->put(buf_view(&copy), e->ctx, w->payload);
    }
    buf_dispose(&copy);
    return rc;
}

static void spoil(struct held_bundle *h, mimeo_ctx *ctx, int code)
{
    h->verdict = mimeo_verdict_of_code(code);
    snprintf(h->message, sizeof(h->message), "%s", mimeo_ctx_message(ctx));
}

static int check_whole(struct writing *w, struct held_bundle *h, const struct export_bundle *b)
{
    struct export *e = w->e;
    int rc = bundle_each_block(&h->bundle, e->ctx, h->name, hear_block, NULL);
    if (rc == 0 && h->stored.view.len != b->len)
        rc = ctx_error(e->ctx, MIMEO_EFORGED, "%s: changed while it was exported: run again", h->name);
    return rc;
}

static int put_bundle(struct writing *w, const struct export_bundle *b)
{
    struct export *e = w->e;
    struct held_bundle *h = malloc(sizeof(*h));
    if (h == NULL)
        return ctx_error_nomem(e->ctx);
    int rc = held_load(h, e->m, e->ctx, b->seq);
    if (rc == MIMEO_EIO) {
        spoil(h, e->ctx, MIMEO_EFORGED);
        rc = 0;
    }
    if (rc == 0) {
        held_judge(h, e->m, e->ctx);
        int bad = h->verdict == MIMEO_GOOD ? check_whole(w, h, b) : 0;
        if (take_is_our_trouble(bad))
            rc = bad;
        else if (bad < 0)
            spoil(h, e->ctx, bad);
    }
    if (rc == 0 && h->verdict != MIMEO_GOOD)
        export_fault(e, h->name, h->seq, h->verdict, h->message);
    else if (rc == 0 && (rc = put_without_erased(w, h)) == 0)
        e->result->bundles++;
    held_dispose(h);
    free(h);
    return rc == 0 ? move_on(w, b->len) : rc;
}

/* ---- pictures ---- */

static void refuse_picture(struct writing *w, const struct export_picture *p, int code, const char *message)
{
    char name[STORE_NAME_MAX];
    store_name_media(name, p->seq, &p->hash);
    export_fault(w->e, name, p->seq, mimeo_verdict_of_code(code), message);
}

static int put_picture(struct writing *w, const struct export_picture *p)
{
    struct export *e = w->e;
    struct stored s;
    int rc = store_get_media(&s, e->m->store, e->ctx, 0, &p->hash);
    if (rc == MIMEO_ENOTFOUND) {
        e->result->media_missing++;
        return move_on(w, p->len);
    }
    if (rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
        return rc;
    if (rc < 0) {
        refuse_picture(w, p, MIMEO_EFORGED, mimeo_ctx_message(e->ctx));
        return move_on(w, p->len);
    }
    struct hash is = hash_of(s.view);
    if (!hash_equal(&is, &p->hash))
        refuse_picture(w, p, MIMEO_EFORGED, "a picture is damaged here: get it again");
    else if (s.view.len > p->len)
        refuse_picture(w, p, MIMEO_EMALFORMED, "a picture is longer than its catalog says");
    else if ((rc = put(w, OBJECT_MEDIA, 0, s.view)) == 0)
        e->result->media++;
    store_release(&s);
    return rc < 0 ? rc : move_on(w, p->len);
}

/* ---- all of it ---- */

int export_write(struct export *e, uint32_t number, export_put_fn fn, void *payload)
{
    struct writing w = {e, &e->parts[number - 1], fn, payload};
    int rc = put_holds(&w, number);
    if (rc == 0)
        rc = put_charters_and_head(&w);
    if (rc == 0)
        rc = put_paths_and_dictionaries(&w);
    for (size_t i = w.part->bundle; rc == 0 && i < w.part->bundle_end; i++)
        rc = put_bundle(&w, &e->bundles[i]);
    for (size_t i = w.part->picture; rc == 0 && i < w.part->picture_end; i++)
        rc = put_picture(&w, &e->pictures[i]);
    return rc;
}
