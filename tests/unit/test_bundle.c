/* Tests of bundle/bundle_read.c and bundle_write.c: bundles written, read back, and spoiled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/bundle.h"

static mimeo_ctx *ctx;
static struct secret_key *key;

static int set_up(void **state)
{
    (void)state;
    static const uint8_t seed[SEED_LEN] = {7};
    int rc = mimeo_ctx_new(&ctx);
    return rc < 0 ? rc : secret_key_from_seed(&key, ctx, seed);
}

static int tear_down(void **state)
{
    (void)state;
    secret_key_free(key);
    mimeo_ctx_free(ctx);
    return 0;
}

/* ---- making ---- */

static struct record record_of(const char *id, const char *lang)
{
    return (struct record){.id = id, .action = RECORD_PUBLISH, .revision = 1, .title = "A title", .lang = lang};
}

static struct bundle_writer *writer(int threads)
{
    struct bundle_writer *w;
    struct bundle_writer_options o = {.threads = threads};
    assert_int_equal(bundle_writer_new(&w, ctx, &o), 0);
    return w;
}

static void add(struct bundle_writer *w, const char *id, const char *lang, size_t len, bool alone)
{
    struct record r = record_of(id, lang);
    char *body = malloc(len);
    assert_non_null(body);
    for (size_t i = 0; i < len; i++)
        body[i] = (char)('a' + (i * 7 + (size_t)id[0]) % 23);
    assert_int_equal(bundle_writer_add(w, ctx, &r, view_of(body, len), alone), 0);
    free(body);
}

/* The whole bundle, signed; its payload's fields as the writer says unless `edit` changes them. */
static void finish(struct buf *out, struct bundle_writer *w, void (*edit)(struct header *))
{
    struct header *h = calloc(1, sizeof(*h));
    struct buf payload, text, note;
    const struct secret_key *keys[] = {key};
    buf_init(&text, LIMIT_HEADER);
    buf_init(&note, LIMIT_HEADER);
    buf_init(out, LIMIT_BUNDLE);
    assert_non_null(h);
    assert_int_equal(bundle_writer_finish(w, ctx, h, &payload), 0);
    h->publisher = h->charter_hash = h->newest_hash = hash_of(view_of_str("publisher"));
    h->charter_version = h->newest_version = 1;
    h->seq = 1;
    h->signers[h->signer_count++] = *secret_key_public(key);
    if (edit != NULL)
        edit(h);
    assert_int_equal(header_write_text(&text, ctx, h), 0);
    assert_int_equal(note_sign(&note, ctx, buf_view(&text), keys, 1), 0);
    assert_int_equal(bundle_assemble(out, ctx, buf_view(&note), buf_view(&payload)), 0);
    buf_dispose(&payload);
    buf_dispose(&text);
    buf_dispose(&note);
    free(h);
}

static void sample(struct buf *out, int threads)
{
    struct bundle_writer *w = writer(threads);
    char id[16];
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof(id), "%c-%d", 'a' + i % 3, i);
        add(w, id, i % 2 == 0 ? "en" : "fa", 4000, i == 7);
    }
    finish(out, w, NULL);
    bundle_writer_free(w);
}

static int open_all(struct bundle *b, struct view bytes)
{
    memset(b, 0, sizeof(*b));
    int rc = bundle_open(b, ctx, "b", bytes);
    return rc == 0 ? bundle_check_tables(b, ctx, "b") : rc;
}

/* ---- reading back ---- */

struct seen {
    struct bundle *bundle;
    size_t count;
    uint32_t alone_block;
    size_t others_in_it;
};

static int see(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    struct seen *s = payload;
    struct buf raw;
    (void)block;
    (void)line;
    buf_init(&raw, LIMIT_BODY_BLOCK);
    assert_int_equal(bundle_inflate(s->bundle, ctx, "b", BUNDLE_BODY, r->body_block, NULL, NULL, &raw), 0);
    assert_true(r->body_offset + r->body_len <= raw.len);
    assert_int_equal(r->body_len, 4000);
    for (size_t i = 0; i < r->body_len; i++)
        assert_int_equal(raw.ptr[r->body_offset + i], 'a' + (i * 7 + (size_t)r->id[0]) % 23);
    if (strcmp(r->id, "b-7") == 0)
        s->alone_block = r->body_block;
    else
        s->others_in_it += s->alone_block == r->body_block;
    s->count++;
    buf_dispose(&raw);
    return 0;
}

