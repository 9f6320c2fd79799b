/*
 * Signed notes.  Reading is strict enough that emitting what was read gives the same bytes: each
 * line's form is checked, signature lines are base64 in its one canonical spelling, and nothing may
 * follow; so no second reading is needed to know it.
 */
#include "trust/note.h"

#include <string.h>

#include "base/text.h"

#define SIGNATURE_PREFIX "\xE2\x80\x94 mimeo " /* U+2014 */
#define SIGNER "signer"
#define SIGNED_LEN (KEY_ID_LEN + SIGNATURE_LEN)

static int malformed(mimeo_ctx *ctx, const char *what, const char *words)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: %s", what, words);
}

/* ---- characters and lines ---- */

static bool char_is_allowed(uint32_t code)
{
    return !char_is_control(code) && !char_is_bidi_control(code) && !char_is_bidi_mark(code) &&
           code != 0xFEFF && code != 0xFFFE && code != 0xFFFF;
}

static int check_line(mimeo_ctx *ctx, const char *what, struct view line)
{
    if (line.len > LIMIT_NOTE_LINE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: a line is over %zu bytes", what, LIMIT_NOTE_LINE);
    struct cursor c = cursor_of(line);
    uint32_t code;
    while (c.left > 0) {
        if (!utf8_next(&c, &code))
            return malformed(ctx, what, "is not valid UTF-8");
        if (!char_is_allowed(code))
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s: holds U+%04X, which no signed text may", what,
                             (unsigned)code);
    }
    return 0;
}

static bool keyword_is_plain(struct view keyword)
{
    for (size_t i = 0; i < keyword.len; i++) {
        uint8_t c = keyword.ptr[i];
        bool letter = c >= 'a' && c <= 'z';
        bool other = (c >= '0' && c <= '9') || c == '-';
        if (!letter && !(other && i > 0))
            return false;
    }
    return keyword.len > 0;
}

/* "keyword value": the value has no space at either end. */
static bool split_line(struct view line, struct view *keyword, struct view *value)
{
    struct cursor c = cursor_of(line);
    if (!cursor_until(&c, ' ', keyword) || !keyword_is_plain(*keyword))
        return false;
    *value = view_of(c.ptr, c.left);
    return value->len > 0 && value->ptr[0] != ' ' && value->ptr[value->len - 1] != ' ';
}

/* All lines of the text; the first is free of the keyword rule. */
static int check_text(mimeo_ctx *ctx, const char *what, struct view text)
{
    struct cursor c = cursor_of(text);
    struct view line, keyword, value;
    for (size_t n = 0; cursor_line(&c, &line); n++) {
        int rc = check_line(ctx, what, line);
        if (rc < 0)
            return rc;
        if (n > 0 && !split_line(line, &keyword, &value))
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s: line %zu is not 'keyword value'", what, n + 1);
    }
    return 0;
}

/* ---- signers and signatures ---- */

static int take_signer(struct note *n, mimeo_ctx *ctx, const char *what, struct view value)
{
    struct public_key key;
    if (n->signature_count == LIMIT_SIGNERS)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: more than %d signers", what, LIMIT_SIGNERS);
    if (!parse_hex(value, key.bytes, PUBLIC_KEY_LEN))
        return malformed(ctx, what, "a signer line holds no public key");
    if (n->signature_count > 0 &&
        public_key_compare(&n->signatures[n->signature_count - 1].key, &key) >= 0)
        return malformed(ctx, what, "signer lines are not in ascending order, or one is doubled");
    n->signatures[n->signature_count++].key = key;
    return 0;
}

/* The signer lines, which end the text. */
static int take_signers(struct note *n, mimeo_ctx *ctx, const char *what)
{
    struct cursor c = cursor_of(n->text);
    struct view line, keyword, value;
    cursor_line(&c, &line);
    while (cursor_line(&c, &line)) {
        if (!split_line(line, &keyword, &value))
            continue; /* check_text found all good */
        if (view_equal_str(keyword, SIGNER)) {
            int rc = take_signer(n, ctx, what, value);
            if (rc < 0)
                return rc;
        } else if (n->signature_count > 0) {
            return malformed(ctx, what, "a line follows the signer lines");
        }
    }
    return n->signature_count == 0 ? malformed(ctx, what, "names no signer") : 0;
}

static int take_signature(struct note_signature *s, mimeo_ctx *ctx, const char *what, struct view line)
{
    uint8_t bytes[SIGNED_LEN], id[KEY_ID_LEN];
    struct cursor c = cursor_of(line);
    if (!cursor_skip(&c, SIGNATURE_PREFIX))
        return malformed(ctx, what, "a signature line is not '\xE2\x80\x94 mimeo BASE64'");
    if (!parse_base64(view_of(c.ptr, c.left), bytes, SIGNED_LEN))
        return malformed(ctx, what, "a signature is not 68 bytes in canonical base64");
    public_key_id(id, &s->key);
    if (memcmp(id, bytes, KEY_ID_LEN) != 0)
        return malformed(ctx, what, "signature lines do not stand in the order of the signer lines");
    memcpy(s->bytes, bytes + KEY_ID_LEN, SIGNATURE_LEN);
    return 0;
}

