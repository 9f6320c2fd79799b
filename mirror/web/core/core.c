/*
 * Starting, files, opening mirrors and saying what they are.
 */
#include "core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mimeo/key.h>

#include "base/sniff.h"
#include "site.h"

mimeo_ctx *core_ctx;
struct buf core_buf;
static struct core_mirror mirrors[CORE_MIRRORS];
static struct packs *gathered;
static char last_name[SYSTEM_NAME_MAX + 1]; /* of what was gathered */
static bool last_sealed;

/* ---- the answer ---- */

CORE_EXPORT(core_out) const uint8_t *core_out(void)
{
    return core_buf.ptr;
}

CORE_EXPORT(core_out_len) size_t core_out_len(void)
{
    return core_buf.len;
}

CORE_EXPORT(core_message) const char *core_message(void)
{
    return core_ctx == NULL ? "out of memory" : mimeo_ctx_message(core_ctx);
}

CORE_EXPORT(core_error_name) const char *core_error_name(int code)
{
    return mimeo_error_name(code);
}

CORE_EXPORT(core_verdict_of_code) const char *core_verdict_of_code(int code)
{
    return mimeo_verdict_name(mimeo_verdict_of_code(code));
}

struct buf *core_begin(void)
{
    if (core_buf.cap > 4 * MIB) /* the last answer was a large one */
        buf_dispose(&core_buf);
    if (core_buf.max == 0)
        buf_init(&core_buf, CORE_OUT_MAX);
    buf_clear(&core_buf);
    return &core_buf;
}

int core_end(int rc)
{
    if (rc == 0 && buf_status(&core_buf) < 0)
        return buf_status(&core_buf) == MIMEO_ENOMEM ? ctx_error_nomem(core_ctx)
                                                     : ctx_error(core_ctx, MIMEO_EFAIL, "the answer is too large: ask for less");
    return rc;
}

/* ---- starting ---- */

static void on_progress(const char *what, uint64_t done, uint64_t total, const char *unit, void *payload)
{
    (void)what;
    (void)unit;
    (void)payload;
    host_progress((double)done, (double)total);
}

CORE_EXPORT(core_start) int core_start(void)
{
    int rc = core_ctx == NULL ? mimeo_ctx_new(&core_ctx) : 0;
    if (rc == 0)
        mimeo_ctx_set_progress(core_ctx, on_progress, NULL);
    return rc;
}

/* ---- files ---- */

CORE_EXPORT(core_file_add) int core_file_add(const char *name, int file, double size)
{
    if (!(size >= 0 && size < 9e15))
        return ctx_error(core_ctx, MIMEO_EUSAGE, "'%s' has no size", name);
    if (strcmp(name, CORE_LIBRARY) == 0)
        return ctx_error(core_ctx, MIMEO_EUSAGE, "'%s' is no name for a file here", name);
    int error = system_add_file(name, file, (uint64_t)size);
    return error == 0 ? 0 : ctx_error(core_ctx, MIMEO_EUSAGE, "'%s' cannot be opened under that name", name);
}

CORE_EXPORT(core_file_remove) void core_file_remove(const char *name)
{
    if (strcmp(name, CORE_LIBRARY) != 0)
        system_remove(name);
}

/* What a file is, by its first bytes. */
CORE_EXPORT(core_sniff) const char *core_sniff(const uint8_t *front, size_t len)
{
    return sniff_kind_name(sniff(view_of(front, len)).kind);
}

/* ---- mirrors ---- */

struct core_mirror *core_mirror_get(int handle)
{
    if (handle >= 0 && handle < CORE_MIRRORS && mirrors[handle].m != NULL)
        return &mirrors[handle];
    ctx_error(core_ctx, MIMEO_ENOTFOUND, "nothing of this publisher is open here");
    return NULL;
}

void core_forget_list(struct core_mirror *c)
{
    free(c->places);
    free(c->listed);
    c->places = NULL;
    c->listed = NULL;
    c->place_count = 0;
}

static void close_all(void)
{
    for (int i = 0; i < CORE_SITE; i++) {
        core_forget_list(&mirrors[i]);
        mimeo_mirror_free(mirrors[i].m);
        mirrors[i].m = NULL;
    }
}

