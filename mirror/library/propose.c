/*
 * Proposing the next charter.  A slip here can end a publisher, so whatever would lock it out is refused while
 * it is still a draft, and nothing is guessed that people have to decide: who signs, and how many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/charter_info.h"
#include "library/mirror.h"
#include "library/proposal.h"

struct draft {
    mimeo_ctx *ctx;
    const struct mimeo_proposal_options *options;
    struct proposal *p;
    const struct charter *before; /* NULL: the first */
};

static int usage(const struct draft *d, const char *words)
{
    return ctx_error(d->ctx, MIMEO_EUSAGE, "%s", words);
}

/* ---- keys of a role ---- */

static int add_key(struct draft *d, struct role *role, const struct public_key *key)
{
    size_t at = 0;
    while (at < role->count && public_key_compare(&role->keys[at], key) < 0)
        at++;
    if (at < role->count && public_key_compare(&role->keys[at], key) == 0)
        return usage(d, "a key is added that is there already");
    if (role->count == LIMIT_KEYS)
        return ctx_error(d->ctx, MIMEO_EUSAGE, "a charter has at most %d keys of a role", LIMIT_KEYS);
    memmove(&role->keys[at + 1], &role->keys[at], (role->count - at) * sizeof(*role->keys));
    role->keys[at] = *key;
    role->count++;
    return 0;
}

static int remove_key(struct draft *d, struct role *role, const struct public_key *key, const char *given)
{
    for (size_t i = 0; i < role->count; i++)
        if (public_key_compare(&role->keys[i], key) == 0) {
            memmove(&role->keys[i], &role->keys[i + 1], (role->count - i - 1) * sizeof(*role->keys));
            role->count--;
            return 0;
        }
    return ctx_error(d->ctx, MIMEO_EUSAGE, "'%.80s' is not among the keys that could be removed: see 'mimeo charter show'",
                     given);
}

static int edit_role(struct draft *d, struct role *role, enum key_role which, const char *const *add,
                     const char *const *drop)
{
    struct public_key key;
    int rc = 0;
    for (size_t i = 0; rc == 0 && drop != NULL && drop[i] != NULL; i++) {
        rc = public_key_given(&key, d->ctx, drop[i], which, role);
        if (rc == 0)
            rc = remove_key(d, role, &key, drop[i]);
    }
    for (size_t i = 0; rc == 0 && add != NULL && add[i] != NULL; i++) {
        rc = public_key_given(&key, d->ctx, add[i], which, NULL);
        if (rc == 0)
            rc = add_key(d, role, &key);
    }
    return rc;
}

static int set_threshold(struct draft *d, struct role *role, unsigned given, const char *word, const char *option)
{
    if (role->count == 0)
        return ctx_error(d->ctx, MIMEO_EUSAGE, "no %s key would be left: add one", word);
    if (given > 0)
        role->threshold = given;
    else if (role->threshold == 0 && role->count == 1)
        role->threshold = 1;
    if (role->threshold == 0)
        return ctx_error(d->ctx, MIMEO_EUSAGE, "say with %s how many of the %zu %s keys have to sign", option, role->count,
                         word);
    if (role->threshold > role->count)
        return ctx_error(d->ctx, MIMEO_EUSAGE,
                         "%u %s keys would have to sign, and there would be %zu: nobody could; change %s", role->threshold,
                         word, role->count, option);
    return 0;
}

static bool in_chain(const struct charter_chain *chain, const struct public_key *key, bool root)
{
    for (uint32_t v = 1; v <= chain->count; v++) {
        const struct charter *c = charter_chain_get(chain, v);
        if (role_has(root ? &c->root : &c->publish, key))
            return true;
    }
    return false;
}

/* A key has one role for ever: said with the key's name, since the chain's own check does not know it. */
static int check_roles(struct draft *d)
{
    const struct charter *next = &d->p->next;
    for (int root = 0; root < 2; root++) {
        const struct role *role = root ? &next->root : &next->publish;
        for (size_t i = 0; i < role->count; i++) {
            char hex[2 * PUBLIC_KEY_LEN + 1];
            format_hex(hex, role->keys[i].bytes, PUBLIC_KEY_LEN);
            if (role_has(root ? &next->publish : &next->root, &role->keys[i]) ||
                in_chain(&d->p->chain, &role->keys[i], !root))
                return ctx_error(d->ctx, MIMEO_EUSAGE,
                                 "key %.8s… cannot be a %s key: it has been the other kind, and a key has one role for ever; "
                                 "make a new one with 'mimeo key new'", hex, root ? "root" : "publishing");
        }
    }
    return 0;
}

static int edit_keys(struct draft *d)
{
    struct charter *next = &d->p->next;
    const struct mimeo_proposal_options *o = d->options;
    int rc = edit_role(d, &next->root, KEY_ROOT, o->add_roots, o->remove_roots);
    if (rc == 0)
        rc = edit_role(d, &next->publish, KEY_PUBLISH, o->add_keys, o->remove_keys);
    if (rc == 0)
        rc = set_threshold(d, &next->root, o->root_threshold, "root", "--root-threshold");
    if (rc == 0)
        rc = set_threshold(d, &next->publish, o->publish_threshold > 0 ? o->publish_threshold : d->before == NULL,
                           "publishing", "--publish-threshold");
    return rc == 0 ? check_roles(d) : rc;
}

