/* mimeo push */

#include <sys/stat.h>

#include "cli.h"

extern const struct command cmd_push;

enum { PUBLISHER, PROXY, NO_MEDIA, WITH_READER, PAGE };

static const struct option_spec options[] = {
    {"publisher", OPTION_VALUE}, {"proxy", OPTION_VALUE}, {"no-media", OPTION_FLAG},
    {"with-reader", OPTION_FLAG}, {"page", OPTION_VALUE}, {NULL, OPTION_FLAG}};

static const char *const outcome_words[] = {"pushed", "unchanged", "failed"};

static void put_json(const struct mimeo_push_event *e)
{
    json_begin();
    json_string("remote", e->remote);
    json_string("outcome", outcome_words[e->outcome]);
    if (e->outcome == MIMEO_PUSH_FAILED)
        json_string("error", mimeo_error_name(e->code));
    json_bool("rewrote", e->rewrote);
    json_string("message", e->message[0] == '\0' ? NULL : e->message);
    json_end();
}

/* A line for each remote on the standard output; a warning beside it is talk. */
static void hear(const struct mimeo_push_event *e, void *payload)
{
    struct cli *cli = payload;
    progress_clear();
    if (cli->json) {
        put_json(e);
    } else {
        printf("%-9s  ", outcome_words[e->outcome]);
        put_text(cli, e->outcome == MIMEO_PUSH_FAILED ? e->message : e->remote, 0); /* the message names it */
        putchar('\n');
        if (e->outcome != MIMEO_PUSH_FAILED && e->message[0] != '\0')
            talk(cli, "mimeo: '%s': %s", e->remote, e->message);
    }
    fflush(stdout);
}

static int push_all(struct cli *cli, const char *path, const struct args *args, const struct page *page)
{
    struct mimeo_push_result r;
    struct mimeo_push_file files[] = {{MIMEO_PAGE_NAME, page->bytes, page->len}, {MIMEO_PAGE_SERVICE_NAME, NULL, 0}};
    files[1].bytes = mimeo_page_service(&files[1].len);
    struct mimeo_push_options o = {.network = {.proxy = args->values[PROXY]},
                                   .library = cli->library,
                                   .no_media = args->flags[NO_MEDIA],
                                   .no_input = cli->no_input,
                                   .page_files = files,
                                   .page_file_count = page->bytes == NULL ? 0 : 2,
                                   .with_reader = args->flags[WITH_READER],
                                   .event = hear,
                                   .payload = cli};
    progress_start(cli);
    int rc = mimeo_push(cli->ctx, path, args->words, args->word_count, &o, &r);
    progress_clear();
    /* Each remote's failure was told in its line. */
    return rc < 0 && (r.failed == 0 || rc == MIMEO_ECANCELLED) ? fail(cli, rc) : mimeo_exit_status(rc);
}

static int push(struct cli *cli, const char *path, const struct args *args)
{
    struct page page;
    int status = page_load(&page, args->values[PAGE]);
    if (status != EXIT_OK)
        return status;
    if (args->flags[WITH_READER] && page.bytes == NULL) {
        fputs("mimeo: this mimeo was built without the page: get " MIMEO_PAGE_NAME " from the project, and name it with --page\n",
              stderr);
        return EXIT_FAIL;
    }
    status = push_all(cli, path, args, &page);
    page_dispose(&page);
    return status;
}

/* What the library holds of a publisher; `who` NULL: of the only one. */
static int push_held(struct cli *cli, const char *who, const struct args *args)
{
    mimeo_library *l;
    mimeo_mirror *m;
    struct mimeo_mirror_state s;
    int rc = mimeo_library_open(&l, cli->ctx, cli->library);
    if (rc < 0)
        return fail(cli, rc);
    rc = mimeo_library_mirror(&m, l, cli->ctx, who);
    int status = rc < 0 ? fail(cli, rc) : EXIT_OK;
    if (rc == 0) {
        mimeo_mirror_get_state(m, &s);
        status = push(cli, s.path, args);
    }
    mimeo_library_free(l);
    return status;
}

static bool is_mirror(const char *dir)
{
    static const char *const signs[] = {"head", "bundles", ".git", "HEAD"};
    bool is = false;
    for (size_t i = 0; !is && i < sizeof(signs) / sizeof(signs[0]); i++) {
        struct stat st;
        char path[4096];
        int len = snprintf(path, sizeof(path), "%s/%s", dir, signs[i]);
        is = len > 0 && (size_t)len < sizeof(path) && stat(path, &st) == 0;
    }
    return is;
}

static int run_it(struct cli *cli, const struct args *args)
{
    const char *who = args->values[PUBLISHER];
    if (args->values[PAGE] != NULL && !args->flags[WITH_READER])
        return usage_fault(&cmd_push, "--page goes with --with-reader");
    if (who != NULL && cli->dir_given)
        return usage_fault(&cmd_push, "-C names a directory and --publisher what the library holds: give one of them");
    if (who != NULL || (!cli->dir_given && !is_mirror(cli->dir)))
        return push_held(cli, who, args);
    return push(cli, cli->dir, args);
}

const struct command cmd_push = {
    "push", "push a mirror to where copies are offered",
    "examples:\n"
    "  mimeo push -C press                        to each remote of its git configuration\n"
    "  mimeo push -C press origin /media/stick/press\n"
    "  mimeo push --publisher courier https://host.example/team/copy.git\n"
    "  mimeo push -C press --with-reader /srv/www/press\n"
    "\n"
    "usage:\n"
    "  mimeo push [-C DIR | --publisher WHO] [--proxy URL] [--no-media]\n"
    "      [--with-reader] [--page FILE] [--json] [REMOTE]...\n"
    "\n"
    "options:\n"
    "  -C DIR           the mirror that is pushed; here by default\n"
    "  --publisher WHO  push what the library holds of this publisher, which must be all of it\n"
    "  --proxy URL      through socks5h://HOST:PORT or http://HOST:PORT, and never round it\n"
    "  --no-media       text alone\n"
    "  --with-reader    the page that reads it in a browser, reader.html and reader-offline.js, goes into\n"
    "                   each directory, in place of what is there by these names\n"
    "  --page FILE      this page instead of the one that is built in\n"
    "  --json           an object a remote\n"
    "\n"
    "exit status:\n"
    "  0 all remotes are up to date, 3 one was not reached, 7 one is ahead or has another history,\n"
    "  8 the mirror is not whole, 1 another failure\n",
    options, 0, (size_t)-1, run_it,
};
