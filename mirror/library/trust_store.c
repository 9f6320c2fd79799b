/*
 * The trust files.  All of them are our own, yet a stick may have been in strange hands: they are
 * parsed as strictly as anything from outside, and a pin that does not parse is an error, never
 * "not pinned": losing a pin silently would make a forgery look new.
 */
#include "library/trust_store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "library/paths.h"
#include "store/store.h"

#define PIN_MAX ((size_t)2048)
#define LOCK_SECONDS 5
#define PUBLISHERS_MAX ((size_t)100000)

int trust_store_open(struct trust_store *out, mimeo_ctx *ctx, const char *library)
{
    struct trust_store s = {NULL, -1};
    int rc = path_library(&s.path, ctx, library);
    if (rc < 0)
        return rc;
    char *dir = path_join(s.path, "trust");
    if (dir == NULL) {
        free(s.path);
        return ctx_error_nomem(ctx);
    }
    rc = dir_open(ctx, dir);
    free(dir);
    if (rc < 0 && rc != MIMEO_ENOTFOUND) {
        free(s.path);
        return rc;
    }
    s.fd = rc < 0 ? -1 : rc;
    *out = s;
    return 0;
}

void trust_store_close(struct trust_store *s)
{
    if (s == NULL || s->path == NULL)
        return;
    if (s->fd >= 0)
        close(s->fd);
    free(s->path);
    *s = (struct trust_store){NULL, -1};
}

int trust_store_make(struct trust_store *s, mimeo_ctx *ctx)
{
    if (s->fd >= 0)
        return 0;
    char *dir = path_join(s->path, "trust");
    if (dir == NULL)
        return ctx_error_nomem(ctx);
    int rc = dir_make(ctx, dir, 0700);
    if (rc == 0)
        rc = dir_open(ctx, dir);
    free(dir);
    if (rc < 0)
        return rc;
    s->fd = rc;
    return 0;
}

struct name {
    char text[256];
};

static struct name name_of(const struct hash *publisher, const char *rest)
{
    struct name n;
    hash_format(n.text, publisher);
    n.text[HASH_HEX_LEN] = '/';
    strncpy(n.text + HASH_HEX_LEN + 1, rest, sizeof(n.text) - HASH_HEX_LEN - 2);
    n.text[sizeof(n.text) - 1] = '\0';
    return n;
}

/* 1 and *out (initialised), 0 where there is none. */
static int read_file(struct buf *out, const struct trust_store *s, mimeo_ctx *ctx, const char *name,
                     size_t max)
{
    if (s->fd < 0)
        return 0;
    struct file_bytes file;
    int rc = file_load_at(&file, ctx, s->fd, name, max, false);
    if (rc == MIMEO_ENOTFOUND)
        return 0;
    if (rc < 0)
        return ctx_error_prefix(ctx, rc, "%s/trust", s->path);
    struct buf b;
    buf_init(&b, max);
    rc = buf_append_view(&b, file.view);
    file_unload(&file);
    if (rc < 0) {
        buf_dispose(&b);
        return ctx_error_nomem(ctx);
    }
    *out = b;
    return 1;
}

static int sweep(const struct trust_store *s, mimeo_ctx *ctx, const char *name)
{
    int fd = dir_open_beneath(ctx, s->fd, name);
    if (fd < 0)
        return fd == MIMEO_ENOTFOUND ? 0 : fd;
    int rc = dir_remove_stale(ctx, fd);
    close(fd);
    return rc;
}

int trust_sweep(const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher)
{
    char hex[HASH_HEX_LEN + 1];
    if (s->fd < 0)
        return 0;
    hash_format(hex, publisher);
    int rc = sweep(s, ctx, hex);
    if (rc == 0)
        rc = sweep(s, ctx, name_of(publisher, "charter").text);
    return rc == 0 ? sweep(s, ctx, name_of(publisher, "conflict").text) : rc;
}

/* ---- pins ---- */

const char *mimeo_pin_state_name(enum mimeo_pin_state s)
{
    switch (s) {
    case MIMEO_PIN_FIRST_USE: return "first-use";
    case MIMEO_PIN_SHIPPED: return "shipped";
    case MIMEO_PIN_VERIFIED: return "verified";
    case MIMEO_PIN_OWN: return "own";
    case MIMEO_PIN_NONE: break;
    }
    return "unknown";
}

