/*
 * Prefixes of objects.
 *
 *     8D 4D 4D 4F 0D 0A 1A 0A | kind | 0 0 0 | header length u32 | total length u64
 *
 * Beware: a prefix is not signed.  Its lengths are a stranger's until the object itself is verified.
 */
#include "bundle/object.h"

#include <string.h>

const uint8_t object_magic[8] = {0x8D, 0x4D, 0x4D, 0x4F, 0x0D, 0x0A, 0x1A, 0x0A};

#define MAGIC_LEN sizeof object_magic

/* What each kind may be.  `contents` is the most that follows the header. */
struct kind_rule {
    const char *name;
    size_t header_max;
    size_t contents_max;
};

static const struct kind_rule rules[] = {
    [OBJECT_CHARTER] = {"charter", LIMIT_CHARTER, 0},
    [OBJECT_HEADER] = {"header", LIMIT_HEADER, 0},
    [OBJECT_DICTIONARY] = {"dictionary", 0, LIMIT_DICTIONARY},
    [OBJECT_BUNDLE] = {"bundle", LIMIT_HEADER, LIMIT_BUNDLE},
    [OBJECT_MEDIA] = {"media object", 0, LIMIT_MEDIA},
    [OBJECT_PART] = {"list of parts", 0, LIMIT_PART},
};

static const struct kind_rule *rule_of(unsigned kind)
{
    return kind >= OBJECT_CHARTER && kind < sizeof rules / sizeof *rules ? &rules[kind] : NULL;
}

static bool magic_at(struct view v, uint64_t offset)
{
    return offset <= v.len && v.len - offset >= MAGIC_LEN &&
           memcmp(v.ptr + offset, object_magic, MAGIC_LEN) == 0;
}

/* ---- prefixes ---- */

/* What the magic becomes when a file travels as text: each has its own cure. */
static const struct damage {
    const char *bytes;
    size_t len;
    const char *words;
} damages[] = {
    {"\x8D\x4D\x4D\x4F\x0A\x1A\x0A", 7, "was copied as text (CR LF became LF)"},
    {"\x8D\x4D\x4D\x4F\x0D\x0D\x0A", 7, "was copied as text (LF became CR LF)"},
    {"\x8D\x4D\x4D\x4F\x0D\x0A\x1A\x0D", 8, "was copied as text (LF became CR LF)"},
    {"\x8D\x4D\x4D\x4F\x0D\x1A\x0D", 7, "was copied as text (LF became CR)"},
    {"\x0D\x4D\x4D\x4F", 4, "lost its top bits on a 7-bit way"},
    {"\xC2\x8D\x4D\x4D\x4F", 5, "was converted to UTF-8 as if it were text"},
    {"\xEF\xBF\xBD\x4D\x4D\x4F", 6, "was converted to UTF-8 as if it were text"},
};

static int magic_error(mimeo_ctx *ctx, const char *what, struct view bytes)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
        if (bytes.len >= damages[i].len &&
            memcmp(bytes.ptr, damages[i].bytes, damages[i].len) == 0)
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s %s: copy it again, as binary", what,
                             damages[i].words);
    size_t n = bytes.len < MAGIC_LEN ? bytes.len : MAGIC_LEN;
    if (bytes.len < PREFIX_LEN && (n == 0 || memcmp(bytes.ptr, object_magic, n) == 0))
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "%s is cut off: %zu bytes of a prefix of %d are there; get it again", what,
                         bytes.len, PREFIX_LEN);
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s does not begin with the magic of a mimeo object",
                     what);
}

static int check_lengths(mimeo_ctx *ctx, const char *what, const struct prefix *p)
{
    const struct kind_rule *rule = rule_of((unsigned)p->kind);
    uint64_t contents = p->total_len - PREFIX_LEN;
    if (rule->header_max == 0 && p->header_len != 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: a %s has no header, but its prefix gives one of "
                         "%u bytes", what, rule->name, p->header_len);
    if (rule->header_max != 0 && p->header_len == 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: a %s needs a header, but its prefix gives none",
                         what, rule->name);
    if (p->header_len > rule->header_max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: a header of %u bytes is over the limit of %zu",
                         what, p->header_len, rule->header_max);
    if (p->header_len > contents)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: its header of %u bytes is longer than the %s",
                         what, p->header_len, rule->name);
    if (contents - p->header_len > rule->contents_max ||
        (p->kind == OBJECT_BUNDLE && p->total_len > LIMIT_BUNDLE))
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         rule->contents_max == 0
                             ? "%s: a %s with a total length of %llu bytes does not end with its header"
                             : "%s: a %s of %llu bytes is over the limit",
                         what, rule->name, (unsigned long long)p->total_len);
    return 0;
}

int prefix_parse(struct prefix *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    if (!magic_at(bytes, 0) || bytes.len < PREFIX_LEN)
        return magic_error(ctx, what, bytes);
    struct cursor c = cursor_of(view_of(bytes.ptr + MAGIC_LEN, PREFIX_LEN - MAGIC_LEN));
    struct prefix p;
    struct view zeros;
    uint8_t kind;
    if (!cursor_u8(&c, &kind) || !cursor_take(&c, 3, &zeros) || !cursor_u32be(&c, &p.header_len) ||
        !cursor_u64be(&c, &p.total_len))
        return magic_error(ctx, what, bytes);
    p.kind = (enum object_kind)kind;
    if (!view_is_zero(zeros))
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "%s: the three bytes after the kind are not zero", what);
    if (p.total_len < PREFIX_LEN)
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "%s: a total length of %llu is less than the prefix itself", what,
                         (unsigned long long)p.total_len);
    int rc = rule_of(kind) == NULL
                 ? ctx_error(ctx, MIMEO_ENEWER, "%s is an object of kind %u, which this mimeo does "
                                                "not know: it needs a newer mimeo", what, kind)
                 : check_lengths(ctx, what, &p);
    if (rc == 0 || rc == MIMEO_ENEWER)
        *out = p;
    return rc;
}

int prefix_write(struct buf *out, enum object_kind kind, uint32_t header_len, uint64_t total_len)
{
    int rc = buf_reserve(out, PREFIX_LEN);
    if (rc < 0)
        return rc;
    static const uint8_t zeros[3];
    buf_append(out, object_magic, MAGIC_LEN);
    buf_append_byte(out, (uint8_t)kind);
    buf_append(out, zeros, sizeof zeros);
    buf_append_u32be(out, header_len);
    return buf_append_u64be(out, total_len);
}
