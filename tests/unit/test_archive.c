/*
 * Web archives of all kinds, on the samples that tests/tools/archive_samples.py makes (they are the corpora of the fuzz
 * harnesses, too): what is found in good ones, and that bad ones cost what is bad in them.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "archive/archive.h"
#include "base/limits.h"

#define SAMPLES MIMEO_SOURCE_DIR "/tests/fuzz/corpus/"
#define PICTURE_LEN 70
#define PAGE_LEN 104

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

static int try_open(struct archive **out, const char *name)
{
    char path[500];
    snprintf(path, sizeof(path), SAMPLES "%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return archive_open(out, ctx, fd, name);
}

static struct archive *open_sample(const char *name)
{
    struct archive *a = NULL;
    assert_int_equal(try_open(&a, name), 0);
    return a;
}

/* One letter and the path a record, the bytes of its body where it is a page, "!" what was left out, "?" a note. */
static void describe(struct buf *out, struct archive *a)
{
    static const char letters[] = "Ppo>ed";
    struct archive_record r;
    struct buf body;
    int rc;
    while ((rc = archive_next(&r, a, ctx)) != 0) {
        if (rc < 0) {
            assert_int_equal(rc, MIMEO_EMALFORMED);
            buf_append_str(out, "! ");
            continue;
        }
        const char *host = strstr(r.url, "//"), *path = host == NULL ? r.url : strchr(host + 2, '/');
        buf_appendf(out, "%c%s", letters[r.what == ARCHIVE_REPEAT ? 5 : r.what], path);
        if (r.what == ARCHIVE_PAGE) {
            rc = archive_read(&body, a, ctx, &r.place, LIMIT_HTML);
            if (rc < 0)
                buf_append_str(out, "=bad");
            else
                buf_appendf(out, "=%zu", body.len);
            buf_dispose(&body);
        }
        buf_append_str(out, r.note == NULL ? " " : "? ");
    }
}

static void expect(const char *name, const char *expected)
{
    struct archive *a = open_sample(name);
    struct buf out;
    buf_init(&out, 64 * KIB);
    describe(&out, a);
    if (strcmp(buf_str(&out), expected) != 0)
        print_message("%s\n", name);
    assert_string_equal(buf_str(&out), expected);
    buf_dispose(&out);
    archive_free(a);
}

static void expect_refused(const char *name, const char *words)
{
    struct archive *a;
    assert_int_equal(try_open(&a, name), MIMEO_EMALFORMED);
    assert_non_null(strstr(mimeo_ctx_message(ctx), words));
}

static void expect_found(struct archive *a, const char *url, size_t len)
{
    struct archive_place place;
    struct buf body;
    int rc = archive_find(&place, a, ctx, url);
    if (rc < 0)
        print_message("%s: %s\n", url, mimeo_ctx_message(ctx));
    assert_int_equal(rc, 0);
    assert_int_equal(archive_read(&body, a, ctx, &place, LIMIT_PICTURE), 0);
    assert_int_equal(body.len, len);
    buf_dispose(&body);
}

static void expect_missing(struct archive *a, const char *url)
{
    struct archive_place place;
    assert_int_equal(archive_find(&place, a, ctx, url), MIMEO_ENOTFOUND);
}

/* ---- WARC and ARC */

#define SITE_RECORDS "P/one=104 p/a.png >/old.png d/again.png d/same.png P/two=104 e/gone >/loop >/pool "

static void warc_is_read_in_any_packing(void **state)
{
    (void)state;
    expect("warc/plain", SITE_RECORDS);
    expect("warc/members", SITE_RECORDS);
    expect("warc/one-member", SITE_RECORDS);
    expect("warc/empty-members", SITE_RECORDS);
    expect("warc/split", "P/one=104 p/a.png ");
    expect("warc/some-together", "P/one=104 P/one=104 p/a.png >/old.png d/again.png d/same.png P/two=104 e/gone ");
    expect("warc/mixed", "P/one=104 p/a.png P/two=104 ");
    expect("warc/sloppy", "P/folded=10 P/icy=10 o/bare P/none=0 P/a%20b%C3%A9=104 ");
    expect("warc/arc", "P/a%20page=104 p/a.png ");
    expect("warc/arc2", "P/a%20page=104 p/a.png ");
    expect("warc/arc-members", "P/a%20page=104 p/a.png ");
}

