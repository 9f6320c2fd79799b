/* What recurs on pages of one site is dropped; what is the article's never, however often its page is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "extract/boilerplate.h"

static mimeo_ctx *ctx;

#define NOTICE "We ask every reader of ours to feed the harbour's cats, which are many and hungry in winter."

/* The n-th page of a site, with a notice below the article or without. */
static void write_page(struct buf *out, int n, bool notice)
{
    buf_clear(out);
    buf_appendf(out, "<title>Page %d</title><article><h1>Page %d</h1>", n, n);
    for (int i = 0; i < 4; i++)
        buf_appendf(out, "<p>In the year %d the board met for the %dth time, in a hall that had been cleaned, and spoke of "
                         "matter %d until night came.</p>", 1900 + n, i + 7 * n, 31 * n + i);
    buf_appendf(out, "%s</article>", notice ? "<p>" NOTICE "</p>" : "");
}

#define BACKGROUND "The war of the harbours began in 1911, when the first ferry was sunk by night, and has cost the town its fleet."

/* The n-th page with a paragraph that is told again, among its own. */
static void write_story(struct buf *out, int n)
{
    buf_clear(out);
    buf_appendf(out, "<article><h1>Story %d</h1><p>Ferry %d sails again, its owner said on Monday, and will call at %d piers.</p>"
                     "<p>" BACKGROUND "</p><p>The owner, who is %d, has bought %d lamps for it, too, and a bell.</p></article>",
                n, n, 3 * n, 40 + n, 7 * n);
}

static void add(struct boilerplate *b, int n, bool notice, const char *site)
{
    struct buf page;
    char url[100];
    buf_init(&page, MIB);
    write_page(&page, n, notice);
    snprintf(url, sizeof url, "https://%s/%d", site, n);
    struct page_source source = {.bytes = buf_view(&page), .where = "page", .url = url};
    assert_int_equal(boilerplate_add(b, ctx, &source, 1), 0);
    buf_dispose(&page);
}

/* Does the notice, or the article's last paragraph, come through? */
static bool has(const struct boilerplate *b, int n, const char *site, const char *words)
{
    struct buf page, out;
    char url[100];
    buf_init(&page, MIB);
    write_page(&page, n, true);
    snprintf(url, sizeof url, "https://%s/%d", site, n);
    struct page_source source = {.bytes = buf_view(&page), .where = "page", .url = url};
    struct page_options options = {.learned = b};
    assert_int_equal(page_extract(&out, ctx, &source, &options), 0);
    bool found = strstr(buf_str(&out), words) != NULL;
    buf_dispose(&out);
    buf_dispose(&page);
    return found;
}

static struct boilerplate *new_one(void)
{
    struct boilerplate *b;
    assert_int_equal(boilerplate_new(&b, ctx), 0);
    return b;
}

static void what_recurs_is_dropped_on_its_site_alone(void **state)
{
    struct boilerplate *b = new_one();
    (void)state;
    for (int n = 1; n <= 4; n++)
        add(b, n, true, n % 2 == 0 ? "www.pier.example" : "pier.example");
    boilerplate_settle(b);
    assert_false(has(b, 1, "pier.example", "hungry in winter"));
    assert_true(has(b, 1, "pier.example", "matter 34"));
    assert_true(has(b, 1, "other.example", "hungry in winter"));
    boilerplate_free(b);
}

static void two_pages_are_not_enough(void **state)
{
    struct boilerplate *b = new_one();
    (void)state;
    for (int n = 1; n <= 2; n++)
        add(b, n, true, "pier.example");
    boilerplate_settle(b);
    assert_true(has(b, 1, "pier.example", "hungry in winter"));
    boilerplate_free(b);
}

static void a_small_share_is_not_enough(void **state)
{
    struct boilerplate *b = new_one();
    (void)state;
    for (int n = 1; n <= 40; n++)
        add(b, n, n <= 4, "pier.example");
    boilerplate_settle(b);
    assert_true(has(b, 1, "pier.example", "hungry in winter"));
    boilerplate_free(b);
}

static void one_page_many_times_is_one_page(void **state)
{
    struct boilerplate *b = new_one();
    (void)state;
    for (int i = 0; i < 5; i++) {
        char site[40];
        snprintf(site, sizeof site, "pier.example/copy%d", i);
        add(b, 1, true, site);
    }
    add(b, 2, false, "pier.example");
    boilerplate_settle(b);
    assert_true(has(b, 1, "pier.example", "matter 34"));
    assert_true(has(b, 1, "pier.example", "hungry in winter"));
    boilerplate_free(b);
}

static void the_order_of_pages_does_not_matter(void **state)
{
    struct boilerplate *up = new_one(), *down = new_one();
    (void)state;
    for (int n = 1; n <= 60; n++) { /* more than a sample holds */
        add(up, n, n % 3 == 0, "pier.example");
        add(down, 61 - n, (61 - n) % 3 == 0, "pier.example");
    }
    boilerplate_settle(up);
    boilerplate_settle(down);
    assert_int_equal(has(up, 1, "pier.example", "hungry in winter"), has(down, 1, "pier.example", "hungry in winter"));
    boilerplate_free(up);
    boilerplate_free(down);
}

static void background_that_is_told_again_stays(void **state)
{
    struct boilerplate *b = new_one();
    struct page_options options = {.learned = b};
    struct buf page, out;
    (void)state;
    buf_init(&page, MIB);
    for (int n = 1; n <= 8; n++) {
        write_story(&page, n);
        struct page_source source = {.bytes = buf_view(&page), .where = "page", .url = "https://pier.example/x"};
        assert_int_equal(boilerplate_add(b, ctx, &source, 1), 0);
    }
    boilerplate_settle(b);
    struct page_source last = {.bytes = buf_view(&page), .where = "page", .url = "https://pier.example/x"};
    assert_int_equal(page_extract(&out, ctx, &last, &options), 0);
    assert_non_null(strstr(buf_str(&out), "cost the town its fleet"));
    buf_dispose(&out);
    buf_dispose(&page);
    boilerplate_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_recurs_is_dropped_on_its_site_alone), cmocka_unit_test(two_pages_are_not_enough),
        cmocka_unit_test(a_small_share_is_not_enough), cmocka_unit_test(one_page_many_times_is_one_page),
        cmocka_unit_test(the_order_of_pages_does_not_matter),
        cmocka_unit_test(background_that_is_told_again_stays),
    };
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
