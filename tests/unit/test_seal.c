/* Tests of trust/seal_*.c: what goes in comes out, sizes, and every way to damage a sealed file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/context.h"
#include "trust/seal_inside.h"

static mimeo_ctx *ctx;
static struct passphrase good, other, none;

static int set_up(void **state)
{
    (void)state;
    if (mimeo_ctx_new(&ctx) < 0 || passphrase_copy(&good, ctx, VIEW_OF_LITERAL("seven quiet herons")) < 0 ||
        passphrase_copy(&other, ctx, VIEW_OF_LITERAL("seven quiet heron")) < 0)
        return -1;
    ctx->cheap_seals = true;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    passphrase_dispose(&good);
    passphrase_dispose(&other);
    mimeo_ctx_free(ctx);
    return 0;
}

static void words(const char *expected)
{
    if (strstr(mimeo_ctx_message(ctx), expected) == NULL)
        fail_msg("'%s' lacks '%s'", mimeo_ctx_message(ctx), expected);
}

/* ---- a sealed file in memory ---- */

struct file {
    uint8_t *bytes;
    size_t len, cap;
    size_t puts;     /* calls until the disk is full; 0: never */
    size_t gets;     /* likewise, until it is pulled out */
};

static int put(struct view v, mimeo_ctx *c, void *payload)
{
    struct file *f = payload;
    if (f->puts > 0 && --f->puts == 0)
        return ctx_error(c, MIMEO_EIO, "the disk is full");
    while (f->len + v.len > f->cap) {
        f->cap = f->cap == 0 ? 4096 : 2 * f->cap;
        f->bytes = realloc(f->bytes, f->cap);
        assert_non_null(f->bytes);
    }
    memcpy(f->bytes + f->len, v.ptr, v.len);
    f->len += v.len;
    return 0;
}

static int get(uint8_t *bytes, size_t len, uint64_t offset, size_t *got, mimeo_ctx *c, void *payload)
{
    struct file *f = payload;
    if (f->gets > 0 && --f->gets == 0)
        return ctx_error(c, MIMEO_EIO, "the stick is gone");
    *got = offset >= f->len ? 0 : f->len - offset < len ? f->len - (size_t)offset : len;
    if (*got > 0)
        memcpy(bytes, f->bytes + offset, *got);
    return 0;
}

static uint8_t byte_at(uint64_t n)
{
    return (uint8_t)(n * 31 + n / 251);
}

static uint8_t *sample(size_t len)
{
    uint8_t *b = malloc(len + 1);
    assert_non_null(b);
    for (size_t i = 0; i < len; i++)
        b[i] = byte_at(i);
    return b;
}

/* Sealed in pieces of `piece` bytes. */
static struct file seal(size_t len, size_t piece)
{
    struct file f = {.bytes = NULL};
    struct seal_writer *w;
    uint8_t *b = sample(len);
    assert_int_equal(seal_writer_new(&w, ctx, &good, put, &f), 0);
    for (size_t at = 0; at < len; at += piece)
        assert_int_equal(seal_write(w, ctx, view_of(b + at, len - at < piece ? len - at : piece)), 0);
    if (len == 0)
        assert_int_equal(seal_write(w, ctx, view_of(b, 0)), 0);
    assert_int_equal(seal_finish(w, ctx), 0);
    seal_writer_free(w);
    free(b);
    return f;
}

static struct seal_reader *unseal(struct file *f)
{
    struct seal_reader *r;
    assert_int_equal(seal_reader_new(&r, ctx, &good, f->len, get, f), 0);
    return r;
}

/* All of it, going on beyond damage: how many bytes came out.  Each is the right one. */
static size_t readable(struct seal_reader *r, size_t len, size_t piece)
{
    uint8_t *b = malloc(piece);
    size_t total = 0;
    assert_non_null(b);
    for (uint64_t at = 0; at < seal_reader_len(r);) {
        size_t got = 99;
        int rc = seal_read(r, ctx, b, piece, at, &got);
        assert_true(rc == 0 || rc == MIMEO_EFORGED);
        for (size_t i = 0; i < got; i++)
            assert_int_equal(b[i], at + i < len ? byte_at(at + i) : 0); /* padding, where the end is damaged */
        total += at + got <= len ? got : at < len ? len - (size_t)at : 0;
        assert_true(rc == MIMEO_EFORGED || got > 0);
        at = rc == 0 ? at + got : seal_reader_beyond(r, at + got);
    }
    free(b);
    return total;
}

