/*
 * Publishing: items of input become articles in worker threads, and go into bundles in the order
 * they came.  Whether one is new, changed or known is decided by its id and digest in the catalog.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "article/id.h"
#include "base/text.h"
#include "library/id_set.h"
#include "library/importing.h"
#include "library/publisher.h"

struct session {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    const struct mimeo_publish_options *options;
    struct mimeo_publish_result *result;
    struct id_set met;        /* ids that this run has seen */
    struct id_set met_titles; /* and each with its article's title */
    bool other_title;         /* of the item at hand: its id was met, with another title */
};

/* ---- in the workers ---- */

static int take_picture(mimeo_ctx *ctx, const struct hash *hash, const struct picture_info *info,
                        struct view bytes, void *payload)
{
    (void)info;
    struct mimeo_publisher *p = payload;
    return p->dry_run ? 0 : spool_put(p, ctx, hash, bytes);
}

/* ---- telling ---- */

static void count_warnings(struct session *s, const char *lines)
{
    for (; *lines != '\0'; lines++)
        s->result->warnings += *lines == '\n';
}

static void tell(struct session *s, enum mimeo_outcome outcome, const char *where,
                 const struct record *r, size_t body_len, const char *message)
{
    struct mimeo_publish_result *res = s->result;
    switch (outcome) {
    case MIMEO_ADDED: res->added++; break;
    case MIMEO_REVISED: res->revised++; break;
    case MIMEO_UNCHANGED: res->unchanged++; break;
    case MIMEO_RETRACTED: res->retracted++; break;
    case MIMEO_SKIPPED: res->skipped++; break;
    case MIMEO_KEPT: res->kept++; break;
    case MIMEO_REFUSED: res->refused++; break;
    }
    struct mimeo_publish_event e = {.outcome = outcome, .where = where, .id = "", .title = "",
                                    .bytes = body_len, .message = message};
    if (r != NULL) {
        e.id = r->id;
        e.title = r->title == NULL ? "" : r->title;
        e.revision = r->revision;
        e.words = r->words;
        e.pictures = r->media_count;
    }
    if (s->options->event != NULL)
        s->options->event(&e, s->options->payload);
}

/* ---- deciding ---- */

static int set_note(struct session *s, struct record *r)
{
    if (s->options->note == NULL)
        return 0;
    r->note = record_string(r, view_of_str(s->options->note));
    return r->note == NULL ? ctx_error_nomem(s->ctx) : 0;
}

/* Taken out of what nobody wrote for us. */
static bool is_found(const struct batch_item *i)
{
    return i->item->format == INPUT_PAGE || i->item->format == INPUT_TEXT_PAGE || i->item->of_feed;
}

/* A page or a feed's entry says when it was last touched and what it is tagged with however it likes: there only what a
 * reader sees is a change. */
static bool is_same(const struct batch_item *i, const struct digest *a, const struct digest *b)
{
    return is_found(i) ? digest_shows_same(a, b) : memcmp(a, b, sizeof(*a)) == 0;
}

/* When the item was as it is here; 0: nobody says.  An archive from the future is of now. */
static int64_t captured(const struct session *s, const struct batch_item *i)
{
    int64_t now = ctx_now(s->ctx);
    return i->item->captured < now ? i->item->captured : now;
}

/* Is it a copy from before the one that is published?  Archives come in any order, and nobody reads what each holds: an
 * older one must not bring back what the site has since corrected.  What was had at a known time is measured by that;
 * else a page or an entry goes by what it says itself. */
static bool is_older(const struct session *s, const struct batch_item *i, const struct catalog_article *before)
{
    const struct record *r = &i->article->record;
    if (s->options->older || s->options->revise_id != NULL)
        return false;
    if (captured(s, i) > 0)
        return captured(s, i) < before->as_of;
    return is_found(i) && r->has_modified && r->modified < before->modified;
}