/* "shipped" is never written: it is what a publisher is without a pin. */
static bool state_parse(struct view v, enum mimeo_pin_state *out)
{
    for (int s = MIMEO_PIN_FIRST_USE; s <= MIMEO_PIN_OWN; s++)
        if (s != MIMEO_PIN_SHIPPED && view_equal_str(v, mimeo_pin_state_name((enum mimeo_pin_state)s))) {
            *out = (enum mimeo_pin_state)s;
            return true;
        }
    return false;
}

/* "keyword value": the value, or false. */
static bool take_line(struct cursor *c, const char *keyword, struct view *value)
{
    struct cursor at = *c;
    if (!cursor_skip(&at, keyword) || !cursor_skip(&at, " ") || !cursor_line(&at, value))
        return false;
    *c = at;
    return true;
}

/* "number hash", or "-" for none. */
static bool parse_floor(struct view v, uint64_t max, uint64_t *number, struct hash *hash)
{
    *number = 0;
    if (view_equal_str(v, "-"))
        return true;
    struct cursor c = cursor_of(v);
    struct view n;
    return cursor_until(&c, ' ', &n) && parse_decimal(n, max, number) && *number > 0 &&
           hash_parse(view_of(c.ptr, c.left), hash);
}

static bool pin_parse(struct pin *out, struct view bytes)
{
    struct cursor c = cursor_of(bytes);
    struct view v;
    uint64_t number;
    struct pin p = {0};
    if (!cursor_skip(&c, "mimeo pin 1\n"))
        return false;
    if (!take_line(&c, "publisher", &v) || !hash_parse(v, &p.publisher))
        return false;
    if (!take_line(&c, "state", &v) || !state_parse(v, &p.state))
        return false;
    char why[96];
    if (!take_line(&c, "petname", &v) || v.len > MIMEO_PETNAME_MAX ||
        text_line_fault(v, why, sizeof(why)) != NULL)
        return false;
    memcpy(p.petname, v.ptr, v.len);
    if (!take_line(&c, "since", &v) || !time_parse(v, &p.since))
        return false;
    if (!take_line(&c, "floor-charter", &v) || !parse_floor(v, UINT32_MAX, &number, &p.floor_charter))
        return false;
    p.floor_version = (uint32_t)number;
    if (!take_line(&c, "floor-head", &v) || !parse_floor(v, LIMIT_SEQ, &p.floor_seq, &p.floor_header))
        return false;
    if (c.left != 0)
        return false;
    *out = p;
    return true;
}

static void append_floor(struct buf *b, const char *keyword, uint64_t number, const struct hash *hash)
{
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, hash);
    if (number == 0)
        buf_appendf(b, "%s -\n", keyword);
    else
        buf_appendf(b, "%s %llu %s\n", keyword, (unsigned long long)number, hex);
}

int trust_pin_read(struct pin *out, const struct trust_store *s, mimeo_ctx *ctx,
                   const struct hash *publisher)
{
    struct pin p = {.publisher = *publisher, .state = MIMEO_PIN_NONE};
    struct name name = name_of(publisher, "pin");
    struct buf b;
    int rc = read_file(&b, s, ctx, name.text, PIN_MAX);
    if (rc > 0) {
        bool good = pin_parse(&p, buf_view(&b)) && hash_equal(&p.publisher, publisher);
        buf_dispose(&b);
        if (!good)
            return ctx_error(ctx, MIMEO_EMALFORMED,
                             "%s/trust/%s is damaged: it says whom you trust; restore it, or remove "
                             "it and pin the publisher again", s->path, name.text);
    }
    if (rc >= 0)
        *out = p;
    return rc;
}

