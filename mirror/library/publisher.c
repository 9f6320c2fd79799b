/*
 * Opening a publishing session: lock, mirror, key, journal, and what a killed run left.
 */
#include "library/publisher.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "library/passphrase.h"
#include "library/paths.h"

#define LOCK_SECONDS 10

/* ---- the mirror list ---- */

static int copy_mirrors(struct mimeo_publisher *p, mimeo_ctx *ctx, const char *const *given)
{
    size_t count = 0;
    const size_t held = p->head.mirror_count;
    while (given != NULL && given[count] != NULL)
        count++;
    if (given == NULL)
        count = held;
    if (count > LIMIT_MIRRORS)
        return ctx_error(ctx, MIMEO_EUSAGE, "a header names at most %d mirrors", LIMIT_MIRRORS);
    p->mirrors = calloc(count + 1, sizeof(*p->mirrors));
    for (size_t i = 0; p->mirrors != NULL && i < count; i++) {
        const char *url = given != NULL ? given[i] : p->head.mirrors[i];
        if (strlen(url) > LIMIT_URL)
            return ctx_error(ctx, MIMEO_EUSAGE, "the mirror address '%.60s…' is over %d bytes", url,
                             LIMIT_URL);
        if ((p->mirrors[i] = strdup(url)) == NULL)
            return ctx_error_nomem(ctx);
    }
    return p->mirrors == NULL ? ctx_error_nomem(ctx) : 0;
}

/* ---- key and journal ---- */

static int lock_key(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    char *dir = path_parent(p->key_path);
    const char *slash = strrchr(p->key_path, '/');
    struct buf name;
    buf_init(&name, 4096);
    int rc = dir == NULL || buf_appendf(&name, "%s.lock", slash == NULL ? p->key_path : slash + 1) < 0
                 ? ctx_error_nomem(ctx)
                 : dir_open(ctx, dir);
    if (rc >= 0) {
        int fd = rc;
        rc = file_lock(&p->key_lock, ctx, fd, buf_str(&name), LOCK_SECONDS);
        close(fd);
    }
    buf_dispose(&name);
    free(dir);
    return rc;
}

/* The first version signs with one key. */
static int check_key(const struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    const struct charter *c = charter_chain_newest(&p->mirror->chain);
    if (c->publish.threshold != 1)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "the charter wants %u publishing keys to sign, and this mimeo signs with one",
                         c->publish.threshold);
    if (!role_has(&c->publish, secret_key_public(p->key)))
        return ctx_error(ctx, MIMEO_EREVOKED,
                         "'%s' is not among the publishing keys of charter %u: use one that is", p->key_path,
                         c->version);
    return 0;
}

static int load_key(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct mimeo_publisher_options *o)
{
    int rc = 0;
    if (o->key != NULL)
        rc = (p->key_path = strdup(o->key)) == NULL ? ctx_error_nomem(ctx) : 0;
    else
        rc = path_publish_key(&p->key_path, ctx, &p->mirror->chain.publisher);
    if (rc == 0)
        rc = lock_key(p, ctx);
    if (rc == 0)
        rc = key_load(&p->key, ctx, p->key_path, KEY_PUBLISH, &o->passphrase);
    if (rc == MIMEO_ENOTFOUND)
        return ctx_error(ctx, rc, "there is no publishing key '%s': say where it is with --key",
                         p->key_path);
    return rc == 0 ? check_key(p, ctx) : rc;
}

/* A copy whose head is not ahead of ours, nor another: then numbering can go on from ours. */
static int check_mirror(struct mimeo_publisher *p, mimeo_ctx *ctx, const char *path, const char *library)
{
    mimeo_mirror *m;
    int rc = mimeo_mirror_open(&m, ctx, path, library);
    if (rc < 0)
        return rc;
    if (!hash_equal(&m->chain.publisher, &p->mirror->chain.publisher))
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' is another publisher's mirror", path);
    else if (m->verdict == MIMEO_CONFLICTED)
        rc = ctx_error(ctx, MIMEO_ECONFLICT, "'%s': %s; publish nothing more, and settle it with the root keys", path,
                       m->reason);
    else if (!m->has_head)
        rc = ctx_error(ctx, MIMEO_EINCOMPLETE, "'%s' shows no head", path);
    else if (m->head.seq > p->head.seq)
        rc = ctx_error(ctx, MIMEO_ECONFLICT,
                       "'%s' has bundle %llu and this directory ends with %llu: another machine has "
                       "published; bring this directory up to date first", path,
                       (unsigned long long)m->head.seq, (unsigned long long)p->head.seq);
    else {
        struct hash ours;
        rc = join_path(ctx, &p->head, m->head.seq, &m->head.hash, mirror_fetch_header, p->mirror);
        ours = m->head.hash;
        if (rc == 0 || (m->head.seq == p->head.seq && !hash_equal(&ours, &p->head.hash)))
            rc = ctx_error(ctx, MIMEO_ECONFLICT,
                           "'%s' has another bundle %llu than this directory: two histories are signed; "
                           "publish nothing more, and settle it with the root keys", path,
                           (unsigned long long)m->head.seq);
        else if (rc > 0)
            rc = 0;
    }
    mimeo_mirror_free(m);
    return rc;
}

