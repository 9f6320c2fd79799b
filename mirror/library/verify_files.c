/*
 * Verifying what stands beside the bundles: charters, the two fixed texts, the head file, dictionaries, pictures, and
 * names that are none of a mirror's.
 *
 * What a reader would get wrong: the head file is not what the head was chosen by alone, and a mirror may grow meanwhile.
 * One that differs from the newest bundle's header is damage only where no update explains it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/conflict.h"
#include "library/verify_inside.h"
#include "store/commit.h"

void verify_charters(struct verification *v)
{
    /* The chain was judged at opening, and a fault of it is the state's verdict. */
    v->result->charters = v->m->chain.count;
    for (uint32_t i = 1; i <= v->m->chain.count; i++)
        v->result->bytes += charter_chain_get(&v->m->chain, i)->note.len;
}

static int check_fixed(struct verification *v, const char *name, struct view expected)
{
    struct stored s;
    int rc = store_get_text(&s, v->m->store, v->ctx, name);
    if (rc == MIMEO_ENOTFOUND)
        return 0;
    if (rc < 0) {
        if (verify_is_our_trouble(rc))
            return rc;
        verify_tell_ctx(v, name, 0, rc);
        return 0;
    }
    v->result->bytes += s.view.len;
    if (!view_equal(s.view, expected)) {
        char words[160];
        snprintf(words, sizeof(words),
                 "%s: is not what mimeo writes there: somebody changed it; do not follow what it says", name);
        verify_tell(v, name, 0, MIMEO_DAMAGED, words);
    }
    store_release(&s);
    return 0;
}

/* README of the commit of the head: by the newest charter that header names. */
int verify_texts(struct verification *v)
{
    if (store_kind(v->m->store) == STORE_PACK)
        return 0;
    const struct header *head = v->m->has_head ? &v->m->head : v->m->anchor;
    const struct charter *c = head == NULL ? NULL : charter_chain_get(&v->m->chain, head->newest_version);
    if (c == NULL)
        c = charter_chain_newest(&v->m->chain);
    struct buf readme;
    buf_init(&readme, 16 * KIB);
    int rc = mirror_readme(&readme, v->ctx, c->name, &v->m->pin.publisher);
    if (rc == 0)
        rc = check_fixed(v, "README.md", buf_view(&readme));
    buf_dispose(&readme);
    if (rc == 0)
        rc = check_fixed(v, ".gitattributes", VIEW_OF_LITERAL(MIRROR_GITATTRIBUTES));
    return rc;
}

/* Does bundle `seq` begin with exactly this header note?  1, 0, or a code where it is not held. */
static int is_header_of(struct verification *v, struct view note, uint64_t seq)
{
    struct stored front;
    int rc = store_get_bundle_front(&front, v->m->store, v->ctx, seq);
    if (rc < 0)
        return rc;
    bool same = front.view.len >= PREFIX_LEN + note.len &&
                view_equal(view_of(front.view.ptr + PREFIX_LEN, note.len), note);
    store_release(&front);
    return same;
}

/* The seq of a head file that is another than the newest bundle's header; 0 where it is no header or one that was
 * revoked, which the state's verdict says already. */
static uint64_t seq_of_head(struct verification *v, struct view bytes)
{
    struct header *h = calloc(1, sizeof(*h));
    struct note *note = calloc(1, sizeof(*note));
    enum header_standing standing;
    uint64_t seq = h != NULL && note != NULL && header_parse(h, note, v->ctx, "head", bytes) == 0 ? h->seq : 0;
    if (seq > 0 && header_judge(&standing, v->ctx, "head", h, note, &v->m->chain) == MIMEO_EREVOKED)
        seq = 0;
    free(h);
    free(note);
    return seq;
}

static void compare_head(struct verification *v, struct view bytes)
{
    if (!view_equal(bytes, buf_view(&v->m->head_note))) {
        uint64_t seq = seq_of_head(v, bytes);
        if (seq == 0)
            return;
        /* Somebody synced or published while this ran: a bundle that was not here when it began. */
        if (seq > v->m->head.seq && !verify_holds(v->m, seq) && is_header_of(v, bytes, seq) == 1) {
            verify_remark(v, "head", "head: more was taken in while this was verified: verify again to cover that too");
            return;
        }
        /* A copy that was cut short between a bundle and its head is no fault: the next puts it right. */
        v->cut_short = seq < v->m->head.seq && is_header_of(v, bytes, seq) == 1;
        if (v->cut_short)
            verify_remark(v, "head", "head: is the header of an older bundle that is held too: an update was cut short "
                              "before it came to the head");
        else
            verify_tell(v, "head", 0, MIMEO_DAMAGED,
                 "head: is not the header of the newest bundle: damaged, or an old one; get it again");
    } else if (is_header_of(v, bytes, v->m->head.seq) == 0) {
        verify_tell(v, "head", 0, MIMEO_DAMAGED, "head: differs from the header in its bundle: get both again");
    }
}

