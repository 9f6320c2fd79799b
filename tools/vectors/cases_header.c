/* Vectors of sections 3 and 9: who may sign a header, and where it belongs. */
#include <string.h>

#include "world.h"

static void signers(struct world *w)
{
    struct vector v;
    struct charter_plan c = charter_plan_first(w);
    c.c.publish = (struct role){2, 3, {*secret_key_public(w->publish[0]), *secret_key_public(w->publish[1]),
                                       *secret_key_public(w->publish[2])}};
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-too-few-signers", "damaged", "3", "one signer where the threshold is two", NULL, -1);

    p.signers = (struct signers){{w->publish[0], w->publish[1], w->publish[2]}, 3};
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-too-many-signers", "damaged", "3", "three signers where the threshold is two", NULL, -1);

    p.signers = by(w->stranger);
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-by-stranger", "damaged", "3", "the signer is no publishing key", NULL, -1);

    p.signers = by(w->root[0]);
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-by-root-key", "damaged", "3", "a root key does not publish", NULL, -1);
}

static void other_publisher(struct header *h)
{
    h->publisher.bytes[0] ^= 1;
    h->charter_hash = h->newest_hash = h->publisher;
}

static void charter_two(struct header *h)
{
    h->newest_version = 2;
    h->newest_hash.bytes[0] ^= 1;
}

static void names(struct world *w)
{
    struct vector v;
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.edit = other_publisher;
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-of-another", "damaged", "9", "the header names another publisher", NULL, -1);

    p.edit = charter_two;
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_write(&v, "header-newest-missing", "incomplete", "9", "the newest charter that it names is not held", NULL, -1);
}

/* Bundles 1 and 2 under charter 1, charter 2 with another publishing key, bundle 3 under it. */
static void begin_rotated(struct vector *v, struct world *w, uint64_t from, bool is_cut)
{
    struct bundle_plan a = bundle_plan_article(w, 1, "a"), b = bundle_plan_article(w, 2, "b"),
                       c = bundle_plan_article(w, 3, "c");
    vector_begin(v, w);
    vector_add_bundle(v, &a);
    vector_add_bundle(v, &b);
    struct charter_plan first = charter_plan_first(w);
    struct charter_plan second =
        charter_plan_next(w, &first, &v->history.charters[0], from, is_cut ? &v->history.hashes[from] : NULL);
    second.c.publish.keys[0] = *secret_key_public(w->publish[1]);
    vector_add_charter(v, &second);
    c.charter = c.newest = 2;
    c.signers = by(w->publish[1]);
    vector_add_bundle(v, &c);
}

static void withdrawn(struct world *w)
{
    struct vector v;
    begin_rotated(&v, w, 2, false);
    struct bundle_plan late = bundle_plan_article(w, 4, "d");
    vector_add_bundle(&v, &late);
    vector_write(&v, "revoked-after-rotation", "revoked", "9", "the withdrawn key signed on under charter 1", NULL, -1);

    begin_rotated(&v, w, 2, false);
    late.newest = 2;
    vector_add_bundle(&v, &late);
    vector_write(&v, "header-charter-not-in-force", "malformed", "3", "charter 1 does not govern bundle 4, as its own newest says",
                 NULL, -1);

    /* 5 leads to 4, which is not held, and so nothing leads to 3. */
    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, seq == 1 ? "a" : seq == 2 ? "b" : "c");
        vector_add_bundle(&v, &p);
    }
    struct charter_plan first = charter_plan_first(w);
    struct charter_plan second = charter_plan_next(w, &first, &v.history.charters[0], 3, NULL);
    second.c.publish.keys[0] = *secret_key_public(w->publish[1]);
    vector_add_charter(&v, &second);
    struct bundle_plan four = bundle_plan_empty(w, 4), five = bundle_plan_empty(w, 5);
    four.charter = four.newest = five.charter = five.newest = 2;
    four.signers = five.signers = by(w->publish[1]);
    vector_skip_bundle(&v, &four);
    vector_add_bundle(&v, &five);
    vector_write(&v, "revoked-with-gap", "revoked", "9", "by a withdrawn key, and nothing held joins it to the head", NULL, -1);
}

