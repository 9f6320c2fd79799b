/*
 * One charter: its lines to fields and back.  What it is worth in a chain is trust/chain.c.
 */
#include "trust/charter.h"

#include <stdlib.h>
#include <string.h>

#include "trust/url.h"

static const char *const known[] = {"version", "prev", "from", "name", "site", "root-threshold", "root",
                                    "publish-threshold", "publish", NULL};

bool role_has(const struct role *r, const struct public_key *k)
{
    for (size_t i = 0; i < r->count; i++)
        if (public_key_compare(&r->keys[i], k) == 0)
            return true;
    return false;
}

/* ---- reading ---- */

struct reading {
    struct note_reader lines;
    mimeo_ctx *ctx;
    const char *what;
};

static int malformed(const struct reading *r, const char *words)
{
    return ctx_error(r->ctx, MIMEO_EMALFORMED, "%s: %s", r->what, words);
}

static int need(struct reading *r, const char *keyword, struct view *value)
{
    return note_need(&r->lines, r->ctx, keyword, value, known);
}

static int need_number(struct reading *r, const char *keyword, uint64_t min, uint64_t max, uint64_t *out)
{
    struct view v;
    int rc = need(r, keyword, &v);
    if (rc < 0)
        return rc;
    if (!parse_decimal(v, max, out) || *out < min)
        return ctx_error(r->ctx, MIMEO_EMALFORMED, "%s: '%s' is no number from %llu to %llu", r->what,
                         keyword, (unsigned long long)min, (unsigned long long)max);
    return 0;
}

static int read_from(struct charter *c, struct reading *r)
{
    struct view v, number;
    int rc = need(r, "from", &v);
    if (rc < 0)
        return rc;
    struct cursor at = cursor_of(v);
    if (!cursor_until(&at, ' ', &number) || !parse_decimal(number, LIMIT_SEQ, &c->from_seq))
        return malformed(r, "'from' is not a number and a hash or '-'");
    struct view rest = view_of(at.ptr, at.left);
    c->is_cut = !view_equal_str(rest, "-");
    if (c->is_cut && !hash_parse(rest, &c->from_hash))
        return malformed(r, "'from' is not a number and a hash or '-'");
    if (c->from_seq == 0 && c->is_cut)
        return malformed(r, "'from 0' names a header, and there is none");
    if (c->version == 1 && c->from_seq != 0)
        return malformed(r, "charter 1 is not 'from 0 -'");
    return 0;
}

static int read_names(struct charter *c, struct reading *r)
{
    struct view v;
    int rc = need(r, "name", &v);
    if (rc < 0)
        return rc;
    if (v.len > LIMIT_NAME)
        return malformed(r, "the name is too long");
    memcpy(c->name, v.ptr, v.len);
    rc = need(r, "site", &v);
    if (rc < 0 || view_equal_str(v, "-"))
        return rc;
    if (v.len > LIMIT_URL || !url_is_site(v))
        return malformed(r, "'site' is no http or https address");
    memcpy(c->site, v.ptr, v.len);
    return 0;
}

static int read_key(struct role *role, struct reading *r, struct view v)
{
    struct public_key key;
    if (role->count == LIMIT_KEYS)
        return malformed(r, "too many keys of one role");
    if (!parse_hex(v, key.bytes, PUBLIC_KEY_LEN) || !public_key_valid(&key))
        return malformed(r, "a key is no Ed25519 public key");
    if (role->count > 0 && public_key_compare(&role->keys[role->count - 1], &key) >= 0)
        return malformed(r, "keys are not in ascending order, or one is doubled");
    role->keys[role->count++] = key;
    return 0;
}

static int read_role(struct role *role, struct reading *r, const char *threshold, const char *keyword)
{
    uint64_t number;
    struct view v;
    int rc = need_number(r, threshold, 1, LIMIT_KEYS, &number);
    if (rc == 0)
        rc = need(r, keyword, &v);
    if (rc == 0)
        rc = read_key(role, r, v);
    while (rc == 0 && note_take(&r->lines, keyword, &v))
        rc = read_key(role, r, v);
    if (rc == 0 && number > role->count)
        rc = malformed(r, "a threshold is higher than there are keys");
    role->threshold = (uint32_t)number;
    return rc;
}

/* One key, one role: a stolen publishing key must never count towards a charter. */
static int check_roles(const struct charter *c, const struct reading *r)
{
    for (size_t i = 0; i < c->publish.count; i++)
        if (role_has(&c->root, &c->publish.keys[i]))
            return malformed(r, "a key is both a root and a publishing key");
    return 0;
}

