/* mimeo clone */
#include <string.h>

#include "cli.h"

enum { NO_MEDIA = NET_COMMON, EXPECT, PETNAME, PASSPHRASE_FILE, PASSPHRASE_FD };

static const struct option_spec options[] = {NETWORK_OPTIONS,          {"no-media", OPTION_FLAG}, {"expect", OPTION_VALUE},
                                             {"petname", OPTION_VALUE}, PACK_OPTIONS, {NULL, OPTION_FLAG}};
extern const struct command cmd_clone;

static int run_it(struct cli *cli, const struct args *args)
{
    struct mimeo_sync_result r;
    struct mimeo_clone_options o = {.sync = {.no_media = args->flags[NO_MEDIA], .event = hear_sync, .payload = cli},
                                    .expect = args->values[EXPECT],
                                    .petname = args->values[PETNAME]};
    int status = parse_network(&o.sync.network, cli, &cmd_clone, args);
    if (status != EXIT_OK)
        return status;
    use_passphrase(cli, args->values[PASSPHRASE_FILE], args->values[PASSPHRASE_FD]);
    progress_start(cli);
    int rc = mimeo_clone(cli->ctx, cli->library, args->words[0], &o, &r);
    progress_clear();
    status = rc < 0 ? fail(cli, rc) : EXIT_OK;
    if (r.publisher[0] != '\0' && !cli->quiet)
        put_new_publisher(cli, r.publisher);
    return status;
}

const struct command cmd_clone = {
    "clone", "fetch a mirror into the library, and follow its publisher",
    "examples:\n"
    "  mimeo clone 'mimeo:1f0c...'                          a link says who it is and where copies are\n"
    "  mimeo clone https://host.example/press.git --expect '78767 31427 ...'\n"
    "  mimeo clone /media/stick\n"
    "\n"
    "usage:\n"
    "  mimeo clone [--expect DIGITS] [--petname NAME] [--proxy URL] [--ca-file FILE]\n"
    "      [--connect-timeout SECONDS] [--stall-timeout SECONDS] [--timeout SECONDS] [--no-media]\n"
    "      " PACK_USAGE " [--json] PATH | URL | LINK\n"
    "\n"
    "options:\n"
    "  --expect DIGITS            the fingerprint, as you got it in another way\n"
    "  --petname NAME             what you call this publisher\n"
    NETWORK_HELP
    "  --no-media                 text alone, no pictures\n"
    "  --passphrase-file FILE     of an encrypted pack: the first line of FILE\n"
    "  --passphrase-fd N          the same from descriptor N\n"
    "  --json                     what came of the address, and whose it is\n"
    "\n"
    "exit status:\n"
    "  0 all is here, 3 not reached, 4 forged or damaged, 7 rollback or conflict, 8 incomplete\n",
    options, 1, 1, run_it,
};
