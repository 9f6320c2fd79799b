/*
 * Keys where they live: the lock beside a key, which whoever signs with it or moves it holds; paper; another machine.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "library/mirror.h"
#include "library/passphrase.h"
#include "library/paths.h"
#include "trust/handover.h"

#define KEY_LOCK_SECONDS 10

int key_lock(int *out, mimeo_ctx *ctx, const char *key_path)
{
    char *dir = path_parent(key_path);
    const char *slash = strrchr(key_path, '/');
    struct buf name;
    buf_init(&name, 4096);
    int rc = dir == NULL || buf_appendf(&name, "%s.lock", slash == NULL ? key_path : slash + 1) < 0
                 ? ctx_error_nomem(ctx)
                 : dir_open(ctx, dir);
    if (rc >= 0) {
        int fd = rc;
        rc = file_lock(out, ctx, fd, buf_str(&name), KEY_LOCK_SECONDS);
        close(fd);
    }
    buf_dispose(&name);
    free(dir);
    return rc;
}

/* ---- paper ---- */

int mimeo_key_text(char **out, mimeo_ctx *ctx, const char *path)
{
    char *text;
    size_t len;
    int rc = keyfile_text(&text, &len, ctx, path);
    if (rc == 0)
        *out = text;
    return rc;
}

void mimeo_key_text_free(char *text)
{
    sodium_free(text);
}

/* ---- the drill ---- */

static enum mimeo_key_role role_of(enum key_role role)
{
    return role == KEY_ROOT ? MIMEO_KEY_ROOT : MIMEO_KEY_PUBLISH;
}

/* The newest charter that has the key in its role. */
static void find_in_chain(struct mimeo_key_check *out, const struct charter_chain *chain, enum key_role role,
                          const struct public_key *key)
{
    const struct charter *newest = charter_chain_newest(chain);
    for (uint32_t v = (uint32_t)chain->count; v > 0 && out->charter == 0; v--) {
        const struct charter *c = charter_chain_get(chain, v);
        if (role_has(role == KEY_ROOT ? &c->root : &c->publish, key))
            out->charter = v;
    }
    out->newest_charter = newest->version;
    out->threshold = role == KEY_ROOT ? newest->root.threshold : newest->publish.threshold;
    out->count = role == KEY_ROOT ? newest->root.count : newest->publish.count;
    memcpy(out->name, newest->name, sizeof(out->name));
    hash_format(out->publisher, &chain->publisher);
}

/* A file with one charter: what it says, its signatures good or not, is what the key is looked for in. */
static int check_charter_file(struct mimeo_key_check *out, mimeo_ctx *ctx, const char *path, struct view bytes,
                              enum key_role role, const struct public_key *key)
{
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, path, bytes);
    if (rc == 0) {
        struct charter *items[] = {c};
        struct charter_chain alone = {.items = items, .count = 1, .publisher = c->version == 1 ? c->hash : hash_zero()};
        uint32_t version = c->version;
        c->version = 1; /* where it stands in this chain of one */
        find_in_chain(out, &alone, role, key);
        out->newest_charter = version;
        out->charter = out->charter > 0 ? version : 0;
        charter_dispose(c);
    }
    free(c);
    return rc;
}

static int check_place(struct mimeo_key_check *out, mimeo_ctx *ctx, const char *place, const char *library,
                       enum key_role role, const struct public_key *key)
{
    struct buf b;
    mimeo_mirror *m;
    if (file_read(&b, ctx, place, LIMIT_CHARTER) == 0) {
        bool is_charter = view_starts_with(buf_view(&b), "mimeo charter ");
        int rc = is_charter ? check_charter_file(out, ctx, place, buf_view(&b), role, key) : 0;
        buf_dispose(&b);
        if (is_charter)
            return rc;
    }
    int rc = mimeo_mirror_open(&m, ctx, place, library);
    if (rc < 0)
        return rc;
    find_in_chain(out, &m->chain, role, key);
    mimeo_mirror_free(m);
    return 0;
}

