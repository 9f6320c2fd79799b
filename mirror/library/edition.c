/*
 * Signing a bundle and committing it, so that at every moment the mirror is as before or as after
 * (library/publisher.h tells the order).
 *
 * What a commit changes is read from the bundle itself, not remembered beside it: that way a
 * bundle that a killed run left pending is committed by the same code.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "library/publisher.h"

#define PENDING "pending"
#define EDITION_MEDIA_MAX (32 * MIB) /* pictures that one bundle brings: a push of bearable size */
#define RESTATE_SECONDS (90 * 86400)
#define PACK_EACH 50 /* commits between packings */

/* ---- the pending file: "mimeo pending 1 <text length>\n" text payload ---- */

static int pending_write(struct mimeo_publisher *p, mimeo_ctx *ctx, struct view text,
                         struct view payload)
{
    struct buf b;
    buf_init(&b, LIMIT_BUNDLE + LIMIT_HEADER + 64);
    buf_appendf(&b, "mimeo pending 1 %zu\n", text.len);
    buf_append_view(&b, text);
    buf_append_view(&b, payload);
    int rc = buf_status(&b) < 0
                 ? ctx_error_nomem(ctx)
                 : file_write_atomic(ctx, mirror_writer_private_dir(p->writer), PENDING, buf_view(&b), 0600);
    buf_dispose(&b);
    return rc;
}

int pending_read(struct buf *file, struct view *text, struct view *payload, struct mimeo_publisher *p,
                 mimeo_ctx *ctx)
{
    struct file_bytes f;
    int rc = file_load_at(&f, ctx, mirror_writer_private_dir(p->writer), PENDING,
                          LIMIT_BUNDLE + LIMIT_HEADER + 64, false);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    struct buf b;
    buf_init(&b, f.view.len + 1);
    rc = buf_append_view(&b, f.view);
    file_unload(&f);
    struct cursor c = cursor_of(buf_view(&b));
    struct view number;
    uint64_t len;
    if (rc < 0) {
        rc = ctx_error_nomem(ctx);
    } else if (!cursor_skip(&c, "mimeo pending 1 ") || !cursor_line(&c, &number) ||
               !parse_decimal(number, LIMIT_HEADER, &len) || !cursor_take(&c, (size_t)len, text)) {
        rc = ctx_error(ctx, MIMEO_EMALFORMED, ".git/mimeo/pending is damaged");
    } else {
        *payload = view_of(c.ptr, c.left);
        *file = b;
        return 1;
    }
    buf_dispose(&b);
    return rc;
}

int pending_remove(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    return file_remove(ctx, mirror_writer_private_dir(p->writer), PENDING);
}

/* ---- spool ---- */

void spool_name(char out[HASH_HEX_LEN + 16], const struct hash *h)
{
    memcpy(out, "spool/", 6);
    hash_format(out + 6, h);
}

int spool_put(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct hash *h, struct view bytes)
{
    char name[HASH_HEX_LEN + 16];
    spool_name(name, h);
    return file_write_atomic(ctx, mirror_writer_private_dir(p->writer), name, bytes, 0600);
}

struct clearing {
    mimeo_ctx *ctx;
    int fd;
};

static int clear_one(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct clearing *c = payload;
    return file_remove(c->ctx, c->fd, name);
}

int spool_clear(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    struct clearing c = {ctx, dir_open_beneath(ctx, mirror_writer_private_dir(p->writer), "spool")};
    if (c.fd < 0)
        return c.fd == MIMEO_ENOTFOUND ? 0 : c.fd;
    int rc = dir_each(ctx, c.fd, 10000000, clear_one, &c);
    close(c.fd);
    return rc;
}

/* ---- what a commit changes ---- */

int charter_files_make(struct charter_files *out, mimeo_ctx *ctx, const struct charter *c,
                       const struct hash *publisher)
{
    struct charter_files f = {.count = 3};
    buf_init(&f.readme, 16 * KIB);
    int rc = mirror_readme(&f.readme, ctx, c->name, publisher);
    if (rc < 0) {
        buf_dispose(&f.readme);
        return rc;
    }
    *out = f;
    strcpy(out->names[0], "README.md");
    strcpy(out->names[1], ".gitattributes");
    store_name_charter(out->names[2], c->version);
    out->files[0] = (struct mirror_file){out->names[0], buf_view(&out->readme)};
    out->files[1] = (struct mirror_file){out->names[1], VIEW_OF_LITERAL(MIRROR_GITATTRIBUTES)};
    out->files[2] = (struct mirror_file){out->names[2], buf_view(&c->note)};
    return 0;
}

