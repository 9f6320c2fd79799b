/*
 * Pushing to a git repository.  What a reader would get wrong: nothing of the other side's is ever
 * overwritten because a push was refused.  Its head is looked at first, and only where it is an older state of
 * this very mirror is its history replaced, and only if nobody moved it since.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/git_calls.h"
#include "sync/push.h"

#define REFS_AT_ONCE 100
#define SPLIT_BYTES ((uint64_t)100 * 1000 * 1000) /* more goes in steps, so that a cut costs one of them */
#define BUNDLE_OVERHEAD 1500                      /* commit, trees, header */

struct push {
    struct push_source *s;
    struct push_report *report;
    const struct push_remote *remote;
    struct git_options git_options;
    struct git *git;
    struct remote_state there;
    const struct host_limits *limits;
    char what[256];
    bool replaces;       /* what is there is an older state of ours, on another line of commits */
    uint64_t there_seq;  /* the bundle that it ends with; 0: none */
};

/* ---- one push of git's ---- */

struct push_step {
    const char *ref;  /* "refs/heads/main" */
    const char *id;   /* "" deletes */
    const char *seen; /* what is there now, to be replaced; NULL: only moved forward, or new */
};

struct step_args {
    char *words[2 * REFS_AT_ONCE + 8];
    size_t count;
};

static int add_arg(struct step_args *a, mimeo_ctx *ctx, const char *format, const char *x, const char *y)
{
    struct buf b;
    buf_init(&b, 1024);
    if (buf_append_str(&b, format) < 0 || buf_append_str(&b, x) < 0 || buf_append_str(&b, y) < 0) {
        buf_dispose(&b);
        return ctx_error_nomem(ctx);
    }
    a->words[a->count++] = buf_detach(&b, NULL);
    return 0;
}

static int make_args(struct step_args *a, mimeo_ctx *ctx, const struct push_step *steps, size_t count)
{
    int rc = add_arg(a, ctx, "push", "", "");
    if (rc == 0)
        rc = add_arg(a, ctx, "--porcelain", "", "");
    for (size_t i = 0; rc == 0 && i < count; i++)
        if (steps[i].seen != NULL) {
            char name[80];
            snprintf(name, sizeof(name), "%s:", steps[i].ref);
            rc = add_arg(a, ctx, "--force-with-lease=", name, steps[i].seen);
        }
    if (rc == 0)
        rc = add_arg(a, ctx, GIT_REMOTE, "", "");
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = add_arg(a, ctx, steps[i].id, ":", steps[i].ref);
    return rc;
}

/* "!\t<from>:<to>\t[remote rejected] (pre-receive hook declined)": the words in brackets. */
static bool find_rejection(char *out, size_t len, const char *said)
{
    const char *line = said;
    while (line != NULL && !(line[0] == '!' && line[1] == '\t'))
        line = (line = strchr(line, '\n')) == NULL ? NULL : line + 1;
    const char *open = line == NULL ? NULL : strchr(line, '(');
    const char *close = open == NULL ? NULL : strchr(open, ')'), *end = line == NULL ? NULL : strchr(line, '\n');
    if (line == NULL)
        return false;
    if (close == NULL || (end != NULL && close > end))
        snprintf(out, len, "no reason given");
    else
        snprintf(out, len, "%.*s", (int)(close - open - 1), open + 1);
    return true;
}

static int refused(struct push *p, const struct program_result *r)
{
    mimeo_ctx *ctx = p->s->ctx;
    char why[160];
    const char *err = buf_str(&r->err);
    if (!find_rejection(why, sizeof(why), buf_str(&r->out)))
        return git_failed(ctx, p->what, r);
    if (strstr(why, "stale info") != NULL || strstr(why, "fetch first") != NULL || strstr(why, "non-fast-forward") != NULL ||
        strstr(why, "cannot lock ref") != NULL)
        return ctx_error(ctx, MIMEO_ECONFLICT, "%s: somebody else pushed there just now: run it again to see what", p->what);
    if (strstr(err, "maximum allowed size") != NULL || strstr(err, "file size limit") != NULL || strstr(err, "exceed") != NULL)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: refused: over a limit of the host (%s)", p->what, why);
    if (strstr(why, "hook declined") != NULL)
        return ctx_error(ctx, MIMEO_EFAIL, "%s: refused by a rule of the host (%s)", p->what, why);
    if (strstr(why, "checked out") != NULL)
        return ctx_error(ctx, MIMEO_EUSAGE, "%s: has a work tree of branch main: name a bare repository", p->what);
    if (strstr(why, "unpacker error") != NULL)
        return git_failed(ctx, p->what, r);
    return ctx_error(ctx, MIMEO_EFAIL, "%s: refused (%s): does it forbid to replace branches?", p->what, why);
}

