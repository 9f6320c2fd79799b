/*
 * Before signing: has another machine published?  (RULES R10.)  The remotes that the publisher pushes to are
 * asked for their newest commit, several at once; a heartbeat from cron on a machine that was thought to be off
 * is found out here, before two histories are signed that only root keys can settle.
 *
 * Nothing is asked of a person meanwhile: where a password is wanted and no helper has it, the remote could
 * not be asked, and that is said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/pool.h"
#include "library/publisher.h"
#include "store/git_calls.h"
#include "store/git_objects.h"
#include "sync/push.h"

#define ASK_SECONDS 20
#define AT_ONCE 4

/* One remote, asked in a worker. */
struct question {
    const struct push_remote *remote;
    const char *git_dir;
    struct mimeo_network network;
    char what[256];
    struct remote_state there;
    bool answered;
};

static struct git_options options_of(const struct question *q)
{
    return (struct git_options){.git_dir = q->git_dir,
                                .address = q->remote->address,
                                .proxy = q->remote->proxy,
                                .network = &q->network,
                                .no_input = true,
                                .own = true};
}

static int ask(mimeo_ctx *ctx, void *item, void *shared)
{
    (void)shared;
    struct question *q = item;
    struct git_options o = options_of(q);
    struct git *g;
    enum push_place place = PUSH_REPOSITORY;
    int rc = address_kind(q->remote->address) == ADDRESS_PATH ? push_place_of(&place, ctx, q->remote->address) : 0;
    if (rc == 0 && place != PUSH_REPOSITORY)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "%s: there is no git repository", q->what);
    if (rc == 0)
        rc = git_open(&g, ctx, &o);
    if (rc < 0)
        return rc;
    rc = remote_ask(&q->there, ctx, g, q->what, ASK_SECONDS);
    q->answered = rc == 0;
    git_close(g);
    return rc;
}

struct checking {
    mimeo_ctx *ctx;
    mimeo_mirror *ours;
    const struct mimeo_publisher_options *options;
    bool must_answer; /* the user named it */
    git_repository *repo;
    char tip[PUSH_ID_LEN + 1];
    size_t *agreed;
};

/* Its newest commit is of our history, or its head is. */
static int weigh(struct checking *c, struct question *q)
{
    struct git_options o = options_of(q);
    const char *main_id = q->there.refs.main;
    uint64_t seq;
    int rc = 0;
    if (main_id[0] == '\0')
        return c->must_answer ? ctx_error(c->ctx, MIMEO_EINCOMPLETE, "%s has no branch main: it shows no head", q->what) : 0;
    if (!history_has(c->repo, main_id, c->tip))
        rc = remote_judge(c->ctx, c->ours, q->what, &o, "refs/heads/main", main_id, &seq);
    *c->agreed += rc == 0;
    return rc;
}

/* What was no answer is said, and does not stop the work: with a journal beside the key this machine goes on alone. */
static int settle(struct checking *c, struct question *q, int rc)
{
    char words[CTX_MESSAGE_MAX + 80];
    if (rc == 0)
        rc = weigh(c, q);
    bool told_apart = rc == MIMEO_ECONFLICT || rc == MIMEO_EREVOKED || rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED;
    if (rc == 0 || told_apart || c->must_answer)
        return rc;
    snprintf(words, sizeof(words), "it could not be asked whether another machine has published: %s", c->ctx->message);
    if (c->options->remark != NULL)
        c->options->remark(words, c->options->remark_payload);
    return 0;
}

static int ask_all(struct checking *c, struct question *questions, size_t count)
{
    struct pool *pool;
    int threads = !CHILD_BESIDE_THREADS ? POOL_INLINE : count < AT_ONCE ? (int)count : AT_ONCE;
    int rc = pool_new(&pool, c->ctx, threads, count, ask, NULL);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = pool_put(pool, c->ctx, &questions[i]);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        void *item;
        int code = pool_take(pool, c->ctx, &item);
        rc = item == NULL ? code : settle(c, item, code);
    }
    pool_free(pool, NULL);
    return rc;
}

static int check_remotes(struct checking *c, const char *git_dir, const struct push_remote *remotes, size_t count)
{
    struct question *questions = calloc(count, sizeof(*questions));
    if (questions == NULL)
        return ctx_error_nomem(c->ctx);
    for (size_t i = 0; i < count; i++) {
        questions[i].remote = &remotes[i];
        questions[i].git_dir = git_dir;
        questions[i].network.proxy = c->options->proxy;
        snprintf(questions[i].what, sizeof(questions[i].what), "'%.200s'", remotes[i].shown);
    }
    int rc = ask_all(c, questions, count);
    for (size_t i = 0; i < count; i++)
        remote_state_dispose(&questions[i].there);
    free(questions);
    return rc;
}

static int open_history(struct checking *c, const char *git_dir)
{
    git_oid id;
    int rc = git_library_init(c->ctx);
    if (rc < 0)
        return rc;
    if (git_repository_open_ext(&c->repo, git_dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0 ||
        git_reference_name_to_id(&id, c->repo, "refs/heads/main") < 0)
        return ctx_error(c->ctx, MIMEO_EIO, "%s: %s", git_dir, git_library_words());
    git_oid_tostr(c->tip, sizeof(c->tip), &id);
    return 0;
}

static int ask_remotes(size_t *agreed, mimeo_ctx *ctx, mimeo_mirror *ours, const char *address,
                       const struct mimeo_publisher_options *options)
{
    struct push_source s = {.ctx = ctx, .mirror = ours, .own = true};
    struct checking c = {.ctx = ctx, .ours = ours, .options = options, .must_answer = address != NULL, .agreed = agreed};
    struct push_remote *remotes = NULL;
    size_t count = 0;
    char *git_dir = path_join(store_path(ours->store), ".git");
    int rc = git_dir == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = push_remotes_resolve(&remotes, &count, &s, &address, address == NULL ? 0 : 1);
    if (rc == 0 && count > 0)
        rc = open_history(&c, git_dir);
    if (rc == 0 && count > 0)
        rc = check_remotes(&c, git_dir, remotes, count);
    git_repository_free(c.repo);
    push_remotes_dispose(remotes, count);
    free(git_dir);
    return rc;
}

int mimeo_publisher_open(mimeo_publisher **out, mimeo_ctx *ctx, const char *path,
                         const struct mimeo_publisher_options *options)
{
    return publisher_open(out, ctx, path, options, NULL, ask_remotes);
}
