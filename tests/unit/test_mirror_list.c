/* Tests of sync/mirror_list.c: addresses of one's own, addresses that somebody signed, and how each fared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "sync/mirror_list.h"

static mimeo_ctx *ctx;
static char library[] = "/tmp/mimeo-mirrors-XXXXXX";
static struct hash publisher;
static int64_t clock_now;

static int64_t tick(void *payload)
{
    (void)payload;
    return ++clock_now;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(library + strlen(library) - 6, "XXXXXX");
    assert_non_null(mkdtemp(library));
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    mimeo_ctx_set_clock(ctx, tick, NULL);
    clock_now = 1000;
    publisher = hash_of(view_of_str("a publisher"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    int rc = dir_remove_tree(ctx, AT_FDCWD, library);
    mimeo_ctx_free(ctx);
    return rc;
}

static struct header *header_with(const char *const *mirrors)
{
    struct header *h = calloc(1, sizeof(*h));
    assert_non_null(h);
    for (; *mirrors != NULL; mirrors++)
        strcpy(h->mirrors[h->mirror_count++], *mirrors);
    return h;
}

static void add(const char *address)
{
    assert_int_equal(mirror_list_add(ctx, library, &publisher, address), 0);
}

/* The addresses in order, a space behind each; those that are never asked in parentheses. */
static char *order(const struct header *header)
{
    struct mirror_list l;
    static char text[4096];
    text[0] = '\0';
    assert_int_equal(mirror_list_load(&l, ctx, library, &publisher, header), 0);
    for (size_t i = 0; i < l.count; i++)
        sprintf(text + strlen(text), l.items[i].usable ? "%s " : "(%s) ", l.items[i].address);
    mirror_list_dispose(&l);
    return text;
}

static void ones_own_come_first_and_each_once(void **state)
{
    (void)state;
    static const char *const signed_list[] = {"https://a.example/p.git", "https://b.example/p.git", NULL};
    struct header *h = header_with(signed_list);
    assert_string_equal(order(NULL), "");
    add("ssh://git@own.example/p.git");
    add("https://b.example/p.git");
    add("https://b.example/p.git");
    assert_string_equal(order(h), "ssh://git@own.example/p.git https://b.example/p.git https://a.example/p.git ");
    free(h);
}

/* R12: whoever has the key could make readers knock within their own network. */
static void a_signed_private_address_is_never_asked_but_ones_own_is(void **state)
{
    (void)state;
    static const char *const signed_list[] = {"http://127.0.0.1/p", "https://192.168.1.1/p", "git://[::1]/p",
                                              "http://localhost/p", "https://good.example/p", NULL};
    struct header *h = header_with(signed_list);
    assert_string_equal(order(h), "(http://127.0.0.1/p) (https://192.168.1.1/p) (git://[::1]/p) (http://localhost/p) "
                                  "https://good.example/p ");
    add("http://127.0.0.1/p");
    assert_memory_equal(order(h), "http://127.0.0.1/p (https", 25);
    free(h);
}

static void what_worked_last_comes_first(void **state)
{
    (void)state;
    add("https://a.example/p");
    add("https://b.example/p");
    add("https://c.example/p");
    mirror_list_note(ctx, library, &publisher, "https://b.example/p", true, "git");
    mirror_list_note(ctx, library, &publisher, "https://c.example/p", true, "git");
    assert_string_equal(order(NULL), "https://c.example/p https://a.example/p https://b.example/p ");
    mirror_list_note(ctx, library, &publisher, "https://c.example/p", false, "git");
    assert_string_equal(order(NULL), "https://a.example/p https://b.example/p https://c.example/p ");
    mirror_list_note(ctx, library, &publisher, "https://b.example/p", true, "git");
    assert_string_equal(order(NULL), "https://b.example/p https://a.example/p https://c.example/p ");
}

static void only_ones_own_are_removed(void **state)
{
    (void)state;
    add("https://a.example/p");
    assert_int_equal(mirror_list_remove(ctx, library, &publisher, "https://a.example/p"), 0);
    assert_string_equal(order(NULL), "");
    assert_int_equal(mirror_list_remove(ctx, library, &publisher, "https://a.example/p"), MIMEO_ENOTFOUND);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    assert_true(mirror_list_add(ctx, library, &publisher, "https://-oProxyCommand=x/p") < 0);
    assert_true(mirror_list_add(ctx, library, &publisher, "https://a.example/\np") < 0);
    assert_string_equal(order(NULL), "");
}

static void spoil(const char *top, const char *name, const char *text)
{
    char path[4096], hex[HASH_HEX_LEN + 1];
    hash_format(hex, &publisher);
    snprintf(path, sizeof(path), "%s/%s/%s/%s", library, top, hex, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void spoilt_addresses_are_an_error_and_spoilt_health_is_not(void **state)
{
    (void)state;
    struct mirror_list l;
    add("https://a.example/p");
    mirror_list_note(ctx, library, &publisher, "https://a.example/p", true, "git");
    spoil("work", "health", "mimeo health 1\n9 x - https://a.example/p\n\xff");
    assert_string_equal(order(NULL), "https://a.example/p ");
    spoil("trust", "mirrors", "mimeo mirrors 1\nhttps://a.example/p");
    assert_int_equal(mirror_list_load(&l, ctx, library, &publisher, NULL), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "restore it"));
    assert_true(mirror_list_add(ctx, library, &publisher, "https://b.example/p") < 0);
}

static void the_limit_of_ones_own_is_kept(void **state)
{
    (void)state;
    char address[64];
    for (int i = 0; i < MIRRORS_ADDED_MAX; i++) {
        snprintf(address, sizeof(address), "https://m%d.example/p", i);
        add(address);
    }
    assert_int_equal(mirror_list_add(ctx, library, &publisher, "https://more.example/p"), MIMEO_EMALFORMED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ones_own_come_first_and_each_once),
        TEST(a_signed_private_address_is_never_asked_but_ones_own_is),
        TEST(what_worked_last_comes_first),
        TEST(only_ones_own_are_removed),
        TEST(what_is_no_address_is_refused),
        TEST(spoilt_addresses_are_an_error_and_spoilt_health_is_not),
        TEST(the_limit_of_ones_own_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
