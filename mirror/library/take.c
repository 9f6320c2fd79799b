/*
 * A taking from end to end, and what is no bundle: whose directory it is, charters, the fixed texts, the head.
 *
 * What a reader would get wrong: `from` and the directory are both in strange hands for all this file knows.
 * The charters that judge either are those of the trust files and of `from`, never the directory's own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library/take_inside.h"
#include "store/commit.h"

/* ---- what all steps use ---- */

bool take_is_our_trouble(int code)
{
    return code == MIMEO_ENOMEM || code == MIMEO_EIO || code == MIMEO_ECANCELLED;
}

void take_fault(struct taking *t, const char *object, uint64_t seq, enum mimeo_verdict verdict, const char *message)
{
    struct mimeo_fault fault = {object, seq, verdict, message};
    t->result->faults++;
    if (t->options->fault != NULL)
        t->options->fault(&fault, t->options->payload);
}

/* Each directory that is written to is rid of what a killed run left, once; the caller holds the lock. */
static int clean_parent(struct taking *t, const char *name)
{
    char parent[STORE_NAME_MAX] = ".";
    const char *slash = strrchr(name, '/');
    if (slash != NULL) {
        memcpy(parent, name, (size_t)(slash - name));
        parent[slash - name] = '\0';
    }
    if (strcmp(parent, t->cleaned) == 0)
        return 0;
    int rc = 0;
    if (slash == NULL) {
        rc = dir_remove_stale(t->ctx, t->dir);
    } else {
        int fd = dir_open_beneath(t->ctx, t->dir, parent);
        if (fd < 0)
            return fd == MIMEO_ENOTFOUND ? 0 : fd;
        rc = dir_remove_stale(t->ctx, fd);
        close(fd);
    }
    if (rc == 0)
        strcpy(t->cleaned, parent);
    return rc;
}

int take_put(struct taking *t, const char *name, struct view bytes)
{
    int rc = clean_parent(t, name);
    if (rc == 0)
        rc = file_write_atomic(t->ctx, t->dir, name, bytes, t->options->mode);
    if (rc < 0)
        return ctx_error_prefix(t->ctx, rc == MIMEO_ENOMEM ? rc : MIMEO_EIO, "%s", t->path);
    t->result->bytes += bytes.len;
    return 0;
}

int take_remove(struct taking *t, const char *name)
{
    int rc = clean_parent(t, name);
    if (rc == 0)
        rc = file_remove(t->ctx, t->dir, name);
    return rc < 0 ? ctx_error_prefix(t->ctx, rc, "%s", t->path) : 0;
}

int take_announce_loss(struct taking *t)
{
    return t->options->erasing == NULL ? 0 : t->options->erasing(t->options->payload);
}

int take_load_held(struct held_bundle *h, struct taking *t, uint64_t seq)
{
    memset(h, 0, sizeof(*h));
    h->seq = seq;
    store_name_bundle(h->name, seq);
    int rc = store_get_bundle(&h->stored, t->to, t->ctx, seq);
    if (rc == MIMEO_ENOMEM)
        return rc;
    if (rc < 0) {
        h->verdict = rc == MIMEO_ENOTFOUND ? MIMEO_INCOMPLETE : MIMEO_DAMAGED;
        snprintf(h->message, sizeof(h->message), "%s", mimeo_ctx_message(t->ctx));
        return 0;
    }
    held_judge(h, t->from, t->ctx);
    return 0;
}

/* ---- whose directory? ---- */

/* The publisher that the directory's own charter or head names: 1, 0 where nothing there says one. */
static int publisher_of(struct hash *out, struct taking *t)
{
    struct stored s;
    int found = 0;
    struct charter c;
    if (store_get_charter(&s, t->to, t->ctx, 1) == 0) {
        if (charter_parse(&c, t->ctx, "charter/000001", s.view) == 0) {
            *out = c.hash;
            charter_dispose(&c);
            found = 1;
        }
        store_release(&s);
    }
    if (found == 1 || store_get_head(&s, t->to, t->ctx) < 0)
        return found;
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    int rc = note == NULL || h == NULL ? ctx_error_nomem(t->ctx) : 0;
    if (rc == 0 && header_parse(h, note, t->ctx, "head", s.view) == 0) {
        *out = h->publisher;
        found = 1;
    }
    free(note);
    free(h);
    store_release(&s);
    return rc < 0 ? rc : found;
}

