/*
 * Proofs of conflict.  One spelling for each, so that it is kept once: charters in order and no more than are needed,
 * the two headers by seq or hash.  What a reader would get wrong: a pair of notes is a proof only where the newest
 * charter beside them still has the keys of both; else a key that was rotated out could raise conflicts for ever.
 */
#include "library/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trust/join.h"

/* ---- objects in a row ---- */

struct member {
    enum object_kind kind;
    struct view note;
};

/* The next object: 1, 0 at the end, or a code. */
static int next_member(struct member *out, mimeo_ctx *ctx, const char *what, struct cursor *c)
{
    struct prefix p;
    if (c->left == 0)
        return 0;
    int rc = prefix_parse(&p, ctx, what, view_of(c->ptr, c->left));
    if (rc < 0)
        return rc;
    if (p.kind != OBJECT_CHARTER && p.kind != OBJECT_HEADER)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: is no proof: it holds more than charters and headers", what);
    if (p.total_len > c->left)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: is cut off: get it again", what);
    struct view all;
    cursor_take(c, (size_t)p.total_len, &all);
    *out = (struct member){p.kind, view_of(all.ptr + PREFIX_LEN, p.header_len)};
    return 1;
}


/* "version N" of a charter that nobody checked yet. */
static uint64_t claimed_version(struct view note)
{
    struct cursor c = cursor_of(note);
    struct view line;
    uint64_t version = 0;
    if (!view_starts_with(note, "mimeo charter ") || !cursor_line(&c, &line) || !cursor_skip(&c, "version ") ||
        !cursor_line(&c, &line) || !parse_decimal(line, LIMIT_CHARTERS, &version))
        return 0;
    return version;
}

bool proof_is_claimed(mimeo_ctx *ctx, struct view bytes)
{
    struct cursor c = cursor_of(bytes);
    struct prefix p;
    size_t headers = 0;
    uint64_t last = 0;
    bool doubled = false, only = true;
    while (only && c.left > 0 && prefix_parse(&p, ctx, "", view_of(c.ptr, c.left)) == 0) {
        only = p.kind == OBJECT_CHARTER || p.kind == OBJECT_HEADER;
        size_t len = p.total_len < c.left ? (size_t)p.total_len : c.left;
        if (p.kind == OBJECT_CHARTER) {
            uint64_t version = claimed_version(view_of(c.ptr + PREFIX_LEN, len - PREFIX_LEN));
            doubled = doubled || (version > 0 && version == last);
            last = version;
        }
        headers += p.kind == OBJECT_HEADER;
        struct view passed;
        cursor_take(&c, len, &passed);
    }
    return only && c.left < bytes.len && (headers >= 2 || doubled);
}

/* ---- what contradicts ---- */

static struct hash id_of(const struct hash *a, const struct hash *b)
{
    hash_state s;
    hash_init(&s);
    hash_update(&s, VIEW_OF_LITERAL("mimeo proof\n"));
    hash_update(&s, view_of(a->bytes, HASH_LEN));
    hash_update(&s, view_of(b->bytes, HASH_LEN));
    return hash_final(&s);
}

static bool in_order(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_LEN) < 0;
}

/* Two headers by their one order: do they contradict each other, and how? */
static bool contradict(enum proof_kind *kind, const struct header *low, const struct header *high)
{
    struct hash prev = high->prev, skip = high->skip;
    if (low->seq == high->seq) {
        *kind = PROOF_BUNDLES;
        return !hash_equal(&low->hash, &high->hash);
    }
    *kind = PROOF_LINK;
    return (low->seq == high->seq - 1 && !hash_equal(&prev, &low->hash)) ||
           (low->seq == lipmaa(high->seq) && !hash_equal(&skip, &low->hash));
}

/* ---- checking ---- */

static int proves_nothing(mimeo_ctx *ctx, const char *what, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: proves nothing: %s", what, why);
}

/* A charter of the chain, or the rival of its newest: 1 for that. */
static int check_charter(struct proof *p, mimeo_ctx *ctx, const char *what, struct view note)
{
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, what, note);
    if (rc < 0) {
        free(c);
        return rc;
    }
    bool rival = p->chain.count > 1 && c->version == p->chain.count;
    struct hash hash = c->hash;
    if (!rival && c->version != p->chain.count + 1)
        rc = proves_nothing(ctx, what, "its charters are not 1, 2, 3 and so on");
    else if (rival && hash_equal(&hash, &charter_chain_newest(&p->chain)->hash))
        rc = proves_nothing(ctx, what, "both charters are the same");
    else
        rc = charter_chain_add(&p->chain, ctx, c, NULL);
    charter_dispose(c);
    free(c);
    if (!rival || rc != MIMEO_ECONFLICT)
        return rc;
    const struct hash *held = &charter_chain_newest(&p->chain)->hash;
    p->kind = PROOF_CHARTERS;
    p->id = in_order(held, &hash) ? id_of(held, &hash) : id_of(&hash, held);
    return 1;
}

