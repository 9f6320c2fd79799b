/* mimeo charter */
#include <string.h>

#include "charter.h"

static const struct option_spec options[] = {
    {"name", OPTION_VALUE}, {"site", OPTION_VALUE}, {"add-root", OPTION_LIST}, {"remove-root", OPTION_LIST},
    {"root-threshold", OPTION_VALUE}, {"add-key", OPTION_LIST}, {"remove-key", OPTION_LIST},
    {"publish-threshold", OPTION_VALUE}, {"from", OPTION_VALUE}, {"cut", OPTION_VALUE}, {"signer", OPTION_LIST},
    {"new", OPTION_FLAG}, {"o", OPTION_VALUE}, {"key", OPTION_VALUE}, {"passphrase-file", OPTION_VALUE},
    {"passphrase-fd", OPTION_VALUE}, {"yes", OPTION_FLAG}, {"instead", OPTION_FLAG}, {"republish", OPTION_VALUE},
    {"check-mirror", OPTION_LIST}, {"dry-run", OPTION_FLAG}, {NULL, OPTION_FLAG}};

/* ---- show ---- */

static int show_one(const struct mimeo_charter *c, const struct mimeo_charter *before, void *payload)
{
    struct cli *cli = payload;
    if (cli->json) {
        json_begin();
        json_string("publisher", c->publisher);
        json_charter(c);
        json_end();
        return 0;
    }
    if (before == NULL)
        printf("Publisher ID:     %s\nFingerprint:      %s\n", c->publisher, c->digits);
    putchar('\n');
    put_charter(cli, c);
    if (before != NULL) {
        puts("What changed:");
        put_changes(cli, c, before);
    }
    return 0;
}

static int charter_show(struct cli *cli, const struct args *args)
{
    const char *path = args->word_count > 1 ? args->words[1] : cli->dir;
    int rc = mimeo_charter_each(cli->ctx, path, cli->library, show_one, cli);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

/* ---- propose ---- */

static int parse_seq(const char *option, const char *text, uint64_t *out)
{
    unsigned long value;
    int status = parse_number(&cmd_charter, option, text, 0, 999999999999UL, &value);
    *out = value;
    return status;
}

static int read_numbers(const struct args *args, struct mimeo_proposal_options *o)
{
    unsigned long roots = 0, keys = 0;
    int status = EXIT_OK;
    if (args->values[CH_FROM] != NULL && args->values[CH_CUT] != NULL)
        return usage_fault(&cmd_charter, "--from and --cut exclude each other");
    if (args->values[CH_ROOT_THRESHOLD] != NULL)
        status = parse_number(&cmd_charter, "--root-threshold", args->values[CH_ROOT_THRESHOLD], 1, MIMEO_CHARTER_KEYS, &roots);
    if (status == EXIT_OK && args->values[CH_PUBLISH_THRESHOLD] != NULL)
        status = parse_number(&cmd_charter, "--publish-threshold", args->values[CH_PUBLISH_THRESHOLD], 1,
                              MIMEO_CHARTER_KEYS, &keys);
    if (status == EXIT_OK && args->values[CH_FROM] != NULL)
        status = parse_seq("--from", args->values[CH_FROM], &o->from);
    if (status == EXIT_OK && args->values[CH_CUT] != NULL)
        status = parse_seq("--cut", args->values[CH_CUT], &o->from);
    o->root_threshold = (unsigned)roots;
    o->publish_threshold = (unsigned)keys;
    o->cut = args->values[CH_CUT] != NULL;
    o->has_from = o->cut || args->values[CH_FROM] != NULL;
    return status;
}

static int charter_propose(struct cli *cli, const struct args *args)
{
    mimeo_proposal *p;
    struct mimeo_proposal_options o = {.first = args->flags[CH_NEW],
                                       .name = args->values[CH_NAME],
                                       .site = args->values[CH_SITE],
                                       .add_roots = args->lists[CH_ADD_ROOT],
                                       .remove_roots = args->lists[CH_REMOVE_ROOT],
                                       .add_keys = args->lists[CH_ADD_KEY],
                                       .remove_keys = args->lists[CH_REMOVE_KEY],
                                       .signers = args->lists[CH_SIGNER]};
    int status = read_numbers(args, &o);
    if (status != EXIT_OK)
        return status;
    if (args->values[CH_OUT] == NULL)
        return usage_fault(&cmd_charter, "'charter propose' wants -o FILE: where the proposal goes");
    int rc = mimeo_proposal_new(&p, cli->ctx, cli->dir, cli->library, &o);
    if (rc < 0)
        return fail(cli, rc);
    rc = mimeo_proposal_save(p, cli->ctx, args->values[CH_OUT]);
    if (rc == 0 && !cli->quiet && !cli->json) {
        explain(cli, p, 0);
        talk(cli, "mimeo: carry '%s' to each signer, who runs: mimeo charter sign %s --key ROOTKEY -o SIGNATURE",
             args->values[CH_OUT], args->values[CH_OUT]);
    }
    mimeo_proposal_free(p);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

/* ---- the verbs ---- */

static const struct verb {
    const char *name;
    size_t words_min, words_max; /* behind it */
    int (*run)(struct cli *cli, const struct args *args);
    const char *allowed; /* letters of `codes` */
} verbs[] = {
    {"show", 0, 1, charter_show, ""},
    {"propose", 0, 0, charter_propose, "nsaArkKpfcSNo"},
    {"explain", 1, 1, charter_explain, ""},
    {"sign", 1, 1, charter_sign, "oePFyi"},
    {"combine", 2, (size_t)-1, charter_combine, "o"},
    {"issue", 1, 1, charter_issue, "ePFRmd"},
};
/* A letter for each option, in the order of `options`. */
static const char codes[] = "nsaArkKpfcSNoePFyiRmd";

/* An option that belongs to another verb is a misunderstanding, and here those are dear. */
static int check_options(const struct verb *v, const struct args *args)
{
    for (size_t i = 0; options[i].name != NULL; i++)
        if ((args->flags[i] || args->values[i] != NULL || args->lists[i] != NULL) && strchr(v->allowed, codes[i]) == NULL)
            return usage_fault(&cmd_charter, "'charter %s' has no option %s%s", v->name, options[i].name[1] == '\0' ? "-" : "--",
                               options[i].name);
    return EXIT_OK;
}

static int run_it(struct cli *cli, const struct args *args)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        const struct verb *v = &verbs[i];
        if (strcmp(args->words[0], v->name) != 0)
            continue;
        if (args->word_count - 1 < v->words_min || args->word_count - 1 > v->words_max)
            return usage_fault(&cmd_charter, "'charter %s' has too %s words behind it", v->name,
                               args->word_count - 1 < v->words_min ? "few" : "many");
        int status = check_options(v, args);
        return status == EXIT_OK ? v->run(cli, args) : status;
    }
    return usage_fault(&cmd_charter, "'charter' knows show, propose, explain, sign, combine and issue, not '%s'",
                       args->words[0]);
}

