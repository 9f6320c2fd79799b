/* Tests of bundle/record*.c: catalog records, read, refused, written and copied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle/record.h"

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "{\"id\":\"a-1\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,5]"

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

static int parse(struct record *r, const char *line)
{
    memset(r, 0x55, sizeof(*r)); /* nothing may be relied on */
    return record_parse(r, ctx, "b", view_of_str(line));
}

static void takes(const char *line)
{
    struct record r;
    int rc = parse(&r, line);
    if (rc != 1)
        fail_msg("%d (%s): %s", rc, mimeo_ctx_message(ctx), line);
    record_dispose(&r);
}

static void refuses(const char *line, const char *words)
{
    struct record r;
    int rc = parse(&r, line);
    if (rc != MIMEO_EMALFORMED)
        fail_msg("%d, not malformed: %s", rc, line);
    if (strstr(mimeo_ctx_message(ctx), words) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), words);
}

static const char full[] =
    "{\"id\":\"a.b_c-9\",\"action\":\"revise\",\"revision\":3,\"title\":\"Tide \\\"up\\\"\",\"subtitle\":\"S\","
    "\"bylines\":[\"Ada\",\"\xD0\x91\"],\"section\":\"City\",\"tags\":[\"x\",\"y\"],\"lang\":\"fa\",\"dir\":\"rtl\","
    "\"published\":\"2026-11-20T08:00:00Z\",\"modified\":\"2026-11-21T08:00:00Z\",\"url\":\"https://e.example/a\","
    "\"summary\":\"Sum\",\"note\":\"A name was wrong\",\"body\":[1,20,300],\"words\":50,\"media\":[{\"hash\":\"" HEX
    "\",\"type\":\"image/png\",\"bytes\":10,\"width\":2,\"height\":3,\"alt\":\"Alt\",\"caption\":\"C\","
    "\"credit\":\"D\"},{\"hash\":\"" HEX "\",\"type\":\"image/avif\",\"bytes\":7340032,\"width\":1,\"height\":1}]}\n";

static void writes_again_what_it_read(void **state)
{
    (void)state;
    struct record r, copy;
    struct buf out;
    buf_init(&out, 64 * KIB);
    assert_int_equal(record_parse(&r, ctx, "b", view_of(full, sizeof(full) - 2)), 1);
    assert_int_equal(r.media_count, 2);
    assert_string_equal(r.title, "Tide \"up\"");
    assert_int_equal(record_copy(&copy, ctx, &r), 0);
    record_dispose(&r);
    assert_int_equal(record_write(&out, ctx, "b", &copy), 0);
    assert_string_equal(buf_str(&out), full);
    record_dispose(&copy);
    buf_dispose(&out);
}

static void reads_an_erasure(void **state)
{
    (void)state;
    static const char line[] = "{\"id\":\"a\",\"action\":\"retract\",\"revision\":2,\"erase\":[[3,\"body\",1,\"" HEX
                               "\"],[3,\"catalog\",0,\"" HEX "\"],[3,\"media\",0,\"" HEX "\"]],\"restates\":9}\n";
    struct record r;
    struct buf out;
    buf_init(&out, 64 * KIB);
    assert_int_equal(record_parse(&r, ctx, "b", view_of(line, sizeof(line) - 2)), 1);
    assert_int_equal(r.erase_count, 3);
    assert_int_equal(r.erase[1].table, ERASE_CATALOG);
    assert_int_equal(r.restates, 9);
    assert_false(r.has_body);
    assert_int_equal(record_write(&out, ctx, "b", &r), 0);
    assert_string_equal(buf_str(&out), line);
    record_dispose(&r);
    buf_dispose(&out);
}

static void takes_what_the_rules_leave_open(void **state)
{
    (void)state;
    takes(HEAD "}");
    takes(" " HEAD " , \"colour\" : {\"a\":[1.5e-3,null,true],\"b\":{}} } ");
    takes("{\"title\":\"T\",\"body\":[0,0,5],\"revision\":1,\"action\":\"publish\",\"id\":\"a\"}"); /* any order */
    takes("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1}");
    takes(HEAD ",\"summary\":\"\xE2\x80\x8F marks may stand\"}");
    takes(HEAD ",\"bylines\":[],\"media\":[],\"words\":0}");
    takes(HEAD ",\"t\":[[[[[[[]]]]]]]}"); /* depth 8 */
}

