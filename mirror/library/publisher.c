/*
 * Opening a publishing session: lock, mirror, key, journal, and what a killed run left.
 */
#include "library/publisher.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "library/passphrase.h"
#include "library/paths.h"

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

/* The first version signs with one key: one that governs the next bundle, and that readers will still accept once
 * they know the newest charter. */
static int check_key(const struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    const struct charter *newest = charter_chain_newest(&p->mirror->chain);
    const struct charter *c = charter_chain_in_force(&p->mirror->chain, p->head.seq + 1, 0);
    if (c == NULL || c->publish.threshold != 1)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "the charter wants %u publishing keys to sign, and this mimeo signs with one",
                         c == NULL ? 0 : c->publish.threshold);
    if (!role_has(&c->publish, secret_key_public(p->key)) || !role_has(&newest->publish, secret_key_public(p->key)))
        return ctx_error(ctx, MIMEO_EREVOKED,
                         "'%s' is not among the publishing keys of charter %u: use one that is", p->key_path,
                         role_has(&c->publish, secret_key_public(p->key)) ? newest->version : c->version);
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
        rc = key_lock(&p->key_lock, ctx, p->key_path);
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
    else if (!m->has_head && m->verdict == MIMEO_REVOKED && charter_chain_newest(&p->mirror->chain)->is_cut)
        rc = 0; /* it still ends with what a cut of ours took away */
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
    struct journal j = {.publisher = p->mirror->chain.publisher, .seq = p->head.seq, .hash = p->head.hash};
    return journal_write(ctx, p->key_path, &j);
}

/* A killed run's bundle: the journal names it, so it may have been signed; sign the very same.  1 where that was
 * done, 0 where there is no such bundle. */
static int finish_pending(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct journal *j)
{
    struct buf file;
    struct view text, payload;
    if (hash_equal(&j->hash, &p->head.hash))
        return 0;
    int rc = pending_read(&file, &text, &payload, p, ctx);
    if (rc <= 0)
        return rc;
    struct hash h = hash_of(text);
    rc = hash_equal(&h, &j->hash) ? edition_sign_and_commit(p, ctx, text, payload) : 1;
    buf_dispose(&file);
    return rc < 0 ? rc : rc == 0;
}

static int refuse_handed_over(mimeo_ctx *ctx, const struct journal *j)
{
    char time[21];
    time_format(time, j->handed_over_at);
    time[10] = '\0';
    return ctx_error(ctx, MIMEO_EUSAGE, "this key was handed over on %s: publish on the other machine", time);
}

/* Of this key: 1 and *out, 0 where it never signed; and it may sign here. */
static int read_journal(struct journal *out, struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    int rc = journal_read(out, ctx, p->key_path);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    if (!hash_equal(&out->publisher, &p->mirror->chain.publisher))
        return ctx_error(ctx, MIMEO_EUSAGE, "the journal of '%s' is another publisher's", p->key_path);
    return out->handed_over ? refuse_handed_over(ctx, out) : 1;
}

static int refuse_old_copy(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct journal *j)
{
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "the journal beside the key says that bundle %llu was signed, and this directory ends "
                     "with %llu: it is an old copy; bring it up to date from a mirror first",
                     (unsigned long long)j->seq, (unsigned long long)p->head.seq);
}

static int refuse_another(mimeo_ctx *ctx, const struct journal *j)
{
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "the journal beside the key names another bundle %llu than this directory has: two "
                     "histories are signed; publish nothing more, and settle it with the root keys",
                     (unsigned long long)j->seq);
}

/* 1 where a pending bundle was finished. */
static int check_journal(struct mimeo_publisher *p, mimeo_ctx *ctx, bool mirrors_agree)
{
    struct journal j;
    int rc = read_journal(&j, p, ctx);
    if (rc == 0)
        return adopt(p, ctx, mirrors_agree, "there is no journal beside the key");
    if (rc == 1)
        rc = finish_pending(p, ctx, &j);
    if (rc != 0)
        return rc;
    if (j.seq > p->head.seq)
        return refuse_old_copy(p, ctx, &j);
    if (j.seq < p->head.seq)
        return adopt(p, ctx, mirrors_agree,
                     "this directory has newer bundles than this machine has signed");
    if (!hash_equal(&j.hash, &p->head.hash))
        return refuse_another(ctx, &j);
    return pending_remove(p, ctx);
}

