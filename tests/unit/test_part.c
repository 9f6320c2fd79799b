/* Tests of bundle/part.c, and of the store that finds such lists in a pack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "bundle/object.h"
#include "store/store.h"

#define SET "00112233445566778899aabbccddeeff"
#define ID SET SET
#define TOP "mimeo part 1\nset " SET "\npart 2 3\npublisher " ID "\n"

static mimeo_ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return 0;
}

static int parse(struct part *p, const char *text)
{
    return part_parse(p, ctx, "x.mimeo", view_of_str(text));
}

static void a_list_is_written_as_it_was_read(void **state)
{
    (void)state;
    static const char text[] = TOP "holds 1 41-43,50 0\nholds 2 - 12\nholds 3 1,3-4,999999999999 1\n";
    struct part p;
    struct buf b;
    buf_init(&b, LIMIT_PART);
    assert_int_equal(parse(&p, text), 0);
    assert_int_equal(p.number, 2);
    assert_int_equal(p.of, 3);
    assert_int_equal(p.set[15], 0xff);
    assert_int_equal(p.holds[0].count, 2);
    assert_int_equal(p.holds[0].ranges[0].last, 43);
    assert_int_equal(p.holds[0].ranges[1].first, 50);
    assert_int_equal(p.holds[1].count, 0);
    assert_int_equal(p.holds[1].media, 12);
    assert_int_equal(part_write(&b, ctx, &p), 0);
    assert_string_equal(buf_str(&b), text);
    buf_dispose(&b);
    part_dispose(&p);
}

static void what_has_another_form_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "mimeo part", "mimeo part 1\n", TOP, TOP "holds 1 - 0\nholds 2 - 0\n",
        TOP "holds 1 - 0\nholds 2 - 0\nholds 3 - 0\nholds 4 - 0\n", TOP "holds 1 - 0\nholds 3 - 0\nholds 2 - 0\n",
        TOP "holds 1 - 0\nholds 2 - 0\nholds 3 - 0", TOP "holds 1 - 0\r\nholds 2 - 0\nholds 3 - 0\n",
        TOP "holds 1 0 0\nholds 2 - 0\nholds 3 - 0\n", TOP "holds 1 2-1 0\nholds 2 - 0\nholds 3 - 0\n",
        TOP "holds 1 1-1 0\nholds 2 - 0\nholds 3 - 0\n", TOP "holds 1 1,2 0\nholds 2 - 0\nholds 3 - 0\n",
        TOP "holds 1 3,1 0\nholds 2 - 0\nholds 3 - 0\n", TOP "holds 1 1, 0\nholds 2 - 0\nholds 3 - 0\n",
        TOP "holds 1  0\nholds 2 - 0\nholds 3 - 0\n", TOP "holds 1 -,1 0\nholds 2 - 0\nholds 3 - 0\n",
        TOP "holds 1 01 0\nholds 2 - 0\nholds 3 - 0\n", TOP "holds 1 1000000000000 0\nholds 2 - 0\nholds 3 - 0\n",
        TOP "holds 1 - \nholds 2 - 0\nholds 3 - 0\n", TOP "holds 1 - 1000000000000\nholds 2 - 0\nholds 3 - 0\n",
        "mimeo part 1\nset " SET "\npart 0 1\npublisher " ID "\nholds 1 - 0\n",
        "mimeo part 1\nset " SET "\npart 2 1\npublisher " ID "\nholds 1 - 0\n",
        "mimeo part 1\nset " SET "\npart 1 0\npublisher " ID "\n",
        "mimeo part 1\nset " SET "\npart 1 10000\npublisher " ID "\nholds 1 - 0\n",
        "mimeo part 1\nset " SET "0\npart 1 1\npublisher " ID "\nholds 1 - 0\n",
        "mimeo part 1\nset " SET "\npart 1 1\npublisher " SET "\nholds 1 - 0\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct part p = {.of = 77};
        if (parse(&p, texts[i]) != MIMEO_EMALFORMED)
            fail_msg("taken: %s", texts[i]);
        assert_int_equal(p.of, 77);
    }
    struct part p;
    assert_int_equal(parse(&p, "mimeo part 2\nanything"), MIMEO_ENEWER);
}

/* Every other bundle, in as many parts as there may be. */
static void the_longest_list_still_fits(void **state)
{
    (void)state;
    struct part p = {.number = LIMIT_PARTS, .of = LIMIT_PARTS}, again;
    struct buf b;
    uint64_t seq = LIMIT_SEQ - 1;
    p.holds = calloc(p.of, sizeof(*p.holds));
    assert_non_null(p.holds);
    for (uint32_t i = p.of; i-- > 0;) {
        p.holds[i] = (struct part_holds){calloc(50, sizeof(struct part_range)), 50, LIMIT_PART_MEDIA};
        assert_non_null(p.holds[i].ranges);
        for (size_t k = 50; k-- > 0; seq -= 2)
            p.holds[i].ranges[k] = (struct part_range){seq, seq};
    }
    buf_init(&b, LIMIT_PART);
    assert_int_equal(part_write(&b, ctx, &p), 0);
    assert_int_equal(part_parse(&again, ctx, "x.mimeo", buf_view(&b)), 0);
    for (uint32_t i = 0; i < p.of; i++) {
        struct part_holds *all = &p.holds[i], *told = &again.holds[i];
        assert_true(told->count > 0 && told->count < all->count);
        assert_int_equal(told->ranges[0].first, all->ranges[0].first);
        assert_int_equal(told->ranges[told->count - 1].last, all->ranges[all->count - 1].last);
    }
    part_dispose(&again);
    part_dispose(&p);
    buf_dispose(&b);
}

