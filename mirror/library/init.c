/*
 * A new publisher: two keys and charter 1, or a charter whose signatures were collected elsewhere; a repository,
 * and an empty bundle 1, so that there is a head from the first day.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "library/passphrase.h"
#include "library/paths.h"
#include "library/publisher.h"
#include "library/trust_store.h"

struct founding {
    const struct mimeo_init_options *options;
    struct secret_key *root, *publish;
    struct charter charter;      /* parsed back from its note */
    char name[LIMIT_NAME + 1];
    struct buf note;
    char *publish_path;
};

static void founding_dispose(struct founding *f)
{
    secret_key_free(f->root);
    secret_key_free(f->publish);
    charter_dispose(&f->charter);
    buf_dispose(&f->note);
    free(f->publish_path);
}

static int refuse_existing(mimeo_ctx *ctx, const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0)
        return ctx_error(ctx, MIMEO_EEXISTS, "'%s' is there already: a key is never overwritten", path);
    return 0;
}

/* The root key must not travel with the mirror, where every clone would carry it. */
static int refuse_inside(mimeo_ctx *ctx, const char *path, const char *key)
{
    char *parent = path_parent(key);
    char *real_dir = realpath(path, NULL);
    char *real_parent = parent == NULL ? NULL : realpath(parent, NULL);
    size_t len = real_dir == NULL ? 0 : strlen(real_dir);
    bool inside = real_dir != NULL && real_parent != NULL && strncmp(real_parent, real_dir, len) == 0 &&
                  (real_parent[len] == '/' || real_parent[len] == '\0');
    free(parent);
    free(real_dir);
    free(real_parent);
    return inside ? ctx_error(ctx, MIMEO_EUSAGE,
                              "'%s' is within the mirror, which is for everybody: keep keys elsewhere", key)
                  : 0;
}

/* The charter that the two keys make. */
static int write_charter(struct founding *f, mimeo_ctx *ctx)
{
    struct charter *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return ctx_error_nomem(ctx);
    const char *site = f->options->site == NULL ? "" : f->options->site;
    struct buf text;
    buf_init(&text, LIMIT_CHARTER);
    int rc = 0;
    if (strlen(f->options->name) > LIMIT_NAME || f->options->name[0] == '\0')
        rc = ctx_error(ctx, MIMEO_EUSAGE, "a publisher's name has 1 to %d bytes", LIMIT_NAME);
    else if (strlen(site) > LIMIT_URL)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "the site's address is over %d bytes", LIMIT_URL);
    if (rc == 0) {
        c->version = 1;
        strcpy(c->name, f->options->name);
        strcpy(c->site, site);
        c->root = (struct role){.threshold = 1, .count = 1};
        c->root.keys[0] = *secret_key_public(f->root);
        c->publish = (struct role){.threshold = 1, .count = 1};
        c->publish.keys[0] = *secret_key_public(f->publish);
        c->signer_count = 1;
        c->signers[0] = c->root.keys[0];
        rc = charter_write_text(&text, ctx, c);
    }
    const struct secret_key *keys[] = {f->root};
    if (rc == 0)
        rc = note_sign(&f->note, ctx, buf_view(&text), keys, 1);
    if (rc == 0)
        rc = charter_parse(&f->charter, ctx, "the new charter", buf_view(&f->note));
    buf_dispose(&text);
    free(c);
    return rc;
}

static int write_key(mimeo_ctx *ctx, const char *path, enum key_role role, const struct secret_key *key,
                     const struct mimeo_passphrase_source *source, const char *what)
{
    struct passphrase p = {NULL, 0};
    int rc = passphrase_ask(&p, ctx, source, what, true);
    if (rc == 0)
        rc = keyfile_write(ctx, path, role, key, &p, KEY_COST_NORMAL);
    passphrase_dispose(&p);
    return rc;
}

static int make_parent(mimeo_ctx *ctx, const char *path)
{
    char *parent = path_parent(path);
    int rc = parent == NULL ? ctx_error_nomem(ctx) : dir_make(ctx, parent, 0700);
    free(parent);
    return rc;
}

/* Both key files or none. */
static int write_keys(struct founding *f, mimeo_ctx *ctx)
{
    const struct mimeo_init_options *o = f->options;
    int rc = make_parent(ctx, f->publish_path);
    if (rc == 0)
        rc = write_key(ctx, o->root_key, KEY_ROOT, f->root, &o->root_passphrase, "the root key");
    if (rc < 0)
        return rc;
    rc = write_key(ctx, f->publish_path, KEY_PUBLISH, f->publish, &o->publish_passphrase,
                   "the publishing key");
    if (rc < 0)
        unlink(o->root_key);
    return rc;
}

