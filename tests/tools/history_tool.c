/*
 * For tests/e2e/test_conflict.sh: signed histories as an attacker with keys would make them, and mirrors and packs
 * that show what such a one wants to be seen.  Reads lines from stdin; keys come from fixed seeds.
 *
 *     charter NAME VERSION PREV FROM CUT KEY TITLE   PREV, CUT: another's name, or -; KEY: who may publish from there
 *     history NAME [OF SEQ]                          empty, or the first SEQ headers of another
 *     grow NAME LAST CHARTER NEWEST KEY [DAYS]       bundles up to LAST, dated DAYS later than they would be;
 *                                                  each has an article of its own, and revises the article "common"
 *     lone PATH SEQ CHARTER KEY                      a pack of charter and one bundle, whose links go nowhere
 *     dir PATH [OBJECT…]                             a mirror: files
 *     pack PATH [OBJECT…]                            a pack
 *
 * An OBJECT is a charter's name, or NAME/SEQ or NAME/FROM-TO for bundles; behind it may stand .head (its bare header;
 * in a dir: the head file) and .spoiled (with a signature that is wrong).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "bundle/bundle.h"
#include "store/commit.h"
#include "store/store.h"

#define NAMES 16
#define LAST_SEQ 400
#define FIRST_TIME 1795392000 /* 2026-11-23T00:00:00Z */

struct made_charter {
    char name[32];
    struct charter c;
};
struct made_history {
    char name[32];
    uint64_t last;
    struct header headers[LAST_SEQ + 1];
    struct buf bundles[LAST_SEQ + 1];
};

static mimeo_ctx *ctx;
static struct made_charter charters[NAMES];
static struct made_history *histories[NAMES];
static size_t charter_count, history_count;

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "history_tool: %s: %s\n", what, mimeo_ctx_message(ctx));
    exit(1);
}

static struct secret_key *key_of(const char *name)
{
    struct secret_key *k;
    struct hash seed = hash_of(view_of_str(name));
    must(secret_key_from_seed(&k, ctx, seed.bytes) == 0, name);
    return k;
}

static struct charter *find_charter(const char *name)
{
    for (size_t i = 0; i < charter_count; i++)
        if (strcmp(charters[i].name, name) == 0)
            return &charters[i].c;
    return NULL;
}

static struct made_history *find_history(const char *name)
{
    for (size_t i = 0; i < history_count; i++)
        if (strcmp(histories[i]->name, name) == 0)
            return histories[i];
    must(false, name);
    return NULL;
}

/* ---- charters ---- */

static void make_charter(char **w)
{
    struct secret_key *root = key_of("root"), *publish = key_of(w[5]);
    const struct secret_key *signer = root;
    struct charter c = {.version = (uint32_t)atoi(w[1]), .from_seq = (uint64_t)atoll(w[3])};
    struct buf text, note;
    must(charter_count < NAMES, "charters");
    if (find_charter(w[2]) != NULL)
        c.prev = find_charter(w[2])->hash;
    c.is_cut = strcmp(w[4], "-") != 0;
    if (c.is_cut) {
        char *slash = strchr(w[4], '/');
        *slash = '\0';
        c.from_hash = find_history(w[4])->headers[atoi(slash + 1)].hash;
    }
    snprintf(c.name, sizeof(c.name), "%s", w[6]);
    c.root = (struct role){1, 1, {*secret_key_public(root)}};
    c.publish = (struct role){1, 1, {*secret_key_public(publish)}};
    c.signer_count = 1;
    c.signers[0] = *secret_key_public(root);
    buf_init(&text, LIMIT_CHARTER);
    buf_init(&note, LIMIT_CHARTER);
    must(charter_write_text(&text, ctx, &c) == 0 && note_sign(&note, ctx, buf_view(&text), &signer, 1) == 0, w[0]);
    struct made_charter *made = &charters[charter_count++];
    snprintf(made->name, sizeof(made->name), "%s", w[0]);
    must(charter_parse(&made->c, ctx, w[0], buf_view(&note)) == 0, w[0]);
    buf_dispose(&text);
    buf_dispose(&note);
    secret_key_free(root);
    secret_key_free(publish);
}

/* ---- histories ---- */

static void make_history(char **w)
{
    struct made_history *h = calloc(1, sizeof(*h));
    must(h != NULL && history_count < NAMES, "histories");
    snprintf(h->name, sizeof(h->name), "%s", w[0]);
    if (w[1] != NULL) {
        const struct made_history *of = find_history(w[1]);
        h->last = (uint64_t)atoll(w[2]);
        memcpy(h->headers, of->headers, sizeof(h->headers));
        memcpy(h->bundles, of->bundles, sizeof(h->bundles)); /* shared: nothing is freed before the end */
    }
    histories[history_count++] = h;
}

