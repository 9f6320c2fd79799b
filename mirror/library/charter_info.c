/*
 * Charters for the front ends: as plain fields, and as what people must not overlook in a proposal.
 */
#include "library/charter_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "library/mirror.h"

static void copy_keys(char (*out)[MIMEO_HEX_LEN + 1], const struct public_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        format_hex(out[i], keys[i].bytes, PUBLIC_KEY_LEN);
}

void charter_info(struct mimeo_charter *out, const struct charter *c, const struct hash *publisher)
{
    memset(out, 0, sizeof(*out));
    out->version = c->version;
    hash_format(out->publisher, publisher);
    fingerprint_format(out->digits, publisher);
    hash_format(out->hash, &c->hash);
    out->from_seq = c->from_seq;
    out->cut = c->is_cut;
    if (c->is_cut)
        hash_format(out->from_hash, &c->from_hash);
    memcpy(out->name, c->name, sizeof(out->name));
    memcpy(out->site, c->site, sizeof(out->site));
    out->root_threshold = c->root.threshold;
    out->publish_threshold = c->publish.threshold;
    out->root_count = c->root.count;
    out->publish_count = c->publish.count;
    out->signer_count = c->signer_count;
    copy_keys(out->roots, c->root.keys, c->root.count);
    copy_keys(out->publishers, c->publish.keys, c->publish.count);
    copy_keys(out->signers, c->signers, c->signer_count);
    out->extras = c->extras == NULL ? "" : c->extras;
}

int mimeo_charter_each(mimeo_ctx *ctx, const char *path, const char *library,
                       int (*fn)(const struct mimeo_charter *charter, const struct mimeo_charter *before, void *payload),
                       void *payload)
{
    mimeo_mirror *m;
    int rc = mimeo_mirror_open(&m, ctx, path, library);
    if (rc < 0)
        return rc;
    struct mimeo_charter *info = calloc(2, sizeof(*info));
    if (info == NULL)
        rc = ctx_error_nomem(ctx);
    for (uint32_t v = 1; rc == 0 && v <= m->chain.count; v++) {
        charter_info(&info[v % 2], charter_chain_get(&m->chain, v), &m->chain.publisher);
        rc = fn(&info[v % 2], v > 1 ? &info[(v + 1) % 2] : NULL, payload);
    }
    free(info);
    mimeo_mirror_free(m);
    return rc;
}

/* ---- what must not be overlooked ---- */

static size_t shared(const struct role *a, const struct role *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++)
        n += role_has(b, &a->keys[i]);
    return n;
}

static void warn_of_roots(struct buf *out, const struct role *before, const struct role *next)
{
    if (before != NULL && next->threshold < before->threshold)
        buf_appendf(out, "fewer root keys are enough from then on: %u instead of %u\n", next->threshold,
                    before->threshold);
    if (before != NULL && shared(before, next) == 0)
        buf_append_str(out, "none of the present root keys stays: the publisher passes into other hands\n");
    else if (before != NULL && next->count - shared(next, before) >= next->threshold)
        buf_appendf(out, "the %zu new root keys can change everything without any of the present ones\n",
                    next->count - shared(next, before));
    if (next->threshold == 1 && next->count > 1)
        buf_appendf(out, "each of the %zu root keys alone can change everything: one theft ends the publisher\n",
                    next->count);
    else if (next->threshold == 1)
        buf_append_str(out, "there is one root key: its loss or theft ends the publisher\n");
    else if (next->threshold == next->count)
        buf_appendf(out, "all %zu root keys are needed: the loss of one ends the publisher\n", next->count);
}

static void warn_of_bundles(struct buf *out, const struct proposal *p)
{
    const struct charter *now = charter_chain_newest(&p->chain), *next = &p->next;
    bool withdraws = shared(&now->publish, &next->publish) < now->publish.count;
    unsigned long long from = next->from_seq, head = p->head.seq;
    if (next->is_cut && from + 1 == head)
        buf_appendf(out, "bundle %llu is revoked: readers will see that it is not to be believed\n", head);
    else if (next->is_cut && from < head)
        buf_appendf(out, "bundles %llu to %llu are revoked: readers will see that they are not to be believed\n", from + 1,
                    head);
    if (next->is_cut && !withdraws)
        buf_append_str(out, "bundles are cut off, and no publishing key is withdrawn: whoever has one goes on signing\n");
    if (!next->is_cut && withdraws)
        buf_appendf(out, "what the withdrawn key signed up to bundle %llu stays good: was it stolen, use a cut\n", head);
    if (!next->is_cut && from > head)
        buf_appendf(out, "it governs only from bundle %llu on, and bundle %llu is the next one\n", from + 1, head + 1);
}

/* Letters that look alike and are not, and characters that nobody sees: a name is compared by eye. */
static void warn_of_name(struct buf *out, const char *name)
{
    struct cursor c = cursor_of(view_of_str(name));
    uint32_t code;
    bool latin = false, greek = false, cyrillic = false, unseen = false;
    while (utf8_next(&c, &code)) {
        latin |= (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') || (code >= 0xC0 && code <= 0x24F);
        greek |= code >= 0x370 && code <= 0x3FF;
        cyrillic |= code >= 0x400 && code <= 0x52F;
        unseen |= code == 0xAD || code == 0x34F || code == 0x115F || code == 0x1160 || code == 0x3164 ||
                  (code >= 0x180B && code <= 0x180F) || (code >= 0x200B && code <= 0x200D) ||
                  (code >= 0x2060 && code <= 0x2064) || (code >= 0xFE00 && code <= 0xFE0F) || code >= 0xE0000;
    }
    if (unseen)
        buf_append_str(out, "the name holds characters that cannot be seen: it is not the name that it looks like\n");
    if (latin + greek + cyrillic > 1)
        buf_append_str(out, "the name mixes letters of several alphabets, which look alike: spell it out to each other\n");
}

int proposal_warnings(struct buf *out, mimeo_ctx *ctx, const struct proposal *p)
{
    const struct charter *now = charter_chain_newest(&p->chain), *next = &p->next;
    warn_of_roots(out, now == NULL ? NULL : &now->root, &next->root);
    if (now != NULL)
        warn_of_bundles(out, p);
    if (now != NULL && strcmp(now->name, next->name) != 0)
        buf_append_str(out, "the publisher's name changes\n");
    if (now == NULL || strcmp(now->name, next->name) != 0)
        warn_of_name(out, next->name);
    if (next->extras != NULL)
        buf_append_str(out, "it has lines that this mimeo does not know: ask what they mean before you sign\n");
    return buf_status(out) < 0 ? ctx_error_nomem(ctx) : 0;
}
