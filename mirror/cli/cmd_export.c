/* mimeo export */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

extern const struct command cmd_export;

enum {
    SINCE = PACK_COMMON, BUNDLES, LANG, SECTION, NO_MEDIA, PART_SIZE, ENCRYPT, OUTPUT, FORCE, HTML, TEXT, WITH_READER, ZIP,
    SINGLE_FILE, PAGE, PUBLISHER,
};
static const struct option_spec options[] = {
    PACK_OPTIONS, {"since", OPTION_VALUE}, {"bundles", OPTION_VALUE}, {"lang", OPTION_VALUE}, {"section", OPTION_VALUE},
    {"no-media", OPTION_FLAG}, {"part-size", OPTION_VALUE}, {"encrypt", OPTION_FLAG}, {"o", OPTION_VALUE},
    {"force", OPTION_FLAG}, {"html", OPTION_FLAG}, {"text", OPTION_FLAG}, {"with-reader", OPTION_FLAG}, {"zip", OPTION_FLAG},
    {"single-file", OPTION_FLAG}, {"page", OPTION_VALUE}, {"publisher", OPTION_VALUE}, {NULL, OPTION_FLAG}};

static bool to_stdout(const struct args *args)
{
    return args->values[OUTPUT] != NULL && strcmp(args->values[OUTPUT], "-") == 0;
}

/* ---- telling ---- */

struct telling {
    struct cli *cli;
    bool silent; /* standard output is the export itself */
};

/* A file's name on a line of its own, for whoever pipes them on. */
static void hear_file(const struct mimeo_export_file *f, void *payload)
{
    const struct telling *t = payload;
    progress_clear();
    if (t->silent)
        return;
    if (t->cli->json) {
        json_begin();
        json_string("file", f->path);
        json_number("bytes", f->bytes);
        if (f->of > 0) {
            json_number("part", f->part);
            json_number("of", f->of);
        }
        json_end();
    } else {
        put_text(t->cli, f->path, 0);
        putchar('\n');
    }
    fflush(stdout);
}

static void hear_fault(const struct mimeo_fault *f, void *payload)
{
    const struct telling *t = payload;
    progress_clear();
    if (t->cli->json && !t->silent) {
        json_fault(f, NULL);
        return;
    }
    fprintf(stderr, "mimeo: left out (%s): %s\n", mimeo_verdict_name(f->verdict), f->message);
}

static void tell_export(const struct telling *t, const struct mimeo_export_result *r)
{
    progress_clear();
    if (t->cli->json && !t->silent) {
        json_begin();
        json_number("files", r->files);
        json_number("bytes", r->bytes);
        json_number("bundles", r->bundles);
        json_number("media", r->media);
        json_number("media_missing", r->media_missing);
        json_number("faults", r->faults);
        json_string("verdict", mimeo_verdict_name(r->verdict));
        json_end();
        return;
    }
    talk(t->cli, "mimeo: %llu %s and %llu %s in %llu %s, %s", (unsigned long long)r->bundles,
         r->bundles == 1 ? "bundle" : "bundles", (unsigned long long)r->media, r->media == 1 ? "picture" : "pictures",
         (unsigned long long)r->files, r->files == 1 ? "file" : "files", human_bytes(r->bytes));
    if (r->media_missing > 0)
        talk(t->cli, "mimeo: %llu %s not held here", (unsigned long long)r->media_missing,
             r->media_missing == 1 ? "picture is" : "pictures are");
}

/* ---- packs ---- */

static int check_pack_options(const struct cli *cli, const struct args *args)
{
    if (args->flags[ZIP] && args->flags[SINGLE_FILE])
        return usage_fault(&cmd_export, "one of --zip and --single-file");
    if (to_stdout(args) && stdout_is_terminal())
        return usage_fault(&cmd_export, "a pack is no text for a terminal: name a file with -o");
    if (to_stdout(args) && cli->json)
        return usage_fault(&cmd_export, "standard output is one of -o - and --json");
    if (args->values[PAGE] != NULL && !args->flags[WITH_READER] && !args->flags[SINGLE_FILE])
        return usage_fault(&cmd_export, "--page goes with --with-reader or --single-file");
    return EXIT_OK;
}

