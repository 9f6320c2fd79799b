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
#include "library/change.h"
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

/* After a cut the history begins again behind the last good bundle, without the files of what was cut off. */
static int change_for_cut(struct change *c, struct mimeo_publisher *p, mimeo_ctx *ctx, uint64_t seq)
{
    uint64_t *seqs = NULL;
    size_t count = 0;
    char name[STORE_NAME_MAX];
    if (p->cut_off == 0)
        return 0;
    c->orphan = true;
    mirror_writer_cut(p->writer, seq - 1);
    int rc = store_list_bundles(&seqs, &count, p->mirror->store, ctx);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        store_name_bundle(name, seqs[i]);
        if (seqs[i] > seq)
            rc = change_remove_file(c, ctx, name);
    }
    free(seqs);
    return rc;
}

/* ---- committing ---- */

/* What the change is read from: the catalog knows who cites a picture first, the spool has its bytes. */
static int first_citing(uint64_t *seq, mimeo_ctx *ctx, const struct hash *h, void *payload)
{
    struct mimeo_publisher *p = payload;
    return catalog_find_media(p->catalog, ctx, h, seq);
}

static int spooled_picture(struct file_bytes *out, mimeo_ctx *ctx, const struct hash *h, void *payload)
{
    struct mimeo_publisher *p = payload;
    char name[HASH_HEX_LEN + 16];
    spool_name(name, h);
    return file_load_at(out, ctx, mirror_writer_private_dir(p->writer), name, LIMIT_MEDIA, true);
}

/* Pictures that are committed leave the spool; those of articles still to come stay. */
static int unspool(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct change *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->media.count; i++) {
        char name[HASH_HEX_LEN + 16] = "spool";
        strcat(name, strrchr(c->media.items[i].name, '/'));
        if (c->media.items[i].bytes.ptr != NULL)
            rc = file_remove(ctx, mirror_writer_private_dir(p->writer), name);
    }
    return rc;
}

static int commit_bundle(struct mimeo_publisher *p, mimeo_ctx *ctx, struct bundle *b)
{
    struct change c;
    struct change_source source = {.chain = &p->mirror->chain,
                                   .charters_before = p->head.seq == 0 ? 0 : p->head.newest_version,
                                   .store = p->mirror->store,
                                   .first_citing = first_citing,
                                   .picture = spooled_picture,
                                   .payload = p};
    int rc = bundle_check_tables(b, ctx, "the new bundle");
    if (rc == 0)
        rc = change_of(&c, ctx, b, &source);
    if (rc < 0)
        return rc;
    rc = change_for_cut(&c, p, ctx, b->header.seq);
    if (rc == 0)
        rc = mirror_writer_commit(p->writer, ctx, b->header.seq, b->header.time, c.orphan, c.files.items, c.files.count,
                              c.media.items, c.media.count);
    if (rc == 0) {
        p->head = b->header;
        p->cut_off = 0;
        buf_clear(&p->head_note);
        if (buf_append_view(&p->head_note, b->note.bytes) < 0)
            rc = ctx_error_nomem(ctx);
    }
    if (rc == 0)
        rc = unspool(p, ctx, &c);
    change_dispose(&c);
    return rc;
}

static int commit(struct mimeo_publisher *p, mimeo_ctx *ctx, struct view bytes)
{
    struct bundle b;
    int rc = bundle_open(&b, ctx, "the new bundle", bytes);
    if (rc < 0)
        return rc;
    rc = commit_bundle(p, ctx, &b);
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
                const struct digest *digest, int64_t as_of, bool alone, struct mimeo_publish_result *result)
{
    int rc = 0;
    if (bundle_writer_size(p->bundle) >= TARGET_BUNDLE || p->edition_media_bytes >= EDITION_MEDIA_MAX)
        rc = edition_finish(p, ctx, false, result);
    if (rc == 0)
        rc = begin(p, ctx);
    if (rc == 0)
        rc = bundle_writer_add(p->bundle, ctx, r, body, alone);
    struct catalog_article a = {p->head.seq + 1, r->revision, r->action, *digest, as_of > 0 ? as_of : ctx_now(ctx),
                                r->has_modified ? r->modified : 0};
    if (rc == 0 && r->restates == 0) /* what is restated says nothing new of its article */
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
