/*
 * Starting, files, opening mirrors and saying what they are.
 */
#include "core.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/object.h"
#include "trust/header.h"

mimeo_ctx *core_ctx;
struct buf core_buf;
static struct core_mirror mirrors[CORE_MIRRORS];

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

/* Open `name`: its handle, or a negative code. */
CORE_EXPORT(core_open) int core_open(const char *name)
{
    int handle = 0;
    while (handle < CORE_MIRRORS && mirrors[handle].m != NULL)
        handle++;
    if (handle == CORE_MIRRORS)
        return ctx_error(core_ctx, MIMEO_EUSAGE, "more than %d publishers are open: close some", CORE_MIRRORS);
    int rc = mimeo_mirror_open(&mirrors[handle].m, core_ctx, name, CORE_LIBRARY);
    return rc < 0 ? rc : handle;
}

CORE_EXPORT(core_close) void core_close(int handle)
{
    struct core_mirror *c = core_mirror_get(handle);
    if (c == NULL)
        return;
    core_forget_list(c);
    mimeo_mirror_free(c->m);
    c->m = NULL;
}

/* Judge it again, since a pin is another; what is indexed of it stays. */
CORE_EXPORT(core_judge_again) int core_judge_again(int handle)
{
    struct core_mirror *c = core_mirror_get(handle);
    if (c == NULL)
        return MIMEO_ENOTFOUND;
    struct store *store = c->m->store;
    core_forget_list(c);
    c->m->store = NULL;
    mimeo_mirror_free(c->m);
    c->m = NULL;
    return mirror_open_store(&c->m, core_ctx, store, CORE_LIBRARY, MIRROR_STRANGE);
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
    put_number(b, "firstMissing", s.first_missing);
    put_number(b, "lastMissing", s.last_missing);
    put_number(b, "archiveRecords", s.archive_records);
    put_number(b, "archiveBytes", s.archive_bytes);
    put_bool(b, "late", s.late);
    put_string(b, "verdict", mimeo_verdict_name(s.verdict));
    put_string(b, "reason", s.reason);
    put_string(b, "remark", s.remark);
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

/* ---- whose is a file, as it says itself? ---- */

/* A hint, to put the files of one publisher together: nothing is believed for it. */
static int claimed_publisher(char hex[HASH_HEX_LEN + 1], const struct prefix *p, struct view note_bytes)
{
    struct note *note = calloc(1, sizeof(*note));
    struct header *h = calloc(1, sizeof(*h));
    struct charter c;
    int rc = note == NULL || h == NULL ? MIMEO_ENOMEM : 0;
    if (rc == 0 && p->kind == OBJECT_CHARTER) {
        rc = charter_parse(&c, NULL, "", note_bytes);
        if (rc == 0 && c.version == 1)
            hash_format(hex, &c.hash);
        else if (rc == 0)
            rc = MIMEO_ENOTFOUND;
        charter_dispose(rc == 0 || rc == MIMEO_ENOTFOUND ? &c : NULL);
    } else if (rc == 0) {
        rc = header_parse(h, note, NULL, "", note_bytes);
        if (rc == 0)
            hash_format(hex, &h->publisher);
    }
    free(note);
    free(h);
    return rc;
}

/* The objects at the front of a file, up to the first that names its publisher. */
#define CLAIM_OBJECTS_MAX 10000

CORE_EXPORT(core_claim) int core_claim(int file, double size)
{
    uint8_t bytes[PREFIX_LEN + LIMIT_CHARTER];
    char hex[HASH_HEX_LEN + 1];
    struct prefix p;
    double offset = 0;
    for (int i = 0; i < CLAIM_OBJECTS_MAX && offset < size; i++) {
        int got = host_read(file, offset, bytes, sizeof(bytes));
        if (got < PREFIX_LEN || prefix_parse(&p, NULL, "", view_of(bytes, PREFIX_LEN)) < 0)
            break;
        bool has_note = p.kind == OBJECT_CHARTER || p.kind == OBJECT_HEADER || p.kind == OBJECT_BUNDLE;
        if (has_note && (size_t)got >= PREFIX_LEN + p.header_len &&
            claimed_publisher(hex, &p, view_of(bytes + PREFIX_LEN, p.header_len)) == 0) {
            buf_append_str(core_begin(), hex);
            return core_end(0);
        }
        offset += (double)p.total_len;
    }
    return ctx_error(core_ctx, MIMEO_ENOTFOUND, "no publisher is named");
}
