/*
 * Making the index of a pack, and looking into it.
 *
 * What a reader would get wrong: nothing here is verified.  A bundle's number is what its header claims, a length what its
 * prefix claims; what an object is worth shows when the layers above read it.
 */
#include "store/pack_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/object.h"

#define SEARCH_LEN (64 * KIB)

enum stray_kind {
    STRAY_NONE, STRAY_MALFORMED, STRAY_DAMAGED, STRAY_CUT, STRAY_SECOND, STRAY_KIND, STRAY_UNREADABLE, STRAY_MANY,
    STRAY_SEAL, STRAY_PUBLISHERS,
};
const struct stray stray_second_copy = {MIMEO_EFORGED, "a second object of this name, with other bytes"};
static const struct stray malformed_object = {MIMEO_EMALFORMED, "an object whose header is malformed"};
static const struct stray damaged_stretch = {MIMEO_EFORGED, "a damaged stretch"};
static const struct stray cut_short = {MIMEO_EFORGED, "an object that is cut short"};
static const struct stray unknown_kind = {MIMEO_ENEWER, "an object of a kind that this mimeo does not know: update it"};
static const struct stray unreadable = {MIMEO_EFORGED, "cannot be read from here on: is the disk or stick failing, or gone?"};
static const struct stray too_many = {MIMEO_EMALFORMED, "what follows is left out: more than 500000 objects; give fewer "
                                                        "files at a time"};
static const struct stray damaged_seal = {MIMEO_EFORGED, "the encrypted file is cut short, or damaged at one of its ends"};
static const struct stray too_many_publishers = {MIMEO_EMALFORMED, "is of one publisher more than the 250 that can be read together"};
_Static_assert(PACK_OBJECTS_MAX == 500000 && PACK_PUBLISHERS_MAX == 250, "the words name the numbers");

static const struct stray *const strays[] = {
    [STRAY_MALFORMED] = &malformed_object, [STRAY_DAMAGED] = &damaged_stretch, [STRAY_CUT] = &cut_short,
    [STRAY_SECOND] = &stray_second_copy,   [STRAY_KIND] = &unknown_kind,       [STRAY_UNREADABLE] = &unreadable,
    [STRAY_MANY] = &too_many,              [STRAY_SEAL] = &damaged_seal,
    [STRAY_PUBLISHERS] = &too_many_publishers,
};

/* ---- members ---- */

static bool is_full(const struct pack_index *p)
{
    return p->named.count + p->media.count >= PACK_OBJECTS_MAX;
}

static int add(struct member_list *l, mimeo_ctx *ctx, const struct member *m)
{
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
        struct member *grown = realloc(l->items, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->count++] = *m;
    return 0;
}

static int add_stray(struct pack_index *p, mimeo_ctx *ctx, uint64_t offset, enum stray_kind why)
{
    return add(&p->named, ctx, &(struct member){.offset = offset, .kind = MEMBER_STRAY, .why = (uint8_t)why});
}

static struct hash key_of_number(uint64_t n)
{
    struct hash key = hash_zero();
    for (size_t i = 0; i < sizeof(n); i++)
        key.bytes[i] = (uint8_t)(n >> (8 * (sizeof(n) - 1 - i)));
    return key;
}

static uint64_t number_of_key(const struct hash *key)
{
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof(n); i++)
        n = n << 8 | key->bytes[i];
    return n;
}

/* By kind, publisher and key, and of one name by offset, so that the first in the pack comes first. */
static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->publisher != y->publisher)
        return x->publisher < y->publisher ? -1 : 1;
    int keys = memcmp(x->key.bytes, y->key.bytes, HASH_LEN);
    return keys != 0 ? keys : x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool same_name(const struct member *a, const struct member *b)
{
    return a->kind == b->kind && a->publisher == b->publisher && a->kind != MEMBER_STRAY && hash_equal(&a->key, &b->key);
}

/* ---- one object ---- */

/* The value of a line of a note whose grammar nobody checked yet. */
static bool claim(struct view note, const char *keyword, struct view *out)
{
    struct cursor c = cursor_of(note);
    struct view line;
    while (cursor_line(&c, &line) && line.len > 0) {
        struct cursor at = cursor_of(line);
        if (cursor_skip(&at, keyword)) {
            *out = view_of(at.ptr, at.left);
            return true;
        }
    }
    return false;
}

static bool claim_number(struct view note, const char *keyword, uint64_t *out)
{
    struct view v;
    return claim(note, keyword, &v) && parse_decimal(v, LIMIT_SEQ, out) && *out > 0;
}

