/*
 * Bundles that a mirror holds, each taken through the order of checks (FORMAT.md section 9).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/conflict.h"
#include "library/mirror.h"

static void fail(struct held_bundle *h, mimeo_ctx *ctx, int code)
{
    h->verdict = mimeo_verdict_of_code(code);
    snprintf(h->message, sizeof(h->message), "%s", mimeo_ctx_message(ctx));
}

int held_load(struct held_bundle *h, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq)
{
    memset(h, 0, sizeof(*h));
    h->seq = seq;
    store_name_bundle(h->name, seq);
    bool alone = !store_is_concurrent(m->store);
    if (alone)
        pthread_mutex_lock(&m->store_lock);
    int rc = store_get_bundle(&h->stored, m->store, ctx, seq);
    if (alone)
        pthread_mutex_unlock(&m->store_lock);
    if (rc == MIMEO_ENOMEM || rc == MIMEO_EIO || rc == MIMEO_EUNREACHABLE)
        return rc;
    if (rc < 0)
        fail(h, ctx, rc);
    return 0;
}

static int fill_bundle(mimeo_ctx *ctx, uint64_t offset, size_t len, void *payload)
{
    struct stored *s = payload;
    return s->fill(s, ctx, offset, len);
}

void held_judge(struct held_bundle *h, const mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (h->verdict != MIMEO_GOOD)
        return;
    int rc = bundle_open(&h->bundle, ctx, h->name, h->stored.view);
    h->bundle.fill = h->stored.fill != NULL ? fill_bundle : NULL;
    h->bundle.fill_payload = &h->stored;
    if (rc == MIMEO_ENEWER && h->bundle.note.bytes.len > 0)
        rc = header_judge_newer(ctx, h->name, &h->bundle.note, &m->chain);
    if (rc == 0)
        rc = header_judge(&h->standing, ctx, h->name, &h->bundle.header, &h->bundle.note, &m->chain);
    if (rc == 0 && h->bundle.header.seq != h->seq)
        rc = ctx_error(ctx, MIMEO_EFORGED, "%s: holds bundle %llu: somebody renamed it; get bundle %llu again",
                       h->name, (unsigned long long)h->bundle.header.seq, (unsigned long long)h->seq);
    if (rc == 0)
        rc = bundle_check_tables(&h->bundle, ctx, h->name);
    if (rc < 0)
        fail(h, ctx, rc);
}

void held_join(struct held_bundle *h, mimeo_mirror *m, struct header_walk *w, mimeo_ctx *ctx)
{
    if (h->verdict != MIMEO_GOOD)
        return;
    h->verdict = header_walk_step(w, ctx, h->name, &h->bundle.header, h->standing);
    if (h->verdict != MIMEO_GOOD)
        snprintf(h->message, sizeof(h->message), "%s", mimeo_ctx_message(ctx));
    if (h->verdict == MIMEO_CONFLICTED)
        conflict_keep_path(m, ctx, m->anchor, &h->bundle.header);
}

/* How (seq, hash) of a chain's top stands to the header: by the path of links down to it. */
static int stands(enum joined *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct header *top, const struct header *h)
{
    if (top == NULL || h->seq > top->seq) {
        *out = UNJOINED;
        return 0;
    }
    int rc = join_path(ctx, top, h->seq, &h->hash, mirror_fetch_header, m);
    if (rc == MIMEO_ENOMEM || rc == MIMEO_EIO || rc == MIMEO_ECANCELLED)
        return rc;
    *out = rc == 1 ? JOINED : rc == 0 ? NOT_ANCESTOR : UNJOINED;
    return 0;
}

/* The same against one cut's H, whose header may not be held. */
static int stands_to_cut(enum joined *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct charter *c, const struct header *h)
{
    if (h->seq == c->from_seq) {
        *out = hash_equal(&h->hash, &c->from_hash) ? JOINED : NOT_ANCESTOR;
        return 0;
    }
    *out = UNJOINED;
    if (h->seq > c->from_seq)
        return 0;
    struct header *top = malloc(sizeof(*top));
    if (top == NULL)
        return ctx_error_nomem(ctx);
    int rc = mirror_fetch_header(top, ctx, c->from_seq, &c->from_hash, m);
    if (rc == 1)
        rc = stands(out, m, ctx, top, h);
    free(top);
    return rc;
}

static int stands_to_cuts(enum joined *out, uint32_t *version, mimeo_mirror *m, mimeo_ctx *ctx, const struct header *h)
{
    enum joined all = UNJOINED;
    for (uint32_t v = 1; v <= m->chain.count; v++) {
        const struct charter *c = charter_chain_get(&m->chain, v);
        enum joined one;
        if (!c->is_cut)
            continue;
        int rc = stands_to_cut(&one, m, ctx, c, h);
        if (rc < 0)
            return rc;
        if (one == NOT_ANCESTOR && all != NOT_ANCESTOR) {
            all = NOT_ANCESTOR;
            *version = v;
        } else if (one == JOINED && all == UNJOINED) {
            all = JOINED;
        }
    }
    *out = all;
    return 0;
}

