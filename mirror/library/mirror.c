/*
 * Opening a mirror: charters, publisher, pin, head.  A mirror with faults still opens, so that
 * whoever holds it can be told what is wrong with it.
 */
#include "library/mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "library/conflict.h"
#include "library/head.h"
#include "library/keyring.h"
#include "library/paths.h"

/* ---- whose is it? ---- */

static int is_damage(const char *name, const struct stray *stray, void *payload)
{
    (void)name;
    (void)payload;
    return stray->code == MIMEO_EFORGED;
}

/* A pack of which damage left nothing is no pack that lacks something. */
static int refuse_nothing(const mimeo_mirror *m, mimeo_ctx *ctx)
{
    int rc = store_each_stray(m->store, ctx, is_damage, NULL);
    if (rc < 0)
        return rc;
    return rc == 0 ? ctx_error(ctx, MIMEO_EINCOMPLETE, "'%s' holds no charter and no bundle: nothing in it can be verified",
                               store_path(m->store))
                   : ctx_error(ctx, MIMEO_EFORGED, "'%s' is damaged or cut short, and nothing is left of it that could be "
                                                   "verified: get it again", store_path(m->store));
}

/* The publisher by charter 1, unless there is none: then by the newest header, which proves nothing
 * until its signature is judged with the charters of the pin. */
static int publisher_of(struct hash *out, mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct stored s;
    int rc = store_get_charter(&s, m->store, ctx, 1);
    if (rc == 0) {
        struct charter c;
        rc = charter_parse(&c, ctx, "charter/000001", s.view);
        store_release(&s);
        if (rc == 0) {
            *out = c.hash;
            charter_dispose(&c);
        }
        return rc;
    }
    if (rc != MIMEO_ENOTFOUND)
        return rc;
    struct note *note = calloc(1, sizeof(*note));
    struct header *header = calloc(1, sizeof(*header));
    if (note == NULL || header == NULL) {
        rc = ctx_error_nomem(ctx);
    } else if (store_get_head(&s, m->store, ctx) == 0) {
        rc = header_parse(header, note, ctx, "head", s.view);
        store_release(&s);
    } else if (m->seq_count > 0 &&
               (rc = store_get_bundle_front(&s, m->store, ctx, m->seqs[m->seq_count - 1])) == 0) {
        struct prefix prefix;
        rc = prefix_parse(&prefix, ctx, "the newest bundle", s.view);
        if (rc == 0 && s.view.len < PREFIX_LEN + prefix.header_len)
            rc = ctx_error(ctx, MIMEO_EMALFORMED, "the newest bundle is cut short: get it again");
        if (rc == 0)
            rc = header_parse(header, note, ctx, "the newest bundle",
                              view_of(s.view.ptr + PREFIX_LEN, prefix.header_len));
        store_release(&s);
    } else {
        rc = refuse_nothing(m, ctx);
    }
    if (rc == 0)
        *out = header->publisher;
    free(note);
    free(header);
    return rc;
}

/* ---- charters ---- */

/* A charter that does not hold ends the chain, with a verdict; what it would have ruled is not
 * known. */
static void refuse_charter(mimeo_mirror *m, mimeo_ctx *ctx, int code)
{
    mirror_worsen(m, mimeo_verdict_of_code(code), "%s", mimeo_ctx_message(ctx));
    if (code == MIMEO_ECONFLICT)
        conflict_keep_charters(m, ctx);
}

static int add_charter(mimeo_mirror *m, mimeo_ctx *ctx, uint32_t version)
{
    char name[STORE_NAME_MAX];
    store_name_charter(name, version);
    struct stored s;
    int rc = store_get_charter(&s, m->store, ctx, version);
    if (rc < 0)
        return rc;
    const struct charter *known = charter_chain_get(&m->chain, version);
    if (known != NULL && !m->chain.conflicted && view_equal(s.view, buf_view(&known->note))) {
        store_release(&s); /* byte for byte what was judged when it was added */
        return 0;
    }
    struct charter *c = calloc(1, sizeof(*c));
    rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, name, s.view);
    store_release(&s);
    if (rc == 0 && c->version != version) {
        rc = ctx_error(ctx, MIMEO_EFORGED, "%s: holds charter %u: get the charters again", name,
                       c->version);
        charter_dispose(c);
    } else if (rc == 0) {
        rc = charter_chain_add(&m->chain, ctx, c, &m->pin.publisher);
        charter_dispose(c);
    }
    free(c);
    return rc;
}