/* A run was killed while it issued a charter: finished where its bundle may be signed (1), else it is for `charter
 * issue` to go on with it. */
static int finish_half_issued(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    struct journal j;
    int rc = read_journal(&j, p, ctx);
    if (rc == 1)
        rc = finish_pending(p, ctx, &j);
    return rc != 0 ? rc
                   : ctx_error(ctx, MIMEO_ECONFLICT,
                               "issuing charter %u was cut short before its bundle was signed: run 'mimeo charter issue' "
                               "again", charter_chain_newest(&p->mirror->chain)->version);
}

/* The pending bundle is to be signed by the key at hand, or whoever has the other may have signed it. */
static int pending_is_anothers(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    struct buf file;
    struct view text, payload;
    struct note *note = calloc(1, sizeof(*note));
    int rc = note == NULL ? ctx_error_nomem(ctx) : pending_read(&file, &text, &payload, p, ctx);
    if (rc == 1) {
        rc = note_parse_unsigned(note, ctx, "the pending bundle", text, LIMIT_HEADER);
        if (rc == 0 && public_key_compare(&note->signatures[0].key, secret_key_public(p->key)) != 0)
            rc = ctx_error(ctx, MIMEO_ECONFLICT,
                           "issuing this charter was begun with another key, and cut short: go on with that key");
        buf_dispose(&file);
    }
    free(note);
    return rc;
}

static bool signed_before(const struct mimeo_publisher *p)
{
    for (size_t i = 0; i + 1 < p->mirror->chain.count; i++)
        if (role_has(&p->mirror->chain.items[i]->publish, secret_key_public(p->key)))
            return true;
    return false;
}

/* The key that signed until now, where this machine has it: it knows how far its numbering came. */
static int check_former_journal(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct header *end)
{
    struct journal j;
    char *path;
    int rc = path_publish_key(&path, ctx, &p->mirror->chain.publisher);
    if (rc < 0)
        return rc;
    rc = journal_read(&j, ctx, path);
    free(path);
    if (rc == 0 && hash_equal(&j.publisher, &p->mirror->chain.publisher) && j.seq > end->seq)
        return refuse_old_copy(p, ctx, &j);
    return rc == MIMEO_ENOTFOUND ? 0 : rc;
}

/* Before a charter is issued: the journal must name the very end of what is here, `end`; after a cut the numbers
 * behind it begin again, under a charter that no header of before can name.  A key that this charter is the first
 * to name has signed nothing, and needs no journal. */
