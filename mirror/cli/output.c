/*
 * Writing: results to standard output, talk to standard error, and a check at the end that all of it
 * went out.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

/* ---- strings of JSON, on any stream ---- */

static void put_json_string(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < 0x20)
            fprintf(f, "\\u%04x", c);
        else
            fputc(c, f);
    }
    fputc('"', f);
}

/* ---- talk ---- */

int fail(struct cli *cli, int code)
{
    const char *message = mimeo_ctx_message(cli->ctx);
    progress_clear();
    fflush(stdout);
    if (message[0] == '\0')
        message = mimeo_error_name(code);
    if (cli->json) {
        fputs("{\"error\":", stderr);
        put_json_string(stderr, mimeo_error_name(code));
        fputs(",\"message\":", stderr);
        put_json_string(stderr, message);
        fputs("}\n", stderr);
    } else {
        fprintf(stderr, "mimeo: %s\n", message);
    }
    return mimeo_exit_status(code);
}

void talk(const struct cli *cli, const char *format, ...)
{
    if (cli->quiet)
        return;
    progress_clear();
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

int write_all(int fd, const unsigned char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int finish_output(int status)
{
    bool bad = fflush(stdout) != 0 || ferror(stdout);
    int why = errno;
    pager_wait();
    if (!bad || why == EPIPE)
        return status;
    fprintf(stderr, "mimeo: cannot write the output: %s\n", strerror(why));
    return status == EXIT_OK ? EXIT_FAIL : status;
}

/* ---- terminals ---- */

/* What standard output is, as the program was started: a pager may take its place. */
bool stdout_is_terminal(void)
{
    static int known = -1;
    if (known < 0)
        known = isatty(STDOUT_FILENO) == 1;
    return known == 1;
}

bool stdout_styles(void)
{
    static int known = -1;
    if (known < 0) {
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
        known = stdout_is_terminal() && (no_color == NULL || no_color[0] == '\0') && term != NULL &&
                strcmp(term, "dumb") != 0;
    }
    return known == 1;
}

int terminal_width(void)
{
    static long width;
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (width == 0 && columns != NULL)
        width = strtol(columns, NULL, 10);
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    width = width < 20 ? 80 : width > 1000 ? 1000 : width;
    return (int)width;
}

const char *style(const char *name)
{
    static const char *const codes[][2] = {
        {"bold", "\033[1m"}, {"dim", "\033[2m"}, {"red", "\033[31m"}, {"off", "\033[0m"}};
    for (size_t i = 0; stdout_styles() && i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(codes[i][0], name) == 0)
            return codes[i][1];
    return "";
}

void put_text(struct cli *cli, const char *text, size_t cells)
{
    char *line;
    if (mimeo_text_line(&line, cli->ctx, text, cells) < 0)
        return;
    fputs(line, stdout);
    free(line);
}

const char *human_bytes(unsigned long long bytes)
{
    static char buffers[4][32];
    static unsigned next;
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    char *out = buffers[next++ % 4];
    double value = (double)bytes / 1000;
    size_t unit = 0;
    if (bytes < 1000) {
        snprintf(out, sizeof(buffers[0]), "%llu bytes", bytes);
        return out;
    }
    while (value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        value /= 1000;
        unit++;
    }
    snprintf(out, sizeof(buffers[0]), value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return out;
}

/* ---- the page's hash ---- */

void put_page_hash(int width)
{
    char hash[MIMEO_HEX_LEN + 1];
    mimeo_page_hash(hash);
    if (hash[0] != '\0')
        printf("%-*s%s\n", width, "Page:", hash);
}

void json_page_hash(void)
{
    char hash[MIMEO_HEX_LEN + 1];
    mimeo_page_hash(hash);
    json_string("page", hash[0] == '\0' ? NULL : hash);
}

/* ---- JSON ---- */

static bool json_first; /* no comma before the next */
static FILE *json_file; /* NULL: standard output */

void json_to(FILE *file)
{
    json_file = file;
}

static FILE *json_out(void)
{
    return json_file == NULL ? stdout : json_file;
}

static void json_key(const char *key)
{
    if (!json_first)
        putc(',', json_out());
    json_first = false;
    if (key != NULL) {
        put_json_string(json_out(), key);
        putc(':', json_out());
    }
}

void json_begin(void)
{
    putc('{', json_out());
    json_first = true;
}

void json_end(void)
{
    fputs("}\n", json_out());
}

void json_string(const char *key, const char *value)
{
    if (value == NULL)
        return;
    json_key(key);
    put_json_string(json_out(), value);
}

void json_number(const char *key, unsigned long long value)
{
    json_key(key);
    fprintf(json_out(), "%llu", value);
}

void json_bool(const char *key, bool value)
{
    json_key(key);
    fputs(value ? "true" : "false", json_out());
}

void json_time(const char *key, int64_t seconds)
{
    char text[MIMEO_TIME_LEN + 1];
    mimeo_time_format(text, seconds);
    json_string(key, text);
}

void json_open(const char *key, char bracket)
{
    json_key(key);
    putc(bracket, json_out());
    json_first = true;
}

void json_close(char bracket)
{
    putc(bracket, json_out());
    json_first = false;
}

static const char *if_any(const char *s)
{
    return s[0] == '\0' ? NULL : s;
}

static void json_strings(const char *key, const char *const *items, size_t count)
{
    if (count == 0)
        return;
    json_open(key, '[');
    for (size_t i = 0; i < count; i++)
        json_string(NULL, items[i]);
    json_close(']');
}

static void json_media(const struct mimeo_media *media, size_t count)
{
    if (count == 0)
        return;
    json_open("media", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(NULL, '{');
        json_string("hash", media[i].hash);
        json_string("type", media[i].type);
        json_number("bytes", media[i].bytes);
        json_number("width", media[i].width);
        json_number("height", media[i].height);
        json_string("alt", if_any(media[i].alt));
        json_string("caption", if_any(media[i].caption));
        json_string("credit", if_any(media[i].credit));
        json_close('}');
    }
    json_close(']');
}

void json_article_words(const struct mimeo_article *a)
{
    static const char *const actions[] = {"", "publish", "revise", "retract"};
    json_string("id", if_any(a->id));
    json_string("action", actions[a->action]);
    if (a->revision > 0)
        json_number("revision", a->revision);
    json_string("title", if_any(a->title));
    json_string("subtitle", if_any(a->subtitle));
    json_strings("bylines", a->bylines, a->byline_count);
    json_string("section", if_any(a->section));
    json_strings("tags", a->tags, a->tag_count);
    json_string("lang", if_any(a->lang));
    json_string("dir", if_any(a->dir));
    if (a->has_published)
        json_time("published", a->published);
    if (a->has_modified)
        json_time("modified", a->modified);
    json_string("url", if_any(a->url));
    json_string("summary", if_any(a->summary));
    json_string("note", if_any(a->note));
    if (a->words > 0)
        json_number("words", a->words);
}

void json_article(const struct mimeo_article *a)
{
    json_article_words(a);
    json_media(a->media, a->media_count);
    json_number("seq", a->seq);
    json_time("bundle_time", a->bundle_time);
    json_bool("joined", a->joined);
}

void json_fault(const struct mimeo_fault *f, const char *from)
{
    json_begin();
    json_string("fault", mimeo_verdict_name(f->verdict));
    json_string("object", f->object);
    if (f->seq > 0)
        json_number("seq", f->seq);
    json_string("from", from);
    json_string("message", f->message);
    json_end();
}

void json_publisher(const char *publisher, const char *petname)
{
    json_string("publisher", publisher);
    json_string("petname", if_any(petname));
}
