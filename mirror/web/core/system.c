/*
 * The system calls that libmimeo makes, answered from memory.
 *
 * There is one directory tree, one thread, and no way out: what is not answered here does not exist.  No links, no
 * "..", no permissions; a lock is always had.  Files that the reader picked are read only, and where their bytes
 * cannot be had any more (a stick that was pulled out), reading fails with EIO, as on a disk.
 *
 * What a reader would get wrong: musl calls these by two sets of names, __syscall_… for what has to do with names and
 * __wasi_… for what has to do with descriptors.
 */
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wasi/api.h>

#define FD_FIRST 3
#define FD_COUNT 256
#define FILE_MAX (16 * 1024 * 1024) /* of one that is written */
#define DEPTH_MAX 16

struct node {
    struct node *parent, *first, *next;
    bool is_directory;
    int file; /* of the host; -1: `bytes` */
    uint8_t *bytes;
    uint64_t size;
    size_t cap;
    unsigned open; /* descriptors */
    bool removed;
    unsigned long number;
    char name[];
};

struct descriptor {
    struct node *node;
    uint64_t at;
};

static struct node *root;
static struct descriptor descriptors[FD_COUNT];
static unsigned long numbers;

/* ---- the tree ---- */

static struct node *node_new(struct node *parent, const char *name, size_t len, bool is_directory)
{
    struct node *n = calloc(1, sizeof(*n) + len + 1);
    if (n == NULL)
        return NULL;
    memcpy(n->name, name, len);
    n->is_directory = is_directory;
    n->file = -1;
    n->number = ++numbers;
    n->parent = parent;
    if (parent != NULL) {
        n->next = parent->first;
        parent->first = n;
    }
    return n;
}

static struct node *get_root(void)
{
    if (root == NULL)
        root = node_new(NULL, "", 0, true);
    return root;
}

static void node_free(struct node *n)
{
    free(n->bytes);
    free(n);
}

static void detach(struct node *n)
{
    struct node **at = &n->parent->first;
    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    n->removed = true;
    if (n->open == 0)
        node_free(n);
}

static struct node *child(const struct node *dir, const char *name, size_t len)
{
    for (struct node *n = dir->first; n != NULL; n = n->next)
        if (strlen(n->name) == len && memcmp(n->name, name, len) == 0)
            return n;
    return NULL;
}

/* The directory that `path` is in; *name and *len are its last part (len 0: the directory itself). */
static int find_parent(struct node **out, const char **name, size_t *len, int dir_fd, const char *path)
{
    struct node *at = get_root();
    if (path[0] != '/' && dir_fd != AT_FDCWD) {
        if (dir_fd < FD_FIRST || dir_fd >= FD_FIRST + FD_COUNT || descriptors[dir_fd - FD_FIRST].node == NULL)
            return -EBADF;
        at = descriptors[dir_fd - FD_FIRST].node;
    }
    if (at == NULL)
        return -ENOMEM;
    *name = "";
    *len = 0;
    for (;;) {
        path += strspn(path, "/");
        size_t n = strcspn(path, "/");
        if (n == 0)
            break;
        if (*len > 0) {
            struct node *below = child(at, *name, *len);
            if (below == NULL)
                return -ENOENT;
            at = below;
        }
        if (!at->is_directory)
            return -ENOTDIR;
        if (n > SYSTEM_NAME_MAX)
            return -ENAMETOOLONG;
        bool is_dot = n == 1 && path[0] == '.';
        if (n == 2 && path[0] == '.' && path[1] == '.')
            return -ENOENT;
        *name = is_dot ? "" : path;
        *len = is_dot ? 0 : n;
        path += n;
    }
    *out = at;
    return 0;
}

static int find(struct node **out, int dir_fd, const char *path)
{
    struct node *dir;
    const char *name;
    size_t len;
    int rc = find_parent(&dir, &name, &len, dir_fd, path);
    if (rc < 0)
        return rc;
    struct node *n = len == 0 ? dir : child(dir, name, len);
    if (n == NULL)
        return -ENOENT;
    *out = n;
    return 0;
}

/* ---- names ---- */

static int open_node(struct node *n)
{
    for (int i = 0; i < FD_COUNT; i++)
        if (descriptors[i].node == NULL) {
            descriptors[i] = (struct descriptor){n, 0};
            n->open++;
            return FD_FIRST + i;
        }
    return -EMFILE;
}