static int check_publisher(struct taking *t)
{
    struct hash is;
    int rc = publisher_of(&is, t);
    if (rc < 0)
        return rc;
    if (rc == 1 && !hash_equal(&is, &t->from->pin.publisher))
        return ctx_error(t->ctx, MIMEO_EUSAGE, "'%s' holds another publisher's mirror: name another directory", t->path);
    if (rc == 0 && t->held_count > 0)
        return ctx_error(t->ctx, MIMEO_EUSAGE,
                         "'%s' holds bundles, and neither a charter nor a head that says whose: name another directory", t->path);
    return 0;
}

static int hear_entry(const char *name, unsigned char type, void *payload)
{
    (void)type;
    (void)payload;
    return strncmp(name, ".mimeo-tmp-", 11) == 0 || store_name_is_furniture(name) ? 0 : 1;
}

/* A directory that holds no mirror must hold nothing else either. */
static int check_empty(struct taking *t)
{
    int rc = dir_each(t->ctx, t->dir, SIZE_MAX, hear_entry, NULL);
    if (rc == 1)
        return ctx_error(t->ctx, MIMEO_EUSAGE, "'%s' holds other files and no mirror: name an empty directory", t->path);
    return rc;
}

static int open_to(struct taking *t)
{
    int rc = store_open(&t->to, t->ctx, t->path, (t->options->mode & 077) == 0);
    if (rc == 0 && store_kind(t->to) != STORE_DIRECTORY)
        return ctx_error(t->ctx, MIMEO_EUSAGE,
                         "'%s' is a git repository: files are not put into one; name it as a remote, or name a plain directory",
                         t->path);
    return rc == 0 ? store_list_bundles(&t->held, &t->held_count, t->to, t->ctx) : rc;
}

static int read_head(struct taking *t)
{
    struct stored s;
    int rc = store_get_head(&s, t->to, t->ctx);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0; /* as good as none: all is looked at */
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    rc = note == NULL || h == NULL ? ctx_error_nomem(t->ctx) : 0;
    if (rc == 0 && header_parse(h, note, t->ctx, "head", s.view) == 0) {
        t->has_head = true;
        t->head_seq = h->seq;
        t->head_newest = h->newest_version;
    }
    free(note);
    free(h);
    store_release(&s);
    return rc;
}

/* ---- charters and the fixed texts ---- */

static int put_charter(struct taking *t, uint32_t version)
{
    const struct charter *ours = charter_chain_get(&t->from->chain, version);
    char name[STORE_NAME_MAX];
    struct stored s;
    struct charter theirs;
    store_name_charter(name, version);
    if (store_get_charter(&s, t->to, t->ctx, version) == 0) {
        bool parses = charter_parse(&theirs, t->ctx, name, s.view) == 0;
        bool same = parses && hash_equal(&theirs.hash, &ours->hash);
        bool exact = view_equal(s.view, buf_view(&ours->note));
        if (parses)
            charter_dispose(&theirs);
        store_release(&s);
        if (exact)
            return 0;
        if (parses && !same)
            return ctx_error(t->ctx, MIMEO_ECONFLICT,
                             "'%s' holds another charter %u: two sets of keys claim this publisher; ask the publisher by "
                             "another way", t->path, version);
    }
    int rc = take_put(t, name, buf_view(&ours->note));
    if (rc == 0)
        t->result->charters++;
    return rc;
}

static int put_text(struct taking *t, const char *name, struct view text)
{
    struct stored s;
    if (store_get_text(&s, t->to, t->ctx, name) == 0) {
        bool same = view_equal(s.view, text);
        store_release(&s);
        if (same)
            return 0;
    }
    return take_put(t, name, text);
}

static int put_texts(struct taking *t)
{
    struct buf readme;
    buf_init(&readme, 64 * KIB);
    const struct charter *newest = charter_chain_newest(&t->from->chain);
    int rc = mirror_readme(&readme, t->ctx, newest->name, &t->from->pin.publisher);
    if (rc == 0)
        rc = put_text(t, "README.md", buf_view(&readme));
    if (rc == 0)
        rc = put_text(t, ".gitattributes", view_of_str(MIRROR_GITATTRIBUTES));
    buf_dispose(&readme);
    return rc;
}