/* ---- names ---- */

static int edit_names(struct draft *d)
{
    struct charter *next = &d->p->next;
    const char *name = d->options->name, *site = d->options->site;
    if (name == NULL && d->before == NULL)
        return usage(d, "--name is missing: what the publisher calls itself");
    if (name != NULL && (name[0] == '\0' || strlen(name) > LIMIT_NAME))
        return ctx_error(d->ctx, MIMEO_EUSAGE, "a publisher's name has 1 to %d bytes", LIMIT_NAME);
    if (site != NULL && strlen(site) > LIMIT_URL)
        return ctx_error(d->ctx, MIMEO_EUSAGE, "the site's address is over %d bytes", LIMIT_URL);
    if (name != NULL)
        strcpy(next->name, name);
    if (site != NULL)
        strcpy(next->site, strcmp(site, "-") == 0 ? "" : site);
    return 0;
}

/* ---- from where on ---- */

static int set_from(struct draft *d, mimeo_mirror *m)
{
    struct charter *next = &d->p->next;
    const struct mimeo_proposal_options *o = d->options;
    next->from_seq = o->has_from ? o->from : d->p->head.seq;
    next->is_cut = o->cut;
    if (next->from_seq > LIMIT_SEQ)
        return usage(d, "there is no bundle of so high a number");
    if (!o->cut)
        return 0;
    if (next->from_seq == 0)
        return usage(d, "bundle 1 is the first: a cut leaves at least that one; where not even it is yours, make a new "
                        "publisher");
    if (next->from_seq > d->p->head.seq)
        return ctx_error(d->ctx, MIMEO_EUSAGE, "the newest bundle is %llu: there is no bundle %llu to cut after",
                         (unsigned long long)d->p->head.seq, (unsigned long long)next->from_seq);
    int rc = mirror_ancestor(&next->from_hash, m, d->ctx, &m->head, next->from_seq);
    if (rc == 0)
        rc = mirror_header_note(&d->p->last_good, &d->p->last_good_note, m, d->ctx, next->from_seq, &next->from_hash);
    d->p->has_last_good = rc == 0;
    return rc;
}

/* ---- who signs ---- */

static size_t count_in(const struct role *role, const struct charter *c)
{
    size_t n = 0;
    for (size_t i = 0; role != NULL && i < c->signer_count; i++)
        n += role_has(role, &c->signers[i]);
    return n;
}

static int add_signer(struct draft *d, const struct public_key *key)
{
    struct charter *c = &d->p->next;
    size_t at = 0;
    while (at < c->signer_count && public_key_compare(&c->signers[at], key) < 0)
        at++;
    if (at < c->signer_count && public_key_compare(&c->signers[at], key) == 0)
        return 0;
    if (c->signer_count == LIMIT_SIGNERS)
        return ctx_error(d->ctx, MIMEO_EUSAGE, "at most %d keys sign a charter", LIMIT_SIGNERS);
    memmove(&c->signers[at + 1], &c->signers[at], (c->signer_count - at) * sizeof(*c->signers));
    c->signers[at] = *key;
    c->signer_count++;
    return 0;
}

/* Those without whom it can never be enough. */
static int add_forced(struct draft *d, const struct role *role)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && role != NULL && role->threshold == role->count && i < role->count; i++)
        rc = add_signer(d, &role->keys[i]);
    return rc;
}

static bool enough(const struct draft *d)
{
    const struct charter *next = &d->p->next;
    return (d->before == NULL || count_in(&d->before->root, next) >= d->before->root.threshold) &&
           count_in(&next->root, next) >= next->root.threshold;
}

static void append_keys(struct buf *b, const struct role *role)
{
    for (size_t i = 0; i < role->count; i++) {
        char hex[2 * PUBLIC_KEY_LEN + 1];
        format_hex(hex, role->keys[i].bytes, PUBLIC_KEY_LEN);
        buf_appendf(b, "%s%.8s", i == 0 ? "" : ", ", hex);
    }
}

static int say_who(struct draft *d)
{
    const struct charter *next = &d->p->next;
    struct buf b;
    buf_init(&b, CTX_MESSAGE_MAX);
    buf_append_str(&b, "say with --signer who is to sign: ");
    if (d->before != NULL) {
        buf_appendf(&b, "%u of the present root keys (", d->before->root.threshold);
        append_keys(&b, &d->before->root);
        buf_append_str(&b, ") and ");
    }
    buf_appendf(&b, "%u of the new charter's (", next->root.threshold);
    append_keys(&b, &next->root);
    buf_append_str(&b, "); a key that is in both counts for both");
    int rc = ctx_error(d->ctx, MIMEO_EUSAGE, "%s", buf_str(&b));
    buf_dispose(&b);
    return rc;
}