static int read_lines(struct charter *c, struct reading *r)
{
    struct view v, extras;
    uint64_t version = 0;
    int rc = note_expect_first(&r->lines, r->ctx, "charter");
    if (rc == 0)
        rc = need_number(r, "version", 1, LIMIT_CHARTERS, &version);
    c->version = (uint32_t)version;
    if (rc == 0)
        rc = need(r, "prev", &v);
    if (rc == 0 && !hash_parse(v, &c->prev))
        rc = malformed(r, "'prev' is no hash");
    if (rc == 0 && hash_is_zero(&c->prev) != (c->version == 1))
        rc = malformed(r, "'prev' is zero in charter 1, and only there");
    if (rc == 0)
        rc = read_from(c, r);
    if (rc == 0)
        rc = read_names(c, r);
    if (rc == 0)
        rc = read_role(&c->root, r, "root-threshold", "root");
    if (rc == 0)
        rc = read_role(&c->publish, r, "publish-threshold", "publish");
    if (rc == 0)
        rc = check_roles(c, r);
    if (rc == 0)
        rc = note_finish(&r->lines, r->ctx, &extras, known);
    if (rc == 0 && extras.len > 0) {
        c->extras = strndup((const char *)extras.ptr, extras.len);
        if (c->extras == NULL)
            rc = ctx_error_nomem(r->ctx);
    }
    return rc;
}

/* The fields of a note that was parsed; `out` is zeroed, and disposed of by the caller on failure. */
static int read_note(struct charter *out, mimeo_ctx *ctx, const char *what, const struct note *note)
{
    struct reading r = {note_reader_of(note, what), ctx, what};
    int rc = read_lines(out, &r);
    if (rc < 0)
        return rc;
    out->hash = note->text_hash;
    out->signer_count = note->signature_count;
    for (size_t i = 0; i < note->signature_count; i++)
        out->signers[i] = note->signatures[i].key;
    buf_init(&out->note, LIMIT_CHARTER);
    return buf_append_view(&out->note, note->bytes) < 0 ? ctx_error_nomem(ctx) : 0;
}

typedef int (*parse_fn)(struct note *, mimeo_ctx *, const char *, struct view, size_t);

static int parse_with(parse_fn parse, struct charter *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    struct note *note = calloc(1, sizeof(*note));
    struct charter *c = calloc(1, sizeof(*c));
    int rc = note == NULL || c == NULL ? ctx_error_nomem(ctx) : parse(note, ctx, what, bytes, LIMIT_CHARTER);
    if (rc == 0)
        rc = read_note(c, ctx, what, note);
    if (rc == 0)
        *out = *c;
    else if (c != NULL)
        charter_dispose(c);
    free(c);
    free(note);
    return rc;
}

int charter_parse(struct charter *out, mimeo_ctx *ctx, const char *what, struct view bytes)
{
    return parse_with(note_parse, out, ctx, what, bytes);
}

int charter_parse_unsigned(struct charter *out, mimeo_ctx *ctx, const char *what, struct view text)
{
    return parse_with(note_parse_unsigned, out, ctx, what, text);
}

void charter_dispose(struct charter *c)
{
    if (c == NULL)
        return;
    free(c->extras);
    buf_dispose(&c->note);
    memset(c, 0, sizeof(*c));
}

/* ---- writing ---- */

static void append_key(struct buf *out, const char *keyword, const struct public_key *key)
{
    buf_appendf(out, "%s ", keyword);
    buf_append_hex(out, key->bytes, PUBLIC_KEY_LEN);
    buf_append_byte(out, '\n');
}

static void append_role(struct buf *out, const char *keyword, const struct role *role)
{
    buf_appendf(out, "%s-threshold %u\n", keyword, role->threshold);
    for (size_t i = 0; i < role->count; i++)
        append_key(out, keyword, &role->keys[i]);
}

int charter_write_text(struct buf *out, mimeo_ctx *ctx, const struct charter *c)
{
    char prev[HASH_HEX_LEN + 1], from[HASH_HEX_LEN + 1] = "-";
    hash_format(prev, &c->prev);
    if (c->is_cut)
        hash_format(from, &c->from_hash);
    buf_appendf(out, "mimeo charter 1\nversion %u\nprev %s\nfrom %llu %s\nname %s\nsite %s\n", c->version,
                prev, (unsigned long long)c->from_seq, from, c->name, c->site[0] == '\0' ? "-" : c->site);
    append_role(out, "root", &c->root);
    append_role(out, "publish", &c->publish);
    if (c->extras != NULL)
        buf_append_str(out, c->extras);
    for (size_t i = 0; i < c->signer_count; i++)
        append_key(out, "signer", &c->signers[i]);
    int rc = buf_status(out);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "the charter is over its limit of %zu bytes", LIMIT_CHARTER) : 0;
}