int held_join_alone(struct held_bundle *h, mimeo_mirror *m, mimeo_ctx *ctx)
{
    enum joined by_head = UNJOINED, by_cut = UNJOINED;
    uint32_t version = 0;
    if (h->verdict != MIMEO_GOOD)
        return 0;
    int rc = stands(&by_head, m, ctx, m->anchor, &h->bundle.header);
    if (rc == 0)
        rc = stands_to_cuts(&by_cut, &version, m, ctx, &h->bundle.header);
    if (rc < 0)
        return rc;
    h->verdict = header_verdict(ctx, h->name, h->standing, by_head, by_cut, version);
    if (h->verdict != MIMEO_GOOD)
        snprintf(h->message, sizeof(h->message), "%s", mimeo_ctx_message(ctx));
    return 0;
}

void held_dispose(struct held_bundle *h)
{
    if (h == NULL)
        return;
    bundle_dispose(&h->bundle);
    store_release(&h->stored);
}

int mirror_walk_init(struct header_walk *w, mimeo_mirror *m, mimeo_ctx *ctx)
{
    uint64_t *bare;
    size_t count;
    int rc = store_list_headers(&bare, &count, m->store, ctx);
    if (rc < 0)
        return rc;
    rc = header_walk_init(w, ctx, &m->chain, m->anchor);
    if (rc < 0) {
        free(bare);
        return rc;
    }
    w->bare = bare;
    w->bare_left = count;
    w->fetch = mirror_fetch_header;
    w->fetch_payload = m;
    if (m->fork != NULL)
        header_walk_fork(w, m->fork, m->fork_from);
    return 0;
}

/* One walk down, for the bundles of one verdict; *others counts those of the other. */
static int each_bundle(mimeo_mirror *m, mimeo_ctx *ctx, enum mimeo_verdict verdict, uint64_t *others,
                       int (*fn)(struct held_bundle *held, mimeo_ctx *ctx, void *payload), void *payload)
{
    struct header_walk walk;
    int rc = mirror_walk_init(&walk, m, ctx);
    if (rc < 0)
        return rc;
    struct held_bundle *h = malloc(sizeof(*h));
    if (h == NULL)
        rc = ctx_error_nomem(ctx);
    for (size_t i = m->seq_count; rc == 0 && i-- > 0;) {
        if ((rc = ctx_check_cancel(ctx)) < 0 || (rc = held_load(h, m, ctx, m->seqs[i])) < 0)
            break;
        held_judge(h, m, ctx);
        held_join(h, m, &walk, ctx);
        if (h->verdict == verdict)
            rc = fn(h, ctx, payload);
        else if (h->verdict == MIMEO_GOOD || h->verdict == MIMEO_UNJOINED)
            ++*others;
        held_dispose(h);
    }
    free(h);
    header_walk_dispose(&walk);
    return rc;
}

int mirror_each_bundle(mimeo_mirror *m, mimeo_ctx *ctx,
                       int (*fn)(struct held_bundle *held, mimeo_ctx *ctx, void *payload),
                       void *payload)
{
    uint64_t unjoined = 0, joined = 0;
    if (m->anchor == NULL)
        return 0;
    int rc = each_bundle(m, ctx, MIMEO_GOOD, &unjoined, fn, payload);
    return rc == 0 && unjoined > 0 ? each_bundle(m, ctx, MIMEO_UNJOINED, &joined, fn, payload) : rc;
}

#define DICTIONARIES_MAX 512 /* 16 MiB of them */

static int make_room(mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (m->dictionaries == NULL) {
        m->dictionaries = calloc(DICTIONARIES_MAX, sizeof(*m->dictionaries));
        m->dictionary_hashes = calloc(DICTIONARIES_MAX, sizeof(*m->dictionary_hashes));
    }
    if (m->dictionaries == NULL || m->dictionary_hashes == NULL)
        return ctx_error_nomem(ctx);
    if (m->dictionary_count == DICTIONARIES_MAX)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the bundles use more than %d dictionaries",
                         DICTIONARIES_MAX);
    return 0;
}

static int load_dictionary(struct view *out, mimeo_mirror *m, mimeo_ctx *ctx,
                           const struct dictionary_ref *ref)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, &ref->hash);
    struct stored s;
    int rc = make_room(m, ctx);
    if (rc == 0)
        rc = store_get_dictionary(&s, m->store, ctx, &ref->hash);
    if (rc == MIMEO_ENOTFOUND)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "dict/%s is not held: get it from the mirror", hex);
    if (rc < 0)
        return rc;
    struct hash h = hash_of(s.view);
    if (s.view.len != ref->size || !hash_equal(&h, &ref->hash)) {
        store_release(&s);
        return ctx_error(ctx, MIMEO_EFORGED, "dict/%s: forged or damaged: get it again", hex);
    }
    m->dictionary_hashes[m->dictionary_count] = ref->hash;
    m->dictionaries[m->dictionary_count++] = s;
    *out = s.view;
    return 0;
}

int mirror_dictionary(struct view *out, mimeo_ctx *ctx, const struct dictionary_ref *ref,
                      void *payload)
{
    mimeo_mirror *m = payload;
    pthread_mutex_lock(&m->store_lock);
    size_t i = 0;
    while (i < m->dictionary_count && !hash_equal(&m->dictionary_hashes[i], &ref->hash))
        i++;
    int rc = 0;
    if (i < m->dictionary_count)
        *out = m->dictionaries[i].view;
    else
        rc = load_dictionary(out, m, ctx, ref);
    pthread_mutex_unlock(&m->store_lock);
    return rc;
}
