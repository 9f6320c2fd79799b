/*
 * The operating system that libmimeo finds in a browser: a small tree of files in memory, in which files that the
 * reader picked stand beside the trust files.  Bytes of the picked ones stay with the browser and are asked for as
 * they are read.
 */
#ifndef CORE_SYSTEM_H
#define CORE_SYSTEM_H

#include "base/bytes.h"

#define SYSTEM_NAME_MAX 255

/* What the page's script gives (the imports of the module).  host_read: `len` bytes of file `file` from `offset`
 * on to `out`; the count, or -1. */
__attribute__((import_module("host"), import_name("read"))) int host_read(int file, double offset, void *out, size_t len);
__attribute__((import_module("host"), import_name("now"))) double host_now(void); /* milliseconds since 1970 */
__attribute__((import_module("host"), import_name("random"))) void host_random(void *out, size_t len);
__attribute__((import_module("host"), import_name("progress"))) void host_progress(double done, double total);
/* Of the site that the page came from.  host_fetch: up to `len` bytes of a file; host_fetch_size: how large it is.
 * -1: it is not there; -2: it cannot be had. */
__attribute__((import_module("host"), import_name("fetch"))) int host_fetch(const char *name, size_t name_len, double offset,
                                                                             void *out, size_t len);
__attribute__((import_module("host"), import_name("fetchSize"))) double host_fetch_size(const char *name, size_t name_len);

/* Put a picked file under `name` into the root directory, in place of one that was there.  0 or an errno. */
int system_add_file(const char *name, int file, uint64_t size);
/* Files of the trust store and such: written whole (directories are made), and walked. */
int system_write(const char *path, struct view bytes);
int system_each_file(int (*fn)(const char *path, struct view bytes, void *payload), void *payload);
/* Forget everything below a directory of the root (or one file of it). */
void system_remove(const char *name);

#endif