static int parse_pack_options(struct mimeo_export_options *o, const struct args *args)
{
    *o = (struct mimeo_export_options){
        .bundles = args->values[BUNDLES],
        .lang = args->values[LANG],
        .section = args->values[SECTION],
        .no_media = args->flags[NO_MEDIA],
        .form = args->flags[ZIP]           ? MIMEO_EXPORT_ZIP
                : args->flags[SINGLE_FILE] ? MIMEO_EXPORT_SINGLE_FILE
                                           : MIMEO_EXPORT_PACK,
        .with_reader = args->flags[WITH_READER],
        .output = args->values[OUTPUT],
        .fd = STDOUT_FILENO,
        .replace = args->flags[FORCE],
        .written = hear_file,
        .skipped = hear_fault,
    };
    if (args->values[PART_SIZE] != NULL && !mimeo_export_size_parse(args->values[PART_SIZE], &o->part_size))
        return usage_fault(&cmd_export, "--part-size wants a size from 64K, such as 8M, 25M, 95M or 4G, not '%s'",
                           args->values[PART_SIZE]);
    return parse_when(&cmd_export, "--since", args->values[SINCE], &o->has_since, &o->since);
}

static int export_packs(struct cli *cli, const struct args *args, mimeo_mirror *m)
{
    struct mimeo_export_options o;
    struct mimeo_export_result r;
    struct passphrase_options asked = {.cli = cli,
                                       .file = args->values[PACK_PASSPHRASE_FILE],
                                       .fd = args->values[PACK_PASSPHRASE_FD],
                                       .option = "passphrase"};
    struct mimeo_passphrase_source source = passphrase_source(&asked);
    struct telling t = {cli, to_stdout(args)};
    struct page page = {NULL, NULL, 0};
    int status = parse_pack_options(&o, args);
    if (status == EXIT_OK)
        status = page_load(&page, args->values[PAGE]);
    if (status != EXIT_OK)
        return status;
    o.page = page.bytes;
    o.page_len = page.len;
    o.passphrase = args->flags[ENCRYPT] ? &source : NULL;
    o.payload = &t;
    banner(cli, m);
    int rc = mimeo_export(m, cli->ctx, &o, &r);
    page_dispose(&page);
    if (rc < 0)
        return fail(cli, rc);
    tell_export(&t, &r);
    return mimeo_exit_status(mimeo_verdict_code(r.verdict));
}

/* ---- articles ---- */

static int add_article(mimeo_document *d, struct cli *cli, struct source *s, const char *id)
{
    mimeo_reading *r;
    mimeo_mirror *m = s->mirror;
    int rc = m != NULL ? mimeo_mirror_read(&r, m, cli->ctx, id)
                       : mimeo_library_read(&r, &m, s->library, cli->ctx, s->who, id);
    if (rc < 0)
        return rc;
    banner(cli, m);
    rc = mimeo_document_add(d, cli->ctx, r);
    mimeo_reading_free(r);
    return rc;
}

static int export_articles(struct cli *cli, const struct args *args, struct source *s)
{
    mimeo_document *d;
    struct telling t = {cli, to_stdout(args)};
    struct mimeo_document_options o = {.form = args->flags[HTML] ? MIMEO_DOCUMENT_HTML : MIMEO_DOCUMENT_TEXT,
                                       .no_media = args->flags[NO_MEDIA],
                                       .output = args->values[OUTPUT],
                                       .fd = STDOUT_FILENO,
                                       .replace = args->flags[FORCE],
                                       .written = hear_file,
                                       .payload = &t};
    int rc = mimeo_document_new(&d, cli->ctx, &o);
    if (rc < 0)
        return fail(cli, rc);
    for (size_t i = 0; rc == 0 && i < args->word_count; i++)
        rc = add_article(d, cli, s, args->words[i]);
    if (rc == 0)
        rc = mimeo_document_finish(d, cli->ctx);
    mimeo_document_free(d);
    return rc < 0 ? fail(cli, rc) : EXIT_OK;
}

static int check_article_options(const struct cli *cli, const struct args *args)
{
    static const int others[] = {SINCE, BUNDLES, LANG, SECTION, PART_SIZE, PAGE};
    bool other = args->flags[ENCRYPT] || args->flags[WITH_READER] || args->flags[ZIP] || args->flags[SINGLE_FILE];
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        other = other || args->values[others[i]] != NULL;
    if (args->flags[HTML] && args->flags[TEXT])
        return usage_fault(&cmd_export, "one of --html and --text");
    if (other)
        return usage_fault(&cmd_export, "--html and --text make a file of articles: what chooses or makes packs does not go "
                                        "with them");
    if (args->word_count == 0)
        return usage_fault(&cmd_export, "the articles' ids are missing: see 'mimeo list'");
    return to_stdout(args) && cli->json ? usage_fault(&cmd_export, "standard output is one of -o - and --json") : EXIT_OK;
}

