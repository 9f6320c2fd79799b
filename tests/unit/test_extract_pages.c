/* Pages as content systems make them (tests/pages/NAME.html): exactly the article's text comes out (NAME.txt). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>

#include "article/clean.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/page.h"

#define PAGES MIMEO_SOURCE_DIR "/tests/pages"

static mimeo_ctx *ctx;

static int no_picture(struct clean_picture *out, mimeo_ctx *c, struct view src, struct view alt, void *payload)
{
    (void)out, (void)c, (void)src, (void)alt, (void)payload;
    return 0;
}

/* The body's text: figures are left out with their captions. */
static void append_text(struct buf *out, const char *html)
{
    struct buf plain;
    struct tree *tree;
    struct clean_options options = {.picture = no_picture, .base_url = "https://pier.example/news/1"};
    buf_init(&plain, MIB);
    for (const char *at = html, *figure; at != NULL; at = figure == NULL ? NULL : strstr(figure, "</figure>") + 9) {
        figure = strstr(at, "<figure");
        buf_append(&plain, at, figure == NULL ? strlen(at) : (size_t)(figure - at));
    }
    assert_int_equal(clean_html(&tree, ctx, buf_view(&plain), &options), 0);
    assert_int_equal(clean_text(out, tree), 0);
    tree_free(tree);
    buf_dispose(&plain);
}

/* One paragraph a line, white space collapsed: how a text is laid out is not judged here. */
static void flatten(struct buf *out, struct view text)
{
    bool line = false, space = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t b = text.ptr[i];
        if (b == '\n' || b == ' ' || b == '\t') {
            line = line || b == '\n';
            space = true;
            continue;
        }
        if (space && out->len > 0)
            buf_append_byte(out, line ? '\n' : ' ');
        line = space = false;
        buf_append_byte(out, b);
    }
}

static void read_flat(struct buf *out, const char *name, const char *ending)
{
    char path[512];
    struct buf bytes;
    snprintf(path, sizeof path, "%s/%s%s", PAGES, name, ending);
    assert_int_equal(file_read(&bytes, ctx, path, MIB), 0);
    buf_init(out, MIB);
    if (strcmp(ending, ".txt") == 0)
        flatten(out, buf_view(&bytes));
    else
        buf_append_view(out, buf_view(&bytes));
    buf_dispose(&bytes);
}

/* True where it is right; else says what came instead. */
static bool check(const char *name)
{
    struct buf page, expected, found = {0}, text, flat;
    read_flat(&page, name, ".html");
    read_flat(&expected, name, ".txt");
    buf_init(&text, MIB);
    buf_init(&flat, MIB);
    struct page_source source = {.bytes = buf_view(&page), .where = name};
    if (page_extract(&found, ctx, &source, NULL) == 0) {
        json_t *article = json_loads(buf_str(&found), 0, NULL);
        append_text(&text, json_string_value(json_object_get(article, "html")));
        json_decref(article);
    } else {
        buf_append_str(&text, mimeo_ctx_message(ctx));
    }
    flatten(&flat, buf_view(&text));
    bool good = view_equal(buf_view(&flat), buf_view(&expected));
    if (!good)
        print_error("---- %s gives\n%s\n---- and not\n%s\n", name, buf_str(&flat), buf_str(&expected));
    buf_dispose(&page);
    buf_dispose(&expected);
    buf_dispose(&found);
    buf_dispose(&text);
    buf_dispose(&flat);
    return good;
}

static void each_kind_of_page_gives_its_article(void **state)
{
    (void)state;
    DIR *d = opendir(PAGES);
    int wrong = 0, seen = 0;
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        char name[256];
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".html") != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)len - 5, e->d_name);
        wrong += !check(name);
        seen++;
    }
    closedir(d);
    assert_true(seen > 15);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind_of_page_gives_its_article)};
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mimeo_ctx_free(ctx);
    return failed;
}
