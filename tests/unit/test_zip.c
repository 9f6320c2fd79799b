/* Tests of store/zip.c: byte for byte what others read, small and large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/zip.h"

#define CRC 0xCBF43926u /* of "123456789" */

static mimeo_ctx *ctx;
static struct buf out;

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    buf_dispose(&out);
    mimeo_ctx_free(ctx);
    return 0;
}

static int put(struct view bytes, mimeo_ctx *c, void *payload)
{
    (void)c;
    (void)payload;
    return buf_append_view(&out, bytes);
}

static int patch(uint64_t offset, struct view bytes, mimeo_ctx *c, void *payload)
{
    (void)c;
    (void)payload;
    assert_true(offset + bytes.len <= out.len);
    memcpy(out.ptr + offset, bytes.ptr, bytes.len);
    return 0;
}

static uint64_t le(size_t at, int bytes)
{
    uint64_t n = 0;
    assert_true(at + (size_t)bytes <= out.len);
    for (int i = bytes - 1; i >= 0; i--)
        n = n << 8 | out.ptr[at + (size_t)i];
    return n;
}

static void write_two(bool large)
{
    struct zip z;
    buf_clear(&out);
    zip_init(&z, large, put, patch, NULL);
    assert_int_equal(zip_begin(&z, ctx, "one"), 0);
    assert_int_equal(zip_put(&z, ctx, VIEW_OF_LITERAL("1234")), 0);
    assert_int_equal(zip_put(&z, ctx, VIEW_OF_LITERAL("56789")), 0);
    assert_int_equal(zip_end(&z, ctx), 0);
    assert_int_equal(zip_begin(&z, ctx, "empty"), 0);
    assert_int_equal(zip_end(&z, ctx), 0);
    assert_int_equal(zip_finish(&z, ctx), 0);
}

static void a_small_zip_is_of_the_oldest_kind(void **state)
{
    (void)state;
    write_two(false);
    const size_t second = 30 + 3 + 9, central = second + 30 + 5;
    assert_int_equal(le(0, 4), 0x04034b50);
    assert_int_equal(le(4, 2), 10);
    assert_int_equal(le(8, 2), 0); /* stored */
    assert_int_equal(le(12, 2), 0x21); /* 1980-01-01 */
    assert_int_equal(le(14, 4), CRC);
    assert_int_equal(le(18, 4), 9);
    assert_int_equal(le(22, 4), 9);
    assert_int_equal(le(28, 2), 0);
    assert_memory_equal(out.ptr + 30, "one123456789", 12);
    assert_int_equal(le(second, 4), 0x04034b50);
    assert_int_equal(le(second + 18, 4), 0);
    assert_int_equal(le(central, 4), 0x02014b50);
    assert_int_equal(le(central + 16, 4), CRC);
    assert_int_equal(le(central + 46 + 3, 4), 0x02014b50);
    assert_int_equal(le(central + 46 + 3 + 42, 4), second);
    const size_t end = central + 46 + 3 + 46 + 5;
    assert_int_equal(le(end, 4), 0x06054b50);
    assert_int_equal(le(end + 10, 2), 2);
    assert_int_equal(le(end + 12, 4), end - central);
    assert_int_equal(le(end + 16, 4), central);
    assert_int_equal(out.len, end + 22);
}

static void a_large_zip_has_its_sizes_in_64_bits(void **state)
{
    (void)state;
    write_two(true);
    const size_t second = 30 + 3 + 20 + 9, central = second + 30 + 5 + 20;
    assert_int_equal(le(4, 2), 45);
    assert_int_equal(le(14, 4), CRC);
    assert_int_equal(le(18, 4), 0xFFFFFFFFu);
    assert_int_equal(le(33, 2), 1);
    assert_int_equal(le(35, 2), 16);
    assert_int_equal(le(37, 8), 9);
    assert_int_equal(le(45, 8), 9);
    assert_memory_equal(out.ptr + 53, "123456789", 9);
    assert_int_equal(le(central, 4), 0x02014b50);
    const size_t next = central + 46 + 3 + 28;
    assert_int_equal(le(next - 8, 8), 0);
    assert_int_equal(le(next, 4), 0x02014b50);
    const size_t end = next + 46 + 5 + 28;
    assert_int_equal(le(end - 8, 8), second);
    assert_int_equal(le(end, 4), 0x06064b50);
    assert_int_equal(le(end + 40, 8), end - central);
    assert_int_equal(le(end + 48, 8), central);
    assert_int_equal(le(end + 56, 4), 0x07064b50);
    assert_int_equal(le(end + 64, 8), end);
    assert_int_equal(le(end + 76, 4), 0x06054b50);
    assert_int_equal(out.len, end + 98);
}

static int swallow(struct view bytes, mimeo_ctx *c, void *payload)
{
    (void)bytes;
    (void)c;
    (void)payload;
    return 0;
}

static void a_small_zip_does_not_grow_large(void **state)
{
    (void)state;
    static uint8_t bytes[1 << 20];
    struct zip z;
    int rc;
    zip_init(&z, false, swallow, patch, NULL);
    assert_int_equal(zip_begin(&z, ctx, "x"), 0);
    for (int i = 0; (rc = zip_put(&z, ctx, view_of(bytes, sizeof(bytes)))) == 0; i++)
        assert_true(i < 4000);
    assert_int_equal(rc, MIMEO_EFAIL);
    assert_true(z.len <= ZIP_SMALL_MAX);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "too large"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_zip_is_of_the_oldest_kind),
        cmocka_unit_test(a_large_zip_has_its_sizes_in_64_bits),
        cmocka_unit_test(a_small_zip_does_not_grow_large),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
