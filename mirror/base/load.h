/*
 * A shared library that is loaded when it is first needed: libcurl and libgit2 bring some thirty others along, and whoever
 * only reads, which is nearly always, would wait for all of them at each start.  A table of its functions, each by its own
 * name and type, is made by a macro with a list (net/curl_calls.h, store/git_calls.h).
 */
#ifndef BASE_LOAD_H
#define BASE_LOAD_H

#include <stddef.h>

struct load_name {
    const char *name;
    void *slot; /* a pointer to this function */
};

/* Fill the slots from the library of this soname, which is never unloaded: libraries that it brings would not stand that.
 * NULL where all is there; else what is missing, the library or a function, and the slots are as they were. */
const char *load_library(const char *soname, const struct load_name *names, size_t count);

#endif
