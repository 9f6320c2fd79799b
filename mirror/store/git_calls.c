#define GIT_CALLS_PLAIN
#include "store/git_calls.h"

#include "base/load.h"

#define GIT_LIBRARY "libgit2.so." LIBGIT2_SOVERSION

/* Before the library is there, there is nothing to free. */
#define GIT_FREE(name, type)             \
    static void name##_nothing(type *it) \
    {                                    \
        (void)it;                        \
    }
GIT_FREES(GIT_FREE)
#undef GIT_FREE

#define GIT_FREE(name, type) .name##_ = name##_nothing,
struct git_calls git_calls = {GIT_FREES(GIT_FREE)};
#undef GIT_FREE

const char *git_calls_load(void)
{
#define GIT_CALL(name) {#name, &git_calls.name##_},
#define GIT_FREE(name, type) GIT_CALL(name)
    static const struct load_name names[] = {GIT_FREES(GIT_FREE) GIT_CALLS(GIT_CALL)};
#undef GIT_FREE
#undef GIT_CALL
    return load_library(GIT_LIBRARY, names, sizeof(names) / sizeof(names[0]));
}
