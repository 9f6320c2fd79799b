/*
 * Inside of pushing: what is pushed, to whom, and what came of it (mimeo/sync.h).
 *
 * Order (RULES R7): branch media, then tags, then main, so that whoever sees a new main finds the rest there.
 * One exception: to a known host that makes the first branch it ever gets the one that a plain clone shows,
 * main comes first once, with its oldest commit.
 */
#ifndef SYNC_PUSH_H
#define SYNC_PUSH_H

#include <mimeo/sync.h>

#include "library/mirror.h"
#include "sync/git.h"
#include "sync/nursery.h"

#define PUSH_ID_LEN 40

struct push_tag {
    uint64_t seq;
    char id[PUSH_ID_LEN + 1];
};
struct push_refs {
    char main[PUSH_ID_LEN + 1], media[PUSH_ID_LEN + 1]; /* "" where there is none */
    struct push_tag *tags;                              /* ascending */
    size_t tag_count;
};
void push_refs_dispose(struct push_refs *r);

/* What is pushed.  The repository is there already (the publisher's), or made at the first remote that wants one. */
struct push_source {
    mimeo_ctx *ctx;
    const struct mimeo_push_options *options;
    mimeo_mirror *mirror;
    bool own;               /* the publisher's directory */
    char *git_dir;          /* NULL until made */
    struct nursery nursery; /* where a repository was made for this once */
    struct git_repository *repo;
    struct push_refs refs;
    bool ready;             /* git_dir, repo and refs are set */
    char remark[CTX_MESSAGE_MAX]; /* "branch media is not pushed: …"; "" */
};
/* Open and judge the mirror at `path`.  MIMEO_EINCOMPLETE, … where it is nothing to hand on. */
int push_source_open(struct push_source *out, mimeo_ctx *ctx, const char *path, const struct mimeo_push_options *options);
int push_source_ready(struct push_source *s);
void push_source_close(struct push_source *s);
/* Is the commit `id` the tip, or on the way to it? */
bool history_has(struct git_repository *repo, const char *id, const char *tip);
/* The n of the commit "bundle n" or "media n"; 0 where it is not here. */
uint64_t push_source_seq(const struct push_source *s, const char *id);

struct push_remote {
    char *shown;      /* as named, without a password */
    char *address;
    char *proxy;      /* of git's configuration; NULL */
};
/* What the words mean, or without any all remotes of the publisher's git configuration: fresh memory.  Of `s` only
 * ctx, mirror and own count. */
int push_remotes_resolve(struct push_remote **out, size_t *count, struct push_source *s, const char *const *words,
                         size_t word_count);
void push_remotes_dispose(struct push_remote *remotes, size_t count);

/* What came of it: outcome and rewrote are set, warnings are in `words`. */
struct push_report {
    enum mimeo_push_outcome outcome;
    bool rewrote;
    struct buf words;
};
/* One more thing to say; "": nothing. */
void push_report_add(struct push_report *r, const char *words);
int push_to_git(struct push_report *report, struct push_source *s, const struct push_remote *remote);
int push_to_directory(struct push_report *report, struct push_source *s, const struct push_remote *remote);
/* What stands at a path.  MIMEO_EEXISTS, MIMEO_EUSAGE where it is neither a repository nor a place for files. */
enum push_place { PUSH_REPOSITORY, PUSH_DIRECTORY };
int push_place_of(enum push_place *out, mimeo_ctx *ctx, const char *path);

/* What the other side has, by one question.  MIMEO_EUNREACHABLE, … */
struct remote_state {
    struct push_refs refs;
    char shows[64]; /* the branch that a plain clone checks out; "": it has none, or does not say which */
    bool has_head;  /* false: a plain clone checks nothing out */
};
int remote_ask(struct remote_state *out, mimeo_ctx *ctx, struct git *g, const char *what, int seconds);
void remote_state_dispose(struct remote_state *s);
/* Fetch the file `head` of the commit that `ref` names there and let copy_judge judge it.  MIMEO_EEXISTS where it is no
 * mirror. */
int remote_judge(mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, const struct git_options *options, const char *ref,
                 const char *id, uint64_t *seq);

/* A host's limits; zeros where nothing is known. */
struct host_limits {
    const char *host;
    uint64_t push_max;        /* one push is refused above */
    uint64_t repository_max;  /* refused above */
    uint64_t repository_wish; /* the host asks to stay below */
    bool first_branch_shows;  /* the first branch pushed is what a plain clone checks out */
};
const struct host_limits *limits_of_host(const char *address);
/* Warnings into `words`; MIMEO_EMALFORMED where the host would refuse. */
int limits_check(struct buf *words, mimeo_ctx *ctx, const char *what, const struct host_limits *limits, uint64_t repository);
/* MIMEO_EMALFORMED where so many bytes that cannot be divided are over what the host takes at once. */
int limits_check_push(mimeo_ctx *ctx, const char *what, const struct host_limits *limits, uint64_t bytes);

#endif
