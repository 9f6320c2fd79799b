/* Tests of trust/header.c: what is taken for a header, and what a charter chain says of one.  (Faults of
 * single lines are in tests/vectors too.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trust/header.h"

static mimeo_ctx *ctx;
static struct secret_key *root, *old_key, *new_key, *stranger;

static struct secret_key *key_of(uint8_t first)
{
    struct secret_key *k;
    const uint8_t seed[SEED_LEN] = {first};
    assert_int_equal(secret_key_from_seed(&k, ctx, seed), 0);
    return k;
}

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0)
        return -1;
    root = key_of(1);
    old_key = key_of(2);
    new_key = key_of(3);
    stranger = key_of(4);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    secret_key_free(root);
    secret_key_free(old_key);
    secret_key_free(new_key);
    secret_key_free(stranger);
    mimeo_ctx_free(ctx);
    return 0;
}

/* ---- making ---- */

static void add_charter(struct charter_chain *chain, uint64_t from, const struct hash *cut, const struct secret_key *publish)
{
    struct charter c = {.version = (uint32_t)chain->count + 1, .from_seq = from, .name = "Press"}, parsed;
    const struct secret_key *keys[] = {root};
    struct buf text, note;
    if (chain->count > 0)
        c.prev = charter_chain_newest(chain)->hash;
    if (cut != NULL) {
        c.is_cut = true;
        c.from_hash = *cut;
    }
    c.root = (struct role){1, 1, {*secret_key_public(root)}};
    c.publish = (struct role){1, 1, {*secret_key_public(publish)}};
    c.signers[c.signer_count++] = *secret_key_public(root);
    buf_init(&text, LIMIT_CHARTER);
    buf_init(&note, LIMIT_CHARTER);
    assert_int_equal(charter_write_text(&text, ctx, &c), 0);
    assert_int_equal(note_sign(&note, ctx, buf_view(&text), keys, 1), 0);
    assert_int_equal(charter_parse(&parsed, ctx, "charter", buf_view(&note)), 0);
    assert_int_equal(charter_chain_add(chain, ctx, &parsed, NULL), 0);
    buf_dispose(&text);
    buf_dispose(&note);
}

static struct header header_of(const struct charter_chain *chain, uint64_t seq, uint32_t charter, uint32_t newest,
                               const struct secret_key *key)
{
    struct header h = {.publisher = chain->publisher, .charter_version = charter, .newest_version = newest, .seq = seq};
    h.charter_hash = charter_chain_get(chain, charter)->hash;
    h.newest_hash = charter_chain_get(chain, newest)->hash;
    if (seq > 1)
        h.prev = h.skip = hash_of(view_of_str("before"));
    h.time = 1795392000;
    h.next_by = h.time + 86400;
    h.catalog_hash = h.body_hash = hash_of(view_of(NULL, 0));
    h.signers[h.signer_count++] = *secret_key_public(key);
    return h;
}

static void write_note(struct buf *note, const struct header *h, const struct secret_key *key)
{
    const struct secret_key *keys[] = {key};
    struct buf text;
    buf_init(&text, LIMIT_HEADER);
    buf_init(note, LIMIT_HEADER);
    assert_int_equal(header_write_text(&text, ctx, h), 0);
    assert_int_equal(note_sign(note, ctx, buf_view(&text), keys, 1), 0);
    buf_dispose(&text);
}

