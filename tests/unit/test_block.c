/* Tests of bundle/block.c: tables, and each way in which a stream can lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/context.h"
#include "bundle/block.h"

static mimeo_ctx *ctx;
static struct inflater *inflater;
static struct buf packed, raw;

static const char text[] = "It was a bright cold day in April, and the clocks were striking one. "
                           "It was a bright cold day in May, and the clocks were striking two.";
static const char words_of_dictionary[] = "the clocks were striking It was a bright cold day in ";
#define TEXT VIEW_OF_LITERAL(text)
#define DICTIONARY VIEW_OF_LITERAL(words_of_dictionary)
#define NONE ((struct view){NULL, 0})

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0 || inflater_new(&inflater, ctx) < 0)
        return -1;
    buf_init(&packed, LIMIT_BUNDLE);
    buf_init(&raw, LIMIT_BODY_BLOCK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_dispose(&packed);
    buf_dispose(&raw);
    inflater_free(inflater);
    mimeo_ctx_free(ctx);
    return 0;
}

static void words(const char *expected)
{
    if (strstr(mimeo_ctx_message(ctx), expected) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), expected);
}

static void pack(struct view v, struct view dictionary)
{
    buf_clear(&packed);
    assert_int_equal(block_deflate(&packed, ctx, v, 6, dictionary), 0);
}

/* Inflate `len` bytes of `packed`, copied so that the sanitizer sees a read past them. */
static int inflate_bytes(const uint8_t *bytes, size_t len, uint32_t raw_len, struct view dictionary)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);
    assert_non_null(exact);
    if (len > 0)
        memcpy(exact, bytes, len);
    int rc = block_inflate(&raw, inflater, ctx, "body block 3", view_of(exact, len), raw_len,
                           dictionary);
    free(exact);
    if (rc < 0)
        assert_int_equal(raw.len, 0);
    return rc;
}

static void expect_bad(size_t len, uint32_t raw_len, struct view dictionary, const char *expected)
{
    assert_int_equal(inflate_bytes(packed.ptr, len, raw_len, dictionary), MIMEO_EMALFORMED);
    words("body block 3");
    words(expected);
}

static void expect_text(struct view dictionary)
{
    assert_int_equal(inflate_bytes(packed.ptr, packed.len, sizeof text - 1, dictionary), 0);
    assert_true(view_equal(buf_view(&raw), TEXT));
}

/* ---- tables ---- */

static struct block_entry entry(uint32_t packed_len, uint32_t raw_len, uint16_t dictionary)
{
    return (struct block_entry){.hash = hash_of(TEXT), .packed_len = packed_len,
                                .raw_len = raw_len, .dictionary = dictionary};
}

static void a_table_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct buf t;
    struct block_entry e = entry(0x01020304, 0x05060708, 0x090A), back;
    buf_init(&t, KIB);
    assert_int_equal(table_append(&t, &e), 0);
    assert_int_equal(table_append(&t, &e), 0);
    assert_int_equal(t.len, 2 * TABLE_ENTRY_LEN);
    static const uint8_t tail[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0};
    assert_memory_equal(t.ptr + 32, tail, 12);
    assert_true(table_entry(buf_view(&t), 1, &back));
    assert_true(hash_equal(&back.hash, &e.hash));
    assert_int_equal(back.packed_len, e.packed_len);
    assert_int_equal(back.raw_len, e.raw_len);
    assert_int_equal(back.dictionary, e.dictionary);
    assert_false(table_entry(buf_view(&t), 2, &back));
    assert_false(table_entry(buf_view(&t), SIZE_MAX, &back));
    buf_dispose(&t);
}

static void expect_table(int code, struct block_entry e, const char *expected)
{
    struct buf t;
    struct block_entry good = entry(10, 20, 0);
    uint64_t sum = 77;
    buf_init(&t, KIB);
    table_append(&t, &good);
    table_append(&t, &e);
    assert_int_equal(table_check(ctx, "bundle 7", buf_view(&t), LIMIT_CATALOG_BLOCK, 2, &sum), code);
    if (code == 0) {
        assert_true(sum == 10ULL + e.packed_len);
    } else {
        assert_true(sum == 77); /* untouched */
        words("bundle 7: entry 1 of the table");
        words(expected);
    }
    buf_dispose(&t);
}

