/* mimeo charter explain, sign and combine: what needs no mirror and no network. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "charter.h"

/* ---- explaining ---- */

static const char *day(int64_t seconds)
{
    static char text[MIMEO_TIME_LEN + 1];
    mimeo_time_format(text, seconds);
    return text;
}

static void put_identity(struct cli *cli, const struct mimeo_proposal_state *s)
{
    const struct mimeo_charter *c = s->next;
    if (s->before == NULL) {
        printf("This founds a new publisher: charter 1 of \"");
        put_text(cli, c->name, 0);
    } else {
        printf("This changes who may sign for a publisher: charter %u of \"", c->version);
        put_text(cli, s->before->name, 0);
    }
    printf("\"\nPublisher ID:     %s\nFingerprint:      %s\n", c->publisher, c->digits);
}

static void put_warnings(const mimeo_proposal *p, const struct mimeo_proposal_state *s, unsigned newer)
{
    if (newer > 0)
        printf("%sOUT OF DATE:%s charter %u is in force already: this proposal can never become one; do not sign it\n",
               style("red"), style("off"), newer);
    if (s->unsound[0] != '\0')
        printf("%sDO NOT SIGN:%s %s\n", style("red"), style("off"), s->unsound);
    for (size_t i = 0; mimeo_proposal_warning(p, i) != NULL; i++)
        printf("%sBeware:%s %s\n", style("bold"), style("off"), mimeo_proposal_warning(p, i));
}

static void put_where(const struct mimeo_proposal_state *s)
{
    if (s->before == NULL)
        return;
    printf("The newest bundle that the proposer knew is number %llu of %s.\n", (unsigned long long)s->head_seq,
           day(s->head_time));
    if (s->last_good_seq > 0 && s->last_good_seq < s->head_seq)
        printf("The last good bundle is number %llu of %s; what follows it, up to %llu, is revoked.\n",
               (unsigned long long)s->last_good_seq, day(s->last_good_time), (unsigned long long)s->head_seq);
    else if (s->last_good_seq > 0)
        printf("Bundle %llu stays good; any other that turns up for its number or an older one is revoked.\n",
               (unsigned long long)s->last_good_seq);
}

static void put_signers(const struct mimeo_proposal_state *s)
{
    printf("\nTo sign it, %zu %s needed, of all of these:\n", s->next->signer_count,
           s->next->signer_count == 1 ? "signature is" : "signatures are");
    for (size_t i = 0; i < s->next->signer_count; i++)
        printf("  %s\n", s->next->signers[i]);
    if (s->before != NULL)
        printf("  (%zu of the %zu root keys of now, where %u are enough; %zu of the %zu to come, where %u are)\n",
               s->old_roots_signing, s->before->root_count, s->before->root_threshold, s->new_roots_signing,
               s->next->root_count, s->next->root_threshold);
    printf("\nAll signers must see the same text. Read this to each other:\n  %.16s %.16s %.16s %.16s\n", s->next->hash,
           s->next->hash + 16, s->next->hash + 32, s->next->hash + 48);
}

void explain(struct cli *cli, const mimeo_proposal *p, unsigned newer)
{
    struct mimeo_proposal_state s;
    mimeo_proposal_get_state(p, &s);
    put_identity(cli, &s);
    putchar('\n');
    put_warnings(p, &s, newer);
    puts(s.before != NULL ? "\nWhat would change:" : "\nIts keys:");
    if (s.before != NULL)
        put_changes(cli, s.next, s.before);
    else
        put_first_keys(s.next);
    puts("\nFrom then on:");
    put_charter(cli, s.next);
    put_where(&s);
    put_signers(&s);
}

static void explain_json(const mimeo_proposal *p, unsigned newer)
{
    struct mimeo_proposal_state s;
    mimeo_proposal_get_state(p, &s);
    json_begin();
    json_string("publisher", s.next->publisher);
    json_string("digits", s.next->digits);
    json_charter(s.next);
    if (s.before != NULL) {
        json_number("head_seq", s.head_seq);
        json_time("head_time", s.head_time);
        json_open("before", '{');
        json_charter(s.before);
        json_close('}');
    }
    if (s.last_good_seq > 0) {
        json_number("last_good_seq", s.last_good_seq);
        json_time("last_good_time", s.last_good_time);
        json_number("revoked", s.head_seq - s.last_good_seq);
    }
    json_bool("sound", s.unsound[0] == '\0');
    if (s.unsound[0] != '\0')
        json_string("unsound", s.unsound);
    if (newer > 0)
        json_number("newer", newer);
    json_open("warnings", '[');
    for (size_t i = 0; mimeo_proposal_warning(p, i) != NULL; i++)
        json_string(NULL, mimeo_proposal_warning(p, i));
    json_close(']');
    json_end();
}

