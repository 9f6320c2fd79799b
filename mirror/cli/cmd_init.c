/* mimeo init */
#include "cli.h"

enum { NAME, SITE, ROOT_KEY, KEY, MIRROR, NEXT_BY, NO_PASSPHRASE, PASS_FILE, PASS_FD, ROOT_PASS_FILE, ROOT_PASS_FD, CHARTER };

static const struct option_spec options[] = {
    {"name", OPTION_VALUE}, {"site", OPTION_VALUE}, {"root-key", OPTION_VALUE}, {"key", OPTION_VALUE},
    {"mirror", OPTION_LIST}, {"next-by", OPTION_VALUE}, {"no-passphrase", OPTION_FLAG},
    {"passphrase-file", OPTION_VALUE}, {"passphrase-fd", OPTION_VALUE}, {"root-passphrase-file", OPTION_VALUE},
    {"root-passphrase-fd", OPTION_VALUE}, {"charter", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_init;

static void tell(struct cli *cli, const struct mimeo_init_result *r, const char *root_key, const char *dir)
{
    if (cli->json) {
        json_begin();
        json_string("publisher", r->publisher);
        json_string("digits", r->digits);
        json_page_hash();
        json_string("root_key", root_key); /* none where the charter came from elsewhere */
        json_string("key", r->publish_key);
        json_end();
        return;
    }
    printf("Publisher ID:    %s\nFingerprint:     %s\n", r->publisher, r->digits);
    put_page_hash(17);
    printf("Publishing key:  %s\n", r->publish_key);
    if (root_key == NULL) {
        talk(cli, "Spread the fingerprint by every other way you have: readers compare it.\n"
                  "Next: mimeo publish -C %s --key %s FILE...", dir, r->publish_key);
        return;
    }
    printf("Root key:        %s\n", root_key);
    talk(cli, "\nMove the root key off this machine now, to two sticks that are kept apart: it is needed only to change\n"
              "keys. Whoever has it is this publisher; lost or stolen, it means a new publisher ID.\n"
              "Spread the fingerprint by every other way you have: readers compare it.\n"
              "Next: mimeo publish -C %s FILE...", dir);
}

static int run_it(struct cli *cli, const struct args *args)
{
    const char *dir = args->word_count > 0 ? args->words[0] : cli->dir;
    const char *root_key = args->values[ROOT_KEY] == NULL ? "mimeo-root.key" : args->values[ROOT_KEY];
    bool none = args->flags[NO_PASSPHRASE];
    struct passphrase_options root = {cli, args->values[ROOT_PASS_FILE], args->values[ROOT_PASS_FD], none,
                                      "root-passphrase"};
    struct passphrase_options publish = {cli, args->values[PASS_FILE], args->values[PASS_FD], none, "passphrase"};
    struct mimeo_init_options o = {.charter = args->values[CHARTER],
                                   .name = args->values[NAME],
                                   .site = args->values[SITE],
                                   .root_key = root_key,
                                   .publish_key = args->values[KEY],
                                   .root_passphrase = passphrase_source(&root),
                                   .publish_passphrase = passphrase_source(&publish),
                                   .mirrors = args->lists[MIRROR],
                                   .library = cli->library};
    struct mimeo_init_result r;
    if (o.charter != NULL) {
        if (o.name != NULL || o.site != NULL || args->values[ROOT_KEY] != NULL)
            return usage_fault(&cmd_init, "with --charter, name, site and root keys are the charter's");
        root_key = NULL;
    } else if (o.name == NULL)
        return usage_fault(&cmd_init, "--name is missing: what the publisher calls itself");
    if (args->values[NEXT_BY] != NULL && !mimeo_duration_parse(args->values[NEXT_BY], &o.next_by))
        return usage_fault(&cmd_init, "--next-by wants a duration such as 7d or 36h (at most 400d), not '%s'",
                           args->values[NEXT_BY]);
    if (none && o.charter == NULL && root.file == NULL && root.fd == NULL)
        talk(cli, "mimeo: the keys are stored in the clear: whoever copies their files can publish in this name");
    int rc = mimeo_init(cli->ctx, dir, &o, &r);
    if (rc < 0)
        return fail(cli, rc);
    tell(cli, &r, root_key, dir);
    return EXIT_OK;
}

const struct command cmd_init = {
    "init", "make a publisher: two keys, a charter and an empty mirror",
    "examples:\n"
    "  mimeo init press --name 'Harbour Courier' --root-key /media/stick/root.key\n"
    "  mimeo init press --charter charter --key publish.key   several root keys: see mimeo-charter(1)\n"
    "\n"
    "usage:\n"
    "  mimeo init [DIR] --name NAME [--site URL] [--root-key FILE] [--key FILE] [--mirror URL]...\n"
    "      [--next-by DURATION] [--no-passphrase] [--passphrase-file FILE | --passphrase-fd N]\n"
    "      [--root-passphrase-file FILE | --root-passphrase-fd N]\n"
    "  mimeo init [DIR] --charter FILE --key FILE [--mirror URL]... [--next-by DURATION]\n"
    "      [--passphrase-file FILE | --passphrase-fd N]\n"
    "\n"
    "options:\n"
    "  --name NAME                  what the publisher calls itself\n"
    "  --site URL                   its address\n"
    "  --root-key FILE              a new file for the root key; ./mimeo-root.key by default\n"
    "  --key FILE                   a new file for the publishing key; with --charter, the one it names\n"
    "  --charter FILE               a first charter that several root keys signed elsewhere\n"
    "  --mirror URL                 where copies will be offered; may be given again\n"
    "  --next-by DURATION           promise to publish again within it; 7d by default\n"
    "  --no-passphrase              store the keys in the clear\n"
    "  --passphrase-file FILE       the publishing key's passphrase is the first line of this file\n"
    "  --passphrase-fd N            or of this open descriptor\n"
    "  --root-passphrase-file FILE  the same for the root key\n"
    "  --root-passphrase-fd N       the same for the root key\n",
    options, 0, 1, run_it,
};
