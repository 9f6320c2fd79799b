/*
 * SQLite, as both catalogs use it: a file that is only a cache.  It is opened, statements are prepared as they
 * are used, and where it is spoilt it is thrown away and begun again.
 *
 *     static const char *const sql[] = {[FIND] = "SELECT …", …};
 *     struct database_plan plan = {schema, sql, COUNT, VERSION};
 *     database_open(&db, ctx, path, &plan, DATABASE_WRITE);
 *     database_bind_text(db, FIND, 1, id);
 *     if (database_step(db, ctx, FIND) == 1) …
 */
#ifndef LIBRARY_DATABASE_H
#define LIBRARY_DATABASE_H

#include <sqlite3.h>

#include "base/bytes.h"
#include "base/context.h"
#include "trust/hash.h"

struct database_plan {
    const char *settings;        /* PRAGMAs of every connection that writes */
    const char *schema;          /* CREATE … IF NOT EXISTS */
    const char *const *sql;
    int statement_count;
    int version;                 /* of the schema: a file with another is thrown away */
};
enum database_mode { DATABASE_READ, DATABASE_WRITE };

struct database {
    sqlite3 *handle;
    sqlite3_stmt **statements;
    char *path;
    const struct database_plan *plan;
    enum database_mode mode;
    bool spoilt; /* it failed in a way that a new file would mend */
};

/* DATABASE_WRITE makes the file; one that is spoilt is removed and made again.  DATABASE_READ: MIMEO_ENOTFOUND
 * where there is none, MIMEO_EIO where it cannot be read as it is. */
int database_open(struct database **out, mimeo_ctx *ctx, const char *path, const struct database_plan *plan,
                  enum database_mode mode);
void database_close(struct database *db); /* rolls back what was not committed */
/* Remove the file and what SQLite keeps beside it. */
void database_remove(const char *path);
/* The words for what SQLite just refused: MIMEO_ENOMEM, MIMEO_EBUSY, MIMEO_EIO with the next step. */
int database_fail(struct database *db, mimeo_ctx *ctx);
/* Did it fail in a way that a new file would mend? */
bool database_is_spoilt(const struct database *db);

/* One statement or several, without results. */
int database_run(struct database *db, mimeo_ctx *ctx, const char *sql);
/* A prepared statement to its end, reset after. */
int database_do(struct database *db, mimeo_ctx *ctx, int statement);
/* Its next row: 1, or 0 at the end, where it is reset. */
int database_step(struct database *db, mimeo_ctx *ctx, int statement);
/* Done before the end. */
void database_reset(struct database *db, int statement);

void database_bind_text(struct database *db, int statement, int n, const char *text);
void database_bind_number(struct database *db, int statement, int n, uint64_t v);
void database_bind_signed(struct database *db, int statement, int n, int64_t v);
void database_bind_bytes(struct database *db, int statement, int n, struct view bytes);
uint64_t database_number(struct database *db, int statement, int n);
int64_t database_signed(struct database *db, int statement, int n);
/* Never NULL; until the next step. */
const char *database_text(struct database *db, int statement, int n);
struct view database_bytes(struct database *db, int statement, int n);
/* False where the column has another length. */
bool database_exact(struct database *db, int statement, int n, void *out, size_t len);

#endif
