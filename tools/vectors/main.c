/*
 * mimeo-vectors DIR: writes the test vectors of the format, each a pack, and expected.jsonl beside
 * them.  The same bytes on every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct secret_key *key_of(mimeo_ctx *ctx, const char *name)
{
    struct secret_key *k;
    struct hash seed = hash_of(view_of_str(name));
    if (secret_key_from_seed(&k, ctx, seed.bytes) < 0)
        exit(1);
    return k;
}

static int compare(const void *a, const void *b)
{
    struct secret_key *const *x = a, *const *y = b;
    return public_key_compare(secret_key_public(*x), secret_key_public(*y));
}

static void make_keys(struct secret_key **keys, mimeo_ctx *ctx, const char *role)
{
    for (int i = 0; i < KEYS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "%s key %d", role, i);
        keys[i] = key_of(ctx, name);
    }
    qsort(keys, KEYS, sizeof(keys[0]), compare);
}

int main(int argc, char **argv)
{
    struct world w = {.dir = argc > 1 ? argv[1] : NULL};
    char path[4096];
    if (argc != 2 || mimeo_ctx_new(&w.ctx) < 0) {
        fputs("usage: mimeo-vectors DIR\n", stderr);
        return 2;
    }
    snprintf(path, sizeof(path), "%s/expected.jsonl", w.dir);
    w.expected = fopen(path, "w");
    if (w.expected == NULL) {
        perror(path);
        return 1;
    }
    make_keys(w.root, w.ctx, "root");
    make_keys(w.publish, w.ctx, "publishing");
    w.stranger = key_of(w.ctx, "stranger");
    cases_good(&w);
    cases_note(&w);
    cases_charter(&w);
    cases_header(&w);
    cases_bundle(&w);
    cases_record(&w);
    bool bad = fclose(w.expected) != 0;
    for (int i = 0; i < KEYS; i++) {
        secret_key_free(w.root[i]);
        secret_key_free(w.publish[i]);
    }
    secret_key_free(w.stranger);
    mimeo_ctx_free(w.ctx);
    return bad;
}
