/* mimeo head */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"

#define CARD_MAX 4096 /* bytes, with all that messengers add */

enum { LINK = PACK_COMMON, QR, PUBLISHER };

static const struct option_spec options[] = {
    PACK_OPTIONS, {"link", OPTION_FLAG}, {"qr", OPTION_FLAG}, {"publisher", OPTION_VALUE}, {NULL, OPTION_FLAG}};
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
    json_page_hash();
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

/* ---- comparing ---- */

/* The card from a file, or from standard input. */
static int read_card(char text[CARD_MAX + 2], const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "r");
    size_t len = f == NULL ? 0 : fread(text, 1, CARD_MAX + 1, f);
    bool bad = f == NULL || ferror(f);
    int why = errno;
    if (f != NULL && !standard)
        fclose(f);
    if (bad) {
        fprintf(stderr, "mimeo: cannot read the card '%s': %s\n", path, strerror(why));
        return EXIT_FAIL;
    }
    if (len > CARD_MAX || memchr(text, '\0', len) != NULL) {
        fprintf(stderr, "mimeo: '%s' holds no card: give the line that 'mimeo head' prints\n", path);
        return mimeo_exit_status(MIMEO_EMALFORMED);
    }
    text[len] = '\0';
    return EXIT_OK;
}

/* The card as it stands on the command line, in one word or many; else the name of a file. */
static int take_card(char text[CARD_MAX + 2], const struct args *args)
{
    const char *first = args->words[1] + strspn(args->words[1], " \t\r\n");
    size_t len = 0;
    if (args->word_count == 2 && strncasecmp(first, "mimeo head", 10) != 0)
        return read_card(text, args->words[1]);
    for (size_t i = 1; i < args->word_count; i++) {
        size_t n = strlen(args->words[i]);
        if (len + n + 1 > CARD_MAX)
            return usage_fault(&cmd_head, "the card is too long");
        memcpy(text + len, args->words[i], n);
        len += n;
        text[len++] = ' ';
    }
    text[len] = '\0';
    return EXIT_OK;
}

static const char *comparison_words(const struct mimeo_compared *c)
{
    switch (c->result) {
    case MIMEO_COMPARE_SAME: return "the same head: you both see the same";
    case MIMEO_COMPARE_OLDER: return "the card is of an older bundle of the very history that is held here: its reader may sync";
    case MIMEO_COMPARE_NEWER:
        return "the card is of a newer bundle than is held here: sync, then compare again; where no mirror has it, somebody "
               "may be holding it back from you";
    case MIMEO_COMPARE_UNPROVEN:
        return "the card is of an older bundle, and what is held here does not tell which one that was: get the bundles "
               "between, then compare again";
    case MIMEO_COMPARE_OTHER: break;
    }
    return "two histories: the history here has another bundle of that number. If the card was copied right, the publisher, or "
           "somebody with its key, shows you different things: get a copy of each other's mirrors and 'mimeo verify' both, "
           "which makes a proof to hand on, and ask the publisher by another way";
}

static int put_comparison(struct cli *cli, const struct mimeo_compared *c, const struct mimeo_mirror_state *s)
{
    char ours[MIMEO_TIME_LEN + 1], theirs[MIMEO_TIME_LEN + 1];
    int status = mimeo_exit_status(mimeo_comparison_code(c->result));
    if (cli->json) {
        json_begin();
        json_string("comparison", mimeo_comparison_name(c->result));
        json_string("words", comparison_words(c));
        json_string("publisher", s->publisher);
        json_number("ours", c->ours);
        json_time("our_time", c->our_time);
        json_number("theirs", c->theirs);
        json_time("their_time", c->their_time);
        json_string("verdict", mimeo_verdict_name(s->verdict));
        json_end();
    } else {
        mimeo_time_format(ours, c->our_time);
        mimeo_time_format(theirs, c->their_time);
        printf("here: bundle %llu of %s\ncard: bundle %llu of %s\n%s%s%s: %s\n", (unsigned long long)c->ours, ours,
               (unsigned long long)c->theirs, theirs, style("bold"), mimeo_comparison_name(c->result), style("off"),
               comparison_words(c));
    }
    /* That two see the same does not make a mirror good that is forked or old. */
    return status == EXIT_OK && s->verdict >= MIMEO_ROLLBACK ? mimeo_exit_status(mimeo_verdict_code(s->verdict)) : status;
}

/* Whose card it is: 16 digits behind "mimeo head", between whatever a messenger left: white space, and marks
 * that are not ASCII.  The comparison itself is strict. */
