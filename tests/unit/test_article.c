/* From an item to an article: import/article.c, fields.c, ids.c, figures.c, body.c, jsonl.c,
 * html.c, text.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "import/article.h"

static char directory[] = "/tmp/mimeo-article-XXXXXX";
static mimeo_ctx *ctx;
static size_t pictures_handed_on;
static struct article a;

/* A picture of one pixel; made here. */
static const uint8_t gif[] = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C,
    0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B};

static void put(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0 || mkdtemp(directory) == NULL || chdir(directory) < 0)
        return 1;
    put("a.gif", gif, sizeof gif);
    uint8_t other[sizeof gif];
    memcpy(other, gif, sizeof gif);
    other[13] = 9; /* another colour */
    put("b.gif", other, sizeof other);
    return mkdir("sub", 0700) < 0 || symlink("../a.gif", "sub/link.gif") < 0;
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    char command[80];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static int count_picture(mimeo_ctx *c, const struct hash *hash, const struct picture_info *info,
                         struct view bytes, void *payload)
{
    (void)c;
    (void)payload;
    struct hash real = hash_of(bytes);
    assert_true(hash_equal(hash, &real));
    assert_int_equal(info->width, 1);
    pictures_handed_on++;
    return 0;
}

static int import_with(enum input_format format, const char *stem, struct view text,
                       const char *lang)
{
    struct article_options options = {.lang = lang, .picture = count_picture};
    char where[] = "in:1", name[64];
    struct input_item item = {.format = format, .where = where};
    assert_int_equal(picture_source_directory(&item.pictures, ctx, ".", NULL), 0);
    if (stem != NULL) {
        snprintf(name, sizeof name, "%s", stem);
        item.stem = name;
    }
    buf_init(&item.bytes, LIMIT_INPUT_LINE);
    assert_int_equal(buf_append_view(&item.bytes, text), 0);
    pictures_handed_on = 0;
    memset(&a, 0, sizeof a);
    int rc = article_import(&a, ctx, &item, &options);
    buf_dispose(&item.bytes);
    picture_source_drop(item.pictures);
    if (rc < 0)
        assert_non_null(strstr(mimeo_ctx_message(ctx), "in:1"));
    return rc;
}

static void takes(enum input_format format, const char *text)
{
    int rc = import_with(format, "stem", view_of_str(text), NULL);
    if (rc < 0)
        fail_msg("%s", mimeo_ctx_message(ctx));
}

static void refuses(enum input_format format, const char *text, const char *words)
{
    assert_int_equal(import_with(format, NULL, view_of_str(text), NULL), MIMEO_EMALFORMED);
    if (strstr(mimeo_ctx_message(ctx), words) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), words);
}

/* ---- fields */

static void takes_every_field(void **state)
{
    (void)state;
    takes(INPUT_JSONL,
          "{\"id\":\"x-1\",\"title\":\" A\\n title \",\"subtitle\":\"S\",\"bylines\":[\"One\",\"Two\"],"
          "\"lang\":\"zh_hans\",\"section\":\"World\",\"tags\":[\"t\",null,\"\"],"
          "\"published\":\"2026-11-23\",\"modified\":\"2026-11-23T10:00:00+02:00\","
          "\"url\":\"https://example.org/a\",\"summary\":\"Sum\",\"note\":null,"
          "\"unknown\":{\"x\":[1]},\"body\":[\"One & two\",\"\",\"Three\"]}");
    assert_string_equal(a.record.id, "x-1");
    assert_string_equal(a.record.title, "A title");
    assert_int_equal(a.record.byline_count, 2);
    assert_int_equal(a.record.tag_count, 1);
    assert_string_equal(a.record.lang, "zh-Hans");
    assert_null(a.record.dir);
    assert_null(a.record.note);
    assert_true(a.record.has_published);
    assert_int_equal(a.record.modified, a.record.published + 8 * 3600);
    assert_string_equal(buf_str(&a.body), "<p>One &amp; two</p><p>Three</p>");
    assert_int_equal(a.record.words, 3);
    assert_int_equal(a.warnings.len, 0);
    article_dispose(&a);
}

static void takes_author_where_there_is_no_byline(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"title\":\"T\",\"byline\":null,\"author\":\"Ann\",\"text\":\"x\"}");
    assert_int_equal(a.record.byline_count, 1);
    assert_string_equal(a.record.bylines[0], "Ann");
    article_dispose(&a);
}

