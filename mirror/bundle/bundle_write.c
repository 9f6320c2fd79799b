/*
 * Writing a bundle.  A body block gets its number when it is begun, so a record can be written at
 * once; blocks are deflated side by side as they fill.  What comes out depends only on what went in,
 * never on how fast the threads were.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "bundle/bundle.h"

#define GROUPS_MAX 16 /* languages with an open block */
#define DEFAULT_LEVEL 6
#define WINDOW 16     /* blocks waiting for a thread */

struct written_block {
    struct buf raw;    /* until it is deflated */
    struct buf packed;
    uint32_t raw_len;
    int level;
};

struct table {
    struct written_block **blocks;
    size_t count, cap;
};

struct group { /* one language's open body block */
    char lang[LIMIT_LANG + 1];
    uint32_t block;
    uint64_t used; /* for the least recently used */
    bool open;
};

struct bundle_writer {
    struct table tables[2]; /* by enum bundle_table */
    struct group groups[GROUPS_MAX];
    uint64_t clock;
    bool catalog_open; /* the last catalog block takes more lines */
    size_t records;
    uint64_t raw_total;
    uint64_t ratio;    /* packed bytes for 1024 raw ones, as the bundle before had */
    struct pool *pool;
    int level;
};

/* ---- blocks ---- */

static void block_free(struct written_block *b)
{
    if (b == NULL)
        return;
    buf_dispose(&b->raw);
    buf_dispose(&b->packed);
    free(b);
}

static int deflate_block(mimeo_ctx *ctx, void *item, void *shared)
{
    (void)shared;
    struct written_block *b = item;
    int rc = block_deflate(&b->packed, ctx, buf_view(&b->raw), b->level, view_of(NULL, 0));
    buf_dispose(&b->raw);
    return rc;
}

