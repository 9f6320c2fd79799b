/*
 * The built-in keyring.  A shipped charter is judged as any other, each time: it is a handful of hashes and
 * signatures, and a build that somebody tampered with should not pass for one that nobody did.
 */
#include "library/keyring.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mimeo/trust.h>

#include "trust/fingerprint.h"

#define WHAT "a charter that ships with mimeo"

static int judge(mimeo_ctx *ctx, const struct keyring_entry *e, int (*fn)(const struct charter *, void *), void *payload)
{
    struct charter_chain chain = {.count = 0};
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, WHAT, view_of(e->note, e->len));
    if (rc == 0 && c->version != 1)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, WHAT " is not a first one: this build of mimeo is not right");
    if (rc == 0)
        rc = charter_chain_add(&chain, ctx, c, NULL);
    if (rc == 0)
        rc = fn(charter_chain_newest(&chain), payload);
    charter_dispose(c);
    free(c);
    charter_chain_dispose(&chain);
    return rc;
}

int keyring_each(mimeo_ctx *ctx, int (*fn)(const struct charter *first, void *payload), void *payload)
{
    int rc = 0;
    for (const struct keyring_entry *e = keyring_table; rc == 0 && e->note != NULL; e++)
        rc = judge(ctx, e, fn, payload);
    return rc;
}

struct search {
    const struct hash *publisher;
    const char *name;
    char *found;
};

static int is_wanted(const struct charter *first, void *payload)
{
    struct search *s = payload;
    if (!hash_equal(&first->hash, s->publisher))
        return 0;
    memcpy(s->found, first->name, LIMIT_NAME + 1);
    return 1;
}

int keyring_find(char *name, mimeo_ctx *ctx, const struct hash *publisher)
{
    struct search s = {publisher, NULL, name};
    return keyring_each(ctx, is_wanted, &s);
}

static int has_name(const struct charter *first, void *payload)
{
    struct search *s = payload;
    return !hash_equal(&first->hash, s->publisher) && strcasecmp(first->name, s->name) == 0;
}

int keyring_has_name(mimeo_ctx *ctx, const char *name, const struct hash *other_than)
{
    struct search s = {other_than, name, NULL};
    return keyring_each(ctx, has_name, &s);
}

/* ---- for the front ends ---- */

struct telling {
    int (*fn)(const struct mimeo_shipped *, void *);
    void *payload;
};

static int tell(const struct charter *first, void *payload)
{
    const struct telling *t = payload;
    struct mimeo_shipped s;
    memset(&s, 0, sizeof(s));
    hash_format(s.publisher, &first->hash);
    fingerprint_format(s.digits, &first->hash);
    memcpy(s.name, first->name, sizeof(first->name));
    memcpy(s.site, first->site, sizeof(first->site));
    return t->fn(&s, t->payload);
}

int mimeo_keyring_each(mimeo_ctx *ctx, int (*fn)(const struct mimeo_shipped *shipped, void *payload), void *payload)
{
    struct telling t = {fn, payload};
    return keyring_each(ctx, tell, &t);
}