/* The proposal of the command line, and whether it came too late; -C names a mirror to compare with. */
static int open_proposal(mimeo_proposal **out, unsigned *newer, struct cli *cli, const char *file)
{
    int rc = mimeo_proposal_open(out, cli->ctx, file);
    *newer = 0;
    if (rc < 0)
        return rc;
    rc = mimeo_proposal_newer(newer, *out, cli->ctx, cli->dir_given ? cli->dir : NULL, cli->library);
    if (rc < 0)
        mimeo_proposal_free(*out);
    return rc;
}

int charter_explain(struct cli *cli, const struct args *args)
{
    mimeo_proposal *p;
    struct mimeo_proposal_state s;
    unsigned newer;
    int rc = open_proposal(&p, &newer, cli, args->words[1]);
    if (rc < 0)
        return fail(cli, rc);
    if (cli->json)
        explain_json(p, newer);
    else
        explain(cli, p, newer);
    mimeo_proposal_get_state(p, &s);
    int status = newer > 0 ? mimeo_exit_status(MIMEO_ECONFLICT) : s.unsound[0] != '\0' ? EXIT_USAGE : EXIT_OK;
    mimeo_proposal_free(p);
    return status;
}

/* ---- signing ---- */

/* A person at a terminal says yes; nothing that was piped in does. */
static bool ask(void)
{
    char answer[16] = "";
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0)
        return false;
    fflush(stdout);
    dprintf(tty, "\nSign this? Type yes to sign: ");
    ssize_t n = read(tty, answer, sizeof(answer) - 1);
    close(tty);
    return n > 0 && strncmp(answer, "yes\n", 4) == 0;
}

static bool can_ask(const struct cli *cli)
{
    int tty = cli->no_input ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty >= 0)
        close(tty);
    return tty >= 0;
}

static int sign_it(struct cli *cli, const struct args *args, const mimeo_proposal *p)
{
    struct passphrase_options pass = {cli, args->values[CH_PASS_FILE], args->values[CH_PASS_FD], false, "passphrase"};
    struct mimeo_proposal_sign_options o = {args->values[CH_KEY], passphrase_source(&pass), args->flags[CH_INSTEAD]};
    if (!args->flags[CH_YES] && !ask()) {
        fputs("mimeo: nothing was signed\n", stderr);
        return EXIT_FAIL;
    }
    int rc = mimeo_proposal_sign(p, cli->ctx, args->values[CH_OUT], &o);
    if (rc < 0)
        return fail(cli, rc);
    talk(cli, "mimeo: signed: carry '%s' to whoever combines the signatures", args->values[CH_OUT]);
    return EXIT_OK;
}

int charter_sign(struct cli *cli, const struct args *args)
{
    mimeo_proposal *p;
    unsigned newer;
    if (args->values[CH_KEY] == NULL || args->values[CH_OUT] == NULL)
        return usage_fault(&cmd_charter, "'charter sign' wants --key ROOTKEY and -o FILE");
    if (!args->flags[CH_YES] && !can_ask(cli))
        return usage_fault(&cmd_charter, "there is no terminal to ask on whether to sign: name --yes where you have read "
                                         "what 'charter explain' says");
    int rc = open_proposal(&p, &newer, cli, args->words[1]);
    if (rc < 0)
        return fail(cli, rc);
    int status;
    if (cli->json)
        explain_json(p, newer);
    else if (!cli->quiet || !args->flags[CH_YES])
        explain(cli, p, newer);
    if (newer > 0) {
        fprintf(stderr, "mimeo: charter %u is in force already: an old proposal is not signed\n", newer);
        status = mimeo_exit_status(MIMEO_ECONFLICT);
    } else {
        status = sign_it(cli, args, p);
    }
    mimeo_proposal_free(p);
    return status;
}

/* ---- combining ---- */

static void put_missing(struct cli *cli, const struct mimeo_combine_result *r)
{
    if (cli->json) {
        json_begin();
        json_number("needed", r->needed);
        json_open("missing", '[');
        for (size_t i = 0; i < r->missing; i++)
            json_string(NULL, r->missing_keys[i]);
        json_close(']');
        json_end();
        return;
    }
    for (size_t i = 0; i < r->missing; i++)
        printf("missing: the signature of root key %s\n", r->missing_keys[i]);
}

int charter_combine(struct cli *cli, const struct args *args)
{
    mimeo_proposal *p;
    struct mimeo_proposal_state s;
    struct mimeo_combine_result r = {.needed = 0};
    if (args->values[CH_OUT] == NULL)
        return usage_fault(&cmd_charter, "'charter combine' wants -o FILE: where the charter goes");
    int rc = mimeo_proposal_open(&p, cli->ctx, args->words[1]);
    if (rc < 0)
        return fail(cli, rc);
    rc = mimeo_proposal_combine(p, cli->ctx, args->values[CH_OUT], args->words + 2, args->word_count - 2, &r);
    if (rc == 0 || r.missing > 0)
        put_missing(cli, &r);
    mimeo_proposal_get_state(p, &s);
    if (rc == 0)
        talk(cli, "mimeo: charter %u is whole: '%s'", s.next->version, args->values[CH_OUT]);
    mimeo_proposal_free(p);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}
