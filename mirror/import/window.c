/*
 * Cutting a stream of JSON into records: see import/window.h.
 *
 * Brackets are counted outside of strings, nothing else is judged here: a record that
 * comes out is what the JSON parser has to like.  Depth is a number, not a stack, so no
 * nesting can hurt.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "import/window.h"

#define WINDOW_READ (64 * KIB)

int window_init(struct window *w, int fd, size_t max)
{
    *w = (struct window){.fd = fd, .max = max, .line = 1, .mode = WINDOW_LINES};
    w->ptr = malloc(WINDOW_READ);
    if (w->ptr == NULL) {
        window_dispose(w);
        return MIMEO_ENOMEM;
    }
    w->cap = WINDOW_READ;
    return 0;
}

int window_init_bytes(struct window *w, struct view bytes, size_t max)
{
    *w = (struct window){.fd = -1, .max = max, .line = 1, .mode = WINDOW_LINES, .eof = true};
    w->ptr = malloc(bytes.len + 1);
    if (w->ptr == NULL)
        return MIMEO_ENOMEM;
    if (bytes.len > 0)
        memcpy(w->ptr, bytes.ptr, bytes.len);
    w->end = bytes.len;
    w->cap = bytes.len + 1;
    return 0;
}

void window_dispose(struct window *w)
{
    if (w->fd >= 0)
        close(w->fd);
    free(w->ptr);
    *w = (struct window){.fd = -1};
}

struct view window_view(const struct window *w)
{
    return (struct view){w->ptr + w->start, w->end - w->start};
}

struct buf window_give(struct window *w, size_t max)
{
    struct buf out = {.ptr = w->ptr, .len = w->end - w->start, .cap = w->cap, .max = max};
    if (w->start > 0)
        memmove(out.ptr, out.ptr + w->start, out.len);
    out.ptr[out.len] = 0; /* there is room: the last read found some */
    w->ptr = NULL;
    w->start = w->end = w->cap = 0;
    w->eof = w->done = true;
    return out;
}

/* Room for at least one more byte: first by moving down, then by doubling. */
static int make_room(struct window *w)
{
    if (w->end < w->cap)
        return 0;
    if (w->start >= w->cap / 2) {
        memmove(w->ptr, w->ptr + w->start, w->end - w->start);
        w->end -= w->start;
        w->start = 0;
        return 0;
    }
    uint8_t *ptr = realloc(w->ptr, w->cap * 2);
    if (ptr == NULL)
        return MIMEO_ENOMEM;
    w->ptr = ptr;
    w->cap *= 2;
    return 0;
}

/* One read; sets eof at the end. */
static int read_more(struct window *w, mimeo_ctx *ctx, const char *name)
{
    if (w->eof)
        return 0;
    if (make_room(w) < 0)
        return ctx_error_nomem(ctx);
    ssize_t n;
    do
        n = read(w->fd, w->ptr + w->end, w->cap - w->end);
    while (n < 0 && errno == EINTR && ctx_check_cancel(ctx) == 0);
    if (n < 0) {
        int rc = ctx_check_cancel(ctx);
        return rc < 0 ? rc : ctx_error_errno(ctx, MIMEO_EIO, "cannot read %s", name);
    }
    w->end += (size_t)n;
    w->eof = n == 0;
    return 0;
}

int window_fill_to(struct window *w, mimeo_ctx *ctx, const char *name, size_t len)
{
    int rc = 0;
    while (rc == 0 && !w->eof && w->end - w->start < len)
        rc = read_more(w, ctx, name);
    return rc;
}

void window_skip_bom(struct window *w)
{
    if (view_starts_with(window_view(w), "\xEF\xBB\xBF"))
        w->start += 3;
}

void window_begin_records(struct window *w, bool lines)
{
    w->mode = lines ? WINDOW_LINES : WINDOW_START;
}

static bool is_blank(struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] != ' ' && v.ptr[i] != '\t' && v.ptr[i] != '\r')
            return false;
    }
    return true;
}

/* ---- lines */

