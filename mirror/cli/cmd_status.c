/* mimeo status */
#include "cli.h"

enum { LATE = PACK_COMMON, PUBLISHER };

static const struct option_spec options[] = {
    PACK_OPTIONS, {"late", OPTION_FLAG}, {"publisher", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_status;

static void put_json(const mimeo_mirror *m, const struct mimeo_mirror_state *s)
{
    json_begin();
    json_string("path", s->path);
    json_string("kind", s->kind);
    json_string("publisher", s->publisher);
    json_string("digits", s->digits);
    json_page_hash();
    json_string("name", s->name);
    json_string("site", s->site);
    json_string("pin", mimeo_pin_state_name(s->pin));
    if (s->petname[0] != '\0')
        json_string("petname", s->petname);
    json_bool("name_taken", s->name_taken);
    json_number("charter", s->charter_version);
    json_number("head_seq", s->head_seq);
    if (s->head_seq > 0) {
        json_string("head_hash", s->head_hash);
        json_time("head_time", s->head_time);
        json_time("next_by", s->head_next_by);
    }
    json_number("known_seq", s->known_seq);
    json_number("bundles_held", s->bundles_held);
    json_number("missing", s->missing);
    json_number("archive_records", s->archive_records);
    json_number("archive_bytes", s->archive_bytes);
    json_number("archive_media", s->archive_media);
    json_number("archive_media_bytes", s->archive_media_bytes);
    json_bool("late", s->late);
    json_string("verdict", mimeo_verdict_name(s->verdict));
    if (s->reason[0] != '\0')
        json_string("reason", s->reason);
    if (s->remark[0] != '\0')
        json_string("remark", s->remark);
    json_open("mirrors", '[');
    for (size_t i = 0; mimeo_mirror_address(m, i) != NULL; i++)
        json_string(NULL, mimeo_mirror_address(m, i));
    json_close(']');
    json_end();
}

static void put_head(const struct mimeo_mirror_state *s)
{
    char time[MIMEO_TIME_LEN + 1], next_by[MIMEO_TIME_LEN + 1];
    if (s->head_seq == 0) {
        puts("Head:         none held");
        return;
    }
    mimeo_time_format(time, s->head_time);
    mimeo_time_format(next_by, s->head_next_by);
    printf("Head:         bundle %llu of %s\n", (unsigned long long)s->head_seq, time);
    printf("Next by:      %s%s\n", next_by, s->late ? ": late, or blocked" : "");
}

static void put_holdings(const struct mimeo_mirror_state *s)
{
    printf("Held:         %llu %s", (unsigned long long)s->bundles_held, s->bundles_held == 1 ? "bundle" : "bundles");
    if (s->missing > 0)
        printf(", %llu missing, the newest of them %llu", (unsigned long long)s->missing, (unsigned long long)s->first_missing);
    if (s->missing > 0 && s->last_missing != s->first_missing)
        printf(" to %llu", (unsigned long long)s->last_missing);
    printf("\nArchive:      %llu records, %s, %llu pictures, %s (as the head says)\n",
           (unsigned long long)s->archive_records, human_bytes(s->archive_bytes), (unsigned long long)s->archive_media,
           human_bytes(s->archive_media_bytes));
}

static void put_for_people(struct cli *cli, const mimeo_mirror *m, const struct mimeo_mirror_state *s)
{
    fputs("Publisher:    ", stdout);
    put_publisher(cli, s);
    printf("\nPin:          %s\nID:           %s\nFingerprint:  %s\n", mimeo_pin_state_name(s->pin), s->publisher, s->digits);
    put_page_hash(14);
    if (s->site[0] != '\0') {
        fputs("Site:         ", stdout);
        put_text(cli, s->site, 0);
        putchar('\n');
    }
    printf("Charter:      %u\n", s->charter_version);
    put_head(s);
    put_holdings(s);
    for (size_t i = 0; mimeo_mirror_address(m, i) != NULL; i++) {
        fputs(i == 0 ? "Copies at:    " : "              ", stdout);
        put_text(cli, mimeo_mirror_address(m, i), 0);
        putchar('\n');
    }
    printf("Path:         ");
    put_text(cli, s->path, 0);
    printf(" (%s)\n%s%s%s: %s\n", s->kind, style("bold"), mimeo_verdict_name(s->verdict), style("off"),
           s->reason[0] != '\0' ? s->reason : mimeo_verdict_words(s->verdict));
    if (s->remark[0] != '\0')
        printf("note: %s\n", s->remark);
}

struct telling {
    bool ask_late;
    size_t count;
};

static int tell_one(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    struct telling *t = payload;
    struct mimeo_mirror_state s;
    mimeo_mirror_get_state(m, &s);
    progress_clear();
    if (t->count++ > 0 && !cli->json)
        putchar('\n');
    if (cli->json)
        put_json(m, &s);
    else
        put_for_people(cli, m, &s);
    int status = mimeo_exit_status(mimeo_verdict_code(s.verdict));
    return status == EXIT_OK && t->ask_late && s.late ? mimeo_exit_status(MIMEO_ELATE) : status;
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct source s;
    struct telling t = {.ask_late = args->flags[LATE]};
    use_passphrase(cli, args->values[PACK_PASSPHRASE_FILE], args->values[PACK_PASSPHRASE_FD]);
    progress_start(cli);
    int status = source_open_all(&s, cli, &cmd_status, args->words, args->word_count, args->values[PUBLISHER]);
    if (status == EXIT_OK && !source_is_empty(&s, cli)) {
        source_put_awaited(&s, cli);
        status = source_each(&s, cli, tell_one, &t);
    }
    source_close(&s);
    return status;
}

const struct command cmd_status = {
    "status", "tell who is held, whose mirror this is, and how new",
    "examples:\n"
    "  mimeo status                    of every publisher in the library\n"
    "  mimeo status press\n"
    "  mimeo status -C press --late || echo 'nothing new for too long'\n"
    "\n"
    "usage:\n"
    "  mimeo status [-C PATH | --publisher WHO] [--late] [--json]\n"
    "      " PACK_USAGE " [PATH...]\n"
    "\n"
    "options:\n"
    "  --publisher WHO  of the library, only this one: a petname, or an ID or its beginning\n"
    "  --late           exit status 9 where the publisher is late and nothing graver is wrong\n"
    PACK_HELP
    "  --json           an object a publisher\n"
    "\n"
    "The head and the charters are checked, the bundles are not: 'mimeo verify' does that.\n",
    options, 0, 100000, run_it,
};