long __syscall_openat(long dir_fd, long path, long flags, ...)
{
    struct node *dir, *n;
    const char *name;
    size_t len;
    int rc = find_parent(&dir, &name, &len, (int)dir_fd, (const char *)path);
    if (rc < 0)
        return rc;
    n = len == 0 ? dir : child(dir, name, len);
    if (n == NULL && (flags & O_CREAT) == 0)
        return -ENOENT;
    if (n != NULL && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
        return -EEXIST;
    if (n == NULL && (n = node_new(dir, name, len, false)) == NULL)
        return -ENOMEM;
    if ((flags & O_DIRECTORY) != 0 && !n->is_directory)
        return -ENOTDIR;
    if ((flags & (O_WRONLY | O_RDWR)) != 0 && (n->is_directory || n->file >= 0))
        return n->is_directory ? -EISDIR : -EACCES;
    return open_node(n);
}

long __syscall_open(long path, long flags, ...)
{
    return __syscall_openat(AT_FDCWD, path, flags);
}

static long make_directory(int dir_fd, const char *path)
{
    struct node *dir;
    const char *name;
    size_t len;
    int rc = find_parent(&dir, &name, &len, dir_fd, path);
    if (rc < 0)
        return rc;
    if (len == 0 || child(dir, name, len) != NULL)
        return -EEXIST;
    return node_new(dir, name, len, true) == NULL ? -ENOMEM : 0;
}

long __syscall_mkdir(long path, long mode)
{
    (void)mode;
    return make_directory(AT_FDCWD, (const char *)path);
}

long __syscall_mkdirat(long dir_fd, long path, long mode)
{
    (void)mode;
    return make_directory((int)dir_fd, (const char *)path);
}

long __syscall_unlinkat(long dir_fd, long path, long flags)
{
    struct node *n;
    int rc = find(&n, (int)dir_fd, (const char *)path);
    if (rc < 0)
        return rc;
    bool want_directory = (flags & AT_REMOVEDIR) != 0;
    if (n == root || n->is_directory != want_directory)
        return n->is_directory ? -EISDIR : -ENOTDIR;
    if (n->first != NULL)
        return -ENOTEMPTY;
    detach(n);
    return 0;
}

/* Files only, and within the tree: all that an atomic write needs. */
long __syscall_renameat(long old_fd, long old_path, long new_fd, long new_path)
{
    struct node *from, *dir;
    const char *name;
    size_t len;
    int rc = find(&from, (int)old_fd, (const char *)old_path);
    if (rc == 0)
        rc = find_parent(&dir, &name, &len, (int)new_fd, (const char *)new_path);
    if (rc < 0)
        return rc;
    if (from->is_directory || len == 0)
        return -EISDIR;
    struct node *there = child(dir, name, len);
    if (there == from)
        return 0;
    if (there != NULL && there->is_directory)
        return -EISDIR;
    struct node *to = node_new(dir, name, len, false);
    if (to == NULL)
        return -ENOMEM;
    to->bytes = from->bytes;
    to->size = from->size;
    to->cap = from->cap;
    to->file = from->file;
    from->bytes = NULL;
    from->size = from->cap = 0;
    detach(from);
    if (there != NULL)
        detach(there);
    return 0;
}

/* ---- what a file is ---- */

static long fill_stat(const struct node *n, long out)
{
    struct stat *st = (struct stat *)out;
    memset(st, 0, sizeof(*st));
    st->st_mode = n->is_directory ? S_IFDIR | 0700 : S_IFREG | 0600;
    st->st_nlink = n->removed ? 0 : 1;
    st->st_size = (off_t)n->size;
    st->st_ino = n->number;
    return 0;
}

static long stat_path(int dir_fd, long path, long out)
{
    struct node *n;
    int rc = find(&n, dir_fd, (const char *)path);
    return rc < 0 ? rc : fill_stat(n, out);
}

long __syscall_stat64(long path, long out)
{
    return stat_path(AT_FDCWD, path, out);
}

long __syscall_lstat64(long path, long out)
{
    return stat_path(AT_FDCWD, path, out);
}

long __syscall_fstatat64(long dir_fd, long path, long out, long flags)
{
    (void)flags;
    return stat_path((int)dir_fd, path, out);
}

static struct descriptor *descriptor_of(long fd)
{
    if (fd < FD_FIRST || fd >= FD_FIRST + FD_COUNT || descriptors[fd - FD_FIRST].node == NULL)
        return NULL;
    return &descriptors[fd - FD_FIRST];
}

long __syscall_fstat64(long fd, long out)
{
    const struct descriptor *d = descriptor_of(fd);
    return d == NULL ? -EBADF : fill_stat(d->node, out);
}

/* ---- listing: `at` counts the entries that were handed out ---- */

long __syscall_getdents64(long fd, long out, long len)
{
    struct descriptor *d = descriptor_of(fd);
    if (d == NULL || !d->node->is_directory)
        return d == NULL ? -EBADF : -ENOTDIR;
    struct node *n = d->node->first;
    for (uint64_t skip = d->at; n != NULL && skip > 0; skip--)
        n = n->next;
    long used = 0;
    for (; n != NULL; n = n->next) {
        size_t size = (offsetof(struct dirent, d_name) + strlen(n->name) + 1 + 7) & ~(size_t)7;
        if (used + (long)size > len)
            return used == 0 ? -EINVAL : used;
        struct dirent *e = (struct dirent *)(out + used);
        memset(e, 0, size);
        e->d_ino = n->number;
        e->d_off = (off_t)++d->at;
        e->d_reclen = (unsigned short)size;
        e->d_type = n->is_directory ? DT_DIR : DT_REG;
        strcpy(e->d_name, n->name);
        used += (long)size;
    }
    return used;
}

/* ---- bytes ---- */

/* The count, or a negative errno. */
static int read_at(const struct node *n, uint64_t at, void *out, size_t len)
{
    if (n->is_directory)
        return -EISDIR;
    if (at >= n->size)
        return 0;
    if (len > n->size - at)
        len = (size_t)(n->size - at);
    if (n->file < 0) {
        memcpy(out, n->bytes + at, len);
        return (int)len;
    }
    int got = host_read(n->file, (double)at, out, len);
    return got < 0 || (size_t)got > len ? -EIO : got;
}

static __wasi_errno_t read_all(const struct node *n, uint64_t *at, const __wasi_iovec_t *parts, size_t count,
                               __wasi_size_t *total)
{
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        int got = read_at(n, *at, parts[i].buf, parts[i].buf_len);
        if (got < 0)
            return (__wasi_errno_t)-got;
        *at += (uint64_t)got;
        *total += (__wasi_size_t)got;
        if ((size_t)got < parts[i].buf_len)
            break;
    }
    return 0;
}

