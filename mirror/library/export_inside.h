/*
 * Inside of mimeo/export.h: one export, step by step.
 *
 *     export_choose     newest to oldest: which bundles, and of them which pictures
 *     export_plan       what goes into which part, by sizes alone; nothing but headers is read
 *     export_write      each part: objects are read, verified and put, one after another
 *
 * An object is judged when it is chosen and again, on the bytes that go out, when it is written: hours may lie between.
 */
#ifndef LIBRARY_EXPORT_INSIDE_H
#define LIBRARY_EXPORT_INSIDE_H

#include <mimeo/export.h>

#include "base/new_file.h"
#include "bundle/part.h"
#include "library/take_inside.h"

#define EXPORT_OBJECTS_MAX 400000 /* in one file: readers keep an index of each (store/pack_index.h) */

struct export_bundle {
    uint64_t seq;
    uint32_t len;
    bool joined;
};
struct export_picture {
    struct hash hash;
    uint64_t seq;   /* the newest chosen bundle that cites it */
    uint32_t order; /* in which it was met */
    uint32_t len;   /* as its catalog says */
    bool held;
};
/* One file: what is in it is told by ranges of the lists. */
struct export_part {
    size_t bundle, bundle_end, picture, picture_end;
    uint64_t len; /* at most */
};

struct export {
    mimeo_ctx *ctx;
    mimeo_mirror *m;
    const struct mimeo_export_options *options;
    struct mimeo_export_result *result;

    struct part_range *wanted; /* of options->bundles, ascending; NULL: all */
    size_t wanted_count;
    struct taking orders;      /* what was to be erased: of this, `orders` and `ctx` alone are used */

    struct export_bundle *bundles; /* newest first */
    size_t bundle_count, bundle_cap;
    struct export_picture *pictures; /* by `order`, so that a pack that is cut has the newest */
    size_t picture_count, picture_cap;

    struct header *top;        /* the anchor: paths begin there; NULL: none */
    struct buf top_note;
    uint64_t run_bottom;       /* the headers of all bundles from there up go along */
    uint64_t run_len;          /* their bytes, at most */
    size_t run_count;
    struct export_part *parts;
    size_t part_count, part_cap;
    uint64_t room;             /* of one part, before it is encrypted */
    size_t part_text;          /* room kept for what the parts hold; 0: there is one part */
    uint8_t set[PART_SET_LEN];
    uint64_t total, done;      /* bytes, for progress */
};

/* Tell of something that is left out; `verdict` and `message` as in struct mimeo_fault. */
void export_fault(struct export *e, const char *object, uint64_t seq, enum mimeo_verdict verdict, const char *message);

/* "41-43,50,60-" in any order, overlaps and all: ascending ranges in fresh memory.  MIMEO_EUSAGE. */
int export_ranges(struct part_range **out, size_t *count, mimeo_ctx *ctx, const char *text);
int export_choose(struct export *e);

/* ---- paths (export_path.c) ---- */

/* Where a path has come to. */
struct export_path {
    struct export *e;
    struct header *at;
};
int export_path_init(struct export_path *p, struct export *e);
void export_path_dispose(struct export_path *p);
/* On from where the path is, down to bundle `seq`: fn is called with each header between that is not of the run.  The links nest, so paths from one chosen bundle to the next make up the path from the head to
 * each.  A header that is not held ends it, and is no failure: the bundle goes out unproven. */
int export_path_down(struct export_path *p, uint64_t seq, int (*fn)(const struct header *h, struct view note, void *payload),
                     void *payload);
/* How far down from the head all headers go along, so that somebody who holds an older state can prove that the new one
 * continues it.  It costs little: `most` bytes, of what is not there anyway. */
int export_run_plan(struct export *e, uint64_t most);
/* fn for each header of the run whose bundle is not in the part. */
int export_run(struct export *e, const struct export_part *part,
               int (*fn)(const struct header *h, struct view note, void *payload), void *payload);
/* What the bundle of this number claims in its header: 1, or 0 where that cannot be read. */
int export_header_of(struct header *out, struct export *e, uint64_t seq);

/* ---- parts (export_plan.c) ---- */

int export_plan(struct export *e);
/* What all parts hold, for part `number` (from 1).  Disposed of by part_dispose. */
int export_holds(struct part *out, struct export *e, uint32_t number);

/* Dictionaries that a part needs, each once. */
struct export_dictionaries {
    struct dictionary_ref *items;
    size_t count, cap;
};
/* Those of bundle `seq`, where the path has just come, that are not there yet are added; *added: how many, at the end of
 * the list.  What joins by no path is read for it. */
int export_dictionaries_add(struct export_dictionaries *d, const struct export_path *path, uint64_t seq, size_t *added);

/* ---- writing (export_write.c) ---- */

typedef int (*export_put_fn)(struct view bytes, mimeo_ctx *ctx, void *payload);
/* One part, object by object. */
int export_write(struct export *e, uint32_t number, export_put_fn put, void *payload);

/* ---- files (export_file.c) ---- */

/* Where a file goes: the directory, and the name or the stem that was asked for. */
struct export_place {
    int dir;       /* -1: the descriptor */
    int fd;
    char *dir_path; /* for messages; "" for the current one */
    char *name;    /* NULL: random */
};
int export_place_open(struct export_place *out, mimeo_ctx *ctx, const char *output, int fd, bool random_is_fine);
void export_place_dispose(struct export_place *p);
/* "abcdefgh": eight random letters and a NUL. */
void export_random_name(char out[9], mimeo_ctx *ctx);
/* "x-03.mimeo" of "x.mimeo"; in fresh memory. */
int export_part_name(char **out, mimeo_ctx *ctx, const char *name, uint32_t number, uint32_t of);
/* "dir/name" for messages, in fresh memory. */
int export_path_of(char **out, mimeo_ctx *ctx, const struct export_place *p, const char *name);

/* An open output: a new file of a place, or its descriptor. */
struct export_output {
    bool is_file;
    int fd;
    struct new_file file;
    char *path;
    uint64_t len;
};
int export_output_open(struct export_output *out, mimeo_ctx *ctx, const struct export_place *p, const char *name,
                       bool replace);
int export_output_put(struct export_output *o, mimeo_ctx *ctx, struct view bytes);
int export_output_put_base64(struct export_output *o, mimeo_ctx *ctx, struct view bytes); /* all of it, with padding */
int export_output_commit(struct export_output *o, mimeo_ctx *ctx);
void export_output_dispose(struct export_output *o);

#endif
