/*
 * Taking in, where histories are not straight: gaps, forks, cuts.  The histories are made as the test vectors are,
 * each source a pack.  The catalog is filled along the way and must agree with a walk in the end.
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
#include <mimeo/mimeo.h>

#include "library/holding.h"
#include "library/index.h"
#include "library/take.h"
#include "vectors/world.h"

static mimeo_ctx *ctx;
static struct world world;
static struct history history; /* of the publisher, as the tests write it */
static char root[] = "/tmp/mimeo-take-XXXXXX";
static struct take_result result;
static char faults[4096];
static bool check_held;

/* ---- set up ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static struct secret_key *key_of(const char *name)
{
    struct secret_key *k;
    struct hash seed = hash_of(view_of_str(name));
    assert_int_equal(secret_key_from_seed(&k, ctx, seed.bytes), 0);
    return k;
}

static int64_t fixed_clock(void *payload)
{
    (void)payload;
    return WORLD_TIME + 1000;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(root + strlen(root) - 6, "XXXXXX");
    assert_non_null(mkdtemp(root));
    assert_int_equal(chdir(root), 0);
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    mimeo_ctx_set_clock(ctx, fixed_clock, NULL);
    world = (struct world){.ctx = ctx, .dir = root};
    for (int i = 0; i < KEYS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "root %d", i);
        world.root[i] = key_of(name);
        snprintf(name, sizeof(name), "publish %d", i);
        world.publish[i] = key_of(name);
    }
    world.stranger = key_of("stranger");
    history = (struct history){.charters = {{{0}}}};
    check_held = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        secret_key_free(world.root[i]);
        secret_key_free(world.publish[i]);
    }
    secret_key_free(world.stranger);
    mimeo_ctx_free(ctx);
    assert_int_equal(chdir("/"), 0);
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- sources ---- */

static struct vector begin(void)
{
    struct vector v;
    vector_begin(&v, &world);
    history.publisher = v.history.publisher;
    history.charters[0] = v.history.charters[0];
    v.history = history;
    return v;
}

static void add_plan(struct vector *v, const struct bundle_plan *p)
{
    v->history = history;
    vector_add_bundle(v, p);
    history = v->history;
}

/* Bundle `seq` with one article, whose id is as given. */
static void add_article(struct vector *v, uint64_t seq, const char *id)
{
    struct bundle_plan p = bundle_plan_article(&world, seq, id);
    add_plan(v, &p);
}

/* The same under charter 2, by the second publishing key. */
static void add_after_cut(struct vector *v, uint64_t seq, const char *id)
{
    struct bundle_plan p = bundle_plan_article(&world, seq, id);
    p.charter = p.newest = 2;
    p.signers = by(world.publish[1]);
    add_plan(v, &p);
}

/* Charter 2: another publishing key, and nothing after bundle `from` counts. */
static void add_cut(struct vector *v, uint64_t from)
{
    struct charter_plan first = charter_plan_first(&world);
    struct charter_plan cut = charter_plan_next(&world, &first, &history.charters[0], from, &history.hashes[from]);
    cut.c.publish.keys[0] = *secret_key_public(world.publish[1]);
    v->history = history;
    vector_add_charter(v, &cut);
    history.charters[1] = v->history.charters[1];
}

/* Write the bundle's header hash into the history only: it is published and not in this source. */
static void skip_article(uint64_t seq, const char *id)
{
    struct vector v = begin();
    struct bundle_plan p = bundle_plan_article(&world, seq, id);
    vector_skip_bundle(&v, &p);
    history = v.history;
    buf_dispose(&v.pack);
}

/* ---- taking ---- */

static void hear_fault(const struct mimeo_fault *f, void *payload)
{
    (void)payload;
    snprintf(faults + strlen(faults), sizeof(faults) - strlen(faults), "%s %s\n", mimeo_verdict_name(f->verdict), f->message);
}

struct taking_in {
    struct index *index;
    mimeo_mirror *from;
};

