/* HTTP responses out of archives: archive/http_message.c, archive/content_coding.c, archive/head_fields.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "archive/head_fields.h"
#include "archive/http_message.h"
#include "base/limits.h"

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

static struct http_head parse(const char *text)
{
    struct http_head head;
    assert_true(http_head_parse(&head, view_of_str(text)));
    return head;
}

static void sloppy_heads_are_read(void **state)
{
    (void)state;
    struct http_head h = parse("HTTP/1.0 200\ncontent-TYPE :Text/HTML; charset=\"koi8-r\"\nnonsense\n\nbody");
    assert_int_equal(h.status, 200);
    assert_string_equal(h.content_type, "Text/HTML; charset=\"koi8-r\"");
    assert_int_equal(h.len, strlen("HTTP/1.0 200\ncontent-TYPE :Text/HTML; charset=\"koi8-r\"\nnonsense\n\n"));
    h = parse("\r\nICY 200 OK\r\n\r\n");
    assert_int_equal(h.status, 200);
    h = parse("HTTP/2 301\r\nLocation: /a\r\n b\r\n");
    assert_string_equal(h.location, "/a b");
    assert_int_equal(h.len, strlen("HTTP/2 301\r\nLocation: /a\r\n b\r\n"));
    h = parse("HTTP/1.1 200 OK\r\n\r\nX: y\r\n\r\n");
    assert_int_equal(h.len, strlen("HTTP/1.1 200 OK\r\n\r\n"));
}

static void what_is_no_response_is_none(void **state)
{
    struct http_head h;
    (void)state;
    assert_false(http_head_parse(&h, view_of_str("<html>")));
    assert_false(http_head_parse(&h, view_of_str("HTTP/1.1 OK\r\n\r\n")));
    assert_false(http_head_parse(&h, view_of_str("HTTP/1.1 2000 OK\r\n\r\n")));
    assert_false(http_head_parse(&h, view_of_str("HTTP/1.1")));
    assert_false(http_head_parse(&h, view_of_str("")));
}

static void expect_chunks(const char *body, const char *expected)
{
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(chunks_join(&out, view_of_str(body)), 0);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
}

static void chunks_are_joined_as_far_as_they_go(void **state)
{
    (void)state;
    expect_chunks("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde");
    expect_chunks("3\nabc\n0\n", "abc");
    expect_chunks("  3  \r\nabc\r\n", "abc");
    expect_chunks("<p>not chunked</p>", "<p>not chunked</p>");
    expect_chunks("3\r\nabc\r\nzz\r\nrest", "abczz\r\nrest");
    expect_chunks("ff\r\nshort", "short");
    expect_chunks("fffffffff\r\nno number of ours", "fffffffff\r\nno number of ours");
    expect_chunks("", "");
}

/* A body with these fields comes out as `expected`; NULL: MIMEO_EMALFORMED. */
static void expect_body(const char *fields, struct view body, size_t max, const char *expected, bool whole_expected)
{
    char text[300];
    struct buf out;
    bool whole;
    snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n%s\r\n", fields);
    struct http_head head = parse(text);
    int rc = http_body_decode(&out, ctx, &head, body, max, &whole);
    assert_int_equal(rc, expected == NULL ? MIMEO_EMALFORMED : 0);
    if (rc == 0) {
        assert_int_equal(out.len, strlen(expected));
        assert_memory_equal(out.ptr, expected, out.len);
        assert_int_equal(whole, whole_expected);
    }
    buf_dispose(&out);
}

static size_t deflated(uint8_t *out, size_t room, const char *text, int window)
{
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)text, .avail_in = (uInt)strlen(text), .next_out = out, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static void codings_are_undone(void **state)
{
    uint8_t once[200], twice[200];
    char inner[200];
    (void)state;
    size_t gzip = deflated(once, sizeof(once), "<p>story</p>", 31);
    expect_body("Content-Encoding: gzip\r\n", view_of(once, gzip), 100, "<p>story</p>", true);
    expect_body("Content-Encoding: X-GZIP\r\n", view_of(once, gzip), 100, "<p>story</p>", true);
    expect_body("Transfer-Encoding: gzip\r\n", view_of(once, gzip), 100, "<p>story</p>", true);
    expect_body("Content-Encoding: identity\r\n", view_of_str("<p>"), 100, "<p>", true);
    size_t zlib = deflated(twice, sizeof(twice), "<p>zlib</p>", 15);
    expect_body("Content-Encoding: deflate\r\n", view_of(twice, zlib), 100, "<p>zlib</p>", true);
    size_t raw = deflated(twice, sizeof(twice), "<p>raw</p>", -15);
    expect_body("Content-Encoding: deflate\r\n", view_of(twice, raw), 100, "<p>raw</p>", true);
    size_t n = (size_t)snprintf(inner, sizeof(inner), "%zx\r\n", gzip);
    memcpy(inner + n, once, gzip);
    memcpy(inner + n + gzip, "\r\n0\r\n\r\n", 7);
    expect_body("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", view_of(inner, n + gzip + 7), 100, "<p>story</p>", true);
}