void charter_files_dispose(struct charter_files *f)
{
    if (f != NULL)
        buf_dispose(&f->readme);
}

/* Everything that the commit of one bundle writes or removes. */
struct change {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    struct bundle *bundle;
    uint64_t seq;
    struct mirror_file *files;
    size_t file_count, file_cap;
    struct mirror_file *media;
    size_t media_count, media_cap;
    struct file_bytes *maps; /* pictures of the spool */
    size_t map_count, map_cap;
    struct buf **erased;     /* older bundles with blocks made zero */
    uint64_t *erased_seqs;
    size_t erased_count, erased_cap;
    bool orphan;
};

static int push_file(struct mirror_file **files, size_t *count, size_t *cap, mimeo_ctx *ctx,
                     const char *name, struct view bytes)
{
    if (*count == *cap) {
        size_t more = *cap == 0 ? 16 : 2 * *cap;
        struct mirror_file *grown = realloc(*files, more * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        *files = grown;
        *cap = more;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return ctx_error_nomem(ctx);
    (*files)[(*count)++] = (struct mirror_file){copy, bytes};
    return 0;
}

static int change_file(struct change *c, const char *name, struct view bytes)
{
    return push_file(&c->files, &c->file_count, &c->file_cap, c->ctx, name, bytes);
}

static bool has_media(const struct change *c, const char *name)
{
    for (size_t i = 0; i < c->media_count; i++)
        if (strcmp(c->media[i].name, name) == 0)
            return true;
    return false;
}

/* A picture that this bundle is the first to cite comes from the spool. */
static int add_media(struct change *c, const struct hash *h)
{
    uint64_t first;
    int rc = catalog_find_media(c->p->catalog, c->ctx, h, &first);
    if (rc < 0 || (rc == 1 && first != c->seq))
        return rc < 0 ? rc : 0;
    char name[STORE_NAME_MAX], spooled[HASH_HEX_LEN + 16];
    store_name_media(name, c->seq, h);
    if (has_media(c, name))
        return 0;
    if (c->map_count == c->map_cap) {
        size_t cap = c->map_cap == 0 ? 16 : 2 * c->map_cap;
        struct file_bytes *maps = realloc(c->maps, cap * sizeof(*maps));
        if (maps == NULL)
            return ctx_error_nomem(c->ctx);
        c->maps = maps;
        c->map_cap = cap;
    }
    spool_name(spooled, h);
    rc = file_load_at(&c->maps[c->map_count], c->ctx, mirror_writer_private_dir(c->p->writer), spooled,
                      LIMIT_MEDIA, true);
    if (rc < 0)
        return ctx_error_prefix(c->ctx, rc, "a picture of bundle %llu", (unsigned long long)c->seq);
    c->map_count++;
    return push_file(&c->media, &c->media_count, &c->media_cap, c->ctx, name,
                     c->maps[c->map_count - 1].view);
}

/* An older bundle's bytes, ours to change. */
static int older_bundle(struct buf **out, struct change *c, uint64_t seq)
{
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
            return ctx_error_nomem(c->ctx);
        c->erased_cap = cap;
    }
    struct stored s;
    int rc = store_get_bundle(&s, c->p->mirror->store, c->ctx, seq);
    if (rc < 0)
        return rc;
    struct buf *b = calloc(1, sizeof(*b));
    if (b != NULL)
        buf_init(b, LIMIT_BUNDLE);
    if (b == NULL || buf_append_view(b, s.view) < 0) {
        free(b);
        rc = ctx_error_nomem(c->ctx);
    }
    store_release(&s);
    if (rc < 0)
        return rc;
    c->erased_seqs[c->erased_count] = seq;
    c->erased[c->erased_count++] = b;
    *out = b;
    return 0;
}

static int erase_block(struct change *c, const struct record_erase *e)
{
    struct buf *bytes = NULL;
    struct bundle b;
    char name[STORE_NAME_MAX];
    store_name_bundle(name, e->seq);
    int rc = older_bundle(&bytes, c, e->seq);
    if (rc == 0)
        rc = bundle_open(&b, c->ctx, name, buf_view(bytes));
    if (rc < 0)
        return rc;
    struct block_entry entry;
    struct view packed;
    enum bundle_table t = e->table == ERASE_CATALOG ? BUNDLE_CATALOG : BUNDLE_BODY;
    rc = bundle_check_tables(&b, c->ctx, name);
    if (rc == 0)
        rc = bundle_block(&b, c->ctx, t, e->block, &entry, &packed);
    if (rc == 0 && !hash_equal(&entry.hash, &e->hash))
        rc = ctx_error(c->ctx, MIMEO_EFORGED, "%s: block %u is not the one to erase", name,
                       (unsigned)e->block);
    if (rc == 0)
        memset(bytes->ptr + (packed.ptr - bytes->ptr), 0, packed.len);
    bundle_dispose(&b);
    return rc;
}

static int erase_media(struct change *c, const struct record_erase *e)
{
    char name[STORE_NAME_MAX];
    store_name_media(name, e->seq, &e->hash);
    return push_file(&c->media, &c->media_count, &c->media_cap, c->ctx, name, view_of(NULL, 0));
}

static int change_for_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct change *c = payload;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->media_count; i++)
        rc = add_media(c, &r->media[i].hash);
    if (r->erase_count == 0 || r->restates > 0)
        return rc;
    c->orphan = true;
    for (size_t i = 0; rc == 0 && i < r->erase_count; i++)
        rc = r->erase[i].table == ERASE_MEDIA ? erase_media(c, &r->erase[i])
                                              : erase_block(c, &r->erase[i]);
    return rc;
}

