/*
 * ssh(1) as a carrier: the user's keys, agent, configuration and known hosts count, as with git.
 */
#ifndef NET_PIPE_H
#define NET_PIPE_H

#include "net/wire.h"

/* Starts ssh to the address with `command` and its path quoted behind it, as git does: $GIT_SSH_COMMAND is run by sh where it is
 * set.  With network->no_input ssh asks for nothing.  `address` must outlive the wire.  MIMEO_EUSAGE with a proxy: ssh
 * would go round it. */
int pipe_open(struct wire *out, mimeo_ctx *ctx, const struct address *address, const char *command,
              const struct mimeo_network *network);
/* What ssh ended with, where it ended before it should have: the code and the message, of its last words. */
int pipe_failed(struct wire *w, mimeo_ctx *ctx);

#endif
