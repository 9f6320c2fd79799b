#include "base/load.h"

#include <dlfcn.h>
#include <string.h>

const char *load_library(const char *soname, const struct load_name *names, size_t count)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return soname;
    for (size_t i = 0; i < count; i++)
        if (dlsym(library, names[i].name) == NULL)
            return names[i].name;
    for (size_t i = 0; i < count; i++) {
        void *at = dlsym(library, names[i].name);
        memcpy(names[i].slot, &at, sizeof(at)); /* ISO C has no cast from an object's pointer to a function's */
    }
    return NULL;
}
