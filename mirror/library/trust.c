/*
 * Pinning: how a reader comes to trust a publisher.  A pin is only ever raised: from first use to
 * verified, by something that carries the whole fingerprint.
 */
#include <mimeo/trust.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/text.h"
#include "library/keyring.h"
#include "library/mirror.h"
#include "library/trust_store.h"

/* ---- showing ---- */

/* How many proofs are kept, and whether one of them stands. */
static int fill_conflicts(struct mimeo_pin *out, const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher)
{
    struct charter_chain chain = {.count = 0};
    struct proof_standing standing;
    int rc = trust_proof_count(&out->conflicts, s, ctx, publisher);
    if (rc < 0 || out->conflicts == 0)
        return rc;
    rc = trust_charters_read(&chain, s, ctx, publisher);
    if (rc == 0 && chain.count > 0)
        rc = trust_proof_standing(&standing, s, ctx, &chain);
    out->conflicted = rc == 1;
    charter_chain_dispose(&chain);
    return rc < 0 ? rc : 0;
}

static int fill(struct mimeo_pin *out, const struct trust_store *s, mimeo_ctx *ctx,
                const struct pin *pin)
{
    struct mimeo_pin p = {.state = pin->state, .since = pin->since};
    hash_format(p.publisher, &pin->publisher);
    fingerprint_format(p.digits, &pin->publisher);
    memcpy(p.petname, pin->petname, sizeof(p.petname));
    struct buf b;
    int rc = trust_head_read(&b, s, ctx, &pin->publisher);
    if (rc > 0) {
        struct note *note = calloc(1, sizeof(*note));
        struct header *h = calloc(1, sizeof(*h));
        rc = note == NULL || h == NULL
                 ? ctx_error_nomem(ctx)
                 : header_parse(h, note, ctx, "the head kept in trust/", buf_view(&b));
        if (rc == 0) {
            p.head_seq = h->seq;
            hash_format(p.head_hash, &h->hash);
        }
        free(note);
        free(h);
        buf_dispose(&b);
    }
    if (rc == 0)
        rc = fill_conflicts(&p, s, ctx, &pin->publisher);
    if (rc == 0)
        *out = p;
    return rc;
}

struct gathering {
    struct pin *pins;
    size_t count, cap;
    mimeo_ctx *ctx;
};

static int gather(const struct pin *pin, void *payload)
{
    struct gathering *g = payload;
    if (g->count == g->cap) {
        size_t cap = g->cap == 0 ? 8 : 2 * g->cap;
        struct pin *pins = realloc(g->pins, cap * sizeof(*pins));
        if (pins == NULL)
            return ctx_error_nomem(g->ctx);
        g->pins = pins;
        g->cap = cap;
    }
    g->pins[g->count++] = *pin;
    return 0;
}

static int by_petname(const void *a, const void *b)
{
    return strcasecmp(((const struct pin *)a)->petname, ((const struct pin *)b)->petname);
}

int mimeo_trust_each(mimeo_ctx *ctx, const char *library,
                     int (*fn)(const struct mimeo_pin *pin, void *payload), void *payload)
{
    struct trust_store s;
    int rc = trust_store_open(&s, ctx, library);
    if (rc < 0)
        return rc;
    struct gathering g = {.ctx = ctx};
    rc = trust_pin_each(&s, ctx, gather, &g);
    if (rc == 0 && g.count > 0)
        qsort(g.pins, g.count, sizeof(*g.pins), by_petname);
    for (size_t i = 0; rc == 0 && i < g.count; i++) {
        struct mimeo_pin p;
        rc = fill(&p, &s, ctx, &g.pins[i]);
        if (rc == 0)
            rc = fn(&p, payload);
    }
    free(g.pins);
    trust_store_close(&s);
    return rc;
}

/* ---- finding ---- */

#define WHO_MIN 8 /* digits of an ID that may stand for it */

struct lookup {
    const char *who;
    struct pin found;
    bool exact;
    size_t matches;
};

static int look(const struct pin *pin, void *payload)
{
    struct lookup *q = payload;
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, &pin->publisher);
    size_t len = strlen(q->who);
    bool exact = strcasecmp(pin->petname, q->who) == 0 || strcmp(hex, q->who) == 0;
    bool begins = len >= WHO_MIN && strncmp(hex, q->who, len) == 0;
    if (!exact && !begins)
        return 0;
    if (exact && !q->exact)
        q->matches = 0;
    if (exact || !q->exact) {
        q->found = *pin;
        q->matches++;
    }
    q->exact |= exact;
    return 0;
}

static int find(struct pin *out, const struct trust_store *s, mimeo_ctx *ctx, const char *who)
{
    struct lookup q = {.who = who};
    int rc = trust_pin_each(s, ctx, look, &q);
    if (rc < 0)
        return rc;
    if (q.matches == 0)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "no pinned publisher '%s': see 'mimeo trust'", who);
    if (q.matches > 1)
        return ctx_error(ctx, MIMEO_EUSAGE, "several pinned publishers fit '%s': write more of the ID", who);
    *out = q.found;
    return 0;
}

