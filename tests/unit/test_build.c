/* The tree from events, as a parser that was taken over might write them: article/build.c,
 * html_events.c, html_parser.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "article/build.h"
#include "article/html_parser.h"
#include "base/limits.h"

static mimeo_ctx *ctx;
static const struct clean_options none;

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

static void put_open(struct buf *b, int tag)
{
    buf_append_byte(b, 'O');
    buf_append_byte(b, (uint8_t)tag);
    buf_append_byte(b, 0);
}

static void put_text(struct buf *b, const char *text)
{
    buf_append_byte(b, 'T');
    buf_append_u32be(b, (uint32_t)strlen(text));
    buf_append_str(b, text);
}

static void builds(struct buf *events, const char *expected)
{
    struct tree *t;
    struct buf out;
    buf_init(&out, MIB);
    if (build_tree(&t, ctx, buf_view(events), &none) < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
    assert_int_equal(tree_write(&out, t), 0);
    assert_string_equal(buf_str(&out), expected);
    assert_true(clean_is_canonical(buf_view(&out)));
    tree_free(t);
    buf_dispose(&out);
    buf_clear(events);
}

static void refuses(struct buf *events)
{
    struct tree *t = NULL;
    assert_int_equal(build_tree(&t, ctx, buf_view(events), &none), MIMEO_EMALFORMED);
    assert_null(t);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "its parser failed"));
    buf_clear(events);
}

static void reads_what_the_parser_writes(void **state)
{
    (void)state;
    static const char html[] = "<p dir=rtl id=x>a&amp;<br>b</p>";
    struct buf events;
    struct html_event e;
    buf_init(&events, MIB);
    assert_int_equal(html_parse(&events, ctx, view_of(html, sizeof html - 1)), 0);
    struct cursor c = cursor_of(buf_view(&events));
    assert_true(html_event_next(&c, &e));
    assert_int_equal(e.type, HTML_OPEN);
    assert_int_equal(e.tag, TAG_P);
    assert_int_equal(e.attribute_count, 1);
    assert_int_equal(e.attributes[0].name, ATTR_DIR);
    assert_true(view_equal_str(e.attributes[0].value, "rtl"));
    assert_true(html_event_next(&c, &e) && e.type == HTML_TEXT);
    assert_true(view_equal_str(e.text, "a&"));
    assert_true(html_event_next(&c, &e) && e.type == HTML_OPEN && e.tag == TAG_BR);
    assert_true(html_event_next(&c, &e) && e.type == HTML_CLOSE);
    assert_true(html_event_next(&c, &e) && e.type == HTML_TEXT);
    assert_true(html_event_next(&c, &e) && e.type == HTML_CLOSE);
    assert_false(html_event_next(&c, &e));
    assert_int_equal(c.left, 0);
    buf_dispose(&events);
}

static void refuses_events_cut_anywhere_within_one(void **state)
{
    (void)state;
    static const char html[] = "<a href='https://e.org/'>a</a><p lang=fr>b</p>";
    struct buf events;
    size_t refused = 0;
    buf_init(&events, MIB);
    assert_int_equal(html_parse(&events, ctx, view_of(html, sizeof html - 1)), 0);
    for (size_t len = 0; len < events.len; len++) {
        struct tree *t;
        int rc = build_tree(&t, ctx, view_of(events.ptr, len), &none);
        if (rc == 0)
            tree_free(t);
        else
            assert_int_equal(rc, MIMEO_EMALFORMED);
        refused += rc < 0;
    }
    assert_int_equal(refused, events.len - 6); /* all but the six ends of whole events */
    buf_dispose(&events);
}

static void refuses_events_that_are_none(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, MIB);
    buf_append_str(&b, "X");
    refuses(&b);
    buf_append_str(&b, "C");
    refuses(&b);
    put_open(&b, TAG_ROOT);
    refuses(&b);
    put_open(&b, HTML_BLOCK + 1);
    refuses(&b);
    buf_append(&b, "O\x02\xFF", 3);
    refuses(&b);
    buf_append(&b, "O\x02\x01\x40\0\0\0\0", 8);
    refuses(&b);
    buf_append(&b, "T\xFF\xFF\xFF\xFFx", 6);
    refuses(&b);
    for (int i = 0; i <= LIMIT_HTML_DEPTH; i++)
        put_open(&b, HTML_INLINE);
    refuses(&b);
    buf_dispose(&b);
}

static void repairs_what_no_parser_would_write(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, MIB);
    put_open(&b, TAG_BR);
    put_text(&b, "in a void");
    builds(&b, "<br>in a void");
    put_open(&b, TAG_TD);
    put_text(&b, "a");
    builds(&b, "<table><tbody><tr><td>a</td></tr></tbody></table>");
    put_open(&b, TAG_COLGROUP);
    put_text(&b, "a");
    put_open(&b, TAG_P);
    put_text(&b, "b");
    put_open(&b, TAG_BR);
    builds(&b, "");
    put_open(&b, TAG_P);
    put_open(&b, TAG_P);
    put_open(&b, TAG_TABLE);
    put_text(&b, "a");
    builds(&b, "<table><tbody><tr><td>a</td></tr></tbody></table>");
    put_text(&b, "a\xFF<script>");
    builds(&b, "a");
    buf_dispose(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_parser_writes),
        cmocka_unit_test(refuses_events_cut_anywhere_within_one),
        cmocka_unit_test(refuses_events_that_are_none),
        cmocka_unit_test(repairs_what_no_parser_would_write),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