static void change_dispose(struct change *c)
{
    for (size_t i = 0; i < c->file_count; i++)
        free((char *)c->files[i].name);
    for (size_t i = 0; i < c->media_count; i++)
        free((char *)c->media[i].name);
    for (size_t i = 0; i < c->map_count; i++)
        file_unload(&c->maps[i]);
    for (size_t i = 0; i < c->erased_count; i++) {
        buf_dispose(c->erased[i]);
        free(c->erased[i]);
    }
    free(c->files);
    free(c->media);
    free(c->maps);
    free(c->erased);
    free(c->erased_seqs);
}

/* After a cut the history begins again behind the last good bundle, without the files of what was cut off. */
static int change_for_cut(struct change *c)
{
    uint64_t *seqs = NULL;
    size_t count = 0;
    char name[STORE_NAME_MAX];
    if (c->p->cut_off == 0)
        return 0;
    c->orphan = true;
    mirror_writer_cut(c->p->writer, c->seq - 1);
    int rc = store_list_bundles(&seqs, &count, c->p->mirror->store, c->ctx);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        store_name_bundle(name, seqs[i]);
        if (seqs[i] > c->seq)
            rc = change_file(c, name, view_of(NULL, 0));
    }
    free(seqs);
    return rc;
}

/* ---- committing ---- */

static int collect_changes(struct change *c, const struct charter_files *charter, struct view bytes,
                           struct view note)
{
    char name[STORE_NAME_MAX];
    size_t erased;
    int rc = bundle_each_record(c->bundle, c->ctx, "the new bundle", change_for_record, c, &erased);
    for (size_t i = 0; rc == 0 && i < charter->count; i++)
        rc = change_file(c, charter->files[i].name, charter->files[i].bytes);
    for (size_t i = 0; rc == 0 && i < c->erased_count; i++) {
        store_name_bundle(name, c->erased_seqs[i]);
        rc = change_file(c, name, buf_view(c->erased[i]));
    }
    store_name_bundle(name, c->seq);
    if (rc == 0)
        rc = change_file(c, name, bytes);
    if (rc == 0)
        rc = change_file(c, "head", note);
    return rc;
}

/* Pictures that are committed leave the spool; those of articles still to come stay. */
static int unspool(struct change *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->media_count; i++) {
        char name[HASH_HEX_LEN + 16] = "spool";
        strcat(name, strrchr(c->media[i].name, '/'));
        if (c->media[i].bytes.ptr != NULL)
            rc = file_remove(c->ctx, mirror_writer_private_dir(c->p->writer), name);
    }
    return rc;
}

