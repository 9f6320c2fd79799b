/*
 * Cutting input into items: see import/input.h.
 *
 * A source is a list of paths, a stack of directories being walked, and at most one open
 * file of JSON, which is read through a window that holds one record at a time: so a file
 * of any size takes the memory of its largest record.  What a reader would get wrong: a
 * `.jsonl` is cut at line ends whatever the lines hold, so one broken line costs one record;
 * a `.json` is cut by counting brackets, so there a broken object costs the rest of the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "import/input.h"
#include "import/window.h"

#define WALK_DEPTH 16
#define WALK_ENTRIES 1000000
#define SNIFF_LEN 256

struct walk {
    int fd;
    char *path;
    char **names;
    size_t count, next;
};

struct input_source {
    char **paths;
    size_t path_count, path_next;
    enum input_format format;
    char *pictures;
    struct walk walks[WALK_DEPTH];
    size_t depth;
    struct window window; /* the open JSON file; .fd -1 where none */
    char *file;           /* its name for messages */
    char *stem;
    char *directory;
};

bool input_format_parse(const char *name, enum input_format *out)
{
    static const struct {
        const char *name;
        enum input_format format;
    } formats[] = {{"auto", INPUT_AUTO}, {"jsonl", INPUT_JSONL}, {"markdown", INPUT_MARKDOWN},
                   {"html", INPUT_HTML}, {"text", INPUT_TEXT}};
    *out = INPUT_AUTO;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = formats[i].format;
            return true;
        }
    }
    return false;
}

/* By the extension alone; *lines where one record a line is promised. */
static enum input_format format_of_name(const char *name, bool *lines)
{
    static const struct {
        const char *extension;
        enum input_format format;
        bool lines;
    } kinds[] = {
        {".jsonl", INPUT_JSONL, true},      {".ndjson", INPUT_JSONL, true},
        {".json", INPUT_JSONL, false},      {".md", INPUT_MARKDOWN, false},
        {".markdown", INPUT_MARKDOWN, false}, {".html", INPUT_HTML, false},
        {".htm", INPUT_HTML, false},        {".xhtml", INPUT_HTML, false},
        {".txt", INPUT_TEXT, false},
    };
    const char *dot = strrchr(name, '.');
    *lines = false;
    if (dot == NULL || dot == name)
        return INPUT_AUTO;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcasecmp(dot, kinds[i].extension) == 0) {
            *lines = kinds[i].lines;
            return kinds[i].format;
        }
    }
    return INPUT_AUTO;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* By the first bytes.  Plain prose is not guessed at: it could as well be Markdown, and
 * what is signed should be what was meant. */
static enum input_format format_of_bytes(struct view head)
{
    size_t i = 0;
    while (i < head.len && is_space(head.ptr[i]))
        i++;
    if (i == head.len)
        return INPUT_AUTO;
    if (head.ptr[i] == '{')
        return INPUT_JSONL;
    if (head.ptr[i] == '<')
        return INPUT_HTML;
    if (view_starts_with(head, "---\n") || view_starts_with(head, "---\r\n") ||
        view_starts_with(head, "# "))
        return INPUT_MARKDOWN;
    if (head.ptr[i] == '[') { /* a Markdown link begins so too */
        for (i++; i < head.len && is_space(head.ptr[i]); i++)
            ;
        if (i < head.len && (head.ptr[i] == '{' || head.ptr[i] == ']'))
            return INPUT_JSONL;
    }
    return INPUT_AUTO;
}

/* ---- opening and closing */

static char *copy_str(const char *s) { return s == NULL ? NULL : strdup(s); }

static int check_paths(mimeo_ctx *ctx, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        if (strcmp(paths[i], "-") != 0 && stat(paths[i], &st) < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", paths[i]);
    }
    return 0;
}

int input_open(struct input_source **out, mimeo_ctx *ctx, const char *const *paths, size_t count,
               const struct input_options *options)
{
    int rc = check_paths(ctx, paths, count);
    if (rc < 0)
        return rc;
    struct input_source *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ctx_error_nomem(ctx);
    s->window.fd = -1;
    s->format = options == NULL ? INPUT_AUTO : options->format;
    if (options != NULL && options->pictures != NULL &&
        (s->pictures = strdup(options->pictures)) == NULL)
        goto nomem;
    if ((s->paths = calloc(count + 1, sizeof *s->paths)) == NULL)
        goto nomem;
    for (; s->path_count < count; s->path_count++) {
        if ((s->paths[s->path_count] = strdup(paths[s->path_count])) == NULL)
            goto nomem;
    }
    *out = s;
    return 0;
nomem:
    input_close(s);
    return ctx_error_nomem(ctx);
}

static void walk_close(struct walk *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->names[i]);
    free(w->names);
    free(w->path);
    if (w->fd >= 0)
        close(w->fd);
    *w = (struct walk){.fd = -1};
}

