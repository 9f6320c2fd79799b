/* mimeo charter issue */
#include <stdlib.h>
#include <string.h>

#include "charter.h"

struct telling {
    struct cli *cli;
    bool any_left;
    bool erases_left;
};

static void json_beyond(const struct mimeo_cut_bundle *b, bool again)
{
    char time[MIMEO_TIME_LEN + 1];
    mimeo_time_format(time, b->time);
    json_begin();
    json_number("seq", b->seq);
    json_string("time", time);
    json_number("records", b->records);
    json_number("pictures", b->pictures);
    json_bool("erases", b->erases);
    json_bool("again", again);
    json_end();
}

static void hear_beyond(const struct mimeo_cut_bundle *b, bool again, void *payload)
{
    struct telling *t = payload;
    char time[MIMEO_TIME_LEN + 1];
    t->any_left |= !again && b->records > 0;
    t->erases_left |= !again && b->erases;
    progress_clear();
    if (t->cli->json) {
        json_beyond(b, again);
        return;
    }
    mimeo_time_format(time, b->time);
    printf("%s  bundle %llu of %s, %llu %s", again ? "again  " : "cut off", (unsigned long long)b->seq, time,
           (unsigned long long)b->records, b->records == 1 ? "record" : "records");
    for (size_t i = 0; i < 3 && b->titles[i] != NULL; i++) {
        fputs(i == 0 ? ": " : "; ", stdout);
        put_text(t->cli, b->titles[i], 40);
    }
    if (b->records > 3)
        fputs("; …", stdout);
    puts(b->erases ? " (orders an erasure)" : "");
}

/* "all", "none", or numbers with commas between. */
static int parse_republish(const char *text, struct mimeo_issue_options *o, uint64_t **seqs)
{
    *seqs = NULL;
    if (text == NULL || strcmp(text, "none") == 0)
        return EXIT_OK;
    o->republish_all = strcmp(text, "all") == 0;
    if (o->republish_all)
        return EXIT_OK;
    *seqs = calloc(strlen(text) + 1, sizeof(**seqs));
    if (*seqs == NULL)
        return usage_fault(NULL, "no memory");
    for (const char *at = text;; at++) {
        char *end;
        if (*at < '0' || *at > '9')
            return usage_fault(&cmd_charter, "--republish wants all, none, or numbers of bundles as 7,8,12; not '%s'", text);
        (*seqs)[o->republish_count++] = strtoull(at, &end, 10);
        at = end;
        if (*at == '\0')
            break;
        if (*at != ',')
            return usage_fault(&cmd_charter, "--republish wants all, none, or numbers of bundles as 7,8,12; not '%s'", text);
    }
    o->republish = *seqs;
    return EXIT_OK;
}

static void put_issued(const struct mimeo_issue_result *r)
{
    const struct mimeo_publish_result *p = &r->published;
    printf("issued charter %u", r->version);
    if (p->bundles > 0)
        printf(" in bundle %llu", (unsigned long long)p->first_seq);
    if (p->bundles == 2)
        printf("; published again in bundle %llu", (unsigned long long)p->last_seq);
    else if (p->bundles > 2)
        printf("; published again in bundles %llu to %llu", (unsigned long long)p->first_seq + 1,
               (unsigned long long)p->last_seq);
    putchar('\n');
}

static void put_result(struct cli *cli, const struct mimeo_issue_result *r, const struct telling *t, bool dry_run)
{
    if (cli->json) {
        json_begin();
        json_number("charter", r->version);
        json_bool("dry_run", dry_run);
        if (r->cut) {
            json_number("last_good_seq", r->last_good);
            json_number("cut_off", r->cut_off);
        }
        json_number("bundles", r->published.bundles);
        json_number("first_seq", r->published.first_seq);
        json_number("last_seq", r->published.last_seq);
        json_end();
        return;
    }
    if (dry_run)
        printf("would issue charter %u\n", r->version);
    else
        put_issued(r);
    if (t->any_left)
        talk(cli, "mimeo: what stood in the bundles that are cut off and not published again %s this mirror",
             dry_run ? "would not be in" : "is no longer in");
    if (t->erases_left)
        talk(cli, "mimeo: beware: articles that stood beside an erased one are in a bundle that is not published again");
    if (!dry_run)
        talk(cli, "mimeo: push it to every copy now: readers learn of the charter from the bundle");
}

int charter_issue(struct cli *cli, const struct args *args)
{
    struct passphrase_options pass = {cli, args->values[CH_PASS_FILE], args->values[CH_PASS_FD], false, "passphrase"};
    struct telling t = {.cli = cli};
    struct mimeo_issue_options o = {.publisher = {.key = args->values[CH_KEY],
                                                  .passphrase = passphrase_source(&pass),
                                                  .check_mirrors = args->lists[CH_CHECK_MIRROR],
                                                  .library = cli->library},
                                    .dry_run = args->flags[CH_DRY_RUN],
                                    .beyond = hear_beyond,
                                    .payload = &t};
    struct mimeo_issue_result r = {0};
    uint64_t *seqs;
    int status = parse_republish(args->values[CH_REPUBLISH], &o, &seqs);
    if (status == EXIT_OK) {
        progress_start(cli);
        int rc = mimeo_charter_issue(cli->ctx, cli->dir, args->words[1], &o, &r);
        progress_clear();
        status = rc < 0 ? fail(cli, rc) : EXIT_OK;
    }
    free(seqs);
    if (status == EXIT_OK)
        put_result(cli, &r, &t, o.dry_run);
    return status;
}