/* The chain as this reader saw it first; where another charter was seen beside it, nothing later is believed. */
static int load_known_charters(mimeo_mirror *m, mimeo_ctx *ctx)
{
    int rc = trust_charters_read(&m->chain, &m->trust, ctx, &m->pin.publisher);
    if (rc == 0)
        rc = trust_charters_conflict(&m->trust, ctx, &m->chain);
    m->chain.conflicted = rc == 1;
    return rc < 0 ? rc : 0;
}

static int load_charters(mimeo_mirror *m, mimeo_ctx *ctx)
{
    uint32_t count;
    bool beyond;
    int rc = store_count_charters(&count, &beyond, m->store, ctx);
    if (rc < 0)
        return rc;
    for (uint32_t v = 1; v <= count; v++) {
        rc = add_charter(m, ctx, v);
        if (rc == MIMEO_ENOMEM)
            return rc;
        if (rc < 0) {
            refuse_charter(m, ctx, rc);
            break;
        }
    }
    if (rc == 0 && beyond)
        mirror_worsen(m, MIMEO_INCOMPLETE,
                      "charter %u is missing, and later ones are here: get it from another copy",
                      count + 1);
    if (m->chain.count > 0)
        return 0;
    if (rc < 0)
        return rc;
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, &m->pin.publisher);
    return ctx_error(ctx, MIMEO_EINCOMPLETE,
                     "'%s' holds no charter, and publisher %.16s… is not known here: pin it by its link "
                     "first, or get a copy with charters", store_path(m->store), hex);
}

/* ---- the name ---- */

struct name_search {
    mimeo_mirror *m;
    mimeo_ctx *ctx;
    const char *name;
};

/* Does another pinned publisher go by the name: its petname, or what it calls itself? */
static int name_is_other(const struct pin *pin, void *payload)
{
    const struct name_search *q = payload;
    struct charter_chain chain = {.count = 0};
    if (hash_equal(&pin->publisher, &q->m->pin.publisher))
        return 0;
    if (strcasecmp(pin->petname, q->name) == 0)
        return 1;
    int rc = trust_charters_read(&chain, &q->m->trust, q->ctx, &pin->publisher);
    const struct charter *newest = rc < 0 ? NULL : charter_chain_newest(&chain);
    bool same = newest != NULL && strcasecmp(newest->name, q->name) == 0;
    charter_chain_dispose(&chain);
    return same; /* a pin that cannot be read is told where it is asked for */
}

static int check_name(mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct name_search q = {m, ctx, charter_chain_newest(&m->chain)->name};
    int rc = trust_pin_each(&m->trust, ctx, name_is_other, &q);
    if (rc == 0)
        rc = keyring_has_name(ctx, q.name, &m->pin.publisher);
    m->name_taken = rc > 0;
    if (rc == MIMEO_EMALFORMED) { /* another publisher's pin: no reason to read nothing at all */
        snprintf(m->remark, sizeof(m->remark), "%s", mimeo_ctx_message(ctx));
        return 0;
    }
    return rc < 0 ? rc : 0;
}

/* ---- opening ---- */

/* Without a pin: perhaps it is one that ships. */
static int look_in_keyring(mimeo_mirror *m, mimeo_ctx *ctx)
{
    char name[LIMIT_NAME + 1];
    int rc = keyring_find(name, ctx, &m->pin.publisher);
    if (rc <= 0)
        return rc;
    m->pin.state = MIMEO_PIN_SHIPPED;
    strcpy(m->pin.petname, name);
    return 0;
}

