/*
 * Writing a mirror: its files into a directory and its commits into the git repository beside
 * them (FORMAT.md section 8).  The git side uses libgit2; every object is written before the ref
 * moves, the ref moves by compare-and-swap, the work tree follows, all under one lock.
 */
#ifndef STORE_COMMIT_H
#define STORE_COMMIT_H

#include "base/file.h"
#include "trust/header.h"

struct mirror_writer;

/* Open the publisher's own directory for writing; takes the lock ".git/mimeo/lock" (waits 10 s,
 * MIMEO_EBUSY).  A killed run's leftovers are put right: the work tree is brought to what branch main
 * says, temporary files go.  `create` makes the directory and the repository (MIMEO_EEXISTS where the
 * directory is not empty). */
int mirror_writer_open(struct mirror_writer **out, mimeo_ctx *ctx, const char *path, bool create);
void mirror_writer_close(struct mirror_writer *w);
/* The directory's descriptor, and that of .git/mimeo (private, 0700: pending bundle, lock). */
int mirror_writer_dir(const struct mirror_writer *w);
int mirror_writer_private_dir(const struct mirror_writer *w);
/* seq of the newest commit of main; 0 where there is none yet. */
uint64_t mirror_writer_seq(const struct mirror_writer *w);

struct mirror_file {
    const char *name;   /* section 8 */
    struct view bytes;  /* ptr NULL: remove it */
};

/* Commit n: `changed` are the files that differ from commit n-1 (bundle, head, charters, README …, and
 * erased bundles of before); `media` those of branch media (none: no commit there).  `time` is the header's,
 * `orphan` makes it parentless.  In order: media objects and branch, blobs, trees, commit, tag for each
 * 100th, ref main by compare-and-swap, then the work tree (head last) and the index.  When it returns 0 all is
 * durable; at any failure or kill the repository shows the state before or after. */
int mirror_writer_commit(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t seq, int64_t time,
                         bool orphan, const struct mirror_file *changed, size_t changed_count,
                         const struct mirror_file *media, size_t media_count);
/* A charter cuts after bundle `last_good`: the next commit is last_good + 1, begins the history again (`orphan`), and
 * its caller names every file of main that must go.  Branch media goes back by itself. */
void mirror_writer_cut(struct mirror_writer *w, uint64_t last_good);
/* Pack loose objects now and then (every 50 commits or so): hosts serve packs 8 times faster. */
int mirror_writer_pack(struct mirror_writer *w, mimeo_ctx *ctx);

/* The fixed texts of section 10 and 8. */
int mirror_readme(struct buf *out, mimeo_ctx *ctx, const char *name, const struct hash *publisher);
#define MIRROR_GITATTRIBUTES "* -text\n"

#endif
