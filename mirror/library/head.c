/*
 * Choosing the head.  Candidates are the `head` file and the newest bundle that holds; what a
 * reader would get wrong: the highest number is not the head.  A header counts only where links
 * lead from it down to what was verified before, or to the floor of the link that pinned the
 * publisher.
 */
#include "library/head.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "library/conflict.h"

/* How many headers above the known head are tried for a path before the known one is kept. */
#define CANDIDATES_MAX 64
#define CLOCK_TOLERANCE (2 * 86400) /* seconds that a header's date may be ahead before it is remarked on */

void mirror_worsen(mimeo_mirror *m, enum mimeo_verdict verdict, const char *format, ...)
{
    if (verdict <= m->verdict)
        return;
    m->verdict = verdict;
    va_list args;
    va_start(args, format);
    vsnprintf(m->reason, sizeof(m->reason), format, args);
    va_end(args);
}

/* ---- candidates ---- */

struct candidate {
    struct header header;
    struct buf note;
};

static void candidate_free(struct candidate *c)
{
    if (c == NULL)
        return;
    buf_dispose(&c->note);
    free(c);
}

/* A later charter's cut may exclude what was known by its seq: then its H takes the place.  Of several the newest counts. */
static bool known_is_cut_off(const mimeo_mirror *m, struct hash *hash, uint64_t *seq)
{
    for (uint32_t v = (uint32_t)m->chain.count; v > m->known.newest_version; v--) {
        const struct charter *c = charter_chain_get(&m->chain, v);
        if (c->is_cut && m->known.seq > c->from_seq) {
            *hash = c->from_hash;
            *seq = c->from_seq;
            return true;
        }
    }
    return false;
}

/* By a withdrawn key, or under a cut: good where what was verified before, or the cut's H in its place, is this header
 * or descends from it. */
static bool is_proven(mimeo_mirror *m, mimeo_ctx *ctx, const struct header *h)
{
    struct hash hash;
    uint64_t seq;
    if (!m->has_known)
        return false;
    struct header *from = malloc(sizeof(*from));
    if (from == NULL)
        return false;
    *from = m->known;
    bool held = !known_is_cut_off(m, &hash, &seq) || mirror_fetch_header(from, ctx, seq, &hash, m) == 1;
    bool proven = held && (hash_equal(&from->hash, &h->hash) ||
                           (from->seq > h->seq && join_path(ctx, from, h->seq, &h->hash, mirror_fetch_header, m) == 1));
    free(from);
    return proven;
}

/* The H of a cut: good by the root keys' word, whoever signed it. */
static bool is_confirmed(const struct charter_chain *chain, const struct header *h)
{
    for (uint32_t v = (uint32_t)chain->count; v > 0; v--) {
        const struct charter *c = charter_chain_get(chain, v);
        if (c->is_cut && c->from_seq >= h->seq)
            return c->from_seq == h->seq && hash_equal(&c->from_hash, &h->hash);
    }
    return false;
}

static int candidate_copy(struct candidate **out, mimeo_ctx *ctx, const struct candidate *from)
{
    struct candidate *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return ctx_error_nomem(ctx);
    c->header = from->header;
    buf_init(&c->note, LIMIT_HEADER);
    if (buf_append_view(&c->note, buf_view(&from->note)) < 0) {
        candidate_free(c);
        return ctx_error_nomem(ctx);
    }
    *out = c;
    return 0;
}

/* Parse and judge a header note.  0 and *out where it holds and its keys are in force.  `judged`: one that does; the
 * same bytes again are not judged again.  NULL: none. */
static int candidate_of(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx,
                        const char *what, struct view bytes, const struct candidate *judged)
{
    if (judged != NULL && view_equal(bytes, buf_view(&judged->note)))
        return candidate_copy(out, ctx, judged);
    struct candidate *c = calloc(1, sizeof(*c));
    struct note *note = calloc(1, sizeof(*note));
    int rc = c == NULL || note == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = header_parse(&c->header, note, ctx, what, bytes);
    enum header_standing standing = HEADER_GOOD;
    if (rc == 0)
        rc = header_judge(&standing, ctx, what, &c->header, note, &m->chain);
    else if (rc == MIMEO_ENEWER)
        rc = header_judge_newer(ctx, what, note, &m->chain);
    if (rc == 0 && standing != HEADER_GOOD && !is_confirmed(&m->chain, &c->header) && !is_proven(m, ctx, &c->header))
        rc = ctx_error(ctx, MIMEO_EREVOKED,
                       "%s: signed with a key that the publisher has withdrawn since", what);
    if (rc == 0) {
        buf_init(&c->note, LIMIT_HEADER);
        if (buf_append_view(&c->note, note->bytes) < 0)
            rc = ctx_error_nomem(ctx);
    }
    free(note);
    if (rc < 0) {
        candidate_free(c);
        return rc;
    }
    *out = c;
    return 0;
}

