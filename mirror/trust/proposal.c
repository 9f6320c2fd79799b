/*
 * Proposals of charters.  A signer may have nothing but the file, and a hostile messenger between: so the file
 * brings the whole chain, and every word of it is either verified against that chain or is the text itself.
 */
#include "trust/proposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trust/carried.h"

void proposal_dispose(struct proposal *p)
{
    if (p == NULL)
        return;
    charter_chain_dispose(&p->chain);
    charter_dispose(&p->next);
    buf_dispose(&p->head_note);
    buf_dispose(&p->last_good_note);
    memset(p, 0, sizeof(*p));
}

const struct hash *proposal_publisher(const struct proposal *p)
{
    return p->chain.count > 0 ? &p->chain.publisher : &p->next.hash;
}

/* ---- checks that both a writer and a reader make ---- */

/* A header that the chain bears; it is shown to signers, so its signature has to be good. */
static int judge_header(struct header *out, mimeo_ctx *ctx, const char *what, const struct charter_chain *chain,
                        const struct buf *note_bytes)
{
    enum header_standing standing;
    struct note *note = calloc(1, sizeof(*note));
    int rc = note == NULL ? ctx_error_nomem(ctx) : header_parse(out, note, ctx, what, buf_view(note_bytes));
    if (rc == 0)
        rc = header_judge(&standing, ctx, what, out, note, chain);
    free(note);
    return rc;
}

static int check_headers(struct proposal *p, mimeo_ctx *ctx)
{
    int rc = 0;
    if (p->has_head != (p->chain.count > 0))
        return ctx_error(ctx, MIMEO_EMALFORMED, "the proposal has the header of the newest bundle where charters "
                                                "stand before the new one, and only there");
    if (p->has_last_good != p->next.is_cut)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "the proposal has the header of the last good bundle where it cuts, and only there");
    if (p->has_head)
        rc = judge_header(&p->head, ctx, "the newest bundle", &p->chain, &p->head_note);
    if (rc == 0 && p->has_last_good)
        rc = judge_header(&p->last_good, ctx, "the last good bundle", &p->chain, &p->last_good_note);
    if (rc == 0 && p->has_last_good &&
        (p->last_good.seq != p->next.from_seq || !hash_equal(&p->last_good.hash, &p->next.from_hash)))
        rc = ctx_error(ctx, MIMEO_EFORGED, "the proposal shows another bundle as the last good one than its text names");
    return rc;
}

static int check_all(struct proposal *p, mimeo_ctx *ctx)
{
    int rc = charter_chain_foresee(&p->chain, ctx, &p->next);
    if (rc < 0)
        return ctx_error_prefix(ctx, rc, "the proposal can never become a charter");
    return check_headers(p, ctx);
}

/* ---- reading ---- */

static int take_charters(struct proposal *p, mimeo_ctx *ctx, struct cursor *c)
{
    struct view note;
    char what[40];
    int rc = 0;
    while (rc == 0 && p->chain.count < LIMIT_CHARTERS && carried_block(c, "charter", LIMIT_CHARTER, &note)) {
        struct charter *next = calloc(1, sizeof(*next));
        if (next == NULL)
            return ctx_error_nomem(ctx);
        snprintf(what, sizeof(what), "charter %zu of the proposal", p->chain.count + 1);
        size_t before = p->chain.count;
        rc = charter_parse(next, ctx, what, note);
        if (rc == 0)
            rc = charter_chain_add(&p->chain, ctx, next, NULL);
        if (rc == 0 && p->chain.count == before)
            rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s is one that stands before it too", what);
        charter_dispose(next);
        free(next);
    }
    return rc;
}

static int take_note(bool *has, struct buf *out, mimeo_ctx *ctx, struct cursor *c, const char *keyword)
{
    struct view note;
    *has = carried_block(c, keyword, LIMIT_HEADER, &note);
    buf_init(out, LIMIT_HEADER);
    return *has && buf_append_view(out, note) < 0 ? ctx_error_nomem(ctx) : 0;
}

