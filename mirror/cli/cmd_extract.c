/* mimeo extract */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { TEXT = IMP_COMMON, HTML, EXPLAIN, OUTPUT, PROXY };
static const struct option_spec options[] = {IMPORT_OPTIONS, {"text", OPTION_FLAG}, {"html", OPTION_FLAG}, {"explain", OPTION_FLAG},
                                             {"o", OPTION_VALUE}, {"proxy", OPTION_VALUE}, {NULL, OPTION_FLAG}};
extern const struct command cmd_extract;

/* What is put out of an article. */
enum form { FORM_READ, FORM_TEXT, FORM_HTML, FORM_EXPLAIN, FORM_JSON };

struct extracting {
    struct cli *cli;
    enum form form;
    bool explain;        /* in JSON */
    struct out_dir *dir; /* NULL: all to standard output */
    uint64_t put;        /* articles */
    int status;          /* of writing */
};

/* ---- what was not well ---- */

static void put_lines(struct cli *cli, const char *word, const char *lines)
{
    while (*lines != '\0') {
        size_t len = strcspn(lines, "\n");
        char *line = strndup(lines, len), *safe = NULL;
        if (line != NULL && mimeo_text_line(&safe, cli->ctx, line, 0) == 0)
            fprintf(stderr, "mimeo: %s%s\n", word, safe);
        free(safe);
        free(line);
        lines += len + (lines[len] == '\n');
    }
}

static void tell_reason(struct extracting *x, const struct mimeo_extract_event *e)
{
    progress_clear();
    if (x->form == FORM_JSON && x->dir == NULL) {
        json_begin();
        json_string("outcome", e->skipped ? "skipped" : "refused");
        json_string("where", e->where[0] == '\0' ? NULL : e->where);
        json_string("message", e->message);
        json_end();
        return;
    }
    if (!e->skipped || (!x->cli->quiet && tell_skipped(x->cli, "skipped: ", e->message)))
        put_lines(x->cli, e->skipped ? "skipped: " : "refused: ", e->message);
}

/* ---- forms ---- */

/* One line of the catalog; its text is as safe as our own, but for terminals' sake it goes through put_text. */
static void put_head(FILE *file, const struct mimeo_article *a)
{
    char when[MIMEO_TIME_LEN + 1];
    fprintf(file, "%s\n", a->title);
    if (a->subtitle[0] != '\0')
        fprintf(file, "%s\n", a->subtitle);
    for (size_t i = 0; i < a->byline_count; i++)
        fprintf(file, "%s%s%s", i == 0 ? "" : ", ", a->bylines[i], i + 1 == a->byline_count ? "\n" : "");
    if (a->has_published) {
        mimeo_time_format(when, a->published);
        fprintf(file, "%s\n", when);
    }
}

static void json_images(const struct mimeo_article *a)
{
    if (a->media_count == 0)
        return;
    json_open("images", '[');
    for (size_t i = 0; i < a->media_count; i++) {
        const struct mimeo_media *m = &a->media[i];
        json_open(NULL, '{');
        json_string("file", m->hash);
        json_string("type", m->type);
        json_number("bytes", m->bytes);
        json_number("width", m->width);
        json_number("height", m->height);
        json_string("alt", m->alt[0] == '\0' ? NULL : m->alt);
        json_string("caption", m->caption[0] == '\0' ? NULL : m->caption);
        json_string("credit", m->credit[0] == '\0' ? NULL : m->credit);
        json_close('}');
    }
    json_close(']');
}

/* The record as mimeo publish takes it again, and what is beside it. */
static void put_json(const struct extracting *x, FILE *file, const struct mimeo_extract_event *e)
{
    json_to(file);
    json_begin();
    json_article_words(e->article);
    json_string("site", e->site[0] == '\0' ? NULL : e->site);
    json_images(e->article);
    json_string("html", e->html);
    json_string("where", e->where);
    if (x->explain)
        json_string("explain", e->explain);
    json_string("message", e->message[0] == '\0' ? NULL : e->message);
    json_end();
    json_to(NULL);
}

static void put_line(FILE *file, const char *text)
{
    fputs(text, file);
    if (text[0] != '\0' && text[strlen(text) - 1] != '\n')
        putc('\n', file);
}

static void put_form(const struct extracting *x, FILE *file, const struct mimeo_extract_event *e)
{
    switch (x->form) {
    case FORM_JSON: put_json(x, file, e); break;
    case FORM_HTML: put_line(file, e->html); break;
    case FORM_TEXT: put_line(file, e->text); break;
    case FORM_EXPLAIN:
        fprintf(file, "%s\n", e->where);
        put_line(file, e->explain);
        break;
    case FORM_READ:
        put_head(file, e->article);
        putc('\n', file);
        put_line(file, e->text);
        break;
    }
}

static const char *extension_of(enum form form)
{
    return form == FORM_JSON ? ".json" : form == FORM_HTML ? ".html" : form == FORM_EXPLAIN ? ".explain.txt" : ".txt";
}

/* ---- events ---- */

static int put_file(struct extracting *x, const struct mimeo_extract_event *e)
{
    const char *name = e->stem[0] != '\0' ? e->stem : e->article->id, *path;
    FILE *file = out_dir_begin(x->dir, name, extension_of(x->form));
    if (file == NULL)
        return EXIT_FAIL;
    put_form(x, file, e);
    int status = out_dir_done(x->dir, file, &path);
    if (status != EXIT_OK)
        return status;
    progress_clear();
    if (x->cli->json) {
        json_begin();
        json_string("where", e->where);
        json_string("file", path);
        json_end();
    } else if (!x->cli->quiet) {
        put_text(x->cli, path, 0);
        putchar('\n');
    }
    return EXIT_OK;
}

