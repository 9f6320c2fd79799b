/*
 * The vectors of tests/vectors: each is opened by a reader who has pinned its publisher, verified deeply,
 * and must get the verdict that stands beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include <mimeo/mimeo.h>

static mimeo_ctx *ctx;
static char library[] = "/tmp/mimeo-vectors-XXXXXX";

static int64_t fixed_clock(void *payload)
{
    (void)payload;
    return 1795478400; /* 2026-11-24T00:00:00Z, as tests/vectors/README.md says */
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(library));
    return mimeo_ctx_new(&ctx);
}

static int tear_down(void **state)
{
    (void)state;
    mimeo_ctx_free(ctx);
    return nftw(library, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int count_one(const struct mimeo_article *a, void *payload)
{
    (void)a;
    ++*(int *)payload;
    return 0;
}

static void keep_message(const struct mimeo_fault *f, void *payload)
{
    char *message = payload;
    if (message[0] == '\0')
        snprintf(message, 512, "%s", f->message);
}

/* The verdict's name; *records where the list can be read. */
static const char *look_at(const char *name, int *records, char message[512])
{
    char path[4096];
    mimeo_mirror *m;
    struct mimeo_verify_options o = {.deep = true, .threads = 1, .fault = keep_message, .payload = message};
    struct mimeo_verify_result r;
    struct mimeo_list_options lo = {.retracted = false};
    snprintf(path, sizeof(path), "%s/tests/vectors/%s.mimeo", MIMEO_SOURCE_DIR, name);
    int rc = mimeo_mirror_open(&m, ctx, path, library);
    if (rc < 0) {
        snprintf(message, 512, "%s", mimeo_ctx_message(ctx));
        return mimeo_verdict_name(mimeo_verdict_of_code(rc));
    }
    *records = 0;
    if (mimeo_mirror_verify(m, ctx, &o, &r) < 0)
        fail_msg("%s: %s", name, mimeo_ctx_message(ctx));
    if (mimeo_mirror_list(m, ctx, &lo, count_one, records) < 0)
        *records = -1;
    mimeo_mirror_free(m);
    return mimeo_verdict_name(r.verdict);
}

/* One vector in a reader's library of its own; true where all is as expected. */
static bool try_vector(const json_t *v)
{
    const char *name = json_string_value(json_object_get(v, "name"));
    const char *wanted = json_string_value(json_object_get(v, "verdict"));
    const char *before = json_string_value(json_object_get(v, "before"));
    const json_t *records = json_object_get(v, "records");
    struct mimeo_trust_options t = {.petname = "pinned"};
    struct mimeo_pin pin;
    char message[512] = "", ignored[512] = "";
    int count = -1;
    nftw(library, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (mimeo_trust_add(ctx, library, json_string_value(json_object_get(v, "publisher")), &t, &pin) < 0)
        fail_msg("%s: %s", name, mimeo_ctx_message(ctx));
    if (before != NULL)
        look_at(before, &count, ignored);
    const char *got = look_at(name, &count, message);
    bool good = strcmp(got, wanted) == 0;
    if (!good)
        print_error("%s: %s, and not %s (%s)\n", name, got, wanted, message);
    if (good && records != NULL && count != json_integer_value(records)) {
        print_error("%s: %d articles, and not %d\n", name, count, (int)json_integer_value(records));
        good = false;
    }
    return good;
}

static void every_vector_has_its_verdict(void **state)
{
    (void)state;
    char line[8192];
    int vectors = 0, faults = 0;
    FILE *f = fopen(MIMEO_SOURCE_DIR "/tests/vectors/expected.jsonl", "r");
    assert_non_null(f);
    mimeo_ctx_set_clock(ctx, fixed_clock, NULL);
    while (fgets(line, sizeof(line), f) != NULL) {
        json_t *v = json_loads(line, 0, NULL);
        assert_non_null(v);
        vectors++;
        faults += !try_vector(v);
        json_decref(v);
    }
    fclose(f);
    assert_true(vectors > 100);
    if (faults > 0)
        fail_msg("%d of %d vectors have another verdict", faults, vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_vector_has_its_verdict)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
