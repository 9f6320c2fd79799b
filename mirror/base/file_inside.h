/* What base/file.c and base/file_write.c share. */
#ifndef BASE_FILE_INSIDE_H
#define BASE_FILE_INSIDE_H

#include "base/file.h"

#define NAME_MAX_BYTES 4096

/* No absolute name, no empty part, no "." and no "..". */
bool file_name_is_plain(const char *name);
/* Open it below dir_fd, following no symbolic link in any part.  The descriptor, or -1 with errno. */
int file_open_plain(int dir_fd, const char *name, int flags);
/* The message and the code for an open that failed, by errno. */
int file_refuse_open(mimeo_ctx *ctx, const char *name);

#endif