static int judge(mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct hash publisher;
    int rc = store_list_bundles(&m->seqs, &m->seq_count, m->store, ctx);
    if (rc == 0)
        rc = publisher_of(&publisher, m, ctx);
    if (rc == 0)
        rc = trust_pin_read(&m->pin, &m->trust, ctx, &publisher);
    if (rc > 0)
        rc = load_known_charters(m, ctx);
    else if (rc == 0)
        rc = look_in_keyring(m, ctx);
    if (rc == 0)
        rc = load_charters(m, ctx);
    if (rc == 0)
        rc = check_name(m, ctx);
    if (rc < 0)
        return rc;
    fingerprint_format(m->digits, &publisher);
    if (m->pin.state == MIMEO_PIN_NONE)
        mirror_worsen(m, MIMEO_UNKNOWN_PUBLISHER, "%s",
                      mimeo_verdict_words(MIMEO_UNKNOWN_PUBLISHER));
    else if (m->pin.state == MIMEO_PIN_FIRST_USE)
        mirror_worsen(m, MIMEO_FIRST_USE, "%s", mimeo_verdict_words(MIMEO_FIRST_USE));
    return head_choose(m, ctx);
}

int mirror_open_store(mimeo_mirror **out, mimeo_ctx *ctx, struct store *store, const char *library,
                      enum mirror_role role)
{
    mimeo_mirror *m = calloc(1, sizeof(*m));
    if (m == NULL) {
        store_close(store);
        return ctx_error_nomem(ctx);
    }
    pthread_mutex_init(&m->store_lock, NULL);
    m->role = role;
    m->store = store;
    int rc = trust_store_open(&m->trust, ctx, library);
    if (rc == 0)
        rc = judge(m, ctx);
    if (rc < 0) {
        mimeo_mirror_free(m);
        return rc;
    }
    *out = m;
    return 0;
}

int mirror_list_again(mimeo_mirror *m, mimeo_ctx *ctx)
{
    uint64_t *seqs;
    size_t count;
    if (!m->has_head || (m->seq_count > 0 && m->seqs[m->seq_count - 1] >= m->head.seq))
        return 0;
    int rc = store_list_bundles(&seqs, &count, m->store, ctx);
    if (rc < 0)
        return rc;
    while (count > 0 && seqs[count - 1] > m->head.seq)
        count--;
    free(m->seqs);
    m->seqs = seqs;
    m->seq_count = count;
    return 0;
}

int mirror_open(mimeo_mirror **out, mimeo_ctx *ctx, const char *path, const char *library, enum mirror_role role)
{
    struct store *store;
    mimeo_mirror *m;
    int rc = store_open(&store, ctx, path, role == MIRROR_OWN || role == MIRROR_HELD);
    if (rc == 0)
        rc = mirror_open_store(&m, ctx, store, library, role);
    if (rc < 0)
        return rc;
    rc = mirror_list_again(m, ctx);
    if (rc < 0)
        mimeo_mirror_free(m);
    else
        *out = m;
    return rc;
}

int mimeo_mirror_open(mimeo_mirror **out, mimeo_ctx *ctx, const char *path, const char *library)
{
    return mirror_open(out, ctx, path, library, MIRROR_STRANGE);
}

void mimeo_mirror_free(mimeo_mirror *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->dictionary_count; i++)
        store_release(&m->dictionaries[i]);
    free(m->dictionaries);
    free(m->dictionary_hashes);
    pthread_mutex_destroy(&m->store_lock);
    free(m->seqs);
    buf_dispose(&m->head_note);
    free(m->fork);
    charter_chain_dispose(&m->chain);
    trust_store_close(&m->trust);
    store_close(m->store);
    free(m);
}

/* ---- what it found ---- */

static const char *pack_words(enum store_sealed sealed)
{
    return sealed == STORE_SEALED_ALL ? "encrypted pack" : sealed == STORE_SEALED_SOME ? "packs, not all encrypted" : "pack";
}