__wasi_errno_t __wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count, __wasi_size_t *total)
{
    struct descriptor *d = descriptor_of((long)fd);
    return d == NULL ? EBADF : read_all(d->node, &d->at, parts, count, total);
}

__wasi_errno_t __wasi_fd_pread(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count, __wasi_filesize_t offset,
                               __wasi_size_t *total)
{
    const struct descriptor *d = descriptor_of((long)fd);
    uint64_t at = offset;
    return d == NULL ? EBADF : read_all(d->node, &at, parts, count, total);
}

static int grow(struct node *n, uint64_t size)
{
    if (size > FILE_MAX)
        return ENOSPC;
    if (size <= n->cap)
        return 0;
    size_t cap = size < 1024 ? 1024 : 2 * (size_t)size;
    uint8_t *grown = realloc(n->bytes, cap);
    if (grown == NULL)
        return ENOSPC;
    memset(grown + n->cap, 0, cap - n->cap);
    n->bytes = grown;
    n->cap = cap;
    return 0;
}

static int write_at(struct node *n, uint64_t at, const void *bytes, size_t len)
{
    if (n->is_directory || n->file >= 0)
        return EBADF;
    int error = grow(n, at + len);
    if (error != 0)
        return error;
    memcpy(n->bytes + at, bytes, len);
    if (at + len > n->size)
        n->size = at + len;
    return 0;
}

__wasi_errno_t __wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *parts, size_t count, __wasi_size_t *total)
{
    struct descriptor *d = descriptor_of((long)fd);
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        /* Standard error leads nowhere. */
        int error = d == NULL ? 0 : write_at(d->node, d->at, parts[i].buf, parts[i].buf_len);
        if (error != 0)
            return (__wasi_errno_t)error;
        if (d != NULL)
            d->at += parts[i].buf_len;
        *total += parts[i].buf_len;
    }
    return 0;
}

__wasi_errno_t __wasi_fd_seek(__wasi_fd_t fd, __wasi_filedelta_t delta, __wasi_whence_t whence, __wasi_filesize_t *out)
{
    struct descriptor *d = descriptor_of((long)fd);
    if (d == NULL)
        return EBADF;
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)d->at : (int64_t)d->node->size;
    if (d->node->is_directory && (whence != SEEK_SET || delta != 0))
        return EINVAL;
    if (delta < -from)
        return EINVAL;
    d->at = (uint64_t)(from + delta);
    *out = d->at;
    return 0;
}