static int hear(const struct mimeo_extract_event *e, void *payload)
{
    struct extracting *x = payload;
    if (e->article == NULL) {
        tell_reason(x, e);
        return 0;
    }
    progress_clear();
    if (x->form != FORM_JSON && x->cli->verbose)
        put_lines(x->cli, "note: ", e->message);
    if (x->dir != NULL) {
        x->status = put_file(x, e);
        return x->status == EXIT_OK ? 0 : 1;
    }
    if (x->put++ > 0 && x->form != FORM_JSON)
        fputs("\f\n", stdout);
    put_form(x, stdout, e);
    return ferror(stdout) ? 1 : 0;
}

static int hear_picture(const char *hash, const unsigned char *bytes, size_t len, void *payload)
{
    struct extracting *x = payload;
    if (x->dir == NULL || (x->form != FORM_JSON && x->form != FORM_HTML) || out_dir_put(x->dir, hash, bytes, len) == 0)
        return 0;
    fprintf(stderr, "mimeo: cannot write '%s': %s\n", hash, strerror(errno));
    return MIMEO_EIO;
}

/* ---- running ---- */

static int choose_form(enum form *out, const struct cli *cli, const struct args *args)
{
    int given = args->flags[TEXT] + args->flags[HTML];
    if (given > 1 || (given > 0 && (args->flags[EXPLAIN] || (cli->json && args->values[OUTPUT] == NULL))))
        return usage_fault(&cmd_extract, "give one of --text, --html, --explain and --json");
    *out = args->flags[TEXT] ? FORM_TEXT : args->flags[HTML] ? FORM_HTML : cli->json ? FORM_JSON :
           args->flags[EXPLAIN] ? FORM_EXPLAIN : FORM_READ;
    return EXIT_OK;
}

static void put_summary(const struct cli *cli, const struct mimeo_extract_result *r)
{
    if (r->articles + r->skipped + r->refused != 1)
        talk(cli, "mimeo: %llu %s, %llu skipped, %llu refused", (unsigned long long)r->articles,
             r->articles == 1 ? "article" : "articles", (unsigned long long)r->skipped, (unsigned long long)r->refused);
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct extracting x = {.cli = cli, .explain = args->flags[EXPLAIN]};
    struct mimeo_extract_options o = {.explain = args->flags[EXPLAIN],
                                      .event = hear,
                                      .picture = hear_picture,
                                      .payload = &x};
    int status = choose_form(&x.form, cli, args);
    if (status == EXIT_OK)
        status = parse_importing(&o.input, &cmd_extract, args, 0, args->values[PROXY]);
    if (status == EXIT_OK && args->values[OUTPUT] != NULL)
        status = out_dir_open(&x.dir, args->values[OUTPUT]);
    if (status != EXIT_OK)
        return status;
    struct mimeo_extract_result r;
    progress_start(cli);
    int rc = mimeo_extract(cli->ctx, args->words, args->word_count, &o, &r);
    progress_clear();
    out_dir_close(x.dir);
    if (rc > 0)
        return x.status == EXIT_OK ? EXIT_FAIL : x.status;
    if (rc < 0)
        return fail(cli, rc);
    put_summary(cli, &r);
    return refused_status(r.refused, r.unreached);
}

const struct command cmd_extract = {
    "extract", "show what would be published of pages, feeds and archives",
    "examples:\n"
    "  mimeo extract page.html                    title, byline, date and text\n"
    "  mimeo extract --text -o texts/ saved/      the text of each page of a directory, a file each\n"
    "  mimeo extract --json site.warc.gz          an article a line\n"
    "  mimeo extract --explain page.html          what was kept and dropped, and why\n"
    "\n"
    "usage:\n"
    "  mimeo extract [--text | --html | --explain] [-o DIR] [--rules FILE] [--format F] [--pictures DIR]\n"
    "      [--no-pictures] [--images none|small|full] [--image-width N] [--image-quality N] [--lang L]\n"
    "      [--follow] [--ignore-robots] [--proxy URL] [--ca-file FILE] FILE | DIR | URL | -...\n"
    "\n"
    "options:\n"
    "  --text             the text of the body alone\n"
    "  --html             the body as it would be published\n"
    "  --explain          what was kept and dropped, and why; with --json as a field\n"
    "  -o DIR             a file for each article in DIR, named like its own\n"
    "  --rules FILE       what to keep and drop on sites where the judgement errs\n"
    "  --format F         jsonl, markdown, html, page, text, text-page, feed, archive, auto\n"
    "  --pictures DIR     where pictures are looked for; beside each file by default\n"
    "  --no-pictures      leave pictures out: --images none\n"
    "  --images SIZE      as publish makes them: full, small or none\n"
    "  --image-width N    of small ones; 800 pixels by default\n"
    "  --image-quality N  of small ones; 60 by default\n"
    "  --lang L           the language of articles that name none\n"
    "  --follow           of a feed that is fetched: the pages that its entries link to\n"
    "  --ignore-robots    of a site of your own: fetch what its robots.txt forbids\n"
    "  --proxy URL        fetch through socks5h://HOST:PORT or http://HOST:PORT\n"
    "  --ca-file FILE     trust the authorities in this PEM file, not the system's\n",
    options, 1, (size_t)-1, run_it,
};
