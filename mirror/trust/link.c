/*
 * The mimeo: link (FORMAT.md section 10): the publisher's ID with a checksum against
 * slips, the addresses of mirrors, and floors below which a first contact must not start.
 *
 * Beware: the checksum is no signature.  Whoever hands over a link decides whom it names;
 * it is the way it came that makes it trustworthy.  And a link has one spelling only:
 * what is read is written again and must come out the same.
 */
#include "trust/fingerprint.h"

#include <string.h>

#include "base/text.h"

#define SCHEME "mimeo:"
#define ID_END (sizeof SCHEME - 1 + HASH_HEX_LEN)
#define CHECK_LEN 4
#define CHECK_HEX (2 * (size_t)CHECK_LEN)
#define FIXED_LEN (ID_END + 1 + CHECK_HEX) /* scheme, id, "-", check */

/* ---- addresses ---- */

static bool host_is_sound(struct view rest)
{
    size_t end = 0, host = 0;
    while (end < rest.len && memchr("/?#", rest.ptr[end], 3) == NULL)
        end++;
    for (size_t i = 0; i < end; i++)
        if (rest.ptr[i] == '@')
            host = i + 1;
    /* A user or host with a leading dash becomes an option of ssh(1) (CVE-2017-1000117). */
    return host < end && rest.ptr[0] != '-' && rest.ptr[host] != '-' && rest.ptr[host] != ':';
}

static bool address_is_sound(struct view v)
{
    static const char *const schemes[] = {"https://", "http://", "git://", "ssh://"};
    char why[80];
    if (v.len > LIMIT_URL || text_line_fault(v, why, sizeof why) != NULL)
        return false;
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (utf8_next(&c, &code))
        if (code == ' ' || code == 0xA0 || char_is_bidi_mark(code))
            return false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (view_starts_with(v, schemes[i])) {
            size_t n = strlen(schemes[i]);
            return host_is_sound(view_of(v.ptr + n, v.len - n));
        }
    return false;
}

static bool is_unreserved(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

static void append_encoded(struct buf *out, struct view v)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        if (is_unreserved(c)) {
            buf_append_byte(out, c);
            continue;
        }
        buf_append_byte(out, '%');
        buf_append_byte(out, (uint8_t)hex[c >> 4]);
        buf_append_byte(out, (uint8_t)hex[c & 15]);
    }
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Only what append_encoded writes: upper-case hex, and nothing encoded without need. */
static bool decode(char out[LIMIT_URL + 1], struct view v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        if (c == '%') {
            if (v.len - i < 3 || hex_value(v.ptr[i + 1]) < 0 || hex_value(v.ptr[i + 2]) < 0)
                return false;
            c = (uint8_t)(hex_value(v.ptr[i + 1]) << 4 | hex_value(v.ptr[i + 2]));
            if (is_unreserved(c))
                return false;
            i += 2;
        } else if (!is_unreserved(c)) {
            return false;
        }
        if (n == LIMIT_URL)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return address_is_sound(view_of(out, n));
}

/* ---- reading ---- */

/* What people and messengers put around a link: white space, and marks without width. */
static size_t padding_len(const uint8_t *p, size_t len, bool from_end)
{
    static const char *const marks[] = {" ", "\t", "\r", "\n", "\xe2\x80\x8b", "\xe2\x80\x8e",
                                        "\xe2\x80\x8f", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if (n <= len && memcmp(from_end ? p + len - n : p, marks[i], n) == 0)
            return n;
    }
    return 0;
}

static struct view strip(struct view v)
{
    size_t n;
    while ((n = padding_len(v.ptr, v.len, false)) > 0)
        v = view_of(v.ptr + n, v.len - n);
    while ((n = padding_len(v.ptr, v.len, true)) > 0)
        v.len -= n;
    return v;
}

static int malformed(mimeo_ctx *ctx, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "the mimeo: link %s", why);
}

