/*
 * Secret keys at rest.  The text form is drawn in keyfile.h.
 *
 * Beware: the text of a file without passphrase is itself a secret.  So it is read into
 * and composed in sodium_malloc memory only, never in a buf, and every path out frees it
 * (which wipes it).  The checksum catches slips of the hand and nothing else: what vouches
 * for a key is that its public half comes out again.
 */
#include "trust/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "trust/hash.h"

#define FILE_MAX (4 * KIB)
#define FIRST_LINE "mimeo secret key 1\n"
#define SUM_LEN 4
#define SUM_LINE_LEN (4 + 2 * SUM_LEN + 1) /* "sum " hex LF */
#define BOX_LEN (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SEED_LEN)
#define OPSLIMIT_MAX 16
#define MEMLIMIT_MAX (256 * MIB)

static const char *const role_names[] = {[KEY_ROOT] = "root", [KEY_PUBLISH] = "publish"};

static bool given(const struct passphrase *p)
{
    return p != NULL && p->ptr != NULL && p->len > 0;
}

/* ---- the text, parsed ---- */

struct sheet {
    struct keyfile_info info;
    uint64_t opslimit, memlimit;
    uint8_t salt[crypto_pwhash_SALTBYTES];
    struct view secret; /* hex of the box or of the seed; borrowed from the text */
};

static bool take_value(struct cursor *c, const char *keyword, struct view *out)
{
    return cursor_skip(c, keyword) && cursor_skip(c, " ") && cursor_line(c, out);
}

static int bad(mimeo_ctx *ctx, const char *what, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "key file '%s' %s", what, why);
}

/* Compare the last line with the lines above it, and give those in *body. */
static int check_sum(struct view *body, mimeo_ctx *ctx, const char *what, struct view text)
{
    uint8_t got[SUM_LEN];
    struct view sum_line, digits;
    if (text.len > SUM_LINE_LEN) {
        size_t at = text.len - SUM_LINE_LEN;
        struct cursor c = cursor_of(view_of(text.ptr + at, SUM_LINE_LEN));
        if (text.ptr[at - 1] == '\n' && cursor_line(&c, &sum_line) && c.left == 0 &&
            view_starts_with(sum_line, "sum ")) {
            digits = view_of(sum_line.ptr + 4, sum_line.len - 4);
            struct view above = view_of(text.ptr, at);
            struct hash want = hash_of(above);
            if (!parse_hex(digits, got, SUM_LEN) || memcmp(got, want.bytes, SUM_LEN) != 0)
                return bad(ctx, what, "does not fit its checksum: a typing error, or damage; "
                                      "compare it with the original");
            *body = above;
            return 0;
        }
    }
    return bad(ctx, what, "does not end in a line \"sum\" with 8 hex digits: it is cut off, or a "
                          "typing error");
}

static bool parse_role(struct cursor *c, enum key_role *out)
{
    struct view v;
    if (!take_value(c, "role", &v))
        return false;
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
        if (view_equal_str(v, role_names[i])) {
            *out = (enum key_role)i;
            return true;
        }
    return false;
}

static bool parse_public(struct cursor *c, struct public_key *out)
{
    struct view v;
    return take_value(c, "public", &v) && parse_hex(v, out->bytes, sizeof out->bytes);
}

/* "argon2id <opslimit> <memlimit> <salt>" */
static bool parse_argon2id(struct sheet *s, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view ops, mem;
    return cursor_skip(&c, "argon2id ") && cursor_until(&c, ' ', &ops) &&
           parse_decimal(ops, UINT64_MAX, &s->opslimit) && cursor_until(&c, ' ', &mem) &&
           parse_decimal(mem, UINT64_MAX, &s->memlimit) &&
           parse_hex(view_of(c.ptr, c.left), s->salt, sizeof s->salt);
}

