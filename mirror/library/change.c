/*
 * The files of a commit, from its bundle.  What a reader would get wrong: erased text goes from the
 * commit that orders the erasure on, so that commit rewrites older bundles and begins the history anew.
 */
#include "library/change.h"

#include <stdlib.h>
#include <string.h>

/* One change being read. */
struct reading_change {
    struct change *change;
    mimeo_ctx *ctx;
    const struct change_source *source;
    uint64_t seq;
};

static int add(struct change_list *list, mimeo_ctx *ctx, const char *name, struct view bytes)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 16 : 2 * list->cap;
        struct mirror_file *items = realloc(list->items, cap * sizeof(*items));
        if (items == NULL)
            return ctx_error_nomem(ctx);
        list->items = items;
        list->cap = cap;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return ctx_error_nomem(ctx);
    list->items[list->count++] = (struct mirror_file){copy, bytes};
    return 0;
}

/* ---- media ---- */

static bool has_media(const struct change *c, const char *name)
{
    for (size_t i = 0; i < c->media.count; i++)
        if (strcmp(c->media.items[i].name, name) == 0)
            return true;
    return false;
}

static int load_picture(struct view *out, struct reading_change *r, const struct hash *h)
{
    struct change *c = r->change;
    if (c->picture_count == c->picture_cap) {
        size_t cap = c->picture_cap == 0 ? 16 : 2 * c->picture_cap;
        struct file_bytes *pictures = realloc(c->pictures, cap * sizeof(*pictures));
        if (pictures == NULL)
            return ctx_error_nomem(r->ctx);
        c->pictures = pictures;
        c->picture_cap = cap;
    }
    int rc = r->source->picture(&c->pictures[c->picture_count], r->ctx, h, r->source->payload);
    if (rc < 0)
        return ctx_error_prefix(r->ctx, rc, "a picture of bundle %llu", (unsigned long long)r->seq);
    *out = c->pictures[c->picture_count++].view;
    return 0;
}

/* A picture that this bundle is the first to cite. */
static int add_picture(struct reading_change *r, const struct hash *h)
{
    uint64_t first;
    struct view bytes;
    char name[STORE_NAME_MAX];
    int rc = r->source->first_citing(&first, r->ctx, h, r->source->payload);
    if (rc < 0 || (rc == 1 && first != r->seq))
        return rc < 0 ? rc : 0;
    store_name_media(name, r->seq, h);
    if (has_media(r->change, name))
        return 0;
    rc = load_picture(&bytes, r, h);
    return rc == 0 ? add(&r->change->media, r->ctx, name, bytes) : rc;
}

/* ---- erasures ---- */

/* An older bundle's bytes, ours to change. */
static int older_bundle(struct buf **out, struct reading_change *r, uint64_t seq)
{
    struct change *c = r->change;
    for (size_t i = 0; i < c->erased_count; i++)
        if (c->erased_seqs[i] == seq) {
            *out = c->erased[i];
            return 0;
        }
    if (c->erased_count == c->erased_cap) {
        size_t cap = c->erased_cap == 0 ? 16 : 2 * c->erased_cap;
        struct buf **erased = realloc(c->erased, cap * sizeof(*erased));
        if (erased != NULL)
            c->erased = erased;
        uint64_t *seqs = realloc(c->erased_seqs, cap * sizeof(*seqs));
        if (seqs != NULL)
            c->erased_seqs = seqs;
        if (erased == NULL || seqs == NULL)
            return ctx_error_nomem(r->ctx);
        c->erased_cap = cap;
    }
    struct stored s;
    int rc = store_get_bundle(&s, r->source->store, r->ctx, seq);
    if (rc < 0)
        return rc;
    struct buf *b = calloc(1, sizeof(*b));
    if (b != NULL)
        buf_init(b, LIMIT_BUNDLE);
    if (b == NULL || buf_append_view(b, s.view) < 0) {
        free(b);
        rc = ctx_error_nomem(r->ctx);
    }
    store_release(&s);
    if (rc < 0)
        return rc;
    c->erased_seqs[c->erased_count] = seq;
    c->erased[c->erased_count++] = b;
    *out = b;
    return 0;
}