static int give_passphrase(const char *what, bool confirm, char *out, size_t *len, void *payload)
{
    const char *passphrase = payload;
    (void)what;
    (void)confirm;
    *len = strlen(passphrase);
    if (*len > MIMEO_PASSPHRASE_MAX)
        return ctx_error(core_ctx, MIMEO_EPASSPHRASE, "a passphrase has 1 to %d bytes", MIMEO_PASSPHRASE_MAX);
    memcpy(out, passphrase, *len);
    return 0;
}

/* Gather files anew: what is open stays until core_files_open. */
CORE_EXPORT(core_files_begin) int core_files_begin(void)
{
    packs_free(gathered);
    gathered = NULL;
    return packs_new(&gathered, core_ctx);
}

/* `passphrase`: "" for none.  MIMEO_EPASSPHRASE: it needs one, or another. */
CORE_EXPORT(core_files_add) int core_files_add(const char *name, const char *passphrase)
{
    struct mimeo_passphrase_source source = {give_passphrase, (void *)passphrase};
    if (gathered == NULL)
        return ctx_error(core_ctx, MIMEO_EUSAGE, "no files are being gathered");
    mimeo_ctx_set_passphrase(core_ctx, passphrase[0] == '\0' ? NULL : &source);
    int rc = packs_add(gathered, core_ctx, name);
    mimeo_ctx_set_passphrase(core_ctx, NULL);
    if (rc == 0) {
        last_sealed = passphrase[0] != '\0';
        snprintf(last_name, sizeof(last_name), "%s", name);
    }
    return rc;
}

static int open_publisher(int handle, size_t n)
{
    struct store *store;
    int rc = packs_store(&store, core_ctx, gathered, n, 0);
    return rc < 0 ? rc : mirror_open_store(&mirrors[handle].m, core_ctx, store, CORE_LIBRARY, MIRROR_STRANGE);
}

static void put_opened(struct buf *b, int handle, const struct hash *publisher, int rc)
{
    char hex[HASH_HEX_LEN + 1] = "";
    if (publisher != NULL)
        hash_format(hex, publisher);
    put_open(b, NULL, '{');
    put_string(b, "publisher", hex);
    put_number(b, "handle", (uint64_t)handle);
    put_string(b, "code", rc < 0 ? mimeo_error_name(rc) : "");
    put_string(b, "verdict", mimeo_verdict_name(mimeo_verdict_of_code(rc)));
    put_string(b, "message", rc < 0 ? mimeo_ctx_message(core_ctx) : "");
    put_close(b, '}');
}

/* Each publisher that the files name; true where all of them could be opened. */
static bool open_each(struct buf *b)
{
    bool all = true;
    for (size_t n = 0; n == 0 || packs_publisher(gathered, n) != NULL; n++) {
        int rc = n < CORE_SITE ? open_publisher((int)n, n)
                                  : ctx_error(core_ctx, MIMEO_EUSAGE, "more than %d publishers are open: open fewer files",
                                              CORE_SITE);
        put_opened(b, n < CORE_SITE ? (int)n : 0, packs_publisher(gathered, n), rc);
        all = all && rc == 0;
    }
    return all;
}

/* One file whose publishers cannot all be opened is judged as a whole, as `mimeo verify` does: what is of another in it
 * may be a forgery. */
static void open_whole(struct buf *b)
{
    close_all();
    buf_clear(b);
    put_open(b, NULL, '[');
    int rc = mimeo_mirror_open(&mirrors[0].m, core_ctx, last_name, CORE_LIBRARY);
    put_opened(b, 0, packs_publisher(gathered, 0), rc);
}

/* Open what was gathered in place of what was open: an array, one entry a publisher. */
CORE_EXPORT(core_files_open) int core_files_open(void)
{
    if (gathered == NULL)
        return ctx_error(core_ctx, MIMEO_EUSAGE, "no files are being gathered");
    close_all();
    size_t count = packs_files(gathered);
    int rc = count > 0 ? packs_index(gathered, core_ctx) : 0;
    struct buf *b = core_begin();
    put_open(b, NULL, '[');
    if (rc == 0 && count > 0 && !open_each(b) && count == 1 && !last_sealed)
        open_whole(b);
    put_close(b, ']');
    packs_free(gathered);
    gathered = NULL;
    return core_end(rc);
}

