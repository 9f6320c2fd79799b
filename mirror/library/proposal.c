/*
 * Proposals: opening, telling, signing, putting together.  What is told comes from the bytes that are signed; a
 * file is read once, and never looked at again between telling and signing.
 */
#include "library/proposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/charter_info.h"
#include "library/mirror.h"
#include "library/passphrase.h"
#include "library/paths.h"
#include "trust/journal.h"

mimeo_proposal *proposal_new(mimeo_ctx *ctx)
{
    mimeo_proposal *p = calloc(1, sizeof(*p));
    if (p == NULL)
        ctx_error_nomem(ctx);
    return p;
}

void mimeo_proposal_free(mimeo_proposal *p)
{
    if (p == NULL)
        return;
    proposal_dispose(&p->p);
    free(p->warning_text);
    free(p);
}

int proposal_tell(mimeo_proposal *p, mimeo_ctx *ctx)
{
    const struct hash *publisher = proposal_publisher(&p->p);
    const struct charter *before = charter_chain_newest(&p->p.chain);
    struct buf b;
    charter_info(&p->next, &p->p.next, publisher);
    if (before != NULL)
        charter_info(&p->before, before, publisher);
    if (proposal_check_sound(ctx, &p->p) < 0)
        snprintf(p->unsound, sizeof(p->unsound), "%s", mimeo_ctx_message(ctx));
    buf_init(&b, 16 * KIB);
    int rc = proposal_warnings(&b, ctx, &p->p);
    if (rc < 0 || b.len == 0) {
        buf_dispose(&b);
        return rc;
    }
    p->warning_text = buf_detach(&b, NULL);
    char *save = NULL;
    for (char *line = strtok_r(p->warning_text, "\n", &save); line != NULL && p->warning_count < PROPOSAL_WARNINGS_MAX;
         line = strtok_r(NULL, "\n", &save))
        p->warnings[p->warning_count++] = line;
    return 0;
}

int mimeo_proposal_open(mimeo_proposal **out, mimeo_ctx *ctx, const char *file)
{
    struct buf b;
    mimeo_proposal *p = proposal_new(ctx);
    int rc = p == NULL ? MIMEO_ENOMEM : file_read(&b, ctx, file, PROPOSAL_MAX);
    if (rc == 0) {
        rc = proposal_parse(&p->p, ctx, file, buf_view(&b));
        buf_dispose(&b);
    }
    if (rc == 0)
        rc = proposal_tell(p, ctx);
    if (rc == 0)
        *out = p;
    else
        mimeo_proposal_free(p);
    return rc;
}

int mimeo_proposal_save(const mimeo_proposal *p, mimeo_ctx *ctx, const char *file)
{
    struct buf b;
    buf_init(&b, PROPOSAL_MAX);
    int rc = proposal_write(&b, ctx, &p->p);
    if (rc == 0)
        rc = path_write_new(ctx, file, buf_view(&b), 0644);
    buf_dispose(&b);
    return rc;
}

static size_t count_signing(const struct charter *next, const struct role *role)
{
    size_t n = 0;
    for (size_t i = 0; i < next->signer_count; i++)
        n += role_has(role, &next->signers[i]);
    return n;
}

void mimeo_proposal_get_state(const mimeo_proposal *p, struct mimeo_proposal_state *out)
{
    const struct charter *before = charter_chain_newest(&p->p.chain);
    *out = (struct mimeo_proposal_state){
        .next = &p->next,
        .before = before == NULL ? NULL : &p->before,
        .head_seq = p->p.has_head ? p->p.head.seq : 0,
        .head_time = p->p.has_head ? p->p.head.time : 0,
        .last_good_seq = p->p.has_last_good ? p->p.last_good.seq : 0,
        .last_good_time = p->p.has_last_good ? p->p.last_good.time : 0,
        .old_roots_signing = before == NULL ? 0 : count_signing(&p->p.next, &before->root),
        .new_roots_signing = count_signing(&p->p.next, &p->p.next.root),
        .unsound = p->unsound,
    };
}

const char *mimeo_proposal_warning(const mimeo_proposal *p, size_t n)
{
    return n < p->warning_count ? p->warnings[n] : NULL;
}

/* ---- is it still the next one? ---- */

static size_t known_charters(const mimeo_proposal *p, mimeo_ctx *ctx, const char *library)
{
    struct trust_store s;
    struct charter_chain chain = {.count = 0};
    size_t count = 0;
    if (trust_store_open(&s, ctx, library) < 0)
        return 0;
    if (trust_charters_read(&chain, &s, ctx, proposal_publisher(&p->p)) >= 0)
        count = chain.count;
    charter_chain_dispose(&chain);
    trust_store_close(&s);
    return count;
}

int mimeo_proposal_newer(unsigned *version, const mimeo_proposal *p, mimeo_ctx *ctx, const char *path,
                         const char *library)
{
    size_t count = known_charters(p, ctx, library);
    mimeo_mirror *m;
    if (path != NULL) {
        int rc = mimeo_mirror_open(&m, ctx, path, library);
        if (rc < 0)
            return rc;
        if (!hash_equal(&m->chain.publisher, proposal_publisher(&p->p)))
            rc = ctx_error(ctx, MIMEO_EUSAGE, "the proposal is for another publisher than the mirror '%s'", path);
        else if (m->chain.count > count)
            count = m->chain.count;
        mimeo_mirror_free(m);
        if (rc < 0)
            return rc;
    }
    *version = count >= p->p.next.version ? (unsigned)count : 0;
    return 0;
}

/* ---- signing ---- */

