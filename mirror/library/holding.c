/* Paths in a library, and the mark of what arrived: one small file, in work/, since losing it loses nothing. */
#include "library/holding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#define ARRIVED_MAX 4096 /* bytes of the mark: a line a range */

static int below(char **out, mimeo_ctx *ctx, const char *library, const char *what, const struct hash *publisher)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, publisher);
    char *dir = path_join(library, what);
    char *path = dir == NULL ? NULL : path_join(dir, hex);
    free(dir);
    if (path == NULL)
        return ctx_error_nomem(ctx);
    *out = path;
    return 0;
}

int library_publisher_path(char **out, mimeo_ctx *ctx, const char *library, const struct hash *publisher)
{
    return below(out, ctx, library, "publishers", publisher);
}

bool library_is_held(const char *publisher_path)
{
    static const char *const signs[] = {"charter/000001", "head", "bundles"};
    bool held = false;
    for (size_t i = 0; !held && i < sizeof(signs) / sizeof(signs[0]); i++) {
        char *path = path_join(publisher_path, signs[i]);
        held = path == NULL || access(path, F_OK) == 0; /* without memory, what comes next says so */
        free(path);
    }
    return held;
}

int library_work_path(char **out, mimeo_ctx *ctx, const char *library, const struct hash *publisher)
{
    return below(out, ctx, library, "work", publisher);
}

bool arrived_has(const struct arrived *a, uint64_t seq)
{
    for (size_t i = 0; seq <= a->above && i < a->count; i++)
        if (a->older[i].first <= seq && seq <= a->older[i].last)
            return true;
    return seq > a->above;
}

/* They come in rising order, but for those of another source. */
void arrived_add(struct arrived *a, uint64_t seq)
{
    size_t i = 0;
    if (arrived_has(a, seq))
        return;
    while (i < a->count && a->older[i].last + 1 < seq)
        i++;
    if (i < a->count && a->older[i].first <= seq + 1) { /* beside one that is there */
        a->older[i].first = seq < a->older[i].first ? seq : a->older[i].first;
        a->older[i].last = seq > a->older[i].last ? seq : a->older[i].last;
    } else if (a->count == ARRIVED_RANGES) {
        i = i == a->count ? i - 1 : i;
        a->older[i].first = seq < a->older[i].first ? seq : a->older[i].first;
        a->older[i].last = seq > a->older[i].last ? seq : a->older[i].last;
    } else {
        memmove(&a->older[i + 1], &a->older[i], (a->count - i) * sizeof(a->older[0]));
        a->older[i].first = a->older[i].last = seq;
        a->count++;
    }
}

int library_mark_arrived(mimeo_ctx *ctx, const char *library, const struct hash *publisher, const struct arrived *a)
{
    char *path = NULL;
    struct buf text;
    int rc = library_work_path(&path, ctx, library, publisher);
    if (rc < 0)
        return rc;
    rc = dir_make(ctx, path, 0700);
    int fd = rc < 0 ? rc : dir_open(ctx, path);
    free(path);
    if (fd < 0)
        return fd;
    buf_init(&text, ARRIVED_MAX);
    buf_appendf(&text, "%llu\n", (unsigned long long)a->above);
    for (size_t i = 0; i < a->count; i++)
        buf_appendf(&text, "%llu %llu\n", (unsigned long long)a->older[i].first, (unsigned long long)a->older[i].last);
    rc = buf_status(&text) < 0 ? ctx_error_nomem(ctx) : file_write_atomic(ctx, fd, "arrived", buf_view(&text), 0600);
    buf_dispose(&text);
    close(fd);
    return rc;
}

static bool read_marks(struct arrived *out, struct view text)
{
    struct cursor c = cursor_of(text);
    struct arrived a = {.count = 0};
    struct view line, first;
    if (!cursor_line(&c, &line) || !parse_decimal(line, LIMIT_SEQ, &a.above))
        return false;
    while (a.count < ARRIVED_RANGES && cursor_line(&c, &line)) {
        struct cursor at = cursor_of(line);
        if (!cursor_until(&at, ' ', &first) || !parse_decimal(first, LIMIT_SEQ, &a.older[a.count].first) ||
            !parse_decimal(view_of(at.ptr, at.left), LIMIT_SEQ, &a.older[a.count].last))
            return false;
        a.count++;
    }
    *out = a;
    return true;
}

int library_read_arrived(struct arrived *out, mimeo_ctx *ctx, const char *library, const struct hash *publisher)
{
    char *path = NULL;
    struct file_bytes f;
    int rc = library_work_path(&path, ctx, library, publisher);
    if (rc < 0)
        return rc;
    int fd = dir_open(ctx, path);
    free(path);
    if (fd < 0)
        return fd == MIMEO_ENOTFOUND ? 0 : fd;
    rc = file_load_at(&f, ctx, fd, "arrived", ARRIVED_MAX, false);
    close(fd);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0;
    rc = read_marks(out, f.view);
    file_unload(&f);
    return rc;
}