static int add_named(struct draft *d, const char *given)
{
    const struct charter *next = &d->p->next;
    struct public_key key;
    int rc = public_key_given(&key, d->ctx, given, KEY_ROOT, &next->root);
    if (rc == MIMEO_EUSAGE && d->before != NULL) /* a key that leaves signs too */
        rc = public_key_given(&key, d->ctx, given, KEY_ROOT, &d->before->root);
    if (rc == 0 && !role_has(&next->root, &key) && !(d->before != NULL && role_has(&d->before->root, &key)))
        rc = ctx_error(d->ctx, MIMEO_EUSAGE, "'%.80s' is no root key, of before or of the new charter: it cannot sign", given);
    return rc == 0 ? add_signer(d, &key) : rc;
}

static int choose_signers(struct draft *d)
{
    const char *const *given = d->options->signers;
    int rc = 0;
    d->p->next.signer_count = 0;
    for (size_t i = 0; rc == 0 && given != NULL && given[i] != NULL; i++)
        rc = add_named(d, given[i]);
    if (rc == 0 && d->p->next.signer_count == 0)
        rc = add_forced(d, d->before == NULL ? NULL : &d->before->root);
    if (rc == 0 && (given == NULL || given[0] == NULL))
        rc = add_forced(d, &d->p->next.root);
    return rc == 0 && !enough(d) ? say_who(d) : rc;
}

/* ---- the whole ---- */

static int copy_chain(struct draft *d, const mimeo_mirror *m)
{
    int rc = 0;
    for (uint32_t v = 1; rc == 0 && v <= m->chain.count; v++) {
        struct charter *c = calloc(1, sizeof(*c));
        rc = c == NULL ? ctx_error_nomem(d->ctx)
                       : charter_parse(c, d->ctx, "a charter", buf_view(&charter_chain_get(&m->chain, v)->note));
        if (rc == 0)
            rc = charter_chain_add(&d->p->chain, d->ctx, c, NULL);
        charter_dispose(c);
        free(c);
    }
    d->before = charter_chain_newest(&d->p->chain);
    return rc;
}

static int take_head(struct draft *d, const mimeo_mirror *m)
{
    if (m->verdict > MIMEO_UNKNOWN_PUBLISHER)
        return ctx_error(d->ctx, mimeo_verdict_code(m->verdict), "%s", m->reason);
    if (!m->has_head || m->anchor != &m->head)
        return ctx_error(d->ctx, MIMEO_EINCOMPLETE, "there is no head here: propose from a whole mirror");
    d->p->head = m->head;
    d->p->has_head = true;
    buf_init(&d->p->head_note, LIMIT_HEADER);
    return buf_append_view(&d->p->head_note, buf_view(&m->head_note)) < 0 ? ctx_error_nomem(d->ctx) : 0;
}

static int follow(struct draft *d, const mimeo_mirror *m)
{
    struct charter *next = &d->p->next;
    int rc = copy_chain(d, m);
    if (rc == 0)
        rc = take_head(d, m);
    if (rc == 0 && d->before->version == LIMIT_CHARTERS)
        rc = ctx_error(d->ctx, MIMEO_EUSAGE, "a publisher has at most %d charters", LIMIT_CHARTERS);
    if (rc < 0)
        return rc;
    next->version = d->before->version + 1;
    next->prev = d->before->hash;
    next->root = d->before->root;
    next->publish = d->before->publish;
    memcpy(next->name, d->before->name, sizeof(next->name));
    memcpy(next->site, d->before->site, sizeof(next->site));
    if (d->before->extras != NULL && (next->extras = strdup(d->before->extras)) == NULL)
        return ctx_error_nomem(d->ctx);
    return 0;
}

static int fill(struct draft *d, mimeo_mirror *m)
{
    int rc = m == NULL ? 0 : follow(d, m);
    if (m == NULL)
        d->p->next.version = 1;
    if (rc == 0)
        rc = edit_names(d);
    if (rc == 0)
        rc = edit_keys(d);
    if (rc == 0 && m != NULL)
        rc = set_from(d, m);
    if (rc == 0)
        rc = choose_signers(d);
    if (rc == 0)
        rc = proposal_complete(d->p, d->ctx);
    return rc == 0 ? proposal_check_sound(d->ctx, d->p) : rc;
}

int mimeo_proposal_new(mimeo_proposal **out, mimeo_ctx *ctx, const char *path, const char *library,
                       const struct mimeo_proposal_options *options)
{
    mimeo_mirror *m = NULL;
    mimeo_proposal *made = proposal_new(ctx);
    int rc = made == NULL ? MIMEO_ENOMEM : 0;
    if (rc == 0 && options->first && (options->has_from || options->cut))
        rc = ctx_error(ctx, MIMEO_EUSAGE, "a first charter governs from the first bundle on");
    if (rc == 0 && !options->first)
        rc = mimeo_mirror_open(&m, ctx, path, library);
    if (rc == 0) {
        struct draft d = {ctx, options, &made->p, NULL};
        rc = fill(&d, m);
    }
    mimeo_mirror_free(m);
    if (rc == 0)
        rc = proposal_tell(made, ctx);
    if (rc == 0)
        *out = made;
    else
        mimeo_proposal_free(made);
    return rc;
}