int mimeo_key_check(struct mimeo_key_check *out, mimeo_ctx *ctx, const char *path,
                    const struct mimeo_passphrase_source *passphrase, const char *place, const char *library)
{
    struct keyfile_info info;
    struct secret_key *key = NULL;
    struct mimeo_key_check check = {.charter = 0};
    int rc = keyfile_inspect(&info, ctx, path);
    if (rc == 0) /* which derives the public half again, and compares */
        rc = key_load(&key, ctx, path, info.role, passphrase);
    if (rc == 0 && place != NULL)
        rc = check_place(&check, ctx, place, library, info.role, secret_key_public(key));
    secret_key_free(key);
    if (rc < 0)
        return rc;
    check.key.role = role_of(info.role);
    check.key.encrypted = info.encrypted;
    format_hex(check.key.public_key, info.key.bytes, PUBLIC_KEY_LEN);
    *out = check;
    return 0;
}

/* ---- to another machine ---- */

static int mark_handed_over(struct journal *j, mimeo_ctx *ctx, const char *key_path)
{
    int rc = journal_read(j, ctx, key_path);
    if (rc == MIMEO_ENOTFOUND)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "'%s' has signed nothing here: there is no numbering to hand over; copy the key file", key_path);
    if (rc < 0 || j->handed_over)
        return rc;
    j->handed_over = true;
    j->handed_over_at = ctx_now(ctx);
    return journal_write(ctx, key_path, j);
}

static void tell_handover(struct mimeo_handover *out, const struct journal *j, int64_t at)
{
    hash_format(out->publisher, &j->publisher);
    out->seq = j->seq;
    hash_format(out->head_hash, &j->hash);
    out->at = at;
}

int mimeo_key_hand_over(mimeo_ctx *ctx, const char *key, const char *file, struct mimeo_handover *result)
{
    struct keyfile_info info;
    struct journal j;
    struct stat st;
    struct buf b = {.ptr = NULL};
    char *text = NULL;
    size_t len = 0;
    int lock = -1;
    int rc = keyfile_inspect(&info, ctx, key);
    if (rc == 0 && info.role != KEY_PUBLISH)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a root key: it numbers nothing; copy its file", key);
    if (rc == 0 && lstat(file, &st) == 0)
        rc = ctx_error(ctx, MIMEO_EEXISTS, "'%s' is there already: name a new file", file);
    if (rc == 0)
        rc = key_lock(&lock, ctx, key);
    if (rc == 0)
        rc = keyfile_text(&text, &len, ctx, key);
    if (rc == 0) /* first, and durable: from here on this machine signs nothing */
        rc = mark_handed_over(&j, ctx, key);
    if (rc == 0)
        rc = handover_write(&b, ctx, &j, view_of(text, len));
    if (rc == 0)
        rc = path_write_new(ctx, file, buf_view(&b), 0600);
    if (rc == 0)
        tell_handover(result, &j, j.handed_over_at);
    sodium_free(text);
    handover_wipe(&b);
    if (lock >= 0)
        file_unlock(lock);
    return rc;
}

/* What is beside the new place already: of a run that was killed (the same), or of a machine that handed over
 * earlier and gets it back. */
static int check_place_free(mimeo_ctx *ctx, const char *key_path, const struct journal *j)
{
    struct journal there;
    int rc = journal_read(&there, ctx, key_path);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    bool ours = hash_equal(&there.publisher, &j->publisher);
    if (ours && !there.handed_over && there.seq == j->seq && hash_equal(&there.hash, &j->hash))
        return 0;
    if (ours && there.handed_over && there.seq <= j->seq)
        return 0;
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "a journal beside '%s' knows of bundle %llu, and the file that was handed over ends with %llu: it is "
                     "old, or another's; nothing was changed", key_path, (unsigned long long)there.seq,
                     (unsigned long long)j->seq);
}

int mimeo_key_take_over(mimeo_ctx *ctx, const char *file, const char *key, struct mimeo_handover *result)
{
    struct handover h = {.key_text = {NULL, 0}};
    struct buf b;
    int lock = -1;
    int rc = file_read(&b, ctx, file, HANDOVER_MAX);
    if (rc < 0)
        return rc;
    rc = handover_parse(&h, ctx, file, buf_view(&b));
    handover_wipe(&b);
    if (rc == 0)
        rc = key_lock(&lock, ctx, key);
    if (rc == 0)
        rc = check_place_free(ctx, key, &h.journal);
    if (rc == 0) /* the journal first: a key without one could sign a number again */
        rc = journal_write(ctx, key, &h.journal);
    if (rc == 0)
        rc = keyfile_put(ctx, key, h.key_text);
    if (rc == 0)
        tell_handover(result, &h.journal, ctx_now(ctx));
    handover_dispose(&h);
    if (lock >= 0)
        file_unlock(lock);
    return rc;
}
