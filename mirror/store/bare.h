/*
 * A bare git repository that is made from a mirror's files (FORMAT.md section 8, "In git") and can be
 * made again at any time: for pushing, and for couriers who serve one.
 *
 *     bare_open → [bare_forget] → { bare_stage …, bare_commit } … → bare_finish → bare_close
 *
 * Objects gather in memory and are written as packs of some MiB.  A branch moves only after the pack
 * with its commits is on the disk; so a kill loses at most what was in memory, and the next run goes on from
 * the branches as they are.
 */
#ifndef STORE_BARE_H
#define STORE_BARE_H

#include "store/commit.h"

struct bare;
enum bare_branch { BARE_MAIN, BARE_MEDIA };

/* Made where it is missing.  Its lock is taken (waits 10 s, MIMEO_EBUSY); what a killed run left goes.
 * MIMEO_EUSAGE where `path` is something else. */
int bare_open(struct bare **out, mimeo_ctx *ctx, const char *path);
void bare_close(struct bare *b);
/* seq of the newest commit, written or not; 0 where there is none. */
uint64_t bare_seq(const struct bare *b, enum bare_branch branch);
/* The file `head` of the newest commit of main, in `out` (initialised here).  MIMEO_ENOTFOUND. */
int bare_get_head(struct buf *out, struct bare *b, mimeo_ctx *ctx);
/* Up to which seq branch media was last said to have all; 0: nothing is known. */
int bare_get_media_mark(uint64_t *seq, struct bare *b, mimeo_ctx *ctx);
int bare_set_media_mark(struct bare *b, mimeo_ctx *ctx, uint64_t seq);
/* Start over: branches, tags and all objects go, at once. */
int bare_forget(struct bare *b, mimeo_ctx *ctx);
/* A file that the next commit of the branch has, written now: so that a first commit with everything fits in memory.
 * No name twice. */
int bare_stage(struct bare *b, mimeo_ctx *ctx, enum bare_branch branch, const char *name, struct view bytes);
/* The next commit: what was staged, and `files`; as mirror_writer_commit, tags too. */
int bare_commit(struct bare *b, mimeo_ctx *ctx, enum bare_branch branch, uint64_t seq, int64_t time, bool orphan,
                const struct mirror_file *files, size_t count);
/* What was committed is on the disk, and the branches say so. */
int bare_flush(struct bare *b, mimeo_ctx *ctx);
/* That, and many packs become one. */
int bare_finish(struct bare *b, mimeo_ctx *ctx);

#endif