/* For the catalog: an older copy that was asked for all the same is what the newsroom says now. */
static int64_t as_of(const struct session *s, const struct batch_item *i, const struct catalog_article *before)
{
    bool asked = before != NULL && captured(s, i) < before->as_of;
    return asked ? 0 : captured(s, i);
}

static enum mimeo_outcome decide(const struct session *s, const struct batch_item *i, const struct digest *digest,
                                 int known, const struct catalog_article *before)
{
    struct record *r = &i->article->record;
    r->revision = known ? before->revision + 1 : 1;
    if (r->action == RECORD_RETRACT)
        return known && before->action != RECORD_RETRACT ? MIMEO_RETRACTED : MIMEO_SKIPPED;
    if (!known) {
        r->action = RECORD_PUBLISH;
        return MIMEO_ADDED;
    }
    r->action = RECORD_REVISE;
    if (before->action == RECORD_RETRACT && s->options->revise_id == NULL)
        return MIMEO_SKIPPED;
    if (before->action != RECORD_RETRACT && is_same(i, digest, &before->digest))
        return MIMEO_UNCHANGED;
    if (before->action != RECORD_RETRACT && is_older(s, i, before))
        return MIMEO_KEPT;
    return MIMEO_REVISED;
}

static void skipped_words(char words[CTX_MESSAGE_MAX], const char *where, const struct record *r, int known)
{
    const char *why = r->action != RECORD_RETRACT ? "was retracted: 'mimeo revise' brings it back"
                      : known                     ? "is retracted already"
                                                  : "is not published: there is nothing to retract";
    snprintf(words, CTX_MESSAGE_MAX, "%s: '%s' %s", where, r->id, why);
}

static void kept_words(char words[CTX_MESSAGE_MAX], const struct session *s, const struct batch_item *i,
                       const struct catalog_article *before)
{
    const struct record *r = &i->article->record;
    bool known = captured(s, i) > 0;
    char ours[21], theirs[21];
    time_format(ours, known ? before->as_of : before->modified);
    time_format(theirs, known ? captured(s, i) : r->modified);
    snprintf(words, CTX_MESSAGE_MAX, "%s: '%s' as it is published is newer, %s %s; this copy is of %s (--older takes it)",
             i->where, r->id, known ? "of" : "modified", ours, theirs);
}

static int note_title(struct session *s, const struct record *r)
{
    char both[LIMIT_ARTICLE_ID + LIMIT_TITLE + 2];
    snprintf(both, sizeof(both), "%s\n%s", r->id, r->title == NULL ? "" : r->title);
    return id_set_add(&s->met_titles, s->ctx, id_set_hash(&s->met_titles, both));
}

/* A site whose pages all give one address: the second is called by where it is, or by its file's name.  0 where that is no
 * other id. */
static int rename_page(struct session *s, const struct batch_item *i)
{
    struct record *r = &i->article->record;
    const char *found = i->item->url_made ? NULL : i->item->url;
    struct buf id;
    buf_init(&id, LIMIT_ARTICLE_ID);
    if (i->item->format == INPUT_PAGE && found != NULL)
        article_id_of_url(&id, view_of_str(found));
    else if (i->item->format == INPUT_PAGE && i->item->stem != NULL)
        article_id_of_name(&id, view_of_str(i->item->stem));
    bool other = id.len > 0 && strcmp(buf_str(&id), r->id) != 0 && !id_set_has(&s->met, id_set_hash(&s->met, buf_str(&id)));
    int rc = other ? 1 : 0;
    if (other && (r->id = record_string(r, buf_view(&id))) == NULL)
        rc = ctx_error_nomem(s->ctx);
    buf_dispose(&id);
    return rc;
}

