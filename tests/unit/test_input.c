/* Cutting input into items: import/input.c and import/window.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/asan.h"
#include "base/limits.h"
#include "import/input.h"

static char directory[] = "/tmp/mimeo-input-XXXXXX";
static mimeo_ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    return mimeo_ctx_new(&ctx) < 0 || mkdtemp(directory) == NULL || chdir(directory) < 0;
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

/* All items of `path` as "where=bytes" lines, "!code" for faults. */
static void check(const char *path, enum input_format format, const char *expected)
{
    struct input_source *s;
    struct input_item *item;
    struct input_options options = {.format = format};
    struct buf out;
    int rc;
    buf_init(&out, 1 << 16);
    assert_int_equal(input_open(&s, ctx, &path, 1, &options), 0);
    while ((rc = input_next(s, ctx, &item)) != 0) {
        if (rc < 0) {
            buf_appendf(&out, "!%d\n", rc);
            continue;
        }
        buf_appendf(&out, "%s=%s\n", item->where, buf_str(&item->bytes));
        input_item_free(item);
    }
    input_close(s);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
}

static void progress_ends_at_the_whole(void **state)
{
    (void)state;
    struct input_source *s;
    struct input_item *item;
    const char *const paths[] = {"much", "one.jsonl"}, *const pipe[] = {"much", "-"};
    uint64_t before = 0;
    int rc;
    assert_int_equal(mkdir("much", 0700) | mkdir("much/below", 0700) | mkdir("much/a_files", 0700), 0);
    put("much/a.html", "<p>12345</p>");
    put("much/a_files/frame.html", "<p>not counted</p>");
    put("much/below/b.jsonl", "{\"a\":1}\n{\"a\":2}\n");
    put("much/other.css", "not counted");
    put("one.jsonl", "{}\n");
    uint64_t total = input_measure(ctx, paths, 2);
    assert_int_equal(total, 12 + 16 + 3);
    assert_int_equal(input_measure(ctx, pipe, 2), 0);
    assert_int_equal(input_open(&s, ctx, paths, 2, NULL), 0);
    assert_int_equal(input_done(s), 0);
    while ((rc = input_next(s, ctx, &item)) == 1) {
        assert_true(input_done(s) >= before && input_done(s) <= total);
        before = input_done(s);
        input_item_free(item);
    }
    assert_int_equal(rc, 0);
    assert_int_equal(input_done(s), total);
    input_close(s);
}

static void cuts_lines(void **state)
{
    (void)state;
    put("a.jsonl", "\xEF\xBB\xBF{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{broken\n{\"a\":3}");
    check("a.jsonl", INPUT_AUTO,
          "a.jsonl:1={\"a\":1}\na.jsonl:4={\"a\":2}\r\na.jsonl:5={broken\na.jsonl:6={\"a\":3}\n");
    put("empty.jsonl", "");
    check("empty.jsonl", INPUT_AUTO, "");
}

static void cuts_arrays(void **state)
{
    (void)state;
    put("a.json", " [\n{\"a\":\"}]\\\"\"},\n{\"b\":[1,{}]} ]\n");
    check("a.json", INPUT_AUTO, "a.json:2={\"a\":\"}]\\\"\"}\na.json:3={\"b\":[1,{}]}\n");
    put("none.json", "[]");
    check("none.json", INPUT_AUTO, "");
}

static void takes_one_object_or_one_a_line_from_a_json_file(void **state)
{
    (void)state;
    put("one.json", "{\n\"a\": 1\n}\n");
    check("one.json", INPUT_AUTO, "one.json:1={\n\"a\": 1\n}\n");
    put("lines.json", "{\"a\":1}\n{broken\n{\"a\":2}\n");
    check("lines.json", INPUT_AUTO, "lines.json:1={\"a\":1}\nlines.json:2={broken\nlines.json:3={\"a\":2}\n");
}

static void names_the_line_of_a_broken_array(void **state)
{
    (void)state;
    put("a.json", "[{\"a\":1},\n{\"a\":");
    check("a.json", INPUT_AUTO, "a.json:1={\"a\":1}\n!-10\n");
    assert_non_null(strstr(mimeo_ctx_message(ctx), "a.json:2"));
    put("b.json", "[{\"a\":1} {\"a\":2}]");
    check("b.json", INPUT_AUTO, "b.json:1={\"a\":1}\n!-10\n");
    put("c.json", "[{\"a\":1},]");
    check("c.json", INPUT_AUTO, "c.json:1={\"a\":1}\n!-10\n");
    put("d.json", "[{\"a\":1}] x");
    check("d.json", INPUT_AUTO, "d.json:1={\"a\":1}\n!-10\n");
    put("e.json", "[{\"a\":1}");
    check("e.json", INPUT_AUTO, "e.json:1={\"a\":1}\n!-10\n");
}

