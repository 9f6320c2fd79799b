/* mimeo key */
#include <string.h>

#include "cli.h"

enum { ROLE, NO_PASSPHRASE, PASS_FILE, PASS_FD, NEW_FILE, NEW_FD };

static const struct option_spec options[] = {
    {"role", OPTION_VALUE}, {"no-passphrase", OPTION_FLAG}, {"passphrase-file", OPTION_VALUE},
    {"passphrase-fd", OPTION_VALUE}, {"new-passphrase-file", OPTION_VALUE}, {"new-passphrase-fd", OPTION_VALUE},
    {NULL, OPTION_FLAG}};
extern const struct command cmd_key;

static int put_info(struct cli *cli, const char *path, const struct mimeo_key_info *info)
{
    const char *role = info->role == MIMEO_KEY_ROOT ? "root" : "publish";
    if (cli->json) {
        json_begin();
        json_string("file", path);
        json_string("role", role);
        json_string("public_key", info->public_key);
        json_bool("encrypted", info->encrypted);
        json_end();
    } else {
        printf("%s  %s key, %s\n", info->public_key, role,
               info->encrypted ? "with a passphrase" : "without a passphrase");
    }
    return EXIT_OK;
}

static int run_new(struct cli *cli, const struct args *args, const char *path)
{
    const char *role = args->values[ROLE] == NULL ? "publish" : args->values[ROLE];
    struct passphrase_options pass = {cli, args->values[PASS_FILE], args->values[PASS_FD], args->flags[NO_PASSPHRASE],
                                      "passphrase"};
    struct mimeo_passphrase_source source = passphrase_source(&pass);
    struct mimeo_key_info info;
    if (strcmp(role, "root") != 0 && strcmp(role, "publish") != 0)
        return usage_fault(&cmd_key, "--role is root or publish, not '%s'", role);
    int rc = mimeo_key_new(cli->ctx, path, strcmp(role, "root") == 0 ? MIMEO_KEY_ROOT : MIMEO_KEY_PUBLISH, &source, &info);
    return rc < 0 ? fail(cli, rc) : put_info(cli, path, &info);
}

static int run_show(struct cli *cli, const char *path)
{
    struct mimeo_key_info info;
    int rc = mimeo_key_show(cli->ctx, path, &info);
    return rc < 0 ? fail(cli, rc) : put_info(cli, path, &info);
}

static int run_passphrase(struct cli *cli, const struct args *args, const char *path)
{
    struct passphrase_options old = {cli, args->values[PASS_FILE], args->values[PASS_FD], false, "passphrase"};
    struct passphrase_options fresh = {cli, args->values[NEW_FILE], args->values[NEW_FD], args->flags[NO_PASSPHRASE],
                                       "new-passphrase"};
    struct mimeo_passphrase_source from = passphrase_source(&old), to = passphrase_source(&fresh);
    int rc = mimeo_key_passphrase(cli->ctx, path, &from, &to);
    if (rc < 0)
        return fail(cli, rc);
    talk(cli, "mimeo: the passphrase of '%s' is changed; destroy older copies of the file", path);
    return EXIT_OK;
}

static int run_it(struct cli *cli, const struct args *args)
{
    const char *verb = args->words[0], *path = args->words[1];
    if (strcmp(verb, "new") == 0)
        return run_new(cli, args, path);
    if (strcmp(verb, "show") == 0)
        return run_show(cli, path);
    if (strcmp(verb, "passphrase") == 0)
        return run_passphrase(cli, args, path);
    return usage_fault(&cmd_key, "'key' knows new, show and passphrase, not '%s'", verb);
}

const struct command cmd_key = {
    "key", "make key files, look at them, change their passphrase",
    "examples:\n"
    "  mimeo key show press.key\n"
    "  mimeo key passphrase press.key\n"
    "\n"
    "usage:\n"
    "  mimeo key new FILE [--role root|publish] [--no-passphrase]\n"
    "      [--passphrase-file FILE | --passphrase-fd N]\n"
    "  mimeo key show FILE\n"
    "  mimeo key passphrase FILE [--no-passphrase] [--passphrase-file FILE | --passphrase-fd N]\n"
    "      [--new-passphrase-file FILE | --new-passphrase-fd N]\n"
    "\n"
    "options:\n"
    "  --role root|publish         what the new key is for; publish by default\n"
    "  --no-passphrase             store the key in the clear\n"
    "  --passphrase-file FILE      the key's passphrase is the first line of this file\n"
    "  --passphrase-fd N           or of this open descriptor\n"
    "  --new-passphrase-file FILE  the new one, where the old one is changed\n"
    "  --new-passphrase-fd N       the same from an open descriptor\n",
    options, 2, 2, run_it,
};