static void warc_bodies_are_unpacked(void **state)
{
    (void)state;
    expect("warc/coded", "P/gzip=104 P/deflate=104 P/raw=104 P/br=86 P/zstd=84 P/twice=104 P/claimed=104 P/claimed-br=104 "
                         "P/chunked-gzip=104 P/cut-gzip=2685 P/five=104 P/odd=bad ");
    expect("warc/chunks", "P/chunked=104 P/not-chunked=104 P/no-end=104 P/broken=128 P/huge=122 P/past=104 P/extension=104 ");
}

static void pictures_are_found(void **state)
{
    static const char *const archives[] = {"warc/plain", "warc/members", "warc/one-member", "wacz/stored", "wacz/deflated"};
    (void)state;
    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
        struct archive *a = open_sample(archives[i]);
        expect_found(a, "https://news.example/a.png", PICTURE_LEN);
        expect_found(a, "HTTP://News.Example:80/x/../%61.png#top", PICTURE_LEN);
        expect_found(a, "https://news.example/old.png", PICTURE_LEN);   /* a redirect */
        expect_found(a, "https://news.example/again.png", PICTURE_LEN); /* a revisit that names the address */
        expect_found(a, "https://news.example/same.png", PICTURE_LEN);  /* and one that has the digest alone */
        expect_missing(a, "https://news.example/b.png");
        expect_missing(a, "https://news.example/one"); /* that is a page */
        expect_missing(a, "https://news.example/loop");
        expect_missing(a, "a.png");
        archive_free(a);
    }
}

static void damage_costs_one_record(void **state)
{
    (void)state;
    expect("warc/damaged", "P/one=104 ! >/old.png d/again.png d/same.png P/two=104 e/gone >/loop >/pool ");
    expect("warc/trailing", SITE_RECORDS "! ");
    expect("warc/lie-long", "P/long=103? P/good=104 ");
    expect("warc/lie-past-next", "P/long=103? P/good=104 ");
    expect("warc/lie-short", "P/short=0? P/good=104 ");
    expect("warc/lie-negative", "! P/good=104 ");
    expect("warc/lie-no-number", "! P/good=104 ");
    expect("warc/lie-ten-to-19", "! P/good=104 ");
    expect("warc/lie-two-to-63", "! P/good=104 ");
    expect("warc/lie-between", "P/good=104? P/good=104 ");
    expect("warc/lie-cut", "P/good=104 P/good=48? ");
    expect("warc/lie-cut-head", "P/good=104 ! ");
    expect("warc/lie-no-end", "P/good=104 ");
    expect("warc/lie-endless-head", "! P/good=104 ");
    expect("warc/lie-endless-http", "o/x? P/good=104 ");
    expect("warc/packed-lie-long", "P/long=103? P/good=104 ");
    expect("warc/arc-lies", "P/a%20page=284? p/a.png ");
    expect_refused("warc/lie-garbage", "no web archive");
}

static void many_faults_are_counted(void **state)
{
    struct archive *a = NULL;
    struct archive_record r;
    char path[] = "/tmp/mimeo-archive-XXXXXX";
    unsigned told = 0;
    int fd = mkstemp(path), rc;
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(dprintf(fd, "WARC/1.0\r\nContent-Length: -1\r\n\r\n"), 32);
    assert_int_equal(archive_open(&a, ctx, fd, "bad.warc"), 0);
    while ((rc = archive_next(&r, a, ctx)) != 0) {
        assert_int_equal(rc, MIMEO_EMALFORMED);
        assert_non_null(strstr(mimeo_ctx_message(ctx), "bad.warc: "));
        told++;
    }
    assert_int_equal(told, 11);
    assert_non_null(strstr(mimeo_ctx_message(ctx), "more records are damaged"));
    assert_int_equal(archive_next(&r, a, ctx), 0);
    archive_free(a);
    unlink(path);
}

