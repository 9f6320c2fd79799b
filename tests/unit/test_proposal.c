/* Tests of trust/proposal.c, trust/carried.c and trust/handover.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "trust/carried.h"
#include "trust/handover.h"
#include "trust/proposal.h"

static mimeo_ctx *ctx;
static struct secret_key *root[3], *publish[2], *stranger; /* each ascending */

static struct secret_key *key_of(const char *seed)
{
    struct secret_key *k;
    struct hash h = hash_of(view_of_str(seed));
    assert_int_equal(secret_key_from_seed(&k, ctx, h.bytes), 0);
    return k;
}

static int by_public(const void *a, const void *b)
{
    return public_key_compare(secret_key_public(*(struct secret_key *const *)a),
                              secret_key_public(*(struct secret_key *const *)b));
}

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0)
        return -1;
    root[0] = key_of("root 0"), root[1] = key_of("root 1"), root[2] = key_of("root 2");
    publish[0] = key_of("publish 0"), publish[1] = key_of("publish 1");
    stranger = key_of("stranger");
    qsort(root, 3, sizeof(root[0]), by_public);
    qsort(publish, 2, sizeof(publish[0]), by_public);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        secret_key_free(root[i]);
    secret_key_free(publish[0]);
    secret_key_free(publish[1]);
    secret_key_free(stranger);
    mimeo_ctx_free(ctx);
    return 0;
}

/* ---- a world of one charter and two bundles ---- */

static struct charter plan(uint32_t version)
{
    struct charter c = {.version = version, .name = "Press", .root = {.threshold = 2, .count = 3},
                        .publish = {.threshold = 1, .count = 1}, .signer_count = 2};
    for (int i = 0; i < 3; i++)
        c.root.keys[i] = *secret_key_public(root[i]);
    c.publish.keys[0] = *secret_key_public(publish[0]);
    c.signers[0] = c.root.keys[0];
    c.signers[1] = c.root.keys[1];
    return c;
}

static void sign_into_chain(struct charter_chain *chain, const struct charter *c)
{
    struct buf text, note;
    struct charter parsed;
    const struct secret_key *keys[] = {root[0], root[1]};
    buf_init(&text, LIMIT_CHARTER);
    buf_init(&note, LIMIT_CHARTER);
    assert_int_equal(charter_write_text(&text, ctx, c), 0);
    assert_int_equal(note_sign(&note, ctx, buf_view(&text), keys, 2), 0);
    assert_int_equal(charter_parse(&parsed, ctx, "charter", buf_view(&note)), 0);
    assert_int_equal(charter_chain_add(chain, ctx, &parsed, NULL), 0);
    buf_dispose(&text);
    buf_dispose(&note);
}

static void make_header(struct header *out, struct buf *bytes, const struct charter_chain *chain, uint64_t seq,
                        const struct hash *prev)
{
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    struct buf text;
    const struct secret_key *keys[] = {publish[0]};
    const struct charter *c = charter_chain_newest(chain);
    h->publisher = chain->publisher;
    h->charter_version = h->newest_version = c->version;
    h->charter_hash = h->newest_hash = c->hash;
    h->seq = seq;
    if (prev != NULL)
        h->prev = h->skip = *prev;
    h->time = 1795392000 + (int64_t)seq;
    h->next_by = h->time + 86400;
    h->catalog_hash = h->body_hash = hash_of(view_of("", 0));
    h->signer_count = 1;
    h->signers[0] = *secret_key_public(publish[0]);
    buf_init(&text, LIMIT_HEADER);
    buf_init(bytes, LIMIT_HEADER);
    assert_int_equal(header_write_text(&text, ctx, h), 0);
    assert_int_equal(note_sign(bytes, ctx, buf_view(&text), keys, 1), 0);
    assert_int_equal(header_parse(out, note, ctx, "header", buf_view(bytes)), 0);
    buf_dispose(&text);
    free(note);
    free(h);
}