/* The text of a note ends before its empty line. */
static struct hash text_hash(struct view note)
{
    const uint8_t *gap = memmem(note.ptr, note.len, "\n\n", 2);
    return hash_of(view_of(note.ptr, gap == NULL ? note.len : (size_t)(gap - note.ptr) + 1));
}

/* Whom a note or a list of parts names; false: nobody, as later charters do. */
static bool claim_publisher(struct view text, bool charter, uint64_t number, struct hash *out)
{
    struct view v;
    if (charter && number == 1) {
        *out = text_hash(text);
        return true;
    }
    return !charter && claim(text, "publisher ", &v) && hash_parse(v, out);
}

/* Whose the object at `offset` is that names this publisher; 0 where there is no room for another. */
static uint8_t publisher_at(struct pack_index *p, const struct hash *id, uint64_t offset)
{
    size_t file = pack_source_at(p->source, offset);
    uint8_t i = 1;
    while (i <= p->publisher_count && !hash_equal(&p->publishers[i].id, id))
        i++;
    if (i > PACK_PUBLISHERS_MAX)
        return 0;
    struct pack_publisher *is = &p->publishers[i];
    if (i > p->publisher_count) {
        *is = (struct pack_publisher){.id = *id, .first_file = file, .last_file = file, .files = 1};
        p->publisher_count = i;
    } else if (is->last_file != file) {
        is->last_file = file;
        is->files++;
    }
    return i;
}

static void add_head(struct pack_index *p, const struct member *m, uint64_t seq)
{
    struct pack_publisher *is = &p->publishers[m->publisher];
    if (seq <= is->head_seq)
        return;
    is->head_seq = seq;
    is->head = *m;
}

/* A charter, header or bundle: known by a number in its note. */
static int add_note(struct pack_index *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    uint8_t bytes[LIMIT_CHARTER];
    size_t got;
    uint64_t number;
    struct hash id;
    int rc = pack_source_read(p->source, ctx, offset + PREFIX_LEN, bytes, prefix->header_len, &got);
    if (rc < 0)
        return rc;
    struct view note = view_of(bytes, got);
    bool charter = prefix->kind == OBJECT_CHARTER, bundle = prefix->kind == OBJECT_BUNDLE;
    if (!claim_number(note, charter ? "version " : "seq ", &number) || (charter && number > LIMIT_CHARTERS))
        return add_stray(p, ctx, offset, STRAY_MALFORMED);
    struct member m = {.offset = offset + PREFIX_LEN, .len = prefix->header_len, .key = key_of_number(number)};
    if (claim_publisher(note, charter, number, &id) && (m.publisher = publisher_at(p, &id, offset)) == 0)
        return add_stray(p, ctx, offset, STRAY_PUBLISHERS);
    m.publisher = p->split ? m.publisher : 0;
    m.kind = charter ? MEMBER_CHARTER : bundle ? MEMBER_BUNDLE : MEMBER_HEADER;
    if (bundle) { /* the prefix goes along */
        m.offset = offset;
        m.len = (uint32_t)prefix->total_len;
    } else if (!charter) {
        add_head(p, &m, number);
    }
    return add(&p->named, ctx, &m);
}

/* The hash of what a member holds: 1; 0 where not all of it is there. */
static int hash_member(struct hash *out, struct pack_index *p, mimeo_ctx *ctx, const struct member *m)
{
    uint8_t bytes[32 * KIB];
    hash_state state;
    uint64_t lost = pack_source_lost(p->source);
    hash_init(&state);
    for (uint32_t done = 0; done < m->len;) {
        size_t want = m->len - done < sizeof(bytes) ? m->len - done : sizeof(bytes), got;
        int rc = pack_source_read(p->source, ctx, m->offset + done, bytes, want, &got);
        if (rc < 0 || got == 0 || pack_source_lost(p->source) != lost)
            return rc;
        hash_update(&state, view_of(bytes, got));
        done += (uint32_t)got;
    }
    *out = hash_final(&state);
    return 1;
}

/* A list of parts is known by its place. */
static int add_part(struct pack_index *p, mimeo_ctx *ctx, struct member *m)
{
    uint8_t bytes[256]; /* its publisher stands near the top */
    size_t got;
    struct hash id;
    int rc = pack_source_read(p->source, ctx, m->offset, bytes, m->len < sizeof(bytes) ? m->len : sizeof(bytes), &got);
    if (rc < 0)
        return rc;
    if (claim_publisher(view_of(bytes, got), false, 0, &id) && p->split)
        m->publisher = publisher_at(p, &id, m->offset);
    m->kind = MEMBER_PART;
    m->key = key_of_number(m->offset);
    return add(&p->named, ctx, m);
}