static int candidate_of_file(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct stored s;
    int rc = store_get_head(&s, m->store, ctx);
    if (rc < 0)
        return rc;
    rc = candidate_of(out, m, ctx, "head", s.view, NULL);
    store_release(&s);
    return rc;
}

static int candidate_of_bundle(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                               const struct candidate *judged)
{
    char name[STORE_NAME_MAX];
    store_name_bundle(name, seq);
    struct stored s;
    int rc = store_get_bundle_front(&s, m->store, ctx, seq);
    if (rc < 0)
        return rc;
    struct prefix prefix;
    rc = prefix_parse(&prefix, ctx, name, s.view);
    if (rc == 0 && (prefix.kind != OBJECT_BUNDLE || s.view.len < PREFIX_LEN + prefix.header_len))
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "%s: is no whole bundle: get it again", name);
    if (rc == 0)
        rc = candidate_of(out, m, ctx, name, view_of(s.view.ptr + PREFIX_LEN, prefix.header_len), judged);
    store_release(&s);
    if (rc == 0 && (*out)->header.seq != seq) {
        candidate_free(*out);
        *out = NULL;
        rc = ctx_error(ctx, MIMEO_EFORGED, "%s: holds another bundle than its name says", name);
    }
    return rc;
}

/* The newest bundle held whose header holds, at most `max`; NULL where none. */
static int newest_bundle(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t max,
                         const struct candidate *judged)
{
    for (size_t i = m->seq_count; i-- > 0;) {
        if (m->seqs[i] > max)
            continue;
        int rc = candidate_of_bundle(out, m, ctx, m->seqs[i], judged);
        if (rc == 0 || rc == MIMEO_ENOMEM || rc == MIMEO_EIO)
            return rc;
        if ((rc = ctx_check_cancel(ctx)) < 0)
            return rc;
    }
    return 0;
}

/* ---- what was known before ---- */

/* Is it what this reader once verified?  Keys withdrawn since are no fault of the file. */
static int judge_known(const mimeo_mirror *m, mimeo_ctx *ctx, const struct note *note)
{
    enum header_standing standing;
    int rc = header_judge(&standing, ctx, "the head kept in trust/", &m->known, note, &m->chain);
    if (rc == MIMEO_EREVOKED || rc == MIMEO_EINCOMPLETE)
        return 0;
    return rc;
}

static int load_known(mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct buf b;
    int rc = trust_head_read(&b, &m->trust, ctx, &m->pin.publisher);
    if (rc <= 0)
        return rc;
    struct note *note = calloc(1, sizeof(*note));
    rc = note == NULL ? ctx_error_nomem(ctx)
                      : header_parse(&m->known, note, ctx, "the head kept in trust/", buf_view(&b));
    if (rc == 0)
        rc = judge_known(m, ctx, note);
    if (rc == 0)
        m->has_known = true;
    else if (rc != MIMEO_ENOMEM)
        rc = ctx_error_prefix(ctx, MIMEO_EMALFORMED,
                              "%s/trust is damaged, which says what you have verified: restore it, or remove the pin "
                              "and pin the publisher again", m->trust.path);
    free(note);
    buf_dispose(&b);
    return rc;
}

/* What a new head has to reach: the known head, or a cut's H in its place, or the link's floor. */
static bool goal_of(const mimeo_mirror *m, uint64_t *seq, struct hash *hash)
{
    if (m->has_known) {
        if (!known_is_cut_off(m, hash, seq)) {
            *seq = m->known.seq;
            *hash = m->known.hash;
        }
        return true;
    }
    if (m->pin.state != MIMEO_PIN_NONE && m->pin.floor_seq > 0) {
        *seq = m->pin.floor_seq;
        *hash = m->pin.floor_header;
        return true;
    }
    return false;
}

