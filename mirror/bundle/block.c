/*
 * Block tables and blocks (FORMAT.md section 5).
 *
 *     table entry: hash of packed bytes 32 | packed u32 | raw u32 | dict u16 | zero u16
 *     zlib stream: CMF FLG [DICTID u32] deflate… ADLER32
 *
 * Beware: zlib itself is lenient.  It stops happily before the end of its input, asks for
 * a dictionary that nobody named, and ignores one that nobody wants; so the two header
 * bytes are judged here before it sees them, and the ends are compared after.
 */
#include "bundle/block.h"

#include <stdlib.h>
#include <zlib.h>

#define WINDOW_BITS 15

/* ---- tables ---- */

bool table_entry(struct view table, size_t n, struct block_entry *out)
{
    struct block_entry e;
    struct view hash;
    uint16_t zero;
    if (n >= table.len / TABLE_ENTRY_LEN)
        return false;
    struct cursor c = cursor_of(view_of(table.ptr + n * TABLE_ENTRY_LEN, TABLE_ENTRY_LEN));
    if (!cursor_take(&c, HASH_LEN, &hash) || !cursor_u32be(&c, &e.packed_len) ||
        !cursor_u32be(&c, &e.raw_len) || !cursor_u16be(&c, &e.dictionary) ||
        !cursor_u16be(&c, &zero) || zero != 0)
        return false;
    for (size_t i = 0; i < HASH_LEN; i++)
        e.hash.bytes[i] = hash.ptr[i];
    *out = e;
    return true;
}

static int entry_error(mimeo_ctx *ctx, const char *what, size_t n, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: entry %zu of the table %s", what, n, why);
}

static int entry_check(mimeo_ctx *ctx, const char *what, struct view table, size_t n,
                       size_t raw_max, size_t dictionaries, uint64_t *packed_sum)
{
    struct block_entry e;
    if (!table_entry(table, n, &e))
        return entry_error(ctx, what, n, "does not end in two zero bytes");
    if (e.packed_len == 0)
        return entry_error(ctx, what, n, "gives a block of no bytes");
    if (e.raw_len == 0)
        return entry_error(ctx, what, n, "gives a block that inflates to no bytes");
    if (e.raw_len > raw_max)
        return entry_error(ctx, what, n, "gives a block that inflates to more than the limit");
    if (e.dictionary > dictionaries)
        return entry_error(ctx, what, n, "names a dictionary that the header or the kind of table "
                                         "does not give");
    if (!u64_add(*packed_sum, e.packed_len, packed_sum))
        return entry_error(ctx, what, n, "makes the blocks longer than can be counted");
    return 0;
}

int table_check(mimeo_ctx *ctx, const char *what, struct view table, size_t raw_max,
                size_t dictionaries, uint64_t *packed_sum)
{
    uint64_t sum = 0;
    size_t count = table.len / TABLE_ENTRY_LEN;
    if (table.len % TABLE_ENTRY_LEN != 0)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "%s: a table of %zu bytes is not made of whole entries", what, table.len);
    if (count > LIMIT_BLOCKS)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: %zu blocks are more than the limit of %d", what,
                         count, LIMIT_BLOCKS);
    for (size_t n = 0; n < count; n++) {
        int rc = entry_check(ctx, what, table, n, raw_max, dictionaries, &sum);
        if (rc < 0)
            return rc;
    }
    *packed_sum = sum;
    return 0;
}

/* ---- inflate ---- */

struct inflater {
    z_stream z; /* stays where it is: zlib's state points back to it */
};

int inflater_new(struct inflater **out, mimeo_ctx *ctx)
{
    struct inflater *i = calloc(1, sizeof *i);
    if (i == NULL || inflateInit2(&i->z, WINDOW_BITS) != Z_OK) {
        free(i);
        return ctx_error_nomem(ctx);
    }
    *out = i;
    return 0;
}

void inflater_free(struct inflater *i)
{
    if (i == NULL)
        return;
    inflateEnd(&i->z);
    free(i);
}

static int bad(mimeo_ctx *ctx, const char *what, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s %s", what, why);
}

