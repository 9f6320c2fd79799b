/*
 * Inside of the store: git objects that wait in memory until they are written as one pack.  A
 * repository of many small commits would else be tens of thousands of loose files, each of them synced.
 */
#ifndef STORE_MEMORY_OBJECTS_H
#define STORE_MEMORY_OBJECTS_H

#include "store/git_calls.h"

struct memory_objects; /* a git_odb_backend; freed with the object database that it was added to */

/* Objects written to `odb` go here, and are read from here.  A libgit2 code. */
int memory_objects_add_to(struct memory_objects **out, git_odb *odb, int priority);
size_t memory_objects_bytes(const struct memory_objects *m);
/* Each object's id; nonzero stops and is returned. */
int memory_objects_each(const struct memory_objects *m, int (*fn)(const git_oid *id, void *payload), void *payload);
void memory_objects_clear(struct memory_objects *m);

#endif