static void close_file(struct input_source *s)
{
    window_dispose(&s->window);
    free(s->file);
    free(s->stem);
    free(s->directory);
    s->file = s->stem = s->directory = NULL;
}

void input_close(struct input_source *s)
{
    if (s == NULL)
        return;
    close_file(s);
    while (s->depth > 0)
        walk_close(&s->walks[--s->depth]);
    for (size_t i = 0; i < s->path_count; i++)
        free(s->paths[i]);
    free(s->paths);
    free(s->pictures);
    free(s);
}

void input_item_free(struct input_item *item)
{
    if (item == NULL)
        return;
    free(item->where);
    free(item->stem);
    free(item->directory);
    buf_dispose(&item->bytes);
    free(item);
}

/* ---- directories */

static int collect_name(const char *name, unsigned char d_type, void *payload)
{
    struct walk *w = payload;
    (void)d_type;
    if (name[0] == '.')
        return 0;
    if ((w->count & (w->count - 1)) == 0) { /* grow at the powers of two */
        char **names = reallocarray(w->names, w->count == 0 ? 1 : w->count * 2, sizeof *names);
        if (names == NULL)
            return MIMEO_ENOMEM;
        w->names = names;
    }
    if ((w->names[w->count] = strdup(name)) == NULL)
        return MIMEO_ENOMEM;
    w->count++;
    return 0;
}

/* Takes `fd` over. */
static int walk_push(struct input_source *s, mimeo_ctx *ctx, int fd, const char *path)
{
    if (s->depth == WALK_DEPTH) {
        close(fd);
        return ctx_error(ctx, MIMEO_EMALFORMED,
                         "'%s' is more than %d directories deep: name it by itself", path,
                         WALK_DEPTH);
    }
    struct walk *w = &s->walks[s->depth];
    *w = (struct walk){.fd = fd, .path = strdup(path)};
    int rc = w->path == NULL ? MIMEO_ENOMEM : dir_each(ctx, fd, WALK_ENTRIES, collect_name, w);
    if (rc < 0) {
        walk_close(w);
        return rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx)
                                  : ctx_error_prefix(ctx, rc, "%s", path);
    }
    s->depth++;
    return 0;
}

/* ---- files */

/* "story/index.html" is the story: its directory names it. */
static char *stem_of(const char *directory, const char *base, size_t len)
{
    const char *slash = strrchr(directory, '/');
    const char *parent = slash == NULL ? directory : slash + 1;
    bool index = len == 5 && strncmp(base, "index", 5) == 0;
    bool named = parent[0] != '\0' && strcmp(parent, ".") != 0 && strcmp(parent, "..") != 0;
    return index && named ? strdup(parent) : strndup(base, len);
}

/* "a/b/story.one.md" -> "a/b" and "story.one". */
static int split_path(const char *path, char **directory, char **stem)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    size_t stem_len = dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
    if (slash == NULL)
        *directory = strdup(".");
    else
        *directory = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    *stem = *directory == NULL ? NULL : stem_of(*directory, base, stem_len);
    return *stem == NULL ? MIMEO_ENOMEM : 0;
}

/* An item with the open file's names; `line` 0: the file as a whole. */
static struct input_item *item_new(const struct input_source *s, enum input_format format,
                                   uint64_t line, bool with_stem)
{
    struct input_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return NULL;
    item->format = format;
    item->directory = copy_str(s->directory);
    item->stem = with_stem ? copy_str(s->stem) : NULL;
    bool stem_lost = with_stem && s->stem != NULL && item->stem == NULL;
    int len = line == 0 ? asprintf(&item->where, "%s", s->file)
                        : asprintf(&item->where, "%s:%llu", s->file, (unsigned long long)line);
    if (len < 0)
        item->where = NULL;
    if (len < 0 || stem_lost || item->directory == NULL) {
        input_item_free(item);
        return NULL;
    }
    return item;
}

/* The whole of the open file as one item; closes it. */
static int take_whole(struct input_source *s, mimeo_ctx *ctx, enum input_format format,
                      struct input_item **out)
{
    struct input_item *item = item_new(s, format, 0, true);
    int rc = item == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = window_fill_to(&s->window, ctx, s->file, LIMIT_HTML + 1);
    struct view all = window_view(&s->window);
    if (rc == 0 && all.len > LIMIT_HTML)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: larger than %zu MiB", s->file,
                       LIMIT_HTML / MIB);
    if (rc == 0) {
        buf_init(&item->bytes, LIMIT_HTML);
        if (buf_append_view(&item->bytes, all) < 0)
            rc = ctx_error_nomem(ctx);
    }
    close_file(s);
    if (rc < 0) {
        input_item_free(item);
        return rc;
    }
    *out = item;
    return 1;
}