static void reads_back_what_was_written(void **state)
{
    (void)state;
    struct buf bytes;
    struct bundle b;
    size_t erased;
    sample(&bytes, 2);
    assert_int_equal(open_all(&b, buf_view(&bytes)), 0);
    struct seen s = {&b, 0, UINT32_MAX, 0};
    assert_int_equal(bundle_each_record(&b, ctx, "b", see, &s, &erased), 0);
    assert_int_equal(s.count, 40);
    assert_int_equal(erased, 0);
    assert_true(s.alone_block != UINT32_MAX);
    assert_int_equal(s.others_in_it, 0); /* a block of its own */
    bundle_dispose(&b);
    buf_dispose(&bytes);
}

static void comes_out_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    struct buf one, four;
    sample(&one, 1);
    sample(&four, 4);
    assert_true(view_equal(buf_view(&one), buf_view(&four)));
    buf_dispose(&one);
    buf_dispose(&four);
}

static void writes_a_heartbeat_of_nothing(void **state)
{
    (void)state;
    struct buf bytes;
    struct bundle b;
    struct bundle_writer *w = writer(1);
    finish(&bytes, w, NULL);
    assert_int_equal(open_all(&b, buf_view(&bytes)), 0);
    assert_int_equal(b.header.payload, 0);
    assert_int_equal(bundle_block_count(&b, BUNDLE_CATALOG), 0);
    bundle_dispose(&b);
    buf_dispose(&bytes);
    bundle_writer_free(w);
}

static void groups_by_language_and_forgets_none(void **state)
{
    (void)state;
    struct buf bytes;
    struct bundle b;
    size_t erased;
    struct bundle_writer *w = writer(2);
    char id[16], lang[8];
    for (int i = 0; i < 60; i++) {
        snprintf(id, sizeof(id), "x-%d", i);
        snprintf(lang, sizeof(lang), "l%d", i % 20); /* more languages than open blocks */
        add(w, id, lang, 4000, false);
    }
    assert_int_equal(bundle_writer_record_count(w), 60);
    finish(&bytes, w, NULL);
    assert_int_equal(open_all(&b, buf_view(&bytes)), 0);
    struct seen s = {&b, 0, UINT32_MAX - 1, 0};
    assert_int_equal(bundle_each_record(&b, ctx, "b", see, &s, &erased), 0);
    assert_int_equal(s.count, 60);
    bundle_dispose(&b);
    buf_dispose(&bytes);
    bundle_writer_free(w);
}

static void refuses_a_body_over_its_limit(void **state)
{
    (void)state;
    struct bundle_writer *w = writer(1);
    struct record r = record_of("a", "en");
    char *big = calloc(1, LIMIT_BODY_BLOCK + 1);
    assert_non_null(big);
    memset(big, 'x', LIMIT_BODY_BLOCK + 1);
    assert_int_equal(bundle_writer_add(w, ctx, &r, view_of(big, LIMIT_BODY_BLOCK + 1), false), MIMEO_EMALFORMED);
    assert_int_equal(bundle_writer_add(w, ctx, &r, view_of(big, LIMIT_BODY_BLOCK), false), 0);
    assert_int_equal(bundle_writer_record_count(w), 1);
    free(big);
    bundle_writer_free(w);
}

/* ---- spoiled ---- */

static int count_fault(enum bundle_table t, size_t n, int code, enum block_state state, void *payload)
{
    (void)t;
    (void)n;
    (void)state;
    size_t *faults = payload;
    assert_true(code == 0 || code == MIMEO_EFORGED);
    *faults += code != 0;
    return 0;
}

/* Everything up to the block hashes, as verify does it. */
static bool holds(struct view bytes)
{
    struct bundle b;
    size_t faults = 0;
    int rc = open_all(&b, bytes);
    if (rc == 0)
        rc = note_verify(&b.note, ctx, "b");
    if (rc == 0)
        rc = bundle_each_block(&b, ctx, "b", count_fault, &faults);
    bundle_dispose(&b);
    return rc == 0 && faults == 0;
}

