/* mimeo(1): finds the command and runs it. */
#include <locale.h>
#include <string.h>

#include "cli.h"

#ifndef MIMEO_VERSION
#define MIMEO_VERSION "unknown"
#endif

extern const struct command cmd_init, cmd_publish, cmd_extract, cmd_revise, cmd_retract, cmd_key, cmd_charter, cmd_clone, cmd_sync,
    cmd_mirrors, cmd_push, cmd_export, cmd_import, cmd_list, cmd_read, cmd_verify, cmd_status, cmd_trust, cmd_head,
    cmd_library;
const struct command *const commands[] = {
    &cmd_init,  &cmd_publish, &cmd_extract, &cmd_revise,  &cmd_retract, &cmd_key, &cmd_charter, /* publisher */
    &cmd_clone, &cmd_sync,    &cmd_mirrors, &cmd_push,    &cmd_export, &cmd_import,            /* courier */
    &cmd_list,  &cmd_read,    &cmd_verify,  &cmd_status,  &cmd_trust, &cmd_head, &cmd_library, /* reader */
    NULL};

static const char general_help[] =
    "mimeo publishes, carries, verifies and reads signed bundles of articles.\n"
    "Only clone, sync and push use the network; publish, revise and retract where git remotes are set; and publish and\n"
    "extract where they are given an address.\n"
    "\n"
    "examples:\n"
    "  mimeo clone 'mimeo:1f0c...'      follow a publisher: from a link, a URL, a stick, a directory\n"
    "  mimeo sync && mimeo list --new   fetch what is new, and list it\n"
    "  mimeo read ferry                 the article whose id begins 'ferry'\n"
    "  mimeo verify press               check every signature and hash of the mirror 'press'\n"
    "  mimeo push -C press              bring a publisher's hosts up to date\n"
    "\n"
    "usage:\n"
    "  mimeo [-C DIR] [--library DIR] [--json] [-q|--quiet] [-v|--verbose] [--no-input]\n"
    "      [-h|--help] [--version] COMMAND [options] [arguments]\n"
    "\n";

static const char general_options[] =
    "\n"
    "options, before or after the command:\n"
    "  -C DIR           the mirror: a directory, a git repository or a .mimeo file; by default the one\n"
    "                   here, or else the library\n"
    "  --library DIR    what is held, pins, and what was verified; ~/.local/share/mimeo by default\n"
    "  --json           results as JSON, an object a line\n"
    "  -q, --quiet      no talk, only results and errors\n"
    "  -v, --verbose    say more\n"
    "  --no-input       never ask anything\n"
    "  -h, --help       this help, or that of a command\n"
    "  --version        the version\n"
    "\n"
    "'mimeo help COMMAND' tells more, and so does the manual: mimeo(1).\n";

static const struct command *find_command(const char *name)
{
    for (const struct command *const *c = commands; *c != NULL; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

static int put_help(const struct command *command)
{
    if (command != NULL) {
        fputs(command->help, stdout);
        return EXIT_OK;
    }
    fputs(general_help, stdout);
    for (const struct command *const *c = commands; *c != NULL; c++) {
        const char *group = *c == &cmd_init ? "for a publisher:\n" : *c == &cmd_clone ? "\nfor a courier:\n" :
                            *c == &cmd_list ? "\nfor a reader:\n" : "";
        printf("%s  %-9s  %s\n", group, (*c)->name, (*c)->summary);
    }
    fputs(general_options, stdout);
    return EXIT_OK;
}

static int run_help(int argc, char **argv)
{
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (argc > 1 && command == NULL)
        return usage_fault(NULL, "there is no command '%s'", argv[1]);
    return put_help(command);
}

static int run_command(struct cli *cli, const struct command *command, int argc, char **argv)
{
    struct args args;
    int next;
    bool help = false, version = false;
    int status = options_parse(&args, cli, command, argc, argv, &next, &help, &version);
    if (status == EXIT_OK && help)
        status = put_help(command);
    else if (status == EXIT_OK && args.word_count < command->words_min)
        status = usage_fault(command, "something is missing");
    else if (status == EXIT_OK && args.word_count > command->words_max)
        status = usage_fault(command, "'%s' is one word too many", args.words[command->words_max]);
    if (status == EXIT_OK && !help) {
        use_passphrase(cli, NULL, NULL);
        status = command->run(cli, &args);
    }
    args_dispose(&args);
    return status;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct args args;
    int next = argc;
    bool help = false, version = false;
    int status = options_parse(&args, cli, NULL, argc, argv, &next, &help, &version);
    args_dispose(&args);
    if (status != EXIT_OK)
        return status;
    if (version) {
        puts("mimeo " MIMEO_VERSION);
        return EXIT_OK;
    }
    if (next >= argc)
        return help ? put_help(NULL) : usage_fault(NULL, "a command is missing");
    if (strcmp(argv[next], "help") == 0)
        return run_help(argc - next, argv + next);
    const struct command *command = find_command(argv[next]);
    if (command == NULL)
        return usage_fault(NULL, "there is no command '%s'", argv[next]);
    return help ? put_help(command) : run_command(cli, command, argc - next, argv + next);
}

int main(int argc, char **argv)
{
    struct cli cli = {.dir = "."};
    setlocale(LC_CTYPE, "");
    if (mimeo_ctx_new(&cli.ctx) < 0) {
        fputs("mimeo: cannot start\n", stderr);
        return EXIT_FAIL;
    }
    int status = finish_output(run(&cli, argc, argv));
    mimeo_ctx_free(cli.ctx);
    return status;
}