/* Charter 2: the other publishing key; `cut`: after bundle 1. */
static struct proposal *rotation(bool cut)
{
    struct proposal *p = calloc(1, sizeof(*p));
    struct charter first = plan(1);
    struct header *one = calloc(1, sizeof(*one));
    struct buf one_note;
    sign_into_chain(&p->chain, &first);
    make_header(one, &one_note, &p->chain, 1, NULL);
    make_header(&p->head, &p->head_note, &p->chain, 2, &one->hash);
    p->has_head = true;
    p->next = plan(2);
    p->next.prev = p->chain.publisher;
    p->next.publish.keys[0] = *secret_key_public(publish[1]);
    p->next.from_seq = cut ? 1 : 2;
    p->next.is_cut = p->has_last_good = cut;
    if (cut) {
        p->next.from_hash = one->hash;
        p->last_good = *one;
        p->last_good_note = one_note;
    } else {
        buf_dispose(&one_note);
    }
    free(one);
    return p;
}

static void written(struct buf *out, struct proposal *p)
{
    buf_init(out, PROPOSAL_MAX);
    assert_int_equal(proposal_complete(p, ctx), 0);
    assert_int_equal(proposal_write(out, ctx, p), 0);
}

static void drop(struct proposal *p)
{
    proposal_dispose(p);
    free(p);
}

/* With a checksum that fits, as a liar would make one. */
static int parse_edited(const struct buf *b, const char *find, const char *with)
{
    struct buf made;
    struct proposal *p = calloc(1, sizeof(*p));
    const uint8_t *at = memmem(b->ptr, b->len, find, strlen(find));
    assert_non_null(at);
    size_t before = (size_t)(at - b->ptr), sum_line = 4 + HASH_HEX_LEN + 1;
    buf_init(&made, PROPOSAL_MAX);
    buf_append(&made, b->ptr, before);
    buf_append_str(&made, with);
    buf_append(&made, at + strlen(find), b->len - before - strlen(find) - sum_line);
    assert_int_equal(carried_seal(&made, ctx), 0);
    int rc = proposal_parse(p, ctx, "p", buf_view(&made));
    if (rc == 0)
        proposal_dispose(p);
    free(p);
    buf_dispose(&made);
    return rc;
}

/* ---- proposals ---- */

static void what_is_written_is_read_the_same(void **state)
{
    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        struct buf b, again;
        struct proposal *p = rotation(cut), *back = calloc(1, sizeof(*back));
        written(&b, p);
        assert_int_equal(proposal_parse(back, ctx, "p", buf_view(&b)), 0);
        assert_true(hash_equal(&back->next.hash, &p->next.hash));
        assert_int_equal(back->has_last_good, cut);
        assert_int_equal(back->head.seq, 2);
        buf_init(&again, PROPOSAL_MAX);
        assert_int_equal(proposal_write(&again, ctx, back), 0);
        assert_true(view_equal(buf_view(&again), buf_view(&b)));
        assert_int_equal(proposal_check_sound(ctx, back), 0);
        buf_dispose(&again);
        buf_dispose(&b);
        drop(back);
        drop(p);
    }
}

static void every_changed_byte_is_told_as_changed_on_the_way(void **state)
{
    (void)state;
    struct buf b;
    struct proposal *p = rotation(true), *back = calloc(1, sizeof(*back));
    written(&b, p);
    for (size_t i = 0; i < b.len - 1; i++) {
        b.ptr[i] ^= 1;
        int rc = proposal_parse(back, ctx, "p", buf_view(&b));
        assert_true(rc == MIMEO_EMALFORMED || rc == MIMEO_ENEWER);
        if (i > 20)
            assert_non_null(strstr(mimeo_ctx_message(ctx), "changed on the way"));
        b.ptr[i] ^= 1;
    }
    for (size_t len = 0; len + 1 < b.len; len++)
        assert_int_equal(proposal_parse(back, ctx, "p", view_of(b.ptr, len)), MIMEO_EMALFORMED);
    buf_dispose(&b);
    free(back);
    drop(p);
}

static void what_mail_does_to_line_ends_is_put_right(void **state)
{
    (void)state;
    struct buf b, mailed;
    struct proposal *p = rotation(false), *back = calloc(1, sizeof(*back));
    written(&b, p);
    buf_init(&mailed, 2 * PROPOSAL_MAX);
    for (size_t i = 0; i < b.len; i++) {
        if (b.ptr[i] == '\n')
            buf_append_byte(&mailed, '\r');
        buf_append_byte(&mailed, b.ptr[i]);
    }
    buf_append_str(&mailed, "\r\n \r\n");
    assert_int_equal(proposal_parse(back, ctx, "p", buf_view(&mailed)), 0);
    assert_true(hash_equal(&back->next.hash, &p->next.hash));
    proposal_dispose(back);
    /* One line end alone is no transport's doing. */
    uint8_t *first = memchr(b.ptr, '\n', b.len);
    buf_clear(&mailed);
    buf_append(&mailed, b.ptr, (size_t)(first - b.ptr));
    buf_append_str(&mailed, "\r");
    buf_append(&mailed, first, b.len - (size_t)(first - b.ptr));
    assert_int_equal(proposal_parse(back, ctx, "p", buf_view(&mailed)), MIMEO_EMALFORMED);
    buf_dispose(&mailed);
    buf_dispose(&b);
    free(back);
    drop(p);
}

