/*
 * Inside of the mirror's writer: one open publisher's directory.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/commit.h"
#include "store/git_calls.h"

#define BRANCH_MAIN "refs/heads/main"
#define BRANCH_MEDIA "refs/heads/media"

struct mirror_writer {
    int dir;         /* the work tree; -1: there is none (bare.c) */
    int git_dir;
    int private_dir; /* .git/mimeo */
    int lock;
    git_repository *repo;
    uint64_t seq;
    uint64_t last_good; /* the next commit follows bundle `last_good`, wherever the branches are; 0: it follows them */
};

/* MIMEO_EIO: "git: `what`: libgit2's words"; a full disk is named as that. */
int writer_error(mimeo_ctx *ctx, const char *what);
/* The commit of a branch: 1 and *out, 0 where there is none. */
int writer_tip(git_commit **out, struct mirror_writer *w, mimeo_ctx *ctx, const char *branch);
/* The n of "bundle n\n" or "media n\n"; false where the message is another. */
bool writer_message_seq(const git_commit *c, const char *word, uint64_t *seq);

/* A commit in the making: what differs from the one before it. */
struct commit_plan {
    const char *branch, *word;
    uint64_t seq;
    int64_t time;
    bool orphan;
    const struct mirror_file *files;
    size_t count;
    const struct staged_file *staged; /* blobs that are written already */
    size_t staged_count;
};
struct staged_file {
    char *name;
    git_oid id;
};
int writer_write_tree(git_oid *out, struct mirror_writer *w, mimeo_ctx *ctx, git_tree *before,
                      const struct commit_plan *plan);
int writer_write_commit(git_oid *out, struct mirror_writer *w, mimeo_ctx *ctx, const git_oid *tree_id,
                        git_commit *parent, const struct commit_plan *plan);
int writer_tag(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t seq, const git_oid *commit);
/* Remove what a killed run left in a git directory: locks of files and of references, objects and packs half written.  Our own
 * lock on the repository is held. */
int writer_sweep(mimeo_ctx *ctx, int git_dir);
/* The settings of a repository of ours. */
int writer_configure(git_repository *repo, mimeo_ctx *ctx);
#define TAG_EACH 100

/* checkout.c: bring the files of both branches, and the index, to what the branches say.  Remembers in
 * .git/mimeo how far it came, so a killed run is finished by the next. */
int writer_checkout(struct mirror_writer *w, mimeo_ctx *ctx);

/* repack.c: everything that both branches reach into one pack; all else goes, tags of commits that are
 * no longer part of the history too. */
int writer_forget_unreachable(struct mirror_writer *w, mimeo_ctx *ctx);
/* Into one pack, if there are many. */
int writer_repack_many(struct mirror_writer *w, mimeo_ctx *ctx);
/* A pack of these objects, durable; name[0] is '\0' where there are none. */
int writer_write_pack(struct mirror_writer *w, mimeo_ctx *ctx, git_packbuilder *packs, char name[GIT_OID_HEXSZ + 1]);
/* Every pack goes; every tag of ours but b<keep> (0: all). */
int writer_remove_packs(struct mirror_writer *w, mimeo_ctx *ctx);
int writer_remove_tags(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t keep);

/* cut.c: the commit of branch media that stands after bundle `last_good`: 1 and *out, 0 where none does.  Where an
 * erasure made later ones the only ones there are, *tree is what is left of the newest tree (else NULL). */
int writer_media_at(git_commit **out, git_tree **tree, struct mirror_writer *w, mimeo_ctx *ctx, uint64_t last_good);
/* Branch media goes back to what it was after bundle `last_good`, where the new commit brings nothing for it. */
int writer_media_back(struct mirror_writer *w, mimeo_ctx *ctx, uint64_t last_good, int64_t time);

#endif