static void each_bad_entry_is_named(void **state)
{
    (void)state;
    expect_table(0, entry(UINT32_MAX, LIMIT_CATALOG_BLOCK, 2), NULL);
    expect_table(MIMEO_EMALFORMED, entry(0, 1, 0), "a block of no bytes");
    expect_table(MIMEO_EMALFORMED, entry(1, 0, 0), "inflates to no bytes");
    expect_table(MIMEO_EMALFORMED, entry(1, LIMIT_CATALOG_BLOCK + 1, 0), "more than the limit");
    expect_table(MIMEO_EMALFORMED, entry(1, 1, 3), "names a dictionary");
}

static void a_table_of_odd_size_or_with_dirt_is_malformed(void **state)
{
    (void)state;
    struct buf t;
    struct block_entry e = entry(1, 1, 0);
    uint64_t sum;
    buf_init(&t, KIB);
    assert_int_equal(table_check(ctx, "b", NONE, 1, 0, &sum), 0);
    assert_true(sum == 0);
    table_append(&t, &e);
    t.ptr[43] = 1;
    assert_int_equal(table_check(ctx, "b", buf_view(&t), 1, 0, &sum), MIMEO_EMALFORMED);
    words("two zero bytes");
    t.len--;
    assert_int_equal(table_check(ctx, "b", buf_view(&t), 1, 0, &sum), MIMEO_EMALFORMED);
    words("whole entries");
    buf_dispose(&t);
}

static void a_table_holds_65535_blocks_and_no_more(void **state)
{
    (void)state;
    struct buf t;
    struct block_entry e = entry(UINT32_MAX, 1, 0);
    uint64_t sum = 0;
    buf_init(&t, 4 * MIB);
    for (size_t i = 0; i < LIMIT_BLOCKS; i++)
        table_append(&t, &e);
    assert_int_equal(table_check(ctx, "b", buf_view(&t), 1, 0, &sum), 0);
    assert_true(sum == (uint64_t)LIMIT_BLOCKS * UINT32_MAX);
    table_append(&t, &e);
    assert_int_equal(table_check(ctx, "b", buf_view(&t), 1, 0, &sum), MIMEO_EMALFORMED);
    words("65536 blocks");
    buf_dispose(&t);
}

/* ---- streams ---- */

static void what_was_packed_comes_out_again(void **state)
{
    (void)state;
    for (int level = 1; level <= 9; level++) {
        buf_clear(&packed);
        assert_int_equal(block_deflate(&packed, ctx, TEXT, level, NONE), 0);
        expect_text(NONE);
        buf_clear(&packed);
        assert_int_equal(block_deflate(&packed, ctx, TEXT, level, DICTIONARY), 0);
        expect_text(DICTIONARY);
    }
    pack(VIEW_OF_LITERAL("x"), NONE);
    assert_int_equal(inflate_bytes(packed.ptr, packed.len, 1, NONE), 0);
}

static void deflate_appends(void **state)
{
    (void)state;
    buf_clear(&packed);
    assert_int_equal(block_deflate(&packed, ctx, TEXT, 9, NONE), 0);
    size_t first = packed.len;
    assert_int_equal(block_deflate(&packed, ctx, TEXT, 9, NONE), 0);
    assert_int_equal(packed.len, 2 * first);
}

