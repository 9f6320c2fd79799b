/*
 * What a reader's command works on.  With -C or a path: that mirror; with several paths, or a directory that is no mirror and
 * has some or packs in it: all of them.  With neither: the mirror in the current directory if there is one, else the library;
 * with --publisher the library in any case.
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

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- what was handed over ---- */

struct refusing {
    struct cli *cli;
    struct source *s;
};

static void hear_refused(const char *path, int code, const char *message, void *payload)
{
    const struct refusing *r = payload;
    (void)path;
    progress_clear();
    fprintf(stderr, "mimeo: %s\n", message);
    r->s->status = graver_status(r->s->status, mimeo_exit_status(code));
}

/* One is a mirror like any other. */
static int gather(struct source *out, struct cli *cli, const char *const *paths, size_t count)
{
    struct refusing r = {cli, out};
    bool given = cli->packs.file != NULL || cli->packs.fd != NULL;
    struct mimeo_gather_options o = {given, count > 1 ? hear_refused : NULL, &r};
    int rc = mimeo_gather(&out->gathering, cli->ctx, paths, count, &o);
    if (rc < 0)
        return count > 1 && out->status != EXIT_OK ? out->status : fail(cli, rc);
    if (mimeo_gathering_count(out->gathering) > 1 || out->status != EXIT_OK)
        return EXIT_OK;
    rc = mimeo_gathering_mirror(&out->mirror, out->gathering, cli->ctx, 0, cli->library);
    mimeo_gathering_free(out->gathering);
    out->gathering = NULL;
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

static int open_path(struct source *out, struct cli *cli, const char *path)
{
    int rc = mimeo_mirror_open(&out->mirror, cli->ctx, path, cli->library);
    if (rc == MIMEO_ENOTFOUND && is_directory(path))
        return gather(out, cli, &path, 1);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

static int open_library(struct source *out, struct cli *cli)
{
    int rc = out->who == NULL ? mimeo_mirror_open(&out->mirror, cli->ctx, ".", cli->library) : MIMEO_ENOTFOUND;
    if (rc == 0 || !is_no_mirror(rc))
        return rc < 0 ? fail(cli, rc) : EXIT_OK;
    rc = mimeo_library_open(&out->library, cli->ctx, cli->library);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

int source_open_all(struct source *out, struct cli *cli, const struct command *command, const char *const *paths, size_t count,
                    const char *who)
{
    *out = (struct source){.who = who};
    if (who != NULL && (count > 0 || cli->dir_given))
        return usage_fault(command, "--publisher chooses among the library's: it does not go with a mirror's path");
    if (count > 1)
        return gather(out, cli, paths, count);
    if (count == 1)
        return open_path(out, cli, paths[0]);
    return cli->dir_given ? open_path(out, cli, cli->dir) : open_library(out, cli);
}

int source_open(struct source *out, struct cli *cli, const struct command *command, const char *path, const char *who)
{
    int status = source_open_all(out, cli, command, &path, path != NULL, who);
    if (status != EXIT_OK || out->gathering == NULL)
        return status;
    return usage_fault(command, "there are several mirrors: name one of them");
}

void source_close(struct source *s)
{
    if (s->library == NULL)
        mimeo_mirror_free(s->mirror);
    mimeo_gathering_free(s->gathering);
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
    if (s->gathering != NULL)
        return mimeo_gathering_count(s->gathering);
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

static int visit_gathered(struct each *e)
{
    int rc = 0;
    e->status = e->s->status;
    for (size_t n = 0; n < mimeo_gathering_count(e->s->gathering) && rc != MIMEO_ENOMEM && rc != MIMEO_ECANCELLED; n++) {
        mimeo_mirror *m;
        struct mimeo_mirror_state state;
        rc = mimeo_gathering_mirror(&m, e->s->gathering, e->cli->ctx, n, e->cli->library);
        if (rc < 0) {
            e->status = graver_status(e->status, fail(e->cli, rc));
            continue;
        }
        mimeo_mirror_get_state(m, &state);
        struct mimeo_holding h = {.pin = state.pin, .petname = state.petname, .path = state.path};
        strcpy(h.publisher, state.publisher);
        e->status = graver_status(e->status, e->fn(e->cli, m, &h, e->payload));
        mimeo_mirror_free(m);
    }
    return e->status;
}

int source_each(struct source *s, struct cli *cli,
                int (*fn)(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload), void *payload)
{
    struct each e = {.cli = cli, .s = s, .fn = fn, .payload = payload};
    if (s->gathering != NULL)
        return visit_gathered(&e);
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
    if (s->who != NULL || s->library == NULL || source_publishers(s, cli) > 0)
        return false;
    mimeo_mirror *m; /* there is none: it says what to do */
    mimeo_library_mirror(&m, s->library, cli->ctx, NULL);
    talk(cli, "mimeo: %s; 'mimeo -C PATH' reads a mirror where it is", mimeo_ctx_message(cli->ctx));
    return true;
}

/* ---- of whom nothing came yet ---- */

static int is_this(const struct mimeo_holding *h, void *payload)
{
    return strcmp(h->publisher, payload) == 0;
}

static int put_awaited(const struct mimeo_pin *pin, void *payload)
{
    const struct each *e = payload;
    char id[MIMEO_HEX_LEN + 1];
    strcpy(id, pin->publisher);
    if (pin->state == MIMEO_PIN_OWN || mimeo_library_each(e->s->library, e->cli->ctx, is_this, id) != 0)
        return 0;
    if (e->cli->json) {
        json_begin();
        json_string("remark", "nothing is held yet");
        json_publisher(pin->publisher, pin->petname);
        json_end();
        return 0;
    }
    fputs("note: nothing of '", stdout);
    put_text(e->cli, pin->petname[0] != '\0' ? pin->petname : pin->publisher, 0);
    puts("' is held yet: 'mimeo sync' gets it from the mirrors that are known, or 'mimeo clone' from an address");
    return 0;
}

void source_put_awaited(struct source *s, struct cli *cli)
{
    struct each e = {.cli = cli, .s = s};
    if (s->library != NULL && s->who == NULL && source_publishers(s, cli) > 0)
        mimeo_trust_each(cli->ctx, cli->library, put_awaited, &e);
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