static int parse_kdf(struct sheet *s, mimeo_ctx *ctx, const char *what, struct cursor *c)
{
    struct view v;
    if (!take_value(c, "kdf", &v))
        return bad(ctx, what, "has no line \"kdf\" where it belongs");
    s->info.encrypted = !view_equal_str(v, "none");
    if (!s->info.encrypted)
        return 0;
    if (!parse_argon2id(s, v))
        return bad(ctx, what, "has a line \"kdf\" that is neither \"none\" nor \"argon2id\" with "
                              "its costs and salt");
    /* A stranger's file must not make us take all memory, or hash for a year. */
    if (s->opslimit < crypto_pwhash_argon2id_OPSLIMIT_MIN || s->opslimit > OPSLIMIT_MAX ||
        s->memlimit < crypto_pwhash_argon2id_MEMLIMIT_MIN || s->memlimit > MEMLIMIT_MAX)
        return bad(ctx, what, "asks for a key derivation outside of the limits "
                              "(opslimit 1 to 16, memlimit 8 KiB to 256 MiB)");
    return 0;
}

static bool is_hex(struct view v, size_t bytes)
{
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= '0' && v.ptr[i] <= '9') || (v.ptr[i] >= 'a' && v.ptr[i] <= 'f')))
            return false;
    return v.len == 2 * bytes;
}

static int parse_secret(struct sheet *s, mimeo_ctx *ctx, const char *what, struct cursor *c)
{
    size_t len = s->info.encrypted ? BOX_LEN : SEED_LEN;
    if (!take_value(c, s->info.encrypted ? "box" : "seed", &s->secret) || !is_hex(s->secret, len))
        return bad(ctx, what, s->info.encrypted ? "has no line \"box\" of 144 hex digits after \"kdf\""
                                                : "has no line \"seed\" of 64 hex digits after \"kdf\"");
    return c->left == 0 ? 0 : bad(ctx, what, "goes on between its secret and its checksum");
}

static int check_first_line(struct cursor *c, mimeo_ctx *ctx, const char *what)
{
    struct view version;
    uint64_t number;
    if (cursor_skip(c, FIRST_LINE))
        return 0;
    if (take_value(c, "mimeo secret key", &version) && parse_decimal(version, UINT64_MAX, &number))
        return ctx_error(ctx, MIMEO_ENEWER, "key file '%s' has a version that this mimeo does not "
                                            "know: it needs a newer mimeo", what);
    return bad(ctx, what, "is not a mimeo secret key: name the file that 'mimeo key' made");
}

static int sheet_parse(struct sheet *out, mimeo_ctx *ctx, const char *what, struct view text)
{
    if (text.len > FILE_MAX)
        return bad(ctx, what, "is larger than 4 KiB: it is not a mimeo secret key");
    struct sheet s;
    struct view body;
    memset(&s, 0, sizeof s);
    struct cursor c = cursor_of(text);
    int rc = check_first_line(&c, ctx, what);
    if (rc == 0)
        rc = check_sum(&body, ctx, what, text);
    if (rc < 0)
        return rc;
    c = cursor_of(body);
    (void)cursor_skip(&c, FIRST_LINE);
    if (!parse_role(&c, &s.info.role))
        return bad(ctx, what, "has no line \"role root\" or \"role publish\" where it belongs");
    if (!parse_public(&c, &s.info.key))
        return bad(ctx, what, "has no line \"public\" of 64 hex digits where it belongs");
    rc = parse_kdf(&s, ctx, what, &c);
    if (rc == 0)
        rc = parse_secret(&s, ctx, what, &c);
    if (rc == 0)
        *out = s;
    return rc;
}

int keyfile_parse(struct keyfile_info *out, mimeo_ctx *ctx, const char *what, struct view text)
{
    struct sheet s;
    int rc = sheet_parse(&s, ctx, what, text);
    if (rc == 0)
        *out = s.info;
    return rc;
}

/* ---- from passphrase and seed, and back ---- */