const struct command cmd_charter = {
    "charter", "change who may sign for a publisher",
    "examples:\n"
    "  mimeo charter propose -C press --add-key new.pub --remove-key old.pub -o change\n"
    "  mimeo charter explain change               what would change, in plain words\n"
    "  mimeo charter sign change --key root.key -o change.sig1\n"
    "  mimeo charter combine change change.sig1 change.sig2 -o charter\n"
    "  mimeo charter issue -C press charter --key new.key\n"
    "\n"
    "usage:\n"
    "  mimeo charter show [PATH] [--json]\n"
    "  mimeo charter propose [-C DIR | --new] [--name NAME] [--site URL] [--add-root KEY]...\n"
    "      [--remove-root KEY]... [--root-threshold N] [--add-key KEY]... [--remove-key KEY]...\n"
    "      [--publish-threshold N] [--from S | --cut S] [--signer KEY]... -o FILE\n"
    "  mimeo charter explain [-C DIR] PROPOSAL [--json]\n"
    "  mimeo charter sign PROPOSAL --key ROOTKEY -o FILE [--yes] [--instead]\n"
    "      [--passphrase-file FILE | --passphrase-fd N]\n"
    "  mimeo charter combine PROPOSAL SIGNATURE... -o FILE\n"
    "  mimeo charter issue [-C DIR] CHARTER [--key FILE] [--republish all | none | SEQ,...]\n"
    "      [--dry-run] [--check-mirror PATH]... [--passphrase-file FILE | --passphrase-fd N]\n"
    "\n"
    "options:\n"
    "  --new                   the first charter of a new publisher\n"
    "  --name NAME             what the publisher calls itself from then on\n"
    "  --site URL              its address; - for none\n"
    "  --add-root KEY          a root key more; may be given again, like the next ones\n"
    "  --remove-root KEY       a root key less\n"
    "  --root-threshold N      how many root keys have to sign the next charter\n"
    "  --add-key KEY           a publishing key more\n"
    "  --remove-key KEY        a publishing key less\n"
    "  --publish-threshold N   how many publishing keys sign a bundle: this mimeo knows 1\n"
    "  --from S                it governs the bundles after S; after the newest one by default\n"
    "  --cut S                 bundle S is the last good one: what follows is revoked\n"
    "  --signer KEY            who signs, where there is a choice\n"
    "  -o FILE                 the new file\n"
    "  --key FILE              the key that signs: sign wants a root key, issue a publishing key\n"
    "  --yes                   do not ask before signing\n"
    "  --instead               sign although this key signed another text of this version\n"
    "  --republish LIST        what is beyond the cut and honest; none by default\n"
    "  --dry-run               show what is beyond the cut; sign and write nothing\n"
    "  --check-mirror PATH     a copy whose head must not be ahead of ours\n"
    "  --passphrase-file FILE  the key's passphrase is the first line of this file\n"
    "  --passphrase-fd N       or of this open descriptor\n"
    "  --json                  show and explain: one object a charter\n",
    options, 1, (size_t)-1, run_it,
};