/* A header by keys of the newest charter in the proof. */
static int check_header(struct header *out, const struct proof *p, mimeo_ctx *ctx, const char *what, struct view note_bytes)
{
    struct note *note = calloc(1, sizeof(*note));
    enum header_standing standing = HEADER_BY_ANCESTRY;
    int rc = note == NULL ? ctx_error_nomem(ctx) : header_parse(out, note, ctx, what, note_bytes);
    if (rc == 0)
        rc = header_judge(&standing, ctx, what, out, note, &p->chain);
    else if (rc == MIMEO_ENEWER)
        rc = header_judge_newer(ctx, what, note, &p->chain);
    free(note);
    if (rc == MIMEO_EREVOKED || (rc == 0 && standing != HEADER_GOOD))
        return proves_nothing(ctx, what, "a charter in it has withdrawn a key that signed, or settled the matter");
    if (rc == MIMEO_EINCOMPLETE)
        return proves_nothing(ctx, what, "a charter that a header names is not in it");
    return rc == MIMEO_ECONFLICT ? proves_nothing(ctx, what, "a header names another charter than those in it") : rc;
}

static int check_headers(struct proof *p, mimeo_ctx *ctx, const char *what, const struct view notes[2])
{
    int rc = check_header(&p->headers[0], p, ctx, what, notes[0]);
    if (rc == 0)
        rc = check_header(&p->headers[1], p, ctx, what, notes[1]);
    if (rc < 0)
        return rc;
    const struct header *low = &p->headers[0], *high = &p->headers[1];
    if (hash_equal(&low->hash, &high->hash))
        return proves_nothing(ctx, what, "both headers are the same");
    if (low->seq > high->seq || (low->seq == high->seq && !in_order(&low->hash, &high->hash)))
        return proves_nothing(ctx, what, "its headers are not in the order of a proof");
    if (!contradict(&p->kind, low, high))
        return proves_nothing(ctx, what, "its two headers can be of one history");
    p->id = id_of(&low->hash, &high->hash);
    return 0;
}

static int check_all(struct proof *p, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct cursor c = cursor_of(bytes);
    struct member m;
    struct view notes[2];
    size_t headers = 0;
    int rc;
    while ((rc = next_member(&m, ctx, what, &c)) == 1) {
        if (headers == 2 || (m.kind == OBJECT_CHARTER && headers > 0))
            return proves_nothing(ctx, what, "something follows where it should end");
        if (m.kind == OBJECT_HEADER) {
            notes[headers++] = m.note;
            continue;
        }
        rc = check_charter(p, ctx, what, m.note);
        if (rc == 1)
            return c.left == 0 ? 0 : proves_nothing(ctx, what, "something follows where it should end");
        if (rc < 0)
            return rc;
    }
    if (rc < 0)
        return rc;
    if (p->chain.count == 0)
        return proves_nothing(ctx, what, "no charter says whose keys these are");
    return headers == 2 ? check_headers(p, ctx, what, notes) : proves_nothing(ctx, what, "nothing in it contradicts");
}