/* Derive into fresh locked memory; NULL and a message where that fails. */
static uint8_t *derive(mimeo_ctx *ctx, const struct sheet *s, const struct passphrase *p)
{
    uint8_t *key = sodium_malloc(crypto_secretbox_KEYBYTES);
    if (key != NULL &&
        crypto_pwhash(key, crypto_secretbox_KEYBYTES, p->ptr, p->len, s->salt, s->opslimit,
                      (size_t)s->memlimit, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        sodium_free(key);
        key = NULL;
    }
    if (key == NULL)
        ctx_error(ctx, MIMEO_ENOMEM, "not enough memory to unlock the key: it takes %llu MiB",
                  (unsigned long long)(s->memlimit / MIB));
    return key;
}

static int open_box(uint8_t seed[SEED_LEN], mimeo_ctx *ctx, const char *path,
                    const struct sheet *s, const struct passphrase *p)
{
    uint8_t box[BOX_LEN];
    if (!given(p))
        return ctx_error(ctx, MIMEO_EPASSPHRASE,
                         "key file '%s' is locked: its passphrase is needed", path);
    if (!parse_hex(s->secret, box, sizeof box))
        return bad(ctx, path, "holds no box");
    uint8_t *key = derive(ctx, s, p);
    if (key == NULL)
        return MIMEO_ENOMEM;
    int opened = crypto_secretbox_open_easy(seed, box + crypto_secretbox_NONCEBYTES,
                                            sizeof box - crypto_secretbox_NONCEBYTES, box, key);
    sodium_free(key);
    return opened == 0 ? 0
                       : ctx_error(ctx, MIMEO_EPASSPHRASE,
                                   "wrong passphrase for key file '%s': try again", path);
}

static int seal_box(uint8_t box[BOX_LEN], struct sheet *s, mimeo_ctx *ctx,
                    const struct secret_key *k, const struct passphrase *p, enum key_cost cost)
{
    bool normal = cost == KEY_COST_NORMAL;
    s->opslimit = normal ? crypto_pwhash_argon2id_OPSLIMIT_MODERATE
                         : crypto_pwhash_argon2id_OPSLIMIT_MIN;
    s->memlimit = normal ? crypto_pwhash_argon2id_MEMLIMIT_MODERATE
                         : crypto_pwhash_argon2id_MEMLIMIT_MIN;
    ctx_random(ctx, s->salt, sizeof s->salt);
    ctx_random(ctx, box, crypto_secretbox_NONCEBYTES);
    uint8_t *key = derive(ctx, s, p);
    if (key == NULL)
        return MIMEO_ENOMEM;
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, secret_key_seed(k), SEED_LEN, box, key);
    sodium_free(key);
    return 0;
}

/* The secret key of a parsed text; its public half must be the one that the text names. */
static int sheet_open(struct secret_key **out, mimeo_ctx *ctx, const char *path,
                      const struct sheet *s, const struct passphrase *p)
{
    struct secret_key *k = NULL;
    uint8_t *seed = sodium_malloc(SEED_LEN);
    if (seed == NULL)
        return ctx_error_nomem(ctx);
    int rc = s->info.encrypted          ? open_box(seed, ctx, path, s, p)
             : parse_hex(s->secret, seed, SEED_LEN) ? 0
                                        : bad(ctx, path, "holds no seed");
    if (rc == 0)
        rc = secret_key_from_seed(&k, ctx, seed);
    sodium_free(seed);
    if (rc == 0 && public_key_compare(secret_key_public(k), &s->info.key) != 0) {
        secret_key_free(k);
        return ctx_error(ctx, MIMEO_EFORGED,
                         "key file '%s' names another public key than its secret gives: somebody "
                         "changed it; use a backup", path);
    }
    if (rc == 0)
        *out = k;
    return rc;
}

/* ---- composing ---- */

/* A text in locked memory; FILE_MAX is several times what a key takes. */
struct sheet_text {
    char *ptr;
    size_t len;
};

static void put(struct sheet_text *t, const char *s)
{
    size_t n = strlen(s);
    memcpy(t->ptr + t->len, s, n + 1);
    t->len += n;
}

static void put_hex(struct sheet_text *t, const uint8_t *bytes, size_t len)
{
    format_hex(t->ptr + t->len, bytes, len);
    t->len += 2 * len;
}

static void put_box(struct sheet_text *t, const struct sheet *s, const uint8_t box[BOX_LEN])
{
    int n = snprintf(t->ptr + t->len, FILE_MAX - t->len, "kdf argon2id %llu %llu ",
                     (unsigned long long)s->opslimit, (unsigned long long)s->memlimit);
    t->len += (size_t)n;
    put_hex(t, s->salt, sizeof s->salt);
    put(t, "\nbox ");
    put_hex(t, box, BOX_LEN);
}

