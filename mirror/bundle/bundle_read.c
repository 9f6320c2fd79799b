/*
 * Reading a bundle, one step of FORMAT.md section 9 after another.  What a reader would get wrong:
 * a block of zeros fails its hash and is still no fault by itself; whether somebody ordered that
 * it be erased is for the layers above to say.
 */
#include <string.h>

#include "bundle/bundle.h"

/* ---- steps 1 and 2 ---- */

int bundle_open(struct bundle *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct prefix prefix;
    int rc = prefix_parse(&prefix, ctx, what, bytes);
    if (rc < 0)
        return rc;
    if (prefix.kind != OBJECT_BUNDLE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: is a mimeo object, but no bundle", what);
    if (bytes.len < prefix.total_len)
        return ctx_error(ctx, MIMEO_EFORGED, "%s: is cut short: %zu of %llu bytes are there; get it again", what,
                         bytes.len, (unsigned long long)prefix.total_len);
    if (bytes.len > prefix.total_len)
        return ctx_error(ctx, MIMEO_EFORGED, "%s: has %llu bytes too many: damaged; get it again", what,
                         (unsigned long long)(bytes.len - prefix.total_len));
    memset(out, 0, sizeof(*out));
    out->bytes = bytes;
    return header_parse(&out->header, &out->note, ctx, what, view_of(bytes.ptr + PREFIX_LEN, prefix.header_len));
}

void bundle_dispose(struct bundle *b)
{
    if (b == NULL)
        return;
    inflater_free(b->inflater);
    memset(b, 0, sizeof(*b));
}

/* ---- step 5 ---- */

static int damaged(mimeo_ctx *ctx, const char *what, const char *words)
{
    return ctx_error(ctx, MIMEO_EFORGED, "%s: %s: forged or damaged; get it again", what, words);
}

/* One table and the room of its blocks, at *at. */
static int check_table(mimeo_ctx *ctx, const char *what, struct view bytes, uint64_t *at, uint32_t blocks,
                       const struct hash *expected, size_t raw_max, size_t dictionaries, struct view *table,
                       uint64_t *first)
{
    uint64_t len = (uint64_t)blocks * TABLE_ENTRY_LEN, packed;
    if (len > bytes.len - *at)
        return damaged(ctx, what, "a block table is longer than the bundle");
    struct view t = view_of(bytes.ptr + *at, (size_t)len);
    struct hash h = hash_of(t);
    if (!hash_equal(&h, expected))
        return damaged(ctx, what, "the hash of a block table is wrong");
    int rc = table_check(ctx, what, t, raw_max, dictionaries, &packed);
    if (rc < 0)
        return rc;
    if (packed > bytes.len - *at - len)
        return damaged(ctx, what, "its blocks are longer than the bundle");
    *table = t;
    *first = *at + len;
    *at += len + packed;
    return 0;
}

int bundle_check_tables(struct bundle *b, mimeo_ctx *ctx, const char *what)
{
    const struct header *h = &b->header;
    uint64_t at = PREFIX_LEN + b->note.bytes.len;
    if (b->bytes.len - at != h->payload)
        return damaged(ctx, what, "its length is not the one that was signed");
    struct bundle next = *b;
    int rc = check_table(ctx, what, b->bytes, &at, h->catalog_blocks, &h->catalog_hash, LIMIT_CATALOG_BLOCK, 0,
                         &next.catalog_table, &next.catalog_offset);
    if (rc == 0)
        rc = check_table(ctx, what, b->bytes, &at, h->body_blocks, &h->body_hash, LIMIT_BODY_BLOCK,
                         h->dictionary_count, &next.body_table, &next.body_offset);
    if (rc == 0 && at != b->bytes.len)
        rc = damaged(ctx, what, "bytes follow its last block");
    if (rc == 0)
        *b = next;
    return rc;
}

/* ---- blocks ---- */

static struct view table_of(const struct bundle *b, enum bundle_table t)
{
    return t == BUNDLE_CATALOG ? b->catalog_table : b->body_table;
}

static const char *table_word(enum bundle_table t)
{
    return t == BUNDLE_CATALOG ? "catalog" : "body";
}

size_t bundle_block_count(const struct bundle *b, enum bundle_table t)
{
    return table_of(b, t).len / TABLE_ENTRY_LEN;
}

/* A walk over a table's blocks; bundle_check_tables saw to it that all fit. */
struct block_walk {
    const struct bundle *b;
    enum bundle_table t;
    size_t n;
    uint64_t offset;
};

static struct block_walk walk_blocks(const struct bundle *b, enum bundle_table t)
{
    return (struct block_walk){b, t, 0, t == BUNDLE_CATALOG ? b->catalog_offset : b->body_offset};
}

static bool next_block(struct block_walk *w, struct block_entry *entry, struct view *packed)
{
    if (!table_entry(table_of(w->b, w->t), w->n, entry))
        return false;
    *packed = view_of(w->b->bytes.ptr + w->offset, entry->packed_len);
    w->offset += entry->packed_len;
    w->n++;
    return true;
}

int bundle_block(const struct bundle *b, mimeo_ctx *ctx, enum bundle_table t, size_t n,
                 struct block_entry *entry, struct view *packed)
{
    struct block_walk w = walk_blocks(b, t);
    struct block_entry e;
    struct view v;
    while (next_block(&w, &e, &v))
        if (w.n == n + 1) {
            *entry = e;
            *packed = v;
            return 0;
        }
    return ctx_error(ctx, MIMEO_ENOTFOUND, "the bundle has no %s block %zu", table_word(t), n);
}

/* ---- step 6 ---- */

static int check_packed(const struct bundle *b, mimeo_ctx *ctx, const char *what, enum bundle_table t, size_t n,
                        const struct block_entry *e, struct view packed, enum block_state *state)
{
    if (b->fill != NULL) {
        int rc = b->fill(ctx, (uint64_t)(packed.ptr - b->bytes.ptr), packed.len, b->fill_payload);
        if (rc < 0)
            return rc;
    }
    struct hash h = hash_of(packed);
    if (!hash_equal(&h, &e->hash) && !view_is_zero(packed))
        return ctx_error(ctx, MIMEO_EFORGED,
                         "%s: the hash of %s block %zu is wrong: forged or damaged; get it again", what,
                         table_word(t), n);
    *state = hash_equal(&h, &e->hash) ? BLOCK_GOOD : BLOCK_ZEROED;
    return 0;
}

int bundle_check_block(const struct bundle *b, mimeo_ctx *ctx, const char *what,
                       enum bundle_table t, size_t n, enum block_state *state)
{
    struct block_entry e;
    struct view packed;
    int rc = bundle_block(b, ctx, t, n, &e, &packed);
    return rc == 0 ? check_packed(b, ctx, what, t, n, &e, packed, state) : rc;
}

int bundle_each_block(const struct bundle *b, mimeo_ctx *ctx, const char *what,
                      int (*fn)(enum bundle_table t, size_t n, int code, enum block_state state,
                                void *payload), void *payload)
{
    for (int t = BUNDLE_CATALOG; t <= BUNDLE_BODY; t++) {
        struct block_walk w = walk_blocks(b, (enum bundle_table)t);
        struct block_entry e;
        struct view packed;
        while (next_block(&w, &e, &packed)) {
            enum block_state state = BLOCK_GOOD;
            int code = check_packed(b, ctx, what, w.t, w.n - 1, &e, packed, &state);
            if (code < 0 && code != MIMEO_EFORGED)
                return code; /* it cannot be had, which says nothing about it */
            int rc = fn(w.t, w.n - 1, code, state, payload);
            if (rc == 0)
                rc = ctx_check_cancel(ctx);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

/* ---- step 7 ---- */

static int inflate_block(struct bundle *b, mimeo_ctx *ctx, const char *what, enum bundle_table t, size_t n,
                         const struct block_entry *e, struct view packed, struct view dictionary,
                         struct buf *out)
{
    enum block_state state;
    int rc = check_packed(b, ctx, what, t, n, e, packed, &state);
    if (rc == 0 && state == BLOCK_ZEROED)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: %s block %zu is erased", what, table_word(t), n);
    if (rc == 0 && b->inflater == NULL)
        rc = inflater_new(&b->inflater, ctx);
    if (rc == 0)
        rc = block_inflate(out, b->inflater, ctx, what, packed, e->raw_len, dictionary);
    return rc;
}

int bundle_inflate(struct bundle *b, mimeo_ctx *ctx, const char *what, enum bundle_table t,
                   size_t n, bundle_dictionary_fn dictionary, void *payload, struct buf *out)
{
    struct block_entry e;
    struct view packed, preset = view_of(NULL, 0);
    int rc = bundle_block(b, ctx, t, n, &e, &packed);
    if (rc == 0 && e.dictionary > 0)
        rc = dictionary != NULL
                 ? dictionary(&preset, ctx, &b->header.dictionaries[e.dictionary - 1], payload)
                 : ctx_error(ctx, MIMEO_EINCOMPLETE, "%s: %s block %zu needs a dictionary", what, table_word(t), n);
    return rc == 0 ? inflate_block(b, ctx, what, t, n, &e, packed, preset, out) : rc;
}

/* ---- step 8 ---- */

/* A record's body lies in a block of this bundle: what reads it later may rely on it. */
static int check_place(const struct bundle *b, mimeo_ctx *ctx, const char *what, const struct record *r)
{
    struct block_entry e;
    if (!r->has_body)
        return 0;
    if (!table_entry(b->body_table, r->body_block, &e) ||
        (uint64_t)r->body_offset + r->body_len > e.raw_len)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: article %s: its body is not in the bundle", what, r->id);
    return 0;
}

typedef int (*record_fn)(const struct record *r, uint32_t block, uint32_t line, void *payload);

static int each_line(const struct bundle *b, mimeo_ctx *ctx, const char *what, struct view raw, uint32_t block,
                     record_fn fn, void *payload)
{
    struct cursor c = cursor_of(raw);
    struct view line;
    int rc = 0;
    for (uint32_t n = 0; rc == 0 && catalog_next_line(&c, &line); n++) {
        struct record r;
        rc = record_parse(&r, ctx, what, line);
        if (rc <= 0)
            continue;
        rc = check_place(b, ctx, what, &r);
        if (rc == 0)
            rc = fn(&r, block, n, payload);
        record_dispose(&r);
    }
    if (rc == 0 && c.left > 0)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: catalog block %u ends within a line", what, block);
    return rc;
}

int bundle_each_record(struct bundle *b, mimeo_ctx *ctx, const char *what, record_fn fn, void *payload,
                       size_t *erased_blocks)
{
    struct block_walk w = walk_blocks(b, BUNDLE_CATALOG);
    struct block_entry e;
    struct view packed;
    struct buf raw;
    int rc = 0;
    buf_init(&raw, LIMIT_BODY_BLOCK);
    *erased_blocks = 0;
    while (rc == 0 && next_block(&w, &e, &packed)) {
        size_t n = w.n - 1;
        if ((rc = ctx_check_cancel(ctx)) == 0)
            rc = inflate_block(b, ctx, what, BUNDLE_CATALOG, n, &e, packed, view_of(NULL, 0), &raw);
        if (rc == 0) {
            rc = each_line(b, ctx, what, buf_view(&raw), (uint32_t)n, fn, payload);
        } else if (rc == MIMEO_ENOTFOUND) {
            (*erased_blocks)++;
            rc = 0;
        }
    }
    buf_dispose(&raw);
    return rc;
}
