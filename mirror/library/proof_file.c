/*
 * Proofs as people handle them: a file that somebody handed over, and those that the library keeps.  What a reader
 * would get wrong: whether a proof stands is a question to the charters known here, which may be newer than its own.
 */
#include <mimeo/proof.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "library/paths.h"
#include "library/trust_store.h"

struct mimeo_proof {
    struct buf bytes;
    struct proof *proof;
    struct charter *rival;   /* PROOF_CHARTERS: the other, parsed again */
    struct pin pin;
    bool stands;
    uint32_t newest;         /* charter known here */
};

void mimeo_proof_free(mimeo_proof *p)
{
    if (p == NULL)
        return;
    charter_dispose(p->rival);
    free(p->rival);
    proof_free(p->proof);
    buf_dispose(&p->bytes);
    free(p);
}

/* ---- reading ---- */

/* A regular file that is not too large for a proof; 0 where it is none. */
static bool may_be(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= (off_t)PROOF_MAX;
}

bool mimeo_proof_claimed(mimeo_ctx *ctx, const char *path)
{
    struct buf b;
    if (!may_be(path) || file_read(&b, ctx, path, PROOF_MAX) < 0)
        return false;
    bool claimed = proof_is_claimed(ctx, buf_view(&b));
    buf_dispose(&b);
    return claimed;
}

static int parse_rival(mimeo_proof *p, mimeo_ctx *ctx)
{
    if (p->proof->kind != PROOF_CHARTERS)
        return 0;
    p->rival = calloc(1, sizeof(*p->rival));
    return p->rival == NULL ? ctx_error_nomem(ctx)
                            : charter_parse(p->rival, ctx, "the other charter", buf_view(&p->proof->chain.rival));
}

/* Check bytes as a proof; takes them, on failure too. */
static int check(mimeo_proof **out, mimeo_ctx *ctx, const char *what, struct buf *bytes)
{
    mimeo_proof *p = calloc(1, sizeof(*p));
    if (p == NULL) {
        buf_dispose(bytes);
        return ctx_error_nomem(ctx);
    }
    p->bytes = *bytes;
    *bytes = (struct buf){.max = 0};
    int rc = proof_check(&p->proof, ctx, what, buf_view(&p->bytes));
    if (rc == 0)
        rc = parse_rival(p, ctx);
    if (rc < 0) {
        mimeo_proof_free(p);
        return rc;
    }
    p->stands = true; /* by its own charters */
    p->newest = (uint32_t)p->proof->chain.count;
    *out = p;
    return 0;
}

/* ---- by what is known here ---- */

/* The charters of the proof that follow those known: added to `chain`.  One that contradicts ends it.  Of two that
 * the proof itself contests neither is learned: it would be "the first seen" by the word of whoever made the file. */
static int learn_charters(struct charter_chain *chain, mimeo_ctx *ctx, const struct proof *proof)
{
    const struct charter_chain *from = &proof->chain;
    const size_t count = from->count - (proof->kind == PROOF_CHARTERS);
    int rc = 0;
    for (uint32_t v = 1; rc == 0 && v <= count; v++) {
        struct charter *c = calloc(1, sizeof(*c));
        rc = c == NULL ? ctx_error_nomem(ctx)
                       : charter_parse(c, ctx, "a charter of the proof", buf_view(&charter_chain_get(from, v)->note));
        if (rc == 0)
            rc = charter_chain_add(chain, ctx, c, &from->publisher);
        if (c != NULL)
            charter_dispose(c);
        free(c);
    }
    return rc == MIMEO_ECONFLICT ? 0 : rc;
}

/* Two charters, one known and one in the proof, are a proof of their own. */
static int keep_fork(struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain)
{
    if (chain->rival.len == 0)
        return 0;
    struct buf made;
    struct hash id;
    buf_init(&made, PROOF_MAX);
    int rc = proof_write_charters(&made, &id, ctx, chain, buf_view(&chain->rival));
    if (rc == 0)
        rc = trust_proof_write(s, ctx, chain, &id, buf_view(&made));
    buf_dispose(&made);
    return rc;
}