static int compose(struct sheet_text *out, mimeo_ctx *ctx, enum key_role role,
                   const struct secret_key *k, const struct passphrase *p, enum key_cost cost)
{
    struct sheet s;
    uint8_t box[BOX_LEN];
    memset(&s, 0, sizeof s);
    int rc = given(p) ? seal_box(box, &s, ctx, k, p, cost) : 0;
    if (rc < 0)
        return rc;
    struct sheet_text t = {.ptr = sodium_malloc(FILE_MAX)};
    if (t.ptr == NULL)
        return ctx_error_nomem(ctx);
    put(&t, FIRST_LINE "role ");
    put(&t, role_names[role]);
    put(&t, "\npublic ");
    put_hex(&t, secret_key_public(k)->bytes, PUBLIC_KEY_LEN);
    put(&t, "\n");
    if (given(p)) {
        put_box(&t, &s, box);
    } else {
        put(&t, "kdf none\nseed ");
        put_hex(&t, secret_key_seed(k), SEED_LEN);
    }
    put(&t, "\n");
    struct hash sum = hash_of(view_of(t.ptr, t.len));
    put(&t, "sum ");
    put_hex(&t, sum.bytes, SUM_LEN);
    put(&t, "\n");
    *out = t;
    return 0;
}

/* ---- files ---- */

/* Where a key file is: an open directory, and the name in it (borrowed from the path). */
static int place_open(const char **name, mimeo_ctx *ctx, const char *path)
{
    const char *slash = strrchr(path, '/');
    *name = slash == NULL ? path : slash + 1;
    if (**name == '\0')
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' names a directory: name a key file", path);
    if (slash == NULL)
        return dir_open(ctx, ".");
    char *dir = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (dir == NULL)
        return ctx_error_nomem(ctx);
    int fd = dir_open(ctx, dir);
    free(dir);
    return fd;
}

static int check_file(mimeo_ctx *ctx, const char *path, const struct stat *st)
{
    if (!S_ISREG(st->st_mode))
        return ctx_error(ctx, MIMEO_EFAIL, "'%s' is not a regular file: name a key file", path);
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return ctx_error(ctx, MIMEO_EFAIL,
                         "key file '%s' belongs to another user: copy it and own the copy", path);
    if ((st->st_mode & 077) != 0)
        return ctx_error(ctx, MIMEO_EFAIL,
                         "key file '%s' can be reached by others: run chmod 600 on it, and think "
                         "about who may have read it", path);
    if (st->st_size > (off_t)FILE_MAX)
        return bad(ctx, path, "is larger than 4 KiB: it is not a mimeo secret key");
    return 0;
}