static const size_t lengths[] = {0, 1, 7, 8, 9, 1000, 65535, 65536, 65537, 65554, 131072, 262143, 262144, 262145,
                                 262162, 300000, 524288, 1000003};
#define EACH(i) for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)

static void what_was_sealed_comes_out(void **state)
{
    (void)state;
    static const size_t pieces[] = {1 << 20, 65536, 4099};
    EACH (i)
        for (size_t p = 0; p < 3; p++) {
            struct file f = seal(lengths[i], pieces[p]);
            struct seal_reader *r = unseal(&f);
            assert_int_equal(f.len, seal_size(lengths[i]));
            assert_int_equal(seal_reader_len(r), lengths[i]);
            assert_null(seal_reader_damage(r));
            assert_int_equal(readable(r, lengths[i], pieces[2 - p]), lengths[i]);
            seal_reader_free(r);
            free(f.bytes);
        }
}

static void any_place_can_be_read(void **state)
{
    (void)state;
    struct file f = seal(1000003, 65536);
    struct seal_reader *r = unseal(&f);
    uint8_t b[3000];
    uint32_t at = 12345;
    for (int n = 0; n < 600; n++) {
        size_t len = (size_t)(at >> 7) % sizeof(b), got;
        uint64_t offset = at % 1001000;
        assert_int_equal(seal_read(r, ctx, b, len, offset, &got), 0);
        size_t want = offset >= 1000003 ? 0 : 1000003 - offset < len ? 1000003 - (size_t)offset : len;
        assert_int_equal(got, want);
        for (size_t i = 0; i < got; i++)
            assert_int_equal(b[i], byte_at(offset + i));
        if (n % 50 == 0)
            seal_reader_rest(r);
        at = at * 1103515245 + 12345;
    }
    size_t got = 1;
    assert_int_equal(seal_read(r, ctx, b, 10, UINT64_MAX, &got), 0);
    assert_int_equal(got, 0);
    seal_reader_free(r);
    free(f.bytes);
}

/* ---- sizes ---- */

static void sizes_are_padded_by_padme(void **state)
{
    (void)state;
    /* By the definition: of a size with exponent E only the first 1 + log2 E + 1 binary digits may be set. */
    assert_int_equal(seal_size(0), 304);
    assert_int_equal(seal_padded(1000), 1024);
    assert_int_equal(seal_padded(10000), 10240);
    assert_int_equal(seal_padded(1000000), 1015808);
    assert_int_equal(seal_padded((uint64_t)4000000000), 4026531840);
    EACH (i) {
        uint64_t size = seal_size(lengths[i]);
        assert_true(seal_size_fits(size));
        assert_false(seal_size_fits(size + 1));
        assert_false(seal_size_fits(size - 1));
        assert_true(lengths[i] < 1000 || size <= lengths[i] + lengths[i] / 8 + 400);
    }
}

static void room_is_the_most_that_fits(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {303, 304, 305, 350, 1000, 66000, 8 << 20, 25000000, 95 << 20, (uint64_t)4 << 30,
                                     (uint64_t)1 << 50};
    assert_int_equal(seal_room(0), 0);
    assert_int_equal(seal_room(303), 0);
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t room = seal_room(sizes[i]);
        assert_true(seal_size(room) <= sizes[i]);
        assert_true(seal_size(room + 1) > sizes[i]);
    }
    assert_int_equal(seal_size(UINT64_MAX), UINT64_MAX);
    assert_int_equal(seal_size(seal_room(UINT64_MAX)), (uint64_t)1 << 62);
    assert_int_equal(seal_size(seal_room(UINT64_MAX) + 1), UINT64_MAX);
    /* Parts of a usual size lose next to nothing to it. */
    assert_true(seal_room(8 << 20) > (8 << 20) - 5000);
    assert_true(seal_room(25000000) > 24500000);
}