static int begin_block(struct bundle_writer *w, mimeo_ctx *ctx, enum bundle_table t)
{
    struct table *table = &w->tables[t];
    if (table->count == LIMIT_BLOCKS)
        return ctx_error(ctx, MIMEO_EMALFORMED, "a bundle cannot hold more than %d blocks", LIMIT_BLOCKS);
    if (table->count == table->cap) {
        size_t cap = table->cap == 0 ? 16 : 2 * table->cap;
        struct written_block **grown = realloc(table->blocks, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        table->blocks = grown;
        table->cap = cap;
    }
    struct written_block *b = calloc(1, sizeof(*b));
    if (b == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&b->raw, t == BUNDLE_CATALOG ? LIMIT_CATALOG_BLOCK : LIMIT_BODY_BLOCK);
    buf_init(&b->packed, LIMIT_BUNDLE);
    b->level = w->level;
    table->blocks[table->count++] = b;
    return 0;
}

/* A block takes no more: hand it to a thread. */
static int close_block(struct bundle_writer *w, mimeo_ctx *ctx, enum bundle_table t, size_t n)
{
    struct written_block *b = w->tables[t].blocks[n];
    void *done;
    int rc = pool_full(w->pool) ? pool_take(w->pool, ctx, &done) : 0;
    if (rc < 0)
        return rc;
    b->raw_len = (uint32_t)b->raw.len;
    return pool_put(w->pool, ctx, b);
}

/* ---- bodies ---- */

static int close_group(struct bundle_writer *w, mimeo_ctx *ctx, struct group *g)
{
    if (!g->open)
        return 0;
    g->open = false;
    return close_block(w, ctx, BUNDLE_BODY, g->block);
}

/* The group of a language; the one that was used longest ago makes room. */
static int find_group(struct group **out, struct bundle_writer *w, mimeo_ctx *ctx, const char *lang)
{
    struct group *oldest = &w->groups[0];
    for (size_t i = 0; i < GROUPS_MAX; i++) {
        struct group *g = &w->groups[i];
        if (g->open && strcmp(g->lang, lang) == 0) {
            *out = g;
            return 0;
        }
        if (!g->open ? oldest->open : oldest->open && g->used < oldest->used)
            oldest = g;
    }
    int rc = close_group(w, ctx, oldest);
    if (rc == 0) {
        strcpy(oldest->lang, lang);
        *out = oldest;
    }
    return rc;
}

static int add_body(struct bundle_writer *w, mimeo_ctx *ctx, struct record *r, struct view body, bool alone)
{
    struct group single = {.open = false}, *g = &single;
    int rc = alone ? 0 : find_group(&g, w, ctx, r->lang == NULL ? "" : r->lang);
    if (rc == 0 && g->open && w->tables[BUNDLE_BODY].blocks[g->block]->raw.len + body.len > TARGET_BODY_BLOCK)
        rc = close_group(w, ctx, g);
    if (rc == 0 && !g->open) {
        rc = begin_block(w, ctx, BUNDLE_BODY);
        g->block = (uint32_t)w->tables[BUNDLE_BODY].count - 1;
        g->open = rc == 0;
    }
    if (rc < 0)
        return rc;
    struct buf *raw = &w->tables[BUNDLE_BODY].blocks[g->block]->raw;
    r->has_body = true;
    r->body_block = g->block;
    r->body_offset = (uint32_t)raw->len;
    r->body_len = (uint32_t)body.len;
    g->used = ++w->clock;
    rc = buf_append_view(raw, body);
    if (rc < 0)
        return ctx_error_nomem(ctx);
    return alone ? close_group(w, ctx, g) : 0;
}

/* ---- records ---- */

static int close_catalog(struct bundle_writer *w, mimeo_ctx *ctx)
{
    if (!w->catalog_open)
        return 0;
    w->catalog_open = false;
    return close_block(w, ctx, BUNDLE_CATALOG, w->tables[BUNDLE_CATALOG].count - 1);
}

static int add_line(struct bundle_writer *w, mimeo_ctx *ctx, struct view line, bool alone)
{
    struct table *table = &w->tables[BUNDLE_CATALOG];
    bool full = w->catalog_open && table->blocks[table->count - 1]->raw.len + line.len > LIMIT_CATALOG_BLOCK;
    int rc = alone || full ? close_catalog(w, ctx) : 0;
    if (rc == 0 && !w->catalog_open) {
        rc = begin_block(w, ctx, BUNDLE_CATALOG);
        w->catalog_open = rc == 0;
    }
    if (rc < 0)
        return rc;
    if (buf_append_view(&table->blocks[table->count - 1]->raw, line) < 0)
        return ctx_error_nomem(ctx);
    return alone ? close_catalog(w, ctx) : 0;
}

int bundle_writer_add(struct bundle_writer *w, mimeo_ctx *ctx, const struct record *r,
                      struct view body, bool alone)
{
    struct record placed = *r; /* borrows all from *r */
    if (body.len > LIMIT_BODY_BLOCK)
        return ctx_error(ctx, MIMEO_EMALFORMED, "article %s: its text has %zu bytes, over the limit of %zu", r->id,
                         body.len, LIMIT_BODY_BLOCK);
    placed.has_body = false;
    int rc = body.len > 0 ? add_body(w, ctx, &placed, body, alone) : 0;
    struct buf line;
    buf_init(&line, LIMIT_RECORD + 1);
    if (rc == 0)
        rc = record_write(&line, ctx, "the new bundle", &placed);
    if (rc == 0)
        rc = add_line(w, ctx, buf_view(&line), alone);
    if (rc == 0) {
        w->records++;
        w->raw_total += body.len + line.len;
    }
    buf_dispose(&line);
    return rc;
}

size_t bundle_writer_size(const struct bundle_writer *w)
{
    size_t tables = (w->tables[0].count + w->tables[1].count) * TABLE_ENTRY_LEN;
    return tables + (size_t)(w->raw_total * w->ratio / 1024);
}

size_t bundle_writer_record_count(const struct bundle_writer *w)
{
    return w->records;
}

/* ---- the whole ---- */

int bundle_writer_new(struct bundle_writer **out, mimeo_ctx *ctx,
                      const struct bundle_writer_options *options)
{
    struct bundle_writer *w = calloc(1, sizeof(*w));
    if (w == NULL)
        return ctx_error_nomem(ctx);
    w->level = options != NULL && options->level > 0 ? options->level : DEFAULT_LEVEL;
    w->ratio = 384; /* 3/8: prose and its catalog */
    int rc = pool_new(&w->pool, ctx, options == NULL ? 0 : options->threads, WINDOW, deflate_block, NULL);
    if (rc < 0) {
        free(w);
        return rc;
    }
    *out = w;
    return 0;
}

static void clear(struct bundle_writer *w)
{
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < w->tables[t].count; i++)
            block_free(w->tables[t].blocks[i]);
        w->tables[t].count = 0;
    }
    memset(w->groups, 0, sizeof(w->groups));
    w->catalog_open = false;
    w->records = 0;
    w->raw_total = 0;
}

