/*
 * What is pushed: the publisher's own repository, or one made from the files of a library or a directory.
 */
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library/paths.h"
#include "library/repository.h"
#include "store/git_calls.h"
#include "store/git_objects.h"
#include "sync/push.h"

/* ---- opening ---- */

static bool is_directory(const char *path, const char *below)
{
    struct stat st;
    char *joined = path_join(path, below);
    bool is = joined != NULL && stat(joined, &st) == 0 && S_ISDIR(st.st_mode);
    free(joined);
    return is;
}

/* Is `path` what the library holds?  Then `work` is where its repository is kept; NULL where it is not. */
static int find_work(char **work, mimeo_ctx *ctx, const char *path, const char *library)
{
    char *place;
    *work = NULL;
    int rc = path_library(&place, ctx, library);
    if (rc < 0)
        return rc;
    char *held = path_join(place, "publishers"), *real_held = held == NULL ? NULL : realpath(held, NULL);
    char *real = realpath(path, NULL), *real_place = realpath(place, NULL);
    size_t len = real_held == NULL ? 0 : strlen(real_held);
    if (real != NULL && real_place != NULL && len > 0 && strncmp(real, real_held, len) == 0 && real[len] == '/' &&
        strlen(real + len + 1) == HASH_HEX_LEN) {
        struct buf b;
        buf_init(&b, 8192);
        if (buf_appendf(&b, "%s/work/%s/repo", real_place, real + len + 1) == 0)
            *work = buf_detach(&b, NULL);
        else
            buf_dispose(&b);
        rc = *work == NULL ? ctx_error_nomem(ctx) : 0;
    }
    free(place);
    free(held);
    free(real_held);
    free(real);
    free(real_place);
    return rc;
}

/* What is damaged, in doubt or of unknown origin is not handed on. */
static int refuse_doubtful(const struct push_source *s)
{
    const mimeo_mirror *m = s->mirror;
    if (!m->has_head)
        return ctx_error(s->ctx, MIMEO_EINCOMPLETE, "'%s' shows no head: there is nothing to push", store_path(m->store));
    if (m->verdict == MIMEO_UNKNOWN_PUBLISHER && !s->own)
        return ctx_error(s->ctx, MIMEO_EUNKNOWN, "nobody vouched for the publisher of '%s': 'mimeo trust add' first, then hand "
                         "it on", store_path(m->store));
    if (m->verdict == MIMEO_GOOD || m->verdict == MIMEO_FIRST_USE || m->verdict == MIMEO_LATE ||
        m->verdict == MIMEO_UNKNOWN_PUBLISHER)
        return 0;
    int code = mimeo_verdict_code(m->verdict);
    return ctx_error(s->ctx, code < 0 ? code : MIMEO_EINCOMPLETE, "'%s': %s", store_path(m->store), m->reason);
}

int push_source_open(struct push_source *out, mimeo_ctx *ctx, const char *path, const struct mimeo_push_options *options)
{
    struct push_source s = {.ctx = ctx, .options = options};
    s.own = is_directory(path, ".git/mimeo");
    int rc = s.own ? 0 : find_work(&s.git_dir, ctx, path, options->library);
    if (rc == 0)
        rc = mirror_open(&s.mirror, ctx, path, options->library,
                         s.own ? MIRROR_OWN : s.git_dir != NULL ? MIRROR_HELD : MIRROR_STRANGE);
    if (rc == 0)
        rc = refuse_doubtful(&s);
    if (rc < 0) {
        push_source_close(&s);
        return rc;
    }
    *out = s;
    return 0;
}

void push_refs_dispose(struct push_refs *r)
{
    free(r->tags);
    r->tags = NULL;
    r->tag_count = 0;
}

void push_source_close(struct push_source *s)
{
    push_refs_dispose(&s->refs);
    git_repository_free(s->repo);
    mimeo_mirror_free(s->mirror);
    nursery_close(&s->nursery);
    free(s->git_dir);
}

/* ---- the repository ---- */

static int make_temporary(struct push_source *s)
{
    int rc = nursery_open(&s->nursery, s->ctx, s->options->library);
    if (rc < 0)
        return rc;
    s->git_dir = path_join(s->nursery.path, "repo");
    return s->git_dir == NULL ? ctx_error_nomem(s->ctx) : 0;
}

static int make_repository(struct push_source *s)
{
    struct repository_result r;
    int rc = s->git_dir == NULL ? make_temporary(s) : 0;
    if (rc == 0)
        rc = repository_make(&r, s->ctx, s->mirror, s->git_dir, s->options->no_media);
    if (rc == 0 && r.lacking > 0)
        snprintf(s->remark, sizeof(s->remark), "branch media is not pushed: %llu pictures are not held here",
                 (unsigned long long)r.lacking);
    else if (rc == 0 && !r.has_media && !s->options->no_media)
        snprintf(s->remark, sizeof(s->remark), "branch media is not pushed: pictures are not held here");
    return rc;
}

static int error_of_git(mimeo_ctx *ctx, const char *what)
{
    return ctx_error(ctx, MIMEO_EIO, "%s: %s", what, git_library_words());
}

/* "" where the branch is not there. */
static int read_branch(char out[PUSH_ID_LEN + 1], struct push_source *s, const char *ref)
{
    git_oid id;
    int code = git_reference_name_to_id(&id, s->repo, ref);
    out[0] = '\0';
    if (code == 0)
        git_oid_tostr(out, PUSH_ID_LEN + 1, &id);
    return code < 0 && code != GIT_ENOTFOUND ? error_of_git(s->ctx, ref) : 0;
}