/* A session of the new mirror, which has nothing yet to be opened by publisher_open. */
static int open_new(struct mimeo_publisher *p, mimeo_ctx *ctx, struct founding *f, const char *path)
{
    static char *none[] = {NULL};
    struct bundle_writer_options w = {0};
    p->key_lock = -1;
    p->key = f->publish;
    p->key_path = f->publish_path;
    p->next_by = f->options->next_by > 0 ? f->options->next_by : NEXT_BY_DEFAULT;
    buf_init(&p->head_note, LIMIT_HEADER);
    p->mirrors = f->options->mirrors != NULL ? (char **)(uintptr_t)f->options->mirrors : none;
    int rc = charter_chain_add(&p->mirror->chain, ctx, &f->charter, NULL);
    if (rc == 0)
        rc = mirror_writer_open(&p->writer, ctx, path, true);
    if (rc == 0)
        rc = bundle_writer_new(&p->bundle, ctx, &w);
    char *catalog = path_join(path, ".git/mimeo/catalog.sqlite");
    if (rc == 0)
        rc = catalog == NULL ? ctx_error_nomem(ctx) : catalog_open(&p->catalog, ctx, catalog);
    free(catalog);
    return rc;
}

/* A collected charter's key may have a journal: of this very run, killed before its bundle was in place, or of
 * another directory; bundle 1 is never signed twice. */
static int sign_first(struct mimeo_publisher *p, mimeo_ctx *ctx)
{
    struct mimeo_publish_result result = {0};
    struct journal j;
    struct buf file;
    struct view text, payload;
    int rc = journal_read(&j, ctx, p->key_path);
    if (rc == MIMEO_ENOTFOUND)
        return edition_finish(p, ctx, true, &result);
    if (rc == 0)
        rc = pending_read(&file, &text, &payload, p, ctx);
    if (rc == 1) {
        struct hash h = hash_of(text);
        rc = hash_equal(&h, &j.hash) ? edition_sign_and_commit(p, ctx, text, payload) : 0;
        buf_dispose(&file);
        if (rc < 0 || p->head.seq == 1)
            return rc;
    }
    return rc < 0 ? rc
                  : ctx_error(ctx, MIMEO_ECONFLICT,
                              "the journal beside '%s' says that this key has signed bundle %llu: a mirror was made with it "
                              "already; go on in that one", p->key_path, (unsigned long long)j.seq);
}

/* Bundle 1 is empty: a head to pin, and the promise of the next. */
static int first_bundle(struct founding *f, mimeo_ctx *ctx, const char *path)
{
    struct mimeo_publisher *p = calloc(1, sizeof(*p));
    mimeo_mirror *m = calloc(1, sizeof(*m));
    int rc = p == NULL || m == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0) {
        p->mirror = m;
        rc = open_new(p, ctx, f, path);
        if (rc == 0)
            rc = sign_first(p, ctx);
        /* What is the founding's stays the founding's. */
        p->key = NULL;
        p->key_path = NULL;
        p->mirrors = NULL;
        p->mirror = NULL;
        charter_chain_dispose(&m->chain);
        mimeo_publisher_free(p);
        p = NULL;
    }
    free(p);
    free(m);
    return rc;
}

static int pin_own(struct founding *f, mimeo_ctx *ctx, const struct hash *publisher, const char *path)
{
    struct trust_store s;
    int rc = trust_store_open(&s, ctx, f->options->library);
    if (rc < 0)
        return rc;
    struct pin pin = {.publisher = *publisher, .state = MIMEO_PIN_OWN, .since = ctx_now(ctx)};
    strcpy(pin.petname, f->name);
    /* Two publishers of one's own may well have one name: the second is known by its ID as well. */
    if (trust_petname_check(&s, ctx, pin.petname, publisher) < 0) {
        char hex[HASH_HEX_LEN + 1];
        hash_format(hex, publisher);
        size_t keep = strlen(pin.petname) > 150 ? 150 : strlen(pin.petname);
        pin.petname[keep] = '\0';
        hex[8] = '\0';
        strcat(pin.petname, " ");
        strcat(pin.petname, hex);
    }
    rc = trust_pin_write(&s, ctx, &pin);
    trust_store_close(&s);
    mimeo_mirror *m;
    if (rc == 0 && (rc = mimeo_mirror_open(&m, ctx, path, f->options->library)) == 0)
        mimeo_mirror_free(m); /* which remembers its head */
    return rc;
}

static int refuse_bad_mirrors(mimeo_ctx *ctx, const char *const *mirrors)
{
    for (size_t i = 0; mirrors != NULL && mirrors[i] != NULL; i++)
        if (i >= LIMIT_MIRRORS || strlen(mirrors[i]) > LIMIT_URL)
            return ctx_error(ctx, MIMEO_EUSAGE, "at most %d mirrors, each of at most %d bytes", LIMIT_MIRRORS,
                             LIMIT_URL);
    return 0;
}