int change_erase_block(struct buf *bundle, mimeo_ctx *ctx, const struct record_erase *order)
{
    struct bundle b;
    char name[STORE_NAME_MAX];
    store_name_bundle(name, order->seq);
    int rc = bundle_open(&b, ctx, name, buf_view(bundle));
    if (rc < 0)
        return rc;
    struct block_entry entry;
    struct view packed;
    enum bundle_table t = order->table == ERASE_CATALOG ? BUNDLE_CATALOG : BUNDLE_BODY;
    rc = bundle_check_tables(&b, ctx, name);
    if (rc == 0)
        rc = bundle_block(&b, ctx, t, order->block, &entry, &packed);
    if (rc == 0 && !hash_equal(&entry.hash, &order->hash))
        rc = ctx_error(ctx, MIMEO_EFORGED, "%s: block %u is not the one to erase", name, (unsigned)order->block);
    if (rc == 0)
        memset(bundle->ptr + (packed.ptr - bundle->ptr), 0, packed.len);
    bundle_dispose(&b);
    return rc;
}

static int erase_block(struct reading_change *r, const struct record_erase *order)
{
    struct buf *bytes = NULL;
    if (r->source->carried_out)
        return 0;
    int rc = older_bundle(&bytes, r, order->seq);
    return rc == 0 ? change_erase_block(bytes, r->ctx, order) : rc;
}

static int erase_picture(struct reading_change *r, const struct record_erase *order)
{
    char name[STORE_NAME_MAX];
    store_name_media(name, order->seq, &order->hash);
    return r->source->picture == NULL ? 0 : add(&r->change->media, r->ctx, name, view_of(NULL, 0));
}

static int read_record(const struct record *record, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct reading_change *r = payload;
    int rc = 0;
    for (size_t i = 0; rc == 0 && r->source->picture != NULL && i < record->media_count; i++)
        rc = add_picture(r, &record->media[i].hash);
    if (record->erase_count == 0 || record->restates > 0)
        return rc;
    r->change->orphan = true;
    for (size_t i = 0; rc == 0 && i < record->erase_count; i++)
        rc = record->erase[i].table == ERASE_MEDIA ? erase_picture(r, &record->erase[i])
                                                   : erase_block(r, &record->erase[i]);
    return rc;
}

/* ---- charters and dictionaries ---- */

/* README.md and .gitattributes, which the newest charter decides, and each charter that is new. */
static int add_charters(struct reading_change *r, const struct header *h)
{
    const struct charter *newest = charter_chain_get(r->source->chain, h->newest_version);
    char name[STORE_NAME_MAX];
    if (newest == NULL)
        return ctx_error(r->ctx, MIMEO_EINCOMPLETE, "charter %u, which bundle %llu names, is not held",
                         h->newest_version, (unsigned long long)h->seq);
    if (h->newest_version == r->source->charters_before)
        return 0;
    int rc = mirror_readme(&r->change->readme, r->ctx, newest->name, &r->source->chain->publisher);
    if (rc == 0)
        rc = add(&r->change->files, r->ctx, "README.md", buf_view(&r->change->readme));
    if (rc == 0)
        rc = add(&r->change->files, r->ctx, ".gitattributes", VIEW_OF_LITERAL(MIRROR_GITATTRIBUTES));
    for (uint32_t v = r->source->charters_before + 1; rc == 0 && v <= h->newest_version; v++) {
        store_name_charter(name, v);
        rc = add(&r->change->files, r->ctx, name, buf_view(&charter_chain_get(r->source->chain, v)->note));
    }
    return rc;
}

