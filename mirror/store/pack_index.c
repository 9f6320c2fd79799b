/*
 * Making the index of a pack: file by file, over what is damaged to the next object; then of one name the first, and whose
 * each charter is.
 */
#include "store/pack_index_inside.h"

#include <stdlib.h>
#include <string.h>

#define SEARCH_LEN (64 * KIB)

/* ---- one file ---- */

static bool is_full(const struct pack_index *p)
{
    return p->named.count + p->media.count >= PACK_OBJECTS_MAX;
}

static bool magic_stands(struct pack_index *p, mimeo_ctx *ctx, uint64_t offset)
{
    uint8_t bytes[sizeof(object_magic)];
    size_t got;
    return pack_source_read(p->source, ctx, offset, bytes, sizeof(bytes), &got) == 0 && got == sizeof(bytes) &&
           memcmp(bytes, object_magic, sizeof(bytes)) == 0;
}

/* The next magic at or after *offset, or `end`. */
static int find_magic(struct pack_index *p, mimeo_ctx *ctx, uint64_t *offset, uint64_t end)
{
    uint8_t *bytes = malloc(SEARCH_LEN);
    size_t got = 0;
    int rc = bytes == NULL ? ctx_error_nomem(ctx) : 0;
    while (rc == 0 && *offset < end) {
        rc = pack_source_read(p->source, ctx, *offset, bytes, SEARCH_LEN, &got);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
        const uint8_t *at = rc < 0 ? NULL : memmem(bytes, got, object_magic, sizeof(object_magic));
        if (at != NULL) {
            *offset += (uint64_t)(at - bytes);
            break;
        }
        /* A magic may lie across the edge of two reads. */
        *offset = got < SEARCH_LEN ? end : *offset + got - sizeof(object_magic) + 1;
    }
    free(bytes);
    return rc;
}

/* An object that fits.  Where no magic follows it, is its length to be believed?  Of what has a header that shows when it
 * is read; media and dictionaries have only their bytes to be known by, and a hostile pack would have each of them
 * hashed to a far end. */
static int index_object(struct pack_index *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t *offset, uint64_t end)
{
    uint64_t start = *offset, next = start + 1;
    int rc = 0;
    *offset = start + prefix->total_len;
    if (*offset < end && !magic_stands(p, ctx, *offset)) {
        rc = find_magic(p, ctx, &next, end);
        if (rc == 0 && next < *offset) {
            *offset = next;
            if (prefix->header_len == 0)
                return member_add_stray(p, ctx, start, STRAY_CUT);
        }
    }
    if (rc == 0)
        rc = pack_add_object(p, ctx, prefix, start);
    return rc;
}

/* What begins at *offset; moves it to where the next object may begin. */
static int index_one(struct pack_index *p, mimeo_ctx *ctx, const char *path, uint64_t *offset, uint64_t end)
{
    uint8_t bytes[PREFIX_LEN];
    struct prefix prefix;
    size_t got;
    uint64_t start = *offset;
    int rc = pack_source_read(p->source, ctx, start, bytes, sizeof(bytes), &got);
    if (rc < 0)
        return rc;
    int code = prefix_parse(&prefix, ctx, path, view_of(bytes, got));
    bool fits = (code == 0 || code == MIMEO_ENEWER) && prefix.total_len <= end - start;
    if (fits && code == 0)
        return index_object(p, ctx, &prefix, offset, end);
    if (fits) {
        *offset = start + prefix.total_len;
        return member_add_stray(p, ctx, start, STRAY_KIND);
    }
    *offset = start + 1;
    rc = find_magic(p, ctx, offset, end);
    return rc == 0 ? member_add_stray(p, ctx, start, code == 0 ? STRAY_CUT : STRAY_DAMAGED) : rc;
}

/* What cannot be read ends a file and not the pack: what came before it, and the other files, are there all the same. */
static int index_file(struct pack_index *p, mimeo_ctx *ctx, size_t file)
{
    uint64_t start = pack_source_start(p->source, file), offset = start, end = pack_source_start(p->source, file + 1);
    int rc = 0;
    p->in_part = false;
    p->named_last = 0;
    while (rc == 0 && offset < end) {
        if (is_full(p))
            return member_add_stray(p, ctx, offset, STRAY_MANY);
        uint64_t at = offset;
        rc = index_one(p, ctx, pack_source_path(p->source, file), &offset, end);
        if (rc == MIMEO_EIO && (at > start || pack_source_count(p->source) > 1))
            return member_add_stray(p, ctx, at, STRAY_UNREADABLE);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
    }
    if (rc == 0 && pack_source_damage(p->source, file) != NULL)
        rc = member_add_stray(p, ctx, end > start ? end - 1 : start, STRAY_SEAL);
    return rc;
}

/* ---- settling ---- */

/* A hash says all there is to say of the bytes.  Others are hashed one after the other: reading them in turns would open
 * an encrypted pack at two places again and again. */
