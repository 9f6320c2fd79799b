/*
 * XDG Base Directory paths.  A relative XDG value is ignored, as its specification says:
 * else the library would depend on where one stands.
 */
#include "library/paths.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static int below_home(char **out, mimeo_ctx *ctx, const char *xdg, const char *fallback,
                      const char *rest)
{
    const char *base = getenv(xdg);
    char *dir = NULL;
    if (base != NULL && base[0] == '/') {
        dir = strdup(base);
    } else {
        const char *home = getenv("HOME");
        if (home == NULL || home[0] == '\0')
            return ctx_error(ctx, MIMEO_EFAIL, "neither HOME nor %s is set: name the place with --library or --key",
                             xdg);
        dir = path_join(home, fallback);
    }
    char *path = dir == NULL ? NULL : path_join(dir, rest);
    free(dir);
    if (path == NULL)
        return ctx_error_nomem(ctx);
    *out = path;
    return 0;
}

int path_library(char **out, mimeo_ctx *ctx, const char *given)
{
    if (given == NULL)
        given = getenv("MIMEO_LIBRARY");
    if (given == NULL || given[0] == '\0')
        return below_home(out, ctx, "XDG_DATA_HOME", ".local/share", "mimeo");
    char *copy = strdup(given);
    if (copy == NULL)
        return ctx_error_nomem(ctx);
    *out = copy;
    return 0;
}

int path_publish_key(char **out, mimeo_ctx *ctx, const struct hash *publisher)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, publisher);
    char name[40] = "mimeo/keys/";
    hex[16] = '\0';
    strcat(name, hex);
    strcat(name, ".key");
    return below_home(out, ctx, "XDG_CONFIG_HOME", ".config", name);
}

char *path_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int path_write_new(mimeo_ctx *ctx, const char *path, struct view bytes, mode_t mode)
{
    const char *slash = strrchr(path, '/');
    char *parent = path_parent(path);
    int dir = parent == NULL ? ctx_error_nomem(ctx) : dir_open(ctx, parent);
    free(parent);
    if (dir < 0)
        return dir;
    int rc = file_write_new(ctx, dir, slash == NULL ? path : slash + 1, bytes, mode);
    close(dir);
    return rc == MIMEO_EEXISTS ? ctx_error(ctx, rc, "'%s' is there already: name a new file", path) : rc;
}