static bool starts_with_caseless(struct view v, const char *literal)
{
    for (size_t i = 0; literal[i] != '\0'; i++) {
        uint8_t c = i < v.len ? v.ptr[i] : 0;
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != literal[i])
            return false;
    }
    return true;
}

static int check_shape(mimeo_ctx *ctx, struct view v)
{
    if (!starts_with_caseless(v, SCHEME))
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "this is not a mimeo: link: it has to begin with \"" SCHEME "\"");
    if (v.len > LINK_LEN)
        return malformed(ctx, "is longer than 2048 bytes: copy it alone");
    size_t fixed = v.len < FIXED_LEN ? v.len : FIXED_LEN;
    for (size_t i = 0; i < fixed; i++)
        if (v.ptr[i] >= 'A' && v.ptr[i] <= 'Z')
            return malformed(ctx, "has capital letters where small ones belong: copy it unchanged");
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] <= ' ' || v.ptr[i] >= 0x7F)
            return malformed(ctx, "holds a space or a character that no link has: copy it alone, "
                                  "in one line");
    if (v.len < FIXED_LEN)
        return malformed(ctx, "is cut off: copy all of it");
    return 0;
}

static void checksum(uint8_t out[CHECK_LEN], struct view id_part, struct view rest)
{
    hash_state s;
    hash_init(&s);
    hash_update(&s, id_part);
    hash_update(&s, rest);
    struct hash h = hash_final(&s);
    memcpy(out, h.bytes, CHECK_LEN);
}

static int check_sum(mimeo_ctx *ctx, struct view v)
{
    uint8_t want[CHECK_LEN], got[CHECK_LEN];
    struct view rest = view_of(v.ptr + FIXED_LEN, v.len - FIXED_LEN);
    checksum(want, view_of(v.ptr, ID_END), rest);
    if (v.ptr[ID_END] != '-' || !parse_hex(view_of(v.ptr + ID_END + 1, CHECK_HEX), got, CHECK_LEN) ||
        memcmp(want, got, CHECK_LEN) != 0)
        return malformed(ctx, "does not fit its checksum: it was mistyped, changed or cut off; "
                              "get it again");
    return 0;
}

/* number "-" hash */
static bool floor_parse(struct view v, uint64_t max, uint64_t *number, struct hash *h)
{
    struct cursor c = cursor_of(v);
    struct view digits;
    return cursor_until(&c, '-', &digits) && parse_decimal(digits, max, number) && *number > 0 &&
           hash_parse(view_of(c.ptr, c.left), h);
}

static int parse_param(struct link *l, mimeo_ctx *ctx, struct view param)
{
    uint64_t number;
    struct cursor c = cursor_of(param);
    struct view name;
    if (!cursor_until(&c, '=', &name) || name.len == 0)
        return malformed(ctx, "has a parameter without a name: get it again");
    struct view value = view_of(c.ptr, c.left);
    if (view_equal_str(name, "m")) {
        if (l->mirror_count == LINK_MIRRORS)
            return malformed(ctx, "names more than 8 mirrors");
        if (l->charter_version != 0 || l->seq != 0)
            return malformed(ctx, "has its parameters in the wrong order");
        if (!decode(l->mirrors[l->mirror_count], value))
            return malformed(ctx, "names a mirror whose address is not a plain http, https, git "
                                  "or ssh address");
        l->mirror_count++;
        return 0;
    }
    if (view_equal_str(name, "c")) {
        if (l->charter_version != 0 || l->seq != 0)
            return malformed(ctx, "has its parameters in the wrong order");
        if (!floor_parse(value, LIMIT_CHARTERS, &number, &l->charter_hash))
            return malformed(ctx, "has a parameter c that is not a charter's number and hash");
        l->charter_version = (uint32_t)number;
        return 0;
    }
    if (view_equal_str(name, "h")) {
        if (l->seq != 0)
            return malformed(ctx, "has its parameters in the wrong order");
        if (!floor_parse(value, LIMIT_SEQ, &number, &l->header_hash))
            return malformed(ctx, "has a parameter h that is not a bundle's number and hash");
        l->seq = number;
        return 0;
    }
    return ctx_error(ctx, MIMEO_ENEWER,
                     "the mimeo: link has a parameter that this mimeo does not know: "
                     "it needs a newer mimeo");
}