/* Read at most FILE_MAX + 1 bytes, so that a file that grows meanwhile is seen as too large. */
static int read_all(struct sheet_text *t, mimeo_ctx *ctx, const char *path, int fd)
{
    while (t->len <= FILE_MAX) {
        ssize_t n = read(fd, t->ptr + t->len, FILE_MAX + 1 - t->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read key file '%s'", path);
        if (n == 0)
            break;
        t->len += (size_t)n;
    }
    return 0;
}

static int open_file(mimeo_ctx *ctx, const char *path)
{
    const char *name;
    int dir_fd = place_open(&name, ctx, path);
    if (dir_fd < 0)
        return dir_fd;
    /* O_NONBLOCK: a named pipe must not make us wait. */
    int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int saved = errno;
    close(dir_fd);
    errno = saved;
    if (fd < 0 && errno == ELOOP)
        return ctx_error(ctx, MIMEO_EFAIL,
                         "'%s' is a symbolic link: name the key file itself", path);
    return fd < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot open key file '%s'", path) : fd;
}

/* Read and parse.  `text` backs out->secret; the caller frees text->ptr by sodium_free. */
static int sheet_load(struct sheet *out, struct sheet_text *text, mimeo_ctx *ctx, const char *path)
{
    struct stat st;
    int fd = open_file(ctx, path);
    if (fd < 0)
        return fd;
    struct sheet_text t = {.ptr = NULL};
    int rc = fstat(fd, &st) < 0
                 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot look at key file '%s'", path)
                 : check_file(ctx, path, &st);
    if (rc == 0 && (t.ptr = sodium_malloc(FILE_MAX + 2)) == NULL)
        rc = ctx_error_nomem(ctx);
    if (rc == 0)
        rc = read_all(&t, ctx, path, fd);
    if (rc == 0)
        rc = sheet_parse(out, ctx, path, view_of(t.ptr, t.len));
    close(fd);
    if (rc < 0)
        sodium_free(t.ptr);
    else
        *text = t;
    return rc;
}

int keyfile_inspect(struct keyfile_info *out, mimeo_ctx *ctx, const char *path)
{
    struct sheet s;
    struct sheet_text t;
    int rc = sheet_load(&s, &t, ctx, path);
    if (rc < 0)
        return rc;
    *out = s.info;
    sodium_free(t.ptr);
    return 0;
}

int keyfile_read(struct secret_key **out, enum key_role *role, mimeo_ctx *ctx, const char *path,
                 const struct passphrase *p)
{
    struct sheet s;
    struct sheet_text t;
    int rc = sheet_load(&s, &t, ctx, path);
    if (rc < 0)
        return rc;
    rc = sheet_open(out, ctx, path, &s, p);
    sodium_free(t.ptr);
    if (rc == 0 && role != NULL)
        *role = s.info.role;
    return rc;
}

int keyfile_text(char **out, size_t *len, mimeo_ctx *ctx, const char *path)
{
    struct sheet s;
    struct sheet_text t;
    int rc = sheet_load(&s, &t, ctx, path);
    if (rc < 0)
        return rc;
    t.ptr[t.len] = '\0';
    *out = t.ptr;
    *len = t.len;
    return 0;
}

int keyfile_put(mimeo_ctx *ctx, const char *path, struct view text)
{
    struct sheet s;
    char *there;
    size_t len;
    const char *name;
    int rc = sheet_parse(&s, ctx, path, text);
    int dir_fd = rc < 0 ? rc : place_open(&name, ctx, path);
    if (dir_fd < 0)
        return dir_fd;
    rc = file_write_new(ctx, dir_fd, name, text, 0600);
    close(dir_fd);
    if (rc != MIMEO_EEXISTS || keyfile_text(&there, &len, ctx, path) < 0)
        return rc;
    bool same = view_equal(view_of(there, len), text);
    sodium_free(there);
    return same ? 0 : ctx_error(ctx, rc, "'%s' is there already, and is another key file: name another place", path);
}

typedef int (*write_fn)(mimeo_ctx *, int dir_fd, const char *name, struct view, mode_t);

static int write_with(write_fn fn, mimeo_ctx *ctx, const char *path, enum key_role role,
                      const struct secret_key *key, const struct passphrase *p, enum key_cost cost)
{
    const char *name;
    struct sheet_text t;
    int dir_fd = place_open(&name, ctx, path);
    if (dir_fd < 0)
        return dir_fd;
    int rc = compose(&t, ctx, role, key, p, cost);
    if (rc == 0) {
        rc = fn(ctx, dir_fd, name, view_of(t.ptr, t.len), 0600);
        sodium_free(t.ptr);
    }
    close(dir_fd);
    return rc;
}

int keyfile_write(mimeo_ctx *ctx, const char *path, enum key_role role,
                  const struct secret_key *key, const struct passphrase *p, enum key_cost cost)
{
    return write_with(file_write_new, ctx, path, role, key, p, cost);
}

int keyfile_rewrite(mimeo_ctx *ctx, const char *path, const struct passphrase *old_p,
                    const struct passphrase *new_p, enum key_cost cost)
{
    struct secret_key *key;
    enum key_role role;
    int rc = keyfile_read(&key, &role, ctx, path, old_p);
    if (rc < 0)
        return rc;
    rc = write_with(file_write_atomic, ctx, path, role, key, new_p, cost);
    secret_key_free(key);
    return rc;
}