static bool publisher_of_card(char who[17], const char *text)
{
    static const char words[] = "mimeohead";
    size_t at = 0, len = sizeof(words) - 1;
    for (; *text != '\0' && at < len + 16; text++) {
        if (strchr(" \t\r\n", *text) != NULL || (unsigned char)*text >= 0x80)
            continue;
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text + 'a' - 'A') : *text;
        if (at < len ? c != words[at] : strchr("0123456789abcdef", c) == NULL)
            return false;
        if (at >= len)
            who[at - len] = c;
        at++;
    }
    who[16] = '\0';
    return at == len + 16;
}

static int compare_one(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    struct mimeo_compared compared;
    struct mimeo_mirror_state s;
    mimeo_mirror_get_state(m, &s);
    if (!cli->json)
        banner(cli, m);
    int rc = mimeo_mirror_compare(&compared, m, cli->ctx, payload);
    return rc < 0 ? fail(cli, rc) : put_comparison(cli, &compared, &s);
}

static int run_compare(struct cli *cli, const struct args *args)
{
    char text[CARD_MAX + 2], who[17];
    struct source s;
    if (args->word_count < 2)
        return usage_fault(&cmd_head, "'head compare' wants a card: the line that 'mimeo head' prints");
    int status = take_card(text, args);
    if (status != EXIT_OK)
        return status;
    progress_start(cli);
    status = source_open(&s, cli, &cmd_head, NULL, args->values[PUBLISHER]);
    if (status != EXIT_OK)
        return status;
    /* The library has many publishers: the card says which of them it is about. */
    if (s.library != NULL && s.who == NULL && !publisher_of_card(who, text)) {
        fputs("mimeo: this is no card: give the line that 'mimeo head' prints\n", stderr);
        status = mimeo_exit_status(MIMEO_EMALFORMED);
    } else {
        s.who = s.library != NULL && s.who == NULL ? who : s.who;
        status = source_each(&s, cli, compare_one, text);
    }
    source_close(&s);
    return status;
}

struct wanted {
    bool link, qr;
};

static int put_one(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    const struct wanted *w = payload;
    struct mimeo_mirror_state s;
    char *link = NULL, *card = NULL;
    mimeo_mirror_get_state(m, &s);
    if (!cli->json)
        banner(cli, m);
    int rc = mimeo_mirror_link(&link, m, cli->ctx);
    if (rc == 0)
        rc = mimeo_mirror_card(&card, m, cli->ctx);
    int status = rc < 0 ? fail(cli, rc) : EXIT_OK;
    if (rc == 0 && cli->json)
        put_json(&s, card, link);
    else if (rc == 0 && w->qr)
        status = put_qr(cli, w->link ? link : card);
    else if (rc == 0)
        puts(w->link ? link : card);
    free(link);
    free(card);
    return status == EXIT_OK ? mimeo_exit_status(mimeo_verdict_code(s.verdict)) : status;
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct source s;
    struct wanted wanted = {args->flags[LINK], args->flags[QR]};
    use_passphrase(cli, args->values[PACK_PASSPHRASE_FILE], args->values[PACK_PASSPHRASE_FD]);
    if (args->word_count > 0 && strcmp(args->words[0], "compare") == 0)
        return run_compare(cli, args);
    if (args->word_count > 1)
        return usage_fault(&cmd_head, "'%s' is one word too many", args->words[1]);
    progress_start(cli);
    int status = source_open(&s, cli, &cmd_head, args->word_count > 0 ? args->words[0] : NULL, args->values[PUBLISHER]);
    if (status != EXIT_OK)
        return status;
    if (!source_is_empty(&s, cli))
        status = source_each(&s, cli, put_one, &wanted);
    source_close(&s);
    return status;
}

const struct command cmd_head = {
    "head", "print the head's card, or a link to hand on",
    "examples:\n"
    "  mimeo head                      a line for each publisher held, to compare with another reader\n"
    "  mimeo head compare 'mimeo head 1f0c... 7 93ab... 2026-11-26T08:00:00Z'\n"
    "  mimeo head press --link --qr    a link that pins this publisher and this head\n"
    "\n"
    "usage:\n"
    "  mimeo head [-C PATH | PATH | --publisher WHO] [--link] [--qr] [--json]\n"
    "      " PACK_USAGE "\n"
    "  mimeo head compare [-C PATH | --publisher WHO] [--json]\n"
    "      " PACK_USAGE " CARD | FILE | -\n"
    "\n"
    "options:\n"
    "  --publisher WHO  of the library, only this one: a petname, or an ID or its beginning\n"
    "  --link           the mimeo: link: publisher, copies, and the head as a floor\n"
    "  --qr             the card as a QR code, or with --link the link\n"
    PACK_HELP
    "  --json           an object a publisher\n"
    "\n"
    "exit status of compare:\n"
    "  0 the same, or older and of the same history, 2 another publisher's card, 7 two histories,\n"
    "  8 cannot be told yet: newer, or not held here, 10 no card\n",
    options, 0, 8, run_it,
};