static int push_steps(struct push *p, const struct push_step *steps, size_t count)
{
    struct step_args a = {.count = 0};
    struct program_result r;
    int rc = count == 0 ? 0 : make_args(&a, p->s->ctx, steps, count);
    if (rc == 0 && count > 0)
        rc = git_run(&r, p->git, git_transfer_seconds(p->git), (const char *const *)a.words);
    if (rc == 0 && count > 0) {
        if (r.status != 0)
            rc = refused(p, &r);
        program_result_dispose(&r);
        p->report->outcome = MIMEO_PUSHED;
    } else if (rc == MIMEO_ETIMEOUT) {
        rc = ctx_error(p->s->ctx, MIMEO_EUNREACHABLE, "%s: not done within its time: run again, it goes on from the last tag",
                       p->what);
    }
    for (size_t i = 0; i < a.count; i++)
        free(a.words[i]);
    return rc;
}

/* ---- sizes ---- */

static bool header_at(struct header *out, struct push *p, uint64_t seq)
{
    struct stored s;
    struct prefix prefix;
    struct note *note = calloc(1, sizeof(*note));
    bool good = note != NULL && seq > 0 && store_get_bundle_front(&s, p->s->mirror->store, p->s->ctx, seq) == 0;
    if (good) {
        good = prefix_parse(&prefix, p->s->ctx, "a bundle", s.view) == 0 && s.view.len >= PREFIX_LEN + prefix.header_len &&
               header_parse(out, note, p->s->ctx, "a bundle", view_of(s.view.ptr + PREFIX_LEN, prefix.header_len)) == 0;
        store_release(&s);
    }
    free(note);
    return good;
}

/* Bytes of bundles, or of pictures, that commits up to this one bring; 0 for none. */
static uint64_t bytes_at(struct push *p, uint64_t seq, bool media)
{
    struct header *h = calloc(1, sizeof(*h));
    uint64_t bytes = 0;
    if (h != NULL && header_at(h, p, seq))
        bytes = media ? h->archive_media_bytes : h->archive_bytes + seq * BUNDLE_OVERHEAD;
    free(h);
    return bytes;
}

static uint64_t bytes_between(struct push *p, uint64_t from, uint64_t to, bool media)
{
    uint64_t low = bytes_at(p, from, media), high = bytes_at(p, to, media);
    return high > low ? high - low : 0;
}

/* ---- what is there ---- */

static const struct push_tag *find_tag(const struct push_refs *r, uint64_t seq)
{
    for (size_t i = 0; i < r->tag_count; i++)
        if (r->tags[i].seq == seq)
            return &r->tags[i];
    return NULL;
}

static const struct push_tag *highest_tag(const struct push_refs *r)
{
    const struct push_tag *top = NULL;
    for (size_t i = 0; i < r->tag_count; i++)
        if (top == NULL || r->tags[i].seq > top->seq)
            top = &r->tags[i];
    return top;
}

static int judge(struct push *p, const char *ref, const char *id)
{
    return remote_judge(p->s->ctx, p->s->mirror, p->what, &p->git_options, ref, id, &p->there_seq);
}

/* Tags without a main are what a first push left that was cut off: the highest stands for it. */
static int judge_without_main(struct push *p)
{
    const struct push_refs *there = &p->there.refs, *ours = &p->s->refs;
    const struct push_tag *top = highest_tag(there);
    char ref[40];
    if (top != NULL && !history_has(p->s->repo, top->id, ours->main)) {
        snprintf(ref, sizeof(ref), "refs/tags/b%llu", (unsigned long long)top->seq);
        p->replaces = true;
        return judge(p, ref, top->id);
    }
    if (top != NULL) {
        p->there_seq = top->seq;
        return 0;
    }
    if (there->media[0] == '\0' || history_has(p->s->repo, there->media, ours->media))
        return 0;
    return ctx_error(p->s->ctx, MIMEO_EEXISTS, "%s has a branch media that is none of this mirror's: name an empty repository",
                     p->what);
}