/* The newest cut counts as carried out once the head there is by that charter or a later one. */
static bool has_unsettled_cut(const struct taking *t)
{
    uint32_t newest = 0;
    for (uint32_t v = 1; v <= t->from->chain.count; v++)
        if (charter_chain_get(&t->from->chain, v)->is_cut)
            newest = v;
    return newest > 0 && t->held_count > 0 && (!t->has_head || t->head_newest < newest);
}

/* ---- opening ---- */

static bool is_same_directory(const struct taking *t)
{
    struct stat a, b;
    return fstat(t->dir, &a) == 0 && stat(store_path(t->from->store), &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* 1 where there is nothing to do: it is the very directory that is taken from. */
static int target_open(struct taking *t)
{
    int rc = dir_make(t->ctx, t->path, (t->options->mode & 077) == 0 ? 0700 : 0755);
    if (rc == 0)
        rc = t->dir = dir_open(t->ctx, t->path);
    if (rc < 0)
        return rc;
    if (is_same_directory(t))
        return 1;
    rc = open_to(t);
    if (rc == MIMEO_ENOTFOUND) { /* no mirror yet: the first charter makes it one */
        rc = check_empty(t);
        const struct charter *first = charter_chain_get(&t->from->chain, 1);
        if (rc == 0)
            rc = take_put(t, "charter/000001", buf_view(&first->note));
        if (rc == 0) {
            t->result->charters++;
            rc = open_to(t);
        }
    } else if (rc == 0) {
        rc = check_publisher(t);
    }
    if (rc == 0)
        rc = read_head(t);
    return rc;
}

/* ---- the head ---- */

/* The note of bundle `seq`, where it is joined: 1. */
static int note_of(struct buf *out, struct taking *t, uint64_t seq)
{
    struct held_bundle *h = malloc(sizeof(*h));
    if (h == NULL)
        return ctx_error_nomem(t->ctx);
    int rc = take_load_held(h, t, seq);
    if (rc == 0)
        rc = held_join_alone(h, t->from, t->ctx);
    if (rc == 0 && h->verdict == MIMEO_GOOD)
        rc = buf_append_view(out, h->bundle.note.bytes) < 0 ? ctx_error_nomem(t->ctx) : 1;
    held_dispose(h);
    free(h);
    return rc;
}

/* `head` is the header of the newest bundle that is joined. */
static int head_settle(struct taking *t)
{
    uint64_t *seqs;
    size_t count;
    struct buf note;
    struct stored s;
    int rc = store_list_bundles(&seqs, &count, t->to, t->ctx);
    if (rc < 0)
        return rc;
    buf_init(&note, LIMIT_HEADER);
    while (rc == 0 && count > 0)
        rc = note_of(&note, t, seqs[--count]);
    free(seqs);
    if (rc == 1) {
        bool same = store_get_head(&s, t->to, t->ctx) == 0;
        if (same) {
            same = view_equal(s.view, buf_view(&note));
            store_release(&s);
        }
        rc = same ? 0 : take_put(t, "head", buf_view(&note));
    }
    buf_dispose(&note);
    return rc;
}

/* ---- all of it ---- */

static int run(struct taking *t)
{
    int rc = 0;
    for (uint32_t v = 1; rc == 0 && v <= t->from->chain.count; v++)
        rc = put_charter(t, v);
    if (rc == 0)
        rc = put_texts(t);
    t->cut_unsettled = has_unsettled_cut(t);
    if (rc == 0)
        rc = plan_make(t);
    if (rc == 0)
        rc = bundles_write(t);
    if (rc == 0 && !t->options->no_media)
        rc = media_take(t);
    return rc == 0 ? head_settle(t) : rc;
}

int take(mimeo_ctx *ctx, mimeo_mirror *from, const char *dir, const char *library, const struct take_options *options,
         struct take_result *result)
{
    (void)library; /* its trust files are in `from` already */
    struct taking t = {.ctx = ctx, .from = from, .options = options, .result = result, .path = dir, .dir = -1};
    *result = (struct take_result){0};
    int rc = target_open(&t);
    if (rc == 0) {
        from->beside = t.to;
        rc = run(&t);
        from->beside = NULL;
    }
    orders_dispose(&t.orders);
    free(t.plan);
    free(t.held);
    store_close(t.to);
    if (t.dir >= 0)
        close(t.dir);
    return rc < 0 ? rc : 0;
}
