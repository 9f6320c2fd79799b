/*
 * Bundles whole: reading one in the order of checks (FORMAT.md section 9), and writing one.
 */
#ifndef BUNDLE_BUNDLE_H
#define BUNDLE_BUNDLE_H

#include "bundle/block.h"
#include "bundle/object.h"
#include "bundle/record.h"
#include "trust/header.h"

enum bundle_table { BUNDLE_CATALOG, BUNDLE_BODY };

/* A view into a bundle's bytes, which must outlive it.  bundle_open takes steps 1 and 2 only
 * (prefix, lengths, header grammar): `header` and `note` are claims until header_judge said
 * so; then bundle_check_tables takes step 5, bundle_check_block step 6, bundle_inflate 6 and 7. */
struct bundle {
    struct view bytes;
    struct header header;
    struct note note;
    struct view catalog_table, body_table; /* empty until bundle_check_tables */
    uint64_t catalog_offset, body_offset;  /* of the first block, in `bytes` */
    struct inflater *inflater;             /* made at the first need */
    /* Where only the front of `bytes` was read: brings `len` bytes at `offset` into them.  NULL: all are there. */
    int (*fill)(mimeo_ctx *ctx, uint64_t offset, size_t len, void *payload);
    void *fill_payload;
};

int bundle_open(struct bundle *out, mimeo_ctx *ctx, const char *what, struct view bytes);
void bundle_dispose(struct bundle *b);
int bundle_check_tables(struct bundle *b, mimeo_ctx *ctx, const char *what);

size_t bundle_block_count(const struct bundle *b, enum bundle_table t);
/* The packed bytes of a block: `packed` borrowed from the bundle.  Offsets are summed on the
 * way; bundle_each_block below is the cheap way through all. */
int bundle_block(const struct bundle *b, mimeo_ctx *ctx, enum bundle_table t, size_t n,
                 struct block_entry *entry, struct view *packed);

enum block_state {
    BLOCK_GOOD,
    BLOCK_ZEROED, /* all zero: erased, or damaged, as the catalogs say */
};
/* Step 6.  0 and *state; MIMEO_EFORGED names the block. */
int bundle_check_block(const struct bundle *b, mimeo_ctx *ctx, const char *what,
                       enum bundle_table t, size_t n, enum block_state *state);
/* Steps 6 and 7, into `out` (initialised by the caller with max >= LIMIT_BODY_BLOCK).  A zeroed block
 * gives MIMEO_ENOTFOUND ("erased").  `dictionary` is asked for the n-th dict line's bytes (already
 * checked against its hash) and may be NULL: MIMEO_EINCOMPLETE names the dictionary. */
typedef int (*bundle_dictionary_fn)(struct view *out, mimeo_ctx *ctx,
                                    const struct dictionary_ref *ref, void *payload);
int bundle_inflate(struct bundle *b, mimeo_ctx *ctx, const char *what, enum bundle_table t,
                   size_t n, bundle_dictionary_fn dictionary, void *payload, struct buf *out);
/* Check (step 6) every block of both tables in one pass; `fn` hears of each: code 0 with its state,
 * or MIMEO_EFORGED with the message set; nonzero from fn stops. */
int bundle_each_block(const struct bundle *b, mimeo_ctx *ctx, const char *what,
                      int (*fn)(enum bundle_table t, size_t n, int code, enum block_state state,
                                void *payload), void *payload);
/* Inflate the catalog block by block and parse each record.  fn gets the place: (block, line in
 * block).  Zeroed blocks are passed over (erased_blocks counts them). */
int bundle_each_record(struct bundle *b, mimeo_ctx *ctx, const char *what,
                       int (*fn)(const struct record *r, uint32_t block, uint32_t line, void *payload),
                       void *payload, size_t *erased_blocks);

/* Writing: bodies and records go in, packed blocks come out. Blocks are cut at TARGET_BODY_BLOCK and
 * deflated as they fill, by `deflate` where the caller has a way to do it side by side. */
struct bundle_writer;
struct bundle_writer_options {
    int level;   /* 1..9, 0: 6 */
    int threads; /* for deflate; 0: one a processor */
};
int bundle_writer_new(struct bundle_writer **out, mimeo_ctx *ctx,
                      const struct bundle_writer_options *options);
void bundle_writer_free(struct bundle_writer *w);
/* Add an article: its record (body_* are set by the writer) and clean body (empty for a retraction).
 * `alone`: in a body block and catalog block of its own. Bodies are grouped by language: one open
 * block a language, at most 16 languages open. MIMEO_EMALFORMED where the body passes LIMIT_BODY_BLOCK. */
int bundle_writer_add(struct bundle_writer *w, mimeo_ctx *ctx, const struct record *r,
                      struct view body, bool alone);
/* Packed bytes so far (deflated and estimated): a caller closes the bundle when it passes TARGET_BUNDLE. */
size_t bundle_writer_size(const struct bundle_writer *w);
size_t bundle_writer_record_count(const struct bundle_writer *w);
/* Deflate what is open; fill header->payload, catalog and body lines; give the payload bytes.
 * The writer is empty and usable again after. */
int bundle_writer_finish(struct bundle_writer *w, mimeo_ctx *ctx, struct header *header,
                         struct buf *payload);
/* prefix | note | payload */
int bundle_assemble(struct buf *out, mimeo_ctx *ctx, struct view note, struct view payload);

#endif