/* A dictionary is known by its hash; media wait until their hashes are wanted. */
static int add_bare(struct pack_index *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    struct member m = {.offset = offset + PREFIX_LEN, .len = (uint32_t)(prefix->total_len - PREFIX_LEN), .kind = MEMBER_MEDIA};
    if (prefix->kind == OBJECT_MEDIA)
        return add(&p->media, ctx, &m);
    if (prefix->kind == OBJECT_PART)
        return add_part(p, ctx, &m);
    m.kind = MEMBER_DICTIONARY;
    int rc = hash_member(&m.key, p, ctx, &m);
    if (rc < 0)
        return rc;
    return rc == 1 ? add(&p->named, ctx, &m) : add_stray(p, ctx, offset, STRAY_CUT);
}

/* ---- one file ---- */

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
                return add_stray(p, ctx, start, STRAY_CUT);
        }
    }
    if (rc == 0)
        rc = prefix->header_len > 0 ? add_note(p, ctx, prefix, start) : add_bare(p, ctx, prefix, start);
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
        return add_stray(p, ctx, start, STRAY_KIND);
    }
    *offset = start + 1;
    rc = find_magic(p, ctx, offset, end);
    return rc == 0 ? add_stray(p, ctx, start, code == 0 ? STRAY_CUT : STRAY_DAMAGED) : rc;
}

/* What cannot be read ends a file and not the pack: what came before it, and the other files, are there all the same. */
static int index_file(struct pack_index *p, mimeo_ctx *ctx, size_t file)
{
    uint64_t start = pack_source_start(p->source, file), offset = start, end = pack_source_start(p->source, file + 1);
    int rc = 0;
    while (rc == 0 && offset < end) {
        if (is_full(p))
            return add_stray(p, ctx, offset, STRAY_MANY);
        uint64_t at = offset;
        rc = index_one(p, ctx, pack_source_path(p->source, file), &offset, end);
        if (rc == MIMEO_EIO && (at > start || pack_source_count(p->source) > 1))
            return add_stray(p, ctx, at, STRAY_UNREADABLE);
        if (rc == 0)
            rc = ctx_check_cancel(ctx);
    }
    if (rc == 0 && pack_source_damage(p->source, file) != NULL)
        rc = add_stray(p, ctx, end > start ? end - 1 : start, STRAY_SEAL);
    return rc;
}

/* ---- settling ---- */

/* A hash says all there is to say of the bytes. */
static bool same_bytes(struct pack_index *p, mimeo_ctx *ctx, const struct member *a, const struct member *b)
{
    bool same = a->len == b->len;
    uint8_t left[4096], right[4096];
    size_t x, y;
    if (a->kind == MEMBER_DICTIONARY || a->kind == MEMBER_MEDIA)
        return true;
    for (uint32_t at = 0; same && at < a->len; at += (uint32_t)sizeof(left)) {
        size_t len = a->len - at < sizeof(left) ? a->len - at : sizeof(left);
        same = pack_source_read(p->source, ctx, a->offset + at, left, len, &x) == 0 &&
               pack_source_read(p->source, ctx, b->offset + at, right, len, &y) == 0 && x == y &&
               memcmp(left, right, x) == 0;
    }
    return same;
}

/* Second copies are dropped; those with other bytes are strays.  But not headers: which of them links name is known above,
 * and none of the others does any harm. */