/* Those that the header names; one that is committed already is the same blob again. */
static int add_dictionaries(struct reading_change *r, const struct header *h)
{
    struct change *c = r->change;
    int rc = 0;
    if (h->dictionary_count == 0 || r->source->store == NULL)
        return 0;
    c->dictionaries = calloc(h->dictionary_count, sizeof(*c->dictionaries));
    if (c->dictionaries == NULL)
        return ctx_error_nomem(r->ctx);
    for (size_t i = 0; rc == 0 && i < h->dictionary_count; i++) {
        char name[STORE_NAME_MAX];
        store_name_dictionary(name, &h->dictionaries[i].hash);
        struct stored *d = &c->dictionaries[c->dictionary_count];
        rc = store_get_dictionary(d, r->source->store, r->ctx, &h->dictionaries[i].hash);
        if (rc < 0)
            break;
        c->dictionary_count++;
        struct hash hash = hash_of(d->view);
        rc = hash_equal(&hash, &h->dictionaries[i].hash)
                 ? add(&c->files, r->ctx, name, d->view)
                 : ctx_error(r->ctx, MIMEO_EFORGED, "%s is damaged: get it again", name);
    }
    return rc;
}

/* ---- all of it ---- */

bool change_begins_history(const struct header *h, const struct charter_chain *chain)
{
    /* Behind a cut of the newest charter: what was cut off is no part of the history. */
    const struct charter *newest = charter_chain_get(chain, h->newest_version);
    return h->seq == 1 || (newest != NULL && newest->is_cut && newest->from_seq + 1 == h->seq);
}

static int read_change(struct reading_change *r, struct bundle *bundle)
{
    struct change *c = r->change;
    char name[STORE_NAME_MAX];
    size_t erased;
    int rc = bundle_each_record(bundle, r->ctx, "the new bundle", read_record, r, &erased);
    if (rc == 0)
        rc = add_charters(r, &bundle->header);
    if (rc == 0)
        rc = add_dictionaries(r, &bundle->header);
    for (size_t i = 0; rc == 0 && i < c->erased_count; i++) {
        store_name_bundle(name, c->erased_seqs[i]);
        rc = add(&c->files, r->ctx, name, buf_view(c->erased[i]));
    }
    store_name_bundle(name, r->seq);
    if (rc == 0)
        rc = add(&c->files, r->ctx, name, bundle->bytes);
    return rc == 0 ? add(&c->files, r->ctx, "head", bundle->note.bytes) : rc;
}

int change_of(struct change *out, mimeo_ctx *ctx, struct bundle *bundle, const struct change_source *source)
{
    struct change c = {.orphan = change_begins_history(&bundle->header, source->chain)};
    struct reading_change r = {&c, ctx, source, bundle->header.seq};
    buf_init(&c.readme, 16 * KIB);
    int rc = read_change(&r, bundle);
    if (rc < 0) {
        change_dispose(&c);
        return rc;
    }
    *out = c;
    return 0;
}

static void list_dispose(struct change_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free((char *)(uintptr_t)list->items[i].name);
    free(list->items);
}

int change_remove_file(struct change *c, mimeo_ctx *ctx, const char *name)
{
    return add(&c->files, ctx, name, view_of(NULL, 0));
}

void change_dispose(struct change *c)
{
    if (c == NULL)
        return;
    list_dispose(&c->files);
    list_dispose(&c->media);
    buf_dispose(&c->readme);
    for (size_t i = 0; i < c->picture_count; i++)
        file_unload(&c->pictures[i]);
    for (size_t i = 0; i < c->dictionary_count; i++)
        store_release(&c->dictionaries[i]);
    for (size_t i = 0; i < c->erased_count; i++) {
        buf_dispose(c->erased[i]);
        free(c->erased[i]);
    }
    free(c->pictures);
    free(c->dictionaries);
    free(c->erased);
    free(c->erased_seqs);
}
