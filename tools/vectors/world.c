/* Making keys, notes, charters, bundles and packs, right or wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/json.h"
#include "world.h"

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "mimeo-vectors: %s\n", what);
    exit(1);
}

/* ---- notes ---- */

struct signers by(const struct secret_key *key)
{
    return (struct signers){{key}, 1};
}

struct signers by_two(const struct secret_key *a, const struct secret_key *b)
{
    return (struct signers){{a, b}, 2};
}

void sign_raw(struct buf *note, struct view text, const struct signers *s)
{
    buf_append_view(note, text);
    buf_append_byte(note, '\n');
    for (size_t i = 0; i < s->count; i++) {
        uint8_t bytes[KEY_ID_LEN + SIGNATURE_LEN];
        public_key_id(bytes, secret_key_public(s->keys[i]));
        sign_detached(bytes + KEY_ID_LEN, text, s->keys[i]);
        buf_append_str(note, "\xE2\x80\x94 mimeo ");
        buf_append_base64(note, bytes, sizeof(bytes));
        buf_append_byte(note, '\n');
    }
    must(buf_status(note) == 0, "a note does not fit");
}

void replace(struct buf *b, const char *find, const char *with)
{
    struct buf made;
    const uint8_t *at = memmem(b->ptr, b->len, find, strlen(find));
    must(at != NULL, find);
    buf_init(&made, b->max);
    buf_append(&made, b->ptr, (size_t)(at - b->ptr));
    buf_append_str(&made, with);
    at += strlen(find);
    buf_append(&made, at, b->len - (size_t)(at - b->ptr));
    must(buf_status(&made) == 0, "an edited note does not fit");
    buf_dispose(b);
    *b = made;
}

/* ---- charters ---- */

struct charter_plan charter_plan_first(const struct world *w)
{
    struct charter_plan p = {.c = {.version = 1, .name = "The Harbour Courier"}, .signers = by(w->root[0])};
    p.c.root = (struct role){1, 1, {*secret_key_public(w->root[0])}};
    p.c.publish = (struct role){1, 1, {*secret_key_public(w->publish[0])}};
    return p;
}

struct charter_plan charter_plan_next(const struct world *w, const struct charter_plan *before,
                                      const struct hash *before_hash, uint64_t from, const struct hash *cut)
{
    struct charter_plan p = *before;
    p.find = p.with = NULL;
    p.c.version++;
    p.c.prev = *before_hash;
    p.c.from_seq = from;
    p.c.is_cut = cut != NULL;
    if (cut != NULL)
        p.c.from_hash = *cut;
    p.signers = by(w->root[0]);
    return p;
}

static int compare_keys(const void *a, const void *b)
{
    return public_key_compare(a, b);
}

void charter_make(struct buf *note, struct hash *hash, const struct world *w, const struct charter_plan *p)
{
    struct charter c = p->c;
    struct buf text;
    buf_init(&text, 64 * KIB);
    c.signer_count = p->signers.count;
    for (size_t i = 0; i < p->signers.count; i++)
        c.signers[i] = *secret_key_public(p->signers.keys[i]);
    qsort(c.signers, c.signer_count, sizeof(c.signers[0]), compare_keys);
    must(charter_write_text(&text, w->ctx, &c) == 0, "a charter cannot be written");
    if (p->find != NULL)
        replace(&text, p->find, p->with);
    *hash = hash_of(buf_view(&text));
    sign_raw(note, buf_view(&text), &p->signers);
    buf_dispose(&text);
}

/* ---- bundles ---- */

struct bundle_plan bundle_plan_empty(const struct world *w, uint64_t seq)
{
    return (struct bundle_plan){.seq = seq, .charter = 1, .newest = 1, .signers = by(w->publish[0])};
}

#define BODY "<p>The tide comes in.</p>"

struct bundle_plan bundle_plan_catalog(const struct world *w, uint64_t seq, const char *lines)
{
    struct bundle_plan p = bundle_plan_empty(w, seq);
    p.catalog[p.catalog_count++].raw = view_of_str(lines);
    p.body[p.body_count++].raw = VIEW_OF_LITERAL(BODY);
    return p;
}