/* Before anything is asked about its id: two pages of one run with one address but two titles are two articles. */
static int settle_id(struct session *s, const struct batch_item *i)
{
    struct record *r = &i->article->record;
    s->other_title = false;
    if (s->options->revise_id != NULL) {
        r->id = record_string(r, view_of_str(s->options->revise_id));
        return r->id == NULL ? ctx_error_nomem(s->ctx) : 0;
    }
    if (!is_found(i) || r->action == RECORD_RETRACT)
        return 0;
    bool met = id_set_has(&s->met, id_set_hash(&s->met, r->id));
    int fresh = note_title(s, r), rc = 0;
    if (met && fresh == 1)
        rc = rename_page(s, i);
    s->other_title = met && fresh == 1 && rc == 0;
    return fresh < 0 ? fresh : rc < 0 ? rc : 0;
}

/* Two items of one run with one id.  A newsroom's own records that disagree are a mistake of its; of pages the first is
 * taken, since one page is often saved under several names, and the order is the same in every run; but of several archives
 * the newer one (`newer`) revises what the older gave. */
static int met_before(struct session *s, const struct batch_item *i, enum mimeo_outcome outcome, bool newer, bool *passed)
{
    struct record *r = &i->article->record;
    *passed = false;
    if (outcome == MIMEO_KEPT) /* nothing came of it */
        return 0;
    int fresh = id_set_add(&s->met, s->ctx, id_set_hash(&s->met, r->id));
    bool settled = outcome == MIMEO_SKIPPED || (outcome == MIMEO_REVISED && newer);
    /* Where there is no address but the file's name, "source.html" of two directories, another title is another article. */
    bool namesake = s->other_title && i->item->format == INPUT_PAGE && i->item->stem != NULL && !i->item->url_made && r->url == NULL;
    *passed = fresh == 0 && is_found(i) && r->action != RECORD_RETRACT && !settled && !namesake;
    if (fresh < 0)
        return fresh;
    if (*passed) {
        char words[CTX_MESSAGE_MAX];
        snprintf(words, sizeof(words), "%s: the same article ('%s') was in this run before", i->where, r->id);
        tell(s, MIMEO_SKIPPED, i->where, r, i->article->body.len, words);
    }
    if (!*passed && fresh == 0 && outcome == MIMEO_REVISED && !newer)
        return ctx_error(s->ctx, MIMEO_EMALFORMED, "%s: another article of this run has the id '%s' too: give one of them %s",
                         i->where, r->id, namesake ? "another file name" : "an 'id' of its own");
    return 0;
}

/* What the pictures that this article brings were before: the ones that edition_add counts. */
static int count_picture_input(struct session *s, const struct article *a)
{
    for (size_t i = 0; i < a->record.media_count; i++) {
        uint64_t seq;
        int rc = catalog_find_media(s->p->catalog, s->ctx, &a->record.media[i].hash, &seq);
        if (rc < 0)
            return rc;
        if (rc == 0)
            s->result->picture_input_bytes += a->media_before[i];
    }
    return 0;
}

/* The same text in a newer archive: it was still so then. */
static int note_seen(struct session *s, const struct batch_item *i, const struct catalog_article *before)
{
    struct catalog_article again = *before;
    again.as_of = captured(s, i);
    return again.as_of > before->as_of ? catalog_put(s->p->catalog, s->ctx, i->article->record.id, &again) : 0;
}

/* `before` NULL: there was nothing before. */
static void tell_nothing_new(struct session *s, const struct batch_item *i, enum mimeo_outcome outcome,
                             const struct catalog_article *before)
{
    struct record *r = &i->article->record;
    char words[CTX_MESSAGE_MAX];
    r->revision = before != NULL ? before->revision : 0;
    if (outcome == MIMEO_SKIPPED)
        skipped_words(words, i->where, r, before != NULL);
    if (outcome == MIMEO_KEPT)
        kept_words(words, s, i, before);
    tell(s, outcome, i->where, r, i->article->body.len, outcome == MIMEO_UNCHANGED ? buf_str(&i->article->warnings) : words);
}

