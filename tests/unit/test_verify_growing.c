/*
 * A mirror that grows while it is verified: what was there at the beginning is judged, and what came meanwhile is no
 * damage.  A head that nobody's bundle begins with still is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <mimeo/mimeo.h>

static mimeo_ctx *ctx;
static char root[] = "/tmp/mimeo-growing-XXXXXX";

static void publish(const char *id)
{
    struct mimeo_publisher_options o = {.key = "key", .library = "own", .offline = true};
    struct mimeo_publish_options po = {.note = NULL};
    struct mimeo_publish_result r;
    mimeo_publisher *p;
    const char *path = "article.jsonl";
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "{\"id\":\"%s\",\"lang\":\"en\",\"title\":\"Tide\",\"body\":\"<p>The tide comes in.</p>\"}\n", id);
    fclose(f);
    assert_int_equal(mimeo_publisher_open(&p, ctx, "mirror", &o), 0);
    assert_int_equal(mimeo_publish(p, ctx, &path, 1, &po, &r), 0);
    assert_int_equal(r.added, 1);
    mimeo_publisher_free(p);
}

static int set_up(void **state)
{
    (void)state;
    struct mimeo_init_options o = {.name = "Press", .root_key = "root", .publish_key = "key", .library = "own"};
    struct mimeo_init_result r;
    struct mimeo_trust_options t = {.petname = "press"};
    struct mimeo_pin pin;
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    assert_int_equal(mimeo_init(ctx, "mirror", &o, &r), 0);
    assert_int_equal(mimeo_trust_add(ctx, "reader", r.publisher, &t, &pin), 0);
    publish("tide");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[80];
    mimeo_ctx_free(ctx);
    snprintf(command, sizeof(command), "cd / && rm -rf '%s'", root);
    return system(command);
}

static void hear_fault(const struct mimeo_fault *fault, void *payload)
{
    if (strcmp(fault->object, "head") == 0)
        snprintf(payload, 200, "%s", fault->message);
}

static void hear_remark(const struct mimeo_remark *remark, void *payload)
{
    if (strcmp(remark->object, "head") == 0)
        snprintf(payload, 200, "%s", remark->message);
}

/* Verify `m`, which was opened before; what is said of the head goes to `words`. */
static enum mimeo_verdict verify(mimeo_mirror *m, char words[200])
{
    struct mimeo_verify_options o = {.fault = hear_fault, .remark = hear_remark, .payload = words};
    struct mimeo_verify_result r;
    words[0] = '\0';
    assert_int_equal(mimeo_mirror_verify(m, ctx, &o, &r), 0);
    mimeo_mirror_free(m);
    return r.verdict;
}

static void what_comes_meanwhile_is_no_damage(void **state)
{
    (void)state;
    char words[200];
    mimeo_mirror *m;
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    publish("ebb");
    assert_int_equal(verify(m, words), MIMEO_GOOD);
    assert_non_null(strstr(words, "while this was verified"));
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    assert_int_equal(verify(m, words), MIMEO_GOOD);
    assert_string_equal(words, "");
}

static void erase(const char *id)
{
    struct mimeo_publisher_options o = {.key = "key", .library = "own", .offline = true};
    struct mimeo_retract_options erase = {.erase = true};
    struct mimeo_publish_result r;
    mimeo_publisher *p;
    assert_int_equal(mimeo_publisher_open(&p, ctx, "mirror", &o), 0);
    assert_int_equal(mimeo_retract(p, ctx, &id, 1, &erase, &r), 0);
    mimeo_publisher_free(p);
}

/* What a bundle orders that came meanwhile is carried out at once: zeros that the bundles listed before do not explain. */
static void what_is_erased_meanwhile_is_no_damage(void **state)
{
    (void)state;
    char words[200];
    mimeo_mirror *m;
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    erase("tide");
    assert_int_equal(verify(m, words), MIMEO_INCOMPLETE);
    assert_non_null(strstr(words, "while this was verified"));
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    assert_int_equal(verify(m, words), MIMEO_GOOD);
}

static int erase_the_other(const struct mimeo_article *article, void *payload)
{
    int *shown = payload;
    if ((*shown)++ == 0)
        erase(strcmp(article->id, "ebb") == 0 ? "spring" : "ebb");
    return 0;
}

/* By a walk, which found both; the second is gone when its turn comes. */
static void what_is_erased_meanwhile_is_not_listed(void **state)
{
    (void)state;
    struct mimeo_list_options o = {.limit = 0};
    int shown = 0;
    mimeo_mirror *m;
    publish("spring");
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    assert_int_equal(mimeo_mirror_list(m, ctx, &o, erase_the_other, &shown), 0);
    assert_int_equal(shown, 1);
    mimeo_mirror_free(m);
}

static void a_newer_head_without_its_bundle_is(void **state)
{
    (void)state;
    char words[200];
    mimeo_mirror *m;
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    publish("flood");
    assert_int_equal(system("rm $(find mirror/bundles -name 07.mimeo)"), 0);
    assert_int_equal(verify(m, words), MIMEO_DAMAGED);
    assert_non_null(strstr(words, "not the header of the newest bundle"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_meanwhile_is_no_damage),
        cmocka_unit_test(what_is_erased_meanwhile_is_no_damage),
        cmocka_unit_test(what_is_erased_meanwhile_is_not_listed),
        cmocka_unit_test(a_newer_head_without_its_bundle_is),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