static void every_length_has_its_plan(void **state)
{
    (void)state;
    for (uint64_t len = 0; len < 600000; len += len % 65536 < 100 || len % 65536 > 65400 ? 1 : 37) {
        uint64_t size = seal_size(len);
        struct seal_plan p = seal_plan_of(size);
        assert_true(p.plain >= len && p.end_len >= SEAL_END_MIN && p.end_len <= SEAL_END_MAX);
        assert_int_equal(p.end + p.end_len + SEAL_LOCK_LEN, size);
    }
}

/* ---- nothing to see ---- */

static void no_two_sealed_files_share_a_byte_string(void **state)
{
    (void)state;
    struct file a = seal(100000, 65536), b = seal(100000, 65536);
    size_t same = 0;
    for (size_t i = 0; i < a.len; i++)
        same += a.bytes[i] == b.bytes[i];
    assert_true(same < a.len / 256 * 2);
    assert_memory_not_equal(a.bytes, b.bytes, 4);
    /* And within one: the locks have nothing in common. */
    for (size_t i = 0; i + 8 <= SEAL_LOCK_LEN; i++)
        assert_memory_not_equal(a.bytes + i, a.bytes + a.len - SEAL_LOCK_LEN + i, 8);
    free(a.bytes);
    free(b.bytes);
}

static void bytes_look_random_and_others_do_not(void **state)
{
    (void)state;
    static const char text[] = "The ferry to the islands leaves at seven; nobody knows whether it will come back. ";
    uint8_t front[SEAL_LOOK];
    for (size_t i = 0; i < 8; i++) {
        struct file f = seal(i * 3000, 65536);
        assert_true(seal_may_be(f.len, view_of(f.bytes, f.len < SEAL_LOOK ? f.len : SEAL_LOOK)));
        free(f.bytes);
    }
    for (size_t i = 0; i < sizeof(front); i++)
        front[i] = (uint8_t)text[i % (sizeof(text) - 1)];
    assert_false(seal_may_be(4096, view_of(front, 4096)));
    assert_false(seal_may_be(400, view_of(front, 400)));
    memset(front, 0, sizeof(front));
    assert_false(seal_may_be(4096, view_of(front, 4096)));
    ctx_random(ctx, front, sizeof(front));
    assert_true(seal_may_be(100000, view_of(front, 4096)));
    assert_false(seal_may_be(120, view_of(front, 120)));
}

/* ---- the passphrase ---- */

static void a_wrong_passphrase_is_told(void **state)
{
    (void)state;
    struct seal_reader *r = NULL;
    struct file f = seal(1000, 1000);
    assert_int_equal(seal_reader_new(&r, ctx, &other, f.len, get, &f), MIMEO_EPASSPHRASE);
    words("the passphrase does not open it: it is wrong");
    assert_int_equal(seal_reader_new(&r, ctx, &none, f.len, get, &f), MIMEO_EPASSPHRASE);
    assert_null(r);
    struct seal_writer *w;
    assert_int_equal(seal_writer_new(&w, ctx, &none, put, &f), MIMEO_EUSAGE);
    free(f.bytes);
}

/* The cost is the format's, and what was made with another opens nowhere else. */
static void real_files_cost_real_memory(void **state)
{
    (void)state;
    struct seal_reader *r;
    ctx->cheap_seals = false;
    struct file f = seal(5, 5);
    r = unseal(&f);
    assert_int_equal(readable(r, 5, 10), 5);
    seal_reader_free(r);
    ctx->cheap_seals = true;
    assert_int_equal(seal_reader_new(&r, ctx, &good, f.len, get, &f), MIMEO_EPASSPHRASE);
    free(f.bytes);
}