static int hear_taken(struct held_bundle *held, void *payload)
{
    struct taking_in *t = payload;
    return index_bundle(t->index, ctx, &t->from->pin.publisher, held);
}

static char *held_path(void)
{
    char *path;
    assert_int_equal(library_publisher_path(&path, ctx, "lib", &history.publisher), 0);
    return path;
}

static void save(struct vector *v)
{
    FILE *f = fopen("source.mimeo", "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(v->pack.ptr, 1, v->pack.len, f), v->pack.len);
    assert_int_equal(fclose(f), 0);
    buf_dispose(&v->pack);
}

static mimeo_mirror *open_source(void)
{
    struct store *s;
    mimeo_mirror *m;
    assert_int_equal(store_open(&s, ctx, "source.mimeo", false), 0);
    assert_int_equal(mirror_open_store(&m, ctx, s, "lib", MIRROR_FETCHED), 0);
    return m;
}

/* What a sync does.  The pack goes away. */
static void take_in(struct vector *v)
{
    struct taking_in t;
    struct take_options o = {.mode = 0600, .check_held = check_held, .taken = hear_taken, .fault = hear_fault, .payload = &t};
    struct mimeo_trust_options first = {.petname = "press", .first_use = true};
    struct mimeo_pin pin;
    mimeo_mirror *held;
    char *path = held_path();
    save(v);
    t.from = open_source();
    if (t.from->pin.state == MIMEO_PIN_NONE) {
        mimeo_mirror_free(t.from);
        assert_int_equal(mimeo_trust_add(ctx, "lib", "source.mimeo", &first, &pin), 0);
        t.from = open_source();
    }
    assert_int_equal(index_open(&t.index, ctx, "lib", true), 0);
    faults[0] = '\0';
    if (take(ctx, t.from, path, "lib", &o, &result) != 0)
        fail_msg("take: %s", mimeo_ctx_message(ctx));
    mimeo_mirror_free(t.from);
    assert_int_equal(mirror_open(&held, ctx, path, "lib", MIRROR_HELD), 0);
    if (index_refresh(t.index, ctx, held) != 0)
        fail_msg("index: %s", mimeo_ctx_message(ctx));
    mimeo_mirror_free(held);
    index_close(t.index);
    free(path);
}

/* ---- looking ---- */

static void note_article(char *out, const struct mimeo_article *a)
{
    sprintf(out + strlen(out), "%s@%llu%s ", a->id, (unsigned long long)a->seq, a->joined ? "" : "?");
}

static int note_walked(const struct mimeo_article *a, void *payload)
{
    note_article(payload, a);
    return 0;
}

static int note_listed(const struct mimeo_article *a, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    note_article(payload, a);
    return 0;
}

/* The list by the catalog, which must be that by a walk. */
static const char *list(void)
{
    static char by_catalog[4096];
    char by_walk[4096] = "";
    struct mimeo_list_options o = {.retracted = true};
    struct mimeo_library_list_options lo = {.list = o};
    mimeo_library *l;
    mimeo_mirror *m;
    by_catalog[0] = '\0';
    assert_int_equal(mimeo_library_open(&l, ctx, "lib"), 0);
    assert_int_equal(mimeo_library_list(l, ctx, &lo, note_listed, by_catalog), 0);
    assert_int_equal(mimeo_library_mirror(&m, l, ctx, "press"), 0);
    assert_int_equal(mimeo_mirror_list(m, ctx, &o, note_walked, by_walk), 0);
    assert_string_equal(by_catalog, by_walk);
    mimeo_library_free(l);
    return by_catalog;
}

static enum mimeo_verdict verify(void)
{
    struct mimeo_verify_options o = {.deep = true};
    struct mimeo_verify_result r;
    mimeo_mirror *m;
    char *path = held_path();
    assert_int_equal(mirror_open(&m, ctx, path, "lib", MIRROR_HELD), 0);
    assert_int_equal(mimeo_mirror_verify(m, ctx, &o, &r), 0);
    mimeo_mirror_free(m);
    free(path);
    return r.verdict;
}

/* ---- the tests ---- */

static void take_writes_a_mirror_that_verifies(void **state)
{
    (void)state;
    struct vector v = begin();
    add_article(&v, 1, "one");
    add_article(&v, 2, "two");
    take_in(&v);
    assert_int_equal(result.bundles, 2);
    assert_int_equal(result.charters, 1);
    assert_int_equal(verify(), MIMEO_FIRST_USE);
    assert_string_equal(list(), "two@2 one@1 ");
}

static void take_of_an_older_part_brings_nothing_back(void **state)
{
    (void)state;
    struct vector old = begin(), part = begin();
    add_article(&old, 1, "tide");
    struct history before = history;
    add_article(&part, 2, "tide");
    take_in(&part);
    assert_string_equal(list(), "tide@2 ");
    history = before;
    struct vector again = begin();
    add_article(&again, 1, "tide");
    take_in(&again);
    buf_dispose(&old.pack);
    assert_int_equal(result.bundles, 1);
    assert_string_equal(list(), "tide@2 ");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

static void take_labels_what_has_no_path_until_it_has_one(void **state)
{
    (void)state;
    struct vector first = begin();
    add_article(&first, 1, "one");
    take_in(&first);
    struct history then = history;
    skip_article(2, "two");
    skip_article(3, "three");
    struct vector last = begin();
    add_article(&last, 4, "four");
    add_article(&last, 5, "five");
    take_in(&last);
    assert_int_equal(result.bundles, 2);
    assert_int_equal(result.unjoined, 0); /* 4 has 1 for its skip link */
    assert_string_equal(list(), "five@5 four@4 one@1 ");
    assert_int_equal(verify(), MIMEO_INCOMPLETE);
    history = then;
    struct vector between = begin();
    add_article(&between, 2, "two");
    add_article(&between, 3, "three");
    take_in(&between);
    assert_string_equal(list(), "five@5 four@4 three@3 two@2 one@1 ");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

/* 1 and 2 are held; `fork` at 3 is unknown; 7 (whose links go to 6 and 4) comes alone. */
static void take_replaces_what_turns_out_to_be_of_no_history(void **state)
{
    (void)state;
    struct vector first = begin();
    add_article(&first, 1, "one");
    add_article(&first, 2, "two");
    take_in(&first);
    struct history then = history;
    skip_article(3, "false");
    skip_article(4, "false-too");
    skip_article(5, "false-again");
    skip_article(6, "false-still");
    struct vector alone = begin();
    add_article(&alone, 7, "seven-false");
    take_in(&alone);
    assert_int_equal(result.unjoined, 1);
    assert_string_equal(list(), "seven-false@7? two@2 one@1 ");
    history = then;
    struct vector good = begin();
    for (uint64_t seq = 3; seq <= 8; seq++)
        add_article(&good, seq, "good");
    take_in(&good);
    assert_int_equal(result.bundles, 6);
    assert_int_equal(result.replaced + result.faults, 1); /* removed, or told of */
    assert_string_equal(list(), "good@8 two@2 one@1 ");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

static void take_keeps_the_first_of_two_histories(void **state)
{
    (void)state;
    struct vector mine = begin();
    add_article(&mine, 1, "one");
    struct history then = history;
    add_article(&mine, 2, "mine");
    take_in(&mine);
    history = then;
    struct vector other = begin();
    add_article(&other, 2, "theirs");
    add_article(&other, 3, "theirs-too");
    take_in(&other);
    assert_non_null(strstr(faults, "another history"));
    assert_string_equal(list(), "mine@2 one@1 ");
}

static void take_carries_out_a_cut(void **state)
{
    (void)state;
    struct vector v = begin();
    for (uint64_t seq = 1; seq <= 3; seq++)
        add_article(&v, seq, seq == 1 ? "one" : seq == 2 ? "two" : "three");
    struct history then = history;
    for (uint64_t seq = 4; seq <= 6; seq++)
        add_article(&v, seq, seq == 4 ? "thief-four" : seq == 5 ? "thief-five" : "thief-six");
    take_in(&v);
    assert_int_equal(result.bundles, 6);
    history = then;
    struct vector after = begin();
    add_cut(&after, 3);
    add_after_cut(&after, 4, "honest");
    take_in(&after);
    assert_int_equal(result.replaced, 3);
    assert_int_equal(result.bundles, 1);
    assert_int_equal(result.charters, 1);
    assert_string_equal(faults, "");
    assert_string_equal(list(), "honest@4 three@3 two@2 one@1 ");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

static void take_refuses_what_a_cut_revoked(void **state)
{
    (void)state;
    struct vector v = begin();
    add_article(&v, 1, "one");
    struct history then = history;
    add_cut(&v, 1);
    add_after_cut(&v, 2, "honest");
    take_in(&v);
    history = then;
    struct vector old = begin();
    add_article(&old, 2, "thief");
    add_article(&old, 3, "thief-too");
    take_in(&old);
    assert_int_equal(result.bundles, 0);
    assert_int_equal(result.faults, 2);
    assert_non_null(strstr(faults, "revoked"));
    assert_string_equal(list(), "honest@2 one@1 ");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

/* As after a kill between removing and the head: the charter is there, the head is not. */
static void take_finishes_a_cut_that_was_cut_short(void **state)
{
    (void)state;
    struct vector v = begin();
    add_article(&v, 1, "one");
    struct history then = history;
    add_article(&v, 2, "thief");
    add_article(&v, 3, "thief-too");
    take_in(&v);
    history = then;
    struct vector after = begin(), again;
    add_cut(&after, 1);
    then = history;
    struct bundle_plan p = bundle_plan_article(&world, 2, "honest");
    p.charter = p.newest = 2;
    p.signers = by(world.publish[1]);
    add_plan(&after, &p);
    struct buf copy;
    buf_init(&copy, LIMIT_BUNDLE);
    assert_int_equal(buf_append_view(&copy, buf_view(&after.pack)), 0);
    /* The charter is known and in the directory, and nothing else was done. */
    char *path = held_path(), *name = path_join(path, "charter/000002");
    struct vector charter_only = begin();
    struct buf note;
    struct hash hash;
    struct charter_plan first = charter_plan_first(&world);
    struct charter_plan cut = charter_plan_next(&world, &first, &history.charters[0], 1, &history.hashes[1]);
    cut.c.publish.keys[0] = *secret_key_public(world.publish[1]);
    buf_init(&note, 64 * KIB);
    charter_make(&note, &hash, &world, &cut);
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    fwrite(note.ptr, 1, note.len, f);
    fclose(f);
    buf_dispose(&note);
    buf_dispose(&charter_only.pack);
    free(name);
    free(path);
    buf_dispose(&after.pack);
    again = (struct vector){.w = &world, .history = history, .pack = copy};
    take_in(&again);
    assert_int_equal(result.replaced, 2);
    assert_string_equal(list(), "honest@2 one@1 ");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

/* A bundle whose article shows the pictures with these bytes. */
static void add_illustrated(struct vector *v, uint64_t seq, const char *id, const char *const *pictures)
{
    char lines[2048];
    int len = snprintf(lines, sizeof(lines), "{\"id\":\"%s\",\"action\":\"publish\",\"revision\":1,\"title\":\"Tide\",\"media\":[", id);
    for (size_t i = 0; pictures[i] != NULL; i++) {
        char hex[HASH_HEX_LEN + 1];
        struct hash h = hash_of(view_of_str(pictures[i]));
        hash_format(hex, &h);
        len += snprintf(lines + len, sizeof(lines) - (size_t)len,
                        "%s{\"hash\":\"%s\",\"type\":\"image/png\",\"bytes\":%zu,\"width\":1,\"height\":1}", i > 0 ? "," : "", hex,
                        strlen(pictures[i]));
    }
    snprintf(lines + len, sizeof(lines) - (size_t)len, "],\"body\":[0,0,25]}\n");
    struct bundle_plan p = bundle_plan_catalog(&world, seq, lines);
    add_plan(v, &p);
}

static bool holds_picture(uint64_t seq, const char *bytes)
{
    char name[STORE_NAME_MAX], *path = held_path();
    struct hash h = hash_of(view_of_str(bytes));
    store_name_media(name, seq, &h);
    char *full = path_join(path, name);
    bool there = access(full, F_OK) == 0;
    free(full);
    free(path);
    return there;
}

/* Make the last block of a held bundle all zeros. */
static void zero_last_block(uint64_t seq)
{
    char name[STORE_NAME_MAX], *path = held_path();
    struct buf bytes;
    struct bundle b;
    struct block_entry e;
    struct view packed;
    store_name_bundle(name, seq);
    char *full = path_join(path, name);
    assert_int_equal(file_read(&bytes, ctx, full, LIMIT_BUNDLE), 0);
    assert_int_equal(bundle_open(&b, ctx, name, buf_view(&bytes)), 0);
    assert_int_equal(bundle_check_tables(&b, ctx, name), 0);
    assert_int_equal(bundle_block(&b, ctx, BUNDLE_BODY, bundle_block_count(&b, BUNDLE_BODY) - 1, &e, &packed), 0);
    memset(bytes.ptr + (packed.ptr - bytes.ptr), 0, packed.len);
    bundle_dispose(&b);
    FILE *f = fopen(full, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
    fclose(f);
    buf_dispose(&bytes);
    free(full);
    free(path);
}

static void take_mends_held_zeros_that_nobody_ordered(void **state)
{
    (void)state;
    struct vector v = begin();
    add_article(&v, 1, "one");
    add_article(&v, 2, "two");
    struct vector again = {.w = &world, .history = history};
    buf_init(&again.pack, LIMIT_BUNDLE);
    assert_int_equal(buf_append_view(&again.pack, buf_view(&v.pack)), 0);
    take_in(&v);
    zero_last_block(1);
    assert_int_equal(verify(), MIMEO_DAMAGED);
    check_held = true;
    take_in(&again);
    assert_int_equal(result.bundles, 1);
    assert_string_equal(faults, "");
    assert_int_equal(verify(), MIMEO_FIRST_USE);
    assert_string_equal(list(), "two@2 one@1 ");
}

static void take_puts_a_packs_pictures_where_they_are_cited_first(void **state)
{
    (void)state;
    struct vector text = begin();
    add_illustrated(&text, 1, "one", (const char *const[]){"first", NULL});
    add_illustrated(&text, 2, "two", (const char *const[]){"second", "first", NULL});
    take_in(&text);
    assert_int_equal(result.media, 0);
    struct vector pictures = begin();
    add_illustrated(&pictures, 3, "three", (const char *const[]){"third", "first", "absent", NULL});
    vector_add(&pictures, OBJECT_MEDIA, VIEW_OF_LITERAL("first"));
    vector_add(&pictures, OBJECT_MEDIA, VIEW_OF_LITERAL("second"));
    vector_add(&pictures, OBJECT_MEDIA, VIEW_OF_LITERAL("third"));
    vector_add(&pictures, OBJECT_MEDIA, VIEW_OF_LITERAL("nobody cites this"));
    take_in(&pictures);
    assert_int_equal(result.media, 3);
    assert_true(holds_picture(1, "first") && holds_picture(2, "second") && holds_picture(3, "third"));
    assert_false(holds_picture(3, "first") || holds_picture(2, "first") || holds_picture(1, "nobody cites this"));
    assert_int_equal(verify(), MIMEO_FIRST_USE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(take_writes_a_mirror_that_verifies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_of_an_older_part_brings_nothing_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_labels_what_has_no_path_until_it_has_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_replaces_what_turns_out_to_be_of_no_history, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_keeps_the_first_of_two_histories, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_carries_out_a_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_refuses_what_a_cut_revoked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_mends_held_zeros_that_nobody_ordered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_puts_a_packs_pictures_where_they_are_cited_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(take_finishes_a_cut_that_was_cut_short, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
