/*
 * A directory or a stick as a remote: it takes the files.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "library/take.h"
#include "sync/push.h"

#define BUNDLE_OVERHEAD 5000 /* its header, and the rest of a file system's block */
#define LOCK_SECONDS 10

/* ---- what is there ---- */

static bool has(const char *path, const char *name)
{
    struct stat st;
    char *joined = path_join(path, name);
    bool there = joined != NULL && lstat(joined, &st) == 0;
    free(joined);
    return there;
}

static bool is_repository(const char *path)
{
    return has(path, "HEAD") && has(path, "objects") && has(path, "refs");
}

static int is_empty(bool *empty, mimeo_ctx *ctx, const char *path)
{
    DIR *d = opendir(path);
    if (d == NULL)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
    *empty = true;
    for (struct dirent *e = readdir(d); *empty && e != NULL; e = readdir(d))
        *empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || strncmp(e->d_name, ".mimeo-tmp-", 11) == 0 ||
                 store_name_is_furniture(e->d_name);
    closedir(d);
    return 0;
}

static bool sounds_like_git(const char *path)
{
    size_t len = strlen(path);
    while (len > 0 && path[len - 1] == '/')
        len--;
    return len > 4 && strncmp(path + len - 4, ".git", 4) == 0;
}

int push_place_of(enum push_place *out, mimeo_ctx *ctx, const char *path)
{
    struct stat st;
    bool empty = false;
    *out = PUSH_DIRECTORY;
    if (stat(path, &st) < 0 && errno != ENOENT)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot open '%s'", path);
    if (stat(path, &st) < 0 && sounds_like_git(path))
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no repository '%s': make it with 'git init --bare', or name a "
                                               "directory for the files", path);
    if (stat(path, &st) < 0 && strchr(path, '/') == NULL) /* as likely a remote's name that was mistyped */
        return ctx_error(ctx, MIMEO_ENOTFOUND, "there is no remote and no directory '%s': 'git remote add' makes a remote, "
                                               "'./%s' a directory", path, path);
    if (stat(path, &st) < 0)
        return 0;
    if (!S_ISDIR(st.st_mode))
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a file: name a repository or a directory ('mimeo export' writes files)", path);
    if (has(path, ".git"))
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is a git work tree: name a bare repository, or a directory without git", path);
    if (is_repository(path)) {
        *out = PUSH_REPOSITORY;
        return 0;
    }
    if (has(path, "head") || has(path, "bundles") || has(path, "charter"))
        return 0;
    int rc = is_empty(&empty, ctx, path);
    if (rc == 0 && !empty)
        rc = ctx_error(ctx, MIMEO_EEXISTS, "'%s' has other things in it: name an empty directory, such as '%s/mirror'", path, path);
    return rc;
}

/* ---- room ---- */

/* The bytes still to be written, by what the two heads say. */
static uint64_t bytes_wanted(const struct header *ours, const struct header *theirs, bool media)
{
    uint64_t all = ours->archive_bytes + ours->seq * BUNDLE_OVERHEAD + (media ? ours->archive_media_bytes : 0);
    uint64_t have = theirs == NULL ? 0
                                   : theirs->archive_bytes + theirs->seq * BUNDLE_OVERHEAD +
                                         (media ? theirs->archive_media_bytes : 0);
    return all > have ? all - have : 0;
}

static int check_room(struct push_source *s, const char *path, const char *what, const struct header *theirs)
{
    struct statvfs fs;
    if (statvfs(path, &fs) < 0)
        return ctx_error_errno(s->ctx, MIMEO_EIO, "cannot look at '%s'", path);
    uint64_t wanted = bytes_wanted(&s->mirror->head, theirs, !s->options->no_media);
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (wanted <= room)
        return 0;
    return ctx_error(s->ctx, MIMEO_EIO, "%s: %llu MB are wanted there and %llu MB are free: make room%s", what,
                     (unsigned long long)(wanted / 1000000 + 1), (unsigned long long)(room / 1000000),
                     s->options->no_media ? "" : ", or leave the pictures out (--no-media)");
}

/* ---- taking ---- */

/* What the directory has already: whose it is, and that it is not ahead of us. */
static int judge_directory(struct push_source *s, const char *path, const char *what)
{
    mimeo_mirror *m;
    if (!has(path, "head") && !has(path, "bundles"))
        return check_room(s, path, what, NULL);
    int rc = mirror_open(&m, s->ctx, path, s->options->library, MIRROR_FETCHED);
    if (rc < 0)
        return ctx_error_prefix(s->ctx, rc, "%s", what);
    if (!hash_equal(&m->chain.publisher, &s->mirror->chain.publisher))
        rc = ctx_error(s->ctx, MIMEO_EEXISTS, "%s is another publisher's mirror: name another directory", what);
    else if (m->verdict == MIMEO_CONFLICTED)
        rc = ctx_error(s->ctx, MIMEO_ECONFLICT, "%s: %s", what, m->reason);
    else if (m->has_head && m->head.seq > s->mirror->head.seq)
        rc = ctx_error(s->ctx, MIMEO_ECONFLICT, "%s has bundle %llu and this ends with %llu: another machine has published, or "
                       "this directory is an old copy; bring it up to date first", what, (unsigned long long)m->head.seq,
                       (unsigned long long)s->mirror->head.seq);
    else
        rc = check_room(s, path, what, m->has_head ? &m->head : NULL);
    mimeo_mirror_free(m);
    return rc;
}