static void beyond_cut(struct world *w)
{
    struct vector v;
    struct bundle_plan a = bundle_plan_article(w, 1, "a"), b = bundle_plan_article(w, 2, "b");
    vector_begin(&v, w);
    vector_add_bundle(&v, &a);
    struct charter_plan first = charter_plan_first(w);
    struct charter_plan second = charter_plan_next(w, &first, &v.history.charters[0], 1, &v.history.hashes[1]);
    second.c.publish.keys[0] = *secret_key_public(w->publish[1]);
    vector_add_charter(&v, &second);
    vector_add_bundle(&v, &b);
    vector_write(&v, "revoked-beyond-cut", "revoked", "9", "signed under charter 1 after the cut at bundle 1", NULL, -1);

    /* A bundle 1 that is not the one that the cut names. */
    vector_begin(&v, w);
    struct bundle_plan other = bundle_plan_article(w, 1, "other");
    vector_skip_bundle(&v, &a);
    struct hash named = v.history.hashes[1];
    vector_add_bundle(&v, &other);
    second = charter_plan_next(w, &first, &v.history.charters[0], 1, &named);
    second.c.publish.keys[0] = *secret_key_public(w->publish[1]);
    vector_add_charter(&v, &second);
    v.history.hashes[1] = named;
    b.charter = b.newest = 2;
    b.signers = by(w->publish[1]);
    vector_add_bundle(&v, &b);
    vector_write(&v, "revoked-not-ancestor", "revoked", "9", "at the cut's seq, and not the header that the cut names", NULL, -1);
}

static void histories(struct world *w)
{
    struct vector v;
    static const char *const ids[] = {"a", "b", "c", "d"};
    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, ids[seq - 1]);
        vector_add_bundle(&v, &p);
    }
    vector_write(&v, "history-one", "good", "9", "bundles 1 to 3, which a reader sees first", NULL, 3);

    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, seq == 3 ? "rival" : ids[seq - 1]);
        vector_add_bundle(&v, &p);
    }
    vector_write(&v, "history-fork", "conflicted", "9", "another bundle 3, by the same key", "history-one", -1);

    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 4; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, seq == 3 ? "rival" : ids[seq - 1]);
        vector_add_bundle(&v, &p);
    }
    vector_write(&v, "history-fork-below", "conflicted", "9", "another bundle 3, and a bundle 4 above it", "history-one", -1);

    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 4; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, ids[seq - 1]);
        vector_add_bundle(&v, &p);
    }
    vector_write(&v, "history-goes-on", "good", "9", "bundle 4 leads down to what was seen", "history-one", 4);
}

static void wrong_link(struct header *h)
{
    h->prev.bytes[0] ^= 1;
    h->skip.bytes[0] ^= 1;
}

static void links(struct world *w)
{
    struct vector v;
    struct bundle_plan a = bundle_plan_article(w, 1, "a"), b = bundle_plan_article(w, 2, "b");
    b.edit = wrong_link;
    vector_begin(&v, w);
    vector_add_bundle(&v, &a);
    vector_add_bundle(&v, &b);
    vector_write(&v, "header-prev-is-another", "conflicted", "9", "the head's prev is another bundle 1 than the one held", NULL, -1);

    /* A bare header above the bundles is the head. */
    b.edit = NULL;
    struct bundle_plan c = bundle_plan_empty(w, 3);
    vector_begin(&v, w);
    vector_add_bundle(&v, &a);
    vector_add_bundle(&v, &b);
    struct buf bytes;
    buf_init(&bytes, LIMIT_BUNDLE);
    bundle_make(&bytes, &v.history, w, &c);
    vector_add(&v, OBJECT_HEADER, view_of(bytes.ptr + PREFIX_LEN, bytes.len - PREFIX_LEN));
    buf_dispose(&bytes);
    vector_write(&v, "bare-header", "incomplete", "4", "a bare header 3 is the head; its bundle is not held", NULL, 2);
}

void cases_header(struct world *w)
{
    signers(w);
    names(w);
    withdrawn(w);
    beyond_cut(w);
    histories(w);
    links(w);
}