static const char *kind_words(const struct store *s)
{
    switch (store_kind(s)) {
    case STORE_GIT_WORKTREE: return "git work tree";
    case STORE_GIT_BARE: return "bare git repository";
    case STORE_PACK: return pack_words(store_sealed(s));
    case STORE_DIRECTORY: break;
    }
    return "directory";
}

/* Bundles below the head that are not held, and the newest run of them. */
static void count_missing(const mimeo_mirror *m, struct mimeo_mirror_state *out)
{
    uint64_t expect = out->head_seq;
    for (size_t i = m->seq_count; i-- > 0;) {
        uint64_t seq = m->seqs[i];
        if (seq > expect)
            continue;
        if (seq < expect && out->missing == 0) {
            out->first_missing = seq + 1;
            out->last_missing = expect;
        }
        out->missing += expect - seq;
        expect = seq - 1;
    }
    if (expect > 0 && out->missing == 0) {
        out->first_missing = 1;
        out->last_missing = expect;
    }
    out->missing += expect;
}

void mimeo_mirror_get_state(const mimeo_mirror *m, struct mimeo_mirror_state *out)
{
    const struct charter *c = charter_chain_newest(&m->chain);
    struct mimeo_mirror_state s = {
        .path = store_path(m->store),
        .kind = kind_words(m->store),
        .name = c->name,
        .site = c->site,
        .pin = m->pin.state,
        .petname = m->pin.petname,
        .name_taken = m->name_taken,
        .charter_version = c->version,
        .known_seq = m->has_known ? m->known.seq : 0,
        .bundles_held = m->seq_count,
        .verdict = m->verdict,
        .reason = m->reason,
        .remark = m->remark,
    };
    hash_format(s.publisher, &m->pin.publisher);
    memcpy(s.digits, m->digits, sizeof(s.digits));
    const struct header *head = m->has_head ? &m->head : m->anchor;
    if (head != NULL) {
        s.head_seq = head->seq;
        hash_format(s.head_hash, &head->hash);
        s.head_time = head->time;
        s.head_next_by = head->next_by;
        s.archive_records = head->archive_records;
        s.archive_bytes = head->archive_bytes;
        s.archive_media = head->archive_media;
        s.archive_media_bytes = head->archive_media_bytes;
    }
    s.late = m->late;
    if (m->stands && m->role != MIRROR_FETCHED && m->verdict < MIMEO_CONFLICTED) {
        s.verdict = MIMEO_CONFLICTED;
        s.reason = m->standing;
    }
    count_missing(m, &s);
    *out = s;
}

const char *mimeo_mirror_address(const mimeo_mirror *m, size_t n)
{
    return m->anchor != NULL && n < m->anchor->mirror_count ? m->anchor->mirrors[n] : NULL;
}

int mimeo_mirror_link(char **out, const mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct link *link = calloc(1, sizeof(*link));
    if (link == NULL)
        return ctx_error_nomem(ctx);
    const struct charter *c = charter_chain_newest(&m->chain);
    link->publisher = m->pin.publisher;
    link->charter_version = c->version;
    link->charter_hash = c->hash;
    if (m->anchor != NULL) {
        link->seq = m->anchor->seq;
        link->header_hash = m->anchor->hash;
        for (size_t i = 0; i < m->anchor->mirror_count && i < LINK_MIRRORS; i++)
            memcpy(link->mirrors[link->mirror_count++], m->anchor->mirrors[i], LIMIT_URL + 1);
    }
    struct buf b;
    int rc;
    do { /* as many mirrors as fit */
        buf_init(&b, 4 * LINK_LEN);
        rc = link_write(&b, link);
        if (rc == 0 && b.len <= LINK_LEN)
            break;
        buf_dispose(&b);
        rc = MIMEO_EMALFORMED;
    } while (link->mirror_count-- > 0);
    free(link);
    if (rc < 0)
        return ctx_error(ctx, rc, "the link does not fit its limit");
    *out = buf_detach(&b, NULL);
    return 0;
}