static void take_head(mimeo_mirror *m, struct candidate *c)
{
    buf_dispose(&m->head_note);
    m->head = c->header;
    m->head_note = c->note;
    m->has_head = true;
    free(c);
}

/* The floor of a link is nobody's signature: the link may be the liar. */
static void say_other_than_link(mimeo_mirror *m, uint64_t seq)
{
    mirror_worsen(m, MIMEO_CONFLICTED,
                  "bundle %llu is another here than the link says that you pinned this publisher by: one of them is "
                  "false. Ask for a link by another way, and for another copy", (unsigned long long)seq);
}

static void say_conflict(mimeo_mirror *m, uint64_t seq)
{
    mirror_worsen(m, MIMEO_CONFLICTED,
                  "two different bundles %llu are signed with this publisher's key; the first that you "
                  "saw stays the head. Ask the publisher by another way which is genuine",
                  (unsigned long long)seq);
}

/* Does `c` lead to the goal?  1, 0 (it forks off), or MIMEO_EINCOMPLETE. */
static int leads_to(const struct candidate *c, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t seq,
                    const struct hash *hash)
{
    if (c->header.seq == seq)
        return hash_equal(&c->header.hash, hash);
    return join_path(ctx, &c->header, seq, hash, mirror_fetch_header, m);
}

/* No path from the newest: perhaps from one between it and the goal. */
static int best_below(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx, uint64_t below,
                      uint64_t seq, const struct hash *hash)
{
    for (int tries = 0; tries < CANDIDATES_MAX && below > seq; tries++) {
        struct candidate *c = NULL;
        int rc = newest_bundle(&c, m, ctx, below - 1, NULL);
        if (rc < 0 || c == NULL)
            return rc;
        if (c->header.seq < seq) {
            candidate_free(c);
            return 0;
        }
        if (leads_to(c, m, ctx, seq, hash) == 1) {
            *out = c;
            return 0;
        }
        below = c->header.seq;
        candidate_free(c);
    }
    return 0;
}

static void say_unjoined(mimeo_mirror *m, uint64_t from, uint64_t to)
{
    mirror_worsen(m, MIMEO_UNJOINED,
                  "newer bundles are here, up to %llu, but not those that join them to bundle %llu, "
                  "which you have verified: get the ones between",
                  (unsigned long long)from, (unsigned long long)to);
}

/* What is known leads down past `c` by another bundle. */
static bool forks_below(mimeo_mirror *m, mimeo_ctx *ctx, const struct candidate *c)
{
    return join_path(ctx, &m->known, c->header.seq, &c->header.hash, mirror_fetch_header, m) == 0;
}

/* The candidate is below the goal: an old copy, or a part.  Takes it. */
static void weigh_lower(mimeo_mirror *m, struct candidate *c, uint64_t seq)
{
    const unsigned long long from = c->header.seq, to = seq;
    /* A pack is a part that somebody handed on; it does not claim to be all there is. */
    if (m->role == MIRROR_HELD)
        mirror_worsen(m, MIMEO_INCOMPLETE, "bundles %llu to %llu are known of and not held: 'mimeo sync' gets them",
                      from + 1, to);
    else if (store_kind(m->store) == STORE_PACK)
        snprintf(m->remark, sizeof(m->remark), "a part: up to bundle %llu, and bundle %llu is known", from, to);
    else
        mirror_worsen(m, MIMEO_ROLLBACK,
                      "an old copy: it ends with bundle %llu, and bundle %llu is known; somebody may be "
                      "holding the newer ones back", from, to);
    take_head(m, c);
    m->anchor = m->has_known ? &m->known : &m->head;
}

/* `c` does not lead to what is known.  Does it lead to the H of a cut that is not below that?  Then what is known
 * is no ancestor of H: the publisher has settled it, and the head may leave it. */
static bool cut_settles(mimeo_mirror *m, mimeo_ctx *ctx, const struct candidate *c)
{
    for (uint32_t v = (uint32_t)m->chain.count; m->has_known && v > m->known.newest_version; v--) {
        const struct charter *charter = charter_chain_get(&m->chain, v);
        if (charter->is_cut && m->known.seq <= charter->from_seq && c->header.seq >= charter->from_seq &&
            leads_to(c, m, ctx, charter->from_seq, &charter->from_hash) == 1)
            return true;
    }
    return false;
}