int mimeo_trust_find(mimeo_ctx *ctx, const char *library, const char *who, struct mimeo_pin *pin)
{
    struct trust_store s;
    struct pin found;
    int rc = trust_store_open(&s, ctx, library);
    if (rc < 0)
        return rc;
    rc = find(&found, &s, ctx, who);
    if (rc == 0)
        rc = fill(pin, &s, ctx, &found);
    trust_store_close(&s);
    return rc;
}

int mimeo_trust_rename(mimeo_ctx *ctx, const char *library, const char *who, const char *petname)
{
    struct trust_store s;
    struct pin pin;
    int rc = trust_store_open(&s, ctx, library);
    if (rc < 0)
        return rc;
    rc = find(&pin, &s, ctx, who);
    if (rc == 0)
        rc = trust_petname_check(&s, ctx, petname, &pin.publisher);
    if (rc == 0) {
        memset(pin.petname, 0, sizeof(pin.petname));
        strcpy(pin.petname, petname);
        rc = trust_pin_write(&s, ctx, &pin);
    }
    trust_store_close(&s);
    return rc;
}

int mimeo_trust_remove(mimeo_ctx *ctx, const char *library, const char *who)
{
    struct trust_store s;
    struct pin pin;
    int rc = trust_store_open(&s, ctx, library);
    if (rc < 0)
        return rc;
    rc = find(&pin, &s, ctx, who);
    if (rc == 0)
        rc = trust_pin_remove(&s, ctx, &pin.publisher);
    trust_store_close(&s);
    return rc;
}

/* ---- pinning ---- */

/* What is known of the publisher to be pinned, and how it came. */
struct introduction {
    struct pin pin;
    bool carries_id;            /* link or ID: all 256 bits came with it */
    char name[LIMIT_NAME + 1];  /* what it calls itself; "" where no charter came along */
    struct charter_chain chain; /* of a mirror or a charter file */
};

static int introduce_link(struct introduction *in, mimeo_ctx *ctx, const char *text)
{
    struct link *link = calloc(1, sizeof(*link));
    if (link == NULL)
        return ctx_error_nomem(ctx);
    int rc = link_parse(link, ctx, view_of_str(text));
    if (rc == 0) {
        in->pin.publisher = link->publisher;
        in->pin.floor_version = link->charter_version;
        in->pin.floor_charter = link->charter_hash;
        in->pin.floor_seq = link->seq;
        in->pin.floor_header = link->header_hash;
        in->carries_id = true;
    }
    free(link);
    return rc;
}

static int introduce_charter(struct introduction *in, mimeo_ctx *ctx, const char *path,
                             struct view bytes)
{
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, path, bytes);
    if (rc == 0) {
        if (c->version != 1)
            rc = ctx_error(ctx, MIMEO_EUSAGE,
                           "%s is charter %u: a publisher is pinned by its charter 1, or by a link or mirror",
                           path, c->version);
        else
            rc = charter_chain_add(&in->chain, ctx, c, NULL);
        if (rc == 0) {
            in->pin.publisher = in->chain.publisher;
            strcpy(in->name, charter_chain_newest(&in->chain)->name);
        }
        charter_dispose(c);
    }
    free(c);
    return rc;
}

static int introduce_opened(struct introduction *in, mimeo_ctx *ctx, const mimeo_mirror *m)
{
    in->pin.publisher = m->pin.publisher;
    strcpy(in->name, charter_chain_newest(&m->chain)->name);
    if (m->verdict > MIMEO_UNKNOWN_PUBLISHER)
        return ctx_error(ctx, mimeo_verdict_code(m->verdict), "%s: %s", store_path(m->store), m->reason);
    return 0;
}

static int introduce_mirror(struct introduction *in, mimeo_ctx *ctx, const char *path,
                            const char *library)
{
    mimeo_mirror *m;
    int rc = mimeo_mirror_open(&m, ctx, path, library);
    if (rc < 0)
        return rc;
    rc = introduce_opened(in, ctx, m);
    mimeo_mirror_free(m);
    return rc;
}

static bool is_charter_file(struct view bytes)
{
    return view_starts_with(bytes, "mimeo charter ");
}

static int introduce(struct introduction *in, mimeo_ctx *ctx, const char *what, const char *library)
{
    if (strncasecmp(what, "mimeo:", 6) == 0)
        return introduce_link(in, ctx, what);
    if (hash_parse(view_of_str(what), &in->pin.publisher)) {
        in->carries_id = true;
        return 0;
    }
    struct buf b;
    if (file_read(&b, ctx, what, LIMIT_CHARTER) == 0) {
        int rc = 1;
        if (is_charter_file(buf_view(&b)))
            rc = introduce_charter(in, ctx, what, buf_view(&b));
        else if (view_starts_with(buf_view(&b), "mimeo:"))
            rc = introduce_link(in, ctx, buf_str(&b));
        buf_dispose(&b);
        if (rc <= 0)
            return rc;
    }
    return introduce_mirror(in, ctx, what, library);
}