/* May we push there, and is it only forward? */
static int judge_there(struct push *p)
{
    const struct push_refs *there = &p->there.refs;
    const struct push_tag *top = highest_tag(there);
    int rc = 0;
    if (there->main[0] == '\0') {
        rc = judge_without_main(p);
    } else if (history_has(p->s->repo, there->main, p->s->refs.main)) {
        p->there_seq = push_source_seq(p->s, there->main);
    } else {
        p->replaces = true;
        rc = judge(p, "refs/heads/main", there->main);
    }
    /* Beyond a cut there may be tags of what was cut off. */
    bool is_cut = charter_chain_newest(&p->s->mirror->chain)->is_cut && p->replaces;
    if (rc == 0 && !is_cut && top != NULL && top->seq > p->s->mirror->head.seq)
        rc = ctx_error(p->s->ctx, MIMEO_ECONFLICT,
                       "%s has a tag of bundle %llu and this ends with %llu: another machine is pushing, or this directory is "
                       "an old copy", p->what, (unsigned long long)top->seq, (unsigned long long)p->s->mirror->head.seq);
    return rc;
}

/* ---- the steps ---- */

/* The commit that the history begins with. */
static int root_of(char out[PUSH_ID_LEN + 1], struct push *p)
{
    git_oid id;
    git_commit *c = NULL;
    int rc = 0;
    if (git_oid_fromstr(&id, p->s->refs.main) < 0 || git_commit_lookup(&c, p->s->repo, &id) < 0)
        return ctx_error(p->s->ctx, MIMEO_EIO, "cannot read the git repository");
    while (rc == 0 && git_commit_parentcount(c) > 0) {
        git_commit *parent = NULL;
        if (git_commit_parent(&parent, c, 0) < 0) {
            rc = ctx_error(p->s->ctx, MIMEO_EIO, "cannot read the git repository");
            break;
        }
        git_commit_free(c);
        c = parent;
    }
    git_oid_tostr(out, PUSH_ID_LEN + 1, git_commit_id(c));
    git_commit_free(c);
    return rc;
}

/* Hosts that make the first branch their face get main first, with the oldest commit. */
static int push_root(struct push *p)
{
    char root[PUSH_ID_LEN + 1];
    if (!p->limits->first_branch_shows || p->there.refs.main[0] != '\0' || p->there.refs.tag_count > 0)
        return 0;
    int rc = root_of(root, p);
    struct push_step step = {"refs/heads/main", root, NULL};
    return rc == 0 ? push_steps(p, &step, 1) : rc;
}

/* Commits of branch media on the way to its tip, so that no two are more than SPLIT_BYTES apart; oldest first. */
static int media_stops(char (**out)[PUSH_ID_LEN + 1], size_t *count, struct push *p)
{
    const struct push_refs *there = &p->there.refs;
    bool forward = there->media[0] != '\0' && history_has(p->s->repo, there->media, p->s->refs.media);
    uint64_t upper = push_source_seq(p->s, p->s->refs.media), last = upper;
    git_revwalk *walk = NULL;
    git_oid id, hidden;
    char (*stops)[PUSH_ID_LEN + 1] = NULL;
    size_t n = 0;
    int rc = 0;
    if (bytes_between(p, forward ? push_source_seq(p->s, there->media) : 0, upper, true) <= SPLIT_BYTES)
        return 0;
    if (git_revwalk_new(&walk, p->s->repo) < 0 || git_oid_fromstr(&id, p->s->refs.media) < 0 || git_revwalk_push(walk, &id) < 0 ||
        (forward && (git_oid_fromstr(&hidden, there->media) < 0 || git_revwalk_hide(walk, &hidden) < 0)))
        rc = ctx_error(p->s->ctx, MIMEO_EIO, "cannot read the git repository");
    while (rc == 0 && git_revwalk_next(&id, walk) == 0) { /* newest first */
        char hex[PUSH_ID_LEN + 1];
        git_oid_tostr(hex, sizeof(hex), &id);
        uint64_t seq = push_source_seq(p->s, hex);
        if (bytes_between(p, seq, last, true) < SPLIT_BYTES)
            continue;
        char (*grown)[PUSH_ID_LEN + 1] = realloc(stops, (n + 1) * sizeof(*grown));
        if (grown == NULL) {
            rc = ctx_error_nomem(p->s->ctx);
            break;
        }
        stops = grown;
        memcpy(stops[n++], hex, sizeof(hex));
        last = seq;
    }
    git_revwalk_free(walk);
    for (size_t i = 0; i < n / 2; i++) {
        char swap[PUSH_ID_LEN + 1];
        memcpy(swap, stops[i], sizeof(swap));
        memcpy(stops[i], stops[n - 1 - i], sizeof(swap));
        memcpy(stops[n - 1 - i], swap, sizeof(swap));
    }
    *out = stops;
    *count = n;
    return rc;
}