static bool same_bytes(struct pack_index *p, mimeo_ctx *ctx, const struct member *a, const struct member *b)
{
    struct hash x, y;
    if (a->kind == MEMBER_DICTIONARY || a->kind == MEMBER_MEDIA)
        return a->len == b->len;
    return a->len == b->len && pack_hash_member(&x, p, ctx, a) == 1 && pack_hash_member(&y, p, ctx, b) == 1 &&
           hash_equal(&x, &y);
}

/* Second copies are dropped; those with other bytes are strays.  But not headers: which of them links name is known above,
 * and none of the others does any harm. */
static void settle_copies(struct pack_index *p, mimeo_ctx *ctx, struct member_list *l)
{
    size_t kept = 0, first = 0; /* of the name at hand */
    if (l->count > 0)
        qsort(l->items, l->count, sizeof(*l->items), member_compare);
    for (size_t i = 0; i < l->count; i++) {
        struct member *m = &l->items[i];
        if (kept == 0 || !member_same_name(&l->items[first], m))
            first = kept;
        else if (same_bytes(p, ctx, &l->items[first], m))
            continue;
        else if (m->kind != MEMBER_HEADER)
            m->why = STRAY_SECOND;
        l->items[kept++] = *m;
    }
    l->count = kept;
}

/* Whose is a charter that names the one before it?  `before` has the first known charter of each publisher of the version
 * before. */
static uint8_t publisher_of_prev(const struct pack_index *p, const struct hash *before, struct view note)
{
    struct view v;
    struct hash prev;
    if (!pack_claim(note, "prev ", &v) || !hash_parse(v, &prev))
        return 0;
    for (uint8_t i = 1; i <= p->publisher_count; i++)
        if (hash_equal(&before[i], &prev))
            return i;
    return 0;
}

/* Charters after the first name nobody but the charter before.  They are sorted by version here. */
static int assign_charters(struct pack_index *p, mimeo_ctx *ctx)
{
    uint8_t bytes[LIMIT_CHARTER];
    struct hash before[PACK_PUBLISHERS_MAX + 1], next[PACK_PUBLISHERS_MAX + 1];
    uint64_t version = 1;
    size_t got;
    for (uint8_t i = 1; i <= p->publisher_count; i++)
        before[i] = next[i] = p->publishers[i].id;
    for (size_t i = 0; i < p->named.count; i++) {
        struct member *m = &p->named.items[i];
        if (m->kind != MEMBER_CHARTER || m->publisher != 0)
            continue;
        if (member_number(&m->key) != version) {
            memcpy(before, next, sizeof(before));
            version = member_number(&m->key);
        }
        int rc = pack_source_read(p->source, ctx, m->offset, bytes, m->len, &got);
        if (rc < 0)
            return rc;
        uint8_t whose = p->publisher_count == 1 ? 1 : publisher_of_prev(p, before, view_of(bytes, got));
        m->publisher = whose;
        if (whose > 0 && hash_equal(&next[whose], &before[whose])) /* of rivals the first goes on */
            next[whose] = pack_text_hash(view_of(bytes, got));
    }
    return 0;
}

int pack_index_make(struct pack_index **out, mimeo_ctx *ctx, struct pack_source *source, bool split)
{
    struct pack_index *p = calloc(1, sizeof(*p));
    if (p == NULL) {
        pack_source_free(source);
        return ctx_error_nomem(ctx);
    }
    *p = (struct pack_index){.source = source, .users = 1, .split = split};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < pack_source_count(source); i++)
        rc = index_file(p, ctx, i);
    if (rc == 0 && p->named.count > 0)
        qsort(p->named.items, p->named.count, sizeof(*p->named.items), member_compare);
    if (rc == 0 && split)
        rc = assign_charters(p, ctx);
    if (rc < 0) {
        pack_index_release(p);
        return rc;
    }
    settle_copies(p, ctx, &p->named);
    *out = p;
    return 0;
}

void pack_index_release(struct pack_index *p)
{
    if (p == NULL || --p->users > 0)
        return;
    free(p->named.items);
    free(p->media.items);
    free(p->parts);
    pack_source_free(p->source);
    free(p);
}

static uint64_t bytes_of(const struct member_list *l)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < l->count; i++)
        sum += l->items[i].len;
    return sum;
}

/* Media are known by their hashes alone.  What cannot be read is no picture. */
int pack_know_media(struct pack_index *p, mimeo_ctx *ctx)
{
    uint64_t done = 0, total = p->media_known ? 0 : bytes_of(&p->media);
    size_t kept = 0;
    for (size_t i = 0; !p->media_known && i < p->media.count; i++) {
        struct member m = p->media.items[i];
        int rc = pack_hash_member(&m.key, p, ctx, &m);
        if (rc < 0 && rc != MIMEO_EIO)
            return rc;
        if (rc == 1)
            p->media.items[kept++] = m;
        else if ((rc = member_add_stray(p, ctx, m.offset, rc == 0 ? STRAY_CUT : STRAY_UNREADABLE)) < 0)
            return rc;
        done += m.len;
        ctx_progress(ctx, "looking at pictures", done, total, "bytes");
        rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
    }
    if (!p->media_known) {
        p->media.count = kept;
        settle_copies(p, ctx, &p->media);
        settle_copies(p, ctx, &p->named);
    }
    p->media_known = true;
    return 0;
}
