/*
 * An export from end to end: options, the plan, and then file after file.
 *
 *     objects → [seal] → a file
 *                      → an entry of a zip
 *                      → base64 inside of the page
 *
 * Whatever fails, no file of the export is left: each is in place only when it is whole, and those that are go again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "library/export_form.h"
#include "library/passphrase.h"

#define PAGE_NAME "reader.html"

/* ---- options ---- */

static int check_page(const struct mimeo_export_options *o, mimeo_ctx *ctx)
{
    bool needs = o->with_reader || o->form == MIMEO_EXPORT_SINGLE_FILE;
    if (needs && (o->page == NULL || o->page_len == 0))
        return ctx_error(ctx, MIMEO_EFAIL, "this mimeo was built without the page: get " PAGE_NAME " from the project");
    return 0;
}

static int check_options(const struct mimeo_export_options *o, mimeo_ctx *ctx)
{
    bool to_stream = o->output != NULL && strcmp(o->output, "-") == 0;
    if (o->form != MIMEO_EXPORT_PACK && o->part_size > 0)
        return ctx_error(ctx, MIMEO_EUSAGE, "parts are packs: they do not go into a zip or a page");
    if (o->form == MIMEO_EXPORT_SINGLE_FILE && o->with_reader)
        return ctx_error(ctx, MIMEO_EUSAGE, "a single file is the page already");
    if (to_stream && (o->form == MIMEO_EXPORT_ZIP || o->with_reader))
        return ctx_error(ctx, MIMEO_EUSAGE, "a zip, or a page beside the pack, cannot be piped: name a file");
    return check_page(o, ctx);
}

static int check_place(const struct export *e, const struct export_place *p)
{
    struct stat a, b;
    if (p->dir >= 0 && fstat(p->dir, &a) == 0 && stat(store_path(e->m->store), &b) == 0 && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino)
        return ctx_error(e->ctx, MIMEO_EUSAGE, "that is the mirror's own directory: name a place outside of it");
    return 0;
}

/* ---- where it begins ---- */

static int load_top(struct export *e)
{
    mimeo_mirror *m = e->m;
    buf_init(&e->top_note, LIMIT_HEADER);
    if (m->anchor == NULL)
        return 0;
    struct buf kept;
    buf_init(&kept, LIMIT_HEADER);
    int rc = 1;
    struct view note = buf_view(&m->head_note);
    if (m->anchor != &m->head) {
        rc = trust_head_read(&kept, &m->trust, e->ctx, &m->pin.publisher);
        note = buf_view(&kept);
    }
    if (rc == 1) {
        e->top = malloc(sizeof(*e->top));
        rc = e->top == NULL || buf_append_view(&e->top_note, note) < 0 ? ctx_error_nomem(e->ctx) : 0;
        if (rc == 0)
            *e->top = *m->anchor;
    }
    buf_dispose(&kept);
    return rc;
}

static int plan(struct export *e)
{
    const struct mimeo_export_options *o = e->options;
    int rc = o->bundles == NULL ? 0 : export_ranges(&e->wanted, &e->wanted_count, e->ctx, o->bundles);
    if (rc == 0)
        rc = load_top(e);
    if (rc == 0)
        rc = export_choose(e);
    e->room = o->part_size == 0 ? UINT64_MAX / 2 : o->passphrase == NULL ? o->part_size : form_room(o->part_size);
    if (rc == 0)
        rc = export_plan(e);
    for (size_t i = 0; rc == 0 && i < e->part_count; i++)
        e->total += e->parts[i].len;
    return rc;
}

/* ---- files in place ---- */

struct placing {
    struct export *e;
    struct export_place place;
    char *name;        /* of the only file, or what the parts' names are made of */
    char **made;       /* names of files in place, for taking them away again */
    size_t made_count;
};

static int choose_name(struct placing *p)
{
    const struct mimeo_export_options *o = p->e->options;
    static const char *const endings[] = {".mimeo", ".zip", ".html"};
    bool silent = o->form == MIMEO_EXPORT_PACK && o->passphrase != NULL;
    char letters[9];
    export_random_name(letters, p->e->ctx);
    if (p->place.name != NULL)
        p->name = strdup(p->place.name);
    else if (asprintf(&p->name, "%s%s", letters, silent ? "" : endings[o->form]) < 0)
        p->name = NULL;
    return p->name == NULL ? ctx_error_nomem(p->e->ctx) : 0;
}