__wasi_errno_t __wasi_fd_sync(__wasi_fd_t fd)
{
    return descriptor_of((long)fd) == NULL ? EBADF : 0;
}

__wasi_errno_t __wasi_fd_close(__wasi_fd_t fd)
{
    struct descriptor *d = descriptor_of((long)fd);
    if (d == NULL)
        return EBADF;
    struct node *n = d->node;
    d->node = NULL;
    if (--n->open == 0 && n->removed)
        node_free(n);
    return 0;
}

/* ---- the rest of the system ---- */

int fcntl(int fd, int command, ...)
{
    (void)command; /* no flag of ours matters to anybody */
    return descriptor_of(fd) == NULL ? -1 : 0;
}

int flock(int fd, int operation)
{
    (void)operation;
    return descriptor_of(fd) == NULL ? -1 : 0;
}

__wasi_errno_t __wasi_clock_time_get(__wasi_clockid_t clock, __wasi_timestamp_t precision, __wasi_timestamp_t *out)
{
    (void)clock;
    (void)precision;
    *out = (__wasi_timestamp_t)host_now() * 1000000;
    return 0;
}

__wasi_errno_t __wasi_environ_sizes_get(__wasi_size_t *count, __wasi_size_t *size)
{
    *count = 0;
    *size = 0;
    return 0;
}

__wasi_errno_t __wasi_environ_get(uint8_t **strings, uint8_t *bytes)
{
    (void)strings;
    (void)bytes;
    return 0;
}

_Noreturn void __wasi_proc_exit(__wasi_exitcode_t code)
{
    (void)code;
    __builtin_trap(); /* an assert that failed: the script answers for it */
}

void emscripten_notify_memory_growth(size_t memory)
{
    (void)memory; /* the script looks at the memory anew each time */
}

/* ---- for the core ---- */

int system_add_file(const char *name, int file, uint64_t size)
{
    struct node *dir = get_root();
    size_t len = strlen(name);
    if (dir == NULL)
        return ENOMEM;
    if (len == 0 || len > SYSTEM_NAME_MAX || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return EINVAL;
    struct node *there = child(dir, name, len);
    if (there != NULL && there->is_directory)
        return EEXIST;
    struct node *n = node_new(dir, name, len, false);
    if (n == NULL)
        return ENOMEM;
    if (there != NULL)
        detach(there);
    n->file = file;
    n->size = size;
    return 0;
}

int system_write(const char *path, struct view bytes)
{
    char part[4 * SYSTEM_NAME_MAX];
    struct node *n;
    if (strlen(path) >= sizeof(part))
        return ENAMETOOLONG;
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        memcpy(part, path, (size_t)(slash - path));
        part[slash - path] = '\0';
        long rc = make_directory(AT_FDCWD, part);
        if (rc < 0 && rc != -EEXIST)
            return (int)-rc;
    }
    long fd = __syscall_openat(AT_FDCWD, (long)path, O_WRONLY | O_CREAT);
    if (fd < 0)
        return (int)-fd;
    n = descriptors[fd - FD_FIRST].node;
    n->size = 0;
    int error = write_at(n, 0, bytes.ptr, bytes.len);
    return __wasi_fd_close((__wasi_fd_t)fd) != 0 ? EBADF : error;
}

static int each_below(const struct node *dir, char *path, size_t len, int depth,
                      int (*fn)(const char *path, struct view bytes, void *payload), void *payload)
{
    int rc = 0;
    for (const struct node *n = dir->first; rc == 0 && n != NULL; n = n->next) {
        size_t name_len = strlen(n->name);
        if (depth == DEPTH_MAX || len + name_len + 2 > 4 * SYSTEM_NAME_MAX)
            return ENAMETOOLONG;
        if (n->file >= 0)
            continue;
        memcpy(path + len, n->name, name_len + 1);
        if (!n->is_directory) {
            rc = fn(path, view_of(n->bytes, (size_t)n->size), payload);
            continue;
        }
        path[len + name_len] = '/';
        rc = each_below(n, path, len + name_len + 1, depth + 1, fn, payload);
    }
    return rc;
}

int system_each_file(int (*fn)(const char *path, struct view bytes, void *payload), void *payload)
{
    char path[4 * SYSTEM_NAME_MAX];
    return get_root() == NULL ? ENOMEM : each_below(root, path, 0, 0, fn, payload);
}

static void remove_below(struct node *n)
{
    while (n->first != NULL)
        remove_below(n->first);
    detach(n);
}

void system_remove(const char *name)
{
    struct node *n;
    if (find(&n, AT_FDCWD, name) == 0 && n != root)
        remove_below(n);
}