static int commit(struct mimeo_publisher *p, mimeo_ctx *ctx, struct view bytes)
{
    struct bundle b;
    struct charter_files charter = {0};
    int rc = bundle_open(&b, ctx, "the new bundle", bytes);
    if (rc < 0)
        return rc;
    struct change c = {.p = p, .ctx = ctx, .bundle = &b, .seq = b.header.seq, .orphan = b.header.seq == 1};
    const struct charter *newest = charter_chain_newest(&p->mirror->chain);
    if (p->head.seq == 0 || p->head.newest_version != b.header.newest_version)
        rc = charter_files_make(&charter, ctx, newest, &p->mirror->chain.publisher);
    if (rc == 0)
        rc = bundle_check_tables(&b, ctx, "the new bundle");
    if (rc == 0)
        rc = collect_changes(&c, &charter, bytes, b.note.bytes);
    if (rc == 0)
        rc = change_for_cut(&c);
    if (rc == 0)
        rc = mirror_writer_commit(p->writer, ctx, b.header.seq, b.header.time, c.orphan, c.files,
                                  c.file_count, c.media, c.media_count);
    if (rc == 0) {
        p->head = b.header;
        p->cut_off = 0;
        buf_clear(&p->head_note);
        if (buf_append_view(&p->head_note, b.note.bytes) < 0)
            rc = ctx_error_nomem(ctx);
    }
    if (rc == 0)
        rc = unspool(&c);
    change_dispose(&c);
    charter_files_dispose(&charter);
    bundle_dispose(&b);
    return rc;
}

int edition_sign_and_commit(struct mimeo_publisher *p, mimeo_ctx *ctx, struct view text,
                            struct view payload)
{
    struct buf note, bytes;
    buf_init(&note, LIMIT_HEADER);
    buf_init(&bytes, LIMIT_BUNDLE);
    const struct secret_key *keys[] = {p->key};
    int rc = note_sign(&note, ctx, text, keys, 1);
    if (rc == 0)
        rc = bundle_assemble(&bytes, ctx, buf_view(&note), payload);
    if (rc == 0)
        rc = commit(p, ctx, buf_view(&bytes));
    buf_dispose(&note);
    buf_dispose(&bytes);
    return rc == 0 ? pending_remove(p, ctx) : rc;
}

/* ---- the header ---- */

/* Never sign what readers would refuse: below an older cut only what that cut confirmed is good. */
static int check_above_cuts(mimeo_ctx *ctx, const struct charter_chain *chain, uint64_t seq)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->items[i]->is_cut && seq <= chain->items[i]->from_seq)
            return ctx_error(ctx, MIMEO_EREVOKED, "charter %u confirmed the bundles up to %llu: there can be no other bundle %llu",
                             chain->items[i]->version, (unsigned long long)chain->items[i]->from_seq, (unsigned long long)seq);
    return 0;
}

static int fill_header(struct header *h, struct mimeo_publisher *p, mimeo_ctx *ctx, size_t records)
{
    const struct charter *c = charter_chain_newest(&p->mirror->chain);
    h->publisher = p->mirror->chain.publisher;
    h->seq = p->head.seq + 1;
    const struct charter *in_force = charter_chain_in_force(&p->mirror->chain, h->seq, 0);
    if (in_force == NULL)
        return ctx_error(ctx, MIMEO_EREVOKED, "no charter governs bundle %llu", (unsigned long long)h->seq);
    if (!role_has(&in_force->publish, secret_key_public(p->key)))
        return ctx_error(ctx, MIMEO_EREVOKED,
                         "from bundle %llu on charter %u governs, and this key is none of its publishing keys: go on with "
                         "one that is", (unsigned long long)h->seq, in_force->version);
    int rc = check_above_cuts(ctx, &p->mirror->chain, h->seq);
    if (rc < 0)
        return rc;
    h->charter_version = in_force->version;
    h->charter_hash = in_force->hash;
    h->newest_version = c->version;
    h->newest_hash = c->hash;
    h->time = ctx_now(ctx);
    if (h->time < p->head.time)
        h->time = p->head.time; /* a clock set back must not make time run backward for readers */
    h->next_by = h->time + p->next_by;
    h->archive_records = p->head.archive_records + records;
    h->archive_bytes = p->head.archive_bytes + h->payload;
    h->archive_media = p->head.archive_media + p->edition_media;
    h->archive_media_bytes = p->head.archive_media_bytes + p->edition_media_bytes;
    for (size_t i = 0; p->mirrors[i] != NULL; i++)
        strcpy(h->mirrors[h->mirror_count++], p->mirrors[i]);
    h->signers[h->signer_count++] = *secret_key_public(p->key);
    if (h->seq == 1)
        return 0;
    h->prev = p->head.hash;
    return mirror_ancestor(&h->skip, p->mirror, ctx, &p->head, lipmaa(h->seq));
}

/* ---- filling ---- */

