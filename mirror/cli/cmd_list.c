/* mimeo list */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { SECTION = PACK_COMMON, LANG, AUTHOR, SINCE, UNTIL, LIMIT, RETRACTED, NEW, PUBLISHER };

static const struct option_spec options[] = {
    PACK_OPTIONS, {"section", OPTION_VALUE}, {"lang", OPTION_VALUE}, {"author", OPTION_VALUE}, {"since", OPTION_VALUE},
    {"until", OPTION_VALUE}, {"limit", OPTION_VALUE}, {"retracted", OPTION_FLAG}, {"new", OPTION_FLAG},
    {"publisher", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_list;

#define DAY_LEN 10 /* "2026-11-24" */
#define SECTION_CELLS 14

static void format_day(char out[MIMEO_TIME_LEN + 1], const struct mimeo_article *a)
{
    mimeo_time_format(out, a->has_published ? a->published : a->bundle_time);
    out[DAY_LEN] = '\0';
}

static const char *title_of(const struct mimeo_article *a)
{
    return a->title[0] != '\0' ? a->title : "(no title)";
}

/* A column of `cells`, text cut or filled up. */
static void put_column(struct cli *cli, const char *text, size_t cells)
{
    size_t width = mimeo_text_cells(text);
    put_text(cli, text, cells);
    for (; width < cells; width++)
        putchar(' ');
}

struct listing {
    struct cli *cli;
    const char *publisher, *petname; /* of a mirror */
    bool several;                    /* publishers: each article says whose it is */
    uint64_t count;
};

/* Two lines an article: what it is, and what names it. */
static void put_for_people(struct cli *cli, const struct mimeo_article *a, const char *petname)
{
    char day[MIMEO_TIME_LEN + 1];
    size_t used = DAY_LEN + 2 + SECTION_CELLS + 2, width = (size_t)terminal_width();
    format_day(day, a);
    printf("%s  ", day);
    put_column(cli, a->section, SECTION_CELLS);
    fputs("  ", stdout);
    fputs(style("bold"), stdout);
    put_text(cli, title_of(a), width > used + 20 ? width - used : 20);
    fputs(style("off"), stdout);
    printf("\n%*s%s%s", DAY_LEN + 2, "", style("dim"), a->id);
    if (a->lang[0] != '\0')
        printf("  %s", a->lang);
    if (a->action == MIMEO_RETRACT)
        fputs("  retracted", stdout);
    else if (a->revision > 1)
        printf("  revision %u", a->revision);
    if (!a->joined)
        fputs("  unjoined", stdout);
    if (petname != NULL) {
        fputs("  ", stdout);
        put_text(cli, petname, 40);
    }
    printf("%s\n", style("off"));
}

/* A line an article, for programs: the library's strings are safe to print as they are. */
static void put_for_programs(const struct mimeo_article *a, const char *petname)
{
    char day[MIMEO_TIME_LEN + 1];
    format_day(day, a);
    printf("%s\t%s\t%s\t%s\t%s", day, a->id, a->lang, a->section, title_of(a));
    if (petname != NULL)
        printf("\t%s", petname);
    putchar('\n');
}

static int put(struct listing *l, const struct mimeo_article *a, const char *publisher, const char *petname)
{
    const char *label = petname[0] != '\0' ? petname : "(not pinned)";
    l->count++;
    if (l->cli->json) {
        json_begin();
        json_article(a);
        json_publisher(publisher, petname);
        json_end();
    } else if (stdout_is_terminal()) {
        put_for_people(l->cli, a, l->several ? label : NULL);
    } else {
        put_for_programs(a, l->publisher == NULL ? label : NULL);
    }
    return ferror(stdout) ? MIMEO_EIO : 0;
}

static int put_article(const struct mimeo_article *a, void *payload)
{
    struct listing *l = payload;
    return put(l, a, l->publisher, l->petname);
}

static int put_held(const struct mimeo_article *a, const struct mimeo_holding *h, void *payload)
{
    return put(payload, a, h->publisher, h->petname);
}

static int parse(struct mimeo_list_options *o, const struct args *args)
{
    unsigned long limit = 0;
    *o = (struct mimeo_list_options){.section = args->values[SECTION],
                                     .lang = args->values[LANG],
                                     .author = args->values[AUTHOR],
                                     .retracted = args->flags[RETRACTED]};
    int status = parse_when(&cmd_list, "--since", args->values[SINCE], &o->has_since, &o->since);
    if (status == EXIT_OK)
        status = parse_when(&cmd_list, "--until", args->values[UNTIL], &o->has_until, &o->until);
    if (status == EXIT_OK && args->values[LIMIT] != NULL)
        status = parse_number(&cmd_list, "--limit", args->values[LIMIT], 1, 1000000000, &limit);
    o->limit = limit;
    return status;
}

/* One mirror, or one of several that were handed over: each is listed by itself. */
struct mirror_listing {
    struct mimeo_list_options options;
    size_t several;
    uint64_t count;
    int code;
};

static int list_mirror(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    struct mirror_listing *ml = payload;
    struct mimeo_mirror_state state;
    mimeo_mirror_get_state(m, &state);
    struct listing l = {.cli = cli, .publisher = state.publisher, .petname = state.petname, .several = ml->several > 1};
    uint64_t limit = ml->options.limit;
    if (ml->code < 0 || (limit > 0 && ml->count == limit))
        return EXIT_OK;
    banner(cli, m);
    if (!cli->json)
        pager_start();
    ml->options.limit = limit > 0 ? limit - ml->count : 0;
    ml->code = mimeo_mirror_list(m, cli->ctx, &ml->options, put_article, &l);
    ml->options.limit = limit;
    ml->count += l.count;
    return EXIT_OK;
}

static int list_mirrors(struct cli *cli, struct source *s, const struct mimeo_list_options *o, int *status)
{
    struct mirror_listing ml = {.options = *o, .several = source_publishers(s, cli)};
    *status = source_each(s, cli, list_mirror, &ml);
    if (ml.code == 0 && ml.count == 0 && *status == EXIT_OK)
        talk(cli, "mimeo: there is no such article");
    return ml.code;
}

/* A publisher that cannot be opened was told of with the banners. */
static int list_library(struct cli *cli, struct source *s, const struct mimeo_list_options *o, bool arrived, int *status)
{
    struct mimeo_library_list_options lo = {.list = *o, .who = s->who, .arrived = arrived};
    struct listing l = {.cli = cli, .several = source_publishers(s, cli) > 1};
    if (source_is_empty(s, cli))
        return 0;
    *status = source_banners(s, cli);
    if (*status != EXIT_OK && !l.several)
        return 0;
    if (!cli->json)
        pager_start();
    int rc = mimeo_library_list(s->library, cli->ctx, &lo, put_held, &l);
    if (rc == 0 && l.count == 0)
        talk(cli, arrived ? "mimeo: the last sync or import brought no article" : "mimeo: there is no such article");
    return rc;
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct mimeo_list_options o;
    struct source s;
    int status = parse(&o, args);
    if (status != EXIT_OK)
        return status;
    use_passphrase(cli, args->values[PACK_PASSPHRASE_FILE], args->values[PACK_PASSPHRASE_FD]);
    progress_start(cli);
    status = source_open_all(&s, cli, &cmd_list, args->words, args->word_count, args->values[PUBLISHER]);
    if (status == EXIT_OK && s.library == NULL && args->flags[NEW])
        status = usage_fault(&cmd_list, "--new is about what a sync brought into the library, not about a mirror");
    if (status == EXIT_OK) {
        int rc = s.library == NULL ? list_mirrors(cli, &s, &o, &status) : list_library(cli, &s, &o, args->flags[NEW], &status);
        progress_clear();
        if (rc < 0 && !ferror(stdout))
            status = graver_status(status, fail(cli, rc));
    }
    source_close(&s);
    return status;
}

const struct command cmd_list = {
    "list", "list the articles of the library or of a mirror, newest first",
    "examples:\n"
    "  mimeo list --new                           what the last sync or import brought\n"
    "  mimeo list press --since 7d --lang fa\n"
    "  mimeo list -C press.mimeo --json | jq -r .title\n"
    "\n"
    "usage:\n"
    "  mimeo list [-C PATH | --publisher WHO] [--new] [--section S] [--lang L] [--author A]\n"
    "      [--since DATE | DURATION] [--until DATE] [--limit N] [--retracted] [--json]\n"
    "      " PACK_USAGE " [PATH...]\n"
    "\n"
    "options:\n"
    "  --publisher WHO  of the library, only this publisher's: a petname, or an ID or its beginning\n"
    "  --new            of the library, only what the last sync or import brought\n"
    "  --section S      only this section\n"
    "  --lang L         only this language\n"
    "  --author A       only where a byline has this in it\n"
    "  --since DATE     from this day on, or this long ago (7d)\n"
    "  --until DATE     before this day\n"
    "  --limit N        no more than so many\n"
    "  --retracted      those that were taken back too\n"
    PACK_HELP
    "  --json           an object a line\n",
    options, 0, 100000, run_it,
};
