/* What clone and sync share: the options of the network, and telling what came of each address. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Seconds, or a duration with a unit. */
static int parse_seconds(const struct command *command, const char *option, const char *text, int *out)
{
    unsigned long seconds;
    if (text == NULL)
        return EXIT_OK;
    int status = parse_number(command, option, text, 1, 1000000, &seconds);
    if (status == EXIT_OK)
        *out = (int)seconds;
    return status;
}

int parse_network(struct mimeo_network *out, const struct cli *cli, const struct command *command, const struct args *args)
{
    *out = (struct mimeo_network){
        .proxy = args->values[NET_PROXY], .ca_file = args->values[NET_CA_FILE], .no_input = cli->no_input};
    int status = parse_seconds(command, "--connect-timeout", args->values[NET_CONNECT], &out->connect_seconds);
    if (status == EXIT_OK)
        status = parse_seconds(command, "--stall-timeout", args->values[NET_STALL], &out->stall_seconds);
    if (status == EXIT_OK)
        status = parse_seconds(command, "--timeout", args->values[NET_TOTAL], &out->total_seconds);
    return status;
}

static const char *const outcome_names[] = {
    [MIMEO_SYNC_NEW] = "new", [MIMEO_SYNC_UNCHANGED] = "unchanged", [MIMEO_SYNC_BEHIND] = "behind",
    [MIMEO_SYNC_FAILED] = "failed", [MIMEO_SYNC_CONFLICTED] = "conflicted",
};

static void put_json(const struct mimeo_sync_event *e)
{
    json_begin();
    json_string("outcome", outcome_names[e->outcome]);
    json_string("publisher", e->publisher);
    json_string("petname", e->petname);
    json_string("address", e->address);
    json_string("way", e->way);
    if (e->code < 0)
        json_string("error", mimeo_error_name(e->code));
    if (e->message[0] != '\0')
        json_string("message", e->message);
    json_number("bundles", e->bundles);
    json_number("media", e->media);
    json_number("bytes", e->bytes);
    json_number("network_bytes", e->network_bytes);
    json_end();
}

static void put_counts(const struct mimeo_sync_event *e)
{
    printf("%llu new %s", (unsigned long long)e->bundles, e->bundles == 1 ? "bundle" : "bundles");
    if (e->media > 0)
        printf(", %llu %s", (unsigned long long)e->media, e->media == 1 ? "picture" : "pictures");
    printf(", %s", human_bytes(e->bytes));
}

static void put_for_people(struct cli *cli, const struct mimeo_sync_event *e)
{
    put_text(cli, e->petname[0] != '\0' ? e->petname : e->publisher, 0);
    fputs(": ", stdout);
    switch (e->outcome) {
    case MIMEO_SYNC_NEW: put_counts(e); break;
    case MIMEO_SYNC_UNCHANGED: fputs("nothing new", stdout); break;
    case MIMEO_SYNC_BEHIND: fputs("this mirror is behind", stdout); break;
    case MIMEO_SYNC_FAILED: printf("%sfailed%s", style("red"), style("off")); break;
    case MIMEO_SYNC_CONFLICTED: printf("%sconflicted%s", style("red"), style("off")); break;
    }
    fputs(e->address[0] == '\0' ? ", which an earlier run fetched" : ", from ", stdout);
    put_text(cli, e->address, 0);
    if (e->message[0] != '\0') {
        fputs(": ", stdout);
        put_text(cli, e->message, 0);
    }
    putchar('\n');
}

void hear_sync(const struct mimeo_sync_event *e, void *payload)
{
    struct cli *cli = payload;
    progress_clear();
    if (cli->json)
        put_json(e);
    else if (!cli->quiet || e->code < 0)
        put_for_people(cli, e);
    fflush(stdout);
}
