/*
 * Feeds that want to hurt: entities, depth, length, repetition.  Each ends in bounded time and memory, with what is whole in it,
 * and nothing is opened on its behalf.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/asan.h"
#include "base/bytes.h"
#include "feed/items.h"

#define MANY_SECONDS 60 /* of processor time, with sanitizers: what is quadratic takes far longer */
#define MUCH (UNDER_ASAN ? MIB / 4 : MIB)

static struct buf feed;
static struct items items;
static double began;

/* Of this process and its children, so that what else the machine does has no part in it. */
static double processor_seconds(void)
{
    static const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage used;
        assert_int_equal(getrusage(whose[i], &used), 0);
        sum += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    }
    return sum;
}

static void begin(const char *text)
{
    began = processor_seconds();
    buf_init(&feed, 128 * MIB);
    buf_append_str(&feed, text);
}

static void repeat(const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_append_str(&feed, text);
}

static void end(const char *text)
{
    buf_append_str(&feed, text);
    assert_int_equal(buf_status(&feed), 0);
    read_bytes(&items, feed.ptr, feed.len);
    buf_dispose(&feed);
    assert_true(processor_seconds() - began < MANY_SECONDS);
}

#define ITEM "<rss><channel><item><guid>a</guid><title>One</title><description>"
#define SECOND "</description></item><item><guid>b</guid><title>Two</title></item></channel></rss>"

static void entities_are_never_expanded(void **state)
{
    (void)state;
    begin("<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY l0 \"lol\"><!-- ' > ]> -->");
    for (int i = 1; i < 12; i++) {
        char line[256];
        snprintf(line, sizeof(line), "<!ENTITY l%d \"&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;\">", i, i - 1, i - 1,
                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        buf_append_str(&feed, line);
    }
    end("]>" ITEM "&l11;" SECOND);
    assert_int_equal(items.count, 2);
    assert_holds(&items, 0, "html", "&l11;");
    assert_true(strlen(value(&items, 0, "html")) < 32);
    items_dispose(&items);
}

/* A file that is watched by its time of access is no proof; a pipe that nobody may open, and a server that nobody may call, are. */
static void nothing_is_opened_or_fetched(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    char path[] = "/tmp/mimeo-feed-XXXXXX", line[512];
    (void)state;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), secret = mkstemp(path);
    assert_true(server >= 0 && secret >= 0);
    assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(server, 8), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(write(secret, "the secret", 10), 10);
    unsigned port = ntohs(at.sin_port);
    begin("<?xml version=\"1.0\"?>");
    snprintf(line, sizeof(line), "<!DOCTYPE rss PUBLIC \"-//X//DTD\" \"http://127.0.0.1:%u/x.dtd\" [<!ENTITY f SYSTEM \"file://%s\">"
             "<!ENTITY h SYSTEM \"http://127.0.0.1:%u/h\"><!ENTITY %% p SYSTEM \"http://127.0.0.1:%u/p\">%%p;]>",
             port, path, port, port);
    buf_append_str(&feed, line);
    snprintf(line, sizeof(line), "<?xml-stylesheet href=\"http://127.0.0.1:%u/s.xsl\"?>", port);
    buf_append_str(&feed, line);
    buf_append_str(&feed, "<rss xmlns:xi=\"http://www.w3.org/2001/XInclude\"><channel>");
    snprintf(line, sizeof(line), "<xi:include href=\"file://%s\" parse=\"text\"/>", path);
    buf_append_str(&feed, line);
    end("<item><guid>a</guid><title>&f;</title><description>&h; &p;</description></item></channel></rss>");
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "title", "&f;");
    assert_lacks(&items, 0, "html", "secret");
    struct pollfd waiting = {server, POLLIN, 0};
    assert_int_equal(poll(&waiting, 1, 200), 0); /* nobody called */
    items_dispose(&items);
    unlink(path);
    close(secret);
    close(server);
}