static void no_flipped_byte_passes(void **state)
{
    (void)state;
    struct buf bytes;
    struct bundle_writer *w = writer(1);
    add(w, "a-1", "en", 400, false);
    add(w, "b-1", "fa", 300, false);
    finish(&bytes, w, NULL);
    assert_true(holds(buf_view(&bytes)));
    for (size_t i = 0; i < bytes.len; i++)
        for (int bit = 0; bit < 8; bit += 7) {
            bytes.ptr[i] = (uint8_t)(bytes.ptr[i] ^ (1u << bit));
            if (holds(buf_view(&bytes)))
                fail_msg("byte %zu, bit %d", i, bit);
            bytes.ptr[i] = (uint8_t)(bytes.ptr[i] ^ (1u << bit));
        }
    buf_dispose(&bytes);
    bundle_writer_free(w);
}

static void no_cut_passes(void **state)
{
    (void)state;
    struct buf bytes;
    struct bundle b;
    struct bundle_writer *w = writer(1);
    add(w, "a-1", "en", 400, false);
    finish(&bytes, w, NULL);
    for (size_t len = 0; len < bytes.len; len++) {
        uint8_t *copy = malloc(len == 0 ? 1 : len); /* its exact size, for the sanitizer */
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, len);
        int rc = open_all(&b, view_of(copy, len));
        assert_true(rc == MIMEO_EFORGED || rc == MIMEO_EMALFORMED);
        bundle_dispose(&b);
        free(copy);
    }
    assert_int_equal(buf_append_byte(&bytes, 0), 0);
    assert_int_equal(open_all(&b, buf_view(&bytes)), MIMEO_EFORGED);
    bundle_dispose(&b);
    buf_dispose(&bytes);
    bundle_writer_free(w);
}

static void tells_a_zeroed_block_from_a_wrong_one(void **state)
{
    (void)state;
    struct buf bytes, raw;
    struct bundle b;
    struct block_entry e;
    struct view packed;
    enum block_state block;
    struct bundle_writer *w = writer(1);
    buf_init(&raw, LIMIT_BODY_BLOCK);
    add(w, "a-1", "en", 400, false);
    finish(&bytes, w, NULL);
    assert_int_equal(open_all(&b, buf_view(&bytes)), 0);
    assert_int_equal(bundle_block(&b, ctx, BUNDLE_BODY, 0, &e, &packed), 0);
    memset(bytes.ptr + (packed.ptr - bytes.ptr), 0, packed.len);
    assert_int_equal(bundle_check_block(&b, ctx, "b", BUNDLE_BODY, 0, &block), 0);
    assert_int_equal(block, BLOCK_ZEROED);
    assert_int_equal(bundle_inflate(&b, ctx, "b", BUNDLE_BODY, 0, NULL, NULL, &raw), MIMEO_ENOTFOUND);
    bytes.ptr[packed.ptr - bytes.ptr] = 1;
    assert_int_equal(bundle_check_block(&b, ctx, "b", BUNDLE_BODY, 0, &block), MIMEO_EFORGED);
    assert_int_equal(bundle_inflate(&b, ctx, "b", BUNDLE_BODY, 0, NULL, NULL, &raw), MIMEO_EFORGED);
    assert_int_equal(bundle_block(&b, ctx, BUNDLE_BODY, 1, &e, &packed), MIMEO_ENOTFOUND);
    bundle_dispose(&b);
    buf_dispose(&raw);
    buf_dispose(&bytes);
    bundle_writer_free(w);
}

static void fewer_blocks(struct header *h)
{
    h->body_blocks--;
}

static void longer_payload(struct header *h)
{
    h->payload++;
}

static void refuses_counts_that_lie(void **state)
{
    (void)state;
    void (*const edits[])(struct header *) = {fewer_blocks, longer_payload};
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct buf bytes;
        struct bundle b;
        struct bundle_writer *w = writer(1);
        add(w, "a-1", "en", 400, false);
        finish(&bytes, w, edits[i]);
        assert_int_equal(open_all(&b, buf_view(&bytes)), MIMEO_EFORGED);
        bundle_dispose(&b);
        buf_dispose(&bytes);
        bundle_writer_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_was_written),
        cmocka_unit_test(comes_out_the_same_on_any_number_of_threads),
        cmocka_unit_test(writes_a_heartbeat_of_nothing),
        cmocka_unit_test(groups_by_language_and_forgets_none),
        cmocka_unit_test(refuses_a_body_over_its_limit),
        cmocka_unit_test(no_flipped_byte_passes),
        cmocka_unit_test(no_cut_passes),
        cmocka_unit_test(tells_a_zeroed_block_from_a_wrong_one),
        cmocka_unit_test(refuses_counts_that_lie),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
