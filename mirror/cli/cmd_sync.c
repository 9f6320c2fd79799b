/* mimeo sync */
#include "cli.h"

enum { NO_MEDIA = NET_COMMON, ALL_MIRRORS, REPAIR };

static const struct option_spec options[] = {
    NETWORK_OPTIONS, {"no-media", OPTION_FLAG}, {"all-mirrors", OPTION_FLAG}, {"repair", OPTION_FLAG},
    {NULL, OPTION_FLAG}};
extern const struct command cmd_sync;

static int run_it(struct cli *cli, const struct args *args)
{
    struct mimeo_sync_result r;
    struct mimeo_sync_options o = {.no_media = args->flags[NO_MEDIA],
                                   .all_mirrors = args->flags[ALL_MIRRORS],
                                   .repair = args->flags[REPAIR],
                                   .event = hear_sync,
                                   .payload = cli};
    int status = parse_network(&o.network, cli, &cmd_sync, args);
    if (status != EXIT_OK)
        return status;
    progress_start(cli);
    int rc = mimeo_sync(cli->ctx, cli->library, args->word_count > 0 ? args->words[0] : NULL, &o, &r);
    progress_clear();
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

const struct command cmd_sync = {
    "sync", "fetch what is new from the mirrors of those you follow",
    "examples:\n"
    "  mimeo sync && mimeo list --new\n"
    "  mimeo sync 'Harbour Courier' --proxy socks5h://127.0.0.1:9050\n"
    "\n"
    "usage:\n"
    "  mimeo sync [--proxy URL] [--ca-file FILE] [--connect-timeout SECONDS] [--stall-timeout SECONDS]\n"
    "      [--timeout SECONDS] [--no-media] [--all-mirrors] [--repair] [--json] [WHO]\n"
    "\n"
    "options:\n"
    NETWORK_HELP
    "  --no-media                 text alone, no pictures\n"
    "  --all-mirrors              ask every mirror, not only until one is up to date\n"
    "  --repair                   check all that is held, and fetch again what is damaged\n"
    "  --json                     what came of each address, an object a line\n"
    "\n"
    "exit status:\n"
    "  0 up to date, 3 no mirror reached, 4 forged or damaged, 7 conflict, 8 incomplete: run it again\n",
    options, 0, 1, run_it,
};
