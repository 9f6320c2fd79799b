/*
 * ZIM as an archive: its HTML entries are pages, everything else is found by its path.
 *
 * A ZIM has no addresses but paths within itself, so a page gets one of those in ZIM_BASE, where its links lead right; only
 * what was made of a web archive (warc2zim) has paths that begin with the host.  Entries are sorted by path and clusters are
 * not, so pages come in the order of clusters: each is unpacked once.
 */
#include "archive/zim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/head_fields.h"
#include "archive/http_message.h"
#include "base/limits.h"
#include "extract/date.h"

#define ZIM_BASE "https://archive.invalid/"
#define PAGES_MAX 2000000
#define META_MAX 256 /* bytes of what the archive says of itself */

struct page {
    uint32_t cluster, blob, entry;
};

struct zim {
    struct stretch file;
    struct zim_header header;
    struct zim_types types;
    struct zim_cache cache;
    bool web;           /* paths begin with a host */
    int64_t date;       /* the day it was made; 0: not known */
    struct page *pages; /* NULL: not listed yet */
    size_t count, cap, at;
    uint64_t damaged;   /* entries */
    bool listed, checked;
    char url[URL_MAX];
};

/* ---- the list of pages */

static bool is_page(const struct zim *z, const struct zim_entry *e)
{
    char media_type[ZIM_TYPE_MAX];
    if (e->kind != ZIM_CONTENT || e->type >= z->types.count || e->space != (z->header.one_space ? 'C' : 'A'))
        return false;
    media_type_of(media_type, sizeof(media_type), z->types.names[e->type]);
    return media_is_page(media_type);
}

