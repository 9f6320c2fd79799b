/*
 * Where exports go: names, and files that appear when they are whole.
 *
 * What a reader would get wrong: a name is the user's or random.  Nothing of the publisher, nor of the date, is in it, and
 * an encrypted file has no ending that would say what it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "library/export_inside.h"

#define FILE_MODE 0644
#define NAME_BYTES_MAX 200
#define BASE64_PIECE ((size_t)48 * 1024) /* a multiple of 3 */

/* ---- names ---- */

void export_random_name(char out[9], mimeo_ctx *ctx)
{
    uint8_t byte;
    for (size_t i = 0; i < 8;) {
        ctx_random(ctx, &byte, 1);
        if (byte < 26 * 9) /* the rest would make some letters likelier */
            out[i++] = (char)('a' + byte % 26);
    }
    out[8] = '\0';
}

int export_part_name(char **out, mimeo_ctx *ctx, const char *name, uint32_t number, uint32_t of)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    int digits = of > 999 ? 4 : of > 99 ? 3 : of > 9 ? 2 : 1;
    char *made;
    int n = of < 2 ? asprintf(&made, "%s", name)
                   : asprintf(&made, "%.*s-%0*u%s", (int)stem, name, digits, number, name + stem);
    if (n < 0)
        return ctx_error_nomem(ctx);
    *out = made;
    return 0;
}

int export_path_of(char **out, mimeo_ctx *ctx, const struct export_place *p, const char *name)
{
    char *made = p->dir_path[0] == '\0' ? strdup(name) : path_join(p->dir_path, name);
    if (made == NULL)
        return ctx_error_nomem(ctx);
    *out = made;
    return 0;
}

/* ---- places ---- */

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "a/b" is the name b in a; a directory is that, and the name random. */
static int split(struct export_place *p, mimeo_ctx *ctx, const char *output, bool random_is_fine)
{
    const char *slash = strrchr(output, '/'), *name = slash == NULL ? output : slash + 1;
    bool whole = is_directory(output);
    if (whole && !random_is_fine)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a directory: name a file", output);
    if (!whole && (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no directory '%s'", output);
    if (!whole && strlen(name) > NAME_BYTES_MAX)
        return ctx_error(ctx, MIMEO_EUSAGE, "the name is longer than %d bytes: choose a shorter one", NAME_BYTES_MAX);
    size_t len = whole ? strlen(output) : slash == NULL ? 0 : slash == output ? 1 : (size_t)(slash - output);
    p->dir_path = strndup(output, len);
    p->name = whole ? NULL : strdup(name);
    return p->dir_path == NULL || (!whole && p->name == NULL) ? ctx_error_nomem(ctx) : 0;
}

int export_place_open(struct export_place *out, mimeo_ctx *ctx, const char *output, int fd, bool random_is_fine)
{
    struct export_place p = {.dir = -1, .fd = fd};
    int rc;
    if (output != NULL && strcmp(output, "-") == 0) {
        p.dir_path = strdup("");
        p.name = strdup("-");
        rc = p.dir_path == NULL || p.name == NULL ? ctx_error_nomem(ctx) : 0;
    } else {
        if (output == NULL) {
            p.dir_path = strdup("");
            rc = p.dir_path == NULL ? ctx_error_nomem(ctx) : 0;
        } else {
            rc = split(&p, ctx, output, random_is_fine);
        }
        if (rc == 0 && (p.dir = dir_open(ctx, p.dir_path[0] == '\0' ? "." : p.dir_path)) < 0)
            rc = p.dir;
        if (rc == 0)
            rc = dir_remove_stale(ctx, p.dir);
    }
    *out = p;
    if (rc < 0)
        export_place_dispose(out);
    return rc;
}

void export_place_dispose(struct export_place *p)
{
    if (p->dir >= 0)
        close(p->dir);
    free(p->dir_path);
    free(p->name);
    *p = (struct export_place){.dir = -1, .fd = -1};
}

/* ---- outputs ---- */

int export_output_open(struct export_output *out, mimeo_ctx *ctx, const struct export_place *p, const char *name,
                       bool replace)
{
    struct export_output o = {.is_file = p->dir >= 0, .fd = p->fd, .file = {.dir = -1, .fd = -1}};
    int rc = export_path_of(&o.path, ctx, p, name);
    if (rc == 0 && o.is_file)
        rc = new_file_open(&o.file, ctx, p->dir, name, FILE_MODE, replace);
    *out = o;
    if (rc < 0)
        export_output_dispose(out);
    return rc;
}

static int write_to(mimeo_ctx *ctx, int fd, struct view bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) {
            int rc = ctx_check_cancel(ctx);
            if (rc < 0)
                return rc;
            continue;
        }
        if (n < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot write the output");
        bytes.ptr += n;
        bytes.len -= (size_t)n;
    }
    return 0;
}

int export_output_put(struct export_output *o, mimeo_ctx *ctx, struct view bytes)
{
    int rc = o->is_file ? new_file_write(&o->file, ctx, bytes) : write_to(ctx, o->fd, bytes);
    if (rc == 0)
        o->len += bytes.len;
    return rc;
}

int export_output_put_base64(struct export_output *o, mimeo_ctx *ctx, struct view bytes)
{
    struct buf text;
    int rc = 0;
    buf_init(&text, 2 * BASE64_PIECE);
    while (rc == 0 && bytes.len > 0) {
        size_t n = bytes.len < BASE64_PIECE ? bytes.len : BASE64_PIECE;
        buf_clear(&text);
        rc = buf_append_base64(&text, bytes.ptr, n) < 0 ? ctx_error_nomem(ctx)
                                                        : export_output_put(o, ctx, buf_view(&text));
        bytes = view_of(bytes.ptr + n, bytes.len - n);
    }
    buf_dispose(&text);
    return rc;
}

int export_output_commit(struct export_output *o, mimeo_ctx *ctx)
{
    return o->is_file ? new_file_commit(&o->file, ctx) : 0;
}

void export_output_dispose(struct export_output *o)
{
    new_file_dispose(&o->file);
    free(o->path);
    o->path = NULL;
}
