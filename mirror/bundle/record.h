/*
 * Catalog records (FORMAT.md section 6): what a bundle says of one article.
 */
#ifndef BUNDLE_RECORD_H
#define BUNDLE_RECORD_H

#include "base/arena.h"
#include "base/context.h"
#include "base/limits.h"
#include "trust/hash.h"

enum record_action { RECORD_PUBLISH = 1, RECORD_REVISE, RECORD_RETRACT };
enum erase_table { ERASE_CATALOG = 1, ERASE_BODY, ERASE_MEDIA };

struct record_media {
    struct hash hash;
    const char *type; /* "image/jpeg" … */
    uint64_t bytes;
    uint32_t width, height;
    const char *alt, *caption, *credit; /* NULL where absent */
};

struct record_erase {
    uint64_t seq;
    enum erase_table table;
    uint32_t block;
    struct hash hash;
};

/* Strings are NUL-terminated UTF-8, NULL where absent; all memory belongs to the record
 * (record_dispose). A zeroed record is empty. */
struct record {
    const char *id;
    enum record_action action;
    uint32_t revision;
    const char *title, *subtitle, *section, *summary;
    const char *bylines[LIMIT_LIST];
    size_t byline_count;
    const char *tags[LIMIT_LIST];
    size_t tag_count;
    const char *lang, *dir;
    bool has_published, has_modified;
    int64_t published, modified;
    const char *url, *note;
    bool has_body;
    uint32_t body_block, body_offset, body_len;
    uint64_t words;
    struct record_media *media;
    size_t media_count;
    struct record_erase *erase;
    size_t erase_count;
    uint64_t restates; /* 0: none */
    struct arena arena; /* owns the above, but for what a caller points elsewhere */
};

void record_dispose(struct record *r);
/* Parse one line (without LF) and check every rule of section 6.  1 and *out; 0 where the
 * action is unknown (ignored); MIMEO_EMALFORMED names the key and the fault. */
int record_parse(struct record *out, mimeo_ctx *ctx, const char *what, struct view line);
/* One line of JSON with its LF, keys in the table's order, absent ones left out.  Checks the same
 * rules and caps (so a publisher can never sign what a reader refuses). */
int record_write(struct buf *out, mimeo_ctx *ctx, const char *what, const struct record *r);
/* A deep copy. */
int record_copy(struct record *out, mimeo_ctx *ctx, const struct record *r);
/* Copy a string into the record's arena (made at need); NULL on no memory. */
const char *record_string(struct record *r, struct view v);

/* The bundle at which a record of bundle `seq` stands in the order of records: one that restates an erasure stands
 * before all of the bundle that ordered it, so that it hides nothing newer (FORMAT.md section 7). */
uint64_t record_stands_in(const struct record *r, uint64_t seq);

bool article_id_valid(struct view id);
/* Raw catalog bytes: a line after another, without LF. */
bool catalog_next_line(struct cursor *c, struct view *line);

#endif