static int push_media(struct push *p)
{
    const char *seen = p->there.refs.media, *ours = p->s->refs.media;
    char (*stops)[PUSH_ID_LEN + 1] = NULL;
    size_t count = 0;
    if (ours[0] == '\0' || strcmp(seen, ours) == 0)
        return 0;
    bool forward = seen[0] == '\0' || history_has(p->s->repo, seen, ours);
    int rc = media_stops(&stops, &count, p);
    for (size_t i = 0; rc == 0 && i <= count; i++) {
        const char *id = i < count ? stops[i] : ours;
        struct push_step step = {"refs/heads/media", id, forward ? NULL : seen};
        if (i < count && strcmp(id, ours) == 0)
            continue;
        rc = push_steps(p, &step, 1);
        forward = true; /* from the first of them on */
    }
    free(stops);
    return rc;
}

struct tag_batch {
    struct push *p;
    struct push_step steps[REFS_AT_ONCE];
    char names[REFS_AT_ONCE][40];
    size_t count;
};

static int send_batch(struct tag_batch *b)
{
    int rc = push_steps(b->p, b->steps, b->count);
    b->count = 0;
    return rc;
}

static int add_tag(struct tag_batch *b, uint64_t seq, const char *id, const char *seen)
{
    snprintf(b->names[b->count], sizeof(b->names[0]), "refs/tags/b%llu", (unsigned long long)seq);
    b->steps[b->count] = (struct push_step){b->names[b->count], id, seen};
    b->count++;
    return b->count == REFS_AT_ONCE ? send_batch(b) : 0;
}

/* Ascending.  Each is a step of its own where all at once would be much. */
static int push_tags(struct push *p)
{
    struct tag_batch *b = calloc(1, sizeof(*b));
    const struct push_refs *ours = &p->s->refs;
    uint64_t sent = p->replaces ? 0 : p->there_seq;
    int rc = b == NULL ? ctx_error_nomem(p->s->ctx) : 0;
    for (size_t i = 0; rc == 0 && i < ours->tag_count; i++) {
        const struct push_tag *mine = &ours->tags[i], *theirs = find_tag(&p->there.refs, mine->seq);
        b->p = p;
        if (theirs != NULL && strcmp(theirs->id, mine->id) == 0) {
            sent = mine->seq;
            continue;
        }
        rc = add_tag(b, mine->seq, mine->id, theirs == NULL ? NULL : theirs->id);
        if (rc == 0 && bytes_between(p, sent, mine->seq, false) > SPLIT_BYTES) {
            rc = send_batch(b);
            sent = mine->seq;
        }
    }
    if (rc == 0)
        rc = b == NULL ? 0 : send_batch(b);
    free(b);
    return rc;
}

/* Tags of a history that was replaced would keep it alive there. */
static int remove_tags(struct push *p)
{
    struct tag_batch *b = calloc(1, sizeof(*b));
    int rc = b == NULL ? ctx_error_nomem(p->s->ctx) : 0;
    for (size_t i = 0; rc == 0 && i < p->there.refs.tag_count; i++) {
        const struct push_tag *theirs = &p->there.refs.tags[i];
        b->p = p;
        if (find_tag(&p->s->refs, theirs->seq) == NULL)
            rc = add_tag(b, theirs->seq, "", theirs->id);
    }
    if (rc == 0)
        rc = send_batch(b);
    free(b);
    return rc;
}

