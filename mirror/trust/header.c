/*
 * Bundle headers: their lines to fields and back, and what a charter chain says of one.  What a
 * reader would get wrong: that a charter is not held, or that another charter is named, is said only
 * of a header whose signatures are good; else a scribbled number would pass for a gap.
 */
#include "trust/header.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "trust/url.h"

static const char *const known[] = {"publisher", "charter", "newest",  "seq",  "prev", "skip",   "time", "next-by",
                                    "archive",   "payload", "catalog", "body", "dict", "mirror", NULL};

uint64_t lipmaa(uint64_t seq)
{
    uint64_t m = 1, p = 3, u = seq;
    while (m < seq) {
        p *= 3;
        m = (p - 1) / 2;
    }
    p /= 3;
    if (m != seq) {
        while (u != 0) {
            m = (p - 1) / 2;
            p /= 3;
            u %= m;
        }
        if (m != p)
            p = m;
    }
    return seq - p;
}

/* ---- reading ---- */

struct reading {
    struct note_reader lines;
    mimeo_ctx *ctx;
    const char *what;
};

static int malformed(const struct reading *r, const char *keyword, const char *words)
{
    return ctx_error(r->ctx, MIMEO_EMALFORMED, "%s: '%s' %s", r->what, keyword, words);
}

static int need(struct reading *r, const char *keyword, struct view *value)
{
    return note_need(&r->lines, r->ctx, keyword, value, known);
}

/* The next number of a value, which a space or the end of the value ends. */
static bool take_number(struct cursor *c, uint64_t max, uint64_t *out)
{
    struct cursor at = *c;
    struct view word;
    if (cursor_until(&at, ' ', &word)) {
        if (!parse_decimal(word, max, out))
            return false;
        *c = at;
        return true;
    }
    if (!parse_decimal(view_of(c->ptr, c->left), max, out))
        return false;
    cursor_take(c, c->left, &word);
    return true;
}

static bool take_hash(struct cursor *c, struct hash *out)
{
    struct view rest = view_of(c->ptr, c->left);
    if (!hash_parse(rest, out))
        return false;
    cursor_take(c, c->left, &rest);
    return true;
}

static int read_hash(struct reading *r, const char *keyword, struct hash *out)
{
    struct view v;
    int rc = need(r, keyword, &v);
    return rc == 0 && !hash_parse(v, out) ? malformed(r, keyword, "is no hash") : rc;
}

static int read_number(struct reading *r, const char *keyword, uint64_t min, uint64_t max, uint64_t *out)
{
    struct view v;
    int rc = need(r, keyword, &v);
    if (rc == 0 && (!parse_decimal(v, max, out) || *out < min))
        return ctx_error(r->ctx, MIMEO_EMALFORMED, "%s: '%s' is no number from %llu to %llu", r->what,
                         keyword, (unsigned long long)min, (unsigned long long)max);
    return rc;
}

/* "number hash", with a space between. */
static int read_number_hash(struct reading *r, const char *keyword, uint64_t min, uint64_t max,
                            uint64_t *number, struct hash *hash)
{
    struct view v;
    int rc = need(r, keyword, &v);
    if (rc < 0)
        return rc;
    struct cursor c = cursor_of(v);
    if (!take_number(&c, max, number) || *number < min || !take_hash(&c, hash))
        return malformed(r, keyword, "is not a number in its range and a hash");
    return 0;
}

static int read_time(struct reading *r, const char *keyword, int64_t *out)
{
    struct view v;
    int rc = need(r, keyword, &v);
    return rc == 0 && !time_parse(v, out) ? malformed(r, keyword, "is no time in UTC") : rc;
}

static int read_identity(struct header *h, struct reading *r)
{
    uint64_t charter = 0, newest = 0;
    int rc = note_expect_first(&r->lines, r->ctx, "bundle");
    if (rc == 0)
        rc = read_hash(r, "publisher", &h->publisher);
    if (rc == 0)
        rc = read_number_hash(r, "charter", 1, LIMIT_CHARTERS, &charter, &h->charter_hash);
    if (rc == 0)
        rc = read_number_hash(r, "newest", 1, LIMIT_CHARTERS, &newest, &h->newest_hash);
    if (rc < 0)
        return rc;
    h->charter_version = (uint32_t)charter;
    h->newest_version = (uint32_t)newest;
    if (charter > newest)
        return malformed(r, "charter", "is a later one than 'newest'");
    if (charter == newest && !hash_equal(&h->charter_hash, &h->newest_hash))
        return malformed(r, "charter", "and 'newest' name one version with two hashes");
    if (charter == 1 && !hash_equal(&h->charter_hash, &h->publisher))
        return malformed(r, "charter", "1 is not the publisher's");
    return 0;
}