int trust_pin_write(struct trust_store *s, mimeo_ctx *ctx, const struct pin *pin)
{
    int rc = trust_store_make(s, ctx);
    if (rc < 0)
        return rc;
    char hex[HASH_HEX_LEN + 1], since[21];
    hash_format(hex, &pin->publisher);
    time_format(since, pin->since);
    struct buf b;
    buf_init(&b, PIN_MAX);
    buf_appendf(&b, "mimeo pin 1\npublisher %s\nstate %s\npetname %s\nsince %s\n", hex,
                mimeo_pin_state_name(pin->state), pin->petname, since);
    append_floor(&b, "floor-charter", pin->floor_version, &pin->floor_charter);
    append_floor(&b, "floor-head", pin->floor_seq, &pin->floor_header);
    rc = buf_status(&b);
    if (rc < 0)
        rc = ctx_error_nomem(ctx);
    else
        rc = file_write_atomic(ctx, s->fd, name_of(&pin->publisher, "pin").text, buf_view(&b), 0600);
    buf_dispose(&b);
    return rc;
}

/* Remove every file of one directory below the publisher's, then the directory. */
struct removal {
    mimeo_ctx *ctx;
    int fd;
};

static int remove_one(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct removal *r = payload;
    if (unlinkat(r->fd, name, 0) < 0 && unlinkat(r->fd, name, AT_REMOVEDIR) < 0)
        return ctx_error_errno(r->ctx, MIMEO_EIO, "cannot remove '%s'", name);
    return 0;
}

static int remove_directory(const struct trust_store *s, mimeo_ctx *ctx, const char *name)
{
    int fd = dir_open_beneath(ctx, s->fd, name);
    if (fd == MIMEO_ENOTFOUND)
        return 0;
    if (fd < 0)
        return fd;
    struct removal r = {ctx, fd};
    int rc = dir_each(ctx, fd, PUBLISHERS_MAX, remove_one, &r);
    close(fd);
    if (rc == 0 && unlinkat(s->fd, name, AT_REMOVEDIR) < 0)
        rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot remove '%s/trust/%s'", s->path, name);
    return rc;
}

int trust_pin_remove(struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher)
{
    if (s->fd < 0)
        return 0;
    /* The pin goes first: whatever is killed after it, the publisher is no longer trusted. */
    int rc = file_remove(ctx, s->fd, name_of(publisher, "pin").text);
    if (rc == 0)
        rc = remove_directory(s, ctx, name_of(publisher, "charter").text);
    if (rc == 0)
        rc = remove_directory(s, ctx, name_of(publisher, "conflict").text);
    char hex[HASH_HEX_LEN + 1];
    hash_format(hex, publisher);
    return rc == 0 ? remove_directory(s, ctx, hex) : rc;
}

struct pin_walk {
    const struct trust_store *store;
    mimeo_ctx *ctx;
    int (*fn)(const struct pin *pin, void *payload);
    void *payload;
};

static int pin_each_name(const char *name, unsigned char d_type, void *payload)
{
    (void)d_type;
    struct pin_walk *w = payload;
    struct hash publisher;
    if (!hash_parse(view_of_str(name), &publisher))
        return 0;
    struct pin pin;
    int rc = trust_pin_read(&pin, w->store, w->ctx, &publisher);
    return rc <= 0 ? rc : w->fn(&pin, w->payload);
}

int trust_pin_each(const struct trust_store *s, mimeo_ctx *ctx,
                   int (*fn)(const struct pin *pin, void *payload), void *payload)
{
    if (s->fd < 0)
        return 0;
    struct pin_walk walk = {s, ctx, fn, payload};
    return dir_each(ctx, s->fd, PUBLISHERS_MAX, pin_each_name, &walk);
}

bool pin_contradicts(const struct pin *pin, const struct charter_chain *chain)
{
    const struct charter *c = charter_chain_get(chain, pin->floor_version);
    return c != NULL && !hash_equal(&c->hash, &pin->floor_charter);
}

struct petname_search {
    const char *petname;
    const struct hash *publisher;
};

static int petname_is_other(const struct pin *pin, void *payload)
{
    const struct petname_search *q = payload;
    return !hash_equal(&pin->publisher, q->publisher) && strcasecmp(pin->petname, q->petname) == 0;
}

