/*
 * The program `mimeo`, from inside: what its commands share.  It knows libmimeo by its public
 * headers alone.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stddef.h>
#include <stdio.h>

#include <mimeo/mimeo.h>

#define EXIT_OK 0
#define EXIT_FAIL 1
#define EXIT_USAGE 2

struct cli;
/* Where passphrases of one key, or of encrypted packs, come from. */
struct passphrase_options {
    struct cli *cli;
    const char *file, *fd;   /* --passphrase-file, --passphrase-fd */
    bool none;               /* --no-passphrase */
    const char *option;      /* "passphrase", "root-passphrase", "new-passphrase": for messages */
};

/* The global options, and what goes with them. */
struct cli {
    mimeo_ctx *ctx;
    const char *dir;     /* -C; "." where not given */
    bool dir_given;
    const char *library; /* NULL: the default */
    bool json, quiet, verbose, no_input;
    struct passphrase_options packs;
};

/* ---- options.c ---- */

enum option_kind { OPTION_FLAG, OPTION_VALUE, OPTION_LIST /* may be given again and again */ };
struct option_spec {
    const char *name; /* "key" for --key; "o" for -o */
    enum option_kind kind;
};
#define OPTIONS_MAX 32

/* What stood on the command line of one command.  Indexes are those of its specs. */
struct args {
    bool flags[OPTIONS_MAX];
    const char *values[OPTIONS_MAX];        /* the last one given, or NULL */
    const char **lists[OPTIONS_MAX];        /* NULL-ended, or NULL */
    const char **words;                     /* all that is no option */
    size_t word_count;
};

struct command {
    const char *name;
    const char *summary;
    const char *help;                       /* examples first, then usage and options */
    const struct option_spec *options;      /* ended by a NULL name */
    size_t words_min, words_max;
    int (*run)(struct cli *cli, const struct args *args); /* the exit status */
};
extern const struct command *const commands[]; /* NULL-ended */

/* Take options and words out of argv; global ones go to *cli.  EXIT_OK, or EXIT_USAGE after saying why.
 * `command` NULL: only global options, up to the first word, whose index goes to *next. */
int options_parse(struct args *out, struct cli *cli, const struct command *command, int argc, char **argv,
                  int *next, bool *help, bool *version);