static int read_links(struct header *h, struct reading *r)
{
    int rc = read_number(r, "seq", 1, LIMIT_SEQ, &h->seq);
    if (rc == 0)
        rc = read_hash(r, "prev", &h->prev);
    if (rc == 0)
        rc = read_hash(r, "skip", &h->skip);
    if (rc < 0)
        return rc;
    if (hash_is_zero(&h->prev) != (h->seq == 1))
        return malformed(r, "prev", "is zero where 'seq' is 1, and only there");
    if (hash_is_zero(&h->skip) != (h->seq == 1))
        return malformed(r, "skip", "is zero where 'seq' is 1, and only there");
    if (h->seq > 1 && lipmaa(h->seq) == h->seq - 1 && !hash_equal(&h->prev, &h->skip))
        return malformed(r, "skip", "and 'prev' name one bundle with two hashes");
    return 0;
}

static int read_times(struct header *h, struct reading *r)
{
    int rc = read_time(r, "time", &h->time);
    if (rc == 0)
        rc = read_time(r, "next-by", &h->next_by);
    if (rc == 0 && (h->next_by < h->time || h->next_by - h->time > LIMIT_NEXT_BY))
        return malformed(r, "next-by", "is before 'time', or more than 400 days after it");
    return rc;
}

static int read_archive(struct header *h, struct reading *r)
{
    uint64_t *fields[] = {&h->archive_records, &h->archive_bytes, &h->archive_media, &h->archive_media_bytes};
    struct view v;
    int rc = need(r, "archive", &v);
    if (rc < 0)
        return rc;
    struct cursor c = cursor_of(v);
    bool good = true;
    for (size_t i = 0; i < 4; i++)
        good = good && take_number(&c, INT64_MAX, fields[i]);
    /* Four words and no fifth, nor a space at the end: the note's grammar saw to that one. */
    return good && c.left == 0 ? 0 : malformed(r, "archive", "is not four numbers");
}

static int read_payload(struct header *h, struct reading *r)
{
    uint64_t catalog = 0, body = 0;
    int rc = read_number(r, "payload", 0, LIMIT_BUNDLE, &h->payload);
    if (rc == 0)
        rc = read_number_hash(r, "catalog", 0, LIMIT_BLOCKS, &catalog, &h->catalog_hash);
    if (rc == 0)
        rc = read_number_hash(r, "body", 0, LIMIT_BLOCKS, &body, &h->body_hash);
    h->catalog_blocks = (uint32_t)catalog;
    h->body_blocks = (uint32_t)body;
    return rc;
}

static int read_dictionaries(struct header *h, struct reading *r)
{
    struct view v, hex;
    while (note_take(&r->lines, "dict", &v)) {
        struct dictionary_ref ref;
        uint64_t size;
        if (h->dictionary_count == LIMIT_DICTIONARIES)
            return malformed(r, "dict", "lines are too many");
        struct cursor c = cursor_of(v);
        if (!cursor_until(&c, ' ', &hex) || !hash_parse(hex, &ref.hash) ||
            !parse_decimal(view_of(c.ptr, c.left), LIMIT_DICTIONARY, &size) || size == 0)
            return malformed(r, "dict", "is not a hash and a size in its range");
        ref.size = (uint32_t)size;
        for (size_t i = 0; i < h->dictionary_count; i++)
            if (hash_equal(&h->dictionaries[i].hash, &ref.hash))
                return malformed(r, "dict", "names one dictionary twice");
        h->dictionaries[h->dictionary_count++] = ref;
    }
    return 0;
}

static int read_mirrors(struct header *h, struct reading *r)
{
    struct view v;
    while (note_take(&r->lines, "mirror", &v)) {
        if (h->mirror_count == LIMIT_MIRRORS)
            return malformed(r, "mirror", "lines are too many");
        if (v.len > LIMIT_URL || !url_is_mirror(v))
            return malformed(r, "mirror", "is no https, http, git or ssh address");
        for (size_t i = 0; i < h->mirror_count; i++)
            if (view_equal_str(v, h->mirrors[i]))
                return malformed(r, "mirror", "names one address twice");
        memcpy(h->mirrors[h->mirror_count], v.ptr, v.len);
        h->mirrors[h->mirror_count++][v.len] = '\0';
    }
    return 0;
}

