/*
 * The sample publisher of the tests, from fixed seeds: what is below tests/keys/ is made by this, and a test makes it
 * again and compares.  Its secret keys are in this file, for everybody to read.
 *
 *     sample_publisher DIR        writes charter, root.key and publish.key into DIR
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "trust/charter.h"
#include "trust/keyfile.h"

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "sample_publisher: %s\n", what);
    exit(1);
}

static struct secret_key *key_of(mimeo_ctx *ctx, const char *seed)
{
    struct secret_key *k;
    struct hash h = hash_of(view_of_str(seed));
    must(secret_key_from_seed(&k, ctx, h.bytes) == 0, "no key");
    return k;
}

static void write_key(mimeo_ctx *ctx, const char *dir, const char *name, enum key_role role, const struct secret_key *k)
{
    char *path = path_join(dir, name);
    must(path != NULL && keyfile_write(ctx, path, role, k, NULL, KEY_COST_MINIMAL) == 0, mimeo_ctx_message(ctx));
    free(path);
}

int main(int argc, char **argv)
{
    mimeo_ctx *ctx;
    struct buf text, note;
    static struct charter c = {.version = 1, .name = "The Sample Harbour", .site = "https://harbour.example/",
                               .root = {.threshold = 1, .count = 1}, .publish = {.threshold = 1, .count = 1},
                               .signer_count = 1};
    must(argc == 2, "name a directory");
    must(mimeo_ctx_new(&ctx) == 0, "no memory");
    struct secret_key *root = key_of(ctx, "mimeo sample root"), *publish = key_of(ctx, "mimeo sample publish");
    c.root.keys[0] = c.signers[0] = *secret_key_public(root);
    c.publish.keys[0] = *secret_key_public(publish);
    buf_init(&text, LIMIT_CHARTER);
    buf_init(&note, LIMIT_CHARTER);
    const struct secret_key *keys[] = {root};
    must(charter_write_text(&text, ctx, &c) == 0 && note_sign(&note, ctx, buf_view(&text), keys, 1) == 0,
         mimeo_ctx_message(ctx));
    int dir = dir_open(ctx, argv[1]);
    must(dir >= 0 && file_write_new(ctx, dir, "charter", buf_view(&note), 0644) == 0, mimeo_ctx_message(ctx));
    write_key(ctx, argv[1], "root.key", KEY_ROOT, root);
    write_key(ctx, argv[1], "publish.key", KEY_PUBLISH, publish);
    secret_key_free(root);
    secret_key_free(publish);
    buf_dispose(&text);
    buf_dispose(&note);
    mimeo_ctx_free(ctx);
    return 0;
}