/* The head file must be the header of its bundle, byte for byte. */
int verify_head(struct verification *v)
{
    struct stored s;
    int rc = store_get_head(&s, v->m->store, v->ctx);
    if (rc == MIMEO_ENOTFOUND && store_kind(v->m->store) != STORE_PACK && v->m->seq_count > 0) {
        verify_tell(v, "head", 0, MIMEO_INCOMPLETE, "head: is missing: get it from another copy");
        return 0;
    }
    if (rc < 0)
        return verify_is_our_trouble(rc) ? rc : 0; /* a damaged head is the state's verdict already */
    v->result->bytes += s.view.len;
    if (v->m->has_head && buf_view(&v->m->head_note).len > 0 && store_kind(v->m->store) != STORE_PACK)
        compare_head(v, s.view);
    store_release(&s);
    return 0;
}

int verify_dictionaries(struct verification *v)
{
    if (!v->m->has_head)
        return 0;
    for (size_t i = 0; i < v->m->head.dictionary_count; i++) {
        char name[STORE_NAME_MAX];
        store_name_dictionary(name, &v->m->head.dictionaries[i].hash);
        struct view bytes;
        int rc = mirror_dictionary(&bytes, v->ctx, &v->m->head.dictionaries[i], v->m);
        if (verify_is_our_trouble(rc))
            return rc;
        if (rc < 0) {
            verify_tell_ctx(v, name, 0, rc);
            continue;
        }
        v->result->dictionaries++;
        v->result->bytes += bytes.len;
    }
    return 0;
}

static int check_media(uint64_t seq, const struct hash *h, void *payload)
{
    struct verification *v = payload;
    char name[STORE_NAME_MAX];
    store_name_media(name, seq, h);
    struct stored s;
    int rc = store_get_media(&s, v->m->store, v->ctx, seq, h);
    if (rc < 0) {
        if (!verify_is_our_trouble(rc))
            verify_tell_ctx(v, name, seq, rc);
        return verify_is_our_trouble(rc) ? rc : 0;
    }
    v->result->media++;
    v->result->bytes += s.view.len;
    struct hash is = hash_of(s.view);
    store_release(&s);
    if (!hash_equal(&is, h)) {
        char words[STORE_NAME_MAX + 80];
        snprintf(words, sizeof(words), "%s: damaged picture: get it again", name);
        verify_tell(v, name, seq, MIMEO_DAMAGED, words);
    }
    return ctx_check_cancel(v->ctx);
}

/* A further copy in a pack: damaged, unless the publisher signed both.  1 where it was told. */
static int check_copy(struct verification *v, const char *name)
{
    char words[STORE_NAME_MAX + 200];
    v->copy = strcmp(name, v->copy_of) == 0 ? v->copy + 1 : 0;
    snprintf(v->copy_of, sizeof(v->copy_of), "%s", name);
    int rc = conflict_check_copy(v->m, v->ctx, name, v->copy);
    if (rc != 1)
        return rc;
    snprintf(words, sizeof(words), "%s: two different ones are in the pack, and this publisher's keys signed both: "
                                   "keep it, and ask the publisher by another way", name);
    verify_tell(v, name, 0, MIMEO_CONFLICTED, words);
    return 1;
}

static int check_stray(const char *name, const struct stray *stray, void *payload)
{
    struct verification *v = payload;
    char words[STORE_NAME_MAX + 200];
    int rc = stray == &stray_second_copy ? check_copy(v, name) : 0;
    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (stray->code != 0) {
        snprintf(words, sizeof(words), "%s: %s: get the file again", name, stray->words);
        verify_tell(v, name, 0, mimeo_verdict_of_code(stray->code), words);
        return 0;
    }
    snprintf(words, sizeof(words), "%s: not part of the mirror (%s): never opened", name, stray->words);
    verify_remark(v, name, words);
    return 0;
}

int verify_media(struct verification *v)
{
    return store_each_media(v->m->store, v->ctx, check_media, v);
}

int verify_strays(struct verification *v)
{
    return store_each_stray(v->m->store, v->ctx, check_stray, v);
}
