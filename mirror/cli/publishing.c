/* What publish, revise and retract share: opening the publisher's mirror, and telling what was done. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int parse_duration(const struct command *command, const char *text, int64_t *out)
{
    if (text == NULL || mimeo_duration_parse(text, out))
        return EXIT_OK;
    return usage_fault(command, "--next-by wants a duration such as 7d or 36h (at most 400d), not '%s'", text);
}

static void hear_remark(const char *message, void *payload)
{
    talk(payload, "mimeo: %s", message);
}

int open_publisher(mimeo_publisher **out, struct cli *cli, const struct command *command, const struct args *args,
                   bool article)
{
    static struct passphrase_options pass; /* outlives the publisher, who may ask */
    pass = (struct passphrase_options){cli, args->values[PUB_PASSPHRASE_FILE], args->values[PUB_PASSPHRASE_FD],
                                       false, "passphrase"};
    struct mimeo_publisher_options o = {.key = args->values[PUB_KEY],
                                        .passphrase = passphrase_source(&pass),
                                        .check_mirrors = args->lists[PUB_CHECK_MIRROR],
                                        .offline = args->flags[PUB_OFFLINE],
                                        .proxy = args->values[PUB_PROXY],
                                        .remark = hear_remark,
                                        .remark_payload = cli,
                                        .library = cli->library};
    unsigned long level = 0;
    int status = EXIT_OK;
    if (article) {
        o.dry_run = args->flags[ART_DRY_RUN];
        o.mirrors = args->lists[ART_MIRROR];
        status = parse_duration(command, args->values[ART_NEXT_BY], &o.next_by);
        if (status == EXIT_OK && args->values[ART_LEVEL] != NULL)
            status = parse_number(command, "--level", args->values[ART_LEVEL], 1, 9, &level);
        o.level = (int)level;
    }
    if (status != EXIT_OK)
        return status;
    int rc = mimeo_publisher_open(out, cli->ctx, cli->dir, &o);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

int refused_status(unsigned long long refused, unsigned long long unreached)
{
    return refused == 0 ? EXIT_OK : mimeo_exit_status(refused == unreached ? MIMEO_EUNREACHABLE : MIMEO_EMALFORMED);
}

/* ---- telling ---- */

#define SKIPPED_TOLD 10 /* lines of one file: an archive has thousands of lists and errors */

static const char *const outcome_words[] = {
    [MIMEO_ADDED] = "new", [MIMEO_REVISED] = "revised", [MIMEO_UNCHANGED] = "unchanged",
    [MIMEO_RETRACTED] = "retracted", [MIMEO_SKIPPED] = "skipped", [MIMEO_KEPT] = "kept",
    [MIMEO_REFUSED] = "refused",
};

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

/* "feed.xml" of "feed.xml, entry 3: …", "site.warc.gz" of "site.warc.gz: https://…". */
static size_t file_len(const char *where)
{
    const char *entry = strstr(where, ", entry "), *colon = strstr(where, ": ");
    const char *end = entry != NULL && (colon == NULL || entry < colon) ? entry : colon;
    return end == NULL ? strlen(where) : (size_t)(end - where);
}

bool tell_skipped(const struct cli *cli, const char *word, const char *where)
{
    static char file[1024];
    static unsigned long count;
    size_t len = file_len(where);
    if (len >= sizeof(file))
        len = sizeof(file) - 1;
    if (strlen(file) != len || strncmp(file, where, len) != 0) {
        snprintf(file, sizeof(file), "%.*s", (int)len, where);
        count = 0;
    }
    if (++count == SKIPPED_TOLD + 1 && !cli->verbose)
        talk(cli, "mimeo: %s%s: and more of it; -v tells what, and why", word, file);
    return cli->verbose || count <= SKIPPED_TOLD;
}

/* Of many notes on one article the first: a page that was saved without its pictures has one for each. */
static void tell_lines(struct cli *cli, const struct mimeo_publish_event *e)
{
    char *safe;
    bool passed = e->outcome == MIMEO_SKIPPED || e->outcome == MIMEO_KEPT;
    const char *word = e->outcome == MIMEO_REFUSED ? "refused: " : e->outcome == MIMEO_SKIPPED ? "skipped: " :
                       e->outcome == MIMEO_KEPT ? "kept: " : "note: ";
    size_t lines = count_lines(e->message), told = 0;
    for (const char *line = e->message; *line != '\0';) {
        if (told++ == 1 && lines > 2 && !cli->verbose) {
            talk(cli, "mimeo: note: %s: and %zu notes like this; -v tells them", e->where, lines - 1);
            return;
        }
        const char *end = line;
        while (*end != '\0' && *end != '\n')
            end++;
        char one[2048];
        snprintf(one, sizeof(one), "%.*s", (int)(end - line), line);
        if (passed && !tell_skipped(cli, word, line))
            return;
        if (mimeo_text_line(&safe, cli->ctx, one, 0) == 0) {
            struct cli loud = *cli;
            loud.quiet = cli->quiet && e->outcome != MIMEO_REFUSED; /* what is refused is always told */
            talk(&loud, "mimeo: %s%s", word, safe);
            free(safe);
        }
        line = *end == '\0' ? end : end + 1;
    }
}

