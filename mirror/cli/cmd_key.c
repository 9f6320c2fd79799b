/* mimeo key */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { ROLE, NO_PASSPHRASE, PASS_FILE, PASS_FD, NEW_FILE, NEW_FD, OUT, KEY, QR };

static const struct option_spec options[] = {
    {"role", OPTION_VALUE}, {"no-passphrase", OPTION_FLAG}, {"passphrase-file", OPTION_VALUE},
    {"passphrase-fd", OPTION_VALUE}, {"new-passphrase-file", OPTION_VALUE}, {"new-passphrase-fd", OPTION_VALUE},
    {"o", OPTION_VALUE}, {"key", OPTION_VALUE}, {"qr", OPTION_FLAG}, {NULL, OPTION_FLAG}};
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

/* ---- a drill ---- */

static void json_check(const char *path, const struct mimeo_key_check *c)
{
    json_begin();
    json_string("file", path);
    json_string("role", c->key.role == MIMEO_KEY_ROOT ? "root" : "publish");
    json_string("public_key", c->key.public_key);
    json_bool("opens", true);
    if (c->newest_charter > 0) {
        json_number("charter", c->charter);
        json_number("newest_charter", c->newest_charter);
        json_number("threshold", c->threshold);
        json_number("keys", c->count);
    }
    json_end();
}

static void put_standing(struct cli *cli, const struct mimeo_key_check *c)
{
    const char *kind = c->key.role == MIMEO_KEY_ROOT ? "root" : "publishing";
    if (c->newest_charter == 0)
        return;
    if (c->charter == 0) {
        printf("It is no %s key of \"", kind);
        put_text(cli, c->name, 0);
        puts("\": this is another key than you think");
        return;
    }
    printf("It is a %s key of charter %u of \"", kind, c->charter);
    put_text(cli, c->name, 0);
    printf("\"%s\n", c->charter == c->newest_charter ? "" : ", and was withdrawn since");
    if (c->charter != c->newest_charter)
        return;
    if (c->key.role == MIMEO_KEY_ROOT && c->threshold > 1)
        printf("%u of %zu root keys have to sign: with this one, %u more of the other %zu\n", c->threshold, c->count,
               c->threshold - 1, c->count - 1);
    else
        printf("1 of %zu such keys is enough: this one alone can sign\n", c->count);
}

static int run_check(struct cli *cli, const struct args *args, const char *path)
{
    struct passphrase_options pass = {cli, args->values[PASS_FILE], args->values[PASS_FD], false, "passphrase"};
    struct mimeo_passphrase_source source = passphrase_source(&pass);
    struct mimeo_key_check c;
    const char *place = args->word_count > 2 ? args->words[2] : cli->dir_given ? cli->dir : NULL;
    int rc = mimeo_key_check(&c, cli->ctx, path, &source, place, cli->library);
    if (rc < 0)
        return fail(cli, rc);
    if (cli->json) {
        json_check(path, &c);
    } else {
        printf("The key opens, and its public half is right: %s\n", c.key.public_key);
        put_standing(cli, &c);
        puts("Nothing was signed.");
    }
    if (c.newest_charter == 0 || c.charter == c.newest_charter)
        return EXIT_OK;
    return c.charter == 0 ? EXIT_FAIL : mimeo_exit_status(MIMEO_EREVOKED);
}

