/*
 * A proof of conflict in words: what 'mimeo verify' says of a file, and 'mimeo trust proofs' of those kept.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char *kind_name(enum mimeo_proof_kind kind)
{
    return kind == MIMEO_PROOF_BUNDLES ? "bundles" : kind == MIMEO_PROOF_LINK ? "link" : "charters";
}

/* ---- JSON ---- */

static void json_keys(const char *key, const char (*keys)[MIMEO_HEX_LEN + 1], size_t count)
{
    json_open(key, '[');
    for (size_t i = 0; i < count; i++)
        json_string(NULL, keys[i]);
    json_close(']');
}

static void json_side(const struct mimeo_proof_side *side, bool charter)
{
    json_open(NULL, '{');
    json_number(charter ? "charter" : "seq", side->number);
    json_string("hash", side->hash);
    if (charter) {
        json_string("name", side->name);
        json_keys("publish", side->publish, side->publish_count);
    } else {
        json_time("time", side->time);
        json_number("records", side->records);
    }
    json_keys("signers", side->keys, side->key_count);
    json_close('}');
}

static void put_json(const struct mimeo_proof_state *s)
{
    json_begin();
    json_string("proof", kind_name(s->kind));
    json_string("id", s->id);
    json_string("verdict", s->stands ? mimeo_verdict_name(MIMEO_CONFLICTED) : "settled");
    if (!s->stands)
        json_number("settled_by", s->settled_by);
    json_string("publisher", s->publisher);
    json_string("digits", s->digits);
    json_string("name", s->name);
    json_string("pin", mimeo_pin_state_name(s->pin));
    if (s->petname[0] != '\0')
        json_string("petname", s->petname);
    json_open("sides", '[');
    json_side(&s->sides[0], s->kind == MIMEO_PROOF_CHARTERS);
    json_side(&s->sides[1], s->kind == MIMEO_PROOF_CHARTERS);
    json_close(']');
    json_end();
}

/* ---- words ---- */

static void put_keys(const char *words, const char (*keys)[MIMEO_HEX_LEN + 1], size_t count)
{
    fputs(words, stdout);
    for (size_t i = 0; i < count; i++)
        printf("%s%.8s", i == 0 ? " " : ", ", keys[i]);
}

static void put_bundle(const char *label, const struct mimeo_proof_side *side)
{
    char time[MIMEO_TIME_LEN + 1];
    mimeo_time_format(time, side->time);
    printf("  %s bundle %llu, dated %s, %llu records up to it, header %.16s", label, (unsigned long long)side->number, time,
           (unsigned long long)side->records, side->hash);
    put_keys(", signed with", side->keys, side->key_count);
    putchar('\n');
}

static void put_charter(struct cli *cli, const char *label, const struct mimeo_proof_side *side)
{
    printf("  %s charter %llu, named \"", label, (unsigned long long)side->number);
    put_text(cli, side->name, 60);
    printf("\", text %.16s", side->hash);
    put_keys(", publishing keys", side->publish, side->publish_count);
    put_keys(", signed with root keys", side->keys, side->key_count);
    putchar('\n');
}

static void put_sides(struct cli *cli, const struct mimeo_proof_state *s)
{
    const unsigned long long n = s->sides[0].number, up = s->sides[1].number;
    switch (s->kind) {
    case MIMEO_PROOF_BUNDLES:
        printf("Its publishing keys signed two different bundles %llu:\n", n);
        break;
    case MIMEO_PROOF_LINK:
        printf("Its publishing keys signed a bundle %llu, and a bundle %llu whose history has another in its place:\n", n, up);
        break;
    case MIMEO_PROOF_CHARTERS:
        printf("Its root keys signed two different charters %llu:\n", n);
        break;
    }
    if (s->kind == MIMEO_PROOF_CHARTERS) {
        put_charter(cli, "one:  ", &s->sides[0]);
        put_charter(cli, "other:", &s->sides[1]);
    } else {
        put_bundle("one:  ", &s->sides[0]);
        put_bundle("other:", &s->sides[1]);
    }
}

static void put_whose(struct cli *cli, const struct mimeo_proof_state *s)
{
    fputs("Publisher:    ", stdout);
    if (s->petname[0] != '\0') {
        put_text(cli, s->petname, 60);
        fputs(", ", stdout);
    }
    fputs("calls itself \"", stdout);
    put_text(cli, s->name, 60);
    printf("\"\nPin:          %s\nID:           %s\nFingerprint:  %s\n",
           s->pin == MIMEO_PIN_NONE ? "none: compare the fingerprint; this proof concerns you only where it is that of a "
                                      "publisher you read" : mimeo_pin_state_name(s->pin),
           s->publisher, s->digits);
}

static void put_advice(const struct mimeo_proof_state *s)
{
    if (!s->stands)
        printf("Charter %u, which is known here, has settled it since: what is beyond its cut, or by a key that it "
               "withdrew, is not believed. Nothing is to be done.\n", (unsigned)s->settled_by);
    else if (s->kind == MIMEO_PROOF_CHARTERS)
        puts("Whoever has the root keys says two things. No charter can settle that: ask the publisher by another way, and "
             "believe no new charter. Hand this file on; it convinces whoever checks it.");
    else
        puts("The publisher, or somebody with its key, shows different things to different people. Stay with what you saw "
             "first, ask the publisher by another way, and hand this file on: it convinces whoever checks it. A new charter "
             "settles it.");
}

int put_proof(struct cli *cli, const mimeo_proof *p)
{
    struct mimeo_proof_state *s = malloc(sizeof(*s));
    if (s == NULL)
        return fail(cli, MIMEO_ENOMEM);
    mimeo_proof_get_state(p, s);
    int status = s->stands ? mimeo_exit_status(MIMEO_ECONFLICT) : EXIT_OK;
    if (cli->json) {
        put_json(s);
    } else {
        put_whose(cli, s);
        put_sides(cli, s);
        put_advice(s);
        printf("%s%s%s: %s\n", style("bold"), s->stands ? mimeo_verdict_name(MIMEO_CONFLICTED) : "settled", style("off"),
               s->stands ? "the proof holds" : "the proof holds, and no longer counts");
    }
    free(s);
    return status;
}

void put_proof_line(struct cli *cli, const mimeo_proof *p)
{
    struct mimeo_proof_state *s = malloc(sizeof(*s));
    if (s == NULL)
        return;
    mimeo_proof_get_state(p, s);
    if (cli->json) {
        put_json(s);
    } else {
        printf("%.16s\t%s\t%s %llu\t", s->id, s->stands ? "stands" : "settled",
               s->kind == MIMEO_PROOF_CHARTERS ? "charters" : s->kind == MIMEO_PROOF_BUNDLES ? "bundles" : "at bundle",
               (unsigned long long)s->number);
        put_text(cli, s->petname, 60);
        putchar('\n');
    }
    free(s);
}