/* Throw away up to and with the next LF. */
static int skip_line(struct window *w, mimeo_ctx *ctx, const char *name)
{
    for (;;) {
        struct view v = window_view(w);
        const uint8_t *lf = v.len == 0 ? NULL : memchr(v.ptr, '\n', v.len);
        if (lf != NULL) {
            w->start += (size_t)(lf - v.ptr) + 1;
            w->line++;
            w->skipping = false;
            return 0;
        }
        w->start = w->end = 0;
        if (w->eof) {
            w->skipping = false;
            return 0;
        }
        int rc = read_more(w, ctx, name);
        if (rc < 0)
            return rc;
    }
}

/* *len: bytes up to the LF or the end of the file; over `max` where the line is too long. */
static int measure_line(struct window *w, mimeo_ctx *ctx, const char *name, size_t *len)
{
    size_t seen = 0;
    for (;;) {
        struct view v = window_view(w);
        const uint8_t *lf = v.len == seen ? NULL : memchr(v.ptr + seen, '\n', v.len - seen);
        if (lf != NULL) {
            *len = (size_t)(lf - v.ptr);
            return 0;
        }
        seen = v.len;
        if (w->eof || seen > w->max) {
            *len = seen;
            return 0;
        }
        int rc = read_more(w, ctx, name);
        if (rc < 0)
            return rc;
    }
}

static int next_line(struct window *w, mimeo_ctx *ctx, const char *name, struct view *record,
                     uint64_t *line)
{
    for (;;) {
        size_t len;
        int rc = w->skipping ? skip_line(w, ctx, name) : 0;
        if (rc == 0)
            rc = measure_line(w, ctx, name, &len);
        if (rc < 0)
            return rc;
        if (len > w->max) {
            w->skipping = true;
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s:%llu: the line is longer than %zu MiB",
                             name, (unsigned long long)w->line, w->max / MIB);
        }
        struct view v = {w->ptr + w->start, len};
        bool last = w->start + len == w->end;
        if (last && len == 0)
            return 0;
        *line = w->line;
        w->start += len + (last ? 0 : 1);
        w->line += last ? 0 : 1;
        if (!is_blank(v)) {
            *record = v;
            return 1;
        }
    }
}

/* ---- values over many lines */

/* Pass over white space, and commas where `commas`; *found is false at the end. */
static int skip_space(struct window *w, mimeo_ctx *ctx, const char *name, bool *found)
{
    for (;;) {
        for (; w->start < w->end; w->start++) {
            uint8_t c = w->ptr[w->start];
            if (c == '\n')
                w->line++;
            else if (c != ' ' && c != '\t' && c != '\r') {
                *found = true;
                return 0;
            }
        }
        if (w->eof) {
            *found = false;
            return 0;
        }
        int rc = read_more(w, ctx, name);
        if (rc < 0)
            return rc;
    }
}

/* Where scanning of an object stands. */
struct scan {
    size_t at; /* bytes scanned */
    size_t depth;
    bool string, escaped;
    uint64_t lines;
};

/* Scan on; true where the object ended (at `at`). */
static bool scan_object(struct scan *s, struct view v)
{
    while (s->at < v.len) {
        uint8_t c = v.ptr[s->at++];
        if (c == '\n')
            s->lines++;
        if (s->string) {
            if (s->escaped)
                s->escaped = false;
            else if (c == '\\')
                s->escaped = true;
            else if (c == '"')
                s->string = false;
        } else if (c == '"') {
            s->string = true;
        } else if (c == '{' || c == '[') {
            s->depth++;
        } else if ((c == '}' || c == ']') && --s->depth == 0) {
            return true;
        }
    }
    return false;
}

/* The object that begins at `start`. */
static int take_object(struct window *w, mimeo_ctx *ctx, const char *name, size_t *len,
                       uint64_t *inner_lines)
{
    struct scan scan = {0};
    while (!scan_object(&scan, window_view(w))) {
        if (w->eof || scan.at > w->max) {
            w->done = true;
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s:%llu: the object that begins here %s",
                             name, (unsigned long long)w->line,
                             w->eof ? "does not end: a '}' or '\"' is missing"
                                    : "is too long, or has no end");
        }
        int rc = read_more(w, ctx, name);
        if (rc < 0)
            return rc;
    }
    if (scan.at > w->max) {
        w->start += scan.at;
        w->line += scan.lines;
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s:%llu: the object is longer than %zu MiB", name,
                         (unsigned long long)(w->line - scan.lines), w->max / MIB);
    }
    *len = scan.at;
    *inner_lines = scan.lines;
    return 0;
}