/* A lock opens by its proof and its message, never by one of them; and only in its place. */
static void locks_are_bound(void **state)
{
    (void)state;
    uint8_t key[SEAL_KEY_LEN] = {9}, lock[SEAL_LOCK_LEN], again[SEAL_KEY_LEN] = {0};
    assert_int_equal(seal_lock_make(lock, ctx, &good, "front", key), 0);
    assert_int_equal(seal_lock_open(again, ctx, &good, "front", lock), 0);
    assert_memory_equal(again, key, sizeof(key));
    assert_int_equal(seal_lock_open(again, ctx, &good, "back", lock), MIMEO_EPASSPHRASE);
    for (size_t i = 0; i < sizeof(lock); i++) {
        lock[i] ^= 0x10;
        assert_int_equal(seal_lock_open(again, ctx, &good, "front", lock), MIMEO_EPASSPHRASE);
        lock[i] ^= 0x10;
    }
}

/* ---- damage ---- */

static void damage_to_one_lock_is_no_wrong_passphrase(void **state)
{
    (void)state;
    struct file f = seal(70000, 70000);
    for (size_t i = 0; i < SEAL_LOCK_LEN; i++) {
        f.bytes[i] ^= 1;
        struct seal_reader *r = unseal(&f);
        assert_non_null(strstr(seal_reader_damage(r), "damaged in its first bytes"));
        assert_int_equal(seal_reader_len(r), 70000);
        seal_reader_free(r);
        f.bytes[i] ^= 1;
    }
    f.bytes[f.len - 1] ^= 1; /* the other one is spare */
    struct seal_reader *r = unseal(&f);
    assert_int_equal(readable(r, 70000, 70000), 70000);
    seal_reader_free(r);
    f.bytes[0] ^= 1; /* both: nobody can tell */
    assert_int_equal(seal_reader_new(&r, ctx, &good, f.len, get, &f), MIMEO_EPASSPHRASE);
    free(f.bytes);
}

