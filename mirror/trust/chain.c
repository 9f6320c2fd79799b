/*
 * The chain of charters.  What a reader would get wrong: a second charter of a version counts as a
 * conflict only where it is itself valid against the chain below it; else anybody could freeze a reader
 * by inventing one.
 */
#include "trust/charter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void charter_chain_dispose(struct charter_chain *chain)
{
    if (chain == NULL)
        return;
    for (size_t i = 0; i < chain->count; i++) {
        charter_dispose(chain->items[i]);
        free(chain->items[i]);
    }
    free(chain->items);
    buf_dispose(&chain->rival);
    memset(chain, 0, sizeof(*chain));
}

const struct charter *charter_chain_newest(const struct charter_chain *chain)
{
    return chain->count == 0 ? NULL : chain->items[chain->count - 1];
}

const struct charter *charter_chain_get(const struct charter_chain *chain, uint32_t version)
{
    return version == 0 || version > chain->count ? NULL : chain->items[version - 1];
}

const struct charter *charter_chain_in_force(const struct charter_chain *chain, uint64_t seq,
                                             uint32_t newest)
{
    size_t top = newest == 0 || newest > chain->count ? chain->count : newest;
    for (size_t v = top; v > 0; v--)
        if (chain->items[v - 1]->from_seq < seq)
            return chain->items[v - 1];
    return NULL;
}

/* ---- judging ---- */

static int forged(mimeo_ctx *ctx, const struct charter *c, const char *words)
{
    return ctx_error(ctx, MIMEO_EFORGED, "charter %u: %s: forged or damaged; get it again", c->version, words);
}

/* Distinct signers (the note's grammar sees to that) that are root keys of `by`. */
static size_t count_roots(const struct charter *c, const struct charter *by)
{
    size_t n = 0;
    for (size_t i = 0; i < c->signer_count; i++)
        n += role_has(&by->root, &c->signers[i]);
    return n;
}

static int check_signers(const struct charter *c, const struct charter *before, mimeo_ctx *ctx)
{
    for (size_t i = 0; i < c->signer_count; i++)
        if (!role_has(&c->root, &c->signers[i]) &&
            !(before != NULL && role_has(&before->root, &c->signers[i])))
            return forged(ctx, c, "a signer is no root key of it or of the one before");
    if (before != NULL && count_roots(c, before) < before->root.threshold)
        return forged(ctx, c, "not enough root keys of the charter before have signed it");
    if (count_roots(c, c) < c->root.threshold)
        return forged(ctx, c, "not enough of its own root keys have signed it");
    return 0;
}

static bool shares_a_key(const struct role *a, const struct role *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (role_has(b, &a->keys[i]))
            return true;
    return false;
}

/* A key has one role in the whole chain: among charters 1..before->version. */
static int check_roles(const struct charter_chain *chain, const struct charter *c, mimeo_ctx *ctx)
{
    for (size_t i = 0; i < chain->count && i + 1 < c->version; i++)
        if (shares_a_key(&c->root, &chain->items[i]->publish) ||
            shares_a_key(&c->publish, &chain->items[i]->root))
            return forged(ctx, c, "a key changed its role");
    return 0;
}

static int check_signatures(const struct charter *c, mimeo_ctx *ctx)
{
    char what[40];
    snprintf(what, sizeof(what), "charter %u", c->version);
    struct note *note = calloc(1, sizeof(*note));
    if (note == NULL)
        return ctx_error_nomem(ctx);
    int rc = note_parse(note, ctx, what, buf_view(&c->note), LIMIT_CHARTER);
    if (rc == 0)
        rc = note_verify(note, ctx, what);
    free(note);
    return rc;
}

/* All but the signatures: does `c` follow charters 1..version-1? */
static int check_succession(const struct charter_chain *chain, const struct charter *c, mimeo_ctx *ctx)
{
    const struct charter *before = charter_chain_get(chain, c->version - 1);
    if (before != NULL && !hash_equal(&c->prev, &before->hash))
        return forged(ctx, c, "its 'prev' is not the charter before");
    int rc = check_signers(c, before, ctx);
    return rc == 0 ? check_roles(chain, c, ctx) : rc;
}

/* Is `c` valid as the next after charters 1..version-1? */
static int judge(const struct charter_chain *chain, const struct charter *c, mimeo_ctx *ctx)
{
    int rc = check_succession(chain, c, ctx);
    return rc == 0 ? check_signatures(c, ctx) : rc;
}

int charter_chain_foresee(const struct charter_chain *chain, mimeo_ctx *ctx, const struct charter *c)
{
    if (c->version != chain->count + 1)
        return ctx_error(ctx, MIMEO_EFORGED, "charter %u cannot follow charter %zu", c->version, chain->count);
    return check_succession(chain, c, ctx);
}

/* ---- adding ---- */

static int keep_rival(struct charter_chain *chain, mimeo_ctx *ctx, const struct charter *c)
{
    buf_init(&chain->rival, LIMIT_CHARTER);
    if (buf_append_view(&chain->rival, buf_view(&c->note)) < 0)
        return ctx_error_nomem(ctx);
    chain->conflicted = true;
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "two different charters %u are signed by this publisher's root keys: the first seen "
                     "stays, and nothing later is believed; ask the publisher by another way", c->version);
}

static int append(struct charter_chain *chain, mimeo_ctx *ctx, struct charter *c)
{
    struct charter **items = realloc(chain->items, (chain->count + 1) * sizeof(*items));
    if (items == NULL)
        return ctx_error_nomem(ctx);
    chain->items = items;
    struct charter *own = malloc(sizeof(*own));
    if (own == NULL)
        return ctx_error_nomem(ctx);
    *own = *c;
    memset(c, 0, sizeof(*c));
    chain->items[chain->count++] = own;
    if (chain->count == 1)
        chain->publisher = own->hash;
    return 0;
}

int charter_chain_add(struct charter_chain *chain, mimeo_ctx *ctx, struct charter *c,
                      const struct hash *expected)
{
    const struct charter *held = charter_chain_get(chain, c->version);
    if (held != NULL && hash_equal(&held->hash, &c->hash))
        return view_equal(buf_view(&held->note), buf_view(&c->note)) ? 0 : check_signatures(c, ctx);
    if (chain->conflicted)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "this publisher's charters contradict each other: nothing more is believed");
    if (c->version > chain->count + 1)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "charter %zu is missing: get it from another copy",
                         chain->count + 1);
    if (c->version == 1 && expected != NULL && !hash_equal(&c->hash, expected))
        return ctx_error(ctx, MIMEO_EFORGED, "charter 1 is another publisher's: its hash is not the ID expected");
    int rc = judge(chain, c, ctx);
    if (rc < 0)
        return rc;
    return held != NULL ? keep_rival(chain, ctx, c) : append(chain, ctx, c);
}
