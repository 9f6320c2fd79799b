/*
 * What a reader's command works on.  With -C or a path: that mirror.  With neither: the mirror in the current
 * directory if there is one, else the library; with --publisher the library in any case.
 */
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static bool is_there(const char *name)
{
    struct stat st;
    return stat(name, &st) == 0;
}

/* Some git repository that is no mirror may be here as well: that is no reason to keep the library away. */
static bool is_no_mirror(int code)
{
    return code == MIMEO_ENOTFOUND || (code == MIMEO_EINCOMPLETE && !is_there("charter") && !is_there("bundles"));
}

int source_open(struct source *out, struct cli *cli, const struct command *command, const char *path, const char *who)
{
    *out = (struct source){.who = who};
    const char *mirror = path != NULL ? path : cli->dir_given ? cli->dir : NULL;
    if (who != NULL && mirror != NULL)
        return usage_fault(command, "--publisher chooses among the library's: it does not go with a mirror's path");
    int rc = MIMEO_ENOTFOUND;
    if (mirror != NULL)
        rc = mimeo_mirror_open(&out->mirror, cli->ctx, mirror, cli->library);
    else if (who == NULL)
        rc = mimeo_mirror_open(&out->mirror, cli->ctx, ".", cli->library);
    if (rc == 0 || mirror != NULL || !is_no_mirror(rc))
        return rc < 0 ? fail(cli, rc) : EXIT_OK;
    rc = mimeo_library_open(&out->library, cli->ctx, cli->library);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

void source_close(struct source *s)
{
    if (s->library == NULL)
        mimeo_mirror_free(s->mirror);
    mimeo_library_free(s->library);
}

/* ---- each publisher concerned ---- */

struct each {
    struct cli *cli;
    struct source *s;
    int (*fn)(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload);
    void *payload;
    int status;
    size_t count;
};

static int count_one(const struct mimeo_holding *h, void *payload)
{
    (void)h;
    ++*(size_t *)payload;
    return 0;
}

size_t source_publishers(struct source *s, struct cli *cli)
{
    size_t count = 0;
    if (s->library == NULL)
        return 1;
    mimeo_library_each(s->library, cli->ctx, count_one, &count);
    return count;
}

/* One publisher's mirror that cannot be opened does not hide the others. */
static int visit(const struct mimeo_holding *h, void *payload)
{
    struct each *e = payload;
    mimeo_mirror *m;
    int rc = mimeo_library_mirror(&m, e->s->library, e->cli->ctx, h->publisher);
    int status = rc < 0 ? fail(e->cli, rc) : e->fn(e->cli, m, h, e->payload);
    e->status = graver_status(e->status, status);
    e->count++;
    return rc == MIMEO_ENOMEM || rc == MIMEO_ECANCELLED ? rc : 0;
}

static int visit_one(struct each *e)
{
    mimeo_mirror *m;
    struct mimeo_mirror_state state;
    int rc = mimeo_library_mirror(&m, e->s->library, e->cli->ctx, e->s->who);
    if (rc < 0)
        return fail(e->cli, rc);
    mimeo_mirror_get_state(m, &state);
    struct mimeo_holding h = {.pin = state.pin, .petname = state.petname, .path = state.path};
    strcpy(h.publisher, state.publisher);
    return e->fn(e->cli, m, &h, e->payload);
}

int source_each(struct source *s, struct cli *cli,
                int (*fn)(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload), void *payload)
{
    struct each e = {.cli = cli, .s = s, .fn = fn, .payload = payload};
    if (s->library == NULL)
        return fn(cli, s->mirror, NULL, payload);
    if (s->who != NULL)
        return visit_one(&e);
    int rc = mimeo_library_each(s->library, cli->ctx, visit, &e);
    return rc < 0 ? graver_status(e.status, mimeo_exit_status(rc)) : e.status;
}

static int put_banner(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    (void)payload;
    banner(cli, m);
    return EXIT_OK;
}

int source_banners(struct source *s, struct cli *cli)
{
    return source_each(s, cli, put_banner, NULL);
}

bool source_is_empty(struct source *s, struct cli *cli)
{
    if (s->who != NULL || source_publishers(s, cli) > 0)
        return false;
    mimeo_mirror *m; /* there is none: it says what to do */
    mimeo_library_mirror(&m, s->library, cli->ctx, NULL);
    talk(cli, "mimeo: %s; 'mimeo -C PATH' reads a mirror where it is", mimeo_ctx_message(cli->ctx));
    return true;
}

/* ---- exit status ---- */

int graver_status(int a, int b)
{
    static const int by_gravity[] = {EXIT_OK, 9, 8, 5, EXIT_FAIL, 3, EXIT_USAGE, 10, 7, 6, 4};
    size_t rank_a = 0, rank_b = 0;
    for (size_t i = 0; i < sizeof(by_gravity) / sizeof(by_gravity[0]); i++) {
        rank_a = by_gravity[i] == a ? i : rank_a;
        rank_b = by_gravity[i] == b ? i : rank_b;
    }
    return rank_b > rank_a ? b : a;
}
