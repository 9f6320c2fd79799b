/* mimeo verify */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli.h"

enum { DEEP = PACK_COMMON, LATE, PUBLISHER };

static const struct option_spec options[] = {
    PACK_OPTIONS, {"deep", OPTION_FLAG}, {"late", OPTION_FLAG}, {"publisher", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_verify;

struct hearing {
    struct cli *cli;
    const char *path; /* of the mirror */
};

static void hear_fault(const struct mimeo_fault *f, void *payload)
{
    const struct hearing *h = payload;
    struct cli *cli = h->cli;
    progress_clear();
    if (cli->json) {
        json_fault(f, NULL);
        return;
    }
    printf("%s%s%s: ", style("red"), mimeo_verdict_name(f->verdict), style("off"));
    put_text(cli, f->message, 0);
    putchar('\n');
}

/* A page beside a mirror came from whoever offers the mirror, and shows what it likes; only one is known to be ours. */
static const char *judge_page(const struct hearing *h, const char *object)
{
    bool is_service = strcmp(object, MIMEO_PAGE_SERVICE_NAME) == 0;
    if (strcmp(object, MIMEO_PAGE_NAME) != 0 && strcmp(object, "index.html") != 0 && !is_service)
        return NULL;
    int same = mimeo_page_is(h->path, object);
    if (is_service && same >= 0)
        return same == 1 ? "it is the part of this mimeo's reading page that works offline, byte for byte" :
                           "it is not the part of this mimeo's reading page that works offline: the page that it keeps may be any";
    return same == 1 ? "it is the reading page of this mimeo, byte for byte" :
           same == 0 ? "it is not the reading page of this mimeo: do not open it unless you know whose it is" :
                       NULL;
}

static void hear_remark(const struct mimeo_remark *r, void *payload)
{
    const struct hearing *h = payload;
    struct cli *cli = h->cli;
    const char *page = judge_page(h, r->object);
    progress_clear();
    if (cli->json) {
        json_begin();
        json_string("remark", r->message);
        json_string("object", r->object);
        json_string("page", page);
        json_end();
        return;
    }
    fputs("note: ", stdout);
    put_text(cli, r->message, 0);
    printf("%s%s\n", page == NULL ? "" : "; ", page == NULL ? "" : page);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_counts(const struct mimeo_verify_result *r, double seconds, bool deep)
{
    printf(" (%llu %s, %llu blocks, ", (unsigned long long)r->bundles, r->bundles == 1 ? "bundle" : "bundles",
           (unsigned long long)r->blocks);
    if (deep)
        printf("%llu records, ", (unsigned long long)r->articles);
    printf("%llu pictures, %s in %.2f s", (unsigned long long)r->media, human_bytes(r->bytes), seconds);
    if (seconds > 0)
        printf(", %s/s", human_bytes((unsigned long long)((double)r->bytes / seconds)));
    puts(")");
}

static void put_verdict(struct cli *cli, const struct mimeo_mirror_state *s, const struct mimeo_verify_result *r,
                        double seconds, bool deep)
{
    if (cli->json) {
        json_begin();
        json_string("verdict", mimeo_verdict_name(r->verdict));
        json_string("words", mimeo_verdict_words(r->verdict));
        json_string("publisher", s->publisher);
        json_string("pin", mimeo_pin_state_name(s->pin));
        json_bool("late", s->late);
        json_number("faults", r->faults);
        json_number("charters", r->charters);
        json_number("bundles", r->bundles);
        json_number("blocks", r->blocks);
        json_number("media", r->media);
        json_number("dictionaries", r->dictionaries);
        if (deep)
            json_number("records", r->articles);
        json_number("erased_blocks", r->erased_blocks);
        json_number("unjoined", r->unjoined);
        json_number("missing", r->missing);
        json_number("bytes", r->bytes);
        json_number("milliseconds", (unsigned long long)(seconds * 1000));
        if (s->reason[0] != '\0')
            json_string("reason", s->reason);
        json_end();
        return;
    }
    bool same = s->reason[0] != '\0' && s->verdict == r->verdict;
    if (s->reason[0] != '\0' && !same && s->verdict != MIMEO_LATE)
        printf("%s: %s\n", mimeo_verdict_name(s->verdict), s->reason);
    if (r->missing > 0)
        printf("note: %llu of the %llu bundles are not held here\n", (unsigned long long)r->missing,
               (unsigned long long)s->head_seq);
    printf("%s%s%s: %s", style("bold"), mimeo_verdict_name(r->verdict), style("off"),
           same ? s->reason : mimeo_verdict_words(r->verdict));
    put_counts(r, seconds, deep);
}

static int verify(struct cli *cli, mimeo_mirror *m, const char *object, bool deep, bool ask_late)
{
    struct mimeo_mirror_state s;
    struct mimeo_verify_result r;
    struct hearing h = {.cli = cli};
    struct mimeo_verify_options o = {
        .deep = deep, .object = object, .fault = hear_fault, .remark = hear_remark, .payload = &h};
    double started = now();
    mimeo_mirror_get_state(m, &s);
    h.path = s.path;
    int rc = mimeo_mirror_verify(m, cli->ctx, &o, &r);
    progress_clear();
    if (rc < 0)
        return fail(cli, rc);
    mimeo_mirror_get_state(m, &s);
    put_verdict(cli, &s, &r, now() - started, deep);
    int status = mimeo_exit_status(mimeo_verdict_code(r.verdict));
    return status == EXIT_OK && ask_late && s.late ? mimeo_exit_status(MIMEO_ELATE) : status;
}

struct task {
    const char *object;
    bool deep, ask_late;
    bool several; /* each has its name above it */
};

static int verify_one(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    const struct task *t = payload;
    if (h != NULL && t->several && !cli->json) {
        struct mimeo_mirror_state s;
        mimeo_mirror_get_state(m, &s);
        progress_clear();
        put_publisher(cli, &s);
        puts(":");
    }
    if (!cli->json)
        banner(cli, m);
    return verify(cli, m, t->object, t->deep, t->ask_late);
}

/* An object of a library of several publishers: whose, if it is an article. */
static int verify_article(struct cli *cli, struct source *s, struct task *t)
{
    mimeo_mirror *m;
    mimeo_reading *r;
    int rc = mimeo_library_read(&r, &m, s->library, cli->ctx, NULL, t->object);
    if (rc == MIMEO_ENOTFOUND)
        return usage_fault(&cmd_verify, "'%s' is no article's id, and several publishers are held: name one with --publisher",
                           t->object);
    if (rc < 0)
        return fail(cli, rc);
    t->object = mimeo_reading_article(r)->id;
    int status = verify_one(cli, m, NULL, t);
    mimeo_reading_free(r);
    return status;
}

static int verify_proof(struct cli *cli, const char *path)
{
    mimeo_proof *p;
    int rc = mimeo_proof_open(&p, cli->ctx, path, cli->library);
    if (rc < 0)
        return fail(cli, rc);
    int status = put_proof(cli, p);
    mimeo_proof_free(p);
    return status;
}

/* Nothing held is nothing verified; and a word that is no article's id then was meant as a path. */
static int refuse_nothing(struct cli *cli, struct source *s, const char *object)
{
    mimeo_mirror *m;
    bool is_path = object != NULL && s->who == NULL;
    return fail(cli, is_path ? mimeo_mirror_open(&m, cli->ctx, object, cli->library)
                             : mimeo_library_mirror(&m, s->library, cli->ctx, s->who));
}

/* Whose the object is, of several that were handed over, only names of its own would tell. */
static int verify_all(struct cli *cli, struct source *s, struct task *t)
{
    size_t count = source_publishers(s, cli);
    t->several = s->who == NULL && count > 1;
    if (count == 0)
        return refuse_nothing(cli, s, t->object);
    if (t->several && t->object != NULL && s->gathering != NULL)
        return usage_fault(&cmd_verify, "there are several mirrors: name the one that '%s' is in", t->object);
    if (t->several && t->object != NULL)
        return verify_article(cli, s, t);
    source_put_awaited(s, cli);
    return source_each(s, cli, verify_one, t);
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct stat st;
    struct source s;
    const char *word = args->word_count > 0 ? args->words[0] : NULL;
    bool is_path = word != NULL && !cli->dir_given && args->values[PUBLISHER] == NULL && stat(word, &st) == 0;
    bool is_one = args->word_count <= 1;
    if (!is_path && !is_one)
        return cli->dir_given || args->values[PUBLISHER] != NULL
                   ? usage_fault(&cmd_verify, "'%s' is one word too many", args->words[1])
                   : usage_fault(&cmd_verify, "'%s' is no path: one object at a time, or any number of paths", word);
    if (is_one && (is_path || (word == NULL && cli->dir_given)) && mimeo_proof_claimed(cli->ctx, is_path ? word : cli->dir))
        return verify_proof(cli, is_path ? word : cli->dir);
    struct task t = {is_path ? NULL : word, args->flags[DEEP], args->flags[LATE], false};
    use_passphrase(cli, args->values[PACK_PASSPHRASE_FILE], args->values[PACK_PASSPHRASE_FD]);
    progress_start(cli);
    int status = source_open_all(&s, cli, &cmd_verify, args->words, is_path ? args->word_count : 0, args->values[PUBLISHER]);
    if (status == EXIT_OK)
        status = verify_all(cli, &s, &t);
    source_close(&s);
    return status;
}

const struct command cmd_verify = {
    "verify", "check every signature and hash",
    "examples:\n"
    "  mimeo verify                               all that the library holds\n"
    "  mimeo verify press                         all of a mirror\n"
    "  mimeo verify -C press --deep ferry         one article, inflated and parsed too\n"
    "  mimeo verify part1.mimeo part2.mimeo       packs are verified together\n"
    "  mimeo verify proof.mimeo                   a proof that a publisher signed two histories\n"
    "\n"
    "usage:\n"
    "  mimeo verify [-C PATH | --publisher WHO] [--deep] [--late] [--json]\n"
    "      " PACK_USAGE "\n"
    "      [PATH... | PROOF | ID | SEQ | FILE-IN-MIRROR]\n"
    "\n"
    "options:\n"
    "  --publisher WHO  of the library, only this one: a petname, or an ID or its beginning\n"
    "  --deep           inflate and parse everything too\n"
    "  --late           exit status 9 where the publisher is late and nothing graver is wrong\n"
    PACK_HELP
    "  --json           faults, remarks and the verdict, an object a line\n"
    "\n"
    "exit status:\n"
    "  0 good, 4 forged or damaged, 5 unknown publisher, 6 revoked key, 7 rollback or conflict,\n"
    "  8 incomplete, 10 malformed\n",
    options, 0, 100000, run_it,
};
