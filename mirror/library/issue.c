/*
 * Issuing a charter: the bundle that brings it to readers, and after a cut the mirror's return to the last good
 * bundle.  What makes it safe to be killed at any moment is told in library/publisher.h.
 */
#include <stdlib.h>
#include <string.h>

#include <mimeo/charter.h>

#include "base/file.h"
#include "library/publisher.h"

#define TO_ISSUE "charter-to-issue"

/* ---- the charter beside the pending bundle ---- */

int issue_write_charter(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c)
{
    return file_write_atomic(ctx, mirror_writer_private_dir(p->writer), TO_ISSUE, buf_view(&c->note), 0600);
}

int issue_remove_charter(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    return file_remove(ctx, mirror_writer_private_dir(p->writer), TO_ISSUE);
}

/* Does the pending bundle name this charter as the newest?  1, 0. */
static int pending_names(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c)
{
    struct buf file;
    struct view text, payload, line, v;
    char hex[HASH_HEX_LEN + 1];
    int rc = pending_read(&file, &text, &payload, p, ctx);
    if (rc <= 0)
        return rc;
    hash_format(hex, &c->hash);
    rc = 0;
    struct cursor lines = cursor_of(text);
    while (rc == 0 && cursor_line(&lines, &line)) {
        struct cursor at = cursor_of(line);
        if (cursor_skip(&at, "newest ") && cursor_until(&at, ' ', &v))
            rc = view_equal_str(view_of(at.ptr, at.left), hex);
    }
    buf_dispose(&file);
    return rc;
}

int issue_take_pending(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    struct file_bytes f;
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx)
                       : file_load_at(&f, ctx, mirror_writer_private_dir(p->writer), TO_ISSUE, LIMIT_CHARTER, false);
    if (rc < 0) {
        free(c);
        return rc == MIMEO_ENOTFOUND ? 0 : rc;
    }
    rc = charter_parse(c, ctx, "the charter to be issued", f.view);
    file_unload(&f);
    bool held = rc == 0 && c->version <= p->mirror->chain.count;
    if (rc == 0 && !held)
        rc = pending_names(p, ctx, c);
    if (rc == 1)
        rc = issue_take_charter(p, ctx, c) < 0 ? MIMEO_ECONFLICT : 1;
    else if (rc == 0 && !p->dry_run)
        rc = issue_remove_charter(p, ctx);
    charter_dispose(c);
    free(c);
    return rc;
}

/* ---- taking it ---- */

static int move_to(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c)
{
    mimeo_mirror *m = p->mirror;
    struct hash is;
    struct header *h = malloc(sizeof(*h));
    struct buf note;
    if (h == NULL)
        return ctx_error_nomem(ctx);
    int rc = mirror_ancestor(&is, m, ctx, &p->head, c->from_seq);
    if (rc == 0 && !hash_equal(&is, &c->from_hash))
        rc = ctx_error(ctx, MIMEO_ECONFLICT,
                       "charter %u cuts after another bundle %llu than this directory has: issue it in the directory that "
                       "it was proposed from", c->version, (unsigned long long)c->from_seq);
    if (rc == 0)
        rc = mirror_header_note(h, &note, m, ctx, c->from_seq, &is);
    if (rc == 0) {
        p->cut_off = p->head.seq;
        buf_dispose(&p->head_note);
        buf_dispose(&m->head_note);
        p->head = m->head = *h;
        p->head_note = note;
        buf_init(&m->head_note, LIMIT_HEADER);
        rc = buf_append_view(&m->head_note, buf_view(&note)) < 0 ? ctx_error_nomem(ctx) : 0;
        while (m->seq_count > 0 && m->seqs[m->seq_count - 1] > c->from_seq)
            m->seq_count--;
    }
    free(h);
    return rc;
}

static int check_from(struct mimeo_publisher *p, mimeo_ctx *ctx, const struct charter *c)
{
    unsigned long long from = c->from_seq, head = p->head.seq;
    if (from < head && !c->is_cut)
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "charter %u governs from bundle %llu on and does not say which bundle %llu is the last good one, and "
                         "bundle %llu is published already: no reader could follow; propose it again, with --cut %llu where "
                         "what is published since has to go", c->version, from + 1, from, head, from);
    if (from > head && c->is_cut)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "charter %u cuts after bundle %llu, and this directory ends with %llu: bring it up to date first",
                         c->version, from, head);
    for (size_t i = 0; i < p->mirror->chain.count; i++)
        if (p->mirror->chain.items[i]->is_cut && from < p->mirror->chain.items[i]->from_seq)
            return ctx_error(ctx, MIMEO_EUSAGE, "charter %u cuts below an older cut, which confirmed the bundles up to %llu for "
                                                "ever: no reader would follow", c->version,
                             (unsigned long long)p->mirror->chain.items[i]->from_seq);
    return 0;
}

