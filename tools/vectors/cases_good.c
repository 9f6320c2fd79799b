/* Vectors that hold: every feature of the format once. */
#include <stdio.h>
#include <string.h>

#include "world.h"

static void one(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    vector_add_bundle(&v, &p);
    vector_write(&v, "good-one-bundle", "good", "5", "a charter and a bundle with an article", NULL, 1);
}

static void heartbeat(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    struct bundle_plan p = bundle_plan_empty(w, 1);
    vector_add_bundle(&v, &p);
    vector_write(&v, "good-heartbeat", "good", "5", "both tables are empty", NULL, 0);
}

static void three(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    static const char *const ids[] = {"a", "b", "c"};
    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, ids[seq - 1]);
        vector_add_bundle(&v, &p);
    }
    vector_write(&v, "good-three-bundles", "good", "3", "prev and skip links join three bundles", NULL, 3);
}

static void threshold(struct world *w)
{
    struct vector v;
    struct charter_plan c = charter_plan_first(w);
    c.c.publish = (struct role){2, 3, {*secret_key_public(w->publish[0]), *secret_key_public(w->publish[1]),
                                       *secret_key_public(w->publish[2])}};
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.signers = by_two(w->publish[0], w->publish[2]);
    vector_add_bundle(&v, &p);
    vector_write(&v, "good-threshold", "good", "3", "two of three publishing keys signed", NULL, 1);
}

/* Charter 2 with the second publishing key in place of the first. */
static struct charter_plan rotated(struct world *w, const struct vector *v, uint64_t from, const struct hash *cut)
{
    struct charter_plan first = charter_plan_first(w);
    struct charter_plan c = charter_plan_next(w, &first, &v->history.charters[0], from, cut);
    c.c.publish.keys[0] = *secret_key_public(w->publish[1]);
    return c;
}

static void rotation(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    struct bundle_plan a = bundle_plan_article(w, 1, "a"), b = bundle_plan_article(w, 2, "b"),
                       c = bundle_plan_article(w, 3, "c");
    vector_add_bundle(&v, &a);
    vector_add_bundle(&v, &b);
    struct charter_plan second = rotated(w, &v, 2, NULL);
    vector_add_charter(&v, &second);
    c.charter = c.newest = 2;
    c.signers = by(w->publish[1]);
    vector_add_bundle(&v, &c);
    vector_write(&v, "good-rotation", "good", "2",
                 "a planned rotation; the first two bundles are by the withdrawn key, and joined", NULL, 3);
}

static void cut(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    struct bundle_plan a = bundle_plan_article(w, 1, "a"), b = bundle_plan_article(w, 2, "b"),
                       c = bundle_plan_article(w, 3, "c");
    vector_add_bundle(&v, &a);
    vector_add_bundle(&v, &b);
    struct charter_plan second = rotated(w, &v, 2, &v.history.hashes[2]);
    vector_add_charter(&v, &second);
    c.charter = c.newest = 2;
    c.signers = by(w->publish[1]);
    vector_add_bundle(&v, &c);
    vector_write(&v, "good-cut", "good", "2", "a cut at bundle 2; what it names and its ancestors stay good", NULL, 3);
}

#define DICTIONARY "<p>The tide comes in. The tide goes out.</p>"

static void dictionary(struct world *w)
{
    struct vector v;
    struct view preset = VIEW_OF_LITERAL(DICTIONARY);
    vector_begin(&v, w);
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.dictionary = (struct dictionary_ref){hash_of(preset), (uint32_t)preset.len};
    p.body[0].dictionary = preset;
    p.body[0].dictionary_index = 1;
    struct vector without = v;
    buf_init(&without.pack, LIMIT_BUNDLE);
    buf_append_view(&without.pack, buf_view(&v.pack));
    vector_add(&v, OBJECT_DICTIONARY, preset);
    vector_add_bundle(&v, &p);
    vector_write(&v, "good-dictionary", "good", "5", "a body block with a preset dictionary", NULL, 1);
    vector_add_bundle(&without, &p);
    vector_write(&without, "dictionary-missing", "incomplete", "5", "the dictionary that a block needs is not held",
                 NULL, -1);

    vector_begin(&v, w);
    vector_add(&v, OBJECT_DICTIONARY, VIEW_OF_LITERAL("<p>another dictionary</p>"));
    vector_add_bundle(&v, &p);
    vector_write(&v, "dictionary-other", "incomplete", "5", "a dictionary is held, and its hash is another", NULL, -1);

    vector_begin(&v, w);
    vector_add(&v, OBJECT_DICTIONARY, preset);
    p.body[0].dictionary = view_of(NULL, 0);
    vector_add_bundle(&v, &p);
    vector_write(&v, "dictionary-not-used", "malformed", "5", "the table names a dictionary and the stream has none",
                 NULL, -1);
}

