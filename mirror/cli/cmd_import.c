/* mimeo import */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { NO_MEDIA = PACK_COMMON, EXPECT, PETNAME, KNOWN };

static const struct option_spec options[] = {
    PACK_OPTIONS,            {"no-media", OPTION_FLAG}, {"expect", OPTION_VALUE},
    {"petname", OPTION_VALUE}, {"known", OPTION_FLAG},    {NULL, OPTION_FLAG}};
extern const struct command cmd_import;

/* ---- what came ---- */

static const char *outcome_name(const struct mimeo_import_event *e)
{
    static const char *const names[] = {
        [MIMEO_SYNC_NEW] = "new", [MIMEO_SYNC_UNCHANGED] = "unchanged", [MIMEO_SYNC_BEHIND] = "behind",
        [MIMEO_SYNC_FAILED] = "failed", [MIMEO_SYNC_CONFLICTED] = "conflicted",
    };
    return e->skipped ? "skipped" : names[e->outcome];
}

static void put_json(const struct mimeo_import_event *e)
{
    json_begin();
    json_string("outcome", outcome_name(e));
    json_string("publisher", e->publisher);
    json_string("petname", e->petname);
    json_string("from", e->from);
    json_bool("pinned", e->pinned);
    json_string("pin", mimeo_pin_state_name(e->pin));
    if (e->code < 0)
        json_string("error", mimeo_error_name(e->code));
    if (e->message[0] != '\0')
        json_string("message", e->message);
    json_number("bundles", e->bundles);
    json_number("articles", e->articles);
    json_number("media", e->media);
    json_number("bytes", e->bytes);
    json_number("uncited", e->uncited);
    json_end();
}

static void put_count(const char *before, unsigned long long n, const char *one, const char *many)
{
    printf("%s%llu %s", before, n, n == 1 ? one : many);
}

static void put_counts(const struct mimeo_import_event *e)
{
    put_count("", e->bundles, "new bundle", "new bundles");
    put_count(", ", e->articles, "article", "articles");
    if (e->media > 0)
        put_count(", ", e->media, "picture", "pictures");
    printf(", %s", human_bytes(e->bytes));
}

static void put_for_people(struct cli *cli, const struct mimeo_import_event *e)
{
    put_text(cli, e->petname[0] != '\0' ? e->petname : e->publisher[0] != '\0' ? e->publisher : e->from, 0);
    fputs(": ", stdout);
    if (e->skipped)
        fputs("skipped", stdout);
    else if (e->outcome == MIMEO_SYNC_NEW)
        put_counts(e);
    else if (e->outcome == MIMEO_SYNC_FAILED || e->outcome == MIMEO_SYNC_CONFLICTED)
        printf("%s%s%s", style("red"), outcome_name(e), style("off"));
    else
        fputs("nothing new", stdout);
    if (e->message[0] != '\0') {
        fputs(": ", stdout);
        put_text(cli, e->message, 0);
    }
    putchar('\n');
    if (e->uncited > 0)
        talk(cli, e->uncited == 1 ? "mimeo: note: %llu picture was left out, since no article that is held has it: it is damaged, or its "
                                    "bundle is not here"
                                  : "mimeo: note: %llu pictures were left out, since no article that is held has them: they are "
                                    "damaged, or their bundles are not here",
             (unsigned long long)e->uncited);
}

static void hear_event(const struct mimeo_import_event *e, void *payload)
{
    struct cli *cli = payload;
    progress_clear();
    if (cli->json)
        put_json(e);
    else if (!cli->quiet || e->code < 0)
        put_for_people(cli, e);
    if (!cli->json && !cli->quiet && e->pinned)
        put_new_publisher(cli, e->publisher);
    fflush(stdout);
}

/* ---- what did not ---- */

static void hear_fault(const struct mimeo_fault *f, const char *from, void *payload)
{
    struct cli *cli = payload;
    progress_clear();
    if (cli->json) {
        json_fault(f, from);
        return;
    }
    printf("%s%s%s: ", style("red"), mimeo_verdict_name(f->verdict), style("off"));
    put_text(cli, f->message, 0);
    fputs(" (", stdout);
    put_text(cli, from, 0);
    puts(")");
}