static int weigh_unproven(mimeo_mirror *m, mimeo_ctx *ctx, struct candidate *c, uint64_t seq, const struct hash *hash)
{
    struct candidate *below = NULL;
    say_unjoined(m, c->header.seq, seq);
    int rc = best_below(&below, m, ctx, c->header.seq, seq, hash);
    if (rc < 0) {
        candidate_free(c);
        return rc;
    }
    if (below != NULL) {
        candidate_free(c);
        take_head(m, below);
        m->anchor = &m->head;
    } else if (m->has_known) {
        candidate_free(c);
        m->anchor = &m->known;
    } else {
        take_head(m, c); /* nothing better is held: shown, never remembered */
        m->anchor = &m->head;
    }
    return 0;
}

static void say_proof(mimeo_mirror *m, bool kept)
{
    if (!kept && m->remark[0] == '\0')
        snprintf(m->remark, sizeof(m->remark),
                 "nothing here proves the conflict to others: the bundles that would are not held, or their signatures are "
                 "spoiled, or a key was withdrawn; another copy may have them");
}

/* What only the fork leads to is not "unjoined, and readable".  Without memory it is just that. */
static void remember_fork(mimeo_mirror *m, const struct header *top, uint64_t from)
{
    m->fork = malloc(sizeof(*m->fork));
    if (m->fork != NULL)
        *m->fork = *top;
    m->fork_from = from;
}

/* The candidate is of another history than the goal.  Takes it. */
static void weigh_fork(mimeo_mirror *m, mimeo_ctx *ctx, struct candidate *c, uint64_t seq, bool goal_is_known)
{
    if (goal_is_known && c->header.seq < seq) {
        say_proof(m, conflict_keep_path(m, ctx, &m->known, &c->header));
        say_conflict(m, c->header.seq);
    } else if (goal_is_known) {
        say_proof(m, conflict_keep_path(m, ctx, &c->header, &m->known));
        say_conflict(m, seq);
        remember_fork(m, &c->header, seq);
    } else if (m->has_known) {
        mirror_worsen(m, MIMEO_REVOKED, "the publisher's keys changed, and bundle %llu, after which they govern, is "
                                        "another here: do not believe it; get another copy", (unsigned long long)seq);
    } else {
        say_other_than_link(m, seq);
    }
    if (m->has_known) {
        candidate_free(c);
        m->anchor = &m->known;
    } else {
        take_head(m, c);
        m->anchor = &m->head;
    }
}

/* Weigh the candidate against the goal.  Takes it. */
static int weigh(mimeo_mirror *m, mimeo_ctx *ctx, struct candidate *c, uint64_t seq,
                 const struct hash *hash)
{
    const bool goal_is_known = m->has_known && seq == m->known.seq && hash_equal(hash, &m->known.hash);
    const bool lower = c->header.seq < seq;
    int leads;
    if (lower)
        leads = goal_is_known && forks_below(m, ctx, c) ? 0 : 1;
    else
        leads = leads_to(c, m, ctx, seq, hash);
    if (leads < 0 && leads != MIMEO_EINCOMPLETE) {
        candidate_free(c);
        return leads;
    }
    if (leads == MIMEO_EINCOMPLETE)
        return weigh_unproven(m, ctx, c, seq, hash);
    if (leads == 0 && !cut_settles(m, ctx, c)) {
        weigh_fork(m, ctx, c, seq, goal_is_known);
    } else if (lower && leads == 1) {
        weigh_lower(m, c, seq);
    } else {
        take_head(m, c);
        m->anchor = &m->head;
    }
    return 0;
}

/* The head file and the newest bundle: one candidate, and what is wrong with the other. */
static int pick(struct candidate **out, mimeo_mirror *m, mimeo_ctx *ctx)
{
    struct candidate *file = NULL, *bundle = NULL;
    int rc = candidate_of_file(&file, m, ctx);
    if (rc == MIMEO_ENOMEM)
        return rc;
    if (rc < 0 && rc != MIMEO_ENOTFOUND)
        mirror_worsen(m, mimeo_verdict_of_code(rc), "%s", mimeo_ctx_message(ctx));
    rc = newest_bundle(&bundle, m, ctx, UINT64_MAX, file);
    if (rc < 0) {
        candidate_free(file);
        return rc;
    }
    if (file != NULL && bundle != NULL && file->header.seq == bundle->header.seq &&
        !hash_equal(&file->header.hash, &bundle->header.hash)) {
        conflict_keep(m, ctx, buf_view(&file->note), buf_view(&bundle->note));
        say_conflict(m, file->header.seq);
    }
    bool take_bundle = file == NULL || (bundle != NULL && bundle->header.seq > file->header.seq);
    candidate_free(take_bundle ? file : bundle);
    *out = take_bundle ? bundle : file;
    return 0;
}

