/* Tests of trust/sign.c: Ed25519 with one verdict on every edge case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "trust/sign.h"

static mimeo_ctx *ctx;
static struct secret_key *key;
static const struct view message = {(const uint8_t *)"mimeo", 5};

static int set_up(void **state)
{
    (void)state;
    static const uint8_t seed[SEED_LEN] = {1, 2, 3};
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

static void hex(uint8_t *out, size_t len, const char *digits)
{
    assert_true(parse_hex(view_of_str(digits), out, len));
}

/* RFC 8032 section 7.1, test 1 (the seed, the public key and the signature of nothing). */
static void signs_as_the_rfc_says(void **state)
{
    (void)state;
    uint8_t seed[SEED_LEN], wanted[SIGNATURE_LEN], got[SIGNATURE_LEN];
    struct public_key public;
    struct secret_key *k;
    hex(seed, SEED_LEN, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    hex(public.bytes, PUBLIC_KEY_LEN, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    hex(wanted, SIGNATURE_LEN, "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                               "d25bf5f0595bbe24655141438e7a100b");
    assert_int_equal(secret_key_from_seed(&k, ctx, seed), 0);
    assert_int_equal(public_key_compare(secret_key_public(k), &public), 0);
    sign_detached(got, view_of(NULL, 0), k);
    assert_memory_equal(got, wanted, SIGNATURE_LEN);
    assert_true(sign_verify(got, view_of(NULL, 0), &public));
    secret_key_free(k);
}

static void refuses_any_flipped_bit(void **state)
{
    (void)state;
    uint8_t sig[SIGNATURE_LEN], text[5];
    sign_detached(sig, message, key);
    assert_true(sign_verify(sig, message, secret_key_public(key)));
    for (size_t i = 0; i < 8 * SIGNATURE_LEN; i++) {
        sig[i / 8] ^= (uint8_t)(1u << (i % 8));
        assert_false(sign_verify(sig, message, secret_key_public(key)));
        sig[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
    for (size_t i = 0; i < 8 * sizeof(text); i++) {
        memcpy(text, message.ptr, sizeof(text));
        text[i / 8] ^= (uint8_t)(1u << (i % 8));
        assert_false(sign_verify(sig, view_of(text, sizeof(text)), secret_key_public(key)));
    }
    assert_false(sign_verify(sig, view_of(message.ptr, 4), secret_key_public(key)));
}

/* The order of the group, little-endian. */
static const uint8_t order[32] = {0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9,
                                  0xDE, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};

static void refuses_a_second_spelling_of_s(void **state)
{
    (void)state;
    uint8_t sig[SIGNATURE_LEN];
    unsigned carry = 0;
    sign_detached(sig, message, key);
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)sig[32 + i] + order[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(sign_verify(sig, message, secret_key_public(key)));
}

/* Points of small order in all their encodings, the non-canonical ones too. */
static const char *const small[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
};

static void refuses_keys_of_small_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        struct public_key k;
        uint8_t sig[SIGNATURE_LEN] = {0};
        hex(k.bytes, PUBLIC_KEY_LEN, small[i]);
        if (public_key_valid(&k))
            fail_msg("%s is taken for a key", small[i]);
        /* R the identity and S 0 hold for any text under a key of order 1, and for many under the others. */
        sig[0] = 1;
        assert_false(sign_verify(sig, message, &k));
        memcpy(sig, k.bytes, 32);
        assert_false(sign_verify(sig, message, &k));
    }
}

static void refuses_r_of_small_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        uint8_t sig[SIGNATURE_LEN];
        sign_detached(sig, message, key);
        hex(sig, 32, small[i]);
        assert_false(sign_verify(sig, message, secret_key_public(key)));
    }
}

/* A key plus a point of order 8: on the curve, canonical, and not of the prime-order subgroup. */
static void refuses_a_key_of_mixed_order(void **state)
{
    (void)state;
    struct public_key k;
    uint8_t torsion[32], mixed[32];
    hex(torsion, 32, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    if (crypto_core_ed25519_add(mixed, secret_key_public(key)->bytes, torsion) != 0)
        return; /* a libsodium that refuses to add it cannot be fooled by it either */
    memcpy(k.bytes, mixed, 32);
    assert_false(public_key_valid(&k));
}

static void a_key_is_no_random_bytes(void **state)
{
    (void)state;
    struct public_key k;
    size_t good = 0;
    for (unsigned i = 0; i < 200; i++) {
        memset(k.bytes, 0, sizeof(k.bytes));
        k.bytes[0] = (uint8_t)i;
        k.bytes[7] = 0x33;
        good += public_key_valid(&k);
    }
    assert_true(good < 60); /* half are no points at all, and most points are of mixed order */
    memset(k.bytes, 0xFF, sizeof(k.bytes));
    assert_false(public_key_valid(&k));
    assert_true(public_key_valid(secret_key_public(key)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_the_rfc_says),        cmocka_unit_test(refuses_any_flipped_bit),
        cmocka_unit_test(refuses_a_second_spelling_of_s), cmocka_unit_test(refuses_keys_of_small_order),
        cmocka_unit_test(refuses_r_of_small_order),     cmocka_unit_test(refuses_a_key_of_mixed_order),
        cmocka_unit_test(a_key_is_no_random_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