static void refuses_bad_fields_by_name(void **state)
{
    (void)state;
    const enum input_format j = INPUT_JSONL;
    refuses(j, "{\"title\":1}", "field 'title' must be a string");
    refuses(j, "{\"title\":\"a\\u202Eb\"}", "field 'title' holds U+202E");
    refuses(j, "{\"title\":\"a\\u001Bb\"}", "field 'title' holds U+001B");
    refuses(j, "{\"id\":\"Foo Bar\"}", "try 'foo-bar'");
    refuses(j, "{\"id\":true}", "field 'id' must be a string");
    refuses(j, "{\"action\":\"delete\"}", "field 'action'");
    refuses(j, "{\"published\":\"yesterday\"}", "field 'published': 'yesterday'");
    refuses(j, "{\"modified\":\"2026-02-30\"}", "field 'modified'");
    refuses(j, "{\"lang\":\"e\"}", "field 'lang'");
    refuses(j, "{\"lang\":\"en us\"}", "field 'lang'");
    refuses(j, "{\"dir\":\"up\"}", "field 'dir'");
    refuses(j, "{\"url\":\"ftp://example.org/\"}", "field 'url'");
    refuses(j, "{\"url\":\"mailto:a@example.org\"}", "field 'url'");
    refuses(j, "{\"tags\":[1]}", "field 'tags'");
    refuses(j, "{\"images\":[{}]}", "field 'images'");
    refuses(j, "{\"id\":\"a\",\"text\":\"x\"}", "has no title");
    refuses(j, "{\"id\":\"a\",\"title\":\"T\"}", "has no body");
    refuses(j, "{\"id\":\"a\",\"title\":\"T\",\"body\":\"<p></p><script>x</script>\"}", "has no body");
    refuses(j, "{\"title\":\"T\",\"text\":\"x\"}", "neither 'id' nor 'url'");
    refuses(j, "{\"title\":\"T\",\"body\":{}}", "field 'body'");
    refuses(j, "{\"title\":\"T\",\"title\":\"U\"}", "byte 21: a key is there twice");
    refuses(j, "{\"title\":\"\xFF\"}", "not valid UTF-8");
    refuses(j, "[1]", "must be an object");
    refuses(j, "{\"title\":\"T\"", "byte 13: ',' or '}' is missing");
}

static void strips_isolates_from_titles(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"title\":\"\\u2068A\\u2069 \\u2028B\",\"text\":\"x\"}");
    assert_string_equal(a.record.title, "A B");
    article_dispose(&a);
}

static void knows_the_direction_of_languages(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"title\":\"T\",\"lang\":\"FA-ir\",\"text\":\"x\"}");
    assert_string_equal(a.record.lang, "fa-IR");
    assert_string_equal(a.record.dir, "rtl");
    article_dispose(&a);
    takes(INPUT_JSONL, "{\"title\":\"T\",\"lang\":\"az-arab\",\"text\":\"x\"}");
    assert_string_equal(a.record.dir, "rtl");
    article_dispose(&a);
    takes(INPUT_JSONL, "{\"title\":\"T\",\"lang\":\"ar-Latn\",\"text\":\"x\"}");
    assert_null(a.record.dir);
    article_dispose(&a);
    assert_int_equal(import_with(INPUT_TEXT, "s", view_of_str("T\n\nx"), "he"), 0);
    assert_string_equal(a.record.lang, "he");
    assert_string_equal(a.record.dir, "rtl");
    article_dispose(&a);
}

static int import_title_of(size_t len)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_append_str(&text, "{\"id\":\"a\",\"text\":\"x\",\"title\":\"");
    while (len-- > 0)
        buf_append_byte(&text, 't');
    buf_append_str(&text, "\"}");
    int rc = import_with(INPUT_JSONL, NULL, buf_view(&text), NULL);
    buf_dispose(&text);
    return rc;
}

static void takes_a_title_of_the_limit_and_no_longer(void **state)
{
    (void)state;
    assert_int_equal(import_title_of(LIMIT_TITLE), 0);
    article_dispose(&a);
    assert_int_equal(import_title_of(LIMIT_TITLE + 1), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "field 'title' is 1025 bytes long; the most is 1024"));
}

