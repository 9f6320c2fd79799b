/* The table of ways, in the order in which they are tried. */
#include "sync/way.h"

static const struct way *const ways[] = {&way_files, &way_git};

const struct way *way_at(size_t n)
{
    return n < sizeof(ways) / sizeof(ways[0]) ? ways[n] : NULL;
}

const struct way *way_of(const struct address *address)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        if (ways[i]->serves(address))
            return ways[i];
    return NULL;
}