static int take_signatures(struct note *n, mimeo_ctx *ctx, const char *what, struct view rest)
{
    struct cursor c = cursor_of(rest);
    struct view line;
    for (size_t i = 0; i < n->signature_count; i++) {
        if (!cursor_line(&c, &line))
            return malformed(ctx, what, "a signature line is missing, or cut short");
        int rc = take_signature(&n->signatures[i], ctx, what, line);
        if (rc < 0)
            return rc;
    }
    return c.left > 0 ? malformed(ctx, what, "something follows the signature lines") : 0;
}

/* ---- the whole ---- */

/* The text ends at the first empty line. */
static bool find_blank(struct view bytes, size_t *at)
{
    const uint8_t *p = memmem(bytes.ptr, bytes.len, "\n\n", 2);
    if (p == NULL)
        return false;
    *at = (size_t)(p - bytes.ptr) + 1;
    return true;
}

static int check_size(mimeo_ctx *ctx, const char *what, struct view bytes, size_t max)
{
    if (bytes.ptr == NULL || bytes.len == 0)
        return malformed(ctx, what, "is empty");
    if (bytes.len > max)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: %zu bytes, over its limit of %zu", what, bytes.len, max);
    if (memmem(bytes.ptr, bytes.len, "\r\n", 2) != NULL)
        return malformed(ctx, what,
                         "its line ends were changed to CR LF, by git's core.autocrlf or by a transfer as "
                         "text: clone again with 'git -c core.autocrlf=false clone', or copy it as binary");
    return 0;
}

/* n->text is set: its lines and its signers. */
static int take_text(struct note *n, mimeo_ctx *ctx, const char *what)
{
    int rc = check_text(ctx, what, n->text);
    if (rc == 0)
        rc = take_signers(n, ctx, what);
    if (rc == 0)
        n->text_hash = hash_of(n->text);
    return rc;
}

int note_parse(struct note *out, mimeo_ctx *ctx, const char *what, struct view bytes, size_t max)
{
    struct note n = {.bytes = bytes};
    size_t end = 0;
    int rc = check_size(ctx, what, bytes, max);
    if (rc == 0 && !find_blank(bytes, &end))
        rc = malformed(ctx, what, "has no empty line before its signatures: it is cut short");
    if (rc < 0)
        return rc;
    n.text = view_of(bytes.ptr, end);
    rc = take_text(&n, ctx, what);
    if (rc == 0)
        rc = take_signatures(&n, ctx, what, view_of(bytes.ptr + end + 1, bytes.len - end - 1));
    if (rc == 0)
        *out = n;
    return rc;
}

int note_parse_unsigned(struct note *out, mimeo_ctx *ctx, const char *what, struct view text, size_t max)
{
    struct note n = {.bytes = text, .text = text};
    int rc = check_size(ctx, what, text, max);
    if (rc == 0 && (text.ptr[text.len - 1] != '\n' || memmem(text.ptr, text.len, "\n\n", 2) != NULL))
        rc = malformed(ctx, what, "is not whole lines without an empty one");
    if (rc == 0)
        rc = take_text(&n, ctx, what);
    if (rc == 0)
        *out = n;
    return rc;
}

int note_verify(const struct note *n, mimeo_ctx *ctx, const char *what)
{
    for (size_t i = 0; i < n->signature_count; i++) {
        if (sign_verify(n->signatures[i].bytes, n->text, &n->signatures[i].key))
            continue;
        char hex[2 * PUBLIC_KEY_LEN + 1];
        format_hex(hex, n->signatures[i].key.bytes, PUBLIC_KEY_LEN);
        return ctx_error(ctx, MIMEO_EFORGED,
                         "%s: the signature by key %.16s… is wrong: forged or damaged; get it again", what,
                         hex);
    }
    return 0;
}

/* ---- reading lines ---- */

struct note_reader note_reader_of(const struct note *n, const char *what)
{
    return (struct note_reader){cursor_of(n->text), what};
}

int note_expect_first(struct note_reader *r, mimeo_ctx *ctx, const char *kind)
{
    struct view line;
    struct cursor c;
    if (!cursor_line(&r->rest, &line))
        return malformed(ctx, r->what, "is empty");
    c = cursor_of(line);
    uint64_t version;
    if (!cursor_skip(&c, "mimeo ") || !cursor_skip(&c, kind) || !cursor_skip(&c, " ") ||
        !parse_decimal(view_of(c.ptr, c.left), UINT32_MAX, &version) || version == 0)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: does not begin 'mimeo %s 1'", r->what, kind);
    if (version != 1)
        return ctx_error(ctx, MIMEO_ENEWER, "%s: is of version %llu, and this mimeo knows version 1: update it",
                         r->what, (unsigned long long)version);
    return 0;
}