static int import_tags(int count)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_append_str(&text, "{\"id\":\"a\",\"text\":\"x\",\"title\":\"T\",\"tags\":[\"t\"");
    while (--count > 0)
        buf_append_str(&text, ",\"t\"");
    buf_append_str(&text, "]}");
    int rc = import_with(INPUT_JSONL, NULL, buf_view(&text), NULL);
    buf_dispose(&text);
    return rc;
}

static void takes_as_many_tags_as_the_limit_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(import_tags(LIMIT_LIST), 0);
    article_dispose(&a);
    assert_int_equal(import_tags(LIMIT_LIST + 1), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "field 'tags' has more than 32 entries"));
}

static int import_body_of(size_t len)
{
    struct buf text;
    buf_init(&text, 2 * LIMIT_BODY_BLOCK);
    buf_append_str(&text, "{\"id\":\"a\",\"title\":\"T\",\"text\":\"");
    while (len-- > 0)
        buf_append_byte(&text, 'x');
    buf_append_str(&text, "\"}");
    int rc = import_with(INPUT_JSONL, NULL, buf_view(&text), NULL);
    buf_dispose(&text);
    return rc;
}

static void takes_a_body_of_the_limit_and_no_longer(void **state)
{
    (void)state;
    assert_int_equal(import_body_of(LIMIT_BODY_BLOCK - 7), 0);
    assert_int_equal(a.body.len, LIMIT_BODY_BLOCK);
    article_dispose(&a);
    assert_int_equal(import_body_of(LIMIT_BODY_BLOCK - 6), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "the body is larger than 1024 KiB"));
}

static void refuses_a_bomb_of_values(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_append_str(&text, "{\"x\":[0");
    for (int i = 0; i < 200000; i++)
        buf_append_str(&text, ",0");
    buf_append_str(&text, "]}");
    assert_int_equal(import_with(INPUT_JSONL, NULL, buf_view(&text), NULL), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "values"));
    buf_dispose(&text);
}

static void takes_a_retraction_without_title_and_body(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"id\":\"a\",\"action\":\"retract\",\"note\":\"Wrong\"}");
    assert_int_equal(a.record.action, RECORD_RETRACT);
    assert_int_equal(a.body.len, 0);
    article_dispose(&a);
}

/* ---- ids */

static void makes_ids_of_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *url, *start;
    } cases[] = {
        {"https://example.org/2026/The-Bridge.html?x=1#y", "the-bridge-"},
        {"https://example.org/caf%C3%A9/", "cafe-"},
        {"https://example.org", "article-"},
        {"https://example.org/%D0%BC%D0%B8%D1%80", "article-"},
    };
    for (size_t i = 0; i < 4; i++) {
        char text[200], first[129];
        snprintf(text, sizeof text, "{\"title\":\"T\",\"text\":\"x\",\"url\":\"%s\"}", cases[i].url);
        takes(INPUT_JSONL, text);
        snprintf(first, sizeof first, "%s", a.record.id);
        assert_memory_equal(first, cases[i].start, strlen(cases[i].start));
        assert_int_equal(strlen(first), strlen(cases[i].start) + 8);
        article_dispose(&a);
        takes(INPUT_JSONL, text);
        assert_string_equal(a.record.id, first);
        article_dispose(&a);
    }
}

static void makes_ids_of_file_names(void **state)
{
    (void)state;
    assert_int_equal(import_with(INPUT_TEXT, "2026-11-23_The Bridge", view_of_str("T\n\nx"), NULL), 0);
    assert_string_equal(a.record.id, "2026-11-23_the-bridge");
    article_dispose(&a);
    char first[129];
    assert_int_equal(import_with(INPUT_TEXT, "мир-1", view_of_str("T\n\nx"), NULL), 0);
    snprintf(first, sizeof first, "%s", a.record.id);
    article_dispose(&a);
    assert_int_equal(import_with(INPUT_TEXT, "дом-1", view_of_str("T\n\nx"), NULL), 0);
    assert_string_not_equal(first, a.record.id);
    article_dispose(&a);
}

static void takes_a_number_as_id(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"id\":1234,\"title\":\"T\",\"text\":\"x\"}");
    assert_string_equal(a.record.id, "1234");
    article_dispose(&a);
}

/* ---- pictures */