static int restate(uint64_t seq, struct view line, void *payload)
{
    struct mimeo_publisher *p = ((void **)payload)[0];
    mimeo_ctx *ctx = ((void **)payload)[1];
    struct record r;
    int rc = record_parse(&r, ctx, "a kept erasure", line);
    if (rc <= 0)
        return rc;
    r.restates = seq;
    rc = bundle_writer_add(p->bundle, ctx, &r, view_of(NULL, 0), false);
    record_dispose(&r);
    return rc;
}

/* The erasures of the last 90 days stand at the front of each catalog; FORMAT.md section 7. */
static int begin(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    if (p->edition_has_restated)
        return 0;
    void *payload[] = {p, ctx};
    int rc = catalog_each_erasure(p->catalog, ctx, ctx_now(ctx) - RESTATE_SECONDS, restate, payload);
    p->edition_has_restated = rc == 0;
    return rc;
}

static int count_media(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct record *r,
                       struct mimeo_publish_result *result)
{
    for (size_t i = 0; i < r->media_count; i++) {
        uint64_t seq;
        int rc = catalog_find_media(p->catalog, ctx, &r->media[i].hash, &seq);
        if (rc == 1)
            continue;
        if (rc == 0)
            rc = catalog_put_media(p->catalog, ctx, &r->media[i].hash, p->head.seq + 1);
        if (rc < 0)
            return rc;
        p->edition_media++;
        p->edition_media_bytes += r->media[i].bytes;
        result->pictures++;
        result->picture_bytes += r->media[i].bytes;
    }
    return 0;
}

int edition_add(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct record *r, struct view body,
                const struct digest *digest, bool alone, struct mimeo_publish_result *result)
{
    int rc = 0;
    if (bundle_writer_size(p->bundle) >= TARGET_BUNDLE || p->edition_media_bytes >= EDITION_MEDIA_MAX)
        rc = edition_finish(p, ctx, false, result);
    if (rc == 0)
        rc = begin(p, ctx);
    if (rc == 0)
        rc = bundle_writer_add(p->bundle, ctx, r, body, alone);
    struct catalog_article a = {p->head.seq + 1, r->revision, r->action, *digest};
    if (rc == 0)
        rc = catalog_put(p->catalog, ctx, r->id, &a);
    return rc == 0 ? count_media(p, ctx, r, result) : rc;
}

static void count_bundle(struct mimeo_publisher *p, size_t bytes, struct mimeo_publish_result *result)
{
    uint64_t seq = p->head.seq;
    if (result->bundles++ == 0)
        result->first_seq = seq;
    result->last_seq = seq;
    result->bytes += bytes;
}

int edition_finish(struct mimeo_publisher *p, mimeo_ctx *ctx, bool even_empty,
                   struct mimeo_publish_result *result)
{
    int rc = 0;
    if (even_empty)
        rc = begin(p, ctx);
    size_t records = bundle_writer_record_count(p->bundle);
    if (rc < 0 || (records == 0 && !even_empty))
        return rc;
    struct header *h = calloc(1, sizeof(*h));
    struct buf text, payload;
    buf_init(&text, LIMIT_HEADER);
    buf_init(&payload, LIMIT_BUNDLE);
    if (h == NULL)
        rc = ctx_error_nomem(ctx);
    if (rc == 0)
        rc = bundle_writer_finish(p->bundle, ctx, h, &payload);
    if (rc == 0 && p->dry_run) {
        p->head.seq++;
        count_bundle(p, payload.len, result);
    } else if (rc == 0) {
        rc = fill_header(h, p, ctx, records);
        if (rc == 0)
            rc = header_write_text(&text, ctx, h);
        if (rc == 0)
            rc = pending_write(p, ctx, buf_view(&text), buf_view(&payload));
        struct journal j = {.publisher = h->publisher, .seq = h->seq, .hash = hash_of(buf_view(&text))};
        if (rc == 0)
            rc = journal_write(ctx, p->key_path, &j);
        if (rc == 0)
            rc = edition_sign_and_commit(p, ctx, buf_view(&text), buf_view(&payload));
        if (rc == 0)
            rc = catalog_commit(p->catalog, ctx, p->head.seq, &p->head.hash);
        if (rc == 0)
            count_bundle(p, payload.len + text.len, result);
        if (rc == 0 && p->head.seq % PACK_EACH == 0)
            rc = mirror_writer_pack(p->writer, ctx);
    }
    p->edition_media = p->edition_media_bytes = 0;
    p->edition_has_restated = false;
    buf_dispose(&text);
    buf_dispose(&payload);
    free(h);
    return rc;
}