/* Judge it by the charters known of a pinned publisher; `keep`: it came from outside. */
static int weigh(mimeo_proof *p, struct trust_store *s, mimeo_ctx *ctx, bool keep)
{
    struct charter_chain chain = {.count = 0};
    struct proof_standing standing;
    int rc = trust_charters_read(&chain, s, ctx, &p->pin.publisher);
    if (rc == 0)
        rc = learn_charters(&chain, ctx, p->proof);
    if (rc == 0)
        rc = proof_stands(&standing, ctx, &chain, buf_view(&p->bytes));
    if (rc >= 0) {
        p->stands = rc == 1;
        p->newest = (uint32_t)chain.count;
        rc = 0;
    }
    keep = keep && !pin_contradicts(&p->pin, &chain);
    if (rc == 0 && keep)
        rc = trust_charters_write(s, ctx, &chain);
    if (rc == 0 && keep)
        rc = keep_fork(s, ctx, &chain);
    if (rc == 0 && keep && p->stands)
        rc = trust_proof_write(s, ctx, &chain, &p->proof->id, buf_view(&p->bytes));
    charter_chain_dispose(&chain);
    return rc;
}

static int place(mimeo_proof *p, struct trust_store *s, mimeo_ctx *ctx, bool keep)
{
    int rc = trust_pin_read(&p->pin, s, ctx, &p->proof->chain.publisher);
    return rc <= 0 ? rc : weigh(p, s, ctx, keep);
}

