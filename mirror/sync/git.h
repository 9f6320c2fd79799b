/*
 * The git program, for what its users have configured: credential helpers, ssh, certificates.  Addresses
 * and proxies are handed to it in its environment, never in its arguments, which everybody on the machine can read;
 * what it says is turned into codes and words of ours.
 *
 *     struct git *g;
 *     if (git_open(&g, ctx, &(struct git_options){.git_dir = dir, .address = url, .network = &network}) == 0)
 *         git_run(&result, g, 60, (const char *const[]){"ls-remote", GIT_REMOTE, NULL});
 */
#ifndef SYNC_GIT_H
#define SYNC_GIT_H

#include <mimeo/sync.h>

#include "base/program.h"

#define GIT_REMOTE "mimeo" /* the name that the address goes by */

enum address_kind {
    ADDRESS_PATH,
    ADDRESS_FILE,  /* file:// */
    ADDRESS_HTTP,  /* http:// or https:// */
    ADDRESS_SSH,   /* ssh:// or host:path */
    ADDRESS_GIT,   /* git:// */
    ADDRESS_OTHER, /* nothing that is pushed to */
};
enum address_kind address_kind(const char *address);
/* The address without what stands before "@" in it (a password, perhaps); fresh memory, NULL: none. */
char *address_for_print(const char *address);
/* Its host in lower case, without port; "" where it has none. */
void address_host(char *out, size_t len, const char *address);

struct git_options {
    const char *git_dir;
    const char *address;      /* NULL: only the repository itself is asked */
    const char *proxy;        /* the remote's own, by git's configuration; NULL: none.  network->proxy goes before it */
    const struct mimeo_network *network; /* NULL: a zeroed one */
    bool no_input;            /* no password may be asked for */
    bool own;                 /* the user's own repository: its hooks and configuration count */
};

struct git;
/* MIMEO_EUSAGE where the address cannot go through the proxy: nothing ever goes round it. */
int git_open(struct git **out, mimeo_ctx *ctx, const struct git_options *options);
void git_close(struct git *g);
/* `args` are NULL-ended and come behind "git".  As program_run. */
int git_run(struct program_result *out, struct git *g, int seconds, const char *const *args);
/* The same with a cap on the files it writes, and on what is kept of what it says. */
int git_run_capped(struct program_result *out, struct git *g, int seconds, const char *const *args, size_t output,
                   uint64_t file_size);
/* Deadlines in seconds: of a question to the other side, of a transfer. */
int git_question_seconds(const struct git *g);
int git_transfer_seconds(const struct git *g);

/* The code and words for a run that failed, from what git said. `what` names the remote. */
int git_failed(mimeo_ctx *ctx, const char *what, const struct program_result *r);

#endif