static void gives_a_stem_only_to_a_file_that_is_one_article(void **state)
{
    (void)state;
    struct input_source *s;
    struct input_item *item;
    const char *paths[] = {"story.json", "story.jsonl", "./sub.d/note.v1.md"};
    mkdir("sub.d", 0700);
    put("story.json", "{\"a\":1}\n\n");
    put("story.jsonl", "{\"a\":1}\n");
    put("sub.d/note.v1.md", "# Note\n");
    assert_int_equal(input_open(&s, ctx, paths, 3, NULL), 0);
    assert_int_equal(input_next(s, ctx, &item), 1);
    assert_string_equal(item->stem, "story");
    input_item_free(item);
    assert_int_equal(input_next(s, ctx, &item), 1);
    assert_null(item->stem);
    input_item_free(item);
    assert_int_equal(input_next(s, ctx, &item), 1);
    assert_string_equal(item->stem, "note.v1");
    assert_int_equal(item->format, INPUT_MARKDOWN);
    input_item_free(item);
    assert_int_equal(input_next(s, ctx, &item), 0);
    input_close(s);
}

static void walks_directories_in_order_without_links_and_hidden_names(void **state)
{
    (void)state;
    mkdir("w", 0700);
    mkdir("w/b", 0700);
    mkdir("w/.git", 0700);
    put("w/c.md", "c");
    put("w/a.txt", "a");
    put("w/b/x.html", "x");
    put("w/.git/h.md", "h");
    put("w/.hidden.md", "h");
    put("w/photo.jpg", "p");
    put("secret.md", "s");
    assert_int_equal(symlink("../secret.md", "w/link.md"), 0);
    assert_int_equal(symlink("..", "w/loop"), 0);
    check("w", INPUT_AUTO, "w/a.txt=a\nw/b/x.html=x\nw/c.md=c\n");
}

static void walks_sixteen_levels_and_no_more(void **state)
{
    (void)state;
    char path[200] = "d";
    for (int i = 0; i < 17; i++) {
        assert_int_equal(mkdir(path, 0700), 0);
        char name[220];
        snprintf(name, sizeof name, "%s/f%d.md", path, i);
        if (i >= 15)
            put(name, "x");
        strcat(path, "/e");
    }
    check("d", INPUT_AUTO, "!-10\nd/e/e/e/e/e/e/e/e/e/e/e/e/e/e/e/f15.md=x\n");
    assert_non_null(strstr(mimeo_ctx_message(ctx), "16 directories deep"));
}

static void knows_formats_by_first_bytes(void **state)
{
    (void)state;
    put("article", "<p>Hi</p>");
    check("article", INPUT_AUTO, "article=<p>Hi</p>\n");
    put("prose", "Just words");
    check("prose", INPUT_AUTO, "!-10\n");
    assert_non_null(strstr(mimeo_ctx_message(ctx), "cannot tell what it is"));
    check("prose", INPUT_TEXT, "prose=Just words\n");
    put("records", "[ {\"a\":1}]");
    check("records", INPUT_AUTO, "records:1={\"a\":1}\n");
    put("linked", "[a](b)");
    check("linked", INPUT_AUTO, "!-10\n");
}

static void tells_a_page_from_a_fragment(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum input_format given, format;
    } cases[] = {
        {"<!DOCTYPE html><p>x", INPUT_AUTO, INPUT_PAGE},
        {"<!-- saved --> <html lang=en><p>x", INPUT_AUTO, INPUT_PAGE},
        {"<HEAD><title>x</title>", INPUT_AUTO, INPUT_PAGE},
        {"<p>x<body class=y>", INPUT_AUTO, INPUT_PAGE},
        {"<header>x</header><p>y", INPUT_AUTO, INPUT_HTML},
        {"<p>x<!-- <body> -->", INPUT_AUTO, INPUT_HTML},
        {"\xFF\xFE<", INPUT_AUTO, INPUT_PAGE},
        {"---\ntitle: x\n---\n<html><p>x", INPUT_AUTO, INPUT_HTML},
        {"<!DOCTYPE html><p>x", INPUT_HTML, INPUT_HTML},
        {"<p>x", INPUT_PAGE, INPUT_PAGE},
        {"<p>x", INPUT_MARKDOWN, INPUT_HTML}, /* the name knows better */
    };
    const char *path = "which.html";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct input_source *s;
        struct input_item *item;
        struct input_options options = {.format = cases[i].given};
        put(path, cases[i].text);
        assert_int_equal(input_open(&s, ctx, &path, 1, &options), 0);
        assert_int_equal(input_next(s, ctx, &item), 1);
        if (item->format != cases[i].format)
            fail_msg("case %zu: %d", i, (int)item->format);
        assert_true(item->named);
        input_item_free(item);
        input_close(s);
    }
    unlink(path);
}