static void hear_refused(const char *path, int code, const char *message, void *payload)
{
    struct cli *cli = payload;
    progress_clear();
    if (cli->json) {
        json_begin();
        json_string("refused", path);
        json_string("error", mimeo_error_name(code));
        json_string("message", message);
        json_end();
        return;
    }
    printf("%snot taken%s: ", style("red"), style("off"));
    put_text(cli, message, 0);
    putchar('\n');
}

static void put_lack_json(const struct mimeo_import_lack *l)
{
    json_begin();
    json_string("lacking", l->here ? "of-part" : "part");
    json_string("publisher", l->publisher);
    json_string("petname", l->petname);
    json_string("set", l->set);
    json_number("part", l->part);
    json_number("of", l->of);
    json_string("bundles", l->bundles);
    json_number("media", l->media);
    json_string("ask", l->ask);
    json_end();
}

static void hear_lack(const struct mimeo_import_lack *l, void *payload)
{
    struct cli *cli = payload;
    progress_clear();
    if (cli->json) {
        put_lack_json(l);
        return;
    }
    put_text(cli, l->petname[0] != '\0' ? l->petname : l->publisher, 0);
    printf(l->here ? ": part %u of %u did not bring all that it should" : ": part %u of %u is not here", l->part, l->of);
    bool one = strpbrk(l->bundles, ",-") == NULL;
    if (l->bundles[0] != '\0')
        printf("%s %s %s", l->here ? ":" : ", with", one ? "bundle" : "bundles", l->bundles);
    if (l->media > 0)
        put_count(l->bundles[0] != '\0' ? " and " : l->here ? ": " : ", with ", l->media, "picture", "pictures");
    fputs(": ask for it again", stdout);
    if (l->ask[0] != '\0')
        printf(" (mimeo export --bundles %s)", l->ask);
    putchar('\n');
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct mimeo_import_result r;
    bool given = args->values[PACK_PASSPHRASE_FILE] != NULL || args->values[PACK_PASSPHRASE_FD] != NULL;
    struct mimeo_import_options o = {
        .expect = args->values[EXPECT], .petname = args->values[PETNAME], .known = args->flags[KNOWN],
        .no_media = args->flags[NO_MEDIA], .gather = {given, hear_refused, cli}, .event = hear_event, .lack = hear_lack,
        .fault = hear_fault, .payload = cli};
    use_passphrase(cli, args->values[PACK_PASSPHRASE_FILE], args->values[PACK_PASSPHRASE_FD]);
    progress_start(cli);
    int rc = mimeo_import(cli->ctx, cli->library, args->words, args->word_count, &o, &r);
    progress_clear();
    if (rc < 0)
        return fail(cli, rc);
    if (!cli->json && r.bundles > 0)
        talk(cli, "mimeo: 'mimeo list --new' lists what came");
    return EXIT_OK;
}

const struct command cmd_import = {
    "import", "take packs, mirrors and sticks into the library",
    "examples:\n"
    "  mimeo import /media/stick                  every pack and mirror on it\n"
    "  mimeo import part2.mimeo part1.mimeo       parts in any order; what is missing is named\n"
    "  mimeo import --passphrase-file word abtkzqpo\n"
    "\n"
    "usage:\n"
    "  mimeo import [--expect DIGITS] [--petname NAME] [--known] [--no-media]\n"
    "      [--passphrase-file FILE | --passphrase-fd N] [--json] PATH...\n"
    "\n"
    "options:\n"
    "  --expect DIGITS         take only the publisher with this fingerprint, which verifies it\n"
    "  --petname NAME          what you call the new publisher\n"
    "  --known                 only publishers that you follow already\n"
    "  --no-media              text alone, no pictures\n"
    "  --passphrase-file FILE  of encrypted packs: the first line of FILE\n"
    "  --passphrase-fd N       the same from descriptor N\n"
    "  --json                  what came, what was refused and what is lacking, an object a line\n"
    "\n"
    "exit status:\n"
    "  0 all was good, 4 forged or damaged, 7 rollback or conflict, 8 a part is missing,\n"
    "  10 no pack; what could be taken was taken\n",
    options, 1, 100000, run_it,
};
