/* The page that is handed on: the one that is built in, or that of --page. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define PAGE_MAX (16 * 1024 * 1024)

static int refuse(const char *path)
{
    fprintf(stderr, "mimeo: cannot read the page '%s': %s\n", path, strerror(errno));
    return EXIT_FAIL;
}

static int read_all(int fd, unsigned char *bytes, size_t len, size_t *got)
{
    *got = 0;
    while (*got < len) {
        ssize_t n = read(fd, bytes + *got, len - *got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : 0;
        *got += (size_t)n;
    }
    return 0;
}

/* The bytes of a file, in fresh memory. */
static int load(struct page *out, const char *path)
{
    struct stat st;
    size_t len;
    errno = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > PAGE_MAX) {
        errno = fd >= 0 && errno == 0 ? EINVAL : errno;
        int status = refuse(path);
        if (fd >= 0)
            close(fd);
        return status;
    }
    unsigned char *bytes = malloc((size_t)st.st_size + 1);
    int bad = bytes == NULL || read_all(fd, bytes, (size_t)st.st_size, &len) < 0;
    close(fd);
    if (bad) {
        free(bytes);
        return refuse(path);
    }
    *out = (struct page){bytes, bytes, len};
    return EXIT_OK;
}

int page_load(struct page *out, const char *path)
{
    struct page built_in = {NULL, NULL, 0};
    if (path != NULL)
        return load(out, path);
    built_in.bytes = mimeo_page(&built_in.len);
    *out = built_in;
    return EXIT_OK;
}

void page_dispose(struct page *p)
{
    free(p->own);
    p->own = NULL;
}