static void depth_costs_nothing(void **state)
{
    (void)state;
    begin(ITEM);
    repeat("<b>", 100000);
    buf_append_str(&feed, "deep");
    repeat("</b>", 100000);
    end(SECOND);
    assert_int_equal(items.count, 2);
    assert_holds(&items, 0, "html", "deep");
    items_dispose(&items);
    begin("<rss>");
    repeat("<channel>", 100000);
    end("<item><guid>a</guid></item></rss>");
    assert_int_equal(items.rc, 0);
    items_dispose(&items);
    begin("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":");
    repeat("[", 100000);
    end("");
    assert_int_equal(items.rc, MIMEO_EMALFORMED);
    items_dispose(&items);
}

static void what_repeats_takes_linear_time(void **state)
{
    static const char *const pieces[] = {"<", "<a ", "&", "<a b=\"", "<![CDATA[", "<!--", "</x>", "<b>", "&#", "]]>", "<b></i>", "<?"};
    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        begin(ITEM);
        repeat(pieces[i], MUCH / strlen(pieces[i]));
        end(SECOND);
        assert_int_equal(items.rc, 0);
        items_dispose(&items);
    }
    begin("<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><item><guid>a</guid><title>t</title><content:encoded>");
    repeat("[a x=\"1\"]", 400000);
    end("</content:encoded></item></channel></rss>");
    assert_int_equal(items.count, 1);
    items_dispose(&items);
}

static void a_tag_of_many_attributes(void **state)
{
    (void)state;
    begin("<rss><channel><item><guid ");
    repeat("a=\"1\" xmlns:b=\"c\" ", 100000);
    end(">a</guid><title>One</title></item></channel></rss>");
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "id", "a");
    items_dispose(&items);
}

static void a_text_that_is_too_long_is_skipped_alone(void **state)
{
    (void)state;
    begin(ITEM);
    repeat("0123456789abcde\n", 50 * MIB / 16);
    end(SECOND);
    assert_int_equal(items.rc, 0);
    assert_int_equal(items.count, 1);
    assert_value(&items, 0, "title", "Two");
    assert_non_null(strstr(items.reasons[0], "larger than 16 MiB"));
    items_dispose(&items);
}

/* Neither side holds more than an entry or two. */
static void many_entries_take_the_memory_of_one(void **state)
{
    int ends[2];
    struct rusage before, after;
    (void)state;
    began = processor_seconds();
    assert_int_equal(pipe(ends), 0);
    pid_t writer = fork();
    if (writer == 0) {
        static const char item[] = "<item><guid>g</guid><title>A title</title><description>Some words of it</description></item>\n";
        close(ends[0]);
        FILE *out = fdopen(ends[1], "w");
        fputs("<rss><channel>", out);
        for (int i = 0; i < 100000; i++)
            fputs(item, out);
        fputs("</channel></rss>", out);
        fclose(out);
        _exit(0);
    }
    close(ends[1]);
    uint8_t head[64];
    assert_int_equal(read(ends[0], head, sizeof(head)), sizeof(head));
    struct feed_source source = {.head = view_of(head, sizeof(head)), .fd = ends[0], .where = "many"};
    getrusage(RUSAGE_SELF, &before);
    read_source(&items, &source);
    getrusage(RUSAGE_SELF, &after);
    close(ends[0]);
    assert_int_equal(items.info.entries, 100000);
    assert_true(after.ru_maxrss - before.ru_maxrss < 4096); /* kilobytes */
    assert_true(processor_seconds() - began < MANY_SECONDS);
    items_dispose(&items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_are_never_expanded),
        cmocka_unit_test(nothing_is_opened_or_fetched),
        cmocka_unit_test(depth_costs_nothing),
        cmocka_unit_test(what_repeats_takes_linear_time),
        cmocka_unit_test(a_tag_of_many_attributes),
        cmocka_unit_test(a_text_that_is_too_long_is_skipped_alone),
        cmocka_unit_test(many_entries_take_the_memory_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