static void puts_listed_pictures_around_the_text(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"title\":\"T\",\"text\":\"x\",\"images\":[\"a.gif\",{\"file\":\"./b.gif\","
                       "\"alt\":\"A \\\"b\\\"\",\"caption\":\"C\",\"credit\":\"D\"}]}");
    assert_int_equal(a.record.media_count, 2);
    assert_int_equal(pictures_handed_on, 2);
    const char *text = strstr(buf_str(&a.body), "<p>x</p>");
    assert_non_null(text);
    assert_memory_equal(buf_str(&a.body), "<figure><img src=\"", 18);
    assert_non_null(strstr(text, "alt=\"A &quot;b&quot;\" width=\"1\" height=\"1\"><figcaption>C "
                                 "<small>D</small></figcaption></figure>"));
    assert_string_equal(a.record.media[1].credit, "D");
    assert_string_equal(a.record.media[0].type, "image/gif");
    article_dispose(&a);
}

static void cleans_a_picture_once_and_lists_it_where_the_body_shows_it(void **state)
{
    (void)state;
    takes(INPUT_JSONL,
          "{\"title\":\"T\",\"images\":[{\"file\":\"a.gif\",\"credit\":\"D\"}],"
          "\"body\":\"<p>x<img src=b.gif alt=B><img src=a%2Egif></p><figure><img src=b.gif>"
          "<figcaption>Cap <b>tion</b></figcaption></figure>\"}");
    assert_int_equal(pictures_handed_on, 2);
    assert_int_equal(a.record.media_count, 2);
    assert_string_equal(a.record.media[0].alt, "B");
    assert_string_equal(a.record.media[0].caption, "Cap tion");
    assert_string_equal(a.record.media[1].credit, "D");
    assert_null(strstr(buf_str(&a.body), "gif"));
    article_dispose(&a);
}

static void leaves_out_what_it_must_not_open(void **state)
{
    (void)state;
    static const char *const names[] = {"../a.gif", "/etc/passwd", "sub/link.gif", "none.gif",
                                        "https://example.org/a.gif", "//example.org/a.gif",
                                        "data:image/gif;base64,AA==", "sub"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"title\":\"T\",\"body\":\"<p>x</p><img src='%s'>\"}", names[i]);
        takes(INPUT_JSONL, text);
        assert_int_equal(a.record.media_count, 0);
        assert_int_equal(pictures_handed_on, 0);
        assert_string_equal(buf_str(&a.body), "<p>x</p>");
        assert_non_null(strstr(buf_str(&a.warnings), names[i]));
        assert_non_null(strstr(buf_str(&a.warnings), "left out"));
        article_dispose(&a);
    }
}

static void import_pictures(int count, const char *caption)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_append_str(&text, "{\"title\":\"T\",\"text\":\"x\",\"images\":[");
    for (int i = 0; i < count; i++) {
        char name[16];
        uint8_t bytes[sizeof gif];
        memcpy(bytes, gif, sizeof gif);
        bytes[14] = (uint8_t)i; /* another colour each */
        snprintf(name, sizeof name, "p%d.gif", i);
        put(name, bytes, sizeof bytes);
        buf_appendf(&text, "%s{\"file\":\"%s\",\"caption\":\"%s\"}", i > 0 ? "," : "", name,
                    caption);
    }
    buf_append_str(&text, "]}");
    takes(INPUT_JSONL, buf_str(&text));
    buf_dispose(&text);
}

static void takes_as_many_pictures_as_the_limit_and_no_more(void **state)
{
    (void)state;
    import_pictures(LIMIT_ARTICLE_MEDIA, "");
    assert_int_equal(a.record.media_count, LIMIT_ARTICLE_MEDIA);
    assert_int_equal(a.warnings.len, 0);
    article_dispose(&a);
    import_pictures(LIMIT_ARTICLE_MEDIA + 1, "");
    assert_int_equal(a.record.media_count, LIMIT_ARTICLE_MEDIA);
    assert_string_equal(buf_str(&a.warnings),
                        "in:1: picture 'p64.gif' left out: an article has at most 64\n");
    article_dispose(&a);
}

static void keeps_the_words_of_pictures_out_of_a_full_record(void **state)
{
    (void)state;
    char caption[301];
    memset(caption, 'c', 300);
    caption[300] = 0;
    import_pictures(40, caption);
    assert_int_equal(a.record.media_count, 40);
    assert_null(a.record.media[0].caption);
    assert_non_null(strstr(buf_str(&a.warnings), "overfill"));
    assert_non_null(strstr(buf_str(&a.body), caption));
    article_dispose(&a);
    import_pictures(10, caption);
    assert_string_equal(a.record.media[9].caption, caption);
    article_dispose(&a);
}

