/*
 * Cloning: who is it?  Only when that is settled (a link, digits that fit, or first use, said as such) is the
 * publisher pinned, and the rest is a visit like every sync.
 *
 * A git mirror whose publisher nobody knows yet is fetched into a work directory of no publisher, which becomes
 * the publisher's when it is pinned (sync/nursery.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "library/holding.h"
#include "sync/mirror_list.h"
#include "sync/nursery.h"
#include "sync/session.h"
#include "trust/fingerprint.h"

/* ---- who is it? ---- */

struct cloning {
    mimeo_ctx *ctx;
    const char *library;
    const struct mimeo_clone_options *options;
    const char *text;
    struct address address;
    struct nursery nursery;
    struct approach approach;
    struct hash publisher;
};

static int pin(struct cloning *c, const mimeo_mirror *m)
{
    struct mimeo_trust_options o = {c->options->petname, c->options->expect, true};
    struct mimeo_pin pin;
    int rc = trust_pin_mirror(&pin, c->ctx, c->library, m, &o);
    if (rc == 0)
        c->publisher = m->pin.publisher;
    return rc;
}

/* The first store that the address gives tells whose it is. */
static int meet(struct cloning *c, const struct way *way)
{
    struct store *store;
    mimeo_mirror *m;
    int rc = way->next(&store, &c->approach, c->ctx);
    if (rc == 0)
        rc = ctx_error(c->ctx, MIMEO_ENOTFOUND, "there is nothing at this address");
    if (rc < 0) { /* over a network, nothing there and no answer in time are the same to who asks */
        bool asked = c->address.kind != ADDRESS_PATH;
        return asked && (rc == MIMEO_ETIMEOUT || rc == MIMEO_ENOTFOUND) ? MIMEO_EUNREACHABLE : rc;
    }
    rc = mirror_open_store(&m, c->ctx, store, c->library, MIRROR_FETCHED);
    if (rc < 0)
        return rc;
    rc = pin(c, m);
    mimeo_mirror_free(m);
    return rc;
}

/* What was fetched to get to know the publisher becomes the publisher's: 1; 0 where the publisher was fetched before, and
 * that goes on. */
static int hand_over(const struct cloning *c, const struct session *s)
{
    char *from = path_join(c->nursery.path, "git"), *to = path_join(s->work, "git");
    int rc = from == NULL || to == NULL ? ctx_error_nomem(c->ctx) : 1;
    if (rc == 1 && access(from, F_OK) == 0) {
        rc = access(to, F_OK) != 0;
        if (rc == 1 && rename(from, to) < 0)
            rc = ctx_error_errno(c->ctx, MIMEO_EIO, "cannot move '%s'", from);
    }
    free(from);
    free(to);
    return rc;
}

static int finish(struct cloning *c, const struct way *way, struct mimeo_sync_result *result)
{
    struct session s;
    struct visit_result r;
    int rc = session_open(&s, c->ctx, c->library, &c->publisher, &c->options->sync);
    if (rc < 0)
        return rc;
    session_tell_found(&s, result);
    int handed = hand_over(c, &s);
    rc = handed < 0 ? handed : mirror_list_add(c->ctx, c->library, &c->publisher, c->text);
    if (rc == 0) {
        if (handed == 1)
            session_visit_begun(&s, way, &c->approach, &r);
        else
            session_visit(&s, c->text, true, &r);
        session_tell(&s, c->text, &r, result);
        result->publishers = 1;
        result->updated = r.outcome == MIMEO_SYNC_NEW;
        int code = r.code == MIMEO_ETIMEOUT && r.bundles == 0 ? MIMEO_EUNREACHABLE : r.code;
        rc = code < 0 ? ctx_error(c->ctx, code, "%s", r.message) : 0;
        if (rc == 0 && (r.held_seq == 0 || r.held_seq < r.shown_seq))
            rc = ctx_error(c->ctx, MIMEO_EINCOMPLETE, "what came of '%s' is not complete: 'mimeo sync' goes on", s.petname);
    }
    if (rc == 0)
        rc = library_mark_arrived(c->ctx, c->library, &c->publisher, &s.arrived);
    session_close(&s);
    return rc;
}

static int clone_address(struct cloning *c, struct mimeo_sync_result *result)
{
    const struct way *way = way_of(&c->address);
    if (way == NULL)
        return ctx_error(c->ctx, MIMEO_EUSAGE, "there is no way to such an address");
    int rc = nursery_open(&c->nursery, c->ctx, c->library);
    if (rc == 0) {
        c->approach = (struct approach){.text = c->text, .address = &c->address, .network = &c->options->sync.network,
                                        .work = c->nursery.path, .held = c->nursery.path, .no_media = true};
        rc = meet(c, way);
    }
    if (rc == 0) {
        hash_format(result->publisher, &c->publisher);
        rc = finish(c, way, result);
    }
    way->end(&c->approach);
    nursery_close(&c->nursery);
    return rc;
}

/* ---- a link ---- */

/* The link has the whole ID: it is pinned whether a mirror answers or not, and its mirrors are remembered. */
static int clone_link(mimeo_ctx *ctx, const char *library, const char *text, const struct mimeo_clone_options *options,
                      struct mimeo_sync_result *result)
{
    struct link *link = calloc(1, sizeof(*link));
    struct mimeo_trust_options o = {options->petname, options->expect, false};
    struct mimeo_pin pin;
    int rc = link == NULL ? ctx_error_nomem(ctx) : link_parse(link, ctx, view_of_str(text));
    if (rc == 0)
        rc = mimeo_trust_add(ctx, library, text, &o, &pin);
    for (size_t i = 0; rc == 0 && i < link->mirror_count; i++)
        rc = mirror_list_add(ctx, library, &link->publisher, link->mirrors[i]);
    if (rc == 0 && link->mirror_count == 0)
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "the link names no mirror: the publisher is pinned; 'mimeo clone' an address or a "
                                             "path of a copy next");
    if (rc == 0) {
        char hex[HASH_HEX_LEN + 1];
        hash_format(hex, &link->publisher);
        rc = mimeo_sync(ctx, library, hex, &options->sync, result);
        strcpy(result->publisher, hex);
    }
    free(link);
    return rc;
}

int mimeo_clone(mimeo_ctx *ctx, const char *library, const char *what, const struct mimeo_clone_options *options,
                struct mimeo_sync_result *result)
{
    struct cloning c = {.ctx = ctx, .options = options, .nursery = {NULL, -1}};
    char *path;
    memset(result, 0, sizeof(*result));
    int rc = path_library(&path, ctx, library);
    if (rc < 0)
        return rc;
    c.library = path;
    if (strncasecmp(what, "mimeo:", 6) == 0) {
        rc = clone_link(ctx, path, what, options, result);
    } else {
        c.text = what;
        rc = address_parse(&c.address, ctx, what);
        if (rc == 0) {
            rc = clone_address(&c, result);
            address_dispose(&c.address);
        }
    }
    free(path);
    return rc;
}
