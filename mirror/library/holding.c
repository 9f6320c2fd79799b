/* Paths in a library, and the mark of what arrived: one small file, in work/, since losing it loses nothing. */
#include "library/holding.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

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

int library_mark_arrived(mimeo_ctx *ctx, const char *library, const struct hash *publisher, uint64_t seq_before)
{
    char *path = NULL, text[32];
    int rc = library_work_path(&path, ctx, library, publisher);
    if (rc < 0)
        return rc;
    rc = dir_make(ctx, path, 0700);
    int fd = rc < 0 ? rc : dir_open(ctx, path);
    free(path);
    if (fd < 0)
        return fd;
    snprintf(text, sizeof(text), "%llu\n", (unsigned long long)seq_before);
    rc = file_write_atomic(ctx, fd, "arrived", view_of_str(text), 0600);
    close(fd);
    return rc;
}

int library_read_arrived(uint64_t *seq_before, mimeo_ctx *ctx, const char *library, const struct hash *publisher)
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
    rc = file_load_at(&f, ctx, fd, "arrived", 32, false);
    close(fd);
    if (rc < 0)
        return rc == MIMEO_ENOMEM ? rc : 0;
    struct cursor c = cursor_of(f.view);
    struct view line;
    rc = cursor_line(&c, &line) && parse_decimal(line, LIMIT_SEQ, seq_before);
    file_unload(&f);
    return rc;
}
