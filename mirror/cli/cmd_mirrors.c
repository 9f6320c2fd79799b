/* mimeo mirrors */
#include <string.h>

#include "cli.h"

static const struct option_spec options[] = {{NULL, OPTION_FLAG}};
extern const struct command cmd_mirrors;

static void put_json(const struct mimeo_mirror_info *m)
{
    json_begin();
    json_string("publisher", m->publisher);
    json_string("petname", m->petname);
    json_string("address", m->address);
    json_bool("added", m->added);
    json_bool("usable", m->usable);
    if (m->last_good > 0)
        json_time("last_good", m->last_good);
    if (m->last_bad > 0)
        json_time("last_bad", m->last_bad);
    if (m->way[0] != '\0')
        json_string("way", m->way);
    json_end();
}

struct showing {
    struct cli *cli;
    bool any;
};

static int put_line(const struct mimeo_mirror_info *m, void *payload)
{
    struct showing *s = payload;
    struct cli *cli = s->cli;
    char good[MIMEO_TIME_LEN + 1] = "never", bad[MIMEO_TIME_LEN + 1] = "";
    s->any = true;
    if (cli->json) {
        put_json(m);
        return 0;
    }
    if (m->last_good > 0)
        mimeo_time_format(good, m->last_good);
    put_text(cli, m->petname, 0);
    putchar('\t');
    put_text(cli, m->address, 0);
    printf("\t%s\tworked %s", m->added ? "yours" : "signed", good);
    if (m->last_bad > m->last_good) {
        mimeo_time_format(bad, m->last_bad);
        printf(", failed %s", bad);
    }
    puts(m->usable ? "" : "\tprivate: never asked");
    return 0;
}

static int run_it(struct cli *cli, const struct args *args)
{
    const char *verb = args->word_count > 0 ? args->words[0] : "";
    struct showing showing = {cli, false};
    bool add = strcmp(verb, "add") == 0, remove = strcmp(verb, "remove") == 0;
    int rc;
    if ((add || remove) && args->word_count != 3)
        return usage_fault(&cmd_mirrors, "'mirrors %s' wants a publisher and an address behind it", verb);
    if (!add && !remove && args->word_count > 1)
        return usage_fault(&cmd_mirrors, "'mirrors' knows add and remove, not '%s'", verb);
    if (add)
        rc = mimeo_mirrors_add(cli->ctx, cli->library, args->words[1], args->words[2]);
    else if (remove)
        rc = mimeo_mirrors_remove(cli->ctx, cli->library, args->words[1], args->words[2]);
    else
        rc = mimeo_mirrors_each(cli->ctx, cli->library, args->word_count > 0 ? verb : NULL, put_line, &showing);
    if (rc == 0 && !add && !remove && !showing.any)
        talk(cli, "mimeo: no mirror is known: 'mimeo clone' brings a first one, 'mimeo mirrors add' another");
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

const struct command cmd_mirrors = {
    "mirrors", "show and change where copies are fetched from",
    "examples:\n"
    "  mimeo mirrors\n"
    "  mimeo mirrors add 'Harbour Courier' ssh://git@host.example/press.git\n"
    "\n"
    "usage:\n"
    "  mimeo mirrors [--json] [WHO]\n"
    "  mimeo mirrors add WHO URL | PATH\n"
    "  mimeo mirrors remove WHO URL | PATH\n"
    "\n"
    "options:\n"
    "  --json  an object a line\n",
    options, 0, 3, run_it,
};
