/*
 * What a remote's word means: a name of the git configuration, an address, or a path.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sync/push.h"

#define REMOTES_MAX 256

struct resolving {
    struct push_source *s;
    struct git *git; /* of the publisher's repository; NULL: there is no configuration to ask */
    struct push_remote *items;
    size_t count;
};

static int add(struct resolving *r, const char *shown, const char *address, const char *proxy)
{
    mimeo_ctx *ctx = r->s->ctx;
    if (r->count == REMOTES_MAX)
        return ctx_error(ctx, MIMEO_EUSAGE, "at most %d remotes at once", REMOTES_MAX);
    struct push_remote *grown = realloc(r->items, (r->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return ctx_error_nomem(ctx);
    r->items = grown;
    struct push_remote *to = &grown[r->count++];
    *to = (struct push_remote){address_for_print(shown), strdup(address), proxy == NULL ? NULL : strdup(proxy)};
    return to->shown == NULL || to->address == NULL || (proxy != NULL && to->proxy == NULL) ? ctx_error_nomem(ctx) : 0;
}

/* The output of a question to git's configuration, "" where it has none. */
static int ask(struct program_result *out, struct resolving *r, const char *const *args)
{
    int rc = git_run(out, r->git, 10, args);
    if (rc == 0 && out->status != 0)
        buf_clear(&out->out);
    return rc;
}

/* A path in the configuration is meant from the mirror's directory. */
static int add_configured(struct resolving *r, const char *name, const char *address, const char *proxy)
{
    if (address_kind(address) != ADDRESS_PATH || address[0] == '/')
        return add(r, name, address, proxy);
    char *path = path_join(store_path(r->s->mirror->store), address);
    int rc = path == NULL ? ctx_error_nomem(r->s->ctx) : add(r, name, path, proxy);
    free(path);
    return rc;
}

/* 1 where the configuration has a remote of this name: each address that it is pushed to is a remote. */
static int add_named(struct resolving *r, const char *name)
{
    struct program_result urls, proxy;
    struct buf key;
    if (r->git == NULL || name[0] == '-' || strchr(name, '/') != NULL || strchr(name, ':') != NULL)
        return 0;
    buf_init(&key, 1024);
    int rc = buf_appendf(&key, "remote.%s.proxy", name) < 0 ? ctx_error_nomem(r->s->ctx) : 0;
    if (rc == 0)
        rc = ask(&urls, r, (const char *const[]){"remote", "get-url", "--push", "--all", "--", name, NULL});
    if (rc == 0) {
        rc = ask(&proxy, r, (const char *const[]){"config", "--get", buf_str(&key), NULL});
        if (rc < 0)
            program_result_dispose(&urls);
    }
    buf_dispose(&key);
    if (rc < 0)
        return rc;
    char *at = (char *)urls.out.ptr, *end = (char *)proxy.out.ptr;
    if (end != NULL)
        end[strcspn(end, "\n")] = '\0';
    int found = 0;
    for (char *line = urls.out.len == 0 ? NULL : strtok_r(at, "\n", &at); rc == 0 && line != NULL; line = strtok_r(NULL, "\n", &at)) {
        rc = add_configured(r, name, line, proxy.out.len == 0 ? NULL : end);
        found = 1;
    }
    program_result_dispose(&urls);
    program_result_dispose(&proxy);
    return rc < 0 ? rc : found;
}

static int add_all(struct resolving *r)
{
    struct program_result names;
    int rc = r->git == NULL ? 0 : ask(&names, r, (const char *const[]){"remote", NULL});
    if (r->git == NULL || rc < 0)
        return rc;
    char *at = (char *)names.out.ptr;
    for (char *name = names.out.len == 0 ? NULL : strtok_r(at, "\n", &at); rc >= 0 && name != NULL; name = strtok_r(NULL, "\n", &at))
        rc = add_named(r, name);
    program_result_dispose(&names);
    return rc < 0 ? rc : 0;
}

static int add_word(struct resolving *r, const char *word)
{
    struct stat st;
    if (word[0] == '\0')
        return ctx_error(r->s->ctx, MIMEO_EUSAGE, "a remote without a name");
    int rc = stat(word, &st) == 0 && strchr(word, '/') != NULL ? 0 : add_named(r, word);
    return rc < 0 ? rc : rc == 1 ? 0 : add(r, word, word, NULL);
}

int push_remotes_resolve(struct push_remote **out, size_t *count, struct push_source *s, const char *const *words,
                         size_t word_count)
{
    struct resolving r = {.s = s};
    char *git_dir = path_join(store_path(s->mirror->store), ".git");
    int rc = git_dir == NULL ? ctx_error_nomem(s->ctx) : 0;
    struct git_options o = {.git_dir = git_dir, .no_input = true, .own = true};
    if (rc == 0 && s->own)
        rc = git_open(&r.git, s->ctx, &o);
    if (rc == 0 && word_count == 0)
        rc = add_all(&r);
    for (size_t i = 0; rc == 0 && i < word_count; i++)
        rc = add_word(&r, words[i]);
    git_close(r.git);
    free(git_dir);
    if (rc < 0) {
        push_remotes_dispose(r.items, r.count);
        return rc;
    }
    *out = r.items;
    *count = r.count;
    return 0;
}

void push_remotes_dispose(struct push_remote *remotes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(remotes[i].shown);
        free(remotes[i].address);
        free(remotes[i].proxy);
    }
    free(remotes);
}