static void newest_state_of_a_page_is_told(void **state)
{
    struct archive *a = open_sample("warc/states");
    struct archive_record r;
    int newest_at = -1, n = 0;
    (void)state;
    for (; archive_next(&r, a, ctx) == 1; n++) {
        bool newest = false;
        assert_int_equal(archive_newest(&newest, a, ctx, &r), 0);
        assert_true(!newest || newest_at < 0);
        newest_at = newest ? n : newest_at;
    }
    assert_int_equal(n, 3);
    assert_int_equal(newest_at, 1);
    archive_free(a);
}

static void a_pipe_is_read(void **state)
{
    int ends[2];
    struct archive *a = NULL;
    char bytes[16384];
    struct buf out;
    (void)state;
    int fd = open(SAMPLES "warc/members", O_RDONLY);
    ssize_t len = read(fd, bytes, sizeof(bytes));
    close(fd);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, (size_t)len), len);
    close(ends[1]);
    assert_int_equal(archive_open(&a, ctx, ends[0], "-"), 0);
    buf_init(&out, 1000);
    describe(&out, a);
    assert_string_equal(buf_str(&out), SITE_RECORDS);
    buf_dispose(&out);
    archive_free(a);
}

/* ---- in many threads */

static void *look_often(void *payload)
{
    mimeo_ctx *own;
    size_t good = 0;
    if (mimeo_ctx_new(&own) < 0)
        return NULL;
    for (int i = 0; i < 50; i++) {
        struct archive_place place;
        struct buf body = {.ptr = NULL};
        good += archive_find(&place, payload, own, "https://news.example/old.png") == 0 &&
                archive_read(&body, payload, own, &place, LIMIT_PICTURE) == 0 && body.len == PICTURE_LEN;
        buf_dispose(&body);
    }
    mimeo_ctx_free(own);
    return good == 50 ? payload : NULL;
}

static void threads_may_look_while_one_walks(void **state)
{
    struct archive *a = open_sample("warc/members");
    pthread_t threads[4];
    struct buf out;
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_often, a), 0);
    buf_init(&out, 1000);
    describe(&out, a);
    assert_string_equal(buf_str(&out), SITE_RECORDS);
    buf_dispose(&out);
    for (int i = 0; i < 4; i++) {
        void *good;
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_ptr_equal(good, a);
    }
    archive_free(a);
}

/* ---- WACZ */

static void wacz_is_read_where_it_lies_or_unpacked(void **state)
{
    (void)state;
    expect("wacz/stored", SITE_RECORDS);
    expect("wacz/deflated", SITE_RECORDS);
    expect("wacz/streamed", SITE_RECORDS);
    expect("wacz/two", "P/b=104 P/a=104 ");
    expect("wacz/twice", "P/a=104 P/b=104 ");
    expect("wacz/names", SITE_RECORDS); /* one of them is below archive/, and none is ever a file's name */
    expect("wacz/link", "! ");
    expect("wacz/nested", "! ");
}

static void wacz_digests_are_checked(void **state)
{
    (void)state;
    expect("wacz/sha256", "P/one=104 ");
    expect("wacz/md5", "P/one=104 ");
    expect("wacz/digest-odd", "P/one=104 ");
    expect("wacz/sha256-other", "P/one=104 ! ");
    expect("wacz/md5-other", "P/one=104 ! ");
}

static void bad_zips_are_refused(void **state)
{
    (void)state;
    expect_refused("wacz/none", "without a web archive");
    expect_refused("wacz/encrypted", "is encrypted");
    expect_refused("wacz/bzip2", "packed in a way");
    expect_refused("wacz/size-lies", "'archive/data.warc.gz' in it");
    expect_refused("wacz/packed-size-lies", "larger than the zip says");
    expect_refused("wacz/crc-lies", "checksum");
    expect_refused("wacz/far", "damaged");
    expect_refused("wacz/long", "damaged");
    expect_refused("wacz/cut", "damaged");
}