static void a_block_may_have_a_mebibyte(void **state)
{
    (void)state;
    uint8_t *noise = malloc(LIMIT_BODY_BLOCK + 1);
    assert_non_null(noise);
    uint32_t x = 1;
    for (size_t i = 0; i <= LIMIT_BODY_BLOCK; i++)
        noise[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    pack(view_of(noise, LIMIT_BODY_BLOCK), NONE);
    assert_int_equal(inflate_bytes(packed.ptr, packed.len, LIMIT_BODY_BLOCK, NONE), 0);
    assert_memory_equal(raw.ptr, noise, LIMIT_BODY_BLOCK);
    assert_int_equal(block_deflate(&packed, ctx, view_of(noise, LIMIT_BODY_BLOCK + 1), 6, NONE),
                     MIMEO_EUSAGE);
    expect_bad(packed.len, LIMIT_BODY_BLOCK + 1, NONE, "outside of the limits");
    free(noise);
}

static void deflate_refuses_nonsense(void **state)
{
    (void)state;
    buf_clear(&packed);
    assert_int_equal(block_deflate(&packed, ctx, NONE, 6, NONE), MIMEO_EUSAGE);
    assert_int_equal(block_deflate(&packed, ctx, TEXT, 0, NONE), MIMEO_EUSAGE);
    assert_int_equal(block_deflate(&packed, ctx, TEXT, 10, NONE), MIMEO_EUSAGE);
    assert_int_equal(packed.len, 0);
}

static void a_bomb_is_stopped_at_the_declared_size(void **state)
{
    (void)state;
    uint8_t *zeros = calloc(1, LIMIT_BODY_BLOCK);
    assert_non_null(zeros);
    pack(view_of(zeros, LIMIT_BODY_BLOCK), NONE);
    expect_bad(packed.len, 1, NONE, "bomb");
    expect_bad(packed.len, LIMIT_BODY_BLOCK - 1, NONE, "bomb");
    free(zeros);
    pack(TEXT, NONE);
    for (uint32_t n = 1; n < sizeof text - 1; n++)
        expect_bad(packed.len, n, NONE, "inflates to more than");
}

static void a_stream_that_gives_less_is_short(void **state)
{
    (void)state;
    pack(TEXT, NONE);
    expect_bad(packed.len, sizeof text, NONE, "is short: it inflates to");
    expect_bad(packed.len, LIMIT_BODY_BLOCK, NONE, "is short: it inflates to");
    expect_bad(packed.len, 0, NONE, "outside of the limits");
}

static void each_cut_of_a_stream_is_short(void **state)
{
    (void)state;
    pack(TEXT, NONE);
    for (size_t len = 0; len < packed.len; len++)
        expect_bad(len, sizeof text - 1, NONE, "is short");
    pack(TEXT, DICTIONARY);
    for (size_t len = 0; len < packed.len; len++)
        expect_bad(len, sizeof text - 1, DICTIONARY, "is short");
}

static void trailing_bytes_are_refused(void **state)
{
    (void)state;
    pack(TEXT, NONE);
    buf_append_byte(&packed, 0);
    expect_bad(packed.len, sizeof text - 1, NONE, "1 trailing bytes");
    packed.len--;
    assert_int_equal(block_deflate(&packed, ctx, TEXT, 6, NONE), 0); /* a second stream */
    expect_bad(packed.len, sizeof text - 1, NONE, "trailing bytes");
}

static void the_dictionary_must_be_the_one_that_is_named(void **state)
{
    (void)state;
    pack(TEXT, DICTIONARY);
    assert_true((packed.ptr[1] & 0x20) != 0); /* FDICT */
    expect_bad(packed.len, sizeof text - 1, NONE, "needs a dictionary");
    expect_bad(packed.len, sizeof text - 1, VIEW_OF_LITERAL("another"), "another dictionary");
    pack(TEXT, NONE);
    expect_bad(packed.len, sizeof text - 1, DICTIONARY, "without the dictionary");
}

static void each_flipped_bit_is_found(void **state)
{
    (void)state;
    pack(TEXT, NONE);
    for (size_t bit = 0; bit < 8 * packed.len; bit++) {
        packed.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
        int rc = inflate_bytes(packed.ptr, packed.len, sizeof text - 1, NONE);
        /* zlib does not read padding bits behind the last symbol; the block's hash does. */
        if (rc == 0)
            assert_true(view_equal(buf_view(&raw), TEXT));
        else
            assert_int_equal(rc, MIMEO_EMALFORMED);
        packed.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    packed.ptr[packed.len - 1] ^= 1;
    expect_bad(packed.len, sizeof text - 1, NONE, "incorrect data check");
}

/* CMF and FLG with a right check, in front of the stream's rest. */
static void set_head(uint8_t cmf, uint8_t flags)
{
    packed.ptr[0] = cmf;
    packed.ptr[1] = flags;
    packed.ptr[1] = (uint8_t)(flags + 31 - (cmf * 256 + flags) % 31);
}

static void a_window_over_32_kib_is_refused(void **state)
{
    (void)state;
    pack(TEXT, NONE);
    set_head(0x88, 0);
    expect_bad(packed.len, sizeof text - 1, NONE, "window over 32 KiB");
    set_head(0xF8, 0);
    expect_bad(packed.len, sizeof text - 1, NONE, "window over 32 KiB");
    set_head(0x78, 0);
    expect_text(NONE);
}

static void what_is_no_zlib_stream_is_refused(void **state)
{
    (void)state;
    pack(TEXT, NONE);
    set_head(0x77, 0);
    expect_bad(packed.len, sizeof text - 1, NONE, "no zlib stream");
    packed.ptr[0] = 0x1F; /* gzip */
    packed.ptr[1] = 0x8B;
    expect_bad(packed.len, sizeof text - 1, NONE, "no zlib stream");
    set_head(0x78, 0);
    packed.ptr[1] ^= 1;
    expect_bad(packed.len, sizeof text - 1, NONE, "no zlib stream");
    set_head(0x78, 0);
    packed.ptr[2] = 0x07; /* the block type that does not exist */
    expect_bad(packed.len, sizeof text - 1, NONE, "does not inflate: invalid block type");
}

static void an_erased_block_is_no_stream(void **state)
{
    (void)state;
    buf_clear(&packed);
    static const uint8_t zeros[64];
    buf_append(&packed, zeros, sizeof zeros);
    expect_bad(packed.len, 10, NONE, "no zlib stream");
}

static void a_distance_into_nothing_is_refused(void **state)
{
    (void)state;
    static const uint8_t far[] = {0x78, 0x01, 0x4B, 0x04, 0x12, 0, 0x62, 0, 0x62};
    int rc = inflate_bytes(far, sizeof far, 100, NONE);
    assert_int_equal(rc, MIMEO_EMALFORMED);
}

static void an_inflater_goes_on_after_a_bad_block(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        pack(TEXT, DICTIONARY);
        expect_bad(packed.len - 3, sizeof text - 1, DICTIONARY, "is short");
        expect_text(DICTIONARY);
        pack(TEXT, NONE);
        expect_bad(packed.len, 5, NONE, "bomb");
        expect_text(NONE);
    }
}

static void the_buffers_own_maximum_holds(void **state)
{
    (void)state;
    struct buf small;
    buf_init(&small, 10);
    pack(TEXT, NONE);
    assert_int_equal(block_inflate(&small, inflater, ctx, "body block 3", buf_view(&packed),
                                   sizeof text - 1, NONE), MIMEO_EMALFORMED);
    buf_dispose(&small);
    buf_init(&small, sizeof text - 1); /* exactly enough */
    assert_int_equal(block_inflate(&small, inflater, ctx, "body block 3", buf_view(&packed),
                                   sizeof text - 1, NONE), 0);
    assert_string_equal(buf_str(&small), text);
    buf_dispose(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_as_it_was_written),
        cmocka_unit_test(each_bad_entry_is_named),
        cmocka_unit_test(a_table_of_odd_size_or_with_dirt_is_malformed),
        cmocka_unit_test(a_table_holds_65535_blocks_and_no_more),
        cmocka_unit_test(what_was_packed_comes_out_again),
        cmocka_unit_test(deflate_appends),
        cmocka_unit_test(a_block_may_have_a_mebibyte),
        cmocka_unit_test(deflate_refuses_nonsense),
        cmocka_unit_test(a_bomb_is_stopped_at_the_declared_size),
        cmocka_unit_test(a_stream_that_gives_less_is_short),
        cmocka_unit_test(each_cut_of_a_stream_is_short),
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(the_dictionary_must_be_the_one_that_is_named),
        cmocka_unit_test(each_flipped_bit_is_found),
        cmocka_unit_test(a_window_over_32_kib_is_refused),
        cmocka_unit_test(what_is_no_zlib_stream_is_refused),
        cmocka_unit_test(an_erased_block_is_no_stream),
        cmocka_unit_test(a_distance_into_nothing_is_refused),
        cmocka_unit_test(an_inflater_goes_on_after_a_bad_block),
        cmocka_unit_test(the_buffers_own_maximum_holds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