static void passes_over_an_unknown_action(void **state)
{
    (void)state;
    struct record r;
    assert_int_equal(parse(&r, "{\"id\":7,\"action\":\"translate\"}"), 0);
    assert_int_equal(parse(&r, "{\"action\":\"translate\",\"title\":5,\"body\":\"x\"}"), 0);
    refuses("{\"action\":\"translate\",\"x\":1,\"x\":2}", "twice");
}

static void refuses_what_is_not_strict_json(void **state)
{
    (void)state;
    refuses("", "no object");
    refuses("[]", "no object");
    refuses("{\"id\":\"a\"", "'}' is missing");
    refuses(HEAD "} x", "something follows");
    refuses(HEAD "},", "something follows");
    refuses(HEAD ",}", "key in quotes");
    refuses(HEAD ",\"id\":\"b\"}", "twice");
    refuses(HEAD ",\"z\":1,\"\\u007a\":2}", "twice");
    refuses(HEAD ",\"z\":{\"y\":1,\"y\":2}}", "twice");
    refuses(HEAD ",\"z\":01}", "is not a value");
    refuses(HEAD ",\"z\":\"\\ud800\"}", "escape");
    refuses(HEAD ",\"z\":\"\\u0000\"}", "escape");
    refuses(HEAD ",\"z\":\"\xC3\"}", "UTF-8");
    refuses(HEAD ",\"z\":\"\t\"}", "control");
    refuses(HEAD ",\"t\":[[[[[[[[]]]]]]]]}", "too deep");
}

static void refuses_too_many_keys_and_too_long_lines(void **state)
{
    (void)state;
    struct buf b;
    struct record r;
    buf_init(&b, 64 * KIB);
    buf_append_str(&b, HEAD);
    for (int i = 0; i < LIMIT_JSON_KEYS - 5; i++)
        buf_appendf(&b, ",\"k%d\":0", i);
    size_t len = b.len;
    buf_append_str(&b, "}");
    takes(buf_str(&b));
    b.len = len;
    buf_append_str(&b, ",\"one-more\":0}");
    refuses(buf_str(&b), "too many keys");

    buf_clear(&b);
    buf_append_str(&b, HEAD ",\"pad\":\"");
    while (b.len < LIMIT_RECORD - 2)
        buf_append_byte(&b, 'x');
    buf_append_str(&b, "\"}");
    assert_int_equal(b.len, LIMIT_RECORD);
    takes(buf_str(&b));
    buf_append_byte(&b, ' ');
    assert_int_equal(parse(&r, buf_str(&b)), MIMEO_EMALFORMED);
    buf_dispose(&b);
}

