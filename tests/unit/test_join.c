/* Tests of trust/join.c and lipmaa: which headers the head reaches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trust/join.h"

#define LAST 400
static mimeo_ctx *ctx;
static struct hash hashes[LAST + 1];

/* A made-up hash for each seq. */
static int set_up(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= LAST; seq++)
        hashes[seq] = hash_of(view_of(&seq, sizeof(seq)));
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

static struct header header_at(uint64_t seq)
{
    struct header h = {.seq = seq, .hash = hashes[seq]};
    if (seq > 1) {
        h.prev = hashes[seq - 1];
        h.skip = hashes[lipmaa(seq)];
    }
    return h;
}

static void lipmaa_is_bamboos(void **state)
{
    (void)state;
    static const uint64_t known[][2] = {{1, 0}, {2, 1}, {3, 2}, {4, 1}, {5, 4}, {8, 4}, {12, 8}, {13, 4}, {40, 13}, {121, 40}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        assert_int_equal(lipmaa(known[i][0]), known[i][1]);
    for (uint64_t n = 2; n < 100000; n++)
        assert_true(lipmaa(n) < n && lipmaa(n) >= 1);
}

/* No link from between n and lipmaa(n) lands below lipmaa(n): the walk rests on it. */
static void skip_links_nest(void **state)
{
    (void)state;
    for (uint64_t n = 2; n < 2000; n++)
        for (uint64_t m = lipmaa(n) + 1; m < n; m++)
            assert_true(lipmaa(m) >= lipmaa(n));
}

static void a_path_from_bundle_1000000_is_at_most_50_steps(void **state)
{
    (void)state;
    int longest = 0;
    for (uint64_t target = 1; target < 1000000; target++) {
        int steps = 0;
        for (uint64_t n = 1000000; n > target; steps++)
            n = lipmaa(n) >= target ? lipmaa(n) : n - 1;
        longest = steps > longest ? steps : longest;
    }
    assert_int_equal(longest, 50);
}

static void a_whole_history_is_joined_in_little_memory(void **state)
{
    (void)state;
    struct join j;
    join_init(&j, LAST, &hashes[LAST]);
    for (uint64_t seq = LAST; seq >= 1; seq--) {
        struct header h = header_at(seq);
        assert_int_equal(join_step(&j, &h), JOINED);
        assert_true(j.count < 16);
    }
}

static void gaps_leave_what_only_they_led_to_unjoined(void **state)
{
    (void)state;
    struct join j;
    /* 40 -> 13 -> 4 -> 1 by skip links; 12 is reached by nothing held. */
    static const struct {
        uint64_t seq;
        enum joined is;
    } held[] = {{40, JOINED}, {20, UNJOINED}, {13, JOINED}, {12, JOINED}, {8, JOINED}, {6, UNJOINED}, {4, JOINED}, {1, JOINED}};
    join_init(&j, 40, &hashes[40]);
    for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
        struct header h = header_at(held[i].seq);
        if (join_step(&j, &h) != held[i].is)
            fail_msg("seq %d", (int)held[i].seq);
    }
}

static void another_header_of_a_joined_seq_is_no_ancestor(void **state)
{
    (void)state;
    struct join j;
    struct header head = header_at(5), rival = header_at(4), under = header_at(3);
    rival.hash = hashes[100];
    join_init(&j, 5, &hashes[5]);
    assert_int_equal(join_step(&j, &head), JOINED);
    assert_int_equal(join_step(&j, &rival), NOT_ANCESTOR);
    assert_int_equal(join_step(&j, &under), UNJOINED); /* a rival's links count for nothing */
}

struct shelf {
    uint64_t missing;
    int fetched;
};

static int fetch(struct header *out, mimeo_ctx *c, uint64_t seq, const struct hash *want, void *payload)
{
    (void)c;
    struct shelf *s = payload;
    s->fetched++;
    *out = header_at(seq);
    return seq != s->missing && hash_equal(want, &out->hash);
}

static void a_path_proves_ancestors_and_disproves_others(void **state)
{
    (void)state;
    struct header head = header_at(LAST);
    for (uint64_t seq = 1; seq <= LAST; seq++) {
        struct shelf s = {0, 0};
        assert_int_equal(join_path(ctx, &head, seq, &hashes[seq], fetch, &s), 1);
        assert_true(s.fetched < 40);
        assert_int_equal(join_path(ctx, &head, seq, &hashes[seq == 1 ? 2 : 1], fetch, &s), 0);
    }
    struct header low = header_at(3);
    struct shelf s = {0, 0};
    assert_int_equal(join_path(ctx, &low, 5, &hashes[5], fetch, &s), 0); /* above it */
}

static void a_path_through_a_gap_is_incomplete(void **state)
{
    (void)state;
    struct header head = header_at(40);
    struct shelf s = {13, 0};
    assert_int_equal(join_path(ctx, &head, 2, &hashes[2], fetch, &s), MIMEO_EINCOMPLETE);
    assert_int_equal(join_path(ctx, &head, 13, &hashes[13], fetch, &s), 1); /* its hash is named by 40 */
    assert_int_equal(join_path(ctx, &head, 39, &hashes[39], fetch, &s), 1);
}

static void the_header_that_contradicts_is_handed_out(void **state)
{
    (void)state;
    struct shelf s = {0, 0};
    struct header *witness = calloc(1, sizeof(*witness));
    struct header head = header_at(40);
    assert_non_null(witness);
    assert_int_equal(join_path_witness(witness, ctx, &head, 8, &hashes[8], fetch, &s), 1);
    assert_int_equal(witness->seq, 0); /* untouched */
    for (uint64_t seq = 1; seq < 40; seq++) {
        struct hash named;
        assert_int_equal(join_path_witness(witness, ctx, &head, seq, &hashes[LAST], fetch, &s), 0);
        assert_true(witness->seq > seq && header_names(witness, seq, &named));
        assert_true(hash_equal(&named, &hashes[seq]));
    }
    /* Of its own seq, a header is its own witness. */
    assert_int_equal(join_path_witness(witness, ctx, &head, 40, &hashes[LAST], fetch, &s), 0);
    assert_int_equal(witness->seq, 40);
    free(witness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lipmaa_is_bamboos),
        cmocka_unit_test(skip_links_nest),
        cmocka_unit_test(a_path_from_bundle_1000000_is_at_most_50_steps),
        cmocka_unit_test(a_whole_history_is_joined_in_little_memory),
        cmocka_unit_test(gaps_leave_what_only_they_led_to_unjoined),
        cmocka_unit_test(another_header_of_a_joined_seq_is_no_ancestor),
        cmocka_unit_test(a_path_proves_ancestors_and_disproves_others),
        cmocka_unit_test(a_path_through_a_gap_is_incomplete),
        cmocka_unit_test(the_header_that_contradicts_is_handed_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