static int read_lines(struct header *h, struct reading *r)
{
    struct view extras;
    int rc = read_identity(h, r);
    if (rc == 0)
        rc = read_links(h, r);
    if (rc == 0)
        rc = read_times(h, r);
    if (rc == 0)
        rc = read_archive(h, r);
    if (rc == 0)
        rc = read_payload(h, r);
    if (rc == 0)
        rc = read_dictionaries(h, r);
    if (rc == 0)
        rc = read_mirrors(h, r);
    return rc == 0 ? note_finish(&r->lines, r->ctx, &extras, known) : rc;
}

int header_parse(struct header *out, struct note *note_out, mimeo_ctx *ctx, const char *what,
                 struct view bytes)
{
    struct header *h = calloc(1, sizeof(*h));
    if (h == NULL)
        return ctx_error_nomem(ctx);
    int rc = note_parse(note_out, ctx, what, bytes, LIMIT_HEADER);
    if (rc == 0) {
        struct reading r = {note_reader_of(note_out, what), ctx, what};
        rc = read_lines(h, &r);
    }
    if (rc == 0 && note_out->signature_count > LIMIT_KEYS)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: more than %d signers", what, LIMIT_KEYS);
    if (rc == 0) {
        h->hash = note_out->text_hash;
        h->signer_count = note_out->signature_count;
        for (size_t i = 0; i < h->signer_count; i++)
            h->signers[i] = note_out->signatures[i].key;
        *out = *h;
    }
    free(h);
    return rc;
}

/* ---- writing ---- */

static void append_hash(struct buf *out, const char *before, const struct hash *h)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, h);
    buf_appendf(out, "%s %s\n", before, hex);
}

static void append_number_hash(struct buf *out, const char *keyword, uint64_t number, const struct hash *h)
{
    buf_appendf(out, "%s %llu", keyword, (unsigned long long)number);
    append_hash(out, "", h);
}

static void append_time(struct buf *out, const char *keyword, int64_t t)
{
    char text[21];
    time_format(text, t);
    buf_appendf(out, "%s %s\n", keyword, text);
}

int header_write_text(struct buf *out, mimeo_ctx *ctx, const struct header *h)
{
    buf_append_str(out, "mimeo bundle 1\n");
    append_hash(out, "publisher", &h->publisher);
    append_number_hash(out, "charter", h->charter_version, &h->charter_hash);
    append_number_hash(out, "newest", h->newest_version, &h->newest_hash);
    buf_appendf(out, "seq %llu\n", (unsigned long long)h->seq);
    append_hash(out, "prev", &h->prev);
    append_hash(out, "skip", &h->skip);
    append_time(out, "time", h->time);
    append_time(out, "next-by", h->next_by);
    buf_appendf(out, "archive %llu %llu %llu %llu\npayload %llu\n", (unsigned long long)h->archive_records,
                (unsigned long long)h->archive_bytes, (unsigned long long)h->archive_media,
                (unsigned long long)h->archive_media_bytes, (unsigned long long)h->payload);
    append_number_hash(out, "catalog", h->catalog_blocks, &h->catalog_hash);
    append_number_hash(out, "body", h->body_blocks, &h->body_hash);
    for (size_t i = 0; i < h->dictionary_count; i++) {
        char hex[HASH_HEX_LEN + 1];
        hash_format(hex, &h->dictionaries[i].hash);
        buf_appendf(out, "dict %s %u\n", hex, h->dictionaries[i].size);
    }
    for (size_t i = 0; i < h->mirror_count; i++)
        buf_appendf(out, "mirror %s\n", h->mirrors[i]);
    for (size_t i = 0; i < h->signer_count; i++) {
        buf_append_str(out, "signer ");
        buf_append_hex(out, h->signers[i].bytes, PUBLIC_KEY_LEN);
        buf_append_byte(out, '\n');
    }
    int rc = buf_status(out);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "the header is over its limit of %zu bytes: name fewer mirrors",
                              out->max)
                  : 0;
}

/* ---- judging ---- */

static bool all_in(const struct note *note, const struct role *role)
{
    for (size_t i = 0; i < note->signature_count; i++)
        if (!role_has(role, &note->signatures[i].key))
            return false;
    return true;
}

static bool enough_of(const struct note *note, const struct role *role)
{
    return note->signature_count == role->threshold && all_in(note, role);
}

/* It names a charter of a version held, with another hash. */
static int judge_rival(mimeo_ctx *ctx, const char *what, const struct note *note,
                       const struct charter_chain *chain, uint32_t version)
{
    if (!enough_of(note, &charter_chain_newest(chain)->publish))
        return ctx_error(ctx, MIMEO_EFORGED,
                         "%s: names a charter %u that is not this publisher's: forged or damaged; get it again",
                         what, version);
    int rc = note_verify(note, ctx, what);
    if (rc < 0)
        return rc;
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "%s: names another charter %u than the one held, and this publisher's key signed it: ask "
                     "the publisher by another way which is genuine", what, version);
}

