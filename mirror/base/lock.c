/* Advisory locks: base/file.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int file_lock(int *out_fd, mimeo_ctx *ctx, int dir_fd, const char *name, int seconds)
{
    int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot make the lock '%s'", name);
    int64_t deadline = milliseconds() + (int64_t)seconds * 1000;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot lock '%s'", name);
            close(fd);
            return rc;
        }
        int rc = ctx_check_cancel(ctx);
        if (rc == 0 && milliseconds() >= deadline)
            rc = ctx_error(ctx, MIMEO_EBUSY,
                           "another mimeo is at work here (it holds '%s'): wait for it, then run again", name);
        if (rc < 0) {
            close(fd);
            return rc;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    }
    *out_fd = fd;
    return 0;
}

void file_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}