/* What this key signed before.  Two valid charters of one version freeze every reader for ever. */
static int check_memory(const mimeo_proposal *p, mimeo_ctx *ctx, const struct mimeo_proposal_sign_options *o)
{
    struct journal j;
    const struct hash *publisher = proposal_publisher(&p->p);
    int rc = journal_read(&j, ctx, o->key);
    if (rc < 0)
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    if (hash_equal(&j.hash, &p->p.next.hash))
        return 0;
    bool same = hash_equal(&j.publisher, publisher);
    if (!same && j.seq > 1)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' is another publisher's root key: a key is for one publisher", o->key);
    if (!same || j.seq < p->p.next.version || o->instead)
        return 0;
    if (j.seq > p->p.next.version)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "an old proposal: it is for charter %u, and this key has signed charter %llu since", p->p.next.version,
                         (unsigned long long)j.seq);
    return ctx_error(ctx, MIMEO_ECONFLICT,
                     "this key has signed another text of charter %u; were both issued, no reader would ever follow this "
                     "publisher again. Only where all of you gave that one up, and its signatures are destroyed: --instead",
                     p->p.next.version);
}

static int remember(const mimeo_proposal *p, mimeo_ctx *ctx, const char *key_path)
{
    struct journal j = {.publisher = *proposal_publisher(&p->p), .seq = p->p.next.version, .hash = p->p.next.hash};
    int rc = journal_write(ctx, key_path, &j);
    return rc < 0 ? ctx_error_prefix(ctx, rc, "what the root key signs is noted beside it, and cannot be") : 0;
}

int mimeo_proposal_sign(const mimeo_proposal *p, mimeo_ctx *ctx, const char *file,
                        const struct mimeo_proposal_sign_options *options)
{
    struct secret_key *key = NULL;
    struct charter_signature s;
    struct buf b;
    buf_init(&b, SIGNATURE_FILE_MAX);
    int rc = p->unsound[0] != '\0' ? ctx_error(ctx, MIMEO_EUSAGE, "nobody should sign this: %s", p->unsound) : 0;
    if (rc == 0)
        rc = check_memory(p, ctx, options);
    if (rc == 0)
        rc = key_load(&key, ctx, options->key, KEY_ROOT, &options->passphrase);
    if (rc == 0)
        rc = charter_signature_make(&s, ctx, &p->p, key);
    if (rc == 0)
        rc = charter_signature_write(&b, ctx, &s);
    if (rc == 0)
        rc = remember(p, ctx, options->key);
    if (rc == 0)
        rc = path_write_new(ctx, file, buf_view(&b), 0644);
    secret_key_free(key);
    buf_dispose(&b);
    return rc;
}

/* ---- putting together ---- */

static int take_signature(struct note *note, bool *has, const mimeo_proposal *p, mimeo_ctx *ctx, const char *file)
{
    struct charter_signature s;
    struct buf b;
    size_t index;
    int rc = file_read(&b, ctx, file, SIGNATURE_FILE_MAX);
    if (rc < 0)
        return rc;
    rc = charter_signature_parse(&s, ctx, file, buf_view(&b));
    buf_dispose(&b);
    if (rc == 0)
        rc = charter_signature_check(&index, ctx, file, &s, &p->p);
    if (rc == 0) {
        memcpy(note->signatures[index].bytes, s.bytes, SIGNATURE_LEN);
        has[index] = true;
    }
    return rc;
}

static int check_complete(mimeo_ctx *ctx, const struct note *note, const bool *has, struct mimeo_combine_result *result)
{
    result->needed = note->signature_count;
    result->missing = 0;
    for (size_t i = 0; i < note->signature_count; i++)
        if (!has[i])
            format_hex(result->missing_keys[result->missing++], note->signatures[i].key.bytes, PUBLIC_KEY_LEN);
    return result->missing == 0 ? 0
                                : ctx_error(ctx, MIMEO_EINCOMPLETE, "%zu of %zu signatures are missing", result->missing,
                                            result->needed);
}

/* A reader's own judgement of the new note, before anybody else sees it. */
static int check_valid(const mimeo_proposal *p, mimeo_ctx *ctx, const struct buf *bytes)
{
    struct charter_chain chain = {.count = 0};
    int rc = 0;
    for (size_t v = 1; rc == 0 && v <= p->p.chain.count + 1; v++) {
        struct charter *c = calloc(1, sizeof(*c));
        const struct buf *note = v <= p->p.chain.count ? &p->p.chain.items[v - 1]->note : bytes;
        rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, "the charter", buf_view(note));
        if (rc == 0)
            rc = charter_chain_add(&chain, ctx, c, NULL);
        charter_dispose(c);
        free(c);
    }
    charter_chain_dispose(&chain);
    return rc;
}

int mimeo_proposal_combine(const mimeo_proposal *p, mimeo_ctx *ctx, const char *file,
                           const char *const *signature_files, size_t count, struct mimeo_combine_result *result)
{
    bool has[LIMIT_SIGNERS] = {false};
    struct buf b;
    struct note *note = calloc(1, sizeof(*note));
    buf_init(&b, LIMIT_CHARTER);
    int rc = note == NULL ? ctx_error_nomem(ctx)
                          : note_parse_unsigned(note, ctx, "the proposed charter", buf_view(&p->p.next.note), LIMIT_CHARTER);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = take_signature(note, has, p, ctx, signature_files[i]);
    if (rc == 0)
        rc = check_complete(ctx, note, has, result);
    if (rc == 0 && p->unsound[0] != '\0')
        rc = ctx_error(ctx, MIMEO_EUSAGE, "nobody should issue this: %s", p->unsound);
    if (rc == 0)
        rc = note_assemble(&b, ctx, note);
    if (rc == 0)
        rc = check_valid(p, ctx, &b);
    if (rc == 0)
        rc = path_write_new(ctx, file, buf_view(&b), 0644);
    free(note);
    buf_dispose(&b);
    return rc;
}