static void passes_over_what_belongs_to_a_saved_page(void **state)
{
    (void)state;
    mkdir("saved", 0700);
    mkdir("saved/story_files", 0700);
    mkdir("saved/other_files", 0700);
    put("saved/story.html", "<p>s");
    put("saved/story_files/frame.html", "<p>f");
    put("saved/other_files/kept.html", "<p>k");
    check("saved", INPUT_AUTO, "saved/other_files/kept.html=<p>k\nsaved/story.html=<p>s\n");
}

static void finds_a_missing_path_at_once(void **state)
{
    (void)state;
    struct input_source *s = NULL;
    const char *paths[] = {"none.md"};
    assert_int_equal(input_open(&s, ctx, paths, 1, NULL), MIMEO_ENOTFOUND);
    assert_null(s);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "none.md"));
}

static void put_line_of(const char *name, size_t len)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    for (size_t i = 0; i < len; i++)
        putc('x', f);
    fputs("\n{\"a\":2}\n", f);
    assert_int_equal(fclose(f), 0);
}

static void takes_a_line_of_the_limit_and_passes_over_a_longer_one(void **state)
{
    (void)state;
    struct input_source *s;
    struct input_item *item;
    const char *path = "long.jsonl";
    put_line_of(path, LIMIT_INPUT_LINE);
    assert_int_equal(input_open(&s, ctx, &path, 1, NULL), 0);
    assert_int_equal(input_next(s, ctx, &item), 1);
    assert_int_equal(item->bytes.len, LIMIT_INPUT_LINE);
    input_item_free(item);
    input_close(s);
    put_line_of(path, LIMIT_INPUT_LINE + 1);
    check(path, INPUT_AUTO, "!-10\nlong.jsonl:2={\"a\":2}\n");
    assert_non_null(strstr(mimeo_ctx_message(ctx), "long.jsonl:1: the line is longer than 32 MiB"));
    unlink(path);
}

static void takes_a_file_of_the_limit_and_refuses_a_larger_one(void **state)
{
    (void)state;
    put("big.txt", "");
    assert_int_equal(truncate("big.txt", (off_t)LIMIT_HTML + 1), 0);
    check("big.txt", INPUT_AUTO, "!-10\n");
    struct input_source *s;
    struct input_item *item;
    const char *path = "big.txt";
    assert_int_equal(truncate(path, (off_t)LIMIT_HTML), 0);
    assert_int_equal(input_open(&s, ctx, &path, 1, NULL), 0);
    assert_int_equal(input_next(s, ctx, &item), 1);
    input_item_free(item);
    input_close(s);
    unlink(path);
}

static void many_records_take_the_memory_of_one(void **state)
{
    (void)state;
    FILE *f = fopen("many.jsonl", "wb");
    assert_non_null(f);
    for (int i = 0; i < 200000; i++)
        fprintf(f, "{\"id\":\"%d\",\"text\":\"%0100d\"}\n", i, i);
    assert_int_equal(fclose(f), 0);
    struct rusage before, after;
    struct input_source *s;
    struct input_item *item;
    const char *path = "many.jsonl";
    size_t count = 0;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(input_open(&s, ctx, &path, 1, NULL), 0);
    while (input_next(s, ctx, &item) == 1) {
        input_item_free(item);
        count++;
    }
    input_close(s);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(count, 200000);
    /* The file has 26 MB; AddressSanitizer keeps what is freed for a while. */
    if (!UNDER_ASAN)
        assert_true(after.ru_maxrss - before.ru_maxrss < 8 * 1024);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_records_take_the_memory_of_one),
        cmocka_unit_test(progress_ends_at_the_whole),
        cmocka_unit_test(cuts_lines),
        cmocka_unit_test(cuts_arrays),
        cmocka_unit_test(takes_one_object_or_one_a_line_from_a_json_file),
        cmocka_unit_test(names_the_line_of_a_broken_array),
        cmocka_unit_test(gives_a_stem_only_to_a_file_that_is_one_article),
        cmocka_unit_test(walks_directories_in_order_without_links_and_hidden_names),
        cmocka_unit_test(walks_sixteen_levels_and_no_more),
        cmocka_unit_test(knows_formats_by_first_bytes),
        cmocka_unit_test(tells_a_page_from_a_fragment),
        cmocka_unit_test(passes_over_what_belongs_to_a_saved_page),
        cmocka_unit_test(finds_a_missing_path_at_once),
        cmocka_unit_test(takes_a_line_of_the_limit_and_passes_over_a_longer_one),
        cmocka_unit_test(takes_a_file_of_the_limit_and_refuses_a_larger_one),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
