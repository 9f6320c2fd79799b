/*
 * A small mirror, spoiled in every way that one byte can be: each byte of each file flipped, and each
 * file cut at each byte.  Refused, or accepted with the same articles; never a crash, never silence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <mimeo/mimeo.h>

#include "base/bytes.h"
#include "base/file.h"

static mimeo_ctx *ctx;
static char root[] = "/tmp/mimeo-tampering-XXXXXX";
static struct buf wanted; /* what the list says where nothing is wrong */
static char *files[64];
static size_t file_count;

/* ---- making the mirror ---- */

static int64_t fixed_clock(void *payload)
{
    (void)payload;
    return 1795500000; /* 2026-11-24 */
}

static const char articles[] =
    "{\"id\":\"tide\",\"lang\":\"en\",\"title\":\"Tide\",\"body\":\"<p>The tide comes <b>in</b>.</p>\"}\n"
    "{\"id\":\"abr\",\"lang\":\"fa\",\"title\":\"\xD8\xA7\xD8\xA8\xD8\xB1\",\"body\":\"<p>\xD8\xA7\xD8\xA8\xD8\xB1</p>\"}\n";

static void write_file(const char *name, const char *bytes)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(bytes, f);
    fclose(f);
}

static void publish(const char *path)
{
    struct mimeo_publisher_options o = {.key = "key", .library = "own"};
    struct mimeo_publish_options po = {.note = NULL};
    struct mimeo_publish_result r;
    mimeo_publisher *p;
    assert_int_equal(mimeo_publisher_open(&p, ctx, "mirror", &o), 0);
    assert_int_equal(mimeo_publish(p, ctx, &path, 1, &po, &r), 0);
    assert_int_equal(r.refused, 0);
    mimeo_publisher_free(p);
}

static int collect(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (type == FTW_F && strstr(path, "/.git/") == NULL) {
        assert_true(file_count < 64);
        files[file_count++] = strdup(path);
    }
    return 0;
}

static int list_one(const struct mimeo_article *a, void *payload)
{
    struct buf *out = payload;
    buf_appendf(out, "%s|%s|%s|%u|%d|%llu\n", a->id, a->title, a->lang, a->revision, (int)a->action,
                (unsigned long long)a->words);
    return 0;
}

/* What a reader sees: the list, and every article's text. */
static int see(struct buf *out, mimeo_mirror *m)
{
    static const char *const ids[] = {"tide", "abr"};
    struct mimeo_list_options o = {.retracted = true};
    int rc = mimeo_mirror_list(m, ctx, &o, list_one, out);
    for (size_t i = 0; rc == 0 && i < 2; i++) {
        mimeo_reading *r;
        char *text;
        rc = mimeo_mirror_read(&r, m, ctx, ids[i]);
        if (rc < 0)
            break;
        rc = mimeo_reading_text(&text, r, ctx);
        if (rc == 0) {
            buf_append_str(out, text);
            free(text);
        }
        mimeo_reading_free(r);
    }
    return rc;
}

static int set_up(void **state)
{
    (void)state;
    struct mimeo_init_options o = {.name = "Press", .root_key = "root", .publish_key = "key", .library = "own"};
    struct mimeo_init_result r;
    struct mimeo_trust_options t = {.petname = "press"};
    struct mimeo_pin pin;
    mimeo_mirror *m;
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    mimeo_ctx_set_clock(ctx, fixed_clock, NULL);
    assert_int_equal(mimeo_init(ctx, "mirror", &o, &r), 0);
    write_file("a.jsonl", articles);
    publish("a.jsonl");
    assert_int_equal(mimeo_trust_add(ctx, "reader", r.publisher, &t, &pin), 0);
    assert_int_equal(nftw("mirror", collect, 16, FTW_PHYS), 0);
    assert_int_equal(file_count, 6); /* head, charter, two bundles, README.md, .gitattributes */
    buf_init(&wanted, 64 * 1024);
    assert_int_equal(mimeo_mirror_open(&m, ctx, "mirror", "reader"), 0);
    assert_int_equal(see(&wanted, m), 0);
    mimeo_mirror_free(m);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++)
        free(files[i]);
    buf_dispose(&wanted);
    mimeo_ctx_free(ctx);
    return chdir("/") == 0 ? nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) : -1;
}

/* ---- spoiling it ---- */