static void a_liar_with_a_checksum_is_found_out(void **state)
{
    (void)state;
    struct buf b;
    struct proposal *p = rotation(true);
    written(&b, p);
    assert_int_equal(parse_edited(&b, "mimeo proposal 1", "mimeo proposal 1"), 0);
    assert_int_equal(parse_edited(&b, "mimeo proposal 1\n", "mimeo proposal 1\nnote 0\n"), MIMEO_EMALFORMED);
    assert_int_equal(parse_edited(&b, "name Press", "name Prass"), MIMEO_EFORGED);  /* of charter 1: its signature */
    assert_int_equal(parse_edited(&b, "version 2", "version 3"), MIMEO_EFORGED);
    assert_int_equal(parse_edited(&b, "from 1 ", "from 2 "), MIMEO_EFORGED);        /* not the bundle that is shown */
    assert_int_equal(parse_edited(&b, "\nlast-good ", "\nlast-bad "), MIMEO_EMALFORMED);
    assert_int_equal(parse_edited(&b, "\nhead ", "\nheads "), MIMEO_EMALFORMED);
    buf_dispose(&b);
    drop(p);
}

static void a_text_that_cannot_follow_is_no_proposal(void **state)
{
    (void)state;
    struct proposal *p = rotation(false);
    p->next.signer_count = 1; /* one root key of three, where two are needed */
    assert_int_equal(proposal_complete(p, ctx), MIMEO_EFORGED);
    drop(p);
    p = rotation(false);
    p->next.publish.keys[0] = p->next.root.keys[2]; /* two roles: not even a charter's text */
    assert_int_equal(proposal_complete(p, ctx), MIMEO_EMALFORMED);
    drop(p);
    p = rotation(false);
    p->next.root.keys[0] = *secret_key_public(publish[0]); /* a role in the chain that another key had */
    p->next.root.count = 1;
    p->next.root.threshold = 1;
    assert_int_equal(proposal_complete(p, ctx), MIMEO_EFORGED);
    drop(p);
}

static void what_locks_the_publisher_out_is_not_sound(void **state)
{
    (void)state;
    struct proposal *p = rotation(false);
    p->next.from_seq = 1; /* bundle 2 is published, and this is no cut */
    assert_int_equal(proposal_complete(p, ctx), 0);
    assert_int_equal(proposal_check_sound(ctx, p), MIMEO_EUSAGE);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "--cut 1"));
    drop(p);
    p = rotation(false);
    p->next.from_seq = 9; /* the old key is withdrawn before the new one may sign */
    assert_int_equal(proposal_complete(p, ctx), 0);
    assert_int_equal(proposal_check_sound(ctx, p), MIMEO_EUSAGE);
    drop(p);
    p = rotation(false);
    p->next.publish = (struct role){.threshold = 2, .count = 2};
    p->next.publish.keys[0] = *secret_key_public(publish[0]);
    p->next.publish.keys[1] = *secret_key_public(publish[1]);
    assert_int_equal(proposal_complete(p, ctx), 0);
    assert_int_equal(proposal_check_sound(ctx, p), MIMEO_EUSAGE);
    drop(p);
}

/* ---- signatures ---- */