static void settle_copies(struct pack_index *p, mimeo_ctx *ctx, struct member_list *l)
{
    size_t kept = 0, first = 0; /* of the name at hand */
    if (l->count > 0)
        qsort(l->items, l->count, sizeof(*l->items), compare_members);
    for (size_t i = 0; i < l->count; i++) {
        struct member *m = &l->items[i];
        if (kept == 0 || !same_name(&l->items[first], m))
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
    if (!claim(note, "prev ", &v) || !hash_parse(v, &prev))
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
        if (number_of_key(&m->key) != version) {
            memcpy(before, next, sizeof(before));
            version = number_of_key(&m->key);
        }
        int rc = pack_source_read(p->source, ctx, m->offset, bytes, m->len, &got);
        if (rc < 0)
            return rc;
        uint8_t whose = p->publisher_count == 1 ? 1 : publisher_of_prev(p, before, view_of(bytes, got));
        m->publisher = whose;
        if (whose > 0 && hash_equal(&next[whose], &before[whose])) /* of rivals the first goes on */
            next[whose] = text_hash(view_of(bytes, got));
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
        qsort(p->named.items, p->named.count, sizeof(*p->named.items), compare_members);
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
static int know_media(struct pack_index *p, mimeo_ctx *ctx)
{
    uint64_t done = 0, total = p->media_known ? 0 : bytes_of(&p->media);
    size_t kept = 0;
    for (size_t i = 0; !p->media_known && i < p->media.count; i++) {
        struct member m = p->media.items[i];
        int rc = hash_member(&m.key, p, ctx, &m);
        if (rc < 0 && rc != MIMEO_EIO)
            return rc;
        if (rc == 1)
            p->media.items[kept++] = m;
        else if ((rc = add_stray(p, ctx, m.offset, rc == 0 ? STRAY_CUT : STRAY_UNREADABLE)) < 0)
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

/* ---- looking into it ---- */

static bool wanted_part(struct member *out, const char *name)
{
    struct cursor c = cursor_of(view_of_str(name));
    uint64_t offset = 0;
    if (!cursor_skip(&c, STORE_PARTS "/"))
        return false;
    if (!parse_decimal(view_of(c.ptr, c.left), UINT64_MAX, &offset))
        return false;
    *out = (struct member){.kind = MEMBER_PART, .key = key_of_number(offset)};
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
    *out = (struct member){.kind = MEMBER_HEADER, .key = key_of_number(number)};
    *n = (size_t)nth;
    return true;
}

/* What a name stands for, as a member without a place; false where packs have no such. */
static bool wanted(struct member *out, const char *name)
{
    struct name n = name_read(name);
    *out = (struct member){.key = n.hash};
    switch (n.kind) {
    case NAME_BUNDLE: out->kind = MEMBER_BUNDLE; out->key = key_of_number(n.seq); return true;
    case NAME_CHARTER: out->kind = MEMBER_CHARTER; out->key = key_of_number(n.version); return true;
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
        if (compare_members(&l->items[mid], m) < 0)
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
    return n < l->count - i && same_name(&l->items[i + n], m) ? &l->items[i + n] : NULL;
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
    int rc = m.kind == MEMBER_MEDIA ? know_media(p, ctx) : 0;
    const struct member_list *l = m.kind == MEMBER_MEDIA ? &p->media : &p->named;
    size_t i = rc < 0 ? l->count : first_of(l, &m);
    if (i >= l->count || !same_name(&l->items[i], &m))
        return rc;
    for (size_t n = m.kind == MEMBER_BUNDLE ? v->copy : 0; n > 0 && i + 1 < l->count && same_name(&l->items[i + 1], &m); n--)
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
    return i < l->count && same_name(&l->items[i], &m) ? &l->items[i] : NULL;
}

static void name_member(char out[STORE_NAME_MAX], const struct pack_index *p, const struct member *m)
{
    switch ((enum member_kind)m->kind) {
    case MEMBER_BUNDLE: store_name_bundle(out, number_of_key(&m->key)); break;
    case MEMBER_STRAY: pack_source_place(out, STORE_NAME_MAX, p->source, m->offset); break;
    case MEMBER_CHARTER: store_name_charter(out, (uint32_t)number_of_key(&m->key)); break;
    case MEMBER_HEADER:
        snprintf(out, STORE_NAME_MAX, STORE_HEADERS "/%llu", (unsigned long long)number_of_key(&m->key));
        break;
    case MEMBER_DICTIONARY: store_name_dictionary(out, &m->key); break;
    case MEMBER_PART:
        snprintf(out, STORE_NAME_MAX, STORE_PARTS "/%llu", (unsigned long long)number_of_key(&m->key));
        break;
    /* The bundle that cites it first is not known here; seq 1 stands in. */
    case MEMBER_MEDIA: store_name_media(out, 1, &m->key); break;
    }
}

static bool is_seen(const struct pack_view *v, const struct member *m)
{
    if (m->kind == MEMBER_DICTIONARY || m->kind == MEMBER_MEDIA)
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
            rc = fn(name, m->why == STRAY_NONE ? NULL : strays[m->why], payload);
    }
    return rc;
}

int pack_index_each(const struct pack_view *v, mimeo_ctx *ctx, const char *top, name_fn fn, void *payload)
{
    struct pack_index *p = v->index;
    if (strcmp(top, "media") != 0)
        return each_of(v, &p->named, top, fn, payload);
    int rc = know_media(p, ctx);
    return rc == 0 ? each_of(v, &p->media, top, fn, payload) : rc;
}
