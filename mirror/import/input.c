/*
 * Walking over the input: see import/input.h.
 *
 * A source is a list of paths, a stack of directories being walked, and at most one open file, which its cutter
 * (import/cutter.h) gives items of.
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
#include "import/cutter.h"
#include "import/fetch.h"

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
    struct picture_source *pictures; /* of all files; NULL: each file's own directory */
    struct fetcher *fetcher;         /* NULL: nothing may be fetched */
    unsigned follow;
    struct walk walks[WALK_DEPTH];
    size_t depth;
    struct cutter *cutter;           /* of the open file; NULL where none is */
    uint64_t file_size, passed;      /* of it; of all before it */
};

/* ---- opening and closing */

static int check_paths(mimeo_ctx *ctx, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        if (strcmp(paths[i], "-") != 0 && !fetch_is_address(paths[i]) && stat(paths[i], &st) < 0)
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
    s->format = options == NULL ? INPUT_AUTO : options->format;
    s->fetcher = options == NULL ? NULL : options->fetcher;
    s->follow = options == NULL ? 0 : options->follow;
    if (options != NULL && options->pictures != NULL)
        rc = picture_source_directory(&s->pictures, ctx, options->pictures, NULL);
    if (rc == 0 && (s->paths = calloc(count + 1, sizeof *s->paths)) == NULL)
        rc = ctx_error_nomem(ctx);
    for (; rc == 0 && s->path_count < count; s->path_count++) {
        if ((s->paths[s->path_count] = strdup(paths[s->path_count])) == NULL)
            rc = ctx_error_nomem(ctx);
    }
    if (rc < 0)
        input_close(s);
    else
        *out = s;
    return rc;
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

void input_close(struct input_source *s)
{
    if (s == NULL)
        return;
    cutter_free(s->cutter);
    while (s->depth > 0)
        walk_close(&s->walks[--s->depth]);
    for (size_t i = 0; s->paths != NULL && i < s->path_count; i++)
        free(s->paths[i]);
    free(s->paths);
    picture_source_drop(s->pictures);
    free(s);
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

/* "story_files", where a browser put what belongs to "story.html". */
static char *companion_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    char *name = NULL;
    if (dot == NULL || asprintf(&name, "%.*s_files", (int)(dot - base), base) < 0)
        return NULL;
    return name;
}

static int find_pictures(struct input_file *f, const struct input_source *s, mimeo_ctx *ctx, const char *path,
                         const char *directory)
{
    if (s->pictures != NULL) {
        f->pictures = picture_source_hold(s->pictures);
        return 0;
    }
    char *companion = companion_of(path);
    int rc = picture_source_directory(&f->pictures, ctx, directory, companion);
    free(companion);
    return rc;
}

static int name_file(struct input_file *f, const struct input_source *s, mimeo_ctx *ctx, const char *path)
{
    char *directory = NULL;
    bool standard = strcmp(path, "-") == 0;
    f->where = strdup(standard ? "standard input" : path);
    if (f->where == NULL || (!standard && split_path(path, &directory, &f->stem) < 0)) {
        free(directory);
        return ctx_error_nomem(ctx);
    }
    int rc = find_pictures(f, s, ctx, path, standard ? "." : directory);
    free(directory);
    return rc;
}

static int not_known(mimeo_ctx *ctx, const struct input_file *f)
{
    if (!f->named)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "%s: neither a feed nor anything else that has articles", f->where);
    return ctx_error(ctx, MIMEO_EMALFORMED,
                     "%s: cannot tell what it is: name it .md, .html, .txt, .json or .jsonl, or say its format",
                     f->where);
}

/* Takes the file over. */
static int cut(struct cutter **out, mimeo_ctx *ctx, struct input_file *f, struct input_kind kind)
{
    switch (kind.format) {
    case INPUT_JSONL: return cutter_json(out, ctx, f, kind.lines);
    case INPUT_FEED: return cutter_feed(out, ctx, f);
    case INPUT_ARCHIVE: return cutter_archive(out, ctx, f);
    case INPUT_AUTO: break;
    default: return cutter_whole(out, ctx, f, kind);
    }
    int rc = not_known(ctx, f);
    input_file_dispose(f);
    return rc;
}