/* Write, read, judge. */
static int judge(enum header_standing *standing, const struct charter_chain *chain, const struct header *h,
                 const struct secret_key *key)
{
    static struct header parsed;
    static struct note n;
    struct buf note;
    write_note(&note, h, key);
    if (header_parse(&parsed, &n, ctx, "head", buf_view(&note)) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    int rc = header_judge(standing, ctx, "head", &parsed, &n, chain);
    buf_dispose(&note);
    return rc;
}

/* ---- tests ---- */

static void reads_what_it_wrote(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    struct buf note, again;
    static struct header parsed;
    static struct note n;
    add_charter(&chain, 0, NULL, old_key);
    struct header h = header_of(&chain, 1, 1, 1, old_key);
    h.archive_records = 12;
    h.archive_media_bytes = INT64_MAX;
    h.dictionaries[h.dictionary_count++] = (struct dictionary_ref){hash_of(view_of_str("d")), 32768};
    strcpy(h.mirrors[h.mirror_count++], "https://a.example/press.git");
    strcpy(h.mirrors[h.mirror_count++], "ssh://git@b.example/press");
    write_note(&note, &h, old_key);
    assert_int_equal(header_parse(&parsed, &n, ctx, "head", buf_view(&note)), 0);
    assert_int_equal(parsed.mirror_count, 2);
    assert_int_equal(parsed.dictionaries[0].size, 32768);
    buf_init(&again, LIMIT_HEADER);
    assert_int_equal(header_write_text(&again, ctx, &parsed), 0);
    assert_true(view_equal(buf_view(&again), n.text));
    buf_dispose(&again);
    buf_dispose(&note);
    charter_chain_dispose(&chain);
}

static void takes_at_most_its_caps(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    struct buf note;
    static struct header parsed;
    static struct note n;
    add_charter(&chain, 0, NULL, old_key);
    struct header h = header_of(&chain, 1, 1, 1, old_key);
    for (; h.mirror_count < LIMIT_MIRRORS; h.mirror_count++)
        snprintf(h.mirrors[h.mirror_count], LIMIT_URL, "https://m%zu.example/", h.mirror_count);
    write_note(&note, &h, old_key);
    assert_int_equal(header_parse(&parsed, &n, ctx, "head", buf_view(&note)), 0);
    buf_dispose(&note);
    charter_chain_dispose(&chain);
}

static void a_good_one_is_good(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    enum header_standing standing;
    add_charter(&chain, 0, NULL, old_key);
    struct header h = header_of(&chain, 5, 1, 1, old_key);
    assert_int_equal(judge(&standing, &chain, &h, old_key), 0);
    assert_int_equal(standing, HEADER_GOOD);
    charter_chain_dispose(&chain);
}

static void a_stranger_forges(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    enum header_standing standing;
    add_charter(&chain, 0, NULL, old_key);
    struct header h = header_of(&chain, 5, 1, 1, stranger);
    assert_int_equal(judge(&standing, &chain, &h, stranger), MIMEO_EFORGED);
    h = header_of(&chain, 5, 1, 1, root);
    assert_int_equal(judge(&standing, &chain, &h, root), MIMEO_EFORGED);
    h = header_of(&chain, 5, 1, 1, old_key);
    h.publisher = hash_of(view_of_str("another"));
    h.charter_hash = h.newest_hash = h.publisher;
    assert_int_equal(judge(&standing, &chain, &h, old_key), MIMEO_EFORGED);
    charter_chain_dispose(&chain);
}

static void a_missing_charter_is_incomplete_only_with_a_good_signature(void **state)
{
    (void)state;
    struct charter_chain two = {.count = 0}, one = {.count = 0};
    enum header_standing standing;
    add_charter(&two, 0, NULL, old_key);
    add_charter(&two, 3, NULL, new_key);
    add_charter(&one, 0, NULL, old_key);
    struct header h = header_of(&two, 5, 2, 2, new_key);
    assert_int_equal(judge(&standing, &one, &h, new_key), MIMEO_EINCOMPLETE);

    static struct header parsed;
    static struct note n;
    struct buf note;
    write_note(&note, &h, new_key);
    assert_int_equal(header_parse(&parsed, &n, ctx, "head", buf_view(&note)), 0);
    n.signatures[0].bytes[40] ^= 1;
    assert_int_equal(header_judge(&standing, ctx, "head", &parsed, &n, &one), MIMEO_EFORGED);
    buf_dispose(&note);
    charter_chain_dispose(&two);
    charter_chain_dispose(&one);
}

static void another_charter_of_a_version_is_a_conflict_only_by_our_own_key(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    enum header_standing standing;
    add_charter(&chain, 0, NULL, old_key);
    add_charter(&chain, 3, NULL, old_key);
    struct header h = header_of(&chain, 5, 2, 2, old_key);
    h.charter_hash = h.newest_hash = hash_of(view_of_str("another charter 2"));
    assert_int_equal(judge(&standing, &chain, &h, old_key), MIMEO_ECONFLICT);
    h.signers[0] = *secret_key_public(stranger);
    assert_int_equal(judge(&standing, &chain, &h, stranger), MIMEO_EFORGED);
    charter_chain_dispose(&chain);
}

static void a_rotation_revokes_what_comes_after_it(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    enum header_standing standing;
    add_charter(&chain, 0, NULL, old_key);
    add_charter(&chain, 10, NULL, new_key);
    struct header before = header_of(&chain, 10, 1, 1, old_key), after = header_of(&chain, 11, 1, 1, old_key),
                  lying = header_of(&chain, 11, 1, 2, old_key), good = header_of(&chain, 11, 2, 2, new_key);
    assert_int_equal(judge(&standing, &chain, &before, old_key), 0);
    assert_int_equal(standing, HEADER_BY_ANCESTRY); /* its key is withdrawn */
    assert_int_equal(judge(&standing, &chain, &after, old_key), MIMEO_EREVOKED);
    assert_int_equal(judge(&standing, &chain, &lying, old_key), MIMEO_EMALFORMED);
    assert_int_equal(judge(&standing, &chain, &good, new_key), 0);
    assert_int_equal(standing, HEADER_GOOD);
    charter_chain_dispose(&chain);
}

static void a_cut_asks_for_ancestry_of_every_key(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0};
    enum header_standing standing;
    struct hash at = hash_of(view_of_str("bundle 10"));
    add_charter(&chain, 0, NULL, old_key);
    add_charter(&chain, 10, &at, old_key); /* the same key goes on */
    struct header before = header_of(&chain, 9, 1, 1, old_key), after = header_of(&chain, 11, 2, 2, old_key);
    assert_int_equal(judge(&standing, &chain, &before, old_key), 0);
    assert_int_equal(standing, HEADER_BY_ANCESTRY);
    assert_int_equal(judge(&standing, &chain, &after, old_key), 0);
    assert_int_equal(standing, HEADER_GOOD);
    charter_chain_dispose(&chain);
}

