/* SQLite's calls, with our errors. */
#include "library/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

/* ---- errors ---- */

/* SQLite tells a full disk as that, or as one of many I/O errors. */
static bool is_full(const struct database *db, int code)
{
    struct statvfs fs;
    if (code == SQLITE_FULL || sqlite3_system_errno(db->handle) == ENOSPC)
        return true;
    return (code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && statvfs(db->path, &fs) == 0 &&
           fs.f_bavail * fs.f_frsize < 64 * KIB;
}

int database_fail(struct database *db, mimeo_ctx *ctx)
{
    int code = sqlite3_errcode(db->handle) & 0xFF;
    db->spoilt |= code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
    if (code == SQLITE_NOMEM)
        return ctx_error_nomem(ctx);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return ctx_error(ctx, MIMEO_EBUSY, "'%s': another mimeo is writing it: run again", db->path);
    if (is_full(db, code))
        return ctx_error(ctx, MIMEO_EIO, "'%s': the disk is full: free some space and run again", db->path);
    const char *next = code == SQLITE_READONLY ? "it cannot be written: look at its permissions"
                                               : "it is a cache: remove it and run again";
    return ctx_error(ctx, MIMEO_EIO, "'%s': %s: %s", db->path, sqlite3_errmsg(db->handle), next);
}

bool database_is_spoilt(const struct database *db)
{
    return db->spoilt;
}

/* ---- opening ---- */

static void shut(struct database *db)
{
    for (int i = 0; db->statements != NULL && i < db->plan->statement_count; i++) {
        sqlite3_finalize(db->statements[i]);
        db->statements[i] = NULL;
    }
    sqlite3_close(db->handle);
    db->handle = NULL;
}

static bool exec(struct database *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Statements are prepared at their first use: a reader who opens one article uses four of them. */
static sqlite3_stmt *statement_of(struct database *db, int statement)
{
    sqlite3_stmt **s = &db->statements[statement];
    if (*s == NULL)
        sqlite3_prepare_v3(db->handle, db->plan->sql[statement], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
    return *s;
}

/* Is the schema the one that the statements are for, as far as one of them shows? */
static bool try_statement(struct database *db)
{
    return statement_of(db, 0) != NULL;
}

/* PRAGMA user_version; 0 in a new file, -1 where it cannot be read. */
static int version_of(struct database *db)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &s, NULL) != SQLITE_OK)
        return -1;
    int version = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : -1;
    sqlite3_finalize(s);
    return version;
}

enum opened { OPENED, REFUSED, OTHER_VERSION };

static enum opened try_to_write(struct database *db)
{
    char version[64];
    snprintf(version, sizeof(version), "PRAGMA user_version=%d", db->plan->version);
    if (sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL) !=
        SQLITE_OK)
        return REFUSED;
    sqlite3_busy_timeout(db->handle, 5000);
    int is = version_of(db);
    if (is < 0)
        return REFUSED;
    if (is != 0 && is != db->plan->version)
        return OTHER_VERSION;
    bool good = exec(db, db->plan->settings) && (is == db->plan->version || (exec(db, db->plan->schema) && exec(db, version)));
    return good && try_statement(db) ? OPENED : REFUSED;
}

/* The path as a URI, in fresh memory: every byte that means something there is written as %XX. */
static char *uri_of(const char *path, const char *query)
{
    char *out = malloc(8 + 3 * strlen(path) + strlen(query));
    if (out == NULL)
        return NULL;
    char *at = out + sprintf(out, "file:");
    for (; *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;
        at += strchr("%?#", c) != NULL ? sprintf(at, "%%%02X", c) : sprintf(at, "%c", c);
    }
    strcpy(at, query);
    return out;
}

static enum opened try_to_read(struct database *db, const char *query)
{
    char *uri = uri_of(db->path, query);
    if (uri == NULL)
        return REFUSED;
    int rc = sqlite3_open_v2(uri, &db->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW, NULL);
    free(uri);
    if (rc != SQLITE_OK)
        return REFUSED;
    sqlite3_busy_timeout(db->handle, 2000);
    int is = version_of(db);
    if (is < 0)
        return REFUSED;
    if (is != db->plan->version)
        return OTHER_VERSION;
    return try_statement(db) ? OPENED : REFUSED;
}

static bool has_no_log(const char *path)
{
    char name[4096];
    int len = snprintf(name, sizeof(name), "%s-wal", path);
    return len > 0 && (size_t)len < sizeof(name) && access(name, F_OK) < 0;
}

static int open_to_read(struct database *db, mimeo_ctx *ctx)
{
    if (access(db->path, F_OK) < 0)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "'%s' is not there", db->path);
    enum opened o = try_to_read(db, "");
    if (o == REFUSED && has_no_log(db->path)) {
        /* A write-ahead log wants files of its own beside; on a disk that nobody can write there is no need. */
        shut(db);
        o = try_to_read(db, "?immutable=1");
    }
    if (o == OTHER_VERSION)
        return ctx_error(ctx, MIMEO_EIO, "'%s' is of another version of mimeo", db->path);
    return o == OPENED ? 0 : database_fail(db, ctx);
}