int issue_take_charter(struct mimeo_publisher *p, mimeo_ctx *ctx, struct charter *c)
{
    struct charter_chain *chain = &p->mirror->chain;
    const struct charter *held = charter_chain_get(chain, c->version);
    if (held != NULL && hash_equal(&held->hash, &c->hash))
        return ctx_error(ctx, MIMEO_EEXISTS, "charter %u is issued already", c->version);
    if (held != NULL)
        return ctx_error(ctx, MIMEO_ECONFLICT,
                         "another charter %u is issued already: this one must never be; destroy it and its signatures",
                         c->version);
    int rc = check_from(p, ctx, c);
    if (rc == 0)
        rc = charter_chain_add(chain, ctx, c, &chain->publisher);
    const struct charter *newest = charter_chain_newest(chain);
    return rc == 0 && newest->is_cut ? move_to(p, ctx, newest) : rc;
}

/* ---- what is beyond the cut ---- */

#define TITLES 3

struct tale {
    struct mimeo_cut_bundle bundle;
    char *titles[TITLES];
};
struct beyond {
    struct mimeo_publisher *p;
    mimeo_ctx *ctx;
    const struct mimeo_issue_options *options;
    uint64_t last_good;
    struct tale *tales; /* by descending seq, as bundles are walked */
    size_t count;
    struct mimeo_publish_result *result;
};

static void beyond_dispose(struct beyond *b)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t t = 0; t < TITLES; t++)
            free(b->tales[i].titles[t]);
    free(b->tales);
}

static bool is_chosen(const struct mimeo_issue_options *o, uint64_t seq)
{
    for (size_t i = 0; i < o->republish_count; i++)
        if (o->republish[i] == seq)
            return true;
    return o->republish_all;
}

static int note_record(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct beyond *b = payload;
    struct tale *t = &b->tales[b->count - 1];
    if (r->restates > 0)
        return 0;
    size_t n = t->bundle.records++;
    t->bundle.pictures += r->media_count;
    t->bundle.erases |= r->erase_count > 0;
    if (n < TITLES && (t->titles[n] = strdup(r->title == NULL ? r->id : r->title)) == NULL)
        return ctx_error_nomem(b->ctx);
    return 0;
}

static int note_bundle(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct beyond *b = payload;
    size_t erased;
    if (h->seq <= b->last_good)
        return 1;
    b->tales[b->count++] = (struct tale){.bundle = {.seq = h->seq, .time = h->bundle.header.time}};
    return bundle_each_record(&h->bundle, ctx, h->name, note_record, b, &erased);
}

/* Erasures cannot be taken back: their orders go into the first bundle after the cut, for what is older than it. */
static int keep_order(const struct record *r, uint32_t block, uint32_t line, void *payload)
{
    (void)block;
    (void)line;
    struct beyond *b = payload;
    struct record_erase erase[LIMIT_ERASURES];
    size_t count = 0;
    if (r->erase_count == 0 || r->restates > 0)
        return 0;
    for (size_t i = 0; i < r->erase_count; i++)
        if (r->erase[i].seq <= b->last_good)
            erase[count++] = r->erase[i];
    if (count == 0)
        return 0;
    struct record again = *r; /* borrowed, but for the list */
    struct digest digest;
    again.erase = erase;
    again.erase_count = count;
    int rc = digest_of(&digest, b->ctx, r, view_of(NULL, 0));
    return rc == 0 ? edition_add(b->p, b->ctx, &again, view_of(NULL, 0), &digest, 0, true, b->result) : rc;
}

static int keep_orders(struct held_bundle *h, mimeo_ctx *ctx, void *payload)
{
    struct beyond *b = payload;
    size_t erased;
    if (h->seq <= b->last_good)
        return 1;
    return bundle_each_record(&h->bundle, ctx, h->name, keep_order, b, &erased);
}

/* The bundles of the mirror as it was before this session went back to the cut. */
static int each_beyond(struct beyond *b, int (*fn)(struct held_bundle *, mimeo_ctx *, void *))
{
    mimeo_mirror *m;
    int rc = mirror_open(&m, b->ctx, b->p->path, b->p->library, MIRROR_OWN);
    if (rc < 0)
        return rc;
    rc = mirror_each_bundle(m, b->ctx, fn, b);
    mimeo_mirror_free(m);
    return rc < 0 ? rc : 0;
}