static int add_article(struct session *s, const struct batch_item *i)
{
    struct record *r = &i->article->record;
    struct view body = buf_view(&i->article->body);
    struct catalog_article before;
    struct digest digest;
    int rc = settle_id(s, i);
    int known = rc == 0 ? catalog_find(s->p->catalog, s->ctx, r->id, &before) : rc;
    if (known < 0)
        return known;
    if (s->options->revise_id != NULL && known == 0)
        return ctx_error(s->ctx, MIMEO_ENOTFOUND, "no article '%s' is published: 'mimeo publish' adds one",
                         r->id);
    rc = digest_of(&digest, s->ctx, r, body);
    if (rc < 0)
        return rc;
    const char *warnings = buf_str(&i->article->warnings);
    enum mimeo_outcome outcome = decide(s, i, &digest, known, &before);
    bool passed = false;
    if (outcome == MIMEO_UNCHANGED)
        rc = note_seen(s, i, &before);
    if (rc == 0)
        rc = met_before(s, i, outcome, known && captured(s, i) > before.as_of, &passed);
    if (rc < 0 || passed)
        return rc;
    count_warnings(s, warnings);
    if (outcome == MIMEO_UNCHANGED || outcome == MIMEO_SKIPPED || outcome == MIMEO_KEPT) {
        tell_nothing_new(s, i, outcome, known ? &before : NULL);
        return 0;
    }
    if (outcome == MIMEO_REVISED)
        rc = set_note(s, r);
    if (rc == 0)
        rc = count_picture_input(s, i->article);
    if (rc == 0)
        rc = edition_add(s->p, s->ctx, r, body, &digest, as_of(s, i, known ? &before : NULL), s->options->sensitive, s->result);
    if (rc == 0)
        tell(s, outcome, i->where, r, body.len, warnings);
    return rc;
}

/* Codes that concern one article; anything else ends the run. */
static bool is_of_the_article(int code)
{
    return code == MIMEO_EMALFORMED || code == MIMEO_EUSAGE || code == MIMEO_ENOTFOUND ||
           code == MIMEO_ENEWER;
}

static int take_item(mimeo_ctx *ctx, const struct batch_item *i, void *payload)
{
    struct session *s = payload;
    if (i->item != NULL)
        s->result->input_bytes += i->item->bytes.len;
    int code = i->article == NULL ? i->code : add_article(s, i);
    if (code == 0 || (i->article != NULL && !is_of_the_article(code)))
        return code;
    bool skipped = i->article == NULL && i->skipped;
    s->result->unreached += code == MIMEO_EUNREACHABLE || code == MIMEO_ETIMEOUT;
    tell(s, skipped ? MIMEO_SKIPPED : MIMEO_REFUSED, i->where, NULL, 0, mimeo_ctx_message(ctx));
    return 0;
}

/* ---- the run ---- */

int mimeo_publish(mimeo_publisher *p, mimeo_ctx *ctx, const char *const *paths, size_t count,
                  const struct mimeo_publish_options *options, struct mimeo_publish_result *result)
{
    memset(result, 0, sizeof(*result));
    struct session s = {.p = p, .ctx = ctx, .options = options, .result = result};
    struct importing importing;
    int rc = importing_init(&importing, ctx, &options->input, take_picture, p);
    if (rc < 0)
        return rc;
    importing.batch.doing = "publishing";
    id_set_init(&s.met, ctx);
    id_set_init(&s.met_titles, ctx);
    rc = batch_run(ctx, paths, count, &importing.batch, take_item, &s);
    id_set_dispose(&s.met);
    id_set_dispose(&s.met_titles);
    importing_dispose(&importing);
    if (rc == 0)
        rc = edition_finish(p, ctx, false, result);
    if (rc == 0 && !p->dry_run) /* what was seen again */
        rc = catalog_commit(p->catalog, ctx, p->head.seq, &p->head.hash);
    return rc;
}

int mimeo_heartbeat(mimeo_publisher *p, mimeo_ctx *ctx, struct mimeo_publish_result *result)
{
    memset(result, 0, sizeof(*result));
    return edition_finish(p, ctx, true, result);
}
