/*
 * Whose mirror this is.  The name of a publisher whom nobody vouched for is never shown as if it were
 * one: it stands in quotes behind "calls itself".
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static char *safe(struct cli *cli, const char *text)
{
    char *line;
    return mimeo_text_line(&line, cli->ctx, text, 60) < 0 ? NULL : line;
}

void put_publisher(struct cli *cli, const struct mimeo_mirror_state *s)
{
    if (s->petname[0] != '\0') {
        put_text(cli, s->petname, 0);
        if (strcmp(s->petname, s->name) == 0)
            return;
        fputs(", ", stdout);
    }
    fputs("calls itself \"", stdout);
    put_text(cli, s->name, 60);
    fputs("\"", stdout);
}

void banner(struct cli *cli, const mimeo_mirror *m)
{
    struct mimeo_mirror_state s;
    mimeo_mirror_get_state(m, &s);
    char *name = safe(cli, s.name);
    if (s.pin == MIMEO_PIN_NONE)
        talk(cli, "mimeo: not pinned: calls itself \"%s\", and anybody can use that name; compare the fingerprint, then "
                  "'mimeo trust add'", name == NULL ? "" : name);
    else if (s.pin == MIMEO_PIN_FIRST_USE)
        talk(cli, "mimeo: taken at first use: the fingerprint of \"%s\" was never compared; 'mimeo trust confirm' does that",
             name == NULL ? "" : name);
    if (s.name_taken)
        talk(cli, "mimeo: beware: another publisher that you pinned goes by this name");
    if (s.verdict > MIMEO_LATE && s.verdict != MIMEO_UNKNOWN_PUBLISHER)
        talk(cli, "mimeo: %s: %s", mimeo_verdict_name(s.verdict), s.reason);
    else if (s.late)
        talk(cli, "mimeo: late, or blocked: the publisher promised something new before now; get a newer copy");
    if (s.remark[0] != '\0')
        talk(cli, "mimeo: note: %s", s.remark);
    free(name);
}

static void put_pin_json(const struct mimeo_pin *pin, const char *name)
{
    json_begin();
    json_string("publisher", pin->publisher);
    json_string("petname", pin->petname);
    if (name != NULL)
        json_string("name", name);
    json_string("digits", pin->digits);
    json_page_hash();
    json_string("pin", mimeo_pin_state_name(pin->state));
    json_end();
}

/* `held`: NULL where nothing came yet.  Who was pinned by a link alone has the beginning of the ID for a petname. */
static void put_pinned(struct cli *cli, const struct mimeo_pin *pin, const struct mimeo_mirror_state *held)
{
    size_t len = strlen(pin->petname);
    if (held != NULL) {
        fputs("Publisher:   ", stdout);
        put_publisher(cli, held);
        putchar('\n');
    }
    printf("Fingerprint: %s (%s)\n", pin->digits, mimeo_pin_state_name(pin->state));
    put_page_hash(13);
    if (len >= 8 && strncmp(pin->petname, pin->publisher, len) == 0)
        talk(cli, "mimeo: 'mimeo trust rename %s NAME' gives it a name of yours", pin->petname);
    if (pin->state == MIMEO_PIN_FIRST_USE)
        talk(cli, "mimeo: taken at first use: nothing shows that this is who it says it is. Get the fingerprint by another way, then\n"
                  "mimeo: mimeo trust confirm %.16s --expect 'DIGITS'", pin->publisher);
}

void put_new_publisher(struct cli *cli, const char *publisher)
{
    struct mimeo_pin pin;
    struct mimeo_mirror_state state;
    mimeo_library *l = NULL;
    mimeo_mirror *m;
    if (mimeo_trust_find(cli->ctx, cli->library, publisher, &pin) < 0)
        return;
    bool held = mimeo_library_open(&l, cli->ctx, cli->library) == 0 &&
                mimeo_library_mirror(&m, l, cli->ctx, publisher) == 0;
    if (held)
        mimeo_mirror_get_state(m, &state);
    if (cli->json)
        put_pin_json(&pin, held ? state.name : NULL);
    else
        put_pinned(cli, &pin, held ? &state : NULL);
    mimeo_library_free(l);
}