/* The verdict on the mirror as it stands; a failure to open counts as its code's. */
static enum mimeo_verdict verdict_now(bool *same_articles)
{
    mimeo_mirror *m;
    struct mimeo_verify_options o = {.deep = true, .threads = 1};
    struct mimeo_verify_result r;
    *same_articles = false;
    int rc = mimeo_mirror_open(&m, ctx, "mirror", "reader");
    if (rc < 0) {
        assert_true(mimeo_ctx_message(ctx)[0] != '\0'); /* never silence */
        return mimeo_verdict_of_code(rc);
    }
    assert_int_equal(mimeo_mirror_verify(m, ctx, &o, &r), 0);
    if (r.verdict <= MIMEO_LATE) {
        struct buf got;
        buf_init(&got, 64 * 1024);
        assert_int_equal(see(&got, m), 0);
        *same_articles = view_equal(buf_view(&got), buf_view(&wanted));
        buf_dispose(&got);
    }
    mimeo_mirror_free(m);
    return r.verdict;
}

static void put(const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static void every_flipped_byte_is_refused(void **state)
{
    (void)state;
    bool same;
    assert_int_equal(verdict_now(&same), MIMEO_GOOD);
    assert_true(same);
    for (size_t i = 0; i < file_count; i++) {
        struct buf b;
        assert_int_equal(file_read(&b, ctx, files[i], 1 << 20), 0);
        for (size_t at = 0; at < b.len; at++) {
            b.ptr[at] ^= (uint8_t)(1u << (at % 8));
            put(files[i], b.ptr, b.len);
            enum mimeo_verdict v = verdict_now(&same);
            if (v <= MIMEO_LATE && !same)
                fail_msg("%s, byte %zu: verdict %s, and other articles", files[i], at, mimeo_verdict_name(v));
            if (v <= MIMEO_LATE)
                fail_msg("%s, byte %zu: not noticed", files[i], at);
            b.ptr[at] ^= (uint8_t)(1u << (at % 8));
        }
        put(files[i], b.ptr, b.len);
        buf_dispose(&b);
    }
    assert_int_equal(verdict_now(&same), MIMEO_GOOD);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    bool same;
    for (size_t i = 0; i < file_count; i++) {
        struct buf b;
        assert_int_equal(file_read(&b, ctx, files[i], 1 << 20), 0);
        for (size_t len = 0; len < b.len; len++) {
            put(files[i], b.ptr, len);
            enum mimeo_verdict v = verdict_now(&same);
            if (v <= MIMEO_LATE)
                fail_msg("%s, cut to %zu bytes: not noticed", files[i], len);
        }
        put(files[i], b.ptr, b.len);
        buf_dispose(&b);
    }
    assert_int_equal(verdict_now(&same), MIMEO_GOOD);
}

/* The same bytes in one file. */
static void no_spoiled_pack_shows_other_articles(void **state)
{
    (void)state;
    struct buf b, pack;
    size_t noticed = 0;
    buf_init(&pack, 1 << 20);
    for (size_t i = 0; i < file_count; i++)
        if (strstr(files[i], ".mimeo") != NULL) {
            assert_int_equal(file_read(&b, ctx, files[i], 1 << 20), 0);
            assert_int_equal(buf_append_view(&pack, buf_view(&b)), 0);
            buf_dispose(&b);
        }
    write_file("pack.mimeo", "");
    for (size_t at = 0; at < pack.len; at++) {
        mimeo_mirror *m;
        struct buf got;
        pack.ptr[at] ^= 1;
        put("pack.mimeo", pack.ptr, pack.len);
        pack.ptr[at] ^= 1;
        if (mimeo_mirror_open(&m, ctx, "pack.mimeo", "reader") < 0) {
            noticed++;
            continue;
        }
        struct mimeo_verify_options o = {.threads = 1};
        struct mimeo_verify_result r;
        buf_init(&got, 64 * 1024);
        assert_int_equal(mimeo_mirror_verify(m, ctx, &o, &r), 0);
        noticed += r.verdict > MIMEO_LATE;
        if (see(&got, m) == 0 && !view_equal(buf_view(&got), buf_view(&wanted)))
            fail_msg("byte %zu: other articles are shown", at);
        buf_dispose(&got);
        mimeo_mirror_free(m);
    }
    assert_int_equal(noticed, pack.len);
    buf_dispose(&pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_byte_is_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(no_spoiled_pack_shows_other_articles),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