static void hear(const struct mimeo_publish_event *e, void *payload)
{
    struct cli *cli = payload;
    if (cli->json) {
        progress_clear();
        json_begin();
        json_string("outcome", outcome_words[e->outcome]);
        json_string("where", e->where);
        if (e->id[0] != '\0') {
            json_string("id", e->id);
            json_string("title", e->title);
            json_number("revision", e->revision);
            json_number("bytes", e->bytes);
            json_number("words", e->words);
            json_number("pictures", e->pictures);
        }
        if (e->message[0] != '\0')
            json_string("message", e->message);
        json_end();
        return;
    }
    tell_lines(cli, e);
    if (cli->verbose && e->outcome != MIMEO_REFUSED) {
        progress_clear();
        printf("%-9s  %s  ", outcome_words[e->outcome], e->id);
        put_text(cli, e->title, 60);
        putchar('\n');
    }
}

static void put_count(bool *first, unsigned long long n, const char *word)
{
    if (n == 0)
        return;
    printf("%s%llu %s", *first ? "" : ", ", n, word);
    *first = false;
}

static void put_summary(const struct mimeo_publish_result *r, bool dry_run)
{
    bool first = true;
    printf(dry_run ? "would publish: " : "published: ");
    put_count(&first, r->added, "new");
    put_count(&first, r->revised, "revised");
    put_count(&first, r->retracted, "retracted");
    put_count(&first, r->unchanged, "unchanged");
    put_count(&first, r->kept, "kept");
    put_count(&first, r->skipped, "skipped");
    put_count(&first, r->refused, "refused");
    put_count(&first, r->pictures, r->pictures == 1 ? "picture" : "pictures");
    if (r->bundles == 0) {
        printf("%sno bundle\n", first ? "" : ", ");
        return;
    }
    printf("%sin %llu %s (", first ? "nothing, " : " ", (unsigned long long)r->bundles,
           r->bundles == 1 ? "bundle" : "bundles");
    if (r->first_seq == r->last_seq)
        printf("%llu", (unsigned long long)r->first_seq);
    else
        printf("%llu to %llu", (unsigned long long)r->first_seq, (unsigned long long)r->last_seq);
    printf("), %s\n", human_bytes(r->bytes));
}

/* The pictures before and after; only where they were made smaller by more than cleaning does. */
static void put_saving(const struct mimeo_publish_result *r)
{
    if (r->pictures > 0 && r->picture_bytes < r->picture_input_bytes / 10 * 9)
        printf("%llu %s, %s became %s\n", (unsigned long long)r->pictures, r->pictures == 1 ? "picture" : "pictures",
               human_bytes(r->picture_input_bytes), human_bytes(r->picture_bytes));
}

int tell_result(struct cli *cli, const struct mimeo_publish_result *r, bool dry_run)
{
    progress_clear();
    if (cli->json) {
        json_begin();
        json_bool("dry_run", dry_run);
        json_number("new", r->added);
        json_number("revised", r->revised);
        json_number("unchanged", r->unchanged);
        json_number("retracted", r->retracted);
        json_number("kept", r->kept);
        json_number("skipped", r->skipped);
        json_number("refused", r->refused);
        json_number("warnings", r->warnings);
        json_number("pictures", r->pictures);
        json_number("picture_bytes", r->picture_bytes);
        json_number("picture_input_bytes", r->picture_input_bytes);
        json_number("bundles", r->bundles);
        json_number("first_seq", r->first_seq);
        json_number("last_seq", r->last_seq);
        json_number("bytes", r->bytes);
        json_end();
    } else if (!cli->quiet) {
        put_summary(r, dry_run);
        put_saving(r);
    }
    return refused_status(r->refused, r->unreached);
}

int run_publish(struct cli *cli, const struct command *command, const struct args *args,
                const char *const *paths, size_t count, const char *revise_id, const char *note, bool older)
{
    mimeo_publisher *p;
    struct mimeo_publish_result r;
    struct mimeo_publish_options o = {.sensitive = args->flags[ART_SENSITIVE],
                                      .revise_id = revise_id,
                                      .note = note,
                                      .older = older,
                                      .event = hear,
                                      .payload = cli};
    int status = parse_importing(&o.input, command, args, ART_IMPORT, args->values[PUB_PROXY]);
    if (status != EXIT_OK)
        return status;
    status = open_publisher(&p, cli, command, args, true);
    if (status != EXIT_OK)
        return status;
    progress_start(cli);
    int rc = count == 0 ? mimeo_heartbeat(p, cli->ctx, &r) : mimeo_publish(p, cli->ctx, paths, count, &o, &r);
    status = rc < 0 ? fail(cli, rc) : tell_result(cli, &r, args->flags[ART_DRY_RUN]);
    mimeo_publisher_free(p);
    return status;
}
