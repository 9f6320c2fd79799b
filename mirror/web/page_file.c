/* A page that lies beside somebody's mirror, or its service worker: is it the one that this mimeo was built with? */
#include <mimeo/page.h>

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mimeo/error.h>

/* The file's bytes are these, and no more. */
static bool is_all(int fd, const unsigned char *bytes, size_t len)
{
    unsigned char part[16384];
    size_t at = 0;
    ssize_t n;
    while ((n = read(fd, part, sizeof(part))) > 0) {
        if ((size_t)n > len - at || memcmp(part, bytes + at, (size_t)n) != 0)
            return false;
        at += (size_t)n;
    }
    return n == 0 && at == len;
}

int mimeo_page_is(const char *directory, const char *name)
{
    size_t len;
    struct stat st;
    const unsigned char *ours = strcmp(name, MIMEO_PAGE_SERVICE_NAME) == 0 ? mimeo_page_service(&len) : mimeo_page(&len);
    int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = ours == NULL || dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int found = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? is_all(fd, ours, len) : MIMEO_ENOTFOUND;
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    return found;
}