/* Bundle `seq` behind `of`; NULL: of no history. */
static void fill(struct header *h, const struct made_history *of, char **w, uint64_t seq)
{
    const struct charter *in_force = find_charter(w[2]), *newest = find_charter(w[3]);
    must(in_force != NULL && newest != NULL, "a charter");
    h->publisher = charters[0].c.hash;
    h->charter_version = in_force->version;
    h->charter_hash = in_force->hash;
    h->newest_version = newest->version;
    h->newest_hash = newest->hash;
    h->seq = seq;
    if (seq > 1) {
        h->prev = of == NULL ? hash_of(VIEW_OF_LITERAL("prev")) : of->headers[seq - 1].hash;
        h->skip = of == NULL ? hash_of(VIEW_OF_LITERAL("skip")) : of->headers[lipmaa(seq)].hash;
    }
    h->time = FIRST_TIME + (int64_t)(seq % 1000) * 60 + (w[5] == NULL ? 0 : atoll(w[5]) * 86400);
    h->next_by = h->time + 7 * 86400;
    h->archive_records = seq;
}

/* The bytes of a bundle, initialised here, and its header. */
static void make_bundle(struct buf *bundle, struct header *header, const struct made_history *h,
                        struct bundle_writer *writer, char **w, uint64_t seq)
{
    char id[64], title[64];
    struct secret_key *key = key_of(w[4]);
    const struct secret_key *signer = key;
    struct record r = {.action = RECORD_PUBLISH, .revision = 1, .lang = "en", .words = 1};
    struct record again = {.id = "common", .action = RECORD_REVISE, .revision = 1, .lang = "en", .title = title};
    struct header *made = calloc(1, sizeof(*made));
    struct note *parsed = calloc(1, sizeof(*parsed));
    struct buf payload, text, note;
    must(made != NULL && parsed != NULL, "memory");
    buf_init(&payload, LIMIT_BUNDLE);
    buf_init(&text, LIMIT_HEADER);
    buf_init(&note, LIMIT_HEADER);
    buf_init(bundle, LIMIT_BUNDLE);
    snprintf(id, sizeof(id), "a-%llu-%s", (unsigned long long)seq, h == NULL ? "lone" : h->name);
    snprintf(title, sizeof(title), "Bundle %llu of %s", (unsigned long long)seq, h == NULL ? "no history" : h->name);
    r.id = id;
    r.title = title;
    fill(made, h, w, seq);
    made->signer_count = 1;
    made->signers[0] = *secret_key_public(key);
    must(bundle_writer_add(writer, ctx, &r, VIEW_OF_LITERAL("<p>Tide.</p>"), false) == 0 &&
             bundle_writer_add(writer, ctx, &again, VIEW_OF_LITERAL("<p>Tide.</p>"), false) == 0 &&
             bundle_writer_finish(writer, ctx, made, &payload) == 0 && header_write_text(&text, ctx, made) == 0 &&
             note_sign(&note, ctx, buf_view(&text), &signer, 1) == 0 &&
             header_parse(header, parsed, ctx, id, buf_view(&note)) == 0 &&
             bundle_assemble(bundle, ctx, buf_view(&note), buf_view(&payload)) == 0,
         id);
    buf_dispose(&payload);
    buf_dispose(&text);
    buf_dispose(&note);
    free(made);
    free(parsed);
    secret_key_free(key);
}

static void grow(char **w)
{
    struct made_history *h = find_history(w[0]);
    struct bundle_writer_options o = {.threads = 1};
    struct bundle_writer *writer;
    must(bundle_writer_new(&writer, ctx, &o) == 0, "a writer");
    for (uint64_t last = (uint64_t)atoll(w[1]); h->last < last && h->last < LAST_SEQ; h->last++)
        make_bundle(&h->bundles[h->last + 1], &h->headers[h->last + 1], h, writer, w, h->last + 1);
    bundle_writer_free(writer);
}

/* ---- objects ---- */

struct object {
    const struct charter *charter; /* or */
    const struct made_history *history;
    uint64_t from, to;
    bool head, spoiled;
};

static bool drop_end(char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);
    if (len < n || strcmp(text + len - n, end) != 0)
        return false;
    text[len - n] = '\0';
    return true;
}

static struct object object_of(char *word)
{
    struct object o = {.spoiled = drop_end(word, ".spoiled")};
    o.head = drop_end(word, ".head");
    char *slash = strchr(word, '/');
    if (slash == NULL) {
        o.charter = find_charter(word);
        must(o.charter != NULL, word);
        return o;
    }
    *slash = '\0';
    o.history = find_history(word);
    char *dash = strchr(slash + 1, '-');
    o.from = (uint64_t)atoll(slash + 1);
    o.to = dash == NULL ? o.from : (uint64_t)atoll(dash + 1);
    must(o.from > 0 && o.to <= o.history->last, word);
    return o;
}

