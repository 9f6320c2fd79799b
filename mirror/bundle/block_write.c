/*
 * Writing tables and blocks (FORMAT.md section 5).  Apart from reading them, so that a build that only reads
 * (mirror/web/core) needs neither libdeflate nor zlib's other half.
 */
#include "bundle/block.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

#define WINDOW_BITS 15
#define MEMORY_LEVEL 9

int table_append(struct buf *table, const struct block_entry *e)
{
    int rc = buf_reserve(table, TABLE_ENTRY_LEN);
    if (rc < 0)
        return rc;
    buf_append(table, e->hash.bytes, HASH_LEN);
    buf_append_u32be(table, e->packed_len);
    buf_append_u32be(table, e->raw_len);
    buf_append_u16be(table, e->dictionary);
    return buf_append_u16be(table, 0);
}

/* ---- deflate ---- */

/* zlib never writes through next_in and dictionary; its old face lacks the const. */
static int deflate_into(z_stream *z, struct buf *out, struct view raw)
{
    size_t bound = deflateBound(z, (uLong)raw.len);
    uint8_t *packed = malloc(bound);
    if (packed == NULL)
        return MIMEO_ENOMEM;
    z->next_in = (z_const Bytef *)raw.ptr;
    z->avail_in = (uInt)raw.len;
    z->next_out = packed;
    z->avail_out = (uInt)bound;
    int rc = deflate(z, Z_FINISH) == Z_STREAM_END
                 ? buf_append(out, packed, bound - z->avail_out)
                 : MIMEO_EFAIL;
    free(packed);
    return rc;
}

static int deflate_with_dictionary(struct buf *out, struct view raw, int level, struct view dictionary)
{
    z_stream z = {0};
    if (deflateInit2(&z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return MIMEO_ENOMEM;
    int rc = deflateSetDictionary(&z, dictionary.ptr, (uInt)dictionary.len) == Z_OK
                 ? deflate_into(&z, out, raw)
                 : MIMEO_EFAIL;
    deflateEnd(&z);
    return rc;
}

/* libdeflate writes the same format in half of the time, and knows no dictionaries. */
static int deflate_alone(struct buf *out, struct view raw, int level)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
    size_t bound = c == NULL ? 0 : libdeflate_zlib_compress_bound(c, raw.len);
    uint8_t *packed = c == NULL ? NULL : malloc(bound);
    int rc = MIMEO_ENOMEM;
    if (packed != NULL) {
        size_t len = libdeflate_zlib_compress(c, raw.ptr, raw.len, packed, bound);
        rc = len > 0 ? buf_append(out, packed, len) : MIMEO_EFAIL;
    }
    free(packed);
    libdeflate_free_compressor(c);
    return rc;
}

int block_deflate(struct buf *out, mimeo_ctx *ctx, struct view raw, int level, struct view dictionary)
{
    if (raw.len == 0 || raw.len > LIMIT_BODY_BLOCK)
        return ctx_error(ctx, MIMEO_EUSAGE, "a block has 1 byte to 1 MiB, not %zu bytes", raw.len);
    if (level < 1 || level > 9)
        return ctx_error(ctx, MIMEO_EUSAGE, "compression levels are 1 to 9, not %d", level);
    if (dictionary.len > LIMIT_DICTIONARY)
        return ctx_error(ctx, MIMEO_EUSAGE, "a dictionary of %zu bytes is over the limit of %zu",
                         dictionary.len, LIMIT_DICTIONARY);
    int rc = dictionary.len > 0 ? deflate_with_dictionary(out, raw, level, dictionary)
                                : deflate_alone(out, raw, level);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "a block of %zu bytes cannot be packed: it does not fit",
                              raw.len)
                  : 0;
}