/* Open one file by itself and close it again: the code that it fails with. */
CORE_EXPORT(core_try) int core_try(const char *name)
{
    mimeo_mirror *m;
    int rc = mimeo_mirror_open(&m, core_ctx, name, CORE_LIBRARY);
    if (rc == 0)
        mimeo_mirror_free(m);
    return rc;
}

int core_open_again(struct core_mirror *c)
{
    struct store *store = c->m->store;
    core_forget_list(c);
    c->m->store = NULL;
    mimeo_mirror_free(c->m);
    c->m = NULL;
    int rc = mirror_open_store(&c->m, core_ctx, store, CORE_LIBRARY, MIRROR_STRANGE);
    return rc == 0 && c->site != NULL ? core_check_site(c) : rc;
}

/* Judge it again, since a pin is another. */
CORE_EXPORT(core_judge_again) int core_judge_again(int handle)
{
    struct core_mirror *c = core_mirror_get(handle);
    return c == NULL ? MIMEO_ENOTFOUND : core_open_again(c);
}

/* The mirror that the page came from: its handle. */
CORE_EXPORT(core_site) int core_site(const char *label)
{
    struct core_mirror *c = &mirrors[CORE_SITE];
    struct store *store;
    core_forget_list(c);
    mimeo_mirror_free(c->m);
    *c = (struct core_mirror){.m = NULL};
    int rc = site_open(&c->site, core_ctx);
    if (rc == 0)
        rc = store_of_backend(&store, core_ctx, c->site, label);
    if (rc == 0)
        rc = mirror_open_store(&c->m, core_ctx, store, CORE_LIBRARY, MIRROR_STRANGE);
    if (rc == 0)
        rc = core_check_site(c);
    return rc < 0 ? rc : CORE_SITE;
}

static void put_link(struct buf *b, const mimeo_mirror *m)
{
    char *link;
    if (mimeo_mirror_link(&link, m, core_ctx) < 0) {
        put_string(b, "link", "");
        return;
    }
    put_string(b, "link", link);
    free(link);
}

void core_put_state(struct buf *b, const char *key, const struct core_mirror *c)
{
    struct mimeo_mirror_state s;
    mimeo_mirror_get_state(c->m, &s);
    uint64_t older = c->site != NULL ? site_older(c->site) : 0; /* not looked at yet, so not missing */
    if (s.first_missing > 0 && s.last_missing <= older)
        s.first_missing = s.last_missing = 0;
    s.missing -= older < s.missing ? older : s.missing;
    if (c->fault > s.verdict) {
        s.verdict = c->fault;
        s.reason = c->words;
    }
    put_open(b, key, '{');
    put_string(b, "publisher", s.publisher);
    put_string(b, "digits", s.digits);
    put_link(b, c->m);
    put_string(b, "name", s.name);
    put_string(b, "site", s.site);
    put_string(b, "pin", mimeo_pin_state_name(s.pin));
    put_string(b, "petname", s.petname);
    put_bool(b, "nameTaken", s.name_taken);
    put_number(b, "charterVersion", s.charter_version);
    put_number(b, "headSeq", s.head_seq);
    put_string(b, "headHash", s.head_hash);
    put_time(b, "headTime", s.head_seq > 0, s.head_time);
    put_time(b, "headNextBy", s.head_seq > 0, s.head_next_by);
    put_number(b, "knownSeq", s.known_seq);
    put_number(b, "held", s.bundles_held);
    put_number(b, "missing", s.missing);
    put_number(b, "older", older);
    put_number(b, "firstMissing", s.first_missing);
    put_number(b, "lastMissing", s.last_missing);
    put_number(b, "archiveRecords", s.archive_records);
    put_number(b, "archiveBytes", s.archive_bytes);
    put_bool(b, "late", s.late);
    put_string(b, "verdict", mimeo_verdict_name(s.verdict));
    put_string(b, "reason", s.reason);
    put_string(b, "remark", s.remark);
    core_put_parts(b, "parts", c->m->store);
    put_close(b, '}');
}

CORE_EXPORT(core_state) int core_state(int handle)
{
    struct core_mirror *c = core_mirror_get(handle);
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    core_put_state(core_begin(), NULL, c);
    return core_end(0);
}