/* The directory itself is the lock: nothing but the mirror's files is left on a stick. */
static int lock_directory(int *out, mimeo_ctx *ctx, const char *path, const char *what)
{
    int fd = dir_open(ctx, path);
    if (fd < 0)
        return fd;
    for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
        int rc = ctx_check_cancel(ctx);
        if (rc == 0 && errno != EWOULDBLOCK)
            rc = errno == ENOLCK || errno == ENOTSUP ? 1 : ctx_error_errno(ctx, MIMEO_EIO, "cannot lock '%s'", path);
        if (rc == 0 && tries > LOCK_SECONDS * 20)
            rc = ctx_error(ctx, MIMEO_EBUSY, "%s: another mimeo writes there: wait for it, then run again", what);
        if (rc > 0)
            break; /* a file system without locks */
        if (rc < 0) {
            close(fd);
            return rc;
        }
        usleep(50000);
    }
    *out = fd;
    return 0;
}

struct first_fault {
    char words[CTX_MESSAGE_MAX];
    int code;
};

static void remember_fault(const struct mimeo_fault *fault, void *payload)
{
    struct first_fault *f = payload;
    if (f->code != 0)
        return;
    f->code = mimeo_verdict_code(fault->verdict);
    strncpy(f->words, fault->message, sizeof(f->words) - 1);
}

static int take_there(struct push_report *report, struct push_source *s, const char *path, const char *what)
{
    struct first_fault fault = {"", 0};
    struct take_options o = {.no_media = s->options->no_media, .mode = 0644, .fault = remember_fault, .payload = &fault};
    struct take_result r = {.bundles = 0};
    int rc = take(s->ctx, s->mirror, path, s->options->library, &o, &r);
    if (rc < 0)
        return ctx_error_prefix(s->ctx, rc, "%s", what);
    bool changed = r.bundles + r.media + r.dictionaries + r.charters + r.erased + r.replaced > 0;
    report->outcome = changed ? MIMEO_PUSHED : MIMEO_PUSH_UNCHANGED;
    report->rewrote = r.erased + r.replaced > 0;
    struct mimeo_mirror_state state;
    mimeo_mirror_get_state(s->mirror, &state);
    if (state.missing > 0)
        buf_appendf(&report->words, "a part: %llu bundles are not held here", (unsigned long long)state.missing);
    if (r.faults > 0)
        return ctx_error(s->ctx, fault.code < 0 ? fault.code : MIMEO_EINCOMPLETE, "%s: not all could be handed on: %s", what,
                         fault.words);
    return 0;
}

/* ---- the page ---- */

static bool page_file_is_there(struct push_source *s, int dir, const struct mimeo_push_file *f)
{
    struct file_bytes there;
    if (file_load_at(&there, s->ctx, dir, f->name, f->len, false) < 0)
        return false;
    bool same = view_equal(there.view, view_of(f->bytes, f->len));
    file_unload(&there);
    return same;
}

/* The page after all that it shows.  What somebody else put there by its name is replaced only where that is asked for. */
static int put_page_file(struct push_report *report, struct push_source *s, int dir, const char *what,
                         const struct mimeo_push_file *f)
{
    if (page_file_is_there(s, dir, f))
        return 0;
    if (!s->options->with_reader) {
        char words[160];
        snprintf(words, sizeof(words), "its %.40s is not the one of this mimeo: --with-reader replaces it", f->name);
        push_report_add(report, faccessat(dir, f->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? words : "");
        return 0;
    }
    int rc = file_write_atomic(s->ctx, dir, f->name, view_of(f->bytes, f->len), 0644);
    if (rc < 0)
        return ctx_error_prefix(s->ctx, rc, "%s", what);
    report->outcome = MIMEO_PUSHED;
    return 0;
}

static int put_page(struct push_report *report, struct push_source *s, const char *path, const char *what)
{
    int dir = dir_open(s->ctx, path);
    int rc = dir < 0 ? dir : 0;
    for (size_t i = 0; rc == 0 && i < s->options->page_file_count; i++)
        rc = put_page_file(report, s, dir, what, &s->options->page_files[i]);
    if (dir >= 0)
        close(dir);
    return rc;
}

int push_to_directory(struct push_report *report, struct push_source *s, const struct push_remote *remote)
{
    char what[256];
    int lock = -1;
    snprintf(what, sizeof(what), "'%.200s'", remote->shown);
    int rc = dir_make(s->ctx, remote->address, 0755);
    if (rc == 0)
        rc = lock_directory(&lock, s->ctx, remote->address, what);
    if (rc == 0)
        rc = judge_directory(s, remote->address, what);
    if (rc == 0)
        rc = take_there(report, s, remote->address, what);
    if (rc == 0)
        rc = put_page(report, s, remote->address, what);
    if (lock >= 0)
        close(lock);
    return rc;
}
