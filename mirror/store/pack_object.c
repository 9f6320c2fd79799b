/*
 * One object of a pack goes into the index: by what its note claims, its place, or its hash.
 *
 * What a reader would get wrong: nothing here is verified.  A bundle's number is what its header claims, a length what its
 * prefix claims; what an object is worth shows when the layers above read it.
 */
#include "store/pack_index_inside.h"

#include <stdlib.h>
#include <string.h>

/* The value of a line of a note whose grammar nobody checked yet. */
bool pack_claim(struct view note, const char *keyword, struct view *out)
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
    return pack_claim(note, keyword, &v) && parse_decimal(v, LIMIT_SEQ, out) && *out > 0;
}

/* The text of a note ends before its empty line. */
struct hash pack_text_hash(struct view note)
{
    const uint8_t *gap = memmem(note.ptr, note.len, "\n\n", 2);
    return hash_of(view_of(note.ptr, gap == NULL ? note.len : (size_t)(gap - note.ptr) + 1));
}

/* Whom a note or a list of parts names; false: nobody, as later charters do. */
static bool claim_publisher(struct view text, bool charter, uint64_t number, struct hash *out)
{
    struct view v;
    if (charter && number == 1) {
        *out = pack_text_hash(text);
        return true;
    }
    return !charter && pack_claim(text, "publisher ", &v) && hash_parse(v, out);
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
    p->named_last = i;
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
        return member_add_stray(p, ctx, offset, STRAY_MALFORMED);
    struct member m = {.offset = offset + PREFIX_LEN, .len = prefix->header_len, .key = member_key(number)};
    if (claim_publisher(note, charter, number, &id) && (m.publisher = publisher_at(p, &id, offset)) == 0)
        return member_add_stray(p, ctx, offset, STRAY_PUBLISHERS);
    m.publisher = p->split ? m.publisher : 0;
    m.kind = charter ? MEMBER_CHARTER : bundle ? MEMBER_BUNDLE : MEMBER_HEADER;
    if (bundle) { /* the prefix goes along */
        m.offset = offset;
        m.len = (uint32_t)prefix->total_len;
    } else if (!charter) {
        add_head(p, &m, number);
    }
    return member_add(&p->named, ctx, &m);
}

/* The hash of what a member holds: 1; 0 where not all of it is there. */
int pack_hash_member(struct hash *out, struct pack_index *p, mimeo_ctx *ctx, const struct member *m)
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

static int begin_part(struct pack_index *p, mimeo_ctx *ctx, uint64_t offset)
{
    if (p->part_count == p->part_cap) {
        size_t cap = p->part_cap == 0 ? 8 : 2 * p->part_cap;
        struct part_count *grown = realloc(p->parts, cap * sizeof(*grown));
        if (grown == NULL)
            return ctx_error_nomem(ctx);
        p->parts = grown;
        p->part_cap = cap;
    }
    size_t file = pack_source_at(p->source, offset);
    if (p->in_part)
        p->parts[p->part_count - 1].end = offset;
    p->parts[p->part_count++] = (struct part_count){offset, pack_source_start(p->source, file + 1), 0};
    p->in_part = true;
    return 0;
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
    m->key = member_key(m->offset);
    rc = begin_part(p, ctx, m->offset);
    return rc == 0 ? member_add(&p->named, ctx, m) : rc;
}

/* A dictionary is known by its hash; media wait until their hashes are wanted. */
static int add_bare(struct pack_index *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    struct member m = {.offset = offset + PREFIX_LEN, .len = (uint32_t)(prefix->total_len - PREFIX_LEN), .kind = MEMBER_MEDIA};
    if (prefix->kind == OBJECT_MEDIA) {
        if (p->in_part)
            p->parts[p->part_count - 1].media++;
        m.why = p->named_last;
        return member_add(&p->media, ctx, &m);
    }
    if (prefix->kind == OBJECT_PART)
        return add_part(p, ctx, &m);
    m.kind = MEMBER_DICTIONARY;
    int rc = pack_hash_member(&m.key, p, ctx, &m);
    if (rc < 0)
        return rc;
    return rc == 1 ? member_add(&p->named, ctx, &m) : member_add_stray(p, ctx, offset, STRAY_CUT);
}

int pack_add_object(struct pack_index *p, mimeo_ctx *ctx, const struct prefix *prefix, uint64_t offset)
{
    return prefix->header_len > 0 ? add_note(p, ctx, prefix, offset) : add_bare(p, ctx, prefix, offset);
}