void args_dispose(struct args *args);
/* Say what is wrong with the command line; EXIT_USAGE. */
int usage_fault(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A number from min to max, or EXIT_USAGE after saying why. */
int parse_number(const struct command *command, const char *option, const char *text, unsigned long min,
                 unsigned long max, unsigned long *out);
/* A date, or how long ago; NULL leaves both as they are.  EXIT_USAGE after saying why. */
int parse_when(const struct command *command, const char *option, const char *text, bool *has, int64_t *out);

/* ---- output.c ---- */

/* The context's message on stderr; gives the exit status for `code`. */
int fail(struct cli *cli, int code);
/* A line of talk on stderr (not with -q). */
void talk(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* All of it, or -1 with errno. */
int write_all(int fd, const unsigned char *bytes, size_t len);
/* All written?  EXIT_OK, or EXIT_FAIL after saying that it was not. */
int finish_output(int status);
bool stdout_is_terminal(void);
bool stdout_styles(void);
int terminal_width(void);
/* Style on and off where styles are on; "" else. */
const char *style(const char *name); /* "bold", "dim", "red", "off" */
/* Text from outside, safe to print and at most `cells` wide (0: not cut). */
void put_text(struct cli *cli, const char *text, size_t cells);
/* "1.2 MB" in a static buffer of its own kind; four may be alive at once. */
const char *human_bytes(unsigned long long bytes);

/* The hash of the page that this mimeo hands on (export --with-reader), to stand beside a fingerprint: whoever publishes
 * the one publishes the other.  A line for people, its word `width` wide; nothing where this mimeo was built without. */
void put_page_hash(int width);
void json_page_hash(void); /* "page" */

/* JSON, an object a line. */
void json_begin(void);
void json_end(void);
void json_string(const char *key, const char *value); /* left out where value is NULL */
void json_number(const char *key, unsigned long long value);
void json_bool(const char *key, bool value);
void json_time(const char *key, int64_t seconds);
void json_open(const char *key, char bracket); /* '[' or '{'; key NULL inside of an array */
void json_close(char bracket);                 /* ']' or '}' */
void json_article(const struct mimeo_article *a);
void json_article_words(const struct mimeo_article *a); /* without its pictures and its place in a bundle */
/* Where JSON goes; NULL: standard output. */
void json_to(FILE *file);
/* A whole object; `from`: the file that it was in, NULL where that goes without saying. */
void json_fault(const struct mimeo_fault *f, const char *from);
/* Whose it is: "publisher", and "petname" where there is one. */
void json_publisher(const char *publisher, const char *petname);

/* ---- progress.c ---- */

/* Progress on a terminal's stderr, and SIGINT and SIGTERM as a request to stop. */
void progress_start(struct cli *cli);
void progress_clear(void);

/* ---- passphrase.c ---- */

struct mimeo_passphrase_source passphrase_source(struct passphrase_options *options);

enum { /* indexes of the options that commands begin with which read packs */
    PACK_PASSPHRASE_FILE, PACK_PASSPHRASE_FD, PACK_COMMON,
};
#define PACK_OPTIONS {"passphrase-file", OPTION_VALUE}, {"passphrase-fd", OPTION_VALUE}
#define PACK_USAGE "[--passphrase-file FILE | --passphrase-fd N]"
#define PACK_HELP                                                                                   \
    "  --passphrase-file FILE\n"                                                                    \
    "                   the passphrase of encrypted packs is the first line of FILE\n"              \
    "  --passphrase-fd N\n"                                                                         \
    "                   the same from descriptor N\n"
/* From here on encrypted packs are opened with this passphrase (NULL: not given so): with neither it is asked for on the
 * terminal, where there is one and --no-input does not forbid it. */
void use_passphrase(struct cli *cli, const char *file, const char *fd);

/* ---- pager.c ---- */

/* From here on standard output goes through the pager, where it is a terminal. */
void pager_start(void);
void pager_wait(void);

/* ---- banner.c ---- */

/* Whose mirror is this, on stderr, where nobody vouched for it or something is wrong with it. */
void banner(struct cli *cli, const mimeo_mirror *m);
/* "Harbour Courier", or: calls itself "Harbour Courier" (quoted where not pinned). */
void put_publisher(struct cli *cli, const struct mimeo_mirror_state *s);
/* Who it is that was just pinned, and how far that is known: the first thing that a reader has to hear. */
void put_new_publisher(struct cli *cli, const char *publisher);

/* ---- source.c ---- */

/* What a reader's command works on: one mirror, several that were handed over, or the library (or of it one publisher,
 * `who`). */
struct source {
    mimeo_mirror *mirror;       /* where it is one mirror */
    mimeo_gathering *gathering; /* where it is several */
    mimeo_library *library;     /* else */
    const char *who;
    int status;                 /* of paths among several that gave nothing: that was said */
};
/* `path`: the word for a mirror, or NULL; a directory of packs of one publisher is one too.  EXIT_OK, or a status after saying
 * why. */
int source_open(struct source *out, struct cli *cli, const struct command *command, const char *path, const char *who);
/* The same of any number of paths, and what they give may be several: packs, mirrors, directories of them. */
int source_open_all(struct source *out, struct cli *cli, const struct command *command, const char *const *paths, size_t count,
                    const char *who);
void source_close(struct source *s);
/* fn for the mirror (without a holding), or for each of several, or for each publisher of the library that is meant; the
 * gravest status. */
int source_each(struct source *s, struct cli *cli,
                int (*fn)(struct cli *cli, mimeo_mirror *m, const struct mimeo_holding *h, void *payload), void *payload);
int source_banners(struct source *s, struct cli *cli);
size_t source_publishers(struct source *s, struct cli *cli);
/* An empty library: says what to do. */
bool source_is_empty(struct source *s, struct cli *cli);
/* Of a library where something is held: a note for each pinned publisher of whom nothing came yet, one's own aside. */
void source_put_awaited(struct source *s, struct cli *cli);
/* The graver of two exit statuses, in the order of mimeo-verify(1). */
int graver_status(int a, int b);

/* ---- page.c ---- */

/* reader.html, as it goes out. */
struct page {
    unsigned char *own;         /* of the heap; NULL: built in */
    const unsigned char *bytes; /* NULL: this build has none */
    size_t len;
};
/* The one that is built in, or the file at `path` where that is not NULL; EXIT_OK, or a status after saying why. */
int page_load(struct page *out, const char *path);
void page_dispose(struct page *p);

/* ---- proof.c ---- */

/* All that a proof of conflict says; the exit status.  And one line of it, in a list. */
int put_proof(struct cli *cli, const mimeo_proof *p);
void put_proof_line(struct cli *cli, const mimeo_proof *p);

/* ---- out_dir.c ---- */

/* A directory that results go to, a file each. */
struct out_dir;
int out_dir_open(struct out_dir **out, const char *path); /* made where it is not there; EXIT_OK, or a status after saying why */
void out_dir_close(struct out_dir *d);
/* A file of `name`, made safe, with `extension`: numbered where this run has one of that name.  NULL after saying why.  What is
 * written appears at out_dir_done, whole, in place of what had the name before. */
FILE *out_dir_begin(struct out_dir *d, const char *name, const char *extension);
/* EXIT_OK and its path in *path (borrowed until the next one), or a status after saying why. */
int out_dir_done(struct out_dir *d, FILE *file, const char **path);
/* A file of exactly this name, whole or not at all; from any thread.  0 or -1 with errno. */
int out_dir_put(struct out_dir *d, const char *name, const unsigned char *bytes, size_t len);

/* ---- importing.c ---- */

enum { /* indexes, from where they begin, of the options of publish, revise and extract */
    IMP_FORMAT, IMP_PICTURES, IMP_NO_PICTURES, IMP_IMAGES, IMP_IMAGE_WIDTH, IMP_IMAGE_QUALITY, IMP_LANG, IMP_RULES,
    IMP_FOLLOW, IMP_IGNORE_ROBOTS, IMP_CA_FILE, IMP_COMMON,
};
#define IMPORT_OPTIONS                                                                              \
    {"format", OPTION_VALUE}, {"pictures", OPTION_VALUE}, {"no-pictures", OPTION_FLAG},             \
        {"images", OPTION_VALUE}, {"image-width", OPTION_VALUE}, {"image-quality", OPTION_VALUE},   \
        {"lang", OPTION_VALUE}, {"rules", OPTION_VALUE}, {"follow", OPTION_FLAG},                   \
        {"ignore-robots", OPTION_FLAG}, {"ca-file", OPTION_VALUE}
/* EXIT_OK, or EXIT_USAGE after saying why. */
int parse_importing(struct mimeo_input_options *out, const struct command *command, const struct args *args, int first,
                    const char *proxy);

/* ---- publishing.c ---- */

/* Is one more that was passed over told?  The first of each file are, or all with -v; `where` begins with the file's name,
 * `word` is "skipped: " or "kept: ". */
bool tell_skipped(const struct cli *cli, const char *word, const char *where);
/* The exit status of a run that refused so many, of which so many could only not be fetched. */
int refused_status(unsigned long long refused, unsigned long long unreached);

enum { /* indexes of the options that all publishing commands begin with */
    PUB_KEY, PUB_CHECK_MIRROR, PUB_OFFLINE, PUB_PROXY, PUB_PASSPHRASE_FILE, PUB_PASSPHRASE_FD, PUB_COMMON,
};
#define PUBLISHING_OPTIONS                                                                          \
    {"key", OPTION_VALUE}, {"check-mirror", OPTION_LIST}, {"offline", OPTION_FLAG},                 \
        {"proxy", OPTION_VALUE}, {"passphrase-file", OPTION_VALUE}, {"passphrase-fd", OPTION_VALUE}
enum { /* and those of publish and revise */
    ART_IMPORT = PUB_COMMON, ART_DRY_RUN = ART_IMPORT + IMP_COMMON, ART_SENSITIVE, ART_MIRROR, ART_NEXT_BY, ART_LEVEL,
    ART_COMMON,
};
#define ARTICLE_OPTIONS                                                                             \
    IMPORT_OPTIONS, {"dry-run", OPTION_FLAG}, {"sensitive", OPTION_FLAG}, {"mirror", OPTION_LIST},   \
        {"next-by", OPTION_VALUE}, {"level", OPTION_VALUE}

/* ---- syncing.c ---- */

enum { /* indexes of the options that clone and sync begin with */
    NET_PROXY, NET_CA_FILE, NET_CONNECT, NET_STALL, NET_TOTAL, NET_COMMON,
};
#define NETWORK_OPTIONS                                                                             \
    {"proxy", OPTION_VALUE}, {"ca-file", OPTION_VALUE}, {"connect-timeout", OPTION_VALUE},          \
        {"stall-timeout", OPTION_VALUE}, {"timeout", OPTION_VALUE}
#define NETWORK_HELP                                                                                \
    "  --proxy URL                through this proxy, or not at all: socks5h://127.0.0.1:9050\n"   \
    "  --ca-file FILE             certificate authorities, instead of the system's\n"              \
    "  --connect-timeout SECONDS  for a connection; 30 by default\n"                               \
    "  --stall-timeout SECONDS    without a byte; 60 by default\n"                                 \
    "  --timeout SECONDS          for one connection in all; 6 hours by default\n"

/* EXIT_OK, or EXIT_USAGE after saying why. */
int parse_network(struct mimeo_network *out, const struct cli *cli, const struct command *command, const struct args *args);
/* Tell what came of an address; the payload is the cli. */
void hear_sync(const struct mimeo_sync_event *e, void *payload);

/* Open the publisher's mirror as the options say.  `article`: the options of publish and revise are
 * there too.  EXIT_OK, or a status after saying why. */
int open_publisher(mimeo_publisher **out, struct cli *cli, const struct command *command, const struct args *args,
                   bool article);
/* Publish and tell: what publish and revise share. */
int run_publish(struct cli *cli, const struct command *command, const struct args *args,
                const char *const *paths, size_t count, const char *revise_id, const char *note, bool older);
/* The summary of a run; the exit status. */
int tell_result(struct cli *cli, const struct mimeo_publish_result *r, bool dry_run);

#endif