static void check_floor_charter(mimeo_mirror *m)
{
    if (m->pin.state == MIMEO_PIN_NONE || m->pin.floor_version == 0)
        return;
    if (charter_chain_get(&m->chain, m->pin.floor_version) == NULL)
        mirror_worsen(m, MIMEO_ROLLBACK,
                      "charter %u, which the link names, is not here: this copy is from before the "
                      "publisher's keys changed; get a newer one", m->pin.floor_version);
    else if (pin_contradicts(&m->pin, &m->chain))
        mirror_worsen(m, MIMEO_CONFLICTED,
                      "charter %u is another than the link names: two sets of keys claim this publisher; "
                      "ask the publisher by another way", m->pin.floor_version);
}

/* A date far ahead would silence "late" for as long: by a stolen key, or a clock that is wrong on either side. */
static void check_future(mimeo_mirror *m, mimeo_ctx *ctx)
{
    char time[21];
    if (m->anchor == NULL || m->anchor->time <= ctx_now(ctx) + CLOCK_TOLERANCE || m->remark[0] != '\0')
        return;
    time_format(time, m->anchor->time);
    snprintf(m->remark, sizeof(m->remark),
             "bundle %llu is dated %s, which is still to come: the clock here is wrong, or the publisher's was, or somebody "
             "else signed it", (unsigned long long)m->anchor->seq, time);
}

static void check_late(mimeo_mirror *m, mimeo_ctx *ctx)
{
    m->late = m->anchor != NULL && ctx_now(ctx) > m->anchor->next_by;
    if (m->late)
        mirror_worsen(m, MIMEO_LATE, "%s", mimeo_verdict_words(MIMEO_LATE));
}

/* What the reader has verified is remembered, for pinned publishers alone.  Charters are what the root keys say,
 * whatever the mirror is worth that carried them: a cut must not get lost with a copy that is old or forked. */
static int remember(mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (!pin_is_kept(&m->pin) || pin_contradicts(&m->pin, &m->chain))
        return 0;
    bool head_moved = m->anchor == &m->head && m->has_head && m->verdict <= MIMEO_UNJOINED &&
                      (!m->has_known || !hash_equal(&m->known.hash, &m->head.hash));
    /* Without a path to the floor the head is shown and not remembered. */
    if (m->verdict == MIMEO_UNJOINED && !m->has_known)
        head_moved = false;
    int rc = trust_charters_write(&m->trust, ctx, &m->chain);
    if (rc == 0 && head_moved)
        rc = trust_head_write(&m->trust, ctx, &m->pin.publisher, m->has_known ? &m->known.hash : NULL,
                              buf_view(&m->head_note));
    return rc;
}

static void remember_or_remark(mimeo_mirror *m, mimeo_ctx *ctx)
{
    if (m->role != MIRROR_FETCHED && remember(m, ctx) < 0)
        snprintf(m->remark, sizeof(m->remark),
                 "what was verified cannot be remembered, so an older copy will not be noticed: %s",
                 mimeo_ctx_message(ctx));
}

int head_choose(mimeo_mirror *m, mimeo_ctx *ctx)
{
    int rc = pin_is_kept(&m->pin) ? load_known(m, ctx) : 0;
    if (rc < 0)
        return rc;
    check_floor_charter(m);

    struct candidate *c = NULL;
    rc = pick(&c, m, ctx);
    if (rc == 0 && (rc = conflict_check_copies(m, ctx)) < 0)
        candidate_free(c);
    if (rc < 0)
        return rc;
    uint64_t seq;
    struct hash hash;
    if (c == NULL) {
        m->anchor = m->has_known ? &m->known : NULL;
        mirror_worsen(m, MIMEO_INCOMPLETE, "there is no bundle here that holds");
    } else if (goal_of(m, &seq, &hash)) {
        rc = weigh(m, ctx, c, seq, &hash);
    } else {
        take_head(m, c);
        m->anchor = &m->head;
    }
    if (rc < 0)
        return rc;
    check_late(m, ctx);
    check_future(m, ctx);
    remember_or_remark(m, ctx);
    return conflict_load_standing(m, ctx);
}