/* The bytes of a bundle or its bare note, in fresh memory; spoiled in the last signature line. */
static struct buf bytes_of(const struct object *o, uint64_t seq)
{
    struct buf out;
    struct prefix p;
    struct view all = buf_view(&o->history->bundles[seq]);
    buf_init(&out, LIMIT_BUNDLE);
    must(prefix_parse(&p, ctx, "a bundle", all) == 0, "a bundle");
    buf_append_view(&out, o->head ? view_of(all.ptr + PREFIX_LEN, p.header_len) : all);
    if (o->spoiled) { /* base64 of S: another character is another signature, in the same form */
        size_t at = (o->head ? 0 : PREFIX_LEN) + p.header_len - 10;
        out.ptr[at] = out.ptr[at] == 'A' ? 'B' : 'A';
    }
    return out;
}

static void write_file(const char *path, struct view bytes)
{
    char name[4096];
    snprintf(name, sizeof(name), "%s", path);
    must(file_write_atomic(ctx, AT_FDCWD, name, bytes, 0644) == 0, path);
}

static void put_below(const char *dir, const char *name, struct view bytes)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    write_file(path, bytes);
}

static void make_dir(char **w)
{
    char name[STORE_NAME_MAX];
    const struct charter *newest = NULL;
    for (size_t i = 1; w[i] != NULL; i++) {
        struct object o = object_of(w[i]);
        if (o.charter != NULL) {
            store_name_charter(name, o.charter->version);
            put_below(w[0], name, buf_view(&o.charter->note));
            newest = o.charter;
        }
        for (uint64_t seq = o.from; o.history != NULL && seq <= o.to; seq++) {
            struct buf b = bytes_of(&o, seq);
            store_name_bundle(name, seq);
            put_below(w[0], o.head ? "head" : name, buf_view(&b));
            buf_dispose(&b);
        }
    }
    struct buf readme;
    buf_init(&readme, 16 * KIB);
    must(newest != NULL && mirror_readme(&readme, ctx, newest->name, &charters[0].c.hash) == 0, "the README");
    put_below(w[0], "README.md", buf_view(&readme));
    put_below(w[0], ".gitattributes", VIEW_OF_LITERAL(MIRROR_GITATTRIBUTES));
    buf_dispose(&readme);
}

static void append_note(struct buf *out, enum object_kind kind, struct view note)
{
    prefix_write(out, kind, (uint32_t)note.len, PREFIX_LEN + note.len);
    buf_append_view(out, note);
}

static void make_pack(char **w)
{
    struct buf pack;
    buf_init(&pack, 8 * LIMIT_BUNDLE);
    for (size_t i = 1; w[i] != NULL; i++) {
        struct object o = object_of(w[i]);
        if (o.charter != NULL)
            append_note(&pack, OBJECT_CHARTER, buf_view(&o.charter->note));
        for (uint64_t seq = o.from; o.history != NULL && seq <= o.to; seq++) {
            struct buf b = bytes_of(&o, seq);
            if (o.head)
                append_note(&pack, OBJECT_HEADER, buf_view(&b));
            else
                buf_append_view(&pack, buf_view(&b));
            buf_dispose(&b);
        }
    }
    must(buf_status(&pack) == 0, w[0]);
    write_file(w[0], buf_view(&pack));
    buf_dispose(&pack);
}

static void make_lone(char **w)
{
    char *words[] = {NULL, NULL, w[2], w[2], w[3], NULL};
    struct bundle_writer_options o = {.threads = 1};
    struct bundle_writer *writer = NULL;
    struct header *header = calloc(1, sizeof(*header));
    struct buf bundle, pack;
    must(header != NULL && bundle_writer_new(&writer, ctx, &o) == 0, "a writer");
    make_bundle(&bundle, header, NULL, writer, words, (uint64_t)atoll(w[1]));
    bundle_writer_free(writer);
    buf_init(&pack, LIMIT_BUNDLE);
    append_note(&pack, OBJECT_CHARTER, buf_view(&charters[0].c.note));
    buf_append_view(&pack, buf_view(&bundle));
    write_file(w[0], buf_view(&pack));
    buf_dispose(&bundle);
    buf_dispose(&pack);
    free(header);
}

int main(void)
{
    static const struct {
        const char *verb;
        size_t words;
        void (*run)(char **words);
    } verbs[] = {{"charter", 7, make_charter}, {"history", 1, make_history}, {"grow", 5, grow}, {"lone", 4, make_lone},
                 {"dir", 1, make_dir},
                 {"pack", 1, make_pack}};
    char line[4096];
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char *words[64] = {NULL};
        size_t count = 0;
        for (char *word = strtok(line, " \n"); word != NULL && count < 63; word = strtok(NULL, " \n"))
            words[count++] = word;
        for (size_t i = 0; count > 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
            if (strcmp(words[0], verbs[i].verb) == 0) {
                must(count > verbs[i].words, words[0]);
                verbs[i].run(words + 1);
            }
    }
    return 0;
}