static void refuses_each_broken_rule(void **state)
{
    (void)state;
    refuses("{\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,5]}", "'id'");
    refuses("{\"id\":\"A\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,5]}", "'id'");
    refuses("{\"id\":\"a/b\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,5]}", "'id'");
    refuses("{\"id\":\"a\",\"revision\":1}", "'action'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":0,\"title\":\"T\",\"body\":[0,0,5]}", "'revision'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1.0,\"title\":\"T\",\"body\":[0,0,5]}", "'revision'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":4294967296,\"title\":\"T\",\"body\":[0,0,5]}",
            "'revision'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"body\":[0,0,5]}", "'title'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"\",\"body\":[0,0,5]}", "'title'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\"}", "'body'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0]}", "'body'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,0,0]}", "'body'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,1048576,1]}", "'body'");
    refuses("{\"id\":\"a\",\"action\":\"publish\",\"revision\":1,\"title\":\"T\",\"body\":[0,-1,5]}", "'body'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"body\":[0,0,5]}", "'body'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"restates\":5}", "'restates'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"restates\":0}", "'restates'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[1,\"body\",0]]}", "'erase'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[1,\"head\",0,\"" HEX "\"]]}", "'erase'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[0,\"body\",0,\"" HEX "\"]]}", "'erase'");
    refuses("{\"id\":\"a\",\"action\":\"retract\",\"revision\":1,\"erase\":[[1,\"media\",1,\"" HEX "\"]]}", "'erase'");
    refuses(HEAD ",\"erase\":[[1,\"body\",0,\"" HEX "\"]]}", "'erase'");
    refuses(HEAD ",\"subtitle\":\"\xE2\x80\xAE\"}", "U+202E");
    refuses(HEAD ",\"summary\":\"a\\u001b[2J\"}", "'summary'");
    refuses(HEAD ",\"section\":7}", "'section'");
    refuses(HEAD ",\"lang\":\"en us\"}", "'lang'");
    refuses(HEAD ",\"dir\":\"auto\"}", "'dir'");
    refuses(HEAD ",\"url\":\"javascript:alert(1)\"}", "'url'");
    refuses(HEAD ",\"published\":\"2026-02-30T00:00:00Z\"}", "'published'");
    refuses(HEAD ",\"tags\":\"x\"}", "'tags'");
    refuses(HEAD ",\"tags\":[1]}", "'tags'");
    refuses(HEAD ",\"words\":9007199254740992}", "'words'");
    refuses(HEAD ",\"media\":[1]}", "'media'");
    refuses(HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/svg+xml\",\"bytes\":1,\"width\":1,"
                 "\"height\":1}]}", "'media'");
    refuses(HEAD ",\"media\":[{\"hash\":\"" HEX "\",\"type\":\"image/png\",\"bytes\":1,\"width\":1}]}", "'media'");
    refuses(HEAD ",\"media\":[{\"hash\":\"AB\",\"type\":\"image/png\",\"bytes\":1,\"width\":1,\"height\":1}]}",
            "no hash");
}

static void refuses_lists_over_their_cap(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 64 * KIB);
    buf_append_str(&b, HEAD ",\"tags\":[\"t\"");
    for (int i = 1; i < LIMIT_LIST; i++)
        buf_append_str(&b, ",\"t\"");
    size_t len = b.len;
    buf_append_str(&b, "]}");
    takes(buf_str(&b));
    b.len = len;
    buf_append_str(&b, ",\"t\"]}");
    refuses(buf_str(&b), "'tags'");
    buf_dispose(&b);
}

static void never_writes_what_it_would_refuse(void **state)
{
    (void)state;
    struct buf out;
    struct record r = {.id = "a", .action = RECORD_PUBLISH, .revision = 1, .title = "T\n", .has_body = true,
                       .body_len = 1};
    buf_init(&out, 64 * KIB);
    assert_int_equal(record_write(&out, ctx, "b", &r), MIMEO_EMALFORMED);
    assert_int_equal(out.len, 0);
    r.title = "T";
    char long_text[LIMIT_SUMMARY + 1];
    memset(long_text, '"', sizeof(long_text)); /* each is escaped: two bytes */
    long_text[LIMIT_SUMMARY] = '\0';
    r.summary = long_text;
    r.note = long_text;
    assert_int_equal(record_write(&out, ctx, "b", &r), MIMEO_EMALFORMED);
    assert_int_equal(out.len, 0);
    r.note = NULL;
    assert_int_equal(record_write(&out, ctx, "b", &r), 0);
    takes(buf_str(&out));
    buf_dispose(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_again_what_it_read),
        cmocka_unit_test(reads_an_erasure),
        cmocka_unit_test(takes_what_the_rules_leave_open),
        cmocka_unit_test(passes_over_an_unknown_action),
        cmocka_unit_test(refuses_what_is_not_strict_json),
        cmocka_unit_test(refuses_too_many_keys_and_too_long_lines),
        cmocka_unit_test(refuses_each_broken_rule),
        cmocka_unit_test(refuses_lists_over_their_cap),
        cmocka_unit_test(never_writes_what_it_would_refuse),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