static int adopt(struct mimeo_publisher *p, mimeo_ctx *ctx, bool mirrors_agree, const char *why)
{
    if (!mirrors_agree)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "%s: signing on could make two histories, which only root keys can settle; show a "
                         "copy that readers have with --check-mirror", why);
    struct journal j = {p->mirror->chain.publisher, p->head.seq, p->head.hash};
    return journal_write(ctx, p->key_path, &j);
}

/* A killed run's bundle: the journal names it, so it may have been signed; sign the very same. */
static int finish_pending(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct journal *j)
{
    struct buf file;
    struct view text, payload;
    int rc = pending_read(&file, &text, &payload, p, ctx);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        struct hash h = hash_of(text);
        rc = 0;
        if (hash_equal(&h, &j->hash)) {
            rc = edition_sign_and_commit(p, ctx, text, payload);
            buf_dispose(&file);
            return rc;
        }
        buf_dispose(&file);
    }
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "the journal beside the key says that bundle %llu was signed, and this directory ends "
                     "with %llu: it is an old copy; bring it up to date from a mirror first",
                     (unsigned long long)j->seq, (unsigned long long)p->head.seq);
}

static int check_journal(struct mimeo_publisher *p, mimeo_ctx *ctx, bool mirrors_agree)
{
    struct journal j;
    int rc = journal_read(&j, ctx, p->key_path);
    if (rc == MIMEO_ENOTFOUND)
        return adopt(p, ctx, mirrors_agree, "there is no journal beside the key");
    if (rc < 0)
        return rc;
    if (!hash_equal(&j.publisher, &p->mirror->chain.publisher))
        return ctx_error(ctx, MIMEO_EUSAGE, "the journal of '%s' is another publisher's", p->key_path);
    if (j.seq > p->head.seq)
        return finish_pending(p, ctx, &j);
    if (j.seq < p->head.seq)
        return adopt(p, ctx, mirrors_agree,
                     "this directory has newer bundles than this machine has signed");
    if (!hash_equal(&j.hash, &p->head.hash))
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "the journal beside the key names another bundle %llu than this directory has: two "
                         "histories are signed; publish nothing more, and settle it with the root keys",
                         (unsigned long long)j.seq);
    return pending_remove(p, ctx);
}

/* ---- opening ---- */

static int take_head(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    const mimeo_mirror *m = p->mirror;
    if (m->verdict > MIMEO_UNKNOWN_PUBLISHER)
        return ctx_error(ctx, mimeo_verdict_code(m->verdict), "%s", m->reason);
    if (!m->has_head || m->anchor != &m->head)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "there is no head here: restore the directory from a copy");
    if (m->head.seq != mirror_writer_seq(p->writer))
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "the files end with bundle %llu and the git history with %llu: restore the "
                         "directory from a copy", (unsigned long long)m->head.seq,
                         (unsigned long long)mirror_writer_seq(p->writer));
    p->head = m->head;
    return buf_append_view(&p->head_note, buf_view(&m->head_note)) < 0 ? ctx_error_nomem(ctx) : 0;
}

static int open_catalog(struct mimeo_publisher *p, mimeo_ctx *ctx, const char *path)
{
    char *file = path_join(path, ".git/mimeo/catalog.sqlite");
    int rc = file == NULL ? ctx_error_nomem(ctx) : catalog_open(&p->catalog, ctx, file);
    free(file);
    return rc == 0 ? catalog_refresh(p->catalog, ctx, p->mirror) : rc;
}