/* `fd`, which is taken over, becomes the open file. */
static int begin_file(struct input_source *s, mimeo_ctx *ctx, int fd, const char *path, bool named)
{
    struct stat st;
    struct input_file f = {.named = named, .fetcher = s->fetcher, .follow = s->follow, .regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)};
    int rc = window_init(&f.window, fd, LIMIT_INPUT_LINE) < 0 ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = name_file(&f, s, ctx, path);
    if (rc == 0)
        rc = window_fill_to(&f.window, ctx, f.where, SNIFF_LEN);
    if (rc < 0) {
        input_file_dispose(&f);
        return rc;
    }
    const char *name = strcmp(path, "-") == 0 ? NULL : path;
    s->passed += s->file_size;
    s->file_size = f.regular ? (uint64_t)st.st_size : 0;
    return cut(&s->cutter, ctx, &f, kind_of_file(name, window_view(&f.window), NULL, s->format));
}

static int begin_address(struct input_source *s, mimeo_ctx *ctx, const char *url)
{
    struct input_file f, like = {.named = true, .fetcher = s->fetcher, .follow = s->follow, .pictures = s->pictures};
    if (s->fetcher == NULL)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is an address: nothing is fetched here", url);
    int rc = fetch_file(&f, ctx, &like, url, NULL);
    if (rc < 0)
        return rc;
    return cut(&s->cutter, ctx, &f, kind_of_file(NULL, window_view(&f.window), f.content_type, s->format));
}

/* A path that the user named: symbolic links and pipes are fine, devices are not. */
static int begin_path(struct input_source *s, mimeo_ctx *ctx, const char *path)
{
    if (strcmp(path, "-") == 0) {
        int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        return fd < 0 ? ctx_error_errno(ctx, MIMEO_EIO, "cannot read standard input")
                      : begin_file(s, ctx, fd, path, true);
    }
    if (fetch_is_address(path))
        return begin_address(s, ctx, path);
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
        return begin_file(s, ctx, fd, path, true);
    close(fd);
    return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is not a file or a directory", path);
}

/* A browser's "story_files" beside "story.html": its pages are frames of advertisements. */
static bool is_companion(const struct walk *w, const char *name)
{
    static const char tail[] = "_files";
    size_t len = strlen(name), stem = len - (sizeof tail - 1);
    if (len < sizeof tail || strcmp(name + stem, tail) != 0)
        return false;
    for (size_t i = 0; i < w->count; i++) {
        const char *other = w->names[i];
        if (strncmp(other, name, stem) == 0 && other[stem] == '.' && strchr(other + stem + 1, '.') == NULL &&
            kind_of_name(other).format == INPUT_HTML)
            return true;
    }
    return false;
}

/* The next name of the innermost directory. */
static int begin_entry(struct input_source *s, mimeo_ctx *ctx)
{
    struct walk *w = &s->walks[s->depth - 1];
    if (w->next == w->count) {
        walk_close(w);
        s->depth--;
        return 0;
    }
    const char *name = w->names[w->next++];
    struct stat st;
    if (fstatat(w->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0
                               : ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s/%s'", w->path,
                                                 name);
    bool directory = S_ISDIR(st.st_mode);
    if (directory ? is_companion(w, name) : !S_ISREG(st.st_mode) || !name_is_input(name))
        return 0;
    char *path = path_join(w->path, name);
    if (path == NULL)
        return ctx_error_nomem(ctx);
    int fd = directory ? dir_open_beneath(ctx, w->fd, name)
                       : file_open_beneath(ctx, w->fd, name, NULL);
    int rc = fd;
    if (fd >= 0)
        rc = directory ? walk_push(s, ctx, fd, path) : begin_file(s, ctx, fd, path, false);
    free(path);
    return rc;
}

/* The next item of the open file, which is closed at its end (0). */
static int take_item(struct input_source *s, mimeo_ctx *ctx, struct input_item **out)
{
    int rc = s->cutter->next(s->cutter, ctx, out);
    if (rc == 0 || rc == MIMEO_EIO || rc == MIMEO_ENOMEM || (rc < 0 && s->cutter->done)) {
        cutter_free(s->cutter);
        s->cutter = NULL;
    }
    return rc;
}

int input_next(struct input_source *s, mimeo_ctx *ctx, struct input_item **out)
{
    for (;;) {
        int rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
        if (s->cutter != NULL)
            rc = take_item(s, ctx, out);
        else if (s->depth > 0)
            rc = begin_entry(s, ctx);
        else if (s->path_next < s->path_count)
            rc = begin_path(s, ctx, s->paths[s->path_next++]);
        else
            return 0;
        if (rc != 0)
            return rc;
    }
}

uint64_t input_done(const struct input_source *s)
{
    bool end = s->cutter == NULL || s->cutter->done;
    uint64_t within = end ? s->file_size : s->cutter->passed == NULL ? 0 : s->cutter->passed(s->cutter);
    return s->passed + (within < s->file_size ? within : s->file_size);
}
