/* Looking into a pack's index: names, as one publisher sees them. */
#include "store/pack_index_inside.h"

#include <stdio.h>
#include <string.h>

static bool wanted_part(struct member *out, const char *name)
{
    struct cursor c = cursor_of(view_of_str(name));
    uint64_t offset = 0;
    if (!cursor_skip(&c, STORE_PARTS "/"))
        return false;
    if (!parse_decimal(view_of(c.ptr, c.left), UINT64_MAX, &offset))
        return false;
    *out = (struct member){.kind = MEMBER_PART, .key = member_key(offset)};
    return true;
}

/* "headers/41/0": the n-th of seq 41. */
static bool wanted_header(struct member *out, size_t *n, const char *name)
{
    struct cursor c = cursor_of(view_of_str(name));
    struct view seq;
    uint64_t number, nth;
    if (!cursor_skip(&c, STORE_HEADERS "/") || !cursor_until(&c, '/', &seq) || !parse_decimal(seq, LIMIT_SEQ, &number) ||
        !parse_decimal(view_of(c.ptr, c.left), PACK_OBJECTS_MAX, &nth))
        return false;
    *out = (struct member){.kind = MEMBER_HEADER, .key = member_key(number)};
    *n = (size_t)nth;
    return true;
}

/* What a name stands for, as a member without a place; false where packs have no such. */
static bool wanted(struct member *out, const char *name)
{
    struct name n = name_read(name);
    *out = (struct member){.key = n.hash};
    switch (n.kind) {
    case NAME_BUNDLE: out->kind = MEMBER_BUNDLE; out->key = member_key(n.seq); return true;
    case NAME_CHARTER: out->kind = MEMBER_CHARTER; out->key = member_key(n.version); return true;
    case NAME_DICTIONARY: out->kind = MEMBER_DICTIONARY; return true;
    case NAME_MEDIA: out->kind = MEMBER_MEDIA; return true;
    case NAME_NONE:
    case NAME_DIRECTORY:
    case NAME_HEAD:
    case NAME_TEXT: break;
    }
    return wanted_part(out, name);
}