/* Copies that the user names, then the remotes.  *agreed: how many show a state of ours. */
static int check_copies(size_t *agreed, struct mimeo_publisher *p, mimeo_ctx *ctx, const struct mimeo_publisher_options *o,
                        publisher_ask_fn ask)
{
    struct stat st;
    int rc = 0;
    for (size_t i = 0; rc == 0 && o->check_mirrors != NULL && o->check_mirrors[i] != NULL; i++) {
        const char *copy = o->check_mirrors[i];
        if (stat(copy, &st) == 0 || strchr(copy, ':') == NULL) {
            rc = check_mirror(p, ctx, copy, o->library);
            *agreed += rc == 0;
        } else if (ask != NULL) {
            rc = ask(agreed, ctx, p->mirror, copy, o);
        }
    }
    return rc == 0 && ask != NULL && !o->offline && !o->dry_run ? ask(agreed, ctx, p->mirror, NULL, o) : rc;
}

int publisher_reopen_mirror(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    mimeo_mirror *m;
    int rc = mirror_open(&m, ctx, p->path, p->library, MIRROR_OWN);
    if (rc < 0)
        return rc;
    mimeo_mirror_free(p->mirror);
    p->mirror = m;
    return 0;
}

static int open_session(struct mimeo_publisher *p, mimeo_ctx *ctx, const char *path,
                        const struct mimeo_publisher_options *o, publisher_ask_fn ask)
{
    size_t agreed = 0;
    int rc = mirror_writer_open(&p->writer, ctx, path, false);
    if (rc == 0)
        rc = mirror_open(&p->mirror, ctx, path, o->library, MIRROR_OWN);
    if (rc == 0)
        rc = take_head(p, ctx);
    if (rc == 0)
        rc = check_copies(&agreed, p, ctx, o, ask);
    if (rc == 0)
        rc = copy_mirrors(p, ctx, o->mirrors);
    if (rc == 0 && !p->dry_run)
        rc = load_key(p, ctx, o);
    if (rc == 0)
        rc = open_catalog(p, ctx, path);
    if (rc == 0 && !p->dry_run) {
        uint64_t before = p->head.seq;
        rc = check_journal(p, ctx, agreed > 0);
        if (rc == 0 && p->head.seq != before) { /* a pending bundle was finished: look again */
            rc = publisher_reopen_mirror(p, ctx);
            if (rc == 0)
                rc = catalog_refresh(p->catalog, ctx, p->mirror);
        }
        if (rc == 0)
            rc = spool_clear(p, ctx);
    }
    struct bundle_writer_options w = {o->level, o->threads};
    return rc == 0 ? bundle_writer_new(&p->bundle, ctx, &w) : rc;
}

int publisher_open(struct mimeo_publisher **out, mimeo_ctx *ctx, const char *path,
                   const struct mimeo_publisher_options *options, publisher_ask_fn ask)
{
    struct mimeo_publisher *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return ctx_error_nomem(ctx);
    p->key_lock = -1;
    p->dry_run = options->dry_run;
    buf_init(&p->head_note, LIMIT_HEADER);
    p->path = strdup(path);
    if (options->library != NULL)
        p->library = strdup(options->library);
    if (p->path == NULL || (options->library != NULL && p->library == NULL)) {
        mimeo_publisher_free(p);
        return ctx_error_nomem(ctx);
    }
    int rc = open_session(p, ctx, path, options, ask);
    if (rc < 0) {
        mimeo_publisher_free(p);
        return rc;
    }
    p->next_by = options->next_by > 0 ? options->next_by : p->head.next_by - p->head.time;
    if (p->next_by <= 0)
        p->next_by = NEXT_BY_DEFAULT;
    *out = p;
    return 0;
}

void mimeo_publisher_free(mimeo_publisher *p)
{
    if (p == NULL)
        return;
    bundle_writer_free(p->bundle);
    catalog_close(p->catalog);
    mimeo_mirror_free(p->mirror);
    mirror_writer_close(p->writer);
    secret_key_free(p->key);
    if (p->key_lock >= 0)
        file_unlock(p->key_lock);
    for (size_t i = 0; p->mirrors != NULL && p->mirrors[i] != NULL; i++)
        free(p->mirrors[i]);
    free(p->mirrors);
    free(p->key_path);
    free(p->path);
    free(p->library);
    buf_dispose(&p->head_note);
    free(p);
}