/* Both charters that it names: held, and those. */
static int check_charters(mimeo_ctx *ctx, const char *what, const struct header *h, const struct note *note,
                          const struct charter_chain *chain)
{
    const struct charter *named = charter_chain_get(chain, h->charter_version);
    const struct charter *newest = charter_chain_get(chain, h->newest_version);
    if (named != NULL && !hash_equal(&named->hash, &h->charter_hash))
        return judge_rival(ctx, what, note, chain, named->version);
    if (newest != NULL && !hash_equal(&newest->hash, &h->newest_hash))
        return judge_rival(ctx, what, note, chain, newest->version);
    if (named != NULL && newest != NULL)
        return 0;
    int rc = note_verify(note, ctx, what);
    if (rc < 0)
        return rc;
    return ctx_error(ctx, MIMEO_EINCOMPLETE, "%s: names charter %u, and only %zu are held: get the newer ones",
                     what, named == NULL ? h->charter_version : h->newest_version, chain->count);
}

static int check_signers(mimeo_ctx *ctx, const char *what, const struct header *h, const struct note *note,
                         const struct charter_chain *chain)
{
    const struct charter *named = charter_chain_get(chain, h->charter_version);
    if (!all_in(note, &named->publish))
        return ctx_error(ctx, MIMEO_EFORGED,
                         "%s: signed by a key that is no publishing key of charter %u: forged", what,
                         named->version);
    if (note->signature_count != named->publish.threshold)
        return ctx_error(ctx, MIMEO_EFORGED, "%s: has %zu signatures, and charter %u wants %u", what,
                         note->signature_count, named->version, named->publish.threshold);
    return note_verify(note, ctx, what);
}

static bool under_a_cut(const struct header *h, const struct charter_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->items[i]->is_cut && h->seq <= chain->items[i]->from_seq)
            return true;
    return false;
}

bool header_may_conflict(const struct header *h, const struct note *note, const struct charter_chain *chain)
{
    const struct charter *now = charter_chain_in_force(chain, h->seq, 0);
    return now != NULL && now->version <= h->charter_version && all_in(note, &charter_chain_newest(chain)->publish) &&
           !under_a_cut(h, chain);
}

/* What later charters say of a header that its own charters bear. */
static int check_governed(enum header_standing *standing, mimeo_ctx *ctx, const char *what,
                          const struct header *h, const struct note *note, const struct charter_chain *chain)
{
    const struct charter *by_its_own = charter_chain_in_force(chain, h->seq, h->newest_version);
    const struct charter *by_now = charter_chain_in_force(chain, h->seq, 0);
    if (by_its_own == NULL || by_its_own->version != h->charter_version)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: names charter %u, which does not govern bundle %llu", what,
                         h->charter_version, (unsigned long long)h->seq);
    if (by_now->version != h->charter_version)
        return ctx_error(ctx, MIMEO_EREVOKED,
                         "%s: signed under charter %u, but from bundle %llu on charter %u governs: a withdrawn "
                         "key, or beyond a cut", what, h->charter_version,
                         (unsigned long long)by_now->from_seq + 1, by_now->version);
    *standing = header_may_conflict(h, note, chain) ? HEADER_GOOD : HEADER_BY_ANCESTRY;
    return 0;
}

int header_judge(enum header_standing *standing, mimeo_ctx *ctx, const char *what,
                 const struct header *h, const struct note *note,
                 const struct charter_chain *chain)
{
    if (chain->count > 0 && !hash_equal(&h->publisher, &chain->publisher))
        return ctx_error(ctx, MIMEO_EFORGED, "%s: is another publisher's", what);
    int rc = check_charters(ctx, what, h, note, chain);
    if (rc == 0)
        rc = check_signers(ctx, what, h, note, chain);
    return rc == 0 ? check_governed(standing, ctx, what, h, note, chain) : rc;
}

int header_judge_newer(mimeo_ctx *ctx, const char *what, const struct note *note,
                       const struct charter_chain *chain)
{
    const struct charter *newest = charter_chain_newest(chain);
    if (newest != NULL && !enough_of(note, &newest->publish))
        return ctx_error(ctx, MIMEO_EFORGED,
                         "%s: has lines that this mimeo does not know, and no key of this publisher signed "
                         "them: forged or damaged; get it again", what);
    int rc = newest == NULL ? 0 : note_verify(note, ctx, what);
    if (rc < 0)
        return rc;
    return ctx_error(ctx, MIMEO_ENEWER, "%s: is of a newer format than this mimeo knows: update it", what);
}
