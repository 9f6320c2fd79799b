/*
 * The second pass, oldest to newest: each bundle loaded again, judged again, every block hashed, then written.
 * The bytes that were checked are the bytes that are written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/take_inside.h"

/* ---- checking ---- */

struct check {
    struct taking *t;
    struct held_bundle *h;
};

static int check_block(enum bundle_table table, size_t n, int code, enum block_state state, void *payload)
{
    struct check *c = payload;
    struct block_entry e;
    if (code < 0 || state != BLOCK_ZEROED)
        return code;
    if (!table_entry(table == BUNDLE_CATALOG ? c->h->bundle.catalog_table : c->h->bundle.body_table, n, &e))
        return MIMEO_EMALFORMED;
    const struct record_erase zeroed = {
        c->h->seq, table == BUNDLE_CATALOG ? ERASE_CATALOG : ERASE_BODY, (uint32_t)n, e.hash};
    if (orders_explain(&c->t->orders, &zeroed))
        return 0;
    return ctx_error(c->t->ctx, MIMEO_EFORGED,
                     "%s: %s block %zu is all zeros, and no bundle that came along ordered that: damaged; get it from "
                     "another copy", c->h->name, table == BUNDLE_CATALOG ? "catalog" : "body", n);
}

static void refuse(struct taking *t, struct held_bundle *h, int code)
{
    char message[CTX_MESSAGE_MAX];
    snprintf(message, sizeof(message), "%s", mimeo_ctx_message(t->ctx));
    take_fault(t, h->name, h->seq, mimeo_verdict_of_code(code), message);
}

/* ---- dictionaries ---- */

static bool has_dictionary(struct taking *t, const struct dictionary_ref *ref)
{
    struct stored s;
    if (store_get_dictionary(&s, t->to, t->ctx, &ref->hash) < 0)
        return false;
    struct hash is = hash_of(s.view);
    bool good = s.view.len == ref->size && hash_equal(&is, &ref->hash);
    store_release(&s);
    return good;
}

static int take_dictionary(struct taking *t, const struct dictionary_ref *ref)
{
    char name[STORE_NAME_MAX];
    struct view bytes;
    if (has_dictionary(t, ref))
        return 0;
    store_name_dictionary(name, &ref->hash);
    int rc = mirror_dictionary(&bytes, t->ctx, ref, t->from);
    if (rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED)
        return rc;
    if (rc < 0) {
        char message[CTX_MESSAGE_MAX];
        snprintf(message, sizeof(message), "%s", mimeo_ctx_message(t->ctx));
        take_fault(t, name, 0, mimeo_verdict_of_code(rc), message);
        return 0;
    }
    rc = take_put(t, name, bytes);
    if (rc == 0)
        t->result->dictionaries++;
    return rc;
}

static int take_dictionaries(struct taking *t, const struct header *h)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < h->dictionary_count; i++)
        rc = take_dictionary(t, &h->dictionaries[i]);
    return rc;
}

/* ---- one bundle ---- */

/* Erase before anything touches the disk: the bundle is read from `copy` from here on. */
static int erase_first(struct taking *t, struct held_bundle *h, struct buf *copy)
{
    size_t orders;
    orders_for(&t->orders, h->seq, &orders);
    if (orders == 0)
        return 0;
    if (buf_append_view(copy, h->stored.view) < 0)
        return ctx_error_nomem(t->ctx);
    t->result->erased += orders_apply(&t->orders, t->ctx, &h->bundle, copy->ptr);
    h->bundle.bytes = buf_view(copy);
    return 0;
}

static int put_bundle(struct taking *t, struct held_bundle *h, bool joined)
{
    struct view bytes = h->bundle.bytes;
    int rc = take_dictionaries(t, &h->bundle.header);
    if (rc == 0)
        rc = take_put(t, h->name, bytes);
    if (rc < 0)
        return rc;
    t->result->bundles++;
    t->result->unjoined += !joined;
    h->verdict = joined ? MIMEO_GOOD : MIMEO_UNJOINED;
    if (t->options->taken != NULL)
        rc = t->options->taken(h, t->options->payload);
    if (rc == 0)
        rc = orders_carry_out(t, h->seq);
    if (rc == 0 && !t->has_head && joined) {
        /* So that what a killed run leaves is a mirror with a head, if an old one. */
        rc = take_put(t, "head", h->bundle.note.bytes);
        t->has_head = rc == 0;
    }
    return rc;
}

static int check_and_put(struct taking *t, struct held_bundle *h, const struct plan_item *item)
{
    struct check check = {t, h};
    struct buf copy;
    int rc;
    if (!hash_equal(&h->bundle.header.hash, &item->hash)) {
        rc = ctx_error(t->ctx, MIMEO_EFORGED, "%s changed while it was read: get it again", h->name);
        refuse(t, h, rc);
        return 0;
    }
    buf_init(&copy, LIMIT_BUNDLE);
    rc = erase_first(t, h, &copy);
    if (rc == 0)
        rc = bundle_each_block(&h->bundle, t->ctx, h->name, check_block, &check);
    if (rc == 0) {
        rc = put_bundle(t, h, item->joined);
    } else if (!take_is_our_trouble(rc)) {
        refuse(t, h, rc);
        rc = 0;
    }
    buf_dispose(&copy);
    return rc;
}

static int take_one(struct taking *t, struct held_bundle *h, const struct plan_item *item)
{
    int rc = held_load(h, t->from, t->ctx, item->seq);
    if (rc == MIMEO_EIO) {
        refuse(t, h, rc);
        return 0;
    }
    if (rc < 0)
        return rc;
    held_judge(h, t->from, t->ctx);
    if (h->verdict == MIMEO_GOOD)
        rc = check_and_put(t, h, item);
    else
        take_fault(t, h->name, h->seq, h->verdict, h->message);
    held_dispose(h);
    return rc;
}

/* ---- all ---- */

/* What a cut revoked goes first, from the top, so that what is left is a history at every moment. */
static int remove_revoked(struct taking *t)
{
    char name[STORE_NAME_MAX];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < t->plan_count; i++) {
        if (t->plan[i].action != PLAN_REMOVE)
            continue;
        store_name_bundle(name, t->plan[i].seq);
        rc = take_announce_loss(t);
        if (rc == 0)
            rc = take_remove(t, name);
        if (rc == 0)
            t->result->replaced++;
    }
    return rc;
}

int bundles_write(struct taking *t)
{
    struct held_bundle *h = malloc(sizeof(*h));
    if (h == NULL)
        return ctx_error_nomem(t->ctx);
    uint64_t done = 0;
    int rc = remove_revoked(t);
    for (size_t i = t->plan_count; rc == 0 && i-- > 0;) {
        if (t->plan[i].action != PLAN_TAKE)
            continue;
        ctx_progress(t->ctx, "taking in", done++, t->total, "bundles");
        rc = ctx_check_cancel(t->ctx);
        if (rc == 0)
            rc = take_one(t, h, &t->plan[i]);
    }
    free(h);
    return rc == 0 ? orders_carry_out(t, UINT64_MAX) : rc;
}