int mimeo_proof_open(mimeo_proof **out, mimeo_ctx *ctx, const char *path, const char *library)
{
    struct buf bytes;
    struct trust_store s;
    mimeo_proof *p = NULL;
    char what[512];
    snprintf(what, sizeof(what), "'%s'", path);
    int rc = file_read(&bytes, ctx, path, PROOF_MAX);
    if (rc == 0)
        rc = check(&p, ctx, what, &bytes);
    if (rc < 0)
        return rc;
    rc = trust_store_open(&s, ctx, library);
    if (rc == 0) {
        rc = place(p, &s, ctx, true);
        trust_store_close(&s);
    }
    if (rc < 0) {
        mimeo_proof_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

/* ---- showing ---- */

static void fill_keys(char (*out)[MIMEO_HEX_LEN + 1], size_t *count, const struct public_key *keys, size_t n)
{
    *count = n < MIMEO_PROOF_SIGNERS ? n : MIMEO_PROOF_SIGNERS;
    for (size_t i = 0; i < *count; i++)
        format_hex(out[i], keys[i].bytes, PUBLIC_KEY_LEN);
}

static void fill_header(struct mimeo_proof_side *out, const struct header *h)
{
    out->number = h->seq;
    hash_format(out->hash, &h->hash);
    out->time = h->time;
    out->records = h->archive_records;
    fill_keys(out->keys, &out->key_count, h->signers, h->signer_count);
}

static void fill_charter(struct mimeo_proof_side *out, const struct charter *c)
{
    out->number = c->version;
    hash_format(out->hash, &c->hash);
    out->name = c->name;
    fill_keys(out->keys, &out->key_count, c->signers, c->signer_count);
    fill_keys(out->publish, &out->publish_count, c->publish.keys, c->publish.count);
}

void mimeo_proof_get_state(const mimeo_proof *p, struct mimeo_proof_state *out)
{
    const struct charter *newest = charter_chain_newest(&p->proof->chain);
    memset(out, 0, sizeof(*out));
    out->kind = (enum mimeo_proof_kind)p->proof->kind;
    hash_format(out->id, &p->proof->id);
    hash_format(out->publisher, &p->proof->chain.publisher);
    fingerprint_format(out->digits, &p->proof->chain.publisher);
    out->name = newest->name;
    out->pin = p->pin.state;
    out->petname = p->pin.petname;
    out->stands = p->stands;
    out->settled_by = p->stands ? 0 : p->newest;
    if (p->proof->kind == PROOF_CHARTERS) {
        fill_charter(&out->sides[0], newest);
        fill_charter(&out->sides[1], p->rival);
    } else {
        fill_header(&out->sides[0], &p->proof->headers[0]);
        fill_header(&out->sides[1], &p->proof->headers[1]);
    }
    out->number = out->sides[0].number;
}

const unsigned char *mimeo_proof_bytes(const mimeo_proof *p, size_t *len)
{
    *len = p->bytes.len;
    return p->bytes.ptr;
}

int mimeo_proof_save(const mimeo_proof *p, mimeo_ctx *ctx, const char *path)
{
    char *dir = path_parent(path);
    const char *slash = strrchr(path, '/');
    if (dir == NULL)
        return ctx_error_nomem(ctx);
    int fd = dir_open(ctx, dir);
    free(dir);
    if (fd < 0)
        return fd;
    int rc = file_write_new(ctx, fd, slash == NULL ? path : slash + 1, buf_view(&p->bytes), 0644);
    close(fd);
    return rc;
}

/* ---- kept ---- */

struct kept {
    mimeo_ctx *ctx;
    struct trust_store *store;
    int (*fn)(const char *id, int code, const mimeo_proof *proof, void *payload);
    void *payload;
};

static int load_kept(mimeo_proof **out, struct kept *k, const char *id, struct view bytes)
{
    struct buf copy;
    char what[HASH_HEX_LEN + 16];
    snprintf(what, sizeof(what), "proof %.16s", id);
    buf_init(&copy, PROOF_MAX);
    if (buf_append_view(&copy, bytes) < 0)
        return ctx_error_nomem(k->ctx);
    if (view_starts_with(bytes, "mimeo ")) { /* two bare notes, of a mimeo before 1 */
        buf_dispose(&copy);
        return ctx_error(k->ctx, MIMEO_EMALFORMED, "%s: is of an older form, without charters: it is counted, and can "
                                                   "be shown to nobody", what);
    }
    mimeo_proof *p = NULL;
    int rc = check(&p, k->ctx, what, &copy);
    if (rc == 0)
        rc = place(p, k->store, k->ctx, false);
    if (rc < 0) {
        mimeo_proof_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

static int visit(const struct hash *h, struct view bytes, void *payload)
{
    struct kept *k = payload;
    char id[HASH_HEX_LEN + 1];
    mimeo_proof *p = NULL;
    hash_format(id, h);
    int rc = load_kept(&p, k, id, bytes);
    if (rc == MIMEO_ENOMEM)
        return rc;
    rc = k->fn(id, rc, p, k->payload);
    mimeo_proof_free(p);
    return rc;
}

int mimeo_proof_each(mimeo_ctx *ctx, const char *library, const char *who,
                     int (*fn)(const char *id, int code, const mimeo_proof *proof, void *payload), void *payload)
{
    struct mimeo_pin pin;
    struct trust_store s;
    struct hash publisher;
    int rc = mimeo_trust_find(ctx, library, who, &pin);
    if (rc == 0 && !hash_parse(view_of_str(pin.publisher), &publisher))
        rc = ctx_error(ctx, MIMEO_EFAIL, "the pin has no ID");
    if (rc == 0)
        rc = trust_store_open(&s, ctx, library);
    if (rc < 0)
        return rc;
    struct kept k = {ctx, &s, fn, payload};
    rc = trust_proof_each(&s, ctx, &publisher, visit, &k);
    trust_store_close(&s);
    return rc;
}

struct choice {
    const char *wanted; /* NULL: any */
    mimeo_ctx *ctx;
    struct buf bytes;
    bool found, stands;
};

static int choose(const char *id, int code, const mimeo_proof *proof, void *payload)
{
    struct choice *c = payload;
    bool fits = c->wanted == NULL || strncmp(id, c->wanted, strlen(c->wanted)) == 0;
    if (code < 0 || !fits || (c->found && !(proof->stands && !c->stands)))
        return 0;
    buf_clear(&c->bytes);
    c->found = true;
    c->stands = proof->stands;
    return buf_append_view(&c->bytes, buf_view(&proof->bytes)) < 0 ? ctx_error_nomem(c->ctx) : 0;
}

int mimeo_proof_kept(mimeo_proof **out, mimeo_ctx *ctx, const char *library, const char *who, const char *id)
{
    struct choice c = {.wanted = id, .ctx = ctx};
    struct trust_store s;
    mimeo_proof *p = NULL;
    buf_init(&c.bytes, PROOF_MAX);
    int rc = mimeo_proof_each(ctx, library, who, choose, &c);
    if (rc == 0 && !c.found)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, id == NULL ? "no proof of conflict is kept of '%s'"
                                                        : "no such proof is kept of '%s': see 'mimeo trust proofs'", who);
    if (rc == 0)
        rc = check(&p, ctx, "the proof", &c.bytes);
    buf_dispose(&c.bytes);
    if (rc == 0)
        rc = trust_store_open(&s, ctx, library);
    if (rc == 0) {
        rc = place(p, &s, ctx, false);
        trust_store_close(&s);
    }
    if (rc < 0) {
        mimeo_proof_free(p);
        return rc;
    }
    *out = p;
    return 0;
}