static void growing(struct world *w)
{
    struct vector v;
    struct charter_plan c = charter_plan_first(w);
    c.find = "signer ";
    c.with = "x-contact by the harbour clock\nsigner ";
    vector_begin_empty(&v, w);
    vector_add_charter(&v, &c);
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.find = "signer ";
    p.with = "x-weather rain\nx-weather rain\nsigner ";
    vector_add_bundle(&v, &p);
    vector_write(&v, "good-x-lines", "good", "1", "lines that begin x- are signed, kept and ignored", NULL, 1);

    vector_begin(&v, w);
    p = bundle_plan_catalog(w, 1,
                            "{\"colour\":{\"red\":[1,2.5e3,null]},\"id\":\"tide\",\"action\":\"publish\",\"revision\":1,"
                            "\"title\":\"Tide\",\"body\":[0,0,25]}\n{\"action\":\"translate\",\"id\":7}\n");
    vector_add_bundle(&v, &p);
    vector_write(&v, "good-unknown-keys", "good", "6", "an unknown key and a record of an unknown action are ignored",
                 NULL, 1);
}

static void order(struct world *w)
{
    struct vector v;
    struct charter_plan c = charter_plan_first(w);
    struct buf note;
    struct hash hash;
    buf_init(&note, 64 * KIB);
    charter_make(&note, &hash, w, &c);
    vector_begin_empty(&v, w);
    v.history.publisher = v.history.charters[0] = hash;
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    vector_add_bundle(&v, &p);
    vector_add_bundle(&v, &p);
    vector_add(&v, OBJECT_CHARTER, buf_view(&note));
    vector_write(&v, "good-pack-order", "good", "4", "the charter comes last, and a bundle twice", NULL, 1);
    buf_dispose(&note);
}

static void revisions(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    struct bundle_plan a = bundle_plan_article(w, 1, "tide"), b = bundle_plan_catalog(
        w, 2, "{\"id\":\"tide\",\"action\":\"revise\",\"revision\":2,\"title\":\"Tide table\",\"note\":\"the hour was wrong\","
              "\"body\":[0,0,25]}\n");
    vector_add_bundle(&v, &a);
    vector_add_bundle(&v, &b);
    vector_write(&v, "good-revision", "good", "7", "the latest record of an id counts", NULL, 1);
}

static void zero_blocks(struct buf *bytes)
{
    /* From the end: the packed body and catalog blocks, which a table of one entry each describes. */
    struct cursor c = cursor_of(view_of(bytes->ptr + 12, 4));
    uint32_t header = 0;
    cursor_u32be(&c, &header);
    size_t at = PREFIX_LEN + header;
    for (int t = 0; t < 2; t++) {
        struct block_entry e;
        if (!table_entry(view_of(bytes->ptr + at, TABLE_ENTRY_LEN), 0, &e))
            return;
        memset(bytes->ptr + at + TABLE_ENTRY_LEN, 0, e.packed_len);
        at += TABLE_ENTRY_LEN + e.packed_len;
    }
}

static struct hash packed_hash(struct view raw)
{
    struct buf packed;
    buf_init(&packed, LIMIT_BUNDLE);
    deflate_raw(&packed, raw, view_of(NULL, 0));
    struct hash h = hash_of(buf_view(&packed));
    buf_dispose(&packed);
    return h;
}

static void erasure(struct world *w)
{
    static char line[1024];
    char catalog[HASH_HEX_LEN + 1], body[HASH_HEX_LEN + 1];
    struct vector v;
    struct bundle_plan a = bundle_plan_article(w, 1, "tide");
    struct hash h = packed_hash(a.catalog[0].raw);
    hash_format(catalog, &h);
    h = packed_hash(a.body[0].raw);
    hash_format(body, &h);
    snprintf(line, sizeof(line),
             "{\"id\":\"tide\",\"action\":\"retract\",\"revision\":2,\"erase\":[[1,\"catalog\",0,\"%s\"],[1,\"body\",0,\"%s\"]]}\n",
             catalog, body);
    struct bundle_plan b = bundle_plan_empty(w, 2);
    b.catalog[b.catalog_count++].raw = view_of_str(line);
    a.edit_bytes = zero_blocks;
    vector_begin(&v, w);
    vector_add_bundle(&v, &a);
    vector_add_bundle(&v, &b);
    vector_write(&v, "good-erased", "good", "7", "blocks of zeros that a later catalog lists are erased, no fault", NULL, 0);

    vector_begin(&v, w);
    vector_add_bundle(&v, &a);
    vector_write(&v, "block-zero", "damaged", "9", "blocks of zeros that nobody ordered to be erased", NULL, -1);
}

static void gaps(struct world *w)
{
    struct vector v;
    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 40; seq++) {
        struct bundle_plan p = bundle_plan_empty(w, seq);
        if (seq == 1 || seq == 4 || seq == 13 || seq == 40)
            vector_add_bundle(&v, &p);
        else
            vector_skip_bundle(&v, &p);
    }
    vector_write(&v, "gaps-joined", "incomplete", "9", "skip links join 40, 13, 4 and 1; the others are not held", NULL, 0);

    vector_begin(&v, w);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct bundle_plan p = bundle_plan_article(w, seq, seq == 1 ? "a" : seq == 2 ? "b" : "c");
        if (seq == 2)
            vector_skip_bundle(&v, &p);
        else
            vector_add_bundle(&v, &p);
    }
    vector_write(&v, "gap-unjoined", "incomplete", "9", "bundle 2 is not held, and with it the only link to bundle 1", NULL, 2);
}

void cases_good(struct world *w)
{
    one(w);
    heartbeat(w);
    three(w);
    threshold(w);
    rotation(w);
    cut(w);
    dictionary(w);
    growing(w);
    order(w);
    revisions(w);
    erasure(w);
    gaps(w);
}