/* All names are looked at before anything is written. */
static int check_names(struct placing *p)
{
    struct export *e = p->e;
    int rc = 0;
    for (uint32_t i = 1; rc == 0 && !e->options->replace && p->place.dir >= 0 && i <= e->part_count; i++) {
        char *name;
        rc = export_part_name(&name, e->ctx, p->name, i, (uint32_t)e->part_count);
        if (rc == 0 && faccessat(p->place.dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            rc = ctx_error(e->ctx, MIMEO_EEXISTS, "'%s' is there already: choose another name", name);
        if (rc == 0)
            free(name);
    }
    return rc;
}

static int remember_made(struct placing *p, const char *name)
{
    char **grown = realloc(p->made, (p->made_count + 1) * sizeof(*grown));
    if (grown == NULL)
        return ctx_error_nomem(p->e->ctx);
    p->made = grown;
    p->made[p->made_count] = strdup(name);
    return p->made[p->made_count] == NULL ? ctx_error_nomem(p->e->ctx) : (p->made_count++, 0);
}

static void take_away(struct placing *p)
{
    for (size_t i = 0; i < p->made_count; i++)
        unlinkat(p->place.dir, p->made[i], 0);
}

static int commit(struct placing *p, struct export_output *out, const char *name, unsigned part)
{
    struct export *e = p->e;
    int rc = out->is_file ? remember_made(p, name) : 0;
    if (rc == 0 && (rc = export_output_commit(out, e->ctx)) < 0 && out->is_file)
        free(p->made[--p->made_count]);
    if (rc < 0)
        return rc;
    e->result->files++;
    e->result->bytes += out->len;
    struct mimeo_export_file file = {out->path, out->len, part, part == 0 ? 0 : (unsigned)e->part_count};
    if (e->options->written != NULL)
        e->options->written(&file, e->options->payload);
    return 0;
}

/* ---- one file ---- */

static int write_part(struct placing *p, const struct passphrase *passphrase, uint32_t number)
{
    struct export *e = p->e;
    struct export_output out;
    char *name;
    int rc = export_part_name(&name, e->ctx, p->name, number, (uint32_t)e->part_count);
    if (rc < 0)
        return rc;
    rc = export_output_open(&out, e->ctx, &p->place, name, e->options->replace);
    if (rc == 0) {
        rc = form_write(e, passphrase, number, &out);
        if (rc == 0)
            rc = commit(p, &out, name, number);
        export_output_dispose(&out);
    }
    free(name);
    return rc;
}

/* ---- the page beside the packs ---- */

static bool page_is_there(const struct placing *p)
{
    const struct mimeo_export_options *o = p->e->options;
    struct file_bytes f;
    if (file_load_at(&f, p->e->ctx, p->place.dir, PAGE_NAME, o->page_len, false) < 0)
        return false;
    bool same = view_equal(f.view, view_of(o->page, o->page_len));
    file_unload(&f);
    return same;
}

static bool page_is_wanted(const struct export *e)
{
    return e->options->with_reader && e->options->form == MIMEO_EXPORT_PACK;
}

static int check_page_name(const struct placing *p)
{
    const struct export *e = p->e;
    if (!page_is_wanted(e) || e->options->replace || faccessat(p->place.dir, PAGE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0 ||
        page_is_there(p))
        return 0;
    return ctx_error(e->ctx, MIMEO_EEXISTS, "another '" PAGE_NAME "' is there already: remove it, or name another place");
}

static int write_page(struct placing *p)
{
    struct export *e = p->e;
    struct export_output out;
    if (!page_is_wanted(e) || page_is_there(p))
        return 0;
    int rc = export_output_open(&out, e->ctx, &p->place, PAGE_NAME, e->options->replace);
    if (rc < 0)
        return rc;
    rc = export_output_put(&out, e->ctx, view_of(e->options->page, e->options->page_len));
    if (rc == 0)
        rc = commit(p, &out, PAGE_NAME, 0);
    export_output_dispose(&out);
    return rc;
}

/* ---- all of it ---- */

static int write_files(struct placing *p, const struct passphrase *passphrase)
{
    struct export *e = p->e;
    int rc = choose_name(p);
    if (rc == 0 && p->place.dir < 0 && e->part_count > 1)
        rc = ctx_error(e->ctx, MIMEO_EUSAGE, "these are %zu parts, which cannot be piped: name a file", e->part_count);
    if (rc == 0)
        rc = check_names(p);
    if (rc == 0)
        rc = check_page_name(p);
    for (uint32_t i = 1; rc == 0 && i <= e->part_count; i++)
        rc = write_part(p, passphrase, i);
    if (rc == 0)
        rc = write_page(p);
    if (rc < 0)
        take_away(p);
    return rc;
}

static int run(struct export *e)
{
    const struct mimeo_export_options *o = e->options;
    struct placing p = {.e = e, .place = {.dir = -1, .fd = -1}};
    struct passphrase passphrase = {NULL, 0};
    int rc = check_options(o, e->ctx);
    if (rc == 0)
        rc = export_place_open(&p.place, e->ctx, o->output, o->fd, true);
    if (rc == 0)
        rc = check_place(e, &p.place);
    if (rc == 0)
        rc = plan(e);
    if (rc == 0 && o->passphrase != NULL)
        rc = passphrase_ask(&passphrase, e->ctx, o->passphrase, "the export", true);
    if (rc == 0 && o->passphrase != NULL && passphrase.ptr == NULL)
        rc = ctx_error(e->ctx, MIMEO_EPASSPHRASE, "encrypting needs a passphrase");
    if (rc == 0)
        rc = write_files(&p, o->passphrase == NULL ? NULL : &passphrase);
    passphrase_dispose(&passphrase);
    for (size_t i = 0; i < p.made_count; i++)
        free(p.made[i]);
    free(p.made);
    free(p.name);
    export_place_dispose(&p.place);
    return rc;
}

int mimeo_export(mimeo_mirror *m, mimeo_ctx *ctx, const struct mimeo_export_options *options,
                 struct mimeo_export_result *result)
{
    struct export e = {.ctx = ctx, .m = m, .options = options, .result = result};
    *result = (struct mimeo_export_result){0};
    int rc = run(&e);
    free(e.wanted);
    orders_dispose(&e.orders.orders);
    free(e.bundles);
    free(e.pictures);
    free(e.parts);
    free(e.top);
    buf_dispose(&e.top_note);
    return rc;
}

bool mimeo_export_size_parse(const char *text, uint64_t *out)
{
    static const struct {
        char letter;
        uint64_t times;
    } units[] = {{'K', 1000}, {'M', 1000000}, {'G', 1000000000}};
    size_t len = strlen(text);
    uint64_t times = 1, n;
    for (size_t i = 0; len > 0 && i < sizeof(units) / sizeof(units[0]); i++)
        if (text[len - 1] == units[i].letter)
            times = units[i].times;
    if (!parse_decimal(view_of(text, times > 1 ? len - 1 : len), 1000000000000, &n) || n * times < 64000)
        return false;
    *out = n * times;
    return true;
}
