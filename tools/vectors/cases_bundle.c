/* Vectors of sections 4 and 5: prefixes, tables and blocks that lie. */
#include <string.h>

#include "world.h"

static void write_one(struct world *w, const struct bundle_plan *p, const char *name, const char *verdict, const char *section,
                      const char *why)
{
    struct vector v;
    vector_begin(&v, w);
    vector_add_bundle(&v, p);
    vector_write(&v, name, verdict, section, why, NULL, -1);
}

static void longer_total(struct buf *b)
{
    b->ptr[23]++;
}

static void shorter_total(struct buf *b)
{
    b->ptr[23]--;
}

static void pad_not_zero(struct buf *b)
{
    b->ptr[9] = 1;
}

static void last_byte(struct buf *b)
{
    b->ptr[b->len - 1] ^= 1;
}

static void cut_half(struct buf *b)
{
    b->len /= 2;
}

static void text_mode(struct buf *b)
{
    memmove(b->ptr + 4, b->ptr + 5, b->len - 5); /* CR LF became LF */
    b->len--;
}

static void other_catalog(struct header *h)
{
    h->catalog_hash.bytes[0] ^= 1;
}

static void fewer_blocks(struct header *h)
{
    h->body_blocks = 0;
}

static const struct {
    const char *name;
    void (*edit)(struct buf *bytes);
    const char *verdict, *section, *why;
} spoils[] = {
    {"bundle-total-longer", longer_total, "damaged", "4", "the total length is longer than the contents"},
    {"bundle-total-shorter", shorter_total, "damaged", "4", "the total length is shorter than the contents"},
    {"bundle-pad", pad_not_zero, "damaged", "4", "the three bytes behind the kind are zero"},
    {"bundle-flipped-block", last_byte, "damaged", "9", "the hash of a block is wrong"},
    {"bundle-cut", cut_half, "damaged", "4", "cut in the middle"},
    {"bundle-as-text", text_mode, "damaged", "4", "the magic shows that it was copied as text"},
};

static void tables(struct world *w)
{
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.edit = other_catalog;
    write_one(w, &p, "table-hash", "damaged", "9", "the hash of the catalog table is wrong");
    p.edit = fewer_blocks;
    write_one(w, &p, "table-count", "damaged", "9", "the header counts fewer body blocks than there are");
    p = bundle_plan_article(w, 1, "tide");
    p.body[0].zero = 1;
    write_one(w, &p, "table-zero-field", "malformed", "5", "the last two bytes of an entry are zero");
    p = bundle_plan_article(w, 1, "tide");
    p.body[0].dictionary_index = 1;
    write_one(w, &p, "table-dictionary-index", "malformed", "5", "an entry names a dictionary that the header does not");
    p = bundle_plan_article(w, 1, "tide");
    p.tail = VIEW_OF_LITERAL("tail");
    write_one(w, &p, "bundle-tail", "damaged", "5", "signed bytes follow the last block");
}

static void blocks(struct world *w)
{
    static char raw[LIMIT_BODY_BLOCK], lines[LIMIT_CATALOG_BLOCK + 100];
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    p.body[0].raw_len_lie = 1;
    write_one(w, &p, "block-raw-longer", "malformed", "5", "a block inflates to less than its table says");
    p.body[0].raw_len_lie = -1;
    write_one(w, &p, "block-raw-shorter", "malformed", "5", "a block inflates to more than its table says");
    p.body[0].raw_len_lie = -(int)p.body[0].raw.len;
    write_one(w, &p, "block-raw-zero", "malformed", "5", "raw is at least 1");

    struct buf packed;
    buf_init(&packed, LIMIT_BUNDLE);
    memset(raw, 'a', sizeof(raw));
    deflate_raw(&packed, view_of(raw, sizeof(raw)), view_of(NULL, 0));
    p = bundle_plan_article(w, 1, "tide");
    p.body[0].packed = buf_view(&packed);
    write_one(w, &p, "block-bomb", "malformed", "5", "a block of 25 bytes inflates to a mebibyte");
    buf_clear(&packed);
    deflate_raw(&packed, p.body[0].raw, view_of(NULL, 0));
    buf_append_str(&packed, "x");
    p.body[0].packed = buf_view(&packed);
    write_one(w, &p, "block-trailing", "malformed", "5", "a byte follows the stream inside its block");
    buf_clear(&packed);
    buf_append_str(&packed, "this is no zlib stream");
    p.body[0].packed = buf_view(&packed);
    write_one(w, &p, "block-not-zlib", "malformed", "5", "a block is no zlib stream");
    buf_dispose(&packed);

    p = bundle_plan_article(w, 1, "tide");
    memset(lines, ' ', sizeof(lines));
    memcpy(lines, p.catalog[0].raw.ptr, p.catalog[0].raw.len - 1);
    lines[sizeof(lines) - 1] = '\n';
    p.catalog[0].raw = view_of(lines, sizeof(lines));
    write_one(w, &p, "catalog-block-large", "malformed", "11", "a catalog block is over 16 KiB");
}

static void kinds(struct world *w)
{
    struct vector v;
    struct bundle_plan p = bundle_plan_article(w, 1, "tide");
    vector_begin(&v, w);
    vector_add_bundle(&v, &p);
    vector_add(&v, (enum object_kind)77, VIEW_OF_LITERAL("something of tomorrow"));
    vector_write(&v, "pack-unknown-kind", "needs-newer", "4", "an object of an unknown kind is skipped and counted", NULL, 1);

    vector_begin(&v, w);
    buf_append_str(&v.pack, "some bytes that belong to nothing");
    vector_add_bundle(&v, &p);
    vector_write(&v, "pack-junk-between", "damaged", "4", "after bytes of no object the reader goes on at the next magic", NULL, 1);
}

void cases_bundle(struct world *w)
{
    for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        struct bundle_plan p = bundle_plan_article(w, 1, "tide");
        p.edit_bytes = spoils[i].edit;
        write_one(w, &p, spoils[i].name, spoils[i].verdict, spoils[i].section, spoils[i].why);
    }
    tables(w);
    blocks(w);
    kinds(w);
}
