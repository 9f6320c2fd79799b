/* mimeo retract */
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { REASON = PUB_COMMON, ERASE, YES };

static const struct option_spec options[] = {
    PUBLISHING_OPTIONS, {"reason", OPTION_VALUE}, {"erase", OPTION_FLAG}, {"yes", OPTION_FLAG}, {NULL, OPTION_FLAG}};
extern const struct command cmd_retract;

static const char warning[] =
    "This asks every holder of a copy to erase the text of these articles, and the pictures that nothing\n"
    "else shows. It cannot be taken back, and it does not reach everything:\n"
    "  - copies that others keep stay as they are, in git histories too;\n"
    "  - anybody can read in the retraction which articles somebody wanted gone, and when.\n"
    "A plain retraction, without --erase, is the quieter way.\n";

/* EXIT_OK where the person means it. */
static int confirm(struct cli *cli)
{
    char answer[16];
    if (cli->no_input || isatty(STDIN_FILENO) != 1)
        return usage_fault(&cmd_retract, "--erase cannot be taken back: name --yes where nobody can be asked");
    fputs(warning, stderr);
    fputs("Type yes to go on: ", stderr);
    fflush(stderr);
    if (fgets(answer, sizeof(answer), stdin) != NULL && strcmp(answer, "yes\n") == 0)
        return EXIT_OK;
    fputs("mimeo: nothing was changed\n", stderr);
    return EXIT_FAIL;
}

static int run_it(struct cli *cli, const struct args *args)
{
    mimeo_publisher *p;
    struct mimeo_publish_result r;
    struct mimeo_retract_options o = {args->values[REASON], args->flags[ERASE]};
    int status = args->flags[ERASE] && !args->flags[YES] ? confirm(cli) : EXIT_OK;
    if (status == EXIT_OK)
        status = open_publisher(&p, cli, &cmd_retract, args, false);
    if (status != EXIT_OK)
        return status;
    progress_start(cli);
    int rc = mimeo_retract(p, cli->ctx, args->words, args->word_count, &o, &r);
    status = rc < 0 ? fail(cli, rc) : tell_result(cli, &r, false);
    if (rc == 0 && args->flags[ERASE])
        talk(cli, "mimeo: the history in git began anew: push it with 'mimeo push', and ask hosts to drop old objects");
    mimeo_publisher_free(p);
    return status;
}

const struct command cmd_retract = {
    "retract", "take articles back",
    "examples:\n"
    "  mimeo retract -C press --reason 'the source withdrew' ferry-timetable\n"
    "  mimeo retract -C press --erase the-witness      to protect people\n"
    "\n"
    "usage:\n"
    "  mimeo retract [-C DIR] [--reason TEXT] [--erase] [--yes] [--key FILE]\n"
    "      [--check-mirror COPY]... [--offline] [--proxy URL]\n"
    "      [--passphrase-file FILE | --passphrase-fd N] ID...\n"
    "\n"
    "options:\n"
    "  --reason TEXT           why; readers see it in place of the article\n"
    "  --erase                 ask holders to erase the text and pictures; cannot be taken back\n"
    "  --yes                   do not ask whether --erase is meant\n"
    "  --key FILE              the publishing key; by default the one that init made\n"
    "  --check-mirror COPY     a path or URL whose head must not be ahead of ours; may be given again\n"
    "  --offline               do not ask the git remotes whether another machine has published\n"
    "  --proxy URL             ask them through socks5h://HOST:PORT or http://HOST:PORT\n"
    "  --passphrase-file FILE  the key's passphrase is the first line of this file\n"
    "  --passphrase-fd N       or of this open descriptor\n",
    options, 1, (size_t)-1, run_it,
};