static void what_is_newer_needs_our_own_key_to_be_believed(void **state)
{
    (void)state;
    struct charter_chain chain = {.count = 0}, none = {.count = 0};
    const struct secret_key *keys[] = {old_key, stranger};
    add_charter(&chain, 0, NULL, old_key);
    for (int i = 0; i < 2; i++) {
        static struct header parsed;
        static struct note n;
        struct buf text, note;
        buf_init(&text, LIMIT_HEADER);
        buf_init(&note, LIMIT_HEADER);
        buf_appendf(&text, "mimeo bundle 2\nsigner ");
        buf_append_hex(&text, secret_key_public(keys[i])->bytes, PUBLIC_KEY_LEN);
        buf_append_byte(&text, '\n');
        assert_int_equal(note_sign(&note, ctx, buf_view(&text), &keys[i], 1), 0);
        assert_int_equal(header_parse(&parsed, &n, ctx, "head", buf_view(&note)), MIMEO_ENEWER);
        assert_int_equal(header_judge_newer(ctx, "head", &n, &chain), i == 0 ? MIMEO_ENEWER : MIMEO_EFORGED);
        assert_int_equal(header_judge_newer(ctx, "head", &n, &none), MIMEO_ENEWER);
        buf_dispose(&text);
        buf_dispose(&note);
    }
    charter_chain_dispose(&chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(takes_at_most_its_caps),
        cmocka_unit_test(a_good_one_is_good),
        cmocka_unit_test(a_stranger_forges),
        cmocka_unit_test(a_missing_charter_is_incomplete_only_with_a_good_signature),
        cmocka_unit_test(another_charter_of_a_version_is_a_conflict_only_by_our_own_key),
        cmocka_unit_test(a_rotation_revokes_what_comes_after_it),
        cmocka_unit_test(a_cut_asks_for_ancestry_of_every_key),
        cmocka_unit_test(what_is_newer_needs_our_own_key_to_be_believed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