/* ---- the command ---- */

/* The only publisher's, where the library is meant. */
static int export_source(struct cli *cli, const struct args *args, struct source *s)
{
    mimeo_mirror *m = s->mirror;
    int rc = m != NULL ? 0 : mimeo_library_mirror(&m, s->library, cli->ctx, s->who);
    return rc < 0 ? fail(cli, rc) : export_packs(cli, args, m);
}

static int run_it(struct cli *cli, const struct args *args)
{
    struct source s;
    bool articles = args->flags[HTML] || args->flags[TEXT];
    int status = articles ? check_article_options(cli, args) : check_pack_options(cli, args);
    if (status == EXIT_OK && !articles && args->word_count > 1)
        status = usage_fault(&cmd_export, "one mirror at a time");
    if (status != EXIT_OK)
        return status;
    /* With --encrypt the passphrase is that of the export. */
    use_passphrase(cli, args->flags[ENCRYPT] ? NULL : args->values[PACK_PASSPHRASE_FILE],
                   args->flags[ENCRYPT] ? NULL : args->values[PACK_PASSPHRASE_FD]);
    progress_start(cli);
    status = source_open(&s, cli, &cmd_export, articles || args->word_count == 0 ? NULL : args->words[0],
                         args->values[PUBLISHER]);
    if (status == EXIT_OK)
        status = articles ? export_articles(cli, args, &s) : export_source(cli, args, &s);
    source_close(&s);
    return status;
}

const struct command cmd_export = {
    "export", "write packs that travel by stick and messenger, or articles as files",
    "examples:\n"
    "  mimeo export --since 7d -o week.mimeo press\n"
    "  mimeo export --part-size 8M --encrypt -o /media/stick\n"
    "  mimeo export --bundles 41-43,50            what somebody lacks\n"
    "  mimeo export --with-reader --zip -o read.zip\n"
    "  mimeo export --html -o ferry.html ferry-timetable\n"
    "\n"
    "usage:\n"
    "  mimeo export [-C PATH | --publisher WHO] [--since WHEN] [--bundles LIST] [--lang TAG]\n"
    "      [--section NAME] [--no-media] [--part-size SIZE] [--encrypt] " PACK_USAGE "\n"
    "      [--with-reader] [--zip | --single-file] [--page FILE] [-o NAME] [--force] [--json] [PATH]\n"
    "  mimeo export [-C PATH | --publisher WHO] --html|--text [--no-media] [-o NAME] [--force]\n"
    "      [--json] ID...\n"
    "\n"
    "options:\n"
    "  --publisher WHO  of the library, this one: a petname, or an ID or its beginning\n"
    "  --since WHEN     bundles signed since a date, or an age such as 7d\n"
    "  --bundles LIST   these bundles: 41-43,50, and 60- for all from there\n"
    "  --lang TAG       bundles with articles in this language, and their pictures\n"
    "  --section NAME   bundles with articles of this section, and their pictures\n"
    "  --no-media       text alone\n"
    "  --part-size SIZE\n"
    "                   several files, each at most so large: 8M, 25M, 95M, 4G\n"
    "  --encrypt        with a passphrase; nothing in the file then says what it is\n" PACK_HELP
    "  --with-reader    the page that reads packs, reader.html, beside them or in the zip\n"
    "  --zip            one zip file\n"
    "  --single-file    one HTML file: the page with the articles inside\n"
    "  --page FILE      this page instead of the one that is built in\n"
    "  --html           the articles with these ids as one HTML file with their pictures\n"
    "  --text           the same as text\n"
    "  -o NAME          the file, or a directory for a random name in it; - is standard output\n"
    "  --force          files of the same name are replaced\n"
    "  --json           files, what was left out, and the sum, an object a line\n"
    "\n"
    "exit status:\n"
    "  0 all of it, 4 something was damaged here and left out, 8 something is not held here,\n"
    "  1 another failure: then no file is left\n",
    options, 0, (size_t)-1, run_it,
};