static int take_all(struct proposal *p, mimeo_ctx *ctx, const char *what, struct view body)
{
    struct cursor c = cursor_of(body);
    struct view text;
    cursor_line(&c, &text);
    int rc = take_charters(p, ctx, &c);
    if (rc == 0)
        rc = take_note(&p->has_head, &p->head_note, ctx, &c, "head");
    if (rc == 0)
        rc = take_note(&p->has_last_good, &p->last_good_note, ctx, &c, "last-good");
    if (rc == 0 && (!carried_block(&c, "text", LIMIT_CHARTER, &text) || c.left > 0))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is not charters, headers and one text, in this order", what);
    return rc == 0 ? charter_parse_unsigned(&p->next, ctx, "the proposed charter", text) : rc;
}

/* Writing what was read gives the same bytes, or there was something in it that nobody read. */
static int check_again(const struct proposal *p, mimeo_ctx *ctx, const char *what, struct view body)
{
    struct buf again;
    buf_init(&again, PROPOSAL_MAX);
    int rc = proposal_write(&again, ctx, p);
    if (rc == 0 && (again.len < body.len || !view_equal(view_of(again.ptr, body.len), body)))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is not written as a proposal is", what);
    buf_dispose(&again);
    return rc;
}

int proposal_parse(struct proposal *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct proposal *p = calloc(1, sizeof(*p));
    struct buf body;
    buf_init(&body, PROPOSAL_MAX);
    int rc = p == NULL ? ctx_error_nomem(ctx) : carried_unpack(&body, ctx, what, bytes, "proposal");
    if (rc == 0)
        rc = take_all(p, ctx, what, buf_view(&body));
    if (rc == 0)
        rc = check_all(p, ctx);
    if (rc == 0)
        rc = check_again(p, ctx, what, buf_view(&body));
    buf_dispose(&body);
    if (rc == 0)
        *out = *p;
    else
        proposal_dispose(p);
    free(p);
    return rc;
}

/* ---- writing ---- */

int proposal_complete(struct proposal *p, mimeo_ctx *ctx)
{
    struct buf text;
    struct charter *parsed = calloc(1, sizeof(*parsed));
    buf_init(&text, LIMIT_CHARTER);
    int rc = parsed == NULL ? ctx_error_nomem(ctx) : charter_write_text(&text, ctx, &p->next);
    if (rc == 0)
        rc = charter_parse_unsigned(parsed, ctx, "the proposed charter", buf_view(&text));
    buf_dispose(&text);
    if (rc == 0) {
        charter_dispose(&p->next);
        p->next = *parsed;
        rc = check_all(p, ctx);
    }
    free(parsed);
    return rc;
}

int proposal_write(struct buf *out, mimeo_ctx *ctx, const struct proposal *p)
{
    buf_append_str(out, "mimeo proposal 1\n");
    for (uint32_t v = 1; v <= p->chain.count; v++)
        carried_put_block(out, "charter", buf_view(&charter_chain_get(&p->chain, v)->note));
    if (p->has_head)
        carried_put_block(out, "head", buf_view(&p->head_note));
    if (p->has_last_good)
        carried_put_block(out, "last-good", buf_view(&p->last_good_note));
    carried_put_block(out, "text", buf_view(&p->next.note));
    return carried_seal(out, ctx);
}

/* ---- soundness ---- */

static bool loses_a_publisher(const struct proposal *p)
{
    const struct charter *now = charter_chain_in_force(&p->chain, p->head.seq + 1, 0);
    for (size_t i = 0; now != NULL && i < now->publish.count; i++)
        if (!role_has(&p->next.publish, &now->publish.keys[i]))
            return true;
    return false;
}

static int check_planned(mimeo_ctx *ctx, const struct proposal *p)
{
    unsigned long long from = p->next.from_seq, head = p->head.seq;
    if (from < head)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "it would take bundles %llu to %llu away and not say which bundle is the last good one, so no "
                         "reader could follow: use --cut %llu", from + 1, head, from);
    if (from > head && loses_a_publisher(p))
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "it withdraws a publishing key at once, but only from bundle %llu on may the new ones sign: "
                         "nobody could publish bundles %llu to %llu; add the new key first, withdraw the old one later, "
                         "or leave --from out", from + 1, head + 1, from);
    return 0;
}