struct bundle_plan bundle_plan_article(const struct world *w, uint64_t seq, const char *id)
{
    static char lines[16][256];
    static size_t next;
    char *line = lines[next++ % 16];
    snprintf(line, sizeof(lines[0]),
             "{\"id\":\"%s\",\"action\":\"publish\",\"revision\":1,\"title\":\"Tide\",\"body\":[0,0,%zu]}\n", id,
             strlen(BODY));
    return bundle_plan_catalog(w, seq, line);
}

void deflate_raw(struct buf *out, struct view raw, struct view dictionary)
{
    z_stream z = {0};
    uint8_t *packed = malloc(raw.len + 1024);
    must(packed != NULL && deflateInit2(&z, 6, Z_DEFLATED, 15, 9, Z_DEFAULT_STRATEGY) == Z_OK, "no memory");
    if (dictionary.len > 0)
        deflateSetDictionary(&z, dictionary.ptr, (uInt)dictionary.len);
    z.next_in = (z_const Bytef *)raw.ptr;
    z.avail_in = (uInt)raw.len;
    z.next_out = packed;
    z.avail_out = (uInt)raw.len + 1024;
    must(deflate(&z, Z_FINISH) == Z_STREAM_END, "a block cannot be deflated");
    buf_append(out, packed, z.total_out);
    deflateEnd(&z);
    free(packed);
}

/* Table and blocks of one table. */
static void put_table(struct buf *payload, const struct raw_block *blocks, size_t count,
                      uint32_t *blocks_out, struct hash *hash)
{
    struct buf packed;
    size_t start = payload->len;
    buf_init(&packed, LIMIT_BUNDLE);
    for (size_t i = 0; i < count; i++) {
        const struct raw_block *b = &blocks[i];
        size_t at = packed.len;
        if (b->packed.len > 0)
            buf_append_view(&packed, b->packed);
        else
            deflate_raw(&packed, b->raw, b->dictionary);
        struct block_entry e = {hash_of(view_of(packed.ptr + at, packed.len - at)), (uint32_t)(packed.len - at),
                                (uint32_t)((int)b->raw.len + b->raw_len_lie), b->dictionary_index};
        table_append(payload, &e);
        payload->ptr[payload->len - 1] = (uint8_t)b->zero;
    }
    *blocks_out = (uint32_t)count;
    *hash = hash_of(count == 0 ? view_of(NULL, 0) : view_of(payload->ptr + start, payload->len - start));
    buf_append_view(payload, buf_view(&packed));
    buf_dispose(&packed);
}

static void fill_header(struct header *h, const struct history *history, const struct bundle_plan *p)
{
    h->publisher = history->publisher;
    h->charter_version = p->charter;
    h->charter_hash = history->charters[p->charter - 1];
    h->newest_version = p->newest;
    h->newest_hash = history->charters[p->newest - 1];
    h->seq = p->seq;
    if (p->seq > 1) {
        h->prev = history->hashes[p->seq - 1];
        h->skip = history->hashes[lipmaa(p->seq)];
    }
    h->time = WORLD_TIME + (int64_t)p->seq * 3600;
    h->next_by = h->time + 7 * 86400;
    if (p->dictionary.size > 0)
        h->dictionaries[h->dictionary_count++] = p->dictionary;
    h->signer_count = p->signers.count;
    for (size_t i = 0; i < p->signers.count; i++)
        h->signers[i] = *secret_key_public(p->signers.keys[i]);
    qsort(h->signers, h->signer_count, sizeof(h->signers[0]), compare_keys);
}

