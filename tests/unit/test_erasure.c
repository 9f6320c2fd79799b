/* Matching blocks of zeros with who ordered them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "library/erasure.h"

#define BLOCKS 1000000 /* as many as are heard of */

static struct record_erase block(uint64_t seq, uint32_t n)
{
    struct record_erase e = {seq, n % 2 == 0 ? ERASE_BODY : ERASE_CATALOG, n, {{0}}};
    memcpy(e.hash.bytes, &n, sizeof(n));
    return e;
}

static void a_claim_is_explained_once_and_by_its_own_order(void **state)
{
    (void)state;
    struct erasure_claims c = {0};
    struct record_erase a = block(1, 0), b = block(1, 1), other = block(2, 0), forged = block(1, 0);
    forged.hash.bytes[31] = 1;
    assert_int_equal(erasure_claims_add(&c, &b), 0);
    assert_int_equal(erasure_claims_add(&c, &a), 0);
    assert_int_equal(erasure_claims_close(&c), 0);
    assert_int_equal(c.left, 2);
    assert_null(erasure_claims_explain(&c, &other));
    assert_null(erasure_claims_explain(&c, &forged));
    const struct record_erase *found = erasure_claims_explain(&c, &a);
    assert_non_null(found);
    assert_int_equal(found->block, 0);
    assert_null(erasure_claims_explain(&c, &a));
    assert_int_equal(c.left, 1);
    assert_non_null(erasure_claims_explain(&c, &b));
    assert_int_equal(c.left, 0);
    assert_null(erasure_claims_explain(&c, &b));
    erasure_claims_dispose(&c);
}

/* A million, each against its order: gone through one by one it would be hours. */
static void a_million_orders_find_their_claims(void **state)
{
    (void)state;
    struct erasure_claims c = {0};
    for (uint32_t n = BLOCKS; n > 0; n--) {
        struct record_erase e = block(n % 50, n);
        assert_int_equal(erasure_claims_add(&c, &e), 0);
    }
    assert_int_equal(erasure_claims_close(&c), 0);
    for (int round = 0; round < 3; round++) /* stated again and again */
        for (uint32_t n = 1; n <= BLOCKS; n++) {
            struct record_erase e = block(n % 50, n);
            assert_int_equal(erasure_claims_explain(&c, &e) != NULL, round == 0);
        }
    assert_int_equal(c.left, 0);
    erasure_claims_dispose(&c);
}

static void no_claims_are_no_trouble(void **state)
{
    (void)state;
    struct erasure_claims c = {0};
    struct record_erase a = block(1, 0);
    assert_int_equal(erasure_claims_close(&c), 0);
    assert_null(erasure_claims_explain(&c, &a));
    erasure_claims_dispose(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claim_is_explained_once_and_by_its_own_order),
        cmocka_unit_test(a_million_orders_find_their_claims),
        cmocka_unit_test(no_claims_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