static int add_page(struct zim *z, mimeo_ctx *ctx, const struct zim_entry *e, uint32_t n)
{
    if (z->count == PAGES_MAX)
        return ctx_error(ctx, MIMEO_EUSAGE, "'%s' holds more than %d pages", z->file.name, PAGES_MAX);
    if (z->count == z->cap) {
        size_t cap = z->cap == 0 ? 256 : z->cap * 2;
        struct page *more = reallocarray(z->pages, cap, sizeof(*more));
        if (more == NULL)
            return ctx_error_nomem(ctx);
        z->pages = more;
        z->cap = cap;
    }
    z->pages[z->count++] = (struct page){e->cluster, e->blob, n};
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct page *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    if (x->blob != y->blob)
        return x->blob < y->blob ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

/* The same text under another name is no other page. */
static void drop_aliases(struct zim *z)
{
    size_t kept = 0;
    for (size_t i = 0; i < z->count; i++)
        if (kept == 0 || z->pages[kept - 1].cluster != z->pages[i].cluster || z->pages[kept - 1].blob != z->pages[i].blob)
            z->pages[kept++] = z->pages[i];
    z->count = kept;
}

static int list_pages(struct zim *z, mimeo_ctx *ctx)
{
    int rc = 0;
    for (uint32_t n = 0; rc == 0 && n < z->header.entries; n++) {
        struct zim_entry e;
        if (n % 1024 == 0 && (rc = ctx_check_cancel(ctx)) < 0)
            break;
        rc = zim_entry_read(&e, ctx, &z->file, &z->header, n);
        if (rc == MIMEO_EMALFORMED || (rc == 0 && e.kind == ZIM_CONTENT && e.type >= z->types.count)) {
            z->damaged++;
            rc = 0;
        } else if (rc == 0 && is_page(z, &e)) {
            rc = add_page(z, ctx, &e, n);
        }
    }
    if (rc == 0 && z->count > 0) {
        qsort(z->pages, z->count, sizeof(*z->pages), compare);
        drop_aliases(z);
    }
    z->listed = rc == 0;
    return rc;
}

/* ---- addresses */

/* Each byte of a path that means something in an address is encoded. */
static bool url_of(char out[URL_MAX], const struct zim *z, const struct zim_entry *e)
{
    struct buf b;
    buf_init(&b, 4 * URL_MAX);
    buf_append_str(&b, z->web ? "https://" : ZIM_BASE);
    if (!z->header.one_space)
        buf_appendf(&b, "%c/", e->space);
    for (const char *at = e->path; *at != '\0'; at++) {
        if (*at == '%' || *at == '#' || (*at == '?' && !z->web))
            buf_appendf(&b, "%%%02X", (unsigned)(unsigned char)*at);
        else
            buf_append_byte(&b, (uint8_t)*at);
    }
    bool good = buf_status(&b) == 0 && url_normal(out, buf_view(&b));
    buf_dispose(&b);
    return good;
}

/* The way back, of a normal address. */
static bool path_of(char out[URL_MAX], char *space, const struct zim *z, const char *url)
{
    size_t skip = strlen(z->web ? "https://" : ZIM_BASE), n = 0;
    if (z->web && strncmp(url, "http://", 7) == 0)
        skip = 7;
    else if (strncmp(url, z->web ? "https://" : ZIM_BASE, skip) != 0)
        return false;
    url += skip;
    *space = 'C';
    if (!z->header.one_space) {
        if (url[0] == '\0' || url[1] != '/')
            return false;
        *space = url[0];
        url += 2;
    }
    for (; *url != '\0'; url++) {
        int byte = url_percent((const uint8_t *)url, strlen(url));
        if (*url == '?' && !z->web) /* "picture.png?v=2" */
            break;
        out[n++] = byte >= 0 ? (char)byte : *url;
        url += byte >= 0 ? 2 : 0;
    }
    out[n] = '\0';
    return n > 0 && strlen(out) == n;
}

/* ---- the reader */

static int zim_next(struct archive_record *out, void *self, mimeo_ctx *ctx)
{
    struct zim *z = self;
    int rc = z->listed ? 0 : list_pages(z, ctx);
    if (rc < 0)
        return rc;
    if (z->damaged > 0) {
        unsigned long long n = z->damaged;
        z->damaged = 0;
        return ctx_error(ctx, MIMEO_EMALFORMED, "%llu of its entries %s damaged", n, n == 1 ? "is" : "are");
    }
    for (; z->at < z->count; z->at++) {
        const struct page *p = &z->pages[z->at];
        struct zim_entry e;
        rc = zim_entry_read(&e, ctx, &z->file, &z->header, p->entry);
        if (rc < 0 || !is_page(z, &e) || !url_of(z->url, z, &e)) {
            if (rc < 0 && rc != MIMEO_EMALFORMED)
                return rc;
            continue;
        }
        z->at++;
        *out = (struct archive_record){.what = ARCHIVE_PAGE, .url = z->url, .url_made = !z->web,
                                       .content_type = z->types.names[e.type], .status = 200, .date = z->date,
                                       .place = {p->cluster, p->blob, 0}};
        return 1;
    }
    /* Last, so that what can be read comes first: a file that was damaged is told, and not lost. */
    rc = z->checked ? 0 : zim_check(ctx, &z->file, &z->header);
    z->checked = true;
    return rc;
}

static int zim_read(struct buf *out, void *self, mimeo_ctx *ctx, const struct archive_place *place, size_t max)
{
    struct zim *z = self;
    return zim_blob(out, ctx, &z->file, &z->header, &z->cache, (uint32_t)place->offset, place->inside, max);
}

static int zim_find(struct archive_place *out, void *self, mimeo_ctx *ctx, const char *url)
{
    struct zim *z = self;
    char normal[URL_MAX], path[URL_MAX], space;
    struct zim_entry e;
    if (!url_normal(normal, view_of_str(url)) || !path_of(path, &space, z, normal))
        return ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive");
    int rc = zim_entry_find(&e, ctx, &z->file, &z->header, space, path);
    if (rc == 0 && is_page(z, &e))
        rc = ctx_error(ctx, MIMEO_ENOTFOUND, "it is a page");
    if (rc == 0)
        *out = (struct archive_place){e.cluster, e.blob, 0};
    return rc;
}

static int zim_newest(bool *out, void *self, mimeo_ctx *ctx, const struct archive_record *record)
{
    (void)self;
    (void)ctx;
    (void)record;
    *out = true; /* a path has one entry */
    return 0;
}

static uint64_t zim_done(const void *self)
{
    const struct zim *z = self;
    return z->count == 0 ? 0 : z->file.len / z->count * z->at;
}

static void zim_free(void *self)
{
    struct zim *z = self;
    pthread_mutex_destroy(&z->cache.lock);
    buf_dispose(&z->cache.bytes);
    free(z->pages);
    free(z);
}

/* What stands in M/`name`; empty where nothing does. */
static void read_meta(struct buf *out, struct zim *z, mimeo_ctx *ctx, const char *name)
{
    struct zim_entry e;
    buf_init(out, META_MAX);
    if (zim_entry_find(&e, ctx, &z->file, &z->header, 'M', name) == 0 &&
        zim_blob(out, ctx, &z->file, &z->header, &z->cache, e.cluster, e.blob, META_MAX) < 0)
        buf_clear(out);
}

/* The program that made it, and the day. */
static void learn_origin(struct zim *z, mimeo_ctx *ctx)
{
    struct buf scraper, date;
    struct date day;
    read_meta(&scraper, z, ctx, "Scraper");
    read_meta(&date, z, ctx, "Date");
    z->web = z->header.one_space && scraper.len > 0 && memmem(scraper.ptr, scraper.len, "warc2zim", 8) != NULL;
    if (date_find(&day, buf_view(&date), "en")) {
        date_settle(&day, NULL);
        z->date = day.seconds;
    }
    buf_dispose(&scraper);
    buf_dispose(&date);
}

int zim_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file)
{
    static const struct archive_reader reader = {zim_next, zim_read, zim_find, zim_newest, zim_done, zim_free};
    struct zim *z = calloc(1, sizeof(*z));
    if (z == NULL)
        return ctx_error_nomem(ctx);
    z->file = *file;
    pthread_mutex_init(&z->cache.lock, NULL);
    int rc = zim_header_read(&z->header, ctx, file);
    if (rc == 0)
        rc = zim_types_read(&z->types, ctx, file, &z->header);
    if (rc < 0) {
        zim_free(z);
        return rc;
    }
    learn_origin(z, ctx);
    *out = (struct archive_opened){&reader, z};
    return 0;
}