void bundle_make(struct buf *bytes, struct history *history, const struct world *w, const struct bundle_plan *p)
{
    struct header *h = calloc(1, sizeof(*h));
    struct buf payload, text, note;
    buf_init(&payload, LIMIT_BUNDLE);
    buf_init(&text, 64 * KIB);
    buf_init(&note, 64 * KIB);
    must(h != NULL, "no memory");
    put_table(&payload, p->catalog, p->catalog_count, &h->catalog_blocks, &h->catalog_hash);
    put_table(&payload, p->body, p->body_count, &h->body_blocks, &h->body_hash);
    buf_append_view(&payload, p->tail);
    h->payload = payload.len;
    fill_header(h, history, p);
    if (p->edit != NULL)
        p->edit(h);
    must(header_write_text(&text, w->ctx, h) == 0, "a header cannot be written");
    if (p->find != NULL)
        replace(&text, p->find, p->with);
    history->hashes[p->seq] = hash_of(buf_view(&text));
    sign_raw(&note, buf_view(&text), &p->signers);
    if (p->edit_note != NULL)
        p->edit_note(&note);
    prefix_write(bytes, OBJECT_BUNDLE, (uint32_t)note.len, PREFIX_LEN + note.len + payload.len);
    buf_append_view(bytes, buf_view(&note));
    buf_append_view(bytes, buf_view(&payload));
    must(buf_status(bytes) == 0, "a bundle does not fit");
    if (p->edit_bytes != NULL)
        p->edit_bytes(bytes);
    buf_dispose(&payload);
    buf_dispose(&text);
    buf_dispose(&note);
    free(h);
}

/* ---- packs ---- */

void vector_begin_empty(struct vector *v, struct world *w)
{
    memset(v, 0, sizeof(*v));
    v->w = w;
    buf_init(&v->pack, LIMIT_BUNDLE);
}

void vector_begin(struct vector *v, struct world *w)
{
    struct charter_plan first = charter_plan_first(w);
    vector_begin_empty(v, w);
    vector_add_charter(v, &first);
}

void vector_add(struct vector *v, enum object_kind kind, struct view bytes)
{
    bool note = kind == OBJECT_CHARTER || kind == OBJECT_HEADER;
    if (kind != OBJECT_BUNDLE)
        prefix_write(&v->pack, kind, note ? (uint32_t)bytes.len : 0, PREFIX_LEN + bytes.len);
    buf_append_view(&v->pack, bytes);
    must(buf_status(&v->pack) == 0, "a pack does not fit");
}

void vector_add_charter(struct vector *v, const struct charter_plan *p)
{
    struct buf note;
    struct hash hash;
    buf_init(&note, 64 * KIB);
    charter_make(&note, &hash, v->w, p);
    if (p->c.version <= 4)
        v->history.charters[p->c.version - 1] = hash;
    if (p->c.version == 1)
        v->history.publisher = hash;
    vector_add(v, OBJECT_CHARTER, buf_view(&note));
    buf_dispose(&note);
}

void vector_add_bundle(struct vector *v, const struct bundle_plan *p)
{
    struct buf bytes;
    buf_init(&bytes, LIMIT_BUNDLE);
    bundle_make(&bytes, &v->history, v->w, p);
    vector_add(v, OBJECT_BUNDLE, buf_view(&bytes));
    buf_dispose(&bytes);
}

void vector_skip_bundle(struct vector *v, const struct bundle_plan *p)
{
    struct buf bytes;
    buf_init(&bytes, LIMIT_BUNDLE);
    bundle_make(&bytes, &v->history, v->w, p);
    buf_dispose(&bytes);
}

static void put_field(struct buf *line, const char *key, const char *value)
{
    buf_append_byte(line, line->len == 0 ? '{' : ',');
    json_append_string(line, view_of_str(key));
    buf_append_byte(line, ':');
    json_append_string(line, view_of_str(value));
}

void vector_write(struct vector *v, const char *name, const char *verdict, const char *section, const char *why,
                  const char *before, int records)
{
    char path[4096], hex[HASH_HEX_LEN + 1];
    struct buf line;
    snprintf(path, sizeof(path), "%s/%s.mimeo", v->w->dir, name);
    FILE *f = fopen(path, "wb");
    must(f != NULL && fwrite(v->pack.ptr, 1, v->pack.len, f) == v->pack.len && fclose(f) == 0, path);
    buf_init(&line, 64 * KIB);
    hash_format(hex, &v->history.publisher);
    put_field(&line, "name", name);
    put_field(&line, "verdict", verdict);
    put_field(&line, "section", section);
    put_field(&line, "why", why);
    put_field(&line, "publisher", hex);
    if (before != NULL)
        put_field(&line, "before", before);
    if (records >= 0)
        buf_appendf(&line, ",\"records\":%d", records);
    buf_append_str(&line, "}\n");
    must(fwrite(line.ptr, 1, line.len, v->w->expected) == line.len, "expected.jsonl");
    buf_dispose(&line);
    buf_dispose(&v->pack);
}