static int run_print(struct cli *cli, const struct args *args, const char *path)
{
    struct mimeo_key_info info;
    char *text, *qr = NULL;
    int rc = mimeo_key_show(cli->ctx, path, &info);
    if (rc == 0)
        rc = mimeo_key_text(&text, cli->ctx, path);
    if (rc < 0)
        return fail(cli, rc);
    fputs(text, stdout);
    if (args->flags[QR] && (rc = mimeo_qr(&qr, cli->ctx, text, stdout_styles())) == 0)
        printf("\n%s", qr);
    free(qr);
    mimeo_key_text_free(text);
    if (!info.encrypted)
        talk(cli, "mimeo: this key has no passphrase: whoever sees this can sign with it");
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

/* ---- another machine ---- */

static int put_handover(struct cli *cli, const struct mimeo_handover *h)
{
    if (cli->json) {
        json_begin();
        json_string("publisher", h->publisher);
        json_number("seq", h->seq);
        json_string("head_hash", h->head_hash);
        json_time("at", h->at);
        json_end();
    }
    return EXIT_OK;
}

static int run_hand_over(struct cli *cli, const struct args *args, const char *path)
{
    struct mimeo_handover h;
    const char *out = args->values[OUT];
    if (out == NULL)
        return usage_fault(&cmd_key, "'key hand-over' wants -o FILE: what travels to the other machine");
    int rc = mimeo_key_hand_over(cli->ctx, path, out, &h);
    if (rc < 0)
        return fail(cli, rc);
    talk(cli, "mimeo: handed over after bundle %llu: this machine signs no more with this key. '%s' is as secret as the key:\n"
              "carry it to one machine alone, and destroy it when 'key take-over' has ended there",
         (unsigned long long)h.seq, out);
    return put_handover(cli, &h);
}

static int run_take_over(struct cli *cli, const struct args *args, const char *path)
{
    struct mimeo_handover h;
    if (args->values[KEY] == NULL)
        return usage_fault(&cmd_key, "'key take-over' wants --key FILE: where the key will be");
    int rc = mimeo_key_take_over(cli->ctx, path, args->values[KEY], &h);
    if (rc < 0)
        return fail(cli, rc);
    talk(cli, "mimeo: this machine goes on after bundle %llu; destroy '%s' now", (unsigned long long)h.seq, path);
    return put_handover(cli, &h);
}

static int run_it(struct cli *cli, const struct args *args)
{
    const char *verb = args->words[0], *path = args->words[1];
    if (strcmp(verb, "check") == 0)
        return run_check(cli, args, path);
    if (args->word_count > 2)
        return usage_fault(&cmd_key, "'%s' is one word too many", args->words[2]);
    if (strcmp(verb, "new") == 0)
        return run_new(cli, args, path);
    if (strcmp(verb, "show") == 0)
        return run_show(cli, path);
    if (strcmp(verb, "passphrase") == 0)
        return run_passphrase(cli, args, path);
    if (strcmp(verb, "print") == 0)
        return run_print(cli, args, path);
    if (strcmp(verb, "hand-over") == 0)
        return run_hand_over(cli, args, path);
    if (strcmp(verb, "take-over") == 0)
        return run_take_over(cli, args, path);
    return usage_fault(&cmd_key, "'key' knows new, show, passphrase, check, print, hand-over and take-over, not '%s'", verb);
}

const struct command cmd_key = {
    "key", "make key files, check them, move them to another machine",
    "examples:\n"
    "  mimeo key show press.key\n"
    "  mimeo key check /media/stick/root.key -C press     does the backup work? signs nothing\n"
    "  mimeo key hand-over press.key -o move              another machine will number the bundles\n"
    "\n"
    "usage:\n"
    "  mimeo key new FILE [--role root|publish] [--no-passphrase]\n"
    "      [--passphrase-file FILE | --passphrase-fd N]\n"
    "  mimeo key show FILE\n"
    "  mimeo key passphrase FILE [--no-passphrase] [--passphrase-file FILE | --passphrase-fd N]\n"
    "      [--new-passphrase-file FILE | --new-passphrase-fd N]\n"
    "  mimeo key check FILE [-C DIR | CHARTER] [--passphrase-file FILE | --passphrase-fd N]\n"
    "  mimeo key print FILE [--qr]\n"
    "  mimeo key hand-over FILE -o MOVE\n"
    "  mimeo key take-over MOVE --key FILE\n"
    "\n"
    "options:\n"
    "  --role root|publish         what the new key is for; publish by default\n"
    "  --no-passphrase             store the key in the clear\n"
    "  --passphrase-file FILE      the key's passphrase is the first line of this file\n"
    "  --passphrase-fd N           or of this open descriptor\n"
    "  --new-passphrase-file FILE  the new one, where the old one is changed\n"
    "  --new-passphrase-fd N       the same from an open descriptor\n"
    "  -o MOVE                     the new file that travels; as secret as the key\n"
    "  --key FILE                  the new file for the key, on the machine that takes over\n"
    "  --qr                        the lines as a QR code too\n",
    options, 2, 3, run_it,
};
