/*
 * The names of a mirror's files.  A name counts only in its one spelling: it is read into what it
 * stands for, and that must give the same name again.
 */
#include <stdio.h>
#include <string.h>

#include "store/backend.h"

const struct stray stray_name = {0, "its name is none of a mirror's"};
const struct stray stray_link = {0, "it is a symbolic link"};
const struct stray stray_special = {0, "it is neither a file nor a directory"};
const struct stray stray_submodule = {0, "it is a submodule"};
const struct stray stray_mode = {0, "its mode is not that of a plain file"};

#define DIGITS_MIN 6
#define DIGITS_MAX 12 /* LIMIT_SEQ */

/* "00/01/23" */
static void format_pairs(char *out, uint64_t seq)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%06llu", (unsigned long long)seq);
    if (len % 2 != 0)
        len = snprintf(digits, sizeof(digits), "%0*llu", len + 1, (unsigned long long)seq);
    for (int i = 0; i < len; i += 2) {
        if (i > 0)
            *out++ = '/';
        *out++ = digits[i];
        *out++ = digits[i + 1];
    }
    *out = '\0';
}

void store_name_bundle(char *out, uint64_t seq)
{
    char pairs[40];
    format_pairs(pairs, seq);
    snprintf(out, STORE_NAME_MAX, "bundles/%s.mimeo", pairs);
}

void store_name_charter(char *out, uint32_t version)
{
    snprintf(out, STORE_NAME_MAX, "charter/%06u", version);
}

void store_name_dictionary(char *out, const struct hash *h)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, h);
    snprintf(out, STORE_NAME_MAX, "dict/%s", hex);
}

void store_name_media(char *out, uint64_t seq, const struct hash *h)
{
    char pairs[40], hex[HASH_HEX_LEN + 1];
    format_pairs(pairs, seq);
    hash_format(hex, h);
    snprintf(out, STORE_NAME_MAX, "media/%s/%s", pairs, hex);
}

/* ---- reading ---- */

static bool take_digit(struct cursor *c, uint64_t *value)
{
    if (c->left == 0 || *c->ptr < '0' || *c->ptr > '9')
        return false;
    *value = *value * 10 + (uint64_t)(*c->ptr - '0');
    c->ptr++;
    c->left--;
    return true;
}

/* Pairs of digits with slashes between, and no more: how many, or 0. */
static int read_pairs(struct view v, uint64_t *seq)
{
    struct cursor c = cursor_of(v);
    int pairs = 0;
    *seq = 0;
    do {
        if (pairs == DIGITS_MAX / 2 || !take_digit(&c, seq) || !take_digit(&c, seq))
            return 0;
        pairs++;
    } while (cursor_skip(&c, "/"));
    return c.left == 0 ? pairs : 0;
}

static bool take_suffix(struct view *v, const char *suffix)
{
    size_t len = strlen(suffix);
    if (v->len < len || memcmp(v->ptr + v->len - len, suffix, len) != 0)
        return false;
    v->len -= len;
    return true;
}

static struct name read_bundle(const char *name, struct view rest)
{
    struct name n = {.kind = NAME_NONE};
    char again[STORE_NAME_MAX];
    bool file = take_suffix(&rest, ".mimeo");
    int pairs = read_pairs(rest, &n.seq);
    if (!file && pairs > 0 && pairs < DIGITS_MAX / 2)
        n.kind = NAME_DIRECTORY;
    store_name_bundle(again, n.seq);
    if (file && pairs > 0 && n.seq > 0 && strcmp(again, name) == 0)
        n.kind = NAME_BUNDLE;
    return n;
}

static struct name read_media(const char *name, struct view rest)
{
    struct name n = {.kind = NAME_NONE};
    char again[STORE_NAME_MAX];
    if (read_pairs(rest, &n.seq) > 0)
        n.kind = NAME_DIRECTORY;
    if (rest.len <= HASH_HEX_LEN + 1 || rest.ptr[rest.len - HASH_HEX_LEN - 1] != '/' ||
        !hash_parse(view_of(rest.ptr + rest.len - HASH_HEX_LEN, HASH_HEX_LEN), &n.hash))
        return n;
    bool pairs = read_pairs(view_of(rest.ptr, rest.len - HASH_HEX_LEN - 1), &n.seq) > 0;
    store_name_media(again, n.seq, &n.hash);
    if (pairs && n.seq > 0 && strcmp(again, name) == 0)
        n.kind = NAME_MEDIA;
    return n;
}

static struct name read_charter(struct cursor c)
{
    struct name n = {.kind = NAME_NONE};
    uint64_t version = 0;
    if (c.left != DIGITS_MIN)
        return n;
    while (take_digit(&c, &version))
        continue;
    if (c.left == 0 && version >= 1 && version <= LIMIT_CHARTERS) {
        n.kind = NAME_CHARTER;
        n.version = (uint32_t)version;
    }
    return n;
}

struct name name_read(const char *name)
{
    static const char *const directories[] = {"bundles", "media", "charter", "dict"};
    struct name n = {.kind = NAME_NONE};
    if (strlen(name) >= STORE_NAME_MAX)
        return n;
    struct cursor c = cursor_of(view_of_str(name));
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        if (strcmp(name, directories[i]) == 0)
            n.kind = NAME_DIRECTORY;
    if (strcmp(name, "head") == 0)
        n.kind = NAME_HEAD;
    else if (strcmp(name, "README.md") == 0 || strcmp(name, ".gitattributes") == 0)
        n.kind = NAME_TEXT;
    else if (cursor_skip(&c, "bundles/"))
        n = read_bundle(name, view_of(c.ptr, c.left));
    else if (cursor_skip(&c, "media/"))
        n = read_media(name, view_of(c.ptr, c.left));
    else if (cursor_skip(&c, "charter/"))
        n = read_charter(c);
    else if (cursor_skip(&c, "dict/") && hash_parse(view_of(c.ptr, c.left), &n.hash))
        n.kind = NAME_DICTIONARY;
    return n;
}

bool store_parse_bundle_name(const char *name, uint64_t *seq)
{
    struct name n = name_read(name);
    if (n.kind != NAME_BUNDLE)
        return false;
    *seq = n.seq;
    return true;
}

size_t name_cap(enum name_kind kind)
{
    switch (kind) {
    case NAME_BUNDLE: return LIMIT_BUNDLE;
    case NAME_CHARTER: return LIMIT_CHARTER;
    case NAME_DICTIONARY: return LIMIT_DICTIONARY;
    case NAME_MEDIA: return LIMIT_MEDIA;
    case NAME_HEAD: return LIMIT_HEADER;
    case NAME_TEXT: return 64 * KIB;
    case NAME_NONE:
    case NAME_DIRECTORY: break;
    }
    return 0;
}
