/* mimeo library */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static const struct option_spec options[] = {{NULL, OPTION_FLAG}};
extern const struct command cmd_library;

/* ---- what it takes of the disk ---- */

static unsigned long long taken; /* nftw hands nothing through */

static int add_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)path;
    (void)ftw;
    if (type != FTW_NS && type != FTW_DNR)
        taken += (unsigned long long)st->st_blocks * 512;
    return 0;
}

static unsigned long long disk_of(const char *path)
{
    taken = 0;
    nftw(path, add_file, 32, FTW_PHYS);
    return taken;
}

/* ---- what is held ---- */

struct sums {
    size_t publishers;
    unsigned long long bundles;
};

static void put_json(const struct mimeo_mirror_state *s, const struct mimeo_holding *h)
{
    json_begin();
    json_publisher(h->publisher, h->petname);
    json_string("name", s->name);
    json_string("pin", mimeo_pin_state_name(s->pin));
    json_string("path", h->path);
    json_number("head_seq", s->head_seq);
    if (s->head_seq > 0)
        json_time("head_time", s->head_time);
    json_number("bundles_held", s->bundles_held);
    json_number("missing", s->missing);
    json_string("verdict", mimeo_verdict_name(s->verdict));
    json_number("disk_bytes", disk_of(h->path));
    json_end();
}

static int put_holding(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    struct sums *sums = payload;
    struct mimeo_mirror_state s;
    char day[MIMEO_TIME_LEN + 1] = "";
    mimeo_mirror_get_state(m, &s);
    sums->publishers++;
    sums->bundles += s.bundles_held;
    if (cli->json) {
        put_json(&s, h);
        return EXIT_OK;
    }
    banner(cli, m);
    put_publisher(cli, &s);
    if (s.head_seq > 0) {
        mimeo_time_format(day, s.head_time);
        day[10] = '\0';
    }
    printf("\n    %.16s…  %llu bundles", h->publisher, (unsigned long long)s.bundles_held);
    if (s.missing > 0)
        printf(", %llu missing", (unsigned long long)s.missing);
    printf(", newest of %s, %s  (%s)\n", day[0] == '\0' ? "no day" : day, human_bytes(disk_of(h->path)),
           mimeo_verdict_name(s.verdict));
    return EXIT_OK;
}

static int put_library(struct cli *cli, struct source *s)
{
    struct sums sums = {0};
    const char *path = mimeo_library_path(s->library);
    int status = source_each(s, cli, put_holding, &sums);
    source_put_awaited(s, cli);
    unsigned long long disk = disk_of(path);
    if (cli->json) {
        json_begin();
        json_string("library", path);
        json_number("publishers", sums.publishers);
        json_number("bundles_held", sums.bundles);
        json_number("disk_bytes", disk);
        json_end();
        return status;
    }
    printf("%s in all, with trust and catalog, in ", human_bytes(disk));
    put_text(cli, path, 0);
    putchar('\n');
    return status;
}

static int rebuild(struct cli *cli, struct source *s)
{
    struct mimeo_rebuild_result r;
    int rc = mimeo_library_rebuild(s->library, cli->ctx, &r);
    progress_clear();
    if (rc < 0)
        return fail(cli, rc);
    if (cli->json) {
        json_begin();
        json_number("publishers", r.publishers);
        json_number("bundles", r.bundles);
        json_number("articles", r.records);
        json_end();
        return EXIT_OK;
    }
    talk(cli, "the catalog was made again: %llu articles in %llu bundles of %llu %s", (unsigned long long)r.records,
         (unsigned long long)r.bundles, (unsigned long long)r.publishers, r.publishers == 1 ? "publisher" : "publishers");
    return EXIT_OK;
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct source s = {.who = NULL};
    if (args->word_count > 0 && strcmp(args->words[0], "rebuild") != 0)
        return usage_fault(&cmd_library, "'%s' is nothing that a library does", args->words[0]);
    if (cli->dir_given)
        return usage_fault(&cmd_library, "-C names a mirror: the library's place is --library");
    progress_start(cli);
    int rc = mimeo_library_open(&s.library, cli->ctx, cli->library);
    if (rc < 0)
        return fail(cli, rc);
    int status = EXIT_OK;
    if (!source_is_empty(&s, cli))
        status = args->word_count > 0 ? rebuild(cli, &s) : put_library(cli, &s);
    source_close(&s);
    return status;
}

const struct command cmd_library = {
    "library", "tell what the library holds, and what it takes of the disk",
    "examples:\n"
    "  mimeo library\n"
    "  mimeo library rebuild     make the catalog again, from the bundles\n"
    "\n"
    "usage:\n"
    "  mimeo library [--json]\n"
    "  mimeo library rebuild [--json]\n"
    "\n"
    "options:\n"
    "  --json  an object a publisher, and one for all\n",
    options, 0, 1, run_it,
};