/* At most LINK_LEN bytes hold at most LINK_LEN parameters, so the loop is bounded. */
static int parse_params(struct link *l, mimeo_ctx *ctx, struct view rest)
{
    if (rest.len == 0)
        return 0;
    struct cursor c = cursor_of(rest);
    if (!cursor_skip(&c, "?"))
        return malformed(ctx, "goes on where it should end: copy it alone");
    for (;;) {
        struct view param;
        bool more = cursor_until(&c, '&', &param);
        int rc = parse_param(l, ctx, more ? param : view_of(c.ptr, c.left));
        if (rc < 0 || !more)
            return rc;
    }
}

int link_parse(struct link *out, mimeo_ctx *ctx, struct view text)
{
    struct view v = strip(text);
    int rc = check_shape(ctx, v);
    if (rc == 0)
        rc = check_sum(ctx, v);
    if (rc < 0)
        return rc;
    struct link l;
    memset(&l, 0, sizeof l);
    if (!hash_parse(view_of(v.ptr + sizeof SCHEME - 1, HASH_HEX_LEN), &l.publisher))
        return malformed(ctx, "has an ID that is not 64 hex digits");
    rc = parse_params(&l, ctx, view_of(v.ptr + FIXED_LEN, v.len - FIXED_LEN));
    if (rc == 0)
        *out = l;
    return rc;
}

/* ---- writing ---- */

static void append_name(struct buf *params, const char *name)
{
    buf_append_byte(params, params->len == 0 ? '?' : '&');
    buf_append_str(params, name);
}

static void append_floor(struct buf *params, const char *name, uint64_t number,
                         const struct hash *h)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, h);
    append_name(params, name);
    buf_appendf(params, "%llu-%s", (unsigned long long)number, hex);
}

static bool link_is_sound(const struct link *l)
{
    if (l->mirror_count > LINK_MIRRORS || l->charter_version > LIMIT_CHARTERS || l->seq > LIMIT_SEQ)
        return false;
    for (size_t i = 0; i < l->mirror_count; i++)
        if (memchr(l->mirrors[i], '\0', sizeof l->mirrors[i]) == NULL ||
            !address_is_sound(view_of_str(l->mirrors[i])))
            return false;
    return true;
}

int link_write(struct buf *out, const struct link *l)
{
    if (!link_is_sound(l))
        return MIMEO_EMALFORMED;
    struct buf params;
    buf_init(&params, LINK_LEN - FIXED_LEN);
    for (size_t i = 0; i < l->mirror_count; i++) {
        append_name(&params, "m=");
        append_encoded(&params, view_of_str(l->mirrors[i]));
    }
    if (l->charter_version != 0)
        append_floor(&params, "c=", l->charter_version, &l->charter_hash);
    if (l->seq != 0)
        append_floor(&params, "h=", l->seq, &l->header_hash);

    char id_part[ID_END + 1] = SCHEME;
    uint8_t check[CHECK_LEN];
    hash_format(id_part + sizeof SCHEME - 1, &l->publisher);
    checksum(check, view_of(id_part, ID_END), buf_view(&params));
    int rc = buf_status(&params);
    if (rc == 0)
        rc = buf_reserve(out, FIXED_LEN + params.len);
    if (rc == 0) {
        buf_append_str(out, id_part);
        buf_append_byte(out, '-');
        buf_append_hex(out, check, sizeof check);
        rc = buf_append_view(out, buf_view(&params));
    }
    buf_dispose(&params);
    return rc;
}