/* RFC 1950 section 2.2, and whether the dictionary fits. */
static int check_stream_header(mimeo_ctx *ctx, const char *what, struct view packed,
                               struct view dictionary)
{
    struct cursor c = cursor_of(packed);
    uint16_t head;
    uint32_t id;
    if (!cursor_u16be(&c, &head))
        return bad(ctx, what, "is short: it ends within the head of its stream");
    if (head % 31 != 0 || (head >> 8 & 15) != Z_DEFLATED)
        return bad(ctx, what, "is no zlib stream");
    if (head >> 12 > WINDOW_BITS - 8)
        return bad(ctx, what, "asks for a window over 32 KiB");
    if ((head & 0x20) == 0)
        return dictionary.len == 0
                   ? 0
                   : bad(ctx, what, "was packed without the dictionary that its table names");
    if (!cursor_u32be(&c, &id))
        return bad(ctx, what, "is short: it ends within the head of its stream");
    if (dictionary.len == 0)
        return bad(ctx, what, "needs a dictionary, but its table names none");
    if (id != adler32(adler32(0, NULL, 0), dictionary.ptr, (uInt)dictionary.len))
        return bad(ctx, what, "was packed with another dictionary than its table names");
    return 0;
}

/* Run the stream.  Where it neither ends nor errs with its output full, one byte more
 * tells a bomb from a stream that lost its end. */
static int run(struct inflater *i, struct view dictionary, bool *bomb)
{
    int zrc = inflate(&i->z, Z_FINISH);
    if (zrc == Z_NEED_DICT) {
        zrc = inflateSetDictionary(&i->z, dictionary.ptr, (uInt)dictionary.len);
        if (zrc == Z_OK)
            zrc = inflate(&i->z, Z_FINISH);
    }
    if ((zrc == Z_OK || zrc == Z_BUF_ERROR) && i->z.avail_out == 0) {
        uint8_t more;
        i->z.next_out = &more;
        i->z.avail_out = 1;
        zrc = inflate(&i->z, Z_FINISH);
        *bomb = i->z.avail_out == 0;
        i->z.next_out = NULL;
    }
    return zrc;
}

static int judge(mimeo_ctx *ctx, const struct inflater *i, const char *what, int zrc, bool bomb,
                 uint32_t raw_len)
{
    if (bomb)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "%s inflates to more than the %u bytes that its table gives: "
                         "it may be a bomb", what, raw_len);
    if (zrc == Z_MEM_ERROR)
        return ctx_error_nomem(ctx);
    if (zrc == Z_OK || zrc == Z_BUF_ERROR)
        return bad(ctx, what, "is short: its stream does not end");
    if (zrc != Z_STREAM_END)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s does not inflate: %s", what,
                         i->z.msg != NULL ? i->z.msg : "bad stream");
    if (i->z.total_out != raw_len)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "%s is short: it inflates to %lu bytes where its table gives %u", what,
                         i->z.total_out, raw_len);
    if (i->z.avail_in != 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s has %u trailing bytes after its stream", what,
                         i->z.avail_in);
    return 0;
}

int block_inflate(struct buf *out, struct inflater *i, mimeo_ctx *ctx, const char *what,
                  struct view packed, uint32_t raw_len, struct view dictionary)
{
    buf_clear(out);
    if (raw_len == 0 || raw_len > LIMIT_BODY_BLOCK || packed.len > LIMIT_BUNDLE ||
        dictionary.len > LIMIT_DICTIONARY)
        return bad(ctx, what, "has sizes outside of the limits");
    int rc = check_stream_header(ctx, what, packed, dictionary);
    if (rc < 0)
        return rc;
    rc = buf_reserve(out, raw_len);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx) : bad(ctx, what, "is over the limit");
    if (inflateReset(&i->z) != Z_OK)
        return ctx_error(ctx, MIMEO_EFAIL, "zlib cannot start on %s", what);
    bool bomb = false;
    i->z.next_in = (z_const Bytef *)packed.ptr;
    i->z.avail_in = (uInt)packed.len;
    i->z.next_out = out->ptr;
    i->z.avail_out = raw_len;
    int zrc = run(i, dictionary, &bomb);
    rc = judge(ctx, i, what, zrc, bomb, raw_len);
    if (rc == 0)
        out->len = raw_len;
    out->ptr[out->len] = '\0';
    return rc;
}