static int check_journal_to_issue(struct mimeo_publisher *p, mimeo_ctx *ctx, bool mirrors_agree, const struct header *end)
{
    struct journal j;
    int rc = read_journal(&j, p, ctx);
    if (rc == 0 && !signed_before(p))
        return check_former_journal(p, ctx, end);
    if (rc == 0 || (rc == 1 && j.seq < end->seq))
        return mirrors_agree ? 0
                             : ctx_error(ctx, MIMEO_ECONFLICT,
                                         "the journal beside the key does not know of bundle %llu: show a copy that readers "
                                         "have with --check-mirror", (unsigned long long)end->seq);
    if (rc < 0)
        return rc;
    if (j.seq > end->seq)
        return refuse_old_copy(p, ctx, &j);
    return hash_equal(&j.hash, &end->hash) ? 0 : refuse_another(ctx, &j);
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

static int look_again(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    int rc = issue_remove_charter(p, ctx);
    if (rc == 0)
        rc = publisher_reopen_mirror(p, ctx);
    return rc == 0 ? catalog_refresh(p->catalog, ctx, p->mirror) : rc;
}

/* With the key: may it sign the next bundle?  What a killed run left is finished. */
static int settle(struct mimeo_publisher *p, mimeo_ctx *ctx, bool mirrors_agree, bool half)
{
    int rc = half ? finish_half_issued(p, ctx) : check_journal(p, ctx, mirrors_agree);
    return rc == 1 ? look_again(p, ctx) : rc;
}

/* The same before a charter is issued; `half`: a killed run had begun with it. */
static int settle_to_issue(struct mimeo_publisher *p, mimeo_ctx *ctx, bool mirrors_agree, bool half,
                           const struct header *end)
{
    struct journal j;
    int rc = half ? read_journal(&j, p, ctx) : 0;
    if (rc == 1)
        rc = finish_pending(p, ctx, &j);
    if (rc == 1) {
        p->issued = true;
        return look_again(p, ctx);
    }
    if (rc == 0 && half)
        rc = pending_is_anothers(p, ctx);
    if (rc == 0)
        rc = pending_remove(p, ctx);
    return rc == 0 ? check_journal_to_issue(p, ctx, mirrors_agree, end) : rc;
}

static int take_issue(bool *half, struct mimeo_publisher *p, mimeo_ctx *ctx, struct charter *issue)
{
    int rc = issue_take_pending(p, ctx);
    *half = rc == 1;
    if (rc < 0 || issue == NULL)
        return rc < 0 ? rc : 0;
    if (!*half)
        return issue_take_charter(p, ctx, issue);
    if (hash_equal(&charter_chain_newest(&p->mirror->chain)->hash, &issue->hash))
        return 0;
    return ctx_error(ctx, MIMEO_ECONFLICT, "issuing another charter %u was cut short: issue that one again first",
                     charter_chain_newest(&p->mirror->chain)->version);
}

static int open_session(struct mimeo_publisher *p, mimeo_ctx *ctx, const char *path,
                        const struct mimeo_publisher_options *o, struct charter *issue, publisher_ask_fn ask)
{
    size_t agreed = 0;
    bool half = false;
    struct header *end = malloc(sizeof(*end));
    int rc = end == NULL ? ctx_error_nomem(ctx) : mirror_writer_open(&p->writer, ctx, path, false);
    if (rc == 0)
        rc = mirror_open(&p->mirror, ctx, path, o->library, MIRROR_OWN);
    if (rc == 0)
        rc = take_head(p, ctx);
    if (rc == 0)
        rc = check_copies(&agreed, p, ctx, o, ask);
    if (rc == 0)
        rc = copy_mirrors(p, ctx, o->mirrors);
    if (rc == 0) {
        *end = p->head;
        rc = take_issue(&half, p, ctx, issue);
    }
    if (rc == 0 && !p->dry_run)
        rc = load_key(p, ctx, o);
    if (rc == 0)
        rc = open_catalog(p, ctx, path);
    if (rc == 0 && !p->dry_run)
        rc = issue != NULL ? settle_to_issue(p, ctx, agreed > 0, half, end) : settle(p, ctx, agreed > 0, half);
    if (rc == 0 && !p->dry_run)
        rc = spool_clear(p, ctx);
    free(end);
    struct bundle_writer_options w = {o->level, o->threads};
    return rc == 0 ? bundle_writer_new(&p->bundle, ctx, &w) : rc;
}

int publisher_open(struct mimeo_publisher **out, mimeo_ctx *ctx, const char *path,
                   const struct mimeo_publisher_options *options, struct charter *issue, publisher_ask_fn ask)
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
    int rc = open_session(p, ctx, path, options, issue, ask);
    if (rc < 0) {
        mimeo_publisher_free(p);
        return rc;
    }
    p->next_by = options->next_by > 0 ? options->next_by : p->head.next_by - p->head.time;
    if (p->next_by <= 0)
        p->next_by = NEXT_BY_DEFAULT;
    struct mimeo_publish_result again = {0};
    rc = issue == NULL && !p->dry_run ? stash_resume(p, ctx, &again) : 0;
    if (rc < 0) {
        mimeo_publisher_free(p);
        return rc;
    }
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