static void at_the_cap_of_bytes_and_one_past_it(void **state)
{
    (void)state;
    struct buf b;
    struct part p;
    buf_init(&b, LIMIT_PART + 1);
    buf_append_str(&b, "mimeo part 1\nset " SET "\npart 1 1\npublisher " ID "\nholds 1 1");
    for (uint64_t seq = 100003; LIMIT_PART - b.len > 24; seq += 2)
        buf_appendf(&b, ",%llu", (unsigned long long)seq);
    size_t left = LIMIT_PART - b.len - strlen(",- 0\n"); /* for two numbers, at most 12 digits each */
    buf_appendf(&b, ",%.7s-%.*s 0\n", "9000000", (int)left - 7, "999999999999");
    assert_int_equal(b.len, LIMIT_PART);
    assert_int_equal(part_parse(&p, ctx, "x.mimeo", buf_view(&b)), 0);
    part_dispose(&p);
    buf_append_byte(&b, '\n');
    assert_int_equal(part_parse(&p, ctx, "x.mimeo", buf_view(&b)), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "too long"));
    buf_dispose(&b);
}

/* ---- in a pack ---- */

static void append_part(struct buf *b, const char *text)
{
    prefix_write(b, OBJECT_PART, 0, PREFIX_LEN + strlen(text));
    buf_append_str(b, text);
}

static int count_part(const struct part *p, void *payload)
{
    uint32_t *numbers = payload;
    numbers[0]++;
    numbers[1] = numbers[1] * 10 + p->number;
    return 0;
}

static int no_stray(const char *name, const struct stray *stray, void *payload)
{
    (void)payload;
    fail_msg("%s: %s", name, stray->words);
    return 0;
}

static void a_pack_gives_its_lists_in_order_and_counts_none_as_lost(void **state)
{
    (void)state;
    char path[] = "/tmp/mimeo-part-XXXXXX";
    struct buf b;
    struct store *s;
    uint32_t numbers[2] = {0, 0};
    buf_init(&b, 4096);
    append_part(&b, "mimeo part 1\nset " SET "\npart 2 2\npublisher " ID "\nholds 1 - 0\nholds 2 - 0\n");
    append_part(&b, "no such list");
    append_part(&b, "mimeo part 2\n");
    append_part(&b, "mimeo part 1\nset " SET "\npart 1 2\npublisher " ID "\nholds 1 - 0\nholds 2 - 0\n");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, b.ptr, b.len), b.len);
    close(fd);
    assert_int_equal(store_open(&s, ctx, path, false), 0);
    assert_int_equal(store_each_part(s, ctx, count_part, numbers), 0);
    assert_int_equal(numbers[0], 2);
    assert_int_equal(numbers[1], 21);
    assert_int_equal(store_each_stray(s, ctx, no_stray, NULL), 0);
    store_close(s);
    unlink(path);
    buf_dispose(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_written_as_it_was_read),
        cmocka_unit_test(what_has_another_form_is_refused),
        cmocka_unit_test(the_longest_list_still_fits),
        cmocka_unit_test(at_the_cap_of_bytes_and_one_past_it),
        cmocka_unit_test(a_pack_gives_its_lists_in_order_and_counts_none_as_lost),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
