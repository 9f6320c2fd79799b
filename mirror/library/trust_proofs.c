/*
 * The proofs of conflict that a reader keeps: one file each, named by what contradicts, so that the same two notes
 * are kept once, however often a mirror signs them anew.  Whether a publisher is conflicted follows from what
 * the proofs are worth by its newest charter, never from a file being there.
 */
#include "library/trust_store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define FILES_MAX ((size_t)1000)   /* older versions of mimeo kept more than TRUST_PROOFS_MAX */
#define BYTES_MAX (16 * (off_t)MIB) /* in all, but for the first: a chain of charters can be long */

#define NAME_MAX_LEN (2 * HASH_HEX_LEN + 16)

static void directory_name(char out[NAME_MAX_LEN], const struct hash *publisher)
{
    hash_format(out, publisher);
    strcpy(out + HASH_HEX_LEN, "/conflict");
}

static void file_name(char out[NAME_MAX_LEN], const struct hash *publisher, const struct hash *id)
{
    directory_name(out, publisher);
    size_t len = strlen(out);
    out[len] = '/';
    hash_format(out + len + 1, id);
}

/* A descriptor; MIMEO_ENOTFOUND where nothing is kept. */
static int open_directory(const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher)
{
    char name[NAME_MAX_LEN];
    directory_name(name, publisher);
    return s->fd < 0 ? MIMEO_ENOTFOUND : dir_open_beneath(ctx, s->fd, name);
}

/* ---- counting ---- */

struct tally {
    int fd;
    uint64_t count;
    off_t bytes;
};

static int tally_one(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct tally *t = payload;
    struct hash h;
    struct stat st;
    if (!hash_parse(view_of_str(name), &h))
        return 0;
    t->count++;
    if (fstatat(t->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        t->bytes += st.st_size;
    return 0;
}

static int tally(struct tally *out, const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher)
{
    *out = (struct tally){.count = 0};
    int fd = open_directory(s, ctx, publisher);
    if (fd < 0)
        return fd == MIMEO_ENOTFOUND ? 0 : fd;
    out->fd = fd;
    int rc = dir_each(ctx, fd, FILES_MAX, tally_one, out);
    close(fd);
    return rc;
}

int trust_proof_count(uint64_t *out, const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher)
{
    struct tally t;
    int rc = tally(&t, s, ctx, publisher);
    if (rc == 0)
        *out = t.count;
    return rc;
}

/* ---- reading ---- */

struct visit {
    mimeo_ctx *ctx;
    int fd;
    int (*fn)(const struct hash *id, struct view bytes, void *payload);
    void *payload;
};

static int visit_one(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct visit *v = payload;
    struct hash id;
    struct file_bytes file;
    if (!hash_parse(view_of_str(name), &id))
        return 0;
    int rc = file_load_at(&file, v->ctx, v->fd, name, PROOF_MAX, false);
    if (rc < 0) /* removed since, or no proof: what stands is told by the others */
        return rc == MIMEO_ENOMEM ? rc : 0;
    rc = v->fn(&id, file.view, v->payload);
    file_unload(&file);
    return rc;
}

int trust_proof_each(const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher,
                     int (*fn)(const struct hash *id, struct view bytes, void *payload), void *payload)
{
    int fd = open_directory(s, ctx, publisher);
    if (fd < 0)
        return fd == MIMEO_ENOTFOUND ? 0 : fd;
    struct visit v = {ctx, fd, fn, payload};
    int rc = dir_each(ctx, fd, FILES_MAX, visit_one, &v);
    close(fd);
    return rc;
}

/* ---- what stands ---- */

struct search {
    mimeo_ctx *ctx;
    const struct charter_chain *chain;
    struct proof_standing *out;
    bool charters_alone;
};

static int search_one(const struct hash *id, struct view bytes, void *payload)
{
    (void)id;
    struct search *q = payload;
    struct proof_standing s;
    int rc = proof_stands(&s, q->ctx, q->chain, bytes);
    if (rc <= 0 || (q->charters_alone && s.kind != PROOF_CHARTERS))
        return rc < 0 ? rc : 0;
    *q->out = s;
    return 1;
}

int trust_proof_standing(struct proof_standing *out, const struct trust_store *s, mimeo_ctx *ctx,
                         const struct charter_chain *chain)
{
    struct search q = {ctx, chain, out, false};
    return trust_proof_each(s, ctx, &chain->publisher, search_one, &q);
}

int trust_charters_conflict(const struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain)
{
    struct proof_standing found;
    struct search q = {ctx, chain, &found, true};
    return chain->count == 0 ? 0 : trust_proof_each(s, ctx, &chain->publisher, search_one, &q);
}

/* ---- keeping ---- */

struct eviction {
    const struct trust_store *store;
    mimeo_ctx *ctx;
    const struct charter_chain *chain;
};

/* Remove the first that counts no more: 1. */
static int evict_one(const struct hash *id, struct view bytes, void *payload)
{
    struct eviction *e = payload;
    struct proof_standing standing;
    int rc = proof_stands(&standing, e->ctx, e->chain, bytes);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    char name[NAME_MAX_LEN];
    file_name(name, &e->chain->publisher, id);
    rc = file_remove(e->ctx, e->store->fd, name);
    return rc < 0 ? rc : 1;
}

/* 1 where there is room, 0 where there is none. */
static int make_room(const struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain, size_t len)
{
    struct tally t;
    int rc = tally(&t, s, ctx, &chain->publisher);
    if (rc < 0)
        return rc;
    if (t.count == 0 || (t.count < TRUST_PROOFS_MAX && t.bytes + (off_t)len <= BYTES_MAX))
        return 1;
    struct eviction e = {s, ctx, chain};
    return trust_proof_each(s, ctx, &chain->publisher, evict_one, &e);
}

int trust_proof_write(struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain, const struct hash *id,
                      struct view proof)
{
    char name[NAME_MAX_LEN];
    struct stat st;
    file_name(name, &chain->publisher, id);
    int rc = trust_store_make(s, ctx);
    if (rc < 0)
        return rc;
    if (fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    rc = make_room(s, ctx, chain, proof.len);
    return rc <= 0 ? rc : file_write_atomic(ctx, s->fd, name, proof, 0600);
}