/* ---- ZIM */

static void zim_is_read_in_any_packing(void **state)
{
    static const char *const archives[] = {"zim/new", "zim/plain", "zim/zlib", "zim/wide"};
    (void)state;
    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
        expect(archives[i], "P/a%20page.html=104 P/b.html=13 "); /* z.html has the text of the first */
        struct archive *a = open_sample(archives[i]);
        expect_found(a, "https://archive.invalid/img/a.png", PICTURE_LEN);
        expect_found(a, "https://archive.invalid/img/a.png?size=2", PICTURE_LEN);
        expect_found(a, "https://archive.invalid/old.png", PICTURE_LEN);
        expect_missing(a, "https://archive.invalid/loop");
        expect_missing(a, "https://archive.invalid/b.html");
        expect_missing(a, "https://news.example/img/a.png");
        archive_free(a);
    }
    expect("zim/old", "P/A/page.html=104 ");
    struct archive *a = open_sample("zim/old");
    expect_found(a, "https://archive.invalid/I/a.png", PICTURE_LEN);
    archive_free(a);
}

/* Threads take address space before they do anything; a child's limit is on top of what its parent has. */
static void a_large_process_unpacks_too(void **state)
{
    (void)state;
    void *taken = mmap(NULL, (size_t)1 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(taken != MAP_FAILED);
    expect("zim/strong", "P/a%20page.html=104 P/b.html=13 ");
    munmap(taken, (size_t)1 << 30);
}

static void zim_addresses_are_made_unless_they_are_known(void **state)
{
    struct archive_record r;
    struct archive *a = open_sample("zim/new");
    (void)state;
    assert_int_equal(archive_next(&r, a, ctx), 1);
    assert_true(r.url_made);
    archive_free(a);
    a = open_sample("zim/web");
    assert_int_equal(archive_next(&r, a, ctx), 1);
    assert_false(r.url_made);
    assert_string_equal(r.url, "https://news.example/one?id=1");
    expect_found(a, "http://news.example/a.png", PICTURE_LEN);
    archive_free(a);
}

static void zim_pointers_are_not_believed(void **state)
{
    static const char *const both_bad[] = {"zim/bzip2", "zim/damaged", "zim/cut-cluster", "zim/offsets-zero", "zim/offsets-down",
                                           "zim/offsets-past", "zim/offsets-odd", "zim/offsets-wide", "zim/offsets-packed-zero",
                                           "zim/offsets-packed-down", "zim/offsets-packed-past", "zim/offsets-packed-odd",
                                           "zim/places-far", "zim/places-end"};
    (void)state;
    for (size_t i = 0; i < sizeof(both_bad) / sizeof(both_bad[0]); i++)
        expect(both_bad[i], "P/a%20page.html=bad P/b.html=bad ");
    expect("zim/cluster-none", "! P/y=bad P/x=bad ");
    expect("zim/long-path", "! ");
    expect("zim/pointers-far", "! ");
    expect("zim/pointers-end", "! ");
    expect("zim/pointers-zero", "! ");
    expect("zim/pointers-same", "P/a%20page.html=104 ");
    expect("zim/far-end", "P/a%20page.html=104 P/b.html=13 ! ");
    expect("zim/cut", "P/a%20page.html=bad P/b.html=bad ! ");
    expect("zim/checksum", "P/a%20page.html=104 P/b.html=13 ! ");
    expect("zim/checksum-nowhere", "P/a%20page.html=104 P/b.html=13 ! ");
    expect_refused("zim/many-entries", "cut short");
    expect_refused("zim/many-clusters", "cut short");
    expect_refused("zim/far-paths", "cut short");
    expect_refused("zim/far-clusters", "cut short");
    expect_refused("zim/far-types", "cut short");
    expect_refused("zim/types-endless", "no end");
    expect_refused("zim/version", "version");
    expect_refused("zim/head", "cut short");
}

/* ---- MHTML */

static void mhtml_gives_its_page_and_pictures(void **state)
{
    static const char *const archives[] = {"mhtml/chromium", "mhtml/lf", "mhtml/no-close", "mhtml/nested"};
    struct archive *a;
    (void)state;
    expect("mhtml/chromium", "P/a/one=61 p/a.png o/frame ");
    expect("mhtml/lf", "P/a/one=61 p/a.png o/frame ");
    expect("mhtml/no-close", "P/a/one=61 p/a.png ");
    expect("mhtml/nested", "o/a/one P/a/one=61 p/a.png ");
    expect("mhtml/endless-head", "o/a/one P/a/one=61 ");
    expect("mhtml/long-line", "P/page.html=135007 ");
    expect("mhtml/boundary-within", "P/page.html=35 ");
    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++) {
        a = open_sample(archives[i]);
        expect_found(a, "cid:p@x", PICTURE_LEN);
        expect_found(a, "cid:p%40x", PICTURE_LEN);
        expect_found(a, "https://news.example/a.png", PICTURE_LEN);
        expect_missing(a, "cid:q@x");
        expect_missing(a, "https://news.example/b.png");
        archive_free(a);
    }
    a = open_sample("mhtml/no-address");
    expect_found(a, "https://archive.invalid/a.png", PICTURE_LEN);
    archive_free(a);
}