int note_take(struct note_reader *r, const char *keyword, struct view *value)
{
    struct cursor at = r->rest;
    struct view line, word, rest;
    if (!cursor_line(&at, &line) || !split_line(line, &word, &rest) || !view_equal_str(word, keyword))
        return 0;
    r->rest = at;
    *value = rest;
    return 1;
}

static bool is_known(struct view keyword, const char *const *known)
{
    for (; *known != NULL; known++)
        if (view_equal_str(keyword, *known))
            return true;
    return false;
}

static bool is_extra(struct view keyword)
{
    return view_starts_with(keyword, "x-");
}

/* The next line is not what was asked for: newer, or wrong? */
static int refuse_line(struct note_reader *r, mimeo_ctx *ctx, const char *wanted,
                       const char *const *known)
{
    struct cursor at = r->rest;
    struct view line, keyword, value;
    if (!cursor_line(&at, &line) || !split_line(line, &keyword, &value))
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: ends where a '%s' line belongs", r->what, wanted);
    if (!is_extra(keyword) && !is_known(keyword, known) && !view_equal_str(keyword, SIGNER))
        return ctx_error(ctx, MIMEO_ENEWER, "%s: has a '%.*s' line, which this mimeo does not know: update it",
                         r->what, (int)(keyword.len < 40 ? keyword.len : 40), (const char *)keyword.ptr);
    return ctx_error(ctx, MIMEO_EMALFORMED, "%s: a '%.*s' line stands where a '%s' line belongs", r->what,
                     (int)(keyword.len < 40 ? keyword.len : 40), (const char *)keyword.ptr, wanted);
}

int note_need(struct note_reader *r, mimeo_ctx *ctx, const char *keyword, struct view *value,
              const char *const *known)
{
    return note_take(r, keyword, value) ? 0 : refuse_line(r, ctx, keyword, known);
}

int note_finish(struct note_reader *r, mimeo_ctx *ctx, struct view *extras_out,
                const char *const *known)
{
    const uint8_t *start = r->rest.ptr;
    struct view line, keyword, value;
    size_t extras = 0;
    for (;;) {
        struct cursor at = r->rest;
        if (!cursor_line(&at, &line) || !split_line(line, &keyword, &value) || !is_extra(keyword))
            break;
        if (++extras > LIMIT_NOTE_EXTRA_LINES)
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s: more than %d 'x-' lines", r->what,
                             LIMIT_NOTE_EXTRA_LINES);
        r->rest = at;
    }
    struct view extra_bytes = view_of(start, (size_t)(r->rest.ptr - start));
    while (note_take(r, SIGNER, &value))
        continue;
    if (r->rest.left > 0)
        return refuse_line(r, ctx, SIGNER, known);
    *extras_out = extra_bytes;
    return 0;
}

/* ---- writing ---- */

static int append_signature(struct buf *out, struct view text, const struct secret_key *key)
{
    uint8_t bytes[SIGNED_LEN];
    public_key_id(bytes, secret_key_public(key));
    sign_detached(bytes + KEY_ID_LEN, text, key);
    int rc = buf_append_str(out, SIGNATURE_PREFIX);
    if (rc == 0)
        rc = buf_append_base64(out, bytes, sizeof(bytes));
    return rc == 0 ? buf_append_byte(out, '\n') : rc;
}

int note_assemble(struct buf *out, mimeo_ctx *ctx, const struct note *unsigned_note)
{
    buf_append_view(out, unsigned_note->text);
    buf_append_byte(out, '\n');
    for (size_t i = 0; i < unsigned_note->signature_count; i++) {
        uint8_t bytes[SIGNED_LEN];
        public_key_id(bytes, &unsigned_note->signatures[i].key);
        memcpy(bytes + KEY_ID_LEN, unsigned_note->signatures[i].bytes, SIGNATURE_LEN);
        buf_append_str(out, SIGNATURE_PREFIX);
        buf_append_base64(out, bytes, sizeof(bytes));
        buf_append_byte(out, '\n');
    }
    int rc = buf_status(out);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc < 0 ? ctx_error(ctx, rc, "the signed text is over its limit of %zu bytes", out->max) : 0;
}

int note_sign(struct buf *out, mimeo_ctx *ctx, struct view text,
              const struct secret_key *const *keys, size_t key_count)
{
    size_t start = out->len;
    int rc = buf_append_view(out, text);
    if (rc == 0)
        rc = buf_append_byte(out, '\n');
    for (size_t i = 0; rc == 0 && i < key_count; i++)
        rc = append_signature(out, text, keys[i]);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    if (rc < 0)
        return ctx_error(ctx, rc, "the signed text is over its limit of %zu bytes", out->max);
    /* Never sign what a reader would refuse: keys in another order than the signer lines, say. */
    struct note check;
    return note_parse(&check, ctx, "the new note", view_of(out->ptr + start, out->len - start), out->max);
}
