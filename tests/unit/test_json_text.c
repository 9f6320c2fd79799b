/* JSON text to values: extract/json_text.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "extract/json_text.h"

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

static void takes(const char *text, const char *expected)
{
    json_t *value = NULL;
    assert_int_equal(json_text_parse(&value, ctx, "t", view_of_str(text)), 0);
    char *got = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    assert_string_equal(got, expected);
    free(got);
    json_decref(value);
}

static void refuses(const char *text, const char *words)
{
    json_t *value = NULL;
    assert_int_equal(json_text_parse(&value, ctx, "t", view_of_str(text)), MIMEO_EMALFORMED);
    assert_null(value);
    if (strstr(mimeo_ctx_message(ctx), words) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), words);
}

static void takes_every_kind_of_value(void **state)
{
    (void)state;
    takes(" { \"a\" : [ 1 , -2 , true , false , null , \"x\" , { } , [ ] ] }\r\n\t",
          "{\"a\":[1,-2,true,false,null,\"x\",{},[]]}");
    takes("[0,10,1.5,1e9,-0.5E-3]", "[0,10,0.0,0.0,0.0]"); /* no field is a fraction */
    takes("99999999999999999999", "0.0");
}

static void undoes_escapes(void **state)
{
    (void)state;
    takes("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE80\"", "\"\\\"\\\\/\\b\\f\\n\\r\\té🚀\"");
}

static void refuses_what_is_not_json(void **state)
{
    (void)state;
    refuses("", "byte 1: a value is missing");
    refuses("{\"a\":1,}", "byte 8: a key in quotes is missing");
    refuses("[1,]", "byte 4: this is not a value");
    refuses("[1 2]", "',' or ']' is missing");
    refuses("{\"a\" 1}", "':' is missing");
    refuses("{\"a\":1,\"a\":1}", "a key is there twice");
    refuses("1 1", "something follows");
    refuses("01", "not a value");
    refuses("1.", "number");
    refuses("1e", "number");
    refuses("+1", "not a value");
    refuses("nul", "not a value");
    refuses("\"a", "a string has no end");
    refuses("\"a\nb\"", "a line end or another control");
    refuses("\"\\x\"", "escape");
    refuses("\"\\u0000\"", "escape");
    refuses("\"\\uD800\"", "escape");
    refuses("\"\\uD800\\u0041\"", "escape");
    refuses("\"\\uDC00\"", "escape");
    refuses("\"\\u12G4\"", "escape");
    refuses("\"\xC3\"", "not valid UTF-8");
    refuses("\"\xED\xA0\x80\"", "not valid UTF-8");
}

static void nested(char *out, size_t depth)
{
    memset(out, '[', depth);
    memset(out + depth, ']', depth);
    out[2 * depth] = 0;
}

static void takes_32_levels_and_no_more(void **state)
{
    (void)state;
    char text[100];
    nested(text, JSON_TEXT_DEPTH + 1); /* the innermost holds no value */
    takes(text, text);
    nested(text, JSON_TEXT_DEPTH + 2);
    refuses(text, "nested too deep");
}

static void takes_as_many_values_as_the_limit_and_no_more(void **state)
{
    (void)state;
    struct buf text;
    json_t *value;
    buf_init(&text, MIB);
    buf_append_str(&text, "[0");
    for (int i = 2; i < JSON_TEXT_VALUES; i++)
        buf_append_str(&text, ",0");
    buf_append_str(&text, "]");
    assert_int_equal(json_text_parse(&value, ctx, "t", buf_view(&text)), 0);
    json_decref(value);
    text.len--;
    buf_append_str(&text, ",0]");
    refuses(buf_str(&text), "too many values");
    buf_dispose(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_kind_of_value),
        cmocka_unit_test(undoes_escapes),
        cmocka_unit_test(refuses_what_is_not_json),
        cmocka_unit_test(takes_32_levels_and_no_more),
        cmocka_unit_test(takes_as_many_values_as_the_limit_and_no_more),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
