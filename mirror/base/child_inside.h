/* What base/child.c and base/child_stream.c share. */
#ifndef BASE_CHILD_INSIDE_H
#define BASE_CHILD_INSIDE_H

#include <sys/types.h>

#include "base/child.h"

int64_t child_milliseconds(void);

/* In the child: no stdin, dies with its parent, its limits in force. */
void child_enter(const struct child_limits *limits);
bool child_write_all(int fd, const void *bytes, size_t len);

/* In the parent.  True where it ended by itself and well. */
bool child_reap(pid_t pid, int *signal_of);
/* What "r" frames hold: code, length of the message, message, and *rest.  Sets the message.  False for nonsense. */
bool child_take_code(struct cursor *c, int *code_out, mimeo_ctx *ctx);

#endif