static int check_choice(struct beyond *b, uint64_t head)
{
    const struct mimeo_issue_options *o = b->options;
    for (size_t i = 0; i < o->republish_count; i++)
        if (o->republish[i] <= b->last_good || o->republish[i] > head)
            return ctx_error(b->ctx, MIMEO_EUSAGE, "bundle %llu is not beyond the cut: bundles %llu to %llu are",
                             (unsigned long long)o->republish[i], (unsigned long long)b->last_good + 1,
                             (unsigned long long)head);
    return 0;
}

/* Tell what is cut off, oldest first; *again gets what is chosen. */
static void tell(struct beyond *b, uint64_t *again, size_t *count)
{
    for (size_t i = b->count; i-- > 0;) {
        struct tale *t = &b->tales[i];
        bool chosen = is_chosen(b->options, t->bundle.seq);
        for (size_t n = 0; n < TITLES; n++)
            t->bundle.titles[n] = t->titles[n];
        if (b->options->beyond != NULL)
            b->options->beyond(&t->bundle, chosen, b->options->payload);
        if (chosen)
            again[(*count)++] = t->bundle.seq;
    }
}

/* And put aside what will be published again. */
static int put_aside(struct beyond *b)
{
    uint64_t head = b->p->cut_off, *again = NULL;
    size_t count = 0, most = (size_t)(head - b->last_good);
    int rc = check_choice(b, head);
    if (rc < 0)
        return rc;
    b->tales = calloc(most + 1, sizeof(*b->tales));
    again = calloc(most + 1, sizeof(*again));
    rc = b->tales == NULL || again == NULL ? ctx_error_nomem(b->ctx) : each_beyond(b, note_bundle);
    if (rc == 0)
        tell(b, again, &count);
    if (rc == 0 && !b->p->dry_run)
        rc = stash_remove(b->p, b->ctx);
    if (rc == 0 && !b->p->dry_run && count > 0)
        rc = stash_write(b->p, b->ctx, charter_chain_newest(&b->p->mirror->chain), again, count);
    free(again);
    return rc;
}

/* ---- the whole ---- */

static int read_charter(struct charter *out, mimeo_ctx *ctx, const char *file)
{
    struct buf b;
    int rc = file_read(&b, ctx, file, LIMIT_CHARTER);
    if (rc < 0)
        return rc;
    rc = charter_parse(out, ctx, file, buf_view(&b));
    buf_dispose(&b);
    return rc;
}

static int issue_bundle(struct beyond *b, bool cut)
{
    struct mimeo_publisher *p = b->p;
    int rc = cut ? put_aside(b) : 0;
    if (rc < 0 || p->dry_run)
        return rc;
    rc = issue_write_charter(p, b->ctx, charter_chain_newest(&p->mirror->chain));
    if (rc == 0 && cut)
        rc = each_beyond(b, keep_orders);
    if (rc == 0)
        rc = edition_finish(p, b->ctx, true, b->result);
    if (rc == 0)
        rc = issue_remove_charter(p, b->ctx);
    return rc == 0 ? publisher_reopen_mirror(p, b->ctx) : rc;
}

int mimeo_charter_issue(mimeo_ctx *ctx, const char *path, const char *charter_file,
                        const struct mimeo_issue_options *options, struct mimeo_issue_result *result)
{
    struct mimeo_publisher_options o = options->publisher;
    struct mimeo_publisher *p = NULL;
    struct charter *c = calloc(1, sizeof(*c));
    o.dry_run = options->dry_run;
    int rc = c == NULL ? ctx_error_nomem(ctx) : read_charter(c, ctx, charter_file);
    struct mimeo_issue_result r = {.version = rc == 0 ? c->version : 0, .cut = rc == 0 && c->is_cut,
                                   .last_good = rc == 0 && c->is_cut ? c->from_seq : 0};
    if (rc == 0)
        rc = publisher_open(&p, ctx, path, &o, c, NULL);
    if (rc == 0) {
        struct beyond b = {.p = p, .ctx = ctx, .options = options, .last_good = r.last_good, .result = &r.published};
        if (!p->issued)
            rc = issue_bundle(&b, r.cut);
        r.cut_off = b.count;
        beyond_dispose(&b);
    }
    if (rc == 0 && !p->dry_run)
        rc = stash_resume(p, ctx, &r.published);
    mimeo_publisher_free(p);
    charter_dispose(c);
    free(c);
    if (rc == 0)
        *result = r;
    return rc;
}