static int state_of(enum mimeo_pin_state *out, const struct introduction *in, mimeo_ctx *ctx,
                    const struct mimeo_trust_options *o)
{
    if (o->expect != NULL) {
        int rc = fingerprint_expect(ctx, &in->pin.publisher, o->expect);
        if (rc < 0)
            return rc;
    }
    char name[LIMIT_NAME + 1];
    int shipped = keyring_find(name, ctx, &in->pin.publisher);
    if (shipped < 0)
        return shipped;
    if (o->expect != NULL || in->carries_id || shipped == 1) {
        *out = MIMEO_PIN_VERIFIED;
        return 0;
    }
    if (!o->first_use)
        return ctx_error(ctx, MIMEO_EUNKNOWN,
                         "nothing vouches for this publisher: compare its fingerprint by another way and "
                         "give it with --expect, or take it as it is with --first-use");
    *out = MIMEO_PIN_FIRST_USE;
    return 0;
}

/* The petname: as asked for, as it was, or the publisher's own where no other has it. */
static int choose_petname(struct pin *pin, const struct introduction *in, const struct trust_store *s,
                          mimeo_ctx *ctx, const struct mimeo_trust_options *o)
{
    char id[MIMEO_PETNAME_MAX + 1];
    hash_format(id, &pin->publisher);
    id[12] = '\0';
    const char *name = o->petname;
    if (name == NULL && pin->petname[0] != '\0')
        return 0;
    if (name == NULL)
        name = in->name[0] != '\0' ? in->name : id;
    int rc = trust_petname_check(s, ctx, name, &pin->publisher);
    if (rc == 0) {
        memset(pin->petname, 0, sizeof(pin->petname));
        strcpy(pin->petname, name);
    }
    return rc;
}

static int pin_it(struct mimeo_pin *out, struct trust_store *s, mimeo_ctx *ctx,
                  const struct introduction *in, const struct mimeo_trust_options *o)
{
    enum mimeo_pin_state state = MIMEO_PIN_NONE;
    struct pin pin;
    int rc = state_of(&state, in, ctx, o);
    if (rc == 0)
        rc = trust_pin_read(&pin, s, ctx, &in->pin.publisher);
    if (rc < 0)
        return rc;
    if (rc == 0) {
        pin = in->pin;
        pin.since = ctx_now(ctx);
    }
    if (state > pin.state)
        pin.state = state;
    if (in->pin.floor_version > pin.floor_version) {
        pin.floor_version = in->pin.floor_version;
        pin.floor_charter = in->pin.floor_charter;
    }
    if (in->pin.floor_seq > pin.floor_seq) {
        pin.floor_seq = in->pin.floor_seq;
        pin.floor_header = in->pin.floor_header;
    }
    rc = choose_petname(&pin, in, s, ctx, o);
    if (rc == 0)
        rc = trust_pin_write(s, ctx, &pin);
    if (rc == 0 && in->chain.count > 0)
        rc = trust_charters_write(s, ctx, &in->chain);
    return rc == 0 ? fill(out, s, ctx, &pin) : rc;
}

static int pin_introduced(struct mimeo_pin *pin, mimeo_ctx *ctx, const char *library, const struct introduction *in,
                          const struct mimeo_trust_options *options)
{
    struct trust_store s;
    int rc = trust_store_open(&s, ctx, library);
    if (rc < 0)
        return rc;
    rc = pin_it(pin, &s, ctx, in, options);
    trust_store_close(&s);
    return rc;
}

int mimeo_trust_add(mimeo_ctx *ctx, const char *library, const char *what,
                    const struct mimeo_trust_options *options, struct mimeo_pin *pin)
{
    struct introduction in = {0};
    int rc = introduce(&in, ctx, what, library);
    if (rc == 0)
        rc = pin_introduced(pin, ctx, library, &in, options);
    charter_chain_dispose(&in.chain);
    return rc;
}

int trust_pin_mirror(struct mimeo_pin *pin, mimeo_ctx *ctx, const char *library, const mimeo_mirror *m,
                     const struct mimeo_trust_options *options)
{
    struct introduction in = {0};
    int rc = introduce_opened(&in, ctx, m);
    return rc == 0 ? pin_introduced(pin, ctx, library, &in, options) : rc;
}

int mimeo_qr(char **out, mimeo_ctx *ctx, const char *text, bool ansi)
{
    struct buf b;
    buf_init(&b, MIB);
    int rc = qr_terminal(&b, ctx, text, ansi);
    if (rc < 0) {
        buf_dispose(&b);
        return rc;
    }
    *out = buf_detach(&b, NULL);
    return 0;
}