/* Two new keys, and the charter that they make. */
static int found_alone(struct founding *f, mimeo_ctx *ctx, const char *path)
{
    const struct mimeo_init_options *o = f->options;
    int rc = refuse_existing(ctx, o->root_key);
    if (rc == 0)
        rc = refuse_inside(ctx, path, o->root_key);
    if (rc == 0)
        rc = secret_key_generate(&f->root, ctx);
    if (rc == 0)
        rc = secret_key_generate(&f->publish, ctx);
    if (rc == 0)
        rc = write_charter(f, ctx);
    if (rc == 0 && o->publish_key != NULL)
        rc = (f->publish_path = strdup(o->publish_key)) == NULL ? ctx_error_nomem(ctx) : 0;
    else if (rc == 0)
        rc = path_publish_key(&f->publish_path, ctx, &f->charter.hash);
    if (rc == 0)
        rc = refuse_existing(ctx, f->publish_path);
    if (rc == 0)
        rc = refuse_inside(ctx, path, f->publish_path);
    return rc == 0 ? write_keys(f, ctx) : rc;
}

static int check_collected(struct founding *f, mimeo_ctx *ctx)
{
    const char *file = f->options->charter;
    struct charter_chain alone = {.count = 0};
    struct charter *c = calloc(1, sizeof(*c));
    int rc = c == NULL ? ctx_error_nomem(ctx) : charter_parse(c, ctx, file, buf_view(&f->note));
    if (rc == 0 && c->version != 1)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' is charter %u: a publisher begins with charter 1", file, c->version);
    if (rc == 0 && c->publish.threshold != 1)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' wants %u keys to sign each bundle, and this mimeo signs with one", file,
                       c->publish.threshold);
    if (rc == 0)
        rc = charter_chain_add(&alone, ctx, c, NULL); /* its signatures */
    charter_chain_dispose(&alone);
    charter_dispose(c);
    free(c);
    return rc == 0 ? charter_parse(&f->charter, ctx, file, buf_view(&f->note)) : rc;
}

/* A charter that root keys signed elsewhere, and one of its publishing keys. */
static int found_collected(struct founding *f, mimeo_ctx *ctx, const char *path)
{
    const struct mimeo_init_options *o = f->options;
    if (o->publish_key == NULL)
        return ctx_error(ctx, MIMEO_EUSAGE, "--key is missing: the publishing key that the charter names");
    buf_dispose(&f->note);
    int rc = file_read(&f->note, ctx, o->charter, LIMIT_CHARTER);
    if (rc == 0)
        rc = check_collected(f, ctx);
    if (rc == 0)
        rc = (f->publish_path = strdup(o->publish_key)) == NULL ? ctx_error_nomem(ctx) : 0;
    if (rc == 0)
        rc = refuse_inside(ctx, path, f->publish_path);
    if (rc == 0)
        rc = key_load(&f->publish, ctx, f->publish_path, KEY_PUBLISH, &o->publish_passphrase);
    if (rc == 0 && !role_has(&f->charter.publish, secret_key_public(f->publish)))
        rc = ctx_error(ctx, MIMEO_EUSAGE, "'%s' is none of the charter's publishing keys: use one that is", o->publish_key);
    return rc;
}

int mimeo_init(mimeo_ctx *ctx, const char *path, const struct mimeo_init_options *options,
               struct mimeo_init_result *result)
{
    struct founding f = {.options = options};
    buf_init(&f.note, LIMIT_CHARTER);
    int rc = refuse_bad_mirrors(ctx, options->mirrors);
    if (rc == 0)
        rc = options->charter != NULL ? found_collected(&f, ctx, path) : found_alone(&f, ctx, path);
    struct hash publisher = f.charter.hash;
    memcpy(f.name, f.charter.name, sizeof(f.name));
    if (rc == 0) {
        rc = first_bundle(&f, ctx, path);
        if (rc < 0 && options->charter == NULL) { /* nothing was published with them: leave nothing behind */
            unlink(options->root_key);
            unlink(f.publish_path);
        }
    }
    if (rc == 0)
        rc = pin_own(&f, ctx, &publisher, path);
    if (rc == 0) {
        hash_format(result->publisher, &publisher);
        fingerprint_format(result->digits, &publisher);
        strncpy(result->publish_key, f.publish_path, sizeof(result->publish_key) - 1);
        result->publish_key[sizeof(result->publish_key) - 1] = '\0';
    }
    founding_dispose(&f);
    return rc;
}