static void mhtml_knows_which_addresses_are_real(void **state)
{
    static const struct {
        const char *name, *url;
        bool made;
    } cases[] = {{"mhtml/chromium", "https://news.example/a/one", false},
                 {"mhtml/snapshot", "https://news.example/s", false},
                 {"mhtml/no-address", "https://archive.invalid/page.html", true},
                 {"mhtml/file", "file:///C:/x.html", true}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct archive *a = open_sample(cases[i].name);
        struct archive_record r;
        assert_int_equal(archive_next(&r, a, ctx), 1);
        assert_string_equal(r.url, cases[i].url);
        assert_int_equal(r.url_made, cases[i].made);
        archive_free(a);
    }
    expect_refused("mhtml/no-page", "without a page");
    expect_refused("mhtml/no-parts", "without a page");
    expect_refused("mhtml/no-boundary", "without a page");
}

/* ---- */

static void kinds_are_told_by_bytes(void **state)
{
    (void)state;
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("WARC/1.0\r\n")), ARCHIVE_WARC);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("filedesc://x 0 1 2 3\n")), ARCHIVE_ARC);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("PK\x03\x04")), ARCHIVE_WACZ);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("ZIM\x04")), ARCHIVE_ZIM);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("A: b\nContent-Type: Multipart/Related; boundary=x\n\n")), ARCHIVE_MHTML);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("Content-Type: text/html\n\n")), ARCHIVE_NONE);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("<html>")), ARCHIVE_NONE);
    assert_int_equal(archive_sniff(VIEW_OF_LITERAL("\x1f\x8b\x08")), ARCHIVE_NONE);
    assert_int_equal(archive_sniff(view_of(NULL, 0)), ARCHIVE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_by_bytes),
        cmocka_unit_test(warc_is_read_in_any_packing),
        cmocka_unit_test(warc_bodies_are_unpacked),
        cmocka_unit_test(pictures_are_found),
        cmocka_unit_test(damage_costs_one_record),
        cmocka_unit_test(many_faults_are_counted),
        cmocka_unit_test(newest_state_of_a_page_is_told),
        cmocka_unit_test(a_pipe_is_read),
        cmocka_unit_test(threads_may_look_while_one_walks),
        cmocka_unit_test(wacz_is_read_where_it_lies_or_unpacked),
        cmocka_unit_test(wacz_digests_are_checked),
        cmocka_unit_test(bad_zips_are_refused),
        cmocka_unit_test(zim_is_read_in_any_packing),
        cmocka_unit_test(a_large_process_unpacks_too),
        cmocka_unit_test(zim_addresses_are_made_unless_they_are_known),
        cmocka_unit_test(zim_pointers_are_not_believed),
        cmocka_unit_test(mhtml_gives_its_page_and_pictures),
        cmocka_unit_test(mhtml_knows_which_addresses_are_real),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