static int compare_tags(const void *a, const void *b)
{
    const struct push_tag *x = a, *y = b;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Tags of ours are "b<n>"; others that somebody set are not pushed. */
static int read_tags(struct push_source *s)
{
    git_reference_iterator *it = NULL;
    const char *name;
    int rc = git_reference_iterator_glob_new(&it, s->repo, "refs/tags/b*") < 0 ? error_of_git(s->ctx, "cannot list tags") : 0;
    while (rc == 0 && git_reference_next_name(&name, it) == 0) {
        struct push_tag tag;
        if (!parse_decimal(view_of_str(name + strlen("refs/tags/b")), LIMIT_SEQ, &tag.seq))
            continue;
        rc = read_branch(tag.id, s, name);
        struct push_tag *grown = rc < 0 ? NULL : realloc(s->refs.tags, (s->refs.tag_count + 1) * sizeof(*grown));
        if (rc == 0 && grown == NULL)
            rc = ctx_error_nomem(s->ctx);
        if (rc < 0)
            break;
        s->refs.tags = grown;
        s->refs.tags[s->refs.tag_count++] = tag;
    }
    git_reference_iterator_free(it);
    if (s->refs.tag_count > 0)
        qsort(s->refs.tags, s->refs.tag_count, sizeof(*s->refs.tags), compare_tags);
    return rc;
}

/* The number that the head of the files has at this moment; 0 where it cannot be told. */
static uint64_t head_now(struct push_source *s)
{
    struct stored head;
    uint64_t seq = 0;
    if (store_get_head(&head, s->mirror->store, s->ctx) < 0)
        return 0;
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    if (note != NULL && h != NULL && header_parse(h, note, s->ctx, "head", head.view) == 0)
        seq = h->seq;
    free(note);
    free(h);
    store_release(&head);
    return seq;
}

/* Is a publisher at work here, or was since the files were read?  The history is ahead of them for a moment then. */
static bool is_busy(struct push_source *s)
{
    char *path = path_join(s->git_dir, "mimeo");
    int lock, dir = path == NULL ? -1 : dir_open(s->ctx, path);
    free(path);
    if (dir < 0)
        return false;
    int rc = file_lock(&lock, s->ctx, dir, "lock", 0);
    bool busy = rc == MIMEO_EBUSY || (rc == 0 && head_now(s) != s->mirror->head.seq);
    if (rc == 0)
        file_unlock(lock);
    close(dir);
    return busy;
}

static int check_own(struct push_source *s)
{
    uint64_t seq = push_source_seq(s, s->refs.main);
    if (seq == s->mirror->head.seq)
        return 0;
    if (is_busy(s))
        return ctx_error(s->ctx, MIMEO_EBUSY, "a publisher is at work in '%s': wait for it, then run again",
                         store_path(s->mirror->store));
    return ctx_error(s->ctx, MIMEO_EINCOMPLETE,
                     "the files end with bundle %llu and the git history with %llu: a run that was killed left it so; the "
                     "next 'mimeo publish' mends it", (unsigned long long)s->mirror->head.seq, (unsigned long long)seq);
}

int push_source_ready(struct push_source *s)
{
    if (s->ready)
        return 0;
    int rc = git_library_init(s->ctx);
    if (rc == 0 && s->own && s->git_dir == NULL)
        rc = (s->git_dir = path_join(store_path(s->mirror->store), ".git")) == NULL ? ctx_error_nomem(s->ctx) : 0;
    else if (rc == 0)
        rc = make_repository(s);
    if (rc == 0 && git_repository_open_ext(&s->repo, s->git_dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
        rc = error_of_git(s->ctx, s->git_dir);
    if (rc == 0)
        rc = read_branch(s->refs.main, s, "refs/heads/main");
    if (rc == 0 && !s->options->no_media && s->remark[0] == '\0')
        rc = read_branch(s->refs.media, s, "refs/heads/media");
    if (rc == 0)
        rc = read_tags(s);
    if (rc == 0)
        rc = check_own(s);
    s->ready = rc == 0;
    return rc;
}

/* ---- its history ---- */

bool history_has(struct git_repository *repo, const char *id, const char *tip)
{
    git_oid wanted, top;
    git_odb *odb = NULL;
    if (tip[0] == '\0' || git_oid_fromstr(&wanted, id) < 0 || git_oid_fromstr(&top, tip) < 0)
        return false;
    if (git_oid_equal(&wanted, &top))
        return true;
    bool held = git_repository_odb(&odb, repo) == 0 && git_odb_exists(odb, &wanted);
    git_odb_free(odb);
    return held && git_graph_descendant_of(repo, &top, &wanted) == 1;
}

uint64_t push_source_seq(const struct push_source *s, const char *id)
{
    git_oid oid;
    git_commit *c = NULL;
    uint64_t seq = 0;
    if (git_oid_fromstr(&oid, id) < 0 || git_commit_lookup(&c, s->repo, &oid) < 0)
        return 0;
    struct view number;
    struct cursor at = cursor_of(view_of_str(git_commit_message_raw(c)));
    if ((cursor_skip(&at, "bundle ") || cursor_skip(&at, "media ")) && cursor_line(&at, &number))
        parse_decimal(number, LIMIT_SEQ, &seq);
    git_commit_free(c);
    return seq;
}