/* The next record of the open JSON file; closes it at its end (0) and on a fault that
 * leaves no place to go on from. */
static int take_record(struct input_source *s, mimeo_ctx *ctx, struct input_item **out)
{
    struct view record;
    uint64_t line;
    bool only;
    int rc = window_next(&s->window, ctx, s->file, &record, &line, &only);
    if (rc <= 0) {
        if (rc == 0 || s->window.done || rc == MIMEO_EIO || rc == MIMEO_ENOMEM)
            close_file(s);
        return rc;
    }
    struct input_item *item = item_new(s, INPUT_JSONL, line, only);
    if (item == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&item->bytes, LIMIT_INPUT_LINE);
    if (buf_append_view(&item->bytes, record) < 0) {
        input_item_free(item);
        return ctx_error_nomem(ctx);
    }
    *out = item;
    return 1;
}

/* `fd` becomes the open file.  1 and an item where it is one item, 0 where it is JSON to
 * be cut, or a code. */
static int begin_file(struct input_source *s, mimeo_ctx *ctx, int fd, const char *path,
                      struct input_item **out)
{
    bool standard = strcmp(path, "-") == 0, lines = false;
    enum input_format format = standard ? INPUT_AUTO : format_of_name(path, &lines);
    int rc = window_init(&s->window, fd, LIMIT_INPUT_LINE) < 0 ? MIMEO_ENOMEM : 0;
    s->file = strdup(standard ? "standard input" : path);
    if (standard)
        s->directory = strdup(".");
    else if (split_path(path, &s->directory, &s->stem) < 0)
        rc = MIMEO_ENOMEM;
    if (s->pictures != NULL) {
        free(s->directory);
        s->directory = strdup(s->pictures);
    }
    if (rc < 0 || s->file == NULL || s->directory == NULL) {
        close_file(s);
        return ctx_error_nomem(ctx);
    }
    if (format == INPUT_AUTO)
        format = s->format;
    rc = window_fill_to(&s->window, ctx, s->file, SNIFF_LEN);
    window_skip_bom(&s->window);
    if (rc == 0 && format == INPUT_AUTO &&
        (format = format_of_bytes(window_view(&s->window))) == INPUT_AUTO)
        rc = ctx_error(ctx, MIMEO_EMALFORMED,
                       "%s: cannot tell what it is: name it .md, .html, .txt, .json or .jsonl, "
                       "or say its format", s->file);
    if (rc < 0) {
        close_file(s);
        return rc;
    }
    if (format != INPUT_JSONL)
        return take_whole(s, ctx, format, out);
    window_begin_records(&s->window, lines);
    return 0;
}

/* A path that the user named: symbolic links and pipes are fine, devices are not. */
static int begin_path(struct input_source *s, mimeo_ctx *ctx, const char *path,
                      struct input_item **out)
{
    if (strcmp(path, "-") == 0) {
        int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        return fd < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot read standard input")
                      : begin_file(s, ctx, fd, path, out);
    }
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    if (S_ISDIR(st.st_mode))
        return walk_push(s, ctx, fd, path);
    if (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode))
        return begin_file(s, ctx, fd, path, out);
    close(fd);
    return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is not a file or a directory", path);
}

/* The next name of the innermost directory. */
static int begin_entry(struct input_source *s, mimeo_ctx *ctx, struct input_item **out)
{
    struct walk *w = &s->walks[s->depth - 1];
    if (w->next == w->count) {
        walk_close(w);
        s->depth--;
        return 0;
    }
    const char *name = w->names[w->next++];
    struct stat st;
    bool lines;
    if (fstatat(w->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0
                               : ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s/%s'", w->path,
                                                 name);
    bool directory = S_ISDIR(st.st_mode);
    if (!directory && (!S_ISREG(st.st_mode) || format_of_name(name, &lines) == INPUT_AUTO))
        return 0;
    char *path = path_join(w->path, name);
    if (path == NULL)
        return ctx_error_nomem(ctx);
    int fd = directory ? dir_open_beneath(ctx, w->fd, name)
                       : file_open_beneath(ctx, w->fd, name, NULL);
    int rc = fd;
    if (fd >= 0)
        rc = directory ? walk_push(s, ctx, fd, path) : begin_file(s, ctx, fd, path, out);
    free(path);
    return rc;
}

int input_next(struct input_source *s, mimeo_ctx *ctx, struct input_item **out)
{
    for (;;) {
        int rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
        if (s->window.fd >= 0)
            rc = take_record(s, ctx, out);
        else if (s->depth > 0)
            rc = begin_entry(s, ctx, out);
        else if (s->path_next < s->path_count)
            rc = begin_path(s, ctx, s->paths[s->path_next++], out);
        else
            return 0;
        if (rc != 0)
            return rc;
    }
}