int trust_petname_check(const struct trust_store *s, mimeo_ctx *ctx, const char *petname,
                        const struct hash *publisher)
{
    struct view v = view_of_str(petname);
    char why[96];
    if (v.len == 0 || v.len > MIMEO_PETNAME_MAX)
        return ctx_error(ctx, MIMEO_EUSAGE, "a petname has 1 to %d bytes", MIMEO_PETNAME_MAX);
    if (text_line_fault(v, why, sizeof(why)) != NULL)
        return ctx_error(ctx, MIMEO_EUSAGE, "the petname '%s' %s: choose another", petname, why);
    struct petname_search q = {petname, publisher};
    int rc = trust_pin_each(s, ctx, petname_is_other, &q);
    if (rc > 0)
        return ctx_error(ctx, MIMEO_EEXISTS,
                         "you call another publisher '%s' already: give this one another name with "
                         "--petname", petname);
    return rc;
}

bool pin_is_kept(const struct pin *pin)
{
    return pin->state != MIMEO_PIN_NONE && pin->state != MIMEO_PIN_SHIPPED;
}

/* ---- heads ---- */

int trust_head_read(struct buf *note, const struct trust_store *s, mimeo_ctx *ctx,
                    const struct hash *publisher)
{
    return read_file(note, s, ctx, name_of(publisher, "head").text, LIMIT_HEADER);
}

/* Is the head that is kept the header `was`; or, for NULL, is there none? */
static int head_is(const struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher, const struct hash *was)
{
    struct buf b;
    int rc = trust_head_read(&b, s, ctx, publisher);
    if (rc <= 0)
        return rc < 0 ? rc : was == NULL;
    struct note *note = calloc(1, sizeof(*note));
    rc = note == NULL ? ctx_error_nomem(ctx) : note_parse(note, ctx, "the head kept in trust/", buf_view(&b), LIMIT_HEADER);
    bool same = rc == 0 && was != NULL && hash_equal(&note->text_hash, was);
    free(note);
    buf_dispose(&b);
    return rc < 0 ? rc : same;
}

int trust_head_write(struct trust_store *s, mimeo_ctx *ctx, const struct hash *publisher, const struct hash *was,
                     struct view note)
{
    int lock;
    int rc = trust_store_make(s, ctx);
    if (rc == 0)
        rc = file_lock(&lock, ctx, s->fd, "lock", LOCK_SECONDS);
    if (rc < 0)
        return rc;
    rc = head_is(s, ctx, publisher, was);
    if (rc == 1)
        rc = file_write_atomic(ctx, s->fd, name_of(publisher, "head").text, note, 0600);
    file_unlock(lock);
    return rc;
}

/* ---- charters ---- */

static struct name charter_name(const struct hash *publisher, uint32_t version)
{
    char name[STORE_NAME_MAX];
    store_name_charter(name, version);
    return name_of(publisher, name);
}

int trust_charters_read(struct charter_chain *chain, const struct trust_store *s, mimeo_ctx *ctx,
                        const struct hash *publisher)
{
    for (uint32_t version = 1; version <= LIMIT_CHARTERS; version++) {
        struct name name = charter_name(publisher, version);
        struct buf b;
        int rc = read_file(&b, s, ctx, name.text, LIMIT_CHARTER);
        if (rc <= 0)
            return rc;
        struct charter c;
        rc = charter_parse(&c, ctx, name.text, buf_view(&b));
        buf_dispose(&b);
        if (rc == 0) {
            rc = charter_chain_add(chain, ctx, &c, publisher);
            if (rc < 0)
                charter_dispose(&c);
        }
        if (rc < 0)
            return ctx_error_prefix(ctx, MIMEO_EMALFORMED, "%s/trust is damaged: restore it", s->path);
    }
    return 0;
}

int trust_charters_write(struct trust_store *s, mimeo_ctx *ctx, const struct charter_chain *chain)
{
    int rc = trust_store_make(s, ctx);
    for (uint32_t version = 1; rc == 0 && version <= chain->count; version++) {
        struct name name = charter_name(&chain->publisher, version);
        struct buf b;
        rc = read_file(&b, s, ctx, name.text, LIMIT_CHARTER);
        if (rc < 0)
            break;
        if (rc > 0) {
            buf_dispose(&b);
            rc = 0;
            continue;
        }
        const struct charter *c = charter_chain_get(chain, version);
        rc = file_write_atomic(ctx, s->fd, name.text, buf_view(&c->note), 0600);
    }
    return rc;
}