static int push_main(struct push *p)
{
    const char *seen = p->there.refs.main, *ours = p->s->refs.main;
    struct push_step step = {"refs/heads/main", ours, p->replaces && seen[0] != '\0' ? seen : NULL};
    return strcmp(seen, ours) == 0 ? 0 : push_steps(p, &step, 1);
}

/* ---- words ---- */

/* Only now does a repository that was empty show something. */
static void look_again(struct push *p)
{
    struct remote_state now;
    if (p->there.refs.main[0] != '\0' || remote_ask(&now, p->s->ctx, p->git, p->what, git_question_seconds(p->git)) < 0)
        return;
    memcpy(p->there.shows, now.shows, sizeof(p->there.shows));
    p->there.has_head = now.has_head;
    remote_state_dispose(&now);
}

static void say_what_else(struct push *p)
{
    char words[200];
    push_report_add(p->report, p->s->remark);
    if (p->report->rewrote)
        push_report_add(p->report, "its history was replaced; the host may keep what was in the old one, out of sight, for "
                             "weeks or for ever, and whoever copied it has it");
    if (p->there.shows[0] != '\0' && strcmp(p->there.shows, "main") != 0) {
        snprintf(words, sizeof(words), "a plain clone of it shows branch '%.60s': make main its default branch", p->there.shows);
        push_report_add(p->report, words);
    }
    if (!p->there.has_head)
        push_report_add(p->report, "a plain clone of it shows nothing, since its HEAD names a branch that is not there: make main its "
                             "default branch ('git symbolic-ref HEAD refs/heads/main' in it)");
}

/* ---- all of it ---- */

/* Behind an erasure the first commit has everything before it, and goes in one push. */
static int check_first_push(struct push *p)
{
    char root[PUSH_ID_LEN + 1];
    if (p->limits->push_max == 0 || (p->there_seq > 0 && !p->replaces))
        return 0;
    int rc = root_of(root, p);
    return rc == 0 ? limits_check_push(p->s->ctx, p->what, p->limits, bytes_at(p, push_source_seq(p->s, root), false)) : rc;
}

static int check_limits(struct push *p)
{
    const struct header *h = &p->s->mirror->head;
    uint64_t all = h->archive_bytes + h->seq * BUNDLE_OVERHEAD + (p->s->refs.media[0] == '\0' ? 0 : h->archive_media_bytes);
    int rc = limits_check(&p->report->words, p->s->ctx, p->what, p->limits, all);
    return rc == 0 ? check_first_push(p) : rc;
}

static int push_all(struct push *p)
{
    int rc = remote_ask(&p->there, p->s->ctx, p->git, p->what, git_question_seconds(p->git));
    if (rc == 0)
        rc = judge_there(p);
    if (rc == 0)
        rc = check_limits(p);
    if (rc == 0)
        rc = push_root(p);
    if (rc == 0)
        rc = push_media(p);
    if (rc == 0)
        rc = push_tags(p);
    if (rc == 0)
        rc = push_main(p);
    if (rc == 0)
        rc = remove_tags(p);
    return rc;
}

int push_to_git(struct push_report *report, struct push_source *s, const struct push_remote *remote)
{
    int rc = push_source_ready(s);
    if (rc < 0)
        return rc;
    struct push p = {.s = s, .report = report, .remote = remote, .limits = limits_of_host(remote->address)};
    snprintf(p.what, sizeof(p.what), "'%.200s'", remote->shown);
    p.git_options = (struct git_options){.git_dir = s->git_dir,
                                         .address = remote->address,
                                         .proxy = remote->proxy,
                                         .network = &s->options->network,
                                         .no_input = s->options->no_input,
                                         .own = s->own};
    rc = git_open(&p.git, s->ctx, &p.git_options);
    if (rc == 0)
        rc = push_all(&p);
    report->rewrote = rc == 0 && p.replaces && report->outcome == MIMEO_PUSHED;
    if (rc == 0) {
        look_again(&p);
        say_what_else(&p);
    }
    remote_state_dispose(&p.there);
    git_close(p.git);
    return rc;
}
