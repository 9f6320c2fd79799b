/* Reading twice: see feed/spool.h. */
#include "feed/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int write_all(mimeo_ctx *ctx, int fd, const uint8_t *at, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot keep the export for its second reading in $TMPDIR");
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int copy(mimeo_ctx *ctx, int from, int to)
{
    static uint8_t piece[64 * 1024];
    for (;;) {
        ssize_t got = read(from, piece, sizeof(piece));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ctx_error_errno(ctx, MIMEO_EIO, "cannot read the export");
        if (got == 0)
            return 0;
        int rc = write_all(ctx, to, piece, (size_t)got);
        if (rc < 0)
            return rc;
    }
}

int spool_init(struct spool *s, mimeo_ctx *ctx, const struct feed_source *source)
{
    *s = (struct spool){.source = *source, .head = source->head};
    if (source->fd < 0 || (s->start = lseek(source->fd, 0, SEEK_CUR)) >= 0)
        return 0;
    const char *directory = getenv("TMPDIR");
    if (directory == NULL || directory[0] != '/')
        directory = "/tmp";
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot keep the export for its second reading in '%s'", directory);
    s->source.fd = fd;
    s->own = true;
    s->start = 0;
    int rc = copy(ctx, source->fd, fd);
    return rc < 0 ? rc : spool_again(s, ctx);
}

int spool_again(struct spool *s, mimeo_ctx *ctx)
{
    s->source.head = s->head;
    if (s->source.fd >= 0 && lseek(s->source.fd, s->start, SEEK_SET) < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot read the export again");
    return 0;
}

void spool_dispose(struct spool *s)
{
    if (s->own)
        close(s->source.fd);
}