int proof_check(struct proof **out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct proof *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return ctx_error_nomem(ctx);
    int rc = bytes.len > PROOF_MAX ? ctx_error(ctx, MIMEO_EMALFORMED, "%s: is too large for a proof", what)
                                   : check_all(p, ctx, what, bytes);
    if (rc < 0) {
        proof_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

void proof_free(struct proof *p)
{
    if (p == NULL)
        return;
    charter_chain_dispose(&p->chain);
    free(p);
}

/* ---- writing ---- */

static void append(struct buf *out, enum object_kind kind, struct view note)
{
    prefix_write(out, kind, (uint32_t)note.len, PREFIX_LEN + note.len);
    buf_append_view(out, note);
}

static void append_charters(struct buf *out, const struct charter_chain *chain, size_t count)
{
    for (uint32_t v = 1; v <= count; v++)
        append(out, OBJECT_CHARTER, buf_view(&charter_chain_get(chain, v)->note));
}

/* What was written must hold as a proof that came from anywhere has to. */
static int finish(struct buf *out, struct hash *id, mimeo_ctx *ctx, struct buf *made)
{
    struct proof *p = NULL;
    int rc = buf_status(made) < 0 ? ctx_error_nomem(ctx) : proof_check(&p, ctx, "the proof", buf_view(made));
    if (rc == 0 && buf_append_view(out, buf_view(made)) < 0)
        rc = ctx_error_nomem(ctx);
    if (rc == 0)
        *id = p->id;
    proof_free(p);
    buf_dispose(made);
    return rc;
}

static int order_of(bool *swapped, mimeo_ctx *ctx, struct view a, struct view b)
{
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(2, sizeof(*h));
    int rc = note == NULL || h == NULL ? ctx_error_nomem(ctx) : header_parse(&h[0], note, ctx, "the first header", a);
    if (rc == 0)
        rc = header_parse(&h[1], note, ctx, "the second header", b);
    if (rc == 0)
        *swapped = h[0].seq > h[1].seq || (h[0].seq == h[1].seq && !in_order(&h[0].hash, &h[1].hash));
    free(note);
    free(h);
    return rc;
}

int proof_write_headers(struct buf *out, struct hash *id, mimeo_ctx *ctx, const struct charter_chain *chain,
                        struct view a, struct view b)
{
    bool swapped = false;
    int rc = order_of(&swapped, ctx, a, b);
    if (rc < 0)
        return rc;
    struct buf made;
    buf_init(&made, PROOF_MAX);
    append_charters(&made, chain, chain->count);
    append(&made, OBJECT_HEADER, swapped ? b : a);
    append(&made, OBJECT_HEADER, swapped ? a : b);
    return finish(out, id, ctx, &made);
}

int proof_write_charters(struct buf *out, struct hash *id, mimeo_ctx *ctx, const struct charter_chain *chain,
                         struct view rival)
{
    uint64_t version = claimed_version(rival);
    if (version == 0 || version > chain->count)
        return ctx_error(ctx, MIMEO_EMALFORMED, "the other charter is of no version that is held");
    struct buf made;
    buf_init(&made, PROOF_MAX);
    append_charters(&made, chain, (size_t)version);
    append(&made, OBJECT_CHARTER, rival);
    return finish(out, id, ctx, &made);
}

/* ---- does it still count? ---- */

/* The last two objects, with nothing checked but the prefixes. */
static bool last_two(struct member out[2], mimeo_ctx *ctx, struct view bytes)
{
    struct cursor c = cursor_of(bytes);
    size_t count = 0;
    struct member m;
    int rc;
    while (count <= LIMIT_CHARTERS + 2 && (rc = next_member(&m, ctx, "a proof", &c)) == 1) {
        out[0] = out[1];
        out[1] = m;
        count++;
    }
    return count > 2 && count <= LIMIT_CHARTERS + 2 && rc == 0;
}

/* By their signers and seqs alone. */
static bool may_stand(uint64_t *seq, mimeo_ctx *ctx, const struct charter_chain *chain, const struct member two[2])
{
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    bool may = note != NULL && h != NULL;
    for (size_t i = 0; may && i < 2; i++) {
        may = header_parse(h, note, ctx, "a proof", two[i].note) == 0 && hash_equal(&h->publisher, &chain->publisher) &&
              header_may_conflict(h, note, chain);
        if (may && i == 0)
            *seq = h->seq;
    }
    free(note);
    free(h);
    return may;
}

int proof_stands(struct proof_standing *out, mimeo_ctx *ctx, const struct charter_chain *chain, struct view bytes)
{
    struct member two[2] = {{OBJECT_CHARTER, {NULL, 0}}, {OBJECT_CHARTER, {NULL, 0}}};
    struct proof_standing s = {PROOF_CHARTERS, 0};
    struct proof *p;
    if (chain->count == 0 || !last_two(two, ctx, bytes) || two[0].kind != two[1].kind)
        return 0;
    if (two[0].kind == OBJECT_HEADER && !may_stand(&s.number, ctx, chain, two))
        return 0;
    int rc = proof_check(&p, ctx, "a proof", bytes);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0;
    bool ours = hash_equal(&p->chain.publisher, &chain->publisher);
    s.kind = p->kind;
    if (p->kind == PROOF_CHARTERS)
        s.number = p->chain.count;
    proof_free(p);
    if (ours)
        *out = s;
    return ours;
}