/* ---- HTML and text */

static void takes_the_title_of_html_from_its_heading(void **state)
{
    (void)state;
    takes(INPUT_HTML, "<!DOCTYPE html><html lang=fa><head><title>Site &amp; title</title>"
                      "<script>'<h1>no</h1>'</script></head><body class=x><!-- <h1>no</h1> -->"
                      "<H1 class='>'>The <i>bridge</i></H1><p>Text</p></body></html>");
    assert_string_equal(a.record.title, "The bridge");
    assert_string_equal(a.record.lang, "fa");
    assert_string_equal(a.record.dir, "rtl");
    assert_string_equal(buf_str(&a.body), "<p>Text</p>");
    article_dispose(&a);
}

static void takes_the_title_of_html_from_its_head(void **state)
{
    (void)state;
    takes(INPUT_HTML, "<html><head><title>Site &amp; title</title></head><p>Text</p>");
    assert_string_equal(a.record.title, "Site & title");
    assert_string_equal(buf_str(&a.body), "<p>Text</p>");
    article_dispose(&a);
}

static void front_matter_has_the_last_word_on_the_title(void **state)
{
    (void)state;
    takes(INPUT_HTML, "---\ntitle: Mine\nid: own\n---\n<h1>Other</h1><p>Text</p>");
    assert_string_equal(a.record.title, "Mine");
    assert_string_equal(a.record.id, "own");
    assert_non_null(strstr(buf_str(&a.body), "Other"));
    article_dispose(&a);
}

static void takes_plain_text(void **state)
{
    (void)state;
    takes(INPUT_TEXT, "\n  The title \n\nOne\nline.\n \nTwo <b>.\n");
    assert_string_equal(a.record.title, "The title");
    assert_string_equal(buf_str(&a.body), "<p>One line.</p><p>Two &lt;b&gt;.</p>");
    assert_int_equal(a.record.words, 4);
    article_dispose(&a);
    refuses(INPUT_TEXT, "T\n\n\xFF", "not valid UTF-8");
}

static void text_and_html_count_the_same_words(void **state)
{
    (void)state;
    takes(INPUT_JSONL, "{\"title\":\"T\",\"text\":\"It's 3.5 km to 東京, mon ami-e.\\n\\nNext one\"}");
    uint64_t words = a.record.words;
    article_dispose(&a);
    takes(INPUT_JSONL, "{\"title\":\"T\",\"body\":\"<p>It's 3.5 km to 東京, mon ami-e.</p><p>Next one</p>\"}");
    assert_int_equal(a.record.words, words);
    article_dispose(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_field),
        cmocka_unit_test(takes_author_where_there_is_no_byline),
        cmocka_unit_test(refuses_bad_fields_by_name),
        cmocka_unit_test(strips_isolates_from_titles),
        cmocka_unit_test(knows_the_direction_of_languages),
        cmocka_unit_test(takes_a_title_of_the_limit_and_no_longer),
        cmocka_unit_test(takes_as_many_tags_as_the_limit_and_no_more),
        cmocka_unit_test(takes_a_body_of_the_limit_and_no_longer),
        cmocka_unit_test(refuses_a_bomb_of_values),
        cmocka_unit_test(takes_a_retraction_without_title_and_body),
        cmocka_unit_test(makes_ids_of_addresses),
        cmocka_unit_test(makes_ids_of_file_names),
        cmocka_unit_test(takes_a_number_as_id),
        cmocka_unit_test(puts_listed_pictures_around_the_text),
        cmocka_unit_test(cleans_a_picture_once_and_lists_it_where_the_body_shows_it),
        cmocka_unit_test(leaves_out_what_it_must_not_open),
        cmocka_unit_test(takes_as_many_pictures_as_the_limit_and_no_more),
        cmocka_unit_test(keeps_the_words_of_pictures_out_of_a_full_record),
        cmocka_unit_test(takes_the_title_of_html_from_its_heading),
        cmocka_unit_test(takes_the_title_of_html_from_its_head),
        cmocka_unit_test(front_matter_has_the_last_word_on_the_title),
        cmocka_unit_test(takes_plain_text),
        cmocka_unit_test(text_and_html_count_the_same_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
