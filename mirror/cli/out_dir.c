/*
 * A directory that results go to, a file each.
 *
 * What a reader would get wrong: names come from pages and archives, that is, from anybody.  So no name has a slash or
 * a control, and none begins with a dot or a hyphen; and two results of one run never share a file.  A file appears
 * whole under its name, but is not synced: what was extracted can be extracted again, and waiting for the disk took longer
 * than extracting.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define NAME_MAX_BYTES 120

struct taken { /* a name that this run has used, and how often */
    char *name;
    unsigned long times;
};

struct out_dir {
    const char *path;
    int fd;
    struct taken *taken; /* open addressing; cap is a power of two */
    size_t cap, count;
    char temporary[64], name[NAME_MAX_BYTES + 48];
    char *shown;
};

static int refuse(const char *what, const char *path)
{
    fprintf(stderr, "mimeo: cannot %s '%s': %s\n", what, path, strerror(errno));
    return EXIT_FAIL;
}

int out_dir_open(struct out_dir **out, const char *path)
{
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return refuse("make", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refuse("open", path);
    struct out_dir *d = calloc(1, sizeof(*d));
    if (d == NULL) {
        close(fd);
        return refuse("open", path);
    }
    d->path = path;
    d->fd = fd;
    *out = d;
    return EXIT_OK;
}

void out_dir_close(struct out_dir *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->cap; i++)
        free(d->taken[i].name);
    free(d->taken);
    free(d->shown);
    close(d->fd);
    free(d);
}

/* ---- names ---- */

static void make_safe(char out[NAME_MAX_BYTES + 1], const char *name)
{
    size_t len = 0;
    while (*name == '.' || *name == '-' || *name == ' ')
        name++;
    for (; *name != '\0' && len < NAME_MAX_BYTES; name++) {
        unsigned char c = (unsigned char)*name;
        out[len++] = c < 0x20 || c == 0x7F || c == '/' || c == '\\' || c == ':' ? '-' : *name;
    }
    while (*name != '\0' && len > 0 && ((unsigned char)*name & 0xC0) == 0x80) /* cut within a character */
        name = &out[--len];
    out[len] = '\0';
    if (len == 0)
        strcpy(out, "article");
}

static struct taken *slot_of(struct taken *taken, size_t cap, const char *name)
{
    size_t hash = 1469598103934665603U;
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211U;
    size_t at = hash & (cap - 1);
    while (taken[at].name != NULL && strcmp(taken[at].name, name) != 0)
        at = (at + 1) & (cap - 1);
    return &taken[at];
}

static int grow(struct out_dir *d)
{
    size_t cap = d->cap == 0 ? 64 : d->cap * 2;
    struct taken *taken = calloc(cap, sizeof(*taken));
    if (taken == NULL)
        return -1;
    for (size_t i = 0; i < d->cap; i++) {
        if (d->taken[i].name != NULL)
            *slot_of(taken, cap, d->taken[i].name) = d->taken[i];
    }
    free(d->taken);
    d->taken = taken;
    d->cap = cap;
    return 0;
}

/* How often the name was used, this time included; 0 on no memory. */
static unsigned long take(struct out_dir *d, const char *name)
{
    if (d->count * 2 >= d->cap && grow(d) < 0)
        return 0;
    struct taken *t = slot_of(d->taken, d->cap, name);
    if (t->name == NULL) {
        t->name = strdup(name);
        d->count += t->name != NULL;
    }
    return t->name == NULL ? 0 : ++t->times;
}

/* The first of name.txt, name-2.txt … that this run has not used: "name-2" may be somebody else's own. */
static int choose(struct out_dir *d, const char *name, const char *extension)
{
    char safe[NAME_MAX_BYTES + 1];
    make_safe(safe, name);
    unsigned long n = take(d, safe);
    if (n == 0)
        return -1;
    snprintf(d->name, sizeof(d->name), "%s%s", safe, extension);
    for (unsigned long again = 2; n > 1 && again != 1;) {
        char numbered[sizeof(safe) + 24];
        snprintf(numbered, sizeof(numbered), "%s-%lu", safe, n++);
        again = take(d, numbered);
        if (again == 0)
            return -1;
        snprintf(d->name, sizeof(d->name), "%s%s", numbered, extension);
    }
    return 0;
}

/* ---- files ---- */

static int make_temporary(int dir, char name[64])
{
    static unsigned long count;
    for (int tries = 0; tries < 100; tries++) {
        snprintf(name, 64, ".mimeo-%ld-%lu.part", (long)getpid(), __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED));
        int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

FILE *out_dir_begin(struct out_dir *d, const char *name, const char *extension)
{
    int fd = choose(d, name, extension) < 0 ? -1 : make_temporary(d->fd, d->temporary);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        refuse("write into", d->path);
        if (fd >= 0) {
            close(fd);
            unlinkat(d->fd, d->temporary, 0);
        }
    }
    return file;
}

int out_dir_done(struct out_dir *d, FILE *file, const char **path)
{
    bool bad = fflush(file) != 0 || ferror(file);
    bad = fclose(file) != 0 || bad;
    if (bad || renameat(d->fd, d->temporary, d->fd, d->name) < 0) {
        refuse("write", d->name);
        unlinkat(d->fd, d->temporary, 0);
        return EXIT_FAIL;
    }
    size_t len = strlen(d->path) + strlen(d->name) + 2;
    free(d->shown);
    d->shown = malloc(len);
    if (d->shown == NULL)
        return refuse("write", d->name);
    snprintf(d->shown, len, "%s/%s", d->path, d->name);
    *path = d->shown;
    return EXIT_OK;
}

int out_dir_put(struct out_dir *d, const char *name, const unsigned char *bytes, size_t len)
{
    char temporary[64];
    int fd = make_temporary(d->fd, temporary);
    if (fd < 0)
        return -1;
    int bad = write_all(fd, bytes, len) < 0;
    bad = close(fd) < 0 || bad;
    if (bad || renameat(d->fd, temporary, d->fd, name) < 0) {
        int why = errno;
        unlinkat(d->fd, temporary, 0);
        errno = why;
        return -1;
    }
    return 0;
}
