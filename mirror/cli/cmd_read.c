/* mimeo read */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { HTML = PACK_COMMON, TEXT, HISTORY, PICTURE, OUTPUT, WIDTH, NO_PAGER, PUBLISHER };

static const struct option_spec options[] = {
    PACK_OPTIONS, {"html", OPTION_FLAG}, {"text", OPTION_FLAG}, {"history", OPTION_FLAG}, {"picture", OPTION_VALUE},
    {"o", OPTION_VALUE}, {"width", OPTION_VALUE}, {"no-pager", OPTION_FLAG}, {"publisher", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_read;

/* ---- history ---- */

static int put_version(const struct mimeo_article *a, void *payload)
{
    struct cli *cli = payload;
    static const char *const words[] = {"", "published", "revised", "retracted"};
    char when[MIMEO_TIME_LEN + 1];
    if (cli->json) {
        json_begin();
        json_article(a);
        json_end();
        return 0;
    }
    mimeo_time_format(when, a->bundle_time);
    printf("%s  bundle %llu  revision %u  %s  ", when, (unsigned long long)a->seq, a->revision, words[a->action]);
    put_text(cli, a->title, 0);
    if (a->note[0] != '\0') {
        fputs(a->title[0] == '\0' ? "" : ": ", stdout);
        put_text(cli, a->note, 0);
    }
    putchar('\n');
    return 0;
}

/* ---- pictures ---- */

static int save(const char *path, const unsigned char *bytes, size_t len)
{
    if (strcmp(path, "-") == 0)
        return fwrite(bytes, 1, len, stdout) == len ? EXIT_OK : EXIT_FAIL;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int bad = fd < 0 || write_all(fd, bytes, len) < 0;
    if (fd >= 0 && close(fd) < 0)
        bad = 1;
    if (!bad)
        return EXIT_OK;
    fprintf(stderr, "mimeo: cannot write '%s': %s\n", path, strerror(errno));
    if (fd >= 0)
        unlink(path);
    return EXIT_FAIL;
}

static int save_picture(struct cli *cli, const struct args *args, const mimeo_reading *r)
{
    unsigned char *bytes;
    size_t len;
    unsigned long n = 0;
    const char *path = args->values[OUTPUT] == NULL ? "-" : args->values[OUTPUT];
    int status = parse_number(&cmd_read, "--picture", args->values[PICTURE], 1, 64, &n);
    if (status != EXIT_OK)
        return status;
    if (strcmp(path, "-") == 0 && stdout_is_terminal())
        return usage_fault(&cmd_read, "a picture is no text for a terminal: name a file with -o");
    int rc = mimeo_reading_picture(&bytes, &len, r, cli->ctx, n - 1);
    if (rc < 0)
        return fail(cli, rc);
    status = save(path, bytes, len);
    free(bytes);
    return status;
}

/* ---- the article ---- */

static int put_json(struct cli *cli, const mimeo_mirror *m, const mimeo_reading *r)
{
    struct mimeo_mirror_state state;
    char *text;
    size_t len;
    int rc = mimeo_reading_text(&text, r, cli->ctx);
    if (rc < 0)
        return fail(cli, rc);
    json_begin();
    mimeo_mirror_get_state(m, &state);
    json_article(mimeo_reading_article(r));
    json_publisher(state.publisher, state.petname);
    json_bool("erased", mimeo_reading_erased(r));
    json_string("html", mimeo_reading_html(r, &len));
    json_string("text", text);
    json_end();
    free(text);
    return EXIT_OK;
}

static int put_plain(struct cli *cli, const mimeo_reading *r)
{
    char *text;
    int rc = mimeo_reading_text(&text, r, cli->ctx);
    if (rc < 0)
        return fail(cli, rc);
    fputs(text, stdout);
    free(text);
    return EXIT_OK;
}

static int put_terminal(struct cli *cli, const struct args *args, const mimeo_reading *r)
{
    char *text;
    unsigned long width = (unsigned long)terminal_width();
    bool styled = stdout_styles();
    int status = EXIT_OK;
    if (args->values[WIDTH] != NULL)
        status = parse_number(&cmd_read, "--width", args->values[WIDTH], 0, 1000, &width);
    if (status != EXIT_OK)
        return status;
    int rc = mimeo_reading_terminal(&text, r, cli->ctx, (int)width, styled);
    if (rc < 0)
        return fail(cli, rc);
    if (!args->flags[NO_PAGER])
        pager_start();
    fputs(text, stdout);
    free(text);
    return EXIT_OK;
}

static int put_article(struct cli *cli, const struct args *args, const mimeo_mirror *m, const mimeo_reading *r)
{
    size_t len;
    if (args->values[PICTURE] != NULL)
        return save_picture(cli, args, r);
    if (cli->json)
        return put_json(cli, m, r);
    if (args->flags[HTML]) {
        puts(mimeo_reading_html(r, &len));
        return EXIT_OK;
    }
    return args->flags[TEXT] ? put_plain(cli, r) : put_terminal(cli, args, r);
}

static int put_reading(struct cli *cli, const struct args *args, mimeo_mirror *m, const mimeo_reading *r)
{
    progress_clear();
    if (!mimeo_reading_article(r)->joined)
        talk(cli, "mimeo: unjoined: genuine, but what lies between it and the head is not held");
    return put_article(cli, args, m, r);
}

static int put_history(struct cli *cli, mimeo_mirror *m, const char *id)
{
    int rc = mimeo_mirror_history(m, cli->ctx, id, put_version, cli);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

static int read_mirror(struct cli *cli, const struct args *args, mimeo_mirror *m)
{
    mimeo_reading *r;
    banner(cli, m);
    if (args->flags[HISTORY])
        return put_history(cli, m, args->words[0]);
    int rc = mimeo_mirror_read(&r, m, cli->ctx, args->words[0]);
    if (rc < 0)
        return fail(cli, rc);
    int status = put_reading(cli, args, m, r);
    mimeo_reading_free(r);
    return status;
}

/* Of several that were handed over, the only one that has it. */
struct search {
    const struct args *args;
    size_t found;
};

static int look_for(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload)
{
    (void)h;
    struct search *q = payload;
    mimeo_reading *r;
    int rc = mimeo_mirror_read(&r, m, cli->ctx, q->args->words[0]);
    if (rc == MIMEO_ENOTFOUND)
        return EXIT_OK;
    if (rc < 0)
        return fail(cli, rc);
    mimeo_reading_free(r);
    if (q->found++ > 0)
        return EXIT_OK;
    return read_mirror(cli, q->args, m);
}

static int read_several(struct cli *cli, const struct args *args, struct source *s)
{
    struct search q = {.args = args};
    int status = source_each(s, cli, look_for, &q);
    if (q.found == 0 && status == EXIT_OK) {
        fprintf(stderr, "mimeo: there is no article '%s'\n", args->words[0]);
        return EXIT_FAIL;
    }
    if (q.found > 1)
        talk(cli, "mimeo: %zu of the mirrors here have such an article: this is the first's; -C with the path of one shows another's",
             q.found);
    return status;
}

static int read_library(struct cli *cli, const struct args *args, struct source *s)
{
    mimeo_mirror *m;
    mimeo_reading *r;
    int rc = mimeo_library_read(&r, &m, s->library, cli->ctx, s->who, args->words[0]);
    if (rc < 0)
        return fail(cli, rc);
    banner(cli, m);
    int status = args->flags[HISTORY] ? put_history(cli, m, mimeo_reading_article(r)->id) : put_reading(cli, args, m, r);
    mimeo_reading_free(r);
    return status;
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct source s;
    if (args->flags[HTML] + args->flags[TEXT] + cli->json > 1)
        return usage_fault(&cmd_read, "one of --html, --text and --json");
    if (args->values[OUTPUT] != NULL && args->values[PICTURE] == NULL)
        return usage_fault(&cmd_read, "-o belongs to --picture");
    use_passphrase(cli, args->values[PACK_PASSPHRASE_FILE], args->values[PACK_PASSPHRASE_FD]);
    progress_start(cli);
    int status = source_open_all(&s, cli, &cmd_read, NULL, 0, args->values[PUBLISHER]);
    if (status == EXIT_OK)
        status = s.mirror != NULL      ? read_mirror(cli, args, s.mirror)
                 : s.gathering != NULL ? read_several(cli, args, &s)
                                       : read_library(cli, args, &s);
    source_close(&s);
    return status;
}

const struct command cmd_read = {
    "read", "read an article",
    "examples:\n"
    "  mimeo read ferry                           the beginning of an id is enough\n"
    "  mimeo read -C press --picture 1 -o map.png ferry-timetable\n"
    "\n"
    "usage:\n"
    "  mimeo read [-C PATH | --publisher WHO] [--html | --text | --json] [--history]\n"
    "      [--picture N -o FILE] [--width N] [--no-pager]\n"
    "      " PACK_USAGE " ID\n"
    "\n"
    "options:\n"
    "  --publisher WHO  of the library, this publisher's: a petname, or an ID or its beginning\n"
    "  --html           the body as clean HTML\n"
    "  --text           the body as plain text\n"
    "  --json           everything about it as one JSON object\n"
    "  --history        what was published, revised and retracted when\n"
    "  --picture N      the n-th picture\n"
    "  -o FILE          where it goes\n"
    "  --width N        of the terminal; 0: lines are not broken\n"
    "  --no-pager       straight to the terminal\n"
    PACK_HELP,
    options, 1, 1, run_it,
};
