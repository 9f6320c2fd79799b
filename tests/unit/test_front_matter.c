/* Front matter: import/front_matter.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "import/draft.h"

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

static void takes(const char *text, const char *json, const char *rest)
{
    json_t *object = NULL;
    struct view left;
    assert_int_equal(front_matter_parse(&object, &left, ctx, "t.md", view_of_str(text)), 0);
    assert_true(view_equal_str(left, rest));
    char *got = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(got == NULL ? "none" : got, json);
    free(got);
    json_decref(object);
}

static void refuses_view(struct view text, const char *words)
{
    json_t *object = NULL;
    struct view left = {0};
    assert_int_equal(front_matter_parse(&object, &left, ctx, "t.md", text), MIMEO_EMALFORMED);
    assert_null(object);
    assert_non_null(strstr(mimeo_ctx_message(ctx), words));
    assert_non_null(strstr(mimeo_ctx_message(ctx), "t.md"));
}

static void refuses(const char *text, const char *words) { refuses_view(view_of_str(text), words); }

static void takes_scalars_as_strings(void **state)
{
    (void)state;
    takes("---\ntitle: 1984\ndate: 2026-11-23\nok: yes\nnone: ~\nempty:\nquoted: '~'\n---\nBody\n",
          "{\"date\":\"2026-11-23\",\"empty\":null,\"none\":null,\"ok\":\"yes\",\"quoted\":\"~\","
          "\"title\":\"1984\"}", "Body\n");
}

static void takes_lists_and_mappings(void **state)
{
    (void)state;
    takes("---\r\ntags: [a, b]\r\nimages:\r\n  - file: x.jpg\r\n    alt: An x\r\n...\r\nB",
          "{\"images\":[{\"alt\":\"An x\",\"file\":\"x.jpg\"}],\"tags\":[\"a\",\"b\"]}", "B");
}

static void leaves_a_text_without_it_alone(void **state)
{
    (void)state;
    takes("Body\n---\n", "none", "Body\n---\n");
    takes("", "none", "");
    takes("---- \nx\n---\n", "none", "---- \nx\n---\n");
    takes("---\n---\nB", "{}", "B");
}

static void refuses_what_yaml_should_not_be_asked(void **state)
{
    (void)state;
    refuses("---\na: &x [1]\nb: *x\n---\n", "anchors and aliases");
    refuses("---\na: *x\n---\n", "anchors and aliases");
    refuses("---\na: !!binary aGk=\n---\n", "tags (!)");
    refuses("---\na: 1\na: 2\n---\n", "'a' is there twice");
    refuses("---\n- a\n---\n", "field: value");
    refuses("---\nword\n---\n", "field: value");
    refuses("---\n? [a]\n: b\n---\n", "a key must be a plain word");
    refuses("---\na: 1\n", "no second '---'");
    refuses("---\na: [1\n---\n", "front matter, line");
    refuses("---\na: \"\\0\"\n---\n", "U+0000");
}

static void takes_eight_levels_and_no_more(void **state)
{
    (void)state;
    takes("---\na: [[[[[[[x]]]]]]]\n---\n", "{\"a\":[[[[[[[\"x\"]]]]]]]}", "");
    refuses("---\na: [[[[[[[[x]]]]]]]]\n---\n", "nested too deep");
}

static void takes_64_kib_and_no_more(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 2 * FRONT_MATTER_MAX);
    buf_append_str(&text, "---\na: \"");
    while (text.len < FRONT_MATTER_MAX + 4 - 2)
        buf_append_byte(&text, 'x');
    buf_append_str(&text, "\"\n---\n");
    json_t *object = NULL;
    struct view left;
    assert_int_equal(front_matter_parse(&object, &left, ctx, "t.md", buf_view(&text)), 0);
    json_decref(object);
    text.len = 8;
    while (text.len < FRONT_MATTER_MAX + 4 - 1)
        buf_append_byte(&text, 'x');
    buf_append_str(&text, "\"\n---\n");
    refuses_view(buf_view(&text), "longer than 64 KiB");
    buf_dispose(&text);
}

static void refuses_too_many_values(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, FRONT_MATTER_MAX);
    buf_append_str(&text, "---\na: [");
    for (int i = 0; i < FRONT_MATTER_EVENTS; i++)
        buf_append_str(&text, "1,");
    buf_append_str(&text, "]\n---\n");
    refuses_view(buf_view(&text), "too many values");
    buf_dispose(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_scalars_as_strings),
        cmocka_unit_test(takes_lists_and_mappings),
        cmocka_unit_test(leaves_a_text_without_it_alone),
        cmocka_unit_test(refuses_what_yaml_should_not_be_asked),
        cmocka_unit_test(takes_eight_levels_and_no_more),
        cmocka_unit_test(takes_64_kib_and_no_more),
        cmocka_unit_test(refuses_too_many_values),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
