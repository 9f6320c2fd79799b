/* mimeo trust */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { EXPECT, PETNAME, FIRST_USE, QR, YES, OUTPUT };

static const struct option_spec options[] = {{"expect", OPTION_VALUE}, {"petname", OPTION_VALUE},
                                             {"first-use", OPTION_FLAG}, {"qr", OPTION_FLAG},
                                             {"yes", OPTION_FLAG}, {"o", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_trust;

static void put_json(const struct mimeo_pin *p)
{
    json_begin();
    json_string("publisher", p->publisher);
    json_string("digits", p->digits);
    json_page_hash();
    json_string("pin", mimeo_pin_state_name(p->state));
    json_string("petname", p->petname);
    json_time("since", p->since);
    json_number("head_seq", p->head_seq);
    if (p->head_seq > 0)
        json_string("head_hash", p->head_hash);
    json_number("conflicts", p->conflicts);
    json_bool("conflicted", p->conflicted);
    json_end();
}

static int put_line(const struct mimeo_pin *p, void *payload)
{
    struct cli *cli = payload;
    if (cli->json) {
        put_json(p);
        return 0;
    }
    put_text(cli, p->petname, 0);
    printf("\t%s\t%.16s\t%s%s\n", mimeo_pin_state_name(p->state), p->publisher, p->digits,
           p->conflicted ? "\tconflicted" : "");
    return 0;
}

static int put_pin(struct cli *cli, const struct mimeo_pin *p)
{
    char since[MIMEO_TIME_LEN + 1];
    if (cli->json) {
        put_json(p);
        return EXIT_OK;
    }
    mimeo_time_format(since, p->since);
    fputs("Petname:      ", stdout);
    put_text(cli, p->petname, 0);
    printf("\nPin:          %s, since %s\nID:           %s\nFingerprint:  %s\n", mimeo_pin_state_name(p->state), since,
           p->publisher, p->digits);
    put_page_hash(14);
    if (p->head_seq > 0)
        printf("Verified:     up to bundle %llu\n", (unsigned long long)p->head_seq);
    if (p->conflicts > 0)
        printf("Conflicted:   %s; %llu proofs are kept: see 'mimeo trust proofs'\n", p->conflicted ? "yes" : "no",
               (unsigned long long)p->conflicts);
    return EXIT_OK;
}

static int run_list(struct cli *cli)
{
    int rc = mimeo_trust_each(cli->ctx, cli->library, put_line, cli);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

static int run_add(struct cli *cli, const struct args *args, const char *what)
{
    struct mimeo_trust_options o = {args->values[PETNAME], args->values[EXPECT], args->flags[FIRST_USE]};
    struct mimeo_pin pin;
    int rc = mimeo_trust_add(cli->ctx, cli->library, what, &o, &pin);
    return rc < 0 ? fail(cli, rc) : put_pin(cli, &pin);
}

static int run_show(struct cli *cli, const struct args *args, const char *who)
{
    struct mimeo_pin pin;
    char *qr;
    int rc = mimeo_trust_find(cli->ctx, cli->library, who, &pin);
    if (rc < 0)
        return fail(cli, rc);
    if (!args->flags[QR])
        return put_pin(cli, &pin);
    rc = mimeo_qr(&qr, cli->ctx, pin.publisher, stdout_styles());
    if (rc < 0)
        return fail(cli, rc);
    fputs(qr, stdout);
    free(qr);
    return EXIT_OK;
}

static int run_rename(struct cli *cli, const char *who, const char *name)
{
    int rc = mimeo_trust_rename(cli->ctx, cli->library, who, name);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

static int run_remove(struct cli *cli, const struct args *args, const char *who)
{
    char answer[16];
    struct mimeo_pin pin;
    int rc = mimeo_trust_find(cli->ctx, cli->library, who, &pin);
    if (rc < 0)
        return fail(cli, rc);
    if (!args->flags[YES]) {
        if (cli->no_input || isatty(STDIN_FILENO) != 1)
            return usage_fault(&cmd_trust, "removing forgets what was verified too: name --yes where nobody can be asked");
        fprintf(stderr, "Forget this publisher, its head and its charters? Type yes to go on: ");
        fflush(stderr);
        if (fgets(answer, sizeof(answer), stdin) == NULL || strcmp(answer, "yes\n") != 0) {
            fputs("mimeo: nothing was changed\n", stderr);
            return EXIT_FAIL;
        }
    }
    rc = mimeo_trust_remove(cli->ctx, cli->library, pin.publisher);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

/* ---- what ships ---- */

struct listing {
    struct cli *cli;
    size_t count;
};

static int put_shipped(const struct mimeo_shipped *s, void *payload)
{
    struct listing *l = payload;
    l->count++;
    if (l->cli->json) {
        json_begin();
        json_string("publisher", s->publisher);
        json_string("digits", s->digits);
        json_string("name", s->name);
        json_string("site", s->site);
        json_end();
        return 0;
    }
    put_text(l->cli, s->name, 0);
    printf("\nID:           %s\nFingerprint:  %s\n\n", s->publisher, s->digits);
    return 0;
}

static int run_keyring(struct cli *cli)
{
    struct listing l = {cli, 0};
    int rc = mimeo_keyring_each(cli->ctx, put_shipped, &l);
    if (rc < 0)
        return fail(cli, rc);
    if (l.count == 0)
        talk(cli, "mimeo: no publisher ships with this mimeo");
    else
        talk(cli, "mimeo: compare the fingerprint with what the publisher prints or says by another way. By hand, from the\n"
                  "source, the ID is what this prints: sed '/^$/,$d' keys/NAME/000001 | b2sum -l 256");
    return EXIT_OK;
}

/* Digits that somebody read out, for a publisher that is pinned. */
static int run_confirm(struct cli *cli, const struct args *args, const char *who)
{
    struct mimeo_pin pin;
    struct mimeo_trust_options o = {NULL, args->values[EXPECT], false};
    if (o.expect == NULL)
        return usage_fault(&cmd_trust, "--expect is missing: the digits that you were told");
    int rc = mimeo_trust_find(cli->ctx, cli->library, who, &pin);
    if (rc == 0)
        rc = mimeo_trust_add(cli->ctx, cli->library, pin.publisher, &o, &pin);
    return rc < 0 ? fail(cli, rc) : put_pin(cli, &pin);
}

/* ---- proofs of conflict ---- */

static int put_kept(const char *id, int code, const mimeo_proof *proof, void *payload)
{
    struct cli *cli = payload;
    if (code == 0)
        put_proof_line(cli, proof);
    else if (cli->json) {
        json_begin();
        json_string("id", id);
        json_string("fault", mimeo_verdict_name(mimeo_verdict_of_code(code)));
        json_string("message", mimeo_ctx_message(cli->ctx));
        json_end();
    } else {
        printf("%.16s\tno proof\t", id);
        put_text(cli, mimeo_ctx_message(cli->ctx), 0);
        putchar('\n');
    }
    return 0;
}

static int put_kept_of(const struct mimeo_pin *pin, void *payload)
{
    struct cli *cli = payload;
    return mimeo_proof_each(cli->ctx, cli->library, pin->publisher, put_kept, cli);
}

static int run_proofs(struct cli *cli, const char *who)
{
    int rc = who == NULL ? mimeo_trust_each(cli->ctx, cli->library, put_kept_of, cli)
                         : mimeo_proof_each(cli->ctx, cli->library, who, put_kept, cli);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

/* To a file, to standard output, or told in words. */
static int run_proof(struct cli *cli, const struct args *args, const char *who, const char *id)
{
    const char *path = args->values[OUTPUT];
    mimeo_proof *p;
    int rc = mimeo_proof_kept(&p, cli->ctx, cli->library, who, id);
    if (rc < 0)
        return fail(cli, rc);
    int status = EXIT_OK;
    size_t len;
    if (path == NULL) {
        status = put_proof(cli, p);
    } else if (strcmp(path, "-") == 0) {
        const unsigned char *bytes = mimeo_proof_bytes(p, &len);
        fwrite(bytes, 1, len, stdout);
    } else if ((rc = mimeo_proof_save(p, cli->ctx, path)) < 0) {
        status = fail(cli, rc);
    } else {
        talk(cli, "mimeo: whoever gets '%s' can check it with 'mimeo verify'", path);
    }
    mimeo_proof_free(p);
    return status;
}

static int run_it(struct cli *cli, const struct args *args)
{
    static const struct {
        const char *verb;
        size_t min, max;
    } verbs[] = {{"add", 2, 2},     {"show", 2, 2},   {"remove", 2, 2}, {"confirm", 2, 2},
                 {"rename", 3, 3}, {"proofs", 1, 2}, {"proof", 2, 3}, {"keyring", 1, 1}};
    if (args->word_count == 0)
        return run_list(cli);
    const char *verb = args->words[0];
    size_t i = 0, count = sizeof(verbs) / sizeof(verbs[0]);
    while (i < count && strcmp(verb, verbs[i].verb) != 0)
        i++;
    if (i == count)
        return usage_fault(&cmd_trust, "'trust' knows add, show, rename, remove, confirm, proofs, proof and keyring, not '%s'", verb);
    if (args->word_count < verbs[i].min || args->word_count > verbs[i].max)
        return usage_fault(&cmd_trust, "'trust %s' wants %s%zu words behind it", verb,
                           verbs[i].min < verbs[i].max ? "at most " : "", verbs[i].max - 1);
    const char *second = args->word_count > 1 ? args->words[1] : NULL;
    if (strcmp(verb, "proofs") == 0)
        return run_proofs(cli, second);
    if (strcmp(verb, "proof") == 0)
        return run_proof(cli, args, second, args->word_count > 2 ? args->words[2] : NULL);
    if (strcmp(verb, "keyring") == 0)
        return run_keyring(cli);
    if (strcmp(verb, "add") == 0)
        return run_add(cli, args, args->words[1]);
    if (strcmp(verb, "show") == 0)
        return run_show(cli, args, args->words[1]);
    if (strcmp(verb, "rename") == 0)
        return run_rename(cli, args->words[1], args->words[2]);
    if (strcmp(verb, "remove") == 0)
        return run_remove(cli, args, args->words[1]);
    return run_confirm(cli, args, args->words[1]);
}

const struct command cmd_trust = {
    "trust", "choose which publishers to trust",
    "examples:\n"
    "  mimeo trust add 'mimeo:1f0c...'                   a link says which publisher it is\n"
    "  mimeo trust add press --expect '78767 31427 ...'  digits that somebody read out\n"
    "  mimeo trust                                       whom this reader trusts\n"
    "\n"
    "usage:\n"
    "  mimeo trust\n"
    "  mimeo trust add LINK | ID | PATH | CHARTER [--expect DIGITS] [--petname NAME] [--first-use]\n"
    "  mimeo trust show WHO [--qr]\n"
    "  mimeo trust rename WHO NAME\n"
    "  mimeo trust remove WHO [--yes]\n"
    "  mimeo trust confirm WHO --expect DIGITS\n"
    "  mimeo trust proofs [WHO]\n"
    "  mimeo trust proof WHO [PROOF-ID] [-o FILE]\n"
    "  mimeo trust keyring\n"
    "\n"
    "options:\n"
    "  --expect DIGITS  the fingerprint, as you got it in another way\n"
    "  --petname NAME   what you call this publisher\n"
    "  --first-use      take a publisher for whom nothing vouches\n"
    "  --qr             the publisher's ID as a QR code\n"
    "  --yes            do not ask\n"
    "  -o FILE          write the proof to this new file, to hand on; - is standard output\n",
    options, 0, 3, run_it,
};
