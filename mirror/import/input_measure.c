/*
 * How much there is to read, for showing progress: found out before the first item, by names and sizes alone.
 *
 * What a walk passes over (import/input.c) is not counted; a file that changes meanwhile makes the number wrong, and nothing
 * else.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "import/cutter.h"
#include "import/fetch.h"

struct measuring {
    mimeo_ctx *ctx;
    int fd, depth;
    uint64_t bytes;
};

static void measure_directory(struct measuring *m);

static int measure_name(const char *name, unsigned char d_type, void *payload)
{
    struct measuring *m = payload;
    struct stat st;
    size_t len = strlen(name);
    (void)d_type;
    if (name[0] == '.' || fstatat(m->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return ctx_check_cancel(m->ctx);
    if (S_ISREG(st.st_mode) && name_is_input(name))
        m->bytes += (uint64_t)st.st_size;
    if (S_ISDIR(st.st_mode) && m->depth < WALK_DEPTH && (len < 6 || strcmp(name + len - 6, "_files") != 0)) {
        struct measuring below = {m->ctx, dir_open_beneath(m->ctx, m->fd, name), m->depth + 1, 0};
        measure_directory(&below);
        m->bytes += below.bytes;
    }
    return ctx_check_cancel(m->ctx);
}

/* What cannot be listed is told when it is walked. */
static void measure_directory(struct measuring *m)
{
    if (m->fd < 0)
        return;
    dir_each(m->ctx, m->fd, WALK_ENTRIES, measure_name, m);
    close(m->fd);
}

uint64_t input_measure(mimeo_ctx *ctx, const char *const *paths, size_t count)
{
    mimeo_ctx quiet;
    uint64_t bytes = 0;
    ctx_init_worker(&quiet, ctx);
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        if (strcmp(paths[i], "-") == 0 || fetch_is_address(paths[i]) || stat(paths[i], &st) < 0 ||
            !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
            return 0;
        struct measuring m = {&quiet, S_ISDIR(st.st_mode) ? dir_open(&quiet, paths[i]) : -1, 1, 0};
        measure_directory(&m);
        bytes += S_ISDIR(st.st_mode) ? m.bytes : (uint64_t)st.st_size;
    }
    return bytes;
}