/* The first of a list that is not below `m`. */
static size_t first_of(const struct member_list *l, const struct member *m)
{
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (member_compare(&l->items[mid], m) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Where the n-th header of a seq is. */
static const struct member *find_header(const struct pack_view *v, struct member *m, size_t n)
{
    const struct member_list *l = &v->index->named;
    m->publisher = v->publisher;
    size_t i = first_of(l, m);
    return n < l->count - i && member_same_name(&l->items[i + n], m) ? &l->items[i + n] : NULL;
}

/* As a member of the view. */
static bool wanted_of(struct member *out, const struct pack_view *v, const char *name)
{
    if (!wanted(out, name))
        return false;
    bool shared = out->kind == MEMBER_DICTIONARY || out->kind == MEMBER_MEDIA;
    out->publisher = shared ? 0 : v->publisher;
    return true;
}

int pack_index_find(const struct member **out, const struct pack_view *v, mimeo_ctx *ctx, const char *name)
{
    struct pack_index *p = v->index;
    const struct pack_publisher *is = &p->publishers[v->publisher];
    struct member m;
    *out = NULL;
    if (strcmp(name, "head") == 0) {
        *out = is->head_seq > 0 ? &is->head : NULL;
        return 0;
    }
    size_t nth;
    if (wanted_header(&m, &nth, name)) {
        *out = find_header(v, &m, nth);
        return 0;
    }
    if (!wanted_of(&m, v, name))
        return 0;
    int rc = m.kind == MEMBER_MEDIA ? pack_know_media(p, ctx) : 0;
    const struct member_list *l = m.kind == MEMBER_MEDIA ? &p->media : &p->named;
    size_t i = rc < 0 ? l->count : first_of(l, &m);
    if (i >= l->count || !member_same_name(&l->items[i], &m))
        return rc;
    for (size_t n = m.kind == MEMBER_BUNDLE ? v->copy : 0; n > 0 && i + 1 < l->count && member_same_name(&l->items[i + 1], &m); n--)
        i++;
    *out = &l->items[i];
    return rc;
}

const struct member *pack_index_copy(const struct pack_view *v, const char *name, size_t n)
{
    const struct member_list *l = &v->index->named;
    struct member m;
    if (!wanted_of(&m, v, name))
        return NULL;
    size_t i = first_of(l, &m) + 1 + n;
    return i < l->count && member_same_name(&l->items[i], &m) ? &l->items[i] : NULL;
}

/* The last part that begins at or before `offset`, where that lies in it. */
static const struct part_count *part_at(const struct pack_index *p, uint64_t offset)
{
    size_t low = 0, high = p->part_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (p->parts[mid].offset <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 && offset < p->parts[low - 1].end ? &p->parts[low - 1] : NULL;
}

const struct part_count *pack_index_part(const struct pack_view *v, const char *name)
{
    struct member m;
    return wanted_part(&m, name) ? part_at(v->index, member_number(&m.key)) : NULL;
}

const struct part_count *pack_index_part_of(const struct pack_view *v, size_t n)
{
    return part_at(v->index, v->index->media.items[n].offset);
}

static void name_member(char out[STORE_NAME_MAX], const struct pack_index *p, const struct member *m)
{
    switch ((enum member_kind)m->kind) {
    case MEMBER_BUNDLE: store_name_bundle(out, member_number(&m->key)); break;
    case MEMBER_STRAY: pack_source_place(out, STORE_NAME_MAX, p->source, m->offset); break;
    case MEMBER_CHARTER: store_name_charter(out, (uint32_t)member_number(&m->key)); break;
    case MEMBER_HEADER:
        snprintf(out, STORE_NAME_MAX, STORE_HEADERS "/%llu", (unsigned long long)member_number(&m->key));
        break;
    case MEMBER_DICTIONARY: store_name_dictionary(out, &m->key); break;
    case MEMBER_PART:
        snprintf(out, STORE_NAME_MAX, STORE_PARTS "/%llu", (unsigned long long)member_number(&m->key));
        break;
    /* The bundle that cites it first is not known here; seq 1 stands in. */
    case MEMBER_MEDIA: store_name_media(out, 1, &m->key); break;
    }
}

static bool is_seen(const struct pack_view *v, const struct member *m)
{
    if (m->kind == MEMBER_MEDIA) /* whoever cites one finds it; but each is listed once, where it seems to belong */
        return m->why == v->publisher || v->publisher == 0 || (m->why == 0 && v->publisher == 1);
    if (m->kind == MEMBER_DICTIONARY)
        return true;
    return m->publisher == v->publisher || (m->publisher == 0 && m->kind == MEMBER_STRAY && v->publisher == 1);
}

static int each_of(const struct pack_view *v, const struct member_list *l, const char *top, name_fn fn, void *payload)
{
    char name[STORE_NAME_MAX];
    size_t len = strlen(top);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->count; i++) {
        const struct member *m = &l->items[i];
        if (!is_seen(v, m))
            continue;
        name_member(name, v->index, m);
        bool below = len == 0 || (m->kind != MEMBER_STRAY && strncmp(name, top, len) == 0 && name[len] == '/');
        if (below)
            rc = fn(name, member_stray(m), payload);
    }
    return rc;
}

int pack_index_each(const struct pack_view *v, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    struct pack_index *p = v->index;
    if (strcmp(top, "media") != 0)
        return each_of(v, &p->named, top, fn, payload);
    int rc = pack_know_media(p, ctx);
    return rc == 0 ? each_of(v, &p->media, top, fn, payload) : rc;
}

/* ---- media by number ---- */

int pack_index_count_media(size_t *count, const struct pack_view *v, mimeo_ctx *ctx)
{
    int rc = pack_know_media(v->index, ctx);
    *count = v->index->media.count;
    return rc;
}

const struct hash *pack_index_media(const struct pack_view *v, size_t n, bool *listed)
{
    const struct member *m = &v->index->media.items[n];
    *listed = is_seen(v, m);
    return &m->key;
}

int pack_index_find_media(size_t *n, const struct pack_view *v, const struct hash *h)
{
    const struct member_list *l = &v->index->media;
    struct member m = {.kind = MEMBER_MEDIA, .key = *h};
    size_t i = first_of(l, &m);
    if (i == l->count || !member_same_name(&l->items[i], &m))
        return MIMEO_ENOTFOUND;
    *n = i;
    return 0;
}