static void a_signature_counts_for_its_text_and_its_signer_alone(void **state)
{
    (void)state;
    struct proposal *p = rotation(false), *other = rotation(true);
    struct charter_signature s, back;
    struct buf b;
    size_t index = 9;
    assert_int_equal(proposal_complete(p, ctx), 0);
    assert_int_equal(proposal_complete(other, ctx), 0);
    assert_int_equal(charter_signature_make(&s, ctx, p, root[1]), 0);
    buf_init(&b, SIGNATURE_FILE_MAX);
    assert_int_equal(charter_signature_write(&b, ctx, &s), 0);
    assert_int_equal(charter_signature_parse(&back, ctx, "s", buf_view(&b)), 0);
    assert_int_equal(charter_signature_check(&index, ctx, "s", &back, p), 0);
    assert_int_equal(index, 1);
    assert_int_equal(charter_signature_check(&index, ctx, "s", &back, other), MIMEO_EUSAGE);
    back.bytes[5] ^= 1;
    assert_int_equal(charter_signature_check(&index, ctx, "s", &back, p), MIMEO_EFORGED);
    back = s;
    back.signer = *secret_key_public(root[0]);
    assert_int_equal(charter_signature_check(&index, ctx, "s", &back, p), MIMEO_EFORGED);
    back.signer = *secret_key_public(stranger);
    assert_int_equal(charter_signature_check(&index, ctx, "s", &back, p), MIMEO_EUSAGE);
    assert_int_equal(charter_signature_make(&s, ctx, p, root[2]), MIMEO_EUSAGE); /* a root key, and none that is named */
    assert_int_equal(charter_signature_make(&s, ctx, p, stranger), MIMEO_EUSAGE);
    buf_dispose(&b);
    drop(p);
    drop(other);
}

/* ---- hand-overs ---- */


static struct buf key_text(enum key_role role)
{
    struct buf b;
    char hex[2 * SEED_LEN + 1];
    buf_init(&b, 4096);
    format_hex(hex, secret_key_seed(publish[0]), SEED_LEN);
    buf_appendf(&b, "mimeo secret key 1\nrole %s\npublic ", role == KEY_ROOT ? "root" : "publish");
    buf_append_hex(&b, secret_key_public(publish[0])->bytes, PUBLIC_KEY_LEN);
    buf_appendf(&b, "\nkdf none\nseed %s\n", hex);
    struct hash h = hash_of(buf_view(&b));
    format_hex(hex, h.bytes, 4);
    buf_appendf(&b, "sum %s\n", hex);
    return b;
}

static void a_hand_over_carries_key_and_journal(void **state)
{
    (void)state;
    struct buf text = key_text(KEY_PUBLISH), file;
    struct journal j = {.publisher = hash_of(VIEW_OF_LITERAL("p")), .seq = 41, .hash = hash_of(VIEW_OF_LITERAL("h")),
                        .handed_over = true, .handed_over_at = 1795392000};
    struct handover h;
    assert_int_equal(handover_write(&file, ctx, &j, buf_view(&text)), 0);
    assert_int_equal(handover_parse(&h, ctx, "m", buf_view(&file)), 0);
    assert_int_equal(h.journal.seq, 41);
    assert_false(h.journal.handed_over); /* where it arrives it may sign */
    assert_true(view_equal(h.key_text, buf_view(&text)));
    handover_dispose(&h);
    file.ptr[60] ^= 1;
    assert_int_equal(handover_parse(&h, ctx, "m", buf_view(&file)), MIMEO_EMALFORMED);
    handover_wipe(&file);
    buf_dispose(&text);
}

static void a_root_key_is_not_handed_over(void **state)
{
    (void)state;
    struct buf text = key_text(KEY_ROOT), file;
    struct journal j = {.publisher = hash_of(VIEW_OF_LITERAL("p")), .seq = 1, .hash = hash_of(VIEW_OF_LITERAL("h"))};
    struct handover h;
    assert_int_equal(handover_write(&file, ctx, &j, buf_view(&text)), 0);
    assert_int_equal(handover_parse(&h, ctx, "m", buf_view(&file)), MIMEO_EMALFORMED);
    handover_wipe(&file);
    buf_dispose(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_the_same),
        cmocka_unit_test(every_changed_byte_is_told_as_changed_on_the_way),
        cmocka_unit_test(what_mail_does_to_line_ends_is_put_right),
        cmocka_unit_test(a_liar_with_a_checksum_is_found_out),
        cmocka_unit_test(a_text_that_cannot_follow_is_no_proposal),
        cmocka_unit_test(what_locks_the_publisher_out_is_not_sound),
        cmocka_unit_test(a_signature_counts_for_its_text_and_its_signer_alone),
        cmocka_unit_test(a_hand_over_carries_key_and_journal),
        cmocka_unit_test(a_root_key_is_not_handed_over),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