static int check_cut(mimeo_ctx *ctx, const struct proposal *p)
{
    unsigned long long from = p->next.from_seq, head = p->head.seq;
    for (uint32_t v = 1; v <= p->chain.count; v++) {
        const struct charter *c = charter_chain_get(&p->chain, v);
        if (c->is_cut && from < c->from_seq)
            return ctx_error(ctx, MIMEO_EUSAGE,
                             "charter %u confirmed the bundles up to %llu for ever: cut after that one or a later one, and "
                             "retract what is wrong in older ones", v, (unsigned long long)c->from_seq);
    }
    if (from > head)
        return ctx_error(ctx, MIMEO_EUSAGE, "it cuts after bundle %llu, and the newest one is %llu", from, head);
    if (from == head && !hash_equal(&p->next.from_hash, &p->head.hash))
        return ctx_error(ctx, MIMEO_EUSAGE, "it cuts after a bundle %llu that is not the one that is published", from);
    return 0;
}

int proposal_check_sound(mimeo_ctx *ctx, const struct proposal *p)
{
    if (p->next.publish.threshold != 1)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "it wants %u publishing keys to sign each bundle, and this mimeo signs with one: nobody could "
                         "publish any more", p->next.publish.threshold);
    if (!p->has_head)
        return 0;
    return p->next.is_cut ? check_cut(ctx, p) : check_planned(ctx, p);
}

/* ---- signatures ---- */

static bool find_signer(size_t *index, const struct charter *c, const struct public_key *key)
{
    for (size_t i = 0; i < c->signer_count; i++)
        if (public_key_compare(&c->signers[i], key) == 0) {
            *index = i;
            return true;
        }
    return false;
}

int charter_signature_make(struct charter_signature *out, mimeo_ctx *ctx, const struct proposal *p,
                           const struct secret_key *key)
{
    size_t index;
    if (!find_signer(&index, &p->next, secret_key_public(key)))
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "this key is none of those that are to sign: they are named in the text itself; propose it "
                         "again with this key as --signer");
    struct charter_signature s = {p->next.hash, *secret_key_public(key), {0}};
    sign_detached(s.bytes, buf_view(&p->next.note), key);
    *out = s;
    return 0;
}

int charter_signature_parse(struct charter_signature *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct charter_signature s;
    struct view v;
    struct buf body;
    buf_init(&body, SIGNATURE_FILE_MAX);
    if (bytes.len > SIGNATURE_FILE_MAX)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is too large for a signature", what);
    int rc = carried_unpack(&body, ctx, what, bytes, "signature");
    if (rc == 0) {
        struct cursor c = cursor_of(buf_view(&body));
        cursor_line(&c, &v);
        bool good = carried_line(&c, "text", &v) && hash_parse(v, &s.text) && carried_line(&c, "signer", &v) &&
                    parse_hex(v, s.signer.bytes, PUBLIC_KEY_LEN) && carried_line(&c, "signature", &v) &&
                    parse_base64(v, s.bytes, SIGNATURE_LEN) && c.left == 0;
        if (!good)
            rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is not a text, a signer and a signature, in this order", what);
    }
    buf_dispose(&body);
    if (rc == 0)
        *out = s;
    return rc;
}

int charter_signature_write(struct buf *out, mimeo_ctx *ctx, const struct charter_signature *s)
{
    char text[HASH_HEX_LEN + 1];
    hash_format(text, &s->text);
    buf_appendf(out, "mimeo signature 1\ntext %s\nsigner ", text);
    buf_append_hex(out, s->signer.bytes, PUBLIC_KEY_LEN);
    buf_append_str(out, "\nsignature ");
    buf_append_base64(out, s->bytes, SIGNATURE_LEN);
    buf_append_byte(out, '\n');
    return carried_seal(out, ctx);
}

int charter_signature_check(size_t *index, mimeo_ctx *ctx, const char *what, const struct charter_signature *s,
                            const struct proposal *p)
{
    if (!hash_equal(&s->text, &p->next.hash))
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a signature on another text than this proposal's", what);
    if (!find_signer(index, &p->next, &s->signer))
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is by a key that is none of the proposal's signers", what);
    if (!sign_verify(s->bytes, buf_view(&p->next.note), &s->signer))
        return ctx_error(ctx, MIMEO_EFORGED, "'%s': the signature is wrong: forged or damaged; let it be made again",
                         what);
    return 0;
}
