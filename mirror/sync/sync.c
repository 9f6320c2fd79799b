/*
 * Syncing: each publisher's mirrors one after another, the one that worked last first, until one has
 * brought the library up to date.  One at a time, since asking all at once shows the reader to all (RULES R12).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library/holding.h"
#include "sync/mirror_list.h"
#include "sync/session.h"

/* ---- one publisher ---- */

/* What a publisher's visits came to. */
struct tally {
    bool reached, new, good;
    uint64_t shown_seq; /* by any of them */
    uint64_t held_seq;  /* 0: with a gap */
    int gravest;
    char words[CTX_MESSAGE_MAX];
};

static void count(struct tally *t, const struct visit_result *r)
{
    t->new = t->new || r->outcome == MIMEO_SYNC_NEW;
    t->reached = t->reached || r->outcome != MIMEO_SYNC_FAILED;
    t->good = t->good || r->code == 0;
    t->shown_seq = r->shown_seq > t->shown_seq ? r->shown_seq : t->shown_seq;
    t->held_seq = r->way[0] != '\0' ? r->held_seq : t->held_seq;
    bool of_the_line = r->code == MIMEO_EUNREACHABLE || r->code == MIMEO_ETIMEOUT || r->code == MIMEO_ENOTFOUND;
    if (r->code < 0 && !of_the_line && (t->gravest == 0 || r->outcome == MIMEO_SYNC_CONFLICTED)) {
        t->gravest = r->code;
        strcpy(t->words, r->message);
    }
}

/* Nothing is missing, and nothing newer was shown that did not come. */
static bool is_whole(const struct tally *t)
{
    return t->held_seq > 0 && t->held_seq >= t->shown_seq;
}

/* Enough was asked: something answered that is not behind. */
static bool is_enough(const struct session *s, const struct tally *t, const struct visit_result *r)
{
    return !s->options->all_mirrors && is_whole(t) && r->code == 0 && r->outcome != MIMEO_SYNC_BEHIND;
}

static int visit_all(struct session *s, const struct mirror_list *l, struct tally *t, struct mimeo_sync_result *result)
{
    for (size_t i = 0; i < l->count; i++) {
        struct visit_result r;
        if (!l->items[i].usable)
            continue;
        session_visit(s, l->items[i].address, l->items[i].added, &r);
        session_tell(s, l->items[i].address, &r, result);
        count(t, &r);
        if (r.code == MIMEO_ECANCELLED || r.code == MIMEO_ENOMEM || r.code == MIMEO_EIO)
            return ctx_error(s->ctx, r.code, "%s", r.message);
        if (is_enough(s, t, &r))
            break;
    }
    return 0;
}

static int outcome_of(const struct session *s, const struct tally *t, size_t mirrors)
{
    if (mirrors == 0)
        return ctx_error(s->ctx, MIMEO_EUNREACHABLE, "no mirror of '%s' is known: add one with 'mimeo mirrors add'",
                         s->petname);
    if (t->gravest == MIMEO_ECONFLICT || (t->gravest < 0 && !t->good))
        return ctx_error(s->ctx, t->gravest, "'%s' is not brought up to date: %s", s->petname, t->words);
    if (!t->reached)
        return ctx_error(s->ctx, MIMEO_EUNREACHABLE, "no mirror of '%s' was reached: run it again later, or add another with "
                                                     "'mimeo mirrors add'", s->petname);
    return is_whole(t) ? 0 : ctx_error(s->ctx, MIMEO_EINCOMPLETE, "what is held of '%s' is not complete: run it again, or add "
                                                               "another mirror", s->petname);
}

static int sync_one(mimeo_ctx *ctx, const char *library, const struct hash *publisher,
                    const struct mimeo_sync_options *options, struct mimeo_sync_result *result)
{
    struct session s;
    struct mirror_list mirrors;
    struct tally tally = {0};
    struct header *head = calloc(1, sizeof(*head));
    int rc = head == NULL ? ctx_error_nomem(ctx) : session_open(&s, ctx, library, publisher, options);
    if (rc < 0) {
        free(head);
        return rc;
    }
    tally.new = session_tell_found(&s, result);
    int held = session_head(head, &s);
    rc = held < 0 ? held : mirror_list_load(&mirrors, ctx, library, publisher, held == 1 ? head : NULL);
    if (rc == 0) {
        rc = visit_all(&s, &mirrors, &tally, result);
        if (rc == 0)
            rc = library_mark_arrived(ctx, library, publisher, &s.arrived);
        if (rc == 0)
            rc = outcome_of(&s, &tally, mirrors.count);
        mirror_list_dispose(&mirrors);
    }
    session_close(&s);
    free(head);
    result->publishers++;
    result->updated += tally.new;
    result->unreached += !tally.reached;
    return rc;
}

/* ---- whom? ---- */

struct chosen {
    struct hash *items;
    size_t count, cap;
    mimeo_ctx *ctx;
};

static int choose(const struct mimeo_pin *pin, void *payload)
{
    struct chosen *c = payload;
    if (c->count == c->cap) {
        size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
        struct hash *items = realloc(c->items, cap * sizeof(*items));
        if (items == NULL)
            return ctx_error_nomem(c->ctx);
        c->items = items;
        c->cap = cap;
    }
    return hash_parse(view_of_str(pin->publisher), &c->items[c->count++]) ? 0 : MIMEO_EFAIL;
}

/* One's own publisher, or one that was pinned and never fetched, is nobody to sync from unless asked for by name. */
static int is_followed(mimeo_ctx *ctx, const char *library, const struct hash *publisher)
{
    struct mirror_list l;
    char *held;
    int rc = library_publisher_path(&held, ctx, library, publisher);
    if (rc < 0)
        return rc;
    rc = mirror_list_load(&l, ctx, library, publisher, NULL);
    if (rc == 0) {
        rc = l.count > 0 || access(held, F_OK) == 0;
        mirror_list_dispose(&l);
    }
    free(held);
    return rc;
}

static bool is_graver(int code, int than)
{
    return code < 0 && (than == 0 || code == MIMEO_ECONFLICT || (than == MIMEO_EUNREACHABLE && code != than));
}

int mimeo_sync(mimeo_ctx *ctx, const char *library, const char *who, const struct mimeo_sync_options *options,
               struct mimeo_sync_result *result)
{
    struct chosen c = {.ctx = ctx};
    struct mimeo_pin pin;
    char *path;
    memset(result, 0, sizeof(*result));
    int rc = path_library(&path, ctx, library);
    if (rc < 0)
        return rc;
    if (who != NULL) {
        rc = mimeo_trust_find(ctx, path, who, &pin);
        if (rc == 0)
            rc = choose(&pin, &c);
    } else {
        rc = mimeo_trust_each(ctx, path, choose, &c);
    }
    int gravest = 0;
    char words[CTX_MESSAGE_MAX] = "";
    for (size_t i = 0; rc == 0 && i < c.count; i++) {
        int code = who != NULL ? 1 : is_followed(ctx, path, &c.items[i]);
        if (code == 1)
            code = sync_one(ctx, path, &c.items[i], options, result);
        if (is_graver(code, gravest)) {
            gravest = code;
            strcpy(words, mimeo_ctx_message(ctx));
        }
        if (code == MIMEO_ECANCELLED || code == MIMEO_ENOMEM)
            rc = code;
    }
    if (rc == 0 && result->publishers == 0)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "there is nothing to sync: 'mimeo clone' brings a first mirror");
    free(c.items);
    free(path);
    return rc < 0 ? rc : gravest < 0 ? ctx_error(ctx, gravest, "%s", words) : 0;
}
