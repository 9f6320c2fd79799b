/* Packs: opening one ends, names and bytes lie in the file, and what was found is found again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int pass_stray(const char *name, const struct stray *stray, void *payload)
{
    (void)payload;
    return name[0] == '\0' || stray->words == NULL ? -1 : 0;
}

struct media_check {
    struct store *s;
    mimeo_ctx *ctx;
};

static int check_media(uint64_t seq, const struct hash *h, void *payload)
{
    struct media_check *c = payload;
    struct stored o;
    if (store_get_media(&o, c->s, c->ctx, seq, h) < 0)
        abort();
    struct hash is = hash_of(o.view);
    if (!hash_equal(&is, h))
        abort();
    store_release(&o);
    return 0;
}

static int check_part(const struct part *p, void *payload)
{
    (void)payload;
    if (p->number == 0 || p->number > p->of || p->holds == NULL)
        abort();
    return 0;
}

static void look(struct store *s, mimeo_ctx *ctx, size_t size)
{
    uint64_t *seqs = NULL;
    size_t count = 0;
    uint32_t charters;
    bool beyond;
    struct stored o;
    struct media_check c = {s, ctx};
    if (store_list_bundles(&seqs, &count, s, ctx) < 0 || store_count_charters(&charters, &beyond, s, ctx) < 0)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (store_get_bundle(&o, s, ctx, seqs[i]) < 0 || o.view.len > size)
            abort();
        store_release(&o);
    }
    if (store_get_head(&o, s, ctx) == 0)
        store_release(&o);
    if (store_each_media(s, ctx, check_media, &c) < 0 || store_each_stray(s, ctx, pass_stray, NULL) < 0 ||
        store_each_part(s, ctx, check_part, NULL) < 0)
        abort();
    free(seqs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    mimeo_ctx *ctx;
    struct store *s;
    int fd = memfd_create("pack", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || mimeo_ctx_new(&ctx) < 0)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (store_open(&s, ctx, path, false) == 0) {
        look(s, ctx, size);
        store_close(s);
    }
    mimeo_ctx_free(ctx);
    close(fd);
    return 0;
}