static void brotli_and_zstd_are_undone(void **state)
{
    static const uint8_t brotli[] = {0x1b, 0x55, 0x00, 0x00, 0xc4, 0x36, 0x47, 0xdd, 0x92, 0x0c, 0xcd, 0x50, 0xe4, 0x42, 0x36, 0xd4,
                                     0x37, 0x8c, 0x0d, 0x26, 0x63, 0x8e, 0x71, 0xe0, 0xf2, 0xf2, 0x35, 0xc9, 0x24, 0x1b, 0x0e, 0x1e,
                                     0xb2, 0x28, 0x24, 0x66, 0x42, 0x3b, 0x50, 0x12, 0x02, 0xf6, 0x1b, 0xbd, 0x63, 0x9e, 0xbb, 0x8b,
                                     0x0f, 0xb6, 0xda, 0x58, 0xe8, 0x60, 0x12, 0xe2, 0x15, 0x8f, 0xe3, 0xdd, 0x7f, 0xd6, 0xf7, 0x51,
                                     0xc8, 0x52, 0x29, 0x02};
    static const char page[] = "<html><head><title>Packed</title></head><body><p>packed with brotli</p></body></html>\n";
    (void)state;
    expect_body("Content-Encoding: br\r\n", view_of(brotli, sizeof(brotli)), 1000, page, true);
    expect_body("Content-Encoding: br\r\n", view_of(brotli, sizeof(brotli)), 10, NULL, true);
    expect_body("Content-Encoding: zstd\r\n", view_of_str("\x28\xb5\x2f\xfd nonsense"), 1000, NULL, true);
}

/* Archiving programs store bodies unpacked, and keep the field. */
static void what_is_not_packed_is_taken_as_it_is(void **state)
{
    (void)state;
    expect_body("Content-Encoding: gzip\r\n", view_of_str("<p>plain</p>"), 100, "<p>plain</p>", true);
    expect_body("Content-Encoding: br\r\n", view_of_str("\n<p>plain</p>"), 100, "\n<p>plain</p>", true);
    expect_body("Content-Encoding: nobody-knows\r\n", view_of_str("<p>plain</p>"), 100, "<p>plain</p>", true);
}

static void damage_and_bombs_are_told(void **state)
{
    uint8_t packed[300];
    char many[3000];
    (void)state;
    memset(many, 'x', sizeof(many));
    many[sizeof(many) - 1] = '\0';
    size_t len = deflated(packed, sizeof(packed), many, 31);
    expect_body("Content-Encoding: gzip\r\n", view_of(packed, len), 100, NULL, false);
    many[2999] = '\0';
    expect_body("Content-Encoding: gzip\r\n", view_of(packed, len), 2999, many, true);
    expect_body("Content-Encoding: gzip\r\n", view_of(packed, len - 4), 2999, many, false);
    expect_body("Content-Encoding: gzip\r\n", view_of_str("\x1f\x8bnot at all"), 100, NULL, false);
    expect_body("Content-Encoding: sdch\r\n", view_of_str("\x01\x02"), 100, NULL, false);
    expect_body("Content-Encoding: gzip, gzip, gzip, gzip\r\n", view_of(packed, len), 2999, NULL, false);
    expect_body("", view_of_str("0123456789"), 9, NULL, false);
    expect_body("", view_of_str("0123456789"), 10, "0123456789", true);
}

static void media_types_are_cut(void **state)
{
    char out[64];
    (void)state;
    media_type_of(out, sizeof(out), "Text/HTML ; charset=x");
    assert_string_equal(out, "text/html");
    media_type_of(out, sizeof(out), "none");
    assert_string_equal(out, "");
    assert_true(media_parameter(out, sizeof(out), "multipart/related; type=\"a;boundary=no\";  BOUNDARY = \"a b\"", "boundary"));
    assert_string_equal(out, "a b");
    assert_true(media_parameter(out, sizeof(out), "text/html;charset=utf-8", "charset"));
    assert_string_equal(out, "utf-8");
    assert_false(media_parameter(out, sizeof(out), "text/html", "charset"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sloppy_heads_are_read),
        cmocka_unit_test(what_is_no_response_is_none),
        cmocka_unit_test(chunks_are_joined_as_far_as_they_go),
        cmocka_unit_test(codings_are_undone),
        cmocka_unit_test(brotli_and_zstd_are_undone),
        cmocka_unit_test(what_is_not_packed_is_taken_as_it_is),
        cmocka_unit_test(damage_and_bombs_are_told),
        cmocka_unit_test(media_types_are_cut),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
