/* Tests of net/address.c: what an address is taken for, what is refused, what is private, what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "net/address.h"
#include "net/network.h"

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

static void takes_each_kind_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum address_kind kind;
        const char *user, *password, *host;
        int port;
        const char *path, *url;
    } cases[] = {
        {"https://example.org/a/b.git", ADDRESS_HTTPS, "", "", "example.org", 443, "/a/b.git", "https://example.org/a/b.git"},
        {"HTTPS://example.org", ADDRESS_HTTPS, "", "", "example.org", 443, "", "https://example.org/"},
        {"http://me:a%40b%2Fc@example.org:8080/x?y=1", ADDRESS_HTTP, "me", "a@b/c", "example.org", 8080, "/x?y=1",
         "http://example.org:8080/x?y=1"},
        {"https://a@b@example.org/", ADDRESS_HTTPS, "a@b", "", "example.org", 443, "/", "https://example.org/"},
        {"https://[2001:db8::1]:444/x", ADDRESS_HTTPS, "", "", "2001:db8::1", 444, "/x", "https://[2001:db8::1]:444/x"},
        {"https://example.org:/x", ADDRESS_HTTPS, "", "", "example.org", 443, "/x", "https://example.org/x"},
        {"git://example.org/press", ADDRESS_GIT, "", "", "example.org", 9418, "/press", NULL},
        {"ssh://git@example.org:2222/~press/mirror", ADDRESS_SSH, "git", "", "example.org", 2222, "~press/mirror", NULL},
        {"ssh://example.org/a%20b", ADDRESS_SSH, "", "", "example.org", 0, "/a b", NULL},
        {"git@example.org:press.git", ADDRESS_SSH, "git", "", "example.org", 0, "press.git", NULL},
        {"example.org:/srv/press", ADDRESS_SSH, "", "", "example.org", 0, "/srv/press", NULL},
        {"git@[::1]:press", ADDRESS_SSH, "git", "", "::1", 0, "press", NULL},
        {"[git@example.org:2222]:press", ADDRESS_SSH, "git", "", "example.org", 2222, "press", NULL},
        {"/srv/press", ADDRESS_PATH, "", "", "", 0, "/srv/press", NULL},
        {"./a:b", ADDRESS_PATH, "", "", "", 0, "./a:b", NULL},
        {"press", ADDRESS_PATH, "", "", "", 0, "press", NULL},
        {"file:///srv/a%20b", ADDRESS_PATH, "", "", "", 0, "/srv/a b", NULL},
        {"file://localhost/srv", ADDRESS_PATH, "", "", "", 0, "/srv", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address a;
        if (address_parse(&a, ctx, cases[i].text) < 0)
            fail_msg("%s", mimeo_ctx_message(ctx));
        assert_int_equal(a.kind, cases[i].kind);
        assert_string_equal(a.user, cases[i].user);
        assert_string_equal(a.password, cases[i].password);
        assert_string_equal(a.host, cases[i].host);
        assert_int_equal(a.port, cases[i].port);
        assert_string_equal(a.path, cases[i].path);
        if (cases[i].url != NULL)
            assert_string_equal(a.url, cases[i].url);
        address_dispose(&a);
    }
}

static void refuses_what_could_do_harm(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "empty"},
        {"-oProxyCommand=x", "begins with '-'"},
        {"-oProxyCommand=x:path", "begins with '-'"},
        {"ssh://-oProxyCommand=x/path", "host name"},
        {"ssh://-l@example.org/path", "begins with '-'"},
        {"ssh://%2Dl@example.org/path", "begins with '-'"},
        {"git@-example.org:path", "host name"},
        {"git@example.org:-path", "begins with '-'"},
        {"ssh://$(x)@example.org/path", "user name"},
        {"ssh://a:b@example.org/path", "password"},
        {"ext::sh -c x", "helper programs"},
        {"ftp://example.org/x", "kind"},
        {"javascript://example.org/x", "kind"},
        {"https://", "host name"},
        {"https:///x", "host name"},
        {"https://exa mple.org/", "host name"},
        {"https://example.org/a b", "space"},
        {"https://example.org/a\\b", "backslash"},
        {"https://example.org\\@evil.example/", "space or a backslash"},
        {"https://example.org/x#y", "'#'"},
        {"https://example.org:0/", "port"},
        {"https://example.org:65536/", "port"},
        {"https://example.org:80x/", "port"},
        {"https://[::1/", "brackets"},
        {"https://[::1]x/", "brackets"},
        {"https://[fe80::1%25eth0]/", "brackets"},
        {"https://%31%32%37.0.0.1/", "host name"},
        {"https://ex\xc3\xa4mple.org/", "xn--"},
        {"https://example.org/\n", "do not print"},
        {"https://example.org/\xe2\x80\xae", "do not print"},
        {"https://example.org/\xff", "do not print"},
        {"ssh://example.org/a%0Ab", "escape"},
        {"ssh://example.org/a%00b", "escape"},
        {"ssh://example.org/a%2", "escape"},
        {"ssh://example.org", "no path"},
        {"git://me@example.org/x", "user name"},
        {"git@example.org:", "no path"},
        {"file://example.org/x", "another machine"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address a;
        if (address_parse(&a, ctx, cases[i].text) != MIMEO_EUSAGE)
            fail_msg("taken: %s", cases[i].text);
        if (strstr(mimeo_ctx_message(ctx), cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].text, mimeo_ctx_message(ctx));
    }
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    char text[ADDRESS_MAX + 1];
    struct address a;
    memset(text, 'a', sizeof(text));
    memcpy(text, "https://example.org/", 20);
    text[ADDRESS_MAX - 1] = '\0';
    assert_int_equal(address_parse(&a, ctx, text), 0);
    address_dispose(&a);
    text[ADDRESS_MAX - 1] = 'a';
    text[ADDRESS_MAX] = '\0';
    assert_int_equal(address_parse(&a, ctx, text), MIMEO_EUSAGE);
}

static void tells_private_addresses_in_every_spelling(void **state)
{
    (void)state;
    static const char *const private[] = {
        "localhost", "LOCALHOST.", "localhost.localdomain", "printer", "printer.local", "a.b.LAN", "router.home.arpa",
        "x.internal", "127.0.0.1", "127.1", "0x7f.1", "0X7F000001", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.",
        "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.257", "169.254.169.254",
        "100.64.0.1", "100.127.255.255", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "1.2.3.4.5",
        "999.1.1.1", "example.0x7f", "4294967296", "::", "::1", "0:0:0:0:0:0:0:1", "::127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:7f00:1", "fe80::1", "febf::1", "fc00::1", "fd12:3456::1", "ff02::1", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::", "2001:0:1::", "fec0::1", "::8.8.8.8"};
    static const char *const public[] = {"example.org", "example.org.", "a.b.c.example", "8.8.8.8", "172.15.0.1", "172.32.0.1",
                                         "100.63.0.1", "100.128.0.1", "192.169.0.1", "198.20.0.1", "223.255.255.255",
                                         "134744072", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::",
                                         "2001:4860:4860::8888", "fb00::1", "local.example.org", "10.example.org",
                                         "127.0.0.1.example.org", "0x7f.example"};
    for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++)
        if (!host_is_private(private[i]))
            fail_msg("public: %s", private[i]);
    for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++)
        if (host_is_private(public[i]))
            fail_msg("private: %s", public[i]);
}

static bool socket_is_private(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return sockaddr_is_private((struct sockaddr *)&in);
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return sockaddr_is_private((struct sockaddr *)&in6);
}

static void judges_where_a_name_leads(void **state)
{
    (void)state;
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_true(socket_is_private("127.0.0.1"));
    assert_true(socket_is_private("::1"));
    assert_true(socket_is_private("::ffff:192.168.1.1"));
    assert_false(socket_is_private("8.8.8.8"));
    assert_false(socket_is_private("2001:4860:4860::8888"));
    assert_true(sockaddr_is_private(&local));
}

static void shows_no_credentials(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"https://me:secret@example.org/x", "https://***@example.org/x"},
        {"https://token@example.org/x", "https://***@example.org/x"},
        {"https://me:sec/ret@example.org/x", "https://***@example.org/x"},
        {"https://me:a@b@example.org/", "https://***@example.org/"},
        {"https://example.org/a@b", "https://example.org/a@b"},
        {"https://example.org/a:c@b", "https://example.org/a:c@b"},
        {"ssh://git@example.org/x", "ssh://git@example.org/x"},
        {"ssh://git:pw@example.org/x", "ssh://***@example.org/x"},
        {"git@example.org:x", "git@example.org:x"},
        {"socks5h://me:pw@127.0.0.1:9050", "socks5h://***@127.0.0.1:9050"},
        {"/a/b", "/a/b"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *shown = address_display(cases[i][0]);
        assert_string_equal(shown, cases[i][1]);
        free(shown);
    }
}

static int check(const char *text, const struct mimeo_network *n)
{
    struct address a;
    assert_int_equal(address_parse(&a, ctx, text), 0);
    int rc = network_check(ctx, &a, n);
    address_dispose(&a);
    return rc;
}

static void fails_closed(void **state)
{
    (void)state;
    const struct mimeo_network direct = {0}, tor = {.proxy = "socks5h://127.0.0.1:9050"}, outside = {.no_private = true};
    static const char *const bad[] = {"", "127.0.0.1:9050", "socks5h://", "socks4://x:1", "file:///x", "http://a b"};
    assert_int_equal(check("https://example.org/", NULL), 0);
    assert_int_equal(check("https://example.org/", &tor), 0);
    assert_int_equal(check("ssh://example.org/x", &direct), 0);
    assert_int_equal(check("ssh://example.org/x", &tor), MIMEO_EUSAGE);
    assert_int_equal(check("git://example.org/x", &tor), MIMEO_EUSAGE);
    assert_int_equal(check("http://a.onion/", &direct), MIMEO_EUSAGE);
    assert_int_equal(check("http://a.ONION./", &direct), MIMEO_EUSAGE);
    assert_int_equal(check("http://a.onion/", &tor), 0);
    assert_int_equal(check("http://127.1/", &direct), 0);
    assert_int_equal(check("http://127.1/", &outside), MIMEO_EUSAGE);
    assert_int_equal(check("/srv/press", &outside), MIMEO_EUSAGE);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct mimeo_network n = {.proxy = bad[i]};
        assert_int_equal(check("https://example.org/", &n), MIMEO_EUSAGE);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_each_kind_apart),
        TEST(refuses_what_could_do_harm),
        TEST(refuses_what_is_too_long),
        TEST(tells_private_addresses_in_every_spelling),
        TEST(judges_where_a_name_leads),
        TEST(shows_no_credentials),
        TEST(fails_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