/* A flipped bit costs what comes behind it in its segment, and nothing else. */
static void damage_costs_its_segment(void **state)
{
    (void)state;
    struct file f = seal(1000003, 65536);
    static const struct { size_t at, left; } cases[] = {
        {SEAL_LOCK_LEN, 1000003 - 262144},                                            /* the first stream's header */
        {SEAL_LOCK_LEN + SEAL_STREAM_LEN, 1000003 - 262144},
        {SEAL_LOCK_LEN + SEAL_STREAM_LEN + SEAL_CHUNK_SEALED, 1000003 - 3 * 65536},   /* message 1 */
        {SEAL_LOCK_LEN + SEAL_SEGMENT_SEALED - 1, 1000003 - 65536},                   /* message 3 */
        {SEAL_LOCK_LEN + SEAL_SEGMENT_SEALED + 100, 1000003 - 262144},                /* the second segment */
        {SEAL_LOCK_LEN + 3 * SEAL_SEGMENT_SEALED + 5 + 2 * SEAL_CHUNK_SEALED, 786432 + 65536}, /* the last: message 1 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t piece = 1000; piece < 1000000; piece *= 30) {
            f.bytes[cases[i].at] ^= 0x80;
            struct seal_reader *r = unseal(&f);
            assert_null(seal_reader_damage(r));
            assert_int_equal(readable(r, 1000003, piece), cases[i].left);
            words("damaged or cut off at byte");
            seal_reader_free(r);
            f.bytes[cases[i].at] ^= 0x80;
        }
    free(f.bytes);
}

/* Read again, and before and behind: what is lost stays lost, what is good stays good. */
static void damage_leaves_the_reader_sane(void **state)
{
    (void)state;
    struct file f = seal(300000, 65536);
    uint8_t b[100];
    size_t got;
    f.bytes[SEAL_LOCK_LEN + SEAL_STREAM_LEN + SEAL_CHUNK_SEALED + 77] ^= 1; /* message 1 */
    struct seal_reader *r = unseal(&f);
    static const struct { uint64_t at; int rc; size_t got; } steps[] = {
        {65500, MIMEO_EFORGED, 36}, {65536, MIMEO_EFORGED, 0}, {65400, 0, 100},   {200000, MIMEO_EFORGED, 0},
        {0, 0, 100},                {262144, 0, 100},          {262100, MIMEO_EFORGED, 0}, {65436, 0, 100},
        {299950, 0, 50},            {65536, MIMEO_EFORGED, 0}, {1, 0, 100},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(seal_read(r, ctx, b, sizeof(b), steps[i].at, &got), steps[i].rc);
        assert_int_equal(got, steps[i].got);
        for (size_t n = 0; n < got; n++)
            assert_int_equal(b[n], byte_at(steps[i].at + n));
    }
    seal_reader_free(r);
    free(f.bytes);
}

/* Cut at each edge of the layout, and beside it. */
static void a_cut_file_gives_what_is_before_the_cut(void **state)
{
    (void)state;
    struct file f = seal(600000, 65536);
    size_t whole = f.len, cuts[64], count = 0;
    struct seal_plan plan = seal_plan_of(f.len);
    cuts[count++] = SEAL_LOCK_LEN;
    for (size_t s = 0; s < 3; s++)
        for (size_t m = 0; m <= 4; m++) {
            size_t at = SEAL_LOCK_LEN + s * SEAL_SEGMENT_SEALED + SEAL_STREAM_LEN + m * SEAL_CHUNK_SEALED;
            if (at < plan.end)
                cuts[count++] = at;
        }
    cuts[count++] = (size_t)plan.end;
    cuts[count++] = (size_t)plan.back;
    cuts[count++] = whole - 1;
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < 3; d++) {
            f.len = cuts[i] + d - 1;
            if (f.len >= whole)
                continue;
            if (f.len < SEAL_LOCK_LEN) {
                struct seal_reader *none_here;
                assert_int_equal(seal_reader_new(&none_here, ctx, &good, f.len, get, &f), MIMEO_EMALFORMED);
                continue;
            }
            struct seal_reader *r = unseal(&f);
            assert_non_null(strstr(seal_reader_damage(r), "cut short"));
            size_t before = 0; /* whole messages */
            for (size_t at = 0; at < 600000; at += SEAL_CHUNK) {
                size_t end = at + SEAL_CHUNK < plan.plain ? at + SEAL_CHUNK : (size_t)plan.plain;
                size_t sealed_end = SEAL_LOCK_LEN + end + (end + SEAL_CHUNK - 1) / SEAL_CHUNK * SEAL_TAG_LEN +
                                    (end + SEAL_SEGMENT - 1) / SEAL_SEGMENT * SEAL_STREAM_LEN;
                if (sealed_end <= f.len)
                    before = end < 600000 ? end : 600000;
            }
            size_t came = readable(r, 600000, 50000);
            /* The last message is shorter than others: a deep cut hides where it would have ended. */
            assert_true(came == before || (came < before && before - came <= SEAL_CHUNK && f.len >= plan.end - 70000));
            seal_reader_free(r);
        }
    f.len = whole;
    free(f.bytes);
}

/* Streams, messages and ends in another place, or of another file with the same passphrase: none passes. */
static void parts_do_not_pass_for_each_other(void **state)
{
    (void)state;
    struct file f = seal(1000003, 65536), g = seal(1000003, 65536);
    uint8_t *copy = malloc(SEAL_SEGMENT_SEALED);
    uint8_t *first = f.bytes + SEAL_LOCK_LEN, *second = first + SEAL_SEGMENT_SEALED;
    struct seal_plan plan = seal_plan_of(f.len);
    assert_non_null(copy);
    memcpy(copy, first, SEAL_SEGMENT_SEALED); /* two segments swapped */
    memcpy(first, second, SEAL_SEGMENT_SEALED);
    memcpy(second, copy, SEAL_SEGMENT_SEALED);
    struct seal_reader *r = unseal(&f);
    assert_int_equal(readable(r, 1000003, 65536), 1000003 - 2 * SEAL_SEGMENT);
    seal_reader_free(r);
    memcpy(second, first, SEAL_SEGMENT_SEALED);
    memcpy(first, copy, SEAL_SEGMENT_SEALED);

    uint8_t *one = first + SEAL_STREAM_LEN, *two = one + SEAL_CHUNK_SEALED; /* two messages swapped */
    memcpy(copy, one, SEAL_CHUNK_SEALED);
    memcpy(one, two, SEAL_CHUNK_SEALED);
    memcpy(two, copy, SEAL_CHUNK_SEALED);
    r = unseal(&f);
    assert_int_equal(readable(r, 1000003, 65536), 1000003 - SEAL_SEGMENT);
    seal_reader_free(r);
    memcpy(two, one, SEAL_CHUNK_SEALED);
    memcpy(one, copy, SEAL_CHUNK_SEALED);

    memcpy(first, g.bytes + SEAL_LOCK_LEN, SEAL_SEGMENT_SEALED); /* another file's segment */
    r = unseal(&f);
    assert_int_equal(readable(r, 1000003, 65536), 1000003 - SEAL_SEGMENT);
    seal_reader_free(r);

    memcpy(copy, f.bytes + plan.end, plan.end_len);
    memcpy(f.bytes + plan.end, g.bytes + plan.end, plan.end_len); /* another file's end */
    r = unseal(&f);
    assert_non_null(strstr(seal_reader_damage(r), "at its end"));
    seal_reader_free(r);
    memcpy(f.bytes + plan.end, copy, plan.end_len);

    memcpy(f.bytes, g.bytes, SEAL_LOCK_LEN); /* another file's lock: its key opens nothing here */
    r = unseal(&f);
    assert_non_null(seal_reader_damage(r));
    readable(r, 1000003, 65536);
    seal_reader_free(r);
    free(copy);
    free(f.bytes);
    free(g.bytes);
}

static void bytes_behind_the_end_are_told(void **state)
{
    (void)state;
    struct file f = seal(70000, 65536);
    f.bytes = realloc(f.bytes, f.len + 100);
    assert_non_null(f.bytes);
    memset(f.bytes + f.len, 7, 100);
    f.len += 100;
    struct seal_reader *r = unseal(&f);
    assert_non_null(seal_reader_damage(r));
    seal_reader_free(r);
    free(f.bytes);
}

/* Whoever has the passphrase can write what they like, and whoever has a file can put its end elsewhere: an end that does
 * not fit the size is damage, and nothing of it is believed. */
static bool end_is_believed(const uint8_t *plain, size_t plain_len)
{
    uint8_t key[SEAL_KEY_LEN] = {1}, bytes[304] = {0};
    struct seal_plan plan = seal_plan_of(sizeof(bytes));
    struct file f = {bytes, sizeof(bytes), 0, 0, 0};
    struct seal_label label = seal_label_of("end");
    struct seal_reader *r = NULL;
    assert_int_equal(plan.end_len, SEAL_STREAM_LEN + plain_len + SEAL_TAG_LEN);
    assert_int_equal(seal_lock_make(bytes, ctx, &good, "front", key), 0);
    seal_one(bytes + plan.end, key, &label, plain, plain_len);
    assert_int_equal(seal_reader_new(&r, ctx, &good, sizeof(bytes), get, &f), 0);
    assert_int_equal(seal_reader_len(r), 0);
    bool believed = seal_reader_damage(r) == NULL;
    seal_reader_free(r);
    return believed;
}

static void an_end_that_lies_is_not_believed(void **state)
{
    (void)state;
    size_t len = seal_plan_of(304).end_len - SEAL_STREAM_LEN - SEAL_TAG_LEN;
    uint8_t end[8 + SEAL_SLACK] = {0};
    assert_true(end_is_believed(end, len));
    end[7] = 1; /* more than is there */
    assert_false(end_is_believed(end, len));
    memset(end, 0xFF, 8);
    assert_false(end_is_believed(end, len));
    memset(end, 0, sizeof(end));
    end[len - 1] = 1; /* padding that is none */
    assert_false(end_is_believed(end, len));
}

static void absurd_sizes_are_refused(void **state)
{
    (void)state;
    struct file f = {.bytes = NULL};
    struct seal_reader *r = NULL;
    static const uint64_t sizes[] = {0, 1, 120, ((uint64_t)1 << 62) + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        assert_int_equal(seal_reader_new(&r, ctx, &good, sizes[i], get, &f), MIMEO_EMALFORMED);
    assert_int_equal(seal_reader_new(&r, ctx, &good, (uint64_t)1 << 62, get, &f), MIMEO_EPASSPHRASE);
    assert_int_equal(seal_reader_new(&r, ctx, &good, 200, get, &f), MIMEO_EPASSPHRASE);
    words("cut short and damaged");
}

/* ---- the world around ---- */

static void failures_of_the_carrier_are_passed_up(void **state)
{
    (void)state;
    uint8_t *b = sample(300000);
    for (size_t n = 1; n < 12; n++) {
        struct file f = {.puts = n};
        struct seal_writer *w;
        assert_int_equal(seal_writer_new(&w, ctx, &good, put, &f), 0);
        int rc = seal_write(w, ctx, view_of(b, 300000));
        if (rc == 0)
            rc = seal_finish(w, ctx);
        assert_true(rc == MIMEO_EIO || (rc == 0 && f.puts > 0));
        seal_writer_free(w);
        free(f.bytes);
    }
    struct file f = seal(300000, 65536);
    struct seal_reader *by_back = NULL;
    f.gets = 1; /* a stick whose first sector fails */
    assert_int_equal(seal_reader_new(&by_back, ctx, &good, f.len, get, &f), 0);
    assert_int_equal(readable(by_back, 300000, 65536), 300000);
    seal_reader_free(by_back);
    for (size_t n = 2; n < 12; n++) {
        struct seal_reader *r = NULL;
        size_t got = 1;
        f.gets = n;
        int rc = seal_reader_new(&r, ctx, &good, f.len, get, &f);
        if (rc == 0)
            rc = seal_read(r, ctx, b, 300000, 0, &got);
        assert_true(rc == MIMEO_EIO || (rc == 0 && got == 300000));
        if (rc < 0 && r != NULL) { /* the stick is in again */
            assert_int_equal(got, 0);
            f.gets = 0;
            assert_int_equal(seal_read(r, ctx, b, 300000, 0, &got), 0);
            assert_int_equal(got, 300000);
        }
        seal_reader_free(r);
    }
    free(f.bytes);
    free(b);
}

static int stop(void *payload)
{
    return (*(int *)payload)-- <= 0;
}

static void work_can_be_stopped(void **state)
{
    (void)state;
    struct file f = seal(300000, 65536);
    struct seal_reader *r = NULL;
    uint8_t b[10];
    size_t got;
    int left = 0;
    mimeo_ctx_set_cancel(ctx, stop, &left);
    assert_int_equal(seal_reader_new(&r, ctx, &good, f.len, get, &f), MIMEO_ECANCELLED);
    left = 1;
    assert_int_equal(seal_reader_new(&r, ctx, &good, f.len, get, &f), 0);
    left = 0;
    assert_int_equal(seal_read(r, ctx, b, sizeof(b), 0, &got), MIMEO_ECANCELLED);
    mimeo_ctx_set_cancel(ctx, NULL, NULL);
    assert_int_equal(seal_read(r, ctx, b, sizeof(b), 0, &got), 0);
    seal_reader_free(r);
    free(f.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_comes_out),
        cmocka_unit_test(any_place_can_be_read),
        cmocka_unit_test(sizes_are_padded_by_padme),
        cmocka_unit_test(room_is_the_most_that_fits),
        cmocka_unit_test(every_length_has_its_plan),
        cmocka_unit_test(no_two_sealed_files_share_a_byte_string),
        cmocka_unit_test(bytes_look_random_and_others_do_not),
        cmocka_unit_test(a_wrong_passphrase_is_told),
        cmocka_unit_test(real_files_cost_real_memory),
        cmocka_unit_test(locks_are_bound),
        cmocka_unit_test(damage_to_one_lock_is_no_wrong_passphrase),
        cmocka_unit_test(damage_costs_its_segment),
        cmocka_unit_test(damage_leaves_the_reader_sane),
        cmocka_unit_test(a_cut_file_gives_what_is_before_the_cut),
        cmocka_unit_test(parts_do_not_pass_for_each_other),
        cmocka_unit_test(bytes_behind_the_end_are_told),
        cmocka_unit_test(an_end_that_lies_is_not_believed),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(failures_of_the_carrier_are_passed_up),
        cmocka_unit_test(work_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
