/* mimeo head */
#include <stdlib.h>

#include "cli.h"

enum { LINK, QR };

static const struct option_spec options[] = {{"link", OPTION_FLAG}, {"qr", OPTION_FLAG}, {NULL, OPTION_FLAG}};
extern const struct command cmd_head;

static int put_qr(struct cli *cli, const char *text)
{
    char *qr;
    int rc = mimeo_qr(&qr, cli->ctx, text, stdout_styles());
    if (rc < 0)
        return fail(cli, rc);
    fputs(qr, stdout);
    free(qr);
    return EXIT_OK;
}

static void put_json(const struct mimeo_mirror_state *s, const char *card, const char *link)
{
    json_begin();
    json_string("publisher", s->publisher);
    json_string("digits", s->digits);
    json_number("seq", s->head_seq);
    if (s->head_seq > 0) {
        json_string("hash", s->head_hash);
        json_time("time", s->head_time);
        json_time("next_by", s->head_next_by);
    }
    json_string("card", card);
    json_string("link", link);
    json_string("verdict", mimeo_verdict_name(s->verdict));
    json_end();
}

static int run_it(struct cli *cli, const struct args *args)
{
    mimeo_mirror *m;
    struct mimeo_mirror_state s;
    char *link = NULL, *card = NULL;
    progress_start(cli);
    int rc = open_mirror(&m, cli, args);
    if (rc < 0)
        return fail(cli, rc);
    mimeo_mirror_get_state(m, &s);
    if (!cli->json)
        banner(cli, m);
    rc = mimeo_mirror_link(&link, m, cli->ctx);
    if (rc == 0)
        rc = mimeo_mirror_card(&card, m, cli->ctx);
    int status = rc < 0 ? fail(cli, rc) : EXIT_OK;
    if (rc == 0 && cli->json)
        put_json(&s, card, link);
    else if (rc == 0 && args->flags[QR])
        status = put_qr(cli, link);
    else if (rc == 0)
        puts(args->flags[LINK] ? link : card);
    free(link);
    free(card);
    mimeo_mirror_free(m);
    return status == EXIT_OK ? mimeo_exit_status(mimeo_verdict_code(s.verdict)) : status;
}

const struct command cmd_head = {
    "head", "print the head's card, or a link to hand on",
    "examples:\n"
    "  mimeo head press                a line that two readers can compare\n"
    "  mimeo head press --link --qr    a link that pins this publisher and this head\n"
    "\n"
    "usage:\n"
    "  mimeo head [-C PATH | PATH] [--link] [--qr] [--json]\n"
    "\n"
    "options:\n"
    "  --link  the mimeo: link: publisher, copies, and the head as a floor\n"
    "  --qr    the link as a QR code\n"
    "  --json  all of it as one object\n",
    options, 0, 1, run_it,
};
