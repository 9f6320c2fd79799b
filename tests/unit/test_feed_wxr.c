/* WordPress's export: posts with their pictures, and who is not published. */
#include <fcntl.h>
#include <unistd.h>

#include "feed/items.h"

#define EXPORT MIMEO_SOURCE_DIR "/tests/fuzz/corpus/feed/wxr.xml"

static void read_export(struct items *items)
{
    static uint8_t head[512]; /* less than the whole: the rest is read from the file, twice */
    int fd = open(EXPORT, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, head, sizeof(head)), sizeof(head));
    struct feed_source source = {.head = view_of(head, sizeof(head)), .fd = fd, .where = "export"};
    read_source(items, &source);
    close(fd);
}

static void posts_are_given_with_their_names(void **state)
{
    struct items items;
    (void)state;
    read_export(&items);
    assert_int_equal(items.rc, 0);
    assert_int_equal(items.info.kind, FEED_WXR);
    assert_int_equal(items.count, 2);
    assert_value(&items, 0, "title", "The crane & the tide");
    assert_value(&items, 0, "bylines", "Mira Okafor");
    assert_value(&items, 1, "bylines", "Mira Okafor|Jan Kos");
    assert_value(&items, 0, "published", "2024-02-29T08:30:00Z");
    assert_value(&items, 0, "modified", "2024-03-01T09:00:00Z");
    assert_value(&items, 0, "section", "Docks");
    assert_value(&items, 0, "tags", "cranes");
    assert_value(&items, 1, "section", "Docks"); /* which was made the first */
    assert_value(&items, 1, "tags", "City");
    assert_value(&items, 1, "lang", "en");
    assert_value(&items, 0, "summary", "Why the crane stopped.");
    items_dispose(&items);
}

static void the_content_is_as_wordpress_shows_it(void **state)
{
    struct items items;
    (void)state;
    read_export(&items);
    assert_holds(&items, 0, "html", "<p>The crane stopped at noon.<br>\nNobody knew why.</p>");
    assert_holds(&items, 0, "html", "<figcaption>The crane, before it fell</figcaption></figure>");
    assert_holds(&items, 0, "html", "says [sic] and [...] as people do.</p>");
    assert_holds(&items, 0, "html", "<blockquote>We saw it fall.</blockquote>");
    assert_holds(&items, 0, "html", "files/gull.jpg\" alt=\"A gull\"><figcaption>A gull on the wall</figcaption>");
    assert_holds(&items, 0, "html", "<p><a href=\"https://video.example/watch?v=1\">");
    assert_holds(&items, 0, "html", "<pre>line one\n\nline two</pre>");
    assert_holds(&items, 0, "html", "<p>A boxed <b>remark</b></p>");
    assert_lacks(&items, 0, "html", "su_note");
    assert_lacks(&items, 0, "html", "[/");
    assert_lacks(&items, 0, "html", "Never to be published");
    assert_holds(&items, 1, "html", "<p>Blocks write their own paragraphs.</p>");
    items_dispose(&items);
}

static void the_featured_picture_is_found_behind_its_post(void **state)
{
    struct items items;
    (void)state;
    read_export(&items);
    assert_value(&items, 0, "images", "https://harbour.example/files/front.jpg");
    items_dispose(&items);
}

static void what_is_not_public_is_skipped_with_the_reason(void **state)
{
    static const char *const reasons[] = {"'A draft about the mayor': a draft", "'For members': protected by a password",
                                          "'Private': private", "'About us': a page of the site, not a post"};
    struct items items;
    (void)state;
    read_export(&items);
    assert_int_equal(items.skipped, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(items.reasons[i], reasons[i]);
    items_dispose(&items);
}

static void an_export_through_a_pipe_is_the_same(void **state)
{
    struct items items;
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        char bytes[65536];
        ssize_t got;
        int fd = open(EXPORT, O_RDONLY);
        close(ends[0]);
        while ((got = read(fd, bytes, sizeof(bytes))) > 0)
            if (write(ends[1], bytes, (size_t)got) < 0)
                break;
        _exit(0);
    }
    close(ends[1]);
    static uint8_t head[1024];
    assert_int_equal(read(ends[0], head, sizeof(head)), sizeof(head));
    struct feed_source source = {.head = view_of(head, sizeof(head)), .fd = ends[0], .where = "export"};
    read_source(&items, &source);
    close(ends[0]);
    assert_int_equal(items.count, 2);
    assert_value(&items, 0, "images", "https://harbour.example/files/front.jpg");
    items_dispose(&items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_are_given_with_their_names),
        cmocka_unit_test(the_content_is_as_wordpress_shows_it),
        cmocka_unit_test(the_featured_picture_is_found_behind_its_post),
        cmocka_unit_test(what_is_not_public_is_skipped_with_the_reason),
        cmocka_unit_test(an_export_through_a_pipe_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