void bundle_writer_free(struct bundle_writer *w)
{
    if (w == NULL)
        return;
    pool_free(w->pool, NULL);
    clear(w);
    free(w->tables[0].blocks);
    free(w->tables[1].blocks);
    free(w);
}

/* Close what is open and wait for every thread. */
static int settle(struct bundle_writer *w, mimeo_ctx *ctx)
{
    int rc = close_catalog(w, ctx);
    for (size_t i = 0; i < GROUPS_MAX; i++) {
        int one = close_group(w, ctx, &w->groups[i]);
        rc = rc < 0 ? rc : one;
    }
    while (!pool_empty(w->pool)) {
        void *done;
        int one = pool_take(w->pool, ctx, &done);
        rc = rc < 0 ? rc : one;
    }
    return rc;
}

static int append_table(struct buf *payload, const struct table *table, uint32_t *count, struct hash *hash)
{
    size_t start = payload->len;
    for (size_t i = 0; i < table->count; i++) {
        const struct written_block *b = table->blocks[i];
        struct block_entry e = {hash_of(buf_view(&b->packed)), (uint32_t)b->packed.len, b->raw_len, 0};
        table_append(payload, &e);
    }
    *count = (uint32_t)table->count;
    *hash = hash_of(view_of(payload->len == start ? NULL : payload->ptr + start, payload->len - start));
    for (size_t i = 0; i < table->count; i++)
        buf_append_view(payload, buf_view(&table->blocks[i]->packed));
    return buf_status(payload);
}

int bundle_writer_finish(struct bundle_writer *w, mimeo_ctx *ctx, struct header *header,
                         struct buf *payload)
{
    int rc = settle(w, ctx);
    struct buf made;
    buf_init(&made, LIMIT_BUNDLE - LIMIT_HEADER - PREFIX_LEN);
    if (rc == 0) {
        rc = append_table(&made, &w->tables[BUNDLE_CATALOG], &header->catalog_blocks, &header->catalog_hash);
        if (rc == 0)
            rc = append_table(&made, &w->tables[BUNDLE_BODY], &header->body_blocks, &header->body_hash);
        if (rc == MIMEO_ENOMEM)
            ctx_error_nomem(ctx);
        else if (rc < 0)
            ctx_error(ctx, rc, "the bundle is over its limit of %zu bytes", LIMIT_BUNDLE);
    }
    if (rc == 0 && w->raw_total > 0) {
        uint64_t ratio = made.len * 1024 / w->raw_total;
        w->ratio = ratio < 128 ? 128 : ratio > 1024 ? 1024 : ratio;
    }
    clear(w);
    if (rc < 0) {
        buf_dispose(&made);
        return rc;
    }
    header->payload = made.len;
    *payload = made;
    return 0;
}

int bundle_assemble(struct buf *out, mimeo_ctx *ctx, struct view note, struct view payload)
{
    int rc = prefix_write(out, OBJECT_BUNDLE, (uint32_t)note.len, PREFIX_LEN + note.len + payload.len);
    if (rc == 0)
        rc = buf_append_view(out, note);
    if (rc == 0)
        rc = buf_append_view(out, payload);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "the bundle is over its limit of %zu bytes", LIMIT_BUNDLE) : 0;
}