/* The file is made here, so that it is private from the start. */
static void make_private(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static int open_to_write(struct database *db, mimeo_ctx *ctx)
{
    make_private(db->path);
    enum opened o = try_to_write(db);
    if (o == OPENED)
        return 0;
    int rc = o == REFUSED ? database_fail(db, ctx) : 0;
    bool spoilt = o == OTHER_VERSION || database_is_spoilt(db);
    shut(db);
    if (!spoilt)
        return rc;
    database_remove(db->path);
    db->spoilt = false;
    make_private(db->path);
    return try_to_write(db) == OPENED ? 0 : database_fail(db, ctx);
}

/* The file itself may be no link, but its directory may lie behind one, which SQLite would refuse too. */
static char *resolved(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash == NULL ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    char *real = parent == NULL ? NULL : realpath(parent, NULL);
    char *out = real == NULL ? strdup(path) : path_join(real, slash == NULL ? path : slash + 1);
    free(parent);
    free(real);
    return out;
}

int database_open(struct database **out, mimeo_ctx *ctx, const char *path, const struct database_plan *plan,
                  enum database_mode mode)
{
    struct database *db = calloc(1, sizeof(*db));
    if (db == NULL)
        return ctx_error_nomem(ctx);
    db->plan = plan;
    db->mode = mode;
    db->path = resolved(path);
    db->statements = calloc((size_t)plan->statement_count, sizeof(*db->statements));
    int rc = db->path == NULL || db->statements == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = mode == DATABASE_WRITE ? open_to_write(db, ctx) : open_to_read(db, ctx);
    if (rc < 0) {
        database_close(db);
        return rc;
    }
    *out = db;
    return 0;
}

void database_close(struct database *db)
{
    if (db == NULL)
        return;
    shut(db);
    free(db->statements);
    free(db->path);
    free(db);
}

void database_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char name[4096];
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        int len = snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        if (len > 0 && (size_t)len < sizeof(name))
            unlink(name);
    }
}

/* ---- statements ---- */

int database_run(struct database *db, mimeo_ctx *ctx, const char *sql)
{
    return exec(db, sql) ? 0 : database_fail(db, ctx);
}

int database_step(struct database *db, mimeo_ctx *ctx, int statement)
{
    sqlite3_stmt *s = statement_of(db, statement);
    int rc = s == NULL ? SQLITE_ERROR : sqlite3_step(s);
    if (rc == SQLITE_ROW)
        return 1;
    int code = rc == SQLITE_DONE ? 0 : database_fail(db, ctx);
    sqlite3_reset(s);
    return code;
}

int database_do(struct database *db, mimeo_ctx *ctx, int statement)
{
    int rc = database_step(db, ctx, statement);
    if (rc == 1)
        sqlite3_reset(db->statements[statement]);
    return rc < 0 ? rc : 0;
}

void database_reset(struct database *db, int statement)
{
    sqlite3_reset(db->statements[statement]);
}

void database_bind_text(struct database *db, int statement, int n, const char *text)
{
    sqlite3_bind_text(statement_of(db, statement), n, text, -1, SQLITE_STATIC);
}

void database_bind_number(struct database *db, int statement, int n, uint64_t v)
{
    sqlite3_bind_int64(statement_of(db, statement), n, (sqlite3_int64)v);
}

void database_bind_signed(struct database *db, int statement, int n, int64_t v)
{
    sqlite3_bind_int64(statement_of(db, statement), n, v);
}

void database_bind_bytes(struct database *db, int statement, int n, struct view bytes)
{
    sqlite3_bind_blob64(statement_of(db, statement), n, bytes.ptr, bytes.len, SQLITE_STATIC);
}

uint64_t database_number(struct database *db, int statement, int n)
{
    return (uint64_t)sqlite3_column_int64(db->statements[statement], n);
}

int64_t database_signed(struct database *db, int statement, int n)
{
    return sqlite3_column_int64(db->statements[statement], n);
}

const char *database_text(struct database *db, int statement, int n)
{
    const unsigned char *text = sqlite3_column_text(db->statements[statement], n);
    return text == NULL ? "" : (const char *)text;
}

struct view database_bytes(struct database *db, int statement, int n)
{
    const void *bytes = sqlite3_column_blob(db->statements[statement], n);
    return view_of(bytes, (size_t)sqlite3_column_bytes(db->statements[statement], n));
}

bool database_exact(struct database *db, int statement, int n, void *out, size_t len)
{
    struct view v = database_bytes(db, statement, n);
    if (v.len != len)
        return false;
    memcpy(out, v.ptr, len);
    return true;
}