/* The separators in front of the next record.  1 where an object begins, 0 at the end. */
static int begin_value(struct window *w, mimeo_ctx *ctx, const char *name)
{
    for (bool comma = false;; comma = true) {
        bool found;
        int rc = skip_space(w, ctx, name, &found);
        if (rc < 0)
            return rc;
        uint8_t c = found ? w->ptr[w->start] : 0;
        if (!found && w->mode != WINDOW_ARRAY)
            return 0;
        if (found && c == '{' && (comma || !w->any || w->mode != WINDOW_ARRAY))
            return 1;
        w->done = true;
        if (!found)
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s:%llu: the array does not end: ']' is missing",
                             name, (unsigned long long)w->line);
        if (w->mode == WINDOW_ARRAY && c == ']' && !comma) {
            w->start++;
            rc = skip_space(w, ctx, name, &found);
            if (rc < 0 || !found)
                return rc;
            return ctx_error(ctx, MIMEO_EMALFORMED, "%s:%llu: something follows the array", name,
                             (unsigned long long)w->line);
        }
        if (!(w->mode == WINDOW_ARRAY && c == ',' && w->any && !comma))
            return ctx_error(ctx, MIMEO_EMALFORMED,
                             "%s:%llu: an object was expected here; the rest is passed over", name,
                             (unsigned long long)w->line);
        w->done = false;
        w->start++;
    }
}

/* One a line after all: the first object stood alone on its line. */
static bool looks_like_lines(const struct window *w, size_t len)
{
    size_t at = w->start + len;
    while (at < w->end && (w->ptr[at] == ' ' || w->ptr[at] == '\t' || w->ptr[at] == '\r'))
        at++;
    return at < w->end && w->ptr[at] == '\n';
}

/* *only: nothing but white space (little of it) is behind the object of `len` bytes. */
static int look_behind(struct window *w, mimeo_ctx *ctx, const char *name, size_t len, bool *only)
{
    size_t at = len;
    for (;;) {
        struct view v = window_view(w);
        while (at < v.len && (v.ptr[at] == '\n' || is_blank((struct view){v.ptr + at, 1})))
            at++;
        *only = w->eof && at == v.len;
        if (w->eof || at < v.len || at - len > 4 * KIB)
            return 0;
        int rc = read_more(w, ctx, name);
        if (rc < 0)
            return rc;
    }
}

static int next_value(struct window *w, mimeo_ctx *ctx, const char *name, struct view *record,
                      uint64_t *line, bool *only)
{
    size_t len = 0;
    uint64_t inner = 0;
    int rc = begin_value(w, ctx, name);
    if (rc <= 0)
        return rc;
    rc = take_object(w, ctx, name, &len, &inner);
    if (rc < 0) {
        w->any = true;
        return rc;
    }
    bool first = w->mode == WINDOW_VALUES && !w->any;
    if (first && (rc = look_behind(w, ctx, name, len, only)) < 0)
        return rc;
    bool lines = first && inner == 0 && looks_like_lines(w, len);
    /* Looking behind the object may have moved the window, so its view is made last. */
    *record = (struct view){w->ptr + w->start, len};
    *line = w->line;
    w->start += len;
    w->line += inner;
    w->any = true;
    if (lines)
        w->mode = WINDOW_LINES;
    return 1;
}

/* The first byte tells an array from objects. */
static int begin_records(struct window *w, mimeo_ctx *ctx, const char *name)
{
    bool found;
    int rc = skip_space(w, ctx, name, &found);
    if (rc < 0)
        return rc;
    w->mode = WINDOW_VALUES;
    if (found && w->ptr[w->start] == '[') {
        w->mode = WINDOW_ARRAY;
        w->start++;
    }
    return 0;
}

int window_next(struct window *w, mimeo_ctx *ctx, const char *name, struct view *record,
                uint64_t *line, bool *only)
{
    *only = false;
    if (w->done)
        return 0;
    if (w->mode == WINDOW_START) {
        int rc = begin_records(w, ctx, name);
        if (rc < 0)
            return rc;
    }
    if (w->mode == WINDOW_LINES)
        return next_line(w, ctx, name, record, line);
    return next_value(w, ctx, name, record, line, only);
}
