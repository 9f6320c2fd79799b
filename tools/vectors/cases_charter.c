/* Vectors of section 2: one fault in a charter or in the chain. */
#include <string.h>

#include "world.h"

/* Charter 1 with an edit; a bundle behind it. */
static const struct {
    const char *name, *find, *with, *verdict, *why;
} edits[] = {
    {"charter-from-five", "from 0 -", "from 5 -", "malformed", "charter 1 is from 0"},
    {"charter-from-zero-hash", "from 0 -", "from 0 1111111111111111111111111111111111111111111111111111111111111111",
     "malformed", "from 0 names no header"},
    {"charter-prev-in-first", "prev 0000", "prev 1000", "malformed", "charter 1 has no prev"},
    {"charter-bidi-name", "name The", "name \xE2\x80\xAEThe", "malformed", "a name holds no bidi control"},
    {"charter-site-scheme", "site -", "site ftp://e.example/", "malformed", "a site is http or https"},
    {"charter-threshold-zero", "publish-threshold 1", "publish-threshold 0", "malformed", "a threshold is at least 1"},
    {"charter-threshold-high", "publish-threshold 1", "publish-threshold 2", "malformed",
     "a threshold is no more than there are keys"},
    {"charter-version-2-line", "mimeo charter 1\n", "mimeo charter 2\n", "needs-newer", "a newer version of the format"},
    {"charter-unknown-line", "signer ", "colour blue\nsigner ", "needs-newer", "an unknown line"},
};

static void add_bundle(struct vector *v, struct world *w)
{
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    vector_add_bundle(v, &p);
}

static void of_one(struct world *w)
{
    struct vector v;
    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
        struct charter_plan c = charter_plan_first(w);
        c.find = edits[i].find;
        c.with = edits[i].with;
        vector_begin_empty(&v, w);
        vector_add_charter(&v, &c);
        add_bundle(&v, w);
        vector_write(&v, edits[i].name, edits[i].verdict, "2", edits[i].why, NULL, -1);
    }
    struct charter_plan c = charter_plan_first(w);
    c.c.root = (struct role){1, 2, {*secret_key_public(w->root[1]), *secret_key_public(w->root[0])}};
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    add_bundle(&v, w);
    vector_write(&v, "charter-keys-unsorted", "malformed", "2", "keys of a role are ascending", NULL, -1);

    c = charter_plan_first(w);
    c.c.root = (struct role){2, 2, {*secret_key_public(w->root[0]), *secret_key_public(w->root[0])}};
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    add_bundle(&v, w);
    vector_write(&v, "charter-key-twice", "malformed", "2", "one key does not count twice", NULL, -1);

    c = charter_plan_first(w);
    c.c.publish.keys[0] = c.c.root.keys[0];
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    add_bundle(&v, w);
    vector_write(&v, "charter-one-key-two-roles", "malformed", "2", "a key has one role", NULL, -1);

    c = charter_plan_first(w);
    c.signers = by(w->stranger);
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    add_bundle(&v, w);
    vector_write(&v, "charter-by-stranger", "damaged", "2", "a signer is no root key", NULL, -1);
}

/* Charter 1 wants two of three root keys; `next` makes charter 2 wrong. */
static void of_two(struct world *w, const char *name, const char *verdict, const char *why,
                   void (*next)(struct world *w, struct charter_plan *c))
{
    struct vector v;
    struct charter_plan first = charter_plan_first(w);
    first.c.root = (struct role){2, 3, {*secret_key_public(w->root[0]), *secret_key_public(w->root[1]),
                                        *secret_key_public(w->root[2])}};
    first.signers = by_two(w->root[0], w->root[1]);
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &first);
    add_bundle(&v, w);
    struct charter_plan second = charter_plan_next(w, &first, &v.history.charters[0], 1, NULL);
    second.signers = by_two(w->root[0], w->root[1]);
    next(w, &second);
    vector_add_charter(&v, &second);
    vector_write(&v, name, verdict, "2", why, NULL, -1);
}

static void lower_threshold(struct world *w, struct charter_plan *c)
{
    c->c.root.threshold = 1;
    c->signers = by(w->root[0]);
}

static void new_root_alone(struct world *w, struct charter_plan *c)
{
    c->c.root = (struct role){1, 1, {*secret_key_public(w->stranger)}};
    c->signers = by(w->stranger);
}

static void old_root_alone(struct world *w, struct charter_plan *c)
{
    c->c.root = (struct role){1, 1, {*secret_key_public(w->stranger)}};
}

static void wrong_prev(struct world *w, struct charter_plan *c)
{
    (void)w;
    c->c.prev.bytes[0] ^= 1;
}

static void role_changed(struct world *w, struct charter_plan *c)
{
    c->c.publish.keys[0] = *secret_key_public(w->root[2]);
    c->c.root.count = 2;
}

static void skipped(struct world *w, struct charter_plan *c)
{
    (void)w;
    c->c.version = 3;
}

static void good_next(struct world *w, struct charter_plan *c)
{
    (void)w;
    (void)c;
}

static void rivals(struct world *w)
{
    struct vector v;
    static const char *const names[] = {"charter-first-seen", "charter-rival", "charter-false-rival"};
    for (int i = 0; i < 3; i++) {
        vector_begin(&v, w);
        add_bundle(&v, w);
        struct charter_plan first = charter_plan_first(w);
        struct charter_plan second = charter_plan_next(w, &first, &v.history.charters[0], 1, NULL);
        strcpy(second.c.name, i == 0 ? "The Courier" : "The Harbour");
        if (i == 2)
            second.signers = by(w->stranger);
        vector_add_charter(&v, &second);
        vector_write(&v, names[i], i == 0 ? "good" : i == 1 ? "conflicted" : "damaged", "2",
                     i == 0   ? "a second charter that changes the name"
                     : i == 1 ? "another valid charter 2 than the one seen first"
                              : "another charter 2 that nobody of this publisher signed",
                     i == 0 ? NULL : names[0], i == 0 ? 1 : -1);
    }
}

static void of_another(struct world *w)
{
    struct vector v;
    struct charter_plan c = charter_plan_first(w);
    strcpy(c.c.name, "The Harbour Courier "); /* shortened below: a different text, the same label to the eye */
    c.c.name[19] = '\0';
    c.c.root.keys[0] = *secret_key_public(w->stranger);
    c.signers = by(w->stranger);
    struct charter_plan ours = charter_plan_first(w);
    struct buf note;
    struct hash publisher;
    buf_init(&note, 64 * KIB);
    charter_make(&note, &publisher, w, &ours);
    buf_dispose(&note);
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    add_bundle(&v, w);
    v.history.publisher = publisher; /* whom the reader pinned */
    vector_write(&v, "charter-of-another", "unknown-publisher", "9", "the same name, and another publisher", NULL, 1);
}

void cases_charter(struct world *w)
{
    of_one(w);
    of_two(w, "charter-next", "good", "charter 2 by two of three root keys", good_next);
    of_two(w, "charter-threshold-lowered", "damaged", "lowering the threshold takes the old number of keys", lower_threshold);
    of_two(w, "charter-new-root-alone", "damaged", "the old root keys did not sign", new_root_alone);
    of_two(w, "charter-old-root-alone", "damaged", "the new root keys did not sign", old_root_alone);
    of_two(w, "charter-wrong-prev", "damaged", "prev is not the hash of charter 1", wrong_prev);
    of_two(w, "charter-role-changed", "damaged", "a root key became a publishing key", role_changed);
    of_two(w, "charter-skipped", "incomplete", "charter 3 is held, and charter 2 is not", skipped);
    rivals(w);
    of_another(w);
}
