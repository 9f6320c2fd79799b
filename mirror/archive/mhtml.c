/*
 * MHTML (RFC 2557), as browsers save "Webpage, Single File": mail of type multipart/related whose first part is the page and
 * whose others are what it shows, each with the address that it had.
 *
 *     head | --boundary | head of a part | body | --boundary | … | --boundary--
 *
 * All parts are found at opening, by their boundaries; a part with parts in it only adds its boundary to those looked for.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/head_fields.h"
#include "archive/http_message.h"
#include "archive/places.h"
#include "archive/reader.h"
#include "archive/stream.h"
#include "archive/transfer_coding.h"
#include "extract/date.h"

#define PARTS_MAX 20000
#define BOUNDARIES_MAX 8
#define BOUNDARY_MAX 200 /* RFC 2046 says 70 */
#define MADE_URL "https://archive.invalid/page.html"
#define WORD_MAX 64
#define HEAD_MAX (32 * KIB)

struct part {
    uint64_t head, body, end; /* of the file */
};

struct mhtml {
    struct stretch file;
    struct part *parts;
    size_t count, cap, at;
    size_t page;      /* which of them is the page; `count`: none */
    char boundaries[BOUNDARIES_MAX][BOUNDARY_MAX];
    size_t boundary_count;
    struct places places; /* the place's offset is the part's number */
    char base[URL_MAX]; /* the page's address */
    bool made;
    int64_t date;       /* when it was saved; 0: not known */
    char url[URL_MAX], content_type[CONTENT_TYPE_MAX];
};

/* ---- finding the parts */

static void add_boundary(struct mhtml *m, struct view head)
{
    char type[CONTENT_TYPE_MAX * 2];
    if (head_field(type, sizeof(type), head, "Content-Type") && strncasecmp(type, "multipart/", 10) == 0 &&
        m->boundary_count < BOUNDARIES_MAX &&
        media_parameter(m->boundaries[m->boundary_count], BOUNDARY_MAX, type, "boundary"))
        m->boundary_count++;
}

enum delimiter { DELIMITER_NONE, DELIMITER_NEXT, DELIMITER_LAST };

/* "--boundary" or "--boundary--", and nothing but spaces behind. */
static enum delimiter delimiter_of(const struct mhtml *m, struct view line)
{
    if (line.len < 3 || line.ptr[0] != '-' || line.ptr[1] != '-')
        return DELIMITER_NONE;
    for (size_t i = 0; i < m->boundary_count; i++) {
        size_t len = strlen(m->boundaries[i]), at = 2 + len;
        if (line.len < at || memcmp(line.ptr + 2, m->boundaries[i], len) != 0)
            continue;
        bool last = line.len >= at + 2 && line.ptr[at] == '-' && line.ptr[at + 1] == '-';
        at += last ? 2 : 0;
        while (at < line.len && strchr(" \t\r", line.ptr[at]) != NULL && line.ptr[at] != '\0')
            at++;
        if (at == line.len)
            return last ? DELIMITER_LAST : DELIMITER_NEXT;
    }
    return DELIMITER_NONE;
}

static int add_part(struct mhtml *m, mimeo_ctx *ctx, uint64_t head)
{
    if (m->count == PARTS_MAX)
        return ctx_error(ctx, MIMEO_EMALFORMED, "'%s' holds more than %d parts", m->file.name, PARTS_MAX);
    if (m->count == m->cap) {
        size_t cap = m->cap == 0 ? 64 : m->cap * 2;
        struct part *more = reallocarray(m->parts, cap, sizeof(*more));
        if (more == NULL)
            return ctx_error_nomem(ctx);
        m->parts = more;
        m->cap = cap;
    }
    m->parts[m->count++] = (struct part){head, head, head};
    return 0;
}

/* The head at the stream's front; 0 bytes where it has no end. */
static int take_head(struct view *head, struct stream *s)
{
    int rc = stream_peek(head, s, HEAD_MAX);
    head->len = rc < 0 ? 0 : head_len(*head);
    if (head->len > HEAD_MAX)
        head->len = 0;
    return rc;
}

/* From a line's beginning to the next; *whole false where it was too long to be looked at in one. */
static int take_line(struct view *line, struct stream *s)
{
    int rc = stream_peek(line, s, 1);
    const uint8_t *lf = rc < 0 || line->len == 0 ? NULL : memchr(line->ptr, '\n', line->len);
    if (rc == 0 && lf == NULL) {
        rc = stream_peek(line, s, BOUNDARY_MAX * 2);
        lf = rc < 0 || line->len == 0 ? NULL : memchr(line->ptr, '\n', line->len);
    }
    if (lf != NULL)
        line->len = (size_t)(lf - line->ptr);
    return rc;
}

static int begin_part(struct mhtml *m, mimeo_ctx *ctx, struct stream *s)
{
    struct view head;
    int rc = add_part(m, ctx, s->taken);
    if (rc == 0)
        rc = take_head(&head, s);
    if (rc < 0)
        return rc;
    add_boundary(m, head);
    stream_take(s, head.len);
    m->parts[m->count - 1].body = m->parts[m->count - 1].end = s->taken;
    return 0;
}

static int find_parts(struct mhtml *m, mimeo_ctx *ctx, struct stream *s)
{
    bool fresh = true, open = false; /* at the beginning of a line; within a part */
    int rc = 0;
    while (rc == 0) {
        struct view line;
        rc = take_line(&line, s);
        if (rc < 0 || s->start == s->end)
            break;
        bool lf = line.len < s->end - s->start, cr = line.len > 0 && line.ptr[line.len - 1] == '\r';
        enum delimiter delimiter = fresh ? delimiter_of(m, line) : DELIMITER_NONE;
        uint64_t end = s->taken + line.len - (lf && cr ? 1 : 0); /* the line end before a delimiter is the delimiter's */
        stream_take(s, line.len + (lf ? 1 : 0));
        fresh = lf;
        if (delimiter == DELIMITER_NEXT)
            rc = begin_part(m, ctx, s);
        else if (delimiter == DELIMITER_NONE && open)
            m->parts[m->count - 1].end = end;
        open = delimiter == DELIMITER_NEXT || (open && delimiter == DELIMITER_NONE);
    }
    return rc;
}

/* ---- what they are */

static int read_head(struct buf *out, struct mhtml *m, mimeo_ctx *ctx, size_t n)
{
    const struct part *p = &m->parts[n];
    size_t len = p->body - p->head < HEAD_MAX ? (size_t)(p->body - p->head) : HEAD_MAX;
    buf_init(out, HEAD_MAX);
    if (buf_reserve(out, len) < 0)
        return ctx_error_nomem(ctx);
    int rc = len == 0 ? 0 : stretch_read_all(ctx, &m->file, p->head, out->ptr, len);
    if (rc == 0)
        out->len = len;
    return rc;
}

static bool is_page(struct view head)
{
    char type[CONTENT_TYPE_MAX], media_type[CONTENT_TYPE_MAX];
    if (!head_field(type, sizeof(type), head, "Content-Type"))
        return false;
    media_type_of(media_type, sizeof(media_type), type);
    return media_is_page(media_type);
}

static bool is_web(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static void learn_base(struct mhtml *m, struct view top, struct view head)
{
    char word[URL_MAX];
    const struct {
        struct view head;
        const char *name;
    } places[] = {{head, "Content-Location"}, {top, "Snapshot-Content-Location"}, {top, "Content-Location"}};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (head_field(word, sizeof(word), places[i].head, places[i].name) && url_normal(m->base, view_of_str(word))) {
            m->made = !is_web(m->base);
            return;
        }
    }
    strcpy(m->base, MADE_URL);
    m->made = true;
}

static void learn_date(struct mhtml *m, struct view top)
{
    char word[WORD_MAX];
    struct date date;
    if (head_field(word, sizeof(word), top, "Date") && date_find(&date, view_of_str(word), "en")) {
        date_settle(&date, NULL);
        m->date = date.seconds;
    }
}

/* "<id>" of a head, or what stands behind "cid:" of an address (RFC 2392), which is percent-encoded. */
static struct url_key content_id_key(const char *id, bool encoded)
{
    char plain[URL_MAX];
    size_t n = 0;
    for (id += *id == '<' ? 1 : 0; *id != '\0' && *id != '>' && n < URL_MAX; id++) {
        int byte = encoded ? url_percent((const uint8_t *)id, strlen(id)) : -1;
        plain[n++] = byte >= 0 ? (char)byte : *id;
        id += byte >= 0 ? 2 : 0;
    }
    return url_key_named("cid", view_of(plain, n));
}

static int index_part(struct mhtml *m, mimeo_ctx *ctx, size_t n, struct view head)
{
    char word[URL_MAX], url[URL_MAX];
    const struct archive_place place = {n, 0, 0};
    int rc = 0;
    if (head_field(word, sizeof(word), head, "Content-Location") && url_join(url, m->base, view_of_str(word))) {
        struct url_key key = url_key_of(url);
        rc = places_add(&m->places, &key, PLACES_BODY, &place, 0);
    }
    if (rc == 0 && head_field(word, sizeof(word), head, "Content-ID")) {
        struct url_key key = content_id_key(word, false);
        rc = places_add(&m->places, &key, PLACES_BODY, &place, 0);
    }
    return rc < 0 ? ctx_error_nomem(ctx) : 0;
}

/* The first part of type HTML is the page; the next ones are frames in it. */
static int learn_parts(struct mhtml *m, mimeo_ctx *ctx, struct view top)
{
    int rc = 0;
    m->page = m->count;
    for (int pass = 0; rc == 0 && pass < 2; pass++) {
        for (size_t n = 0; rc == 0 && n < m->count; n++) {
            struct buf head;
            rc = read_head(&head, m, ctx, n);
            if (rc == 0 && pass == 0 && m->page == m->count && is_page(buf_view(&head))) {
                m->page = n;
                learn_base(m, top, buf_view(&head));
            } else if (rc == 0 && pass == 1 && n != m->page) {
                rc = index_part(m, ctx, n, buf_view(&head));
            }
            buf_dispose(&head);
        }
    }
    places_sort(&m->places);
    return rc;
}

/* ---- the reader */

static int mhtml_next(struct archive_record *out, void *self, mimeo_ctx *ctx)
{
    struct mhtml *m = self;
    struct buf head;
    char word[URL_MAX];
    if (m->at == m->count)
        return 0;
    size_t n = m->at++;
    int rc = read_head(&head, m, ctx, n);
    if (rc == 0) {
        struct view v = buf_view(&head);
        bool picture;
        head_field(m->content_type, sizeof(m->content_type), v, "Content-Type");
        picture = strncasecmp(m->content_type, "image/", 6) == 0;
        if (n == m->page || !head_field(word, sizeof(word), v, "Content-Location") || !url_join(m->url, m->base, view_of_str(word)))
            memcpy(m->url, m->base, sizeof(m->url));
        *out = (struct archive_record){
            .what = n == m->page ? ARCHIVE_PAGE : picture ? ARCHIVE_PICTURE : ARCHIVE_OTHER,
            .url = m->url, .url_made = m->made || !is_web(m->url), .content_type = m->content_type, .status = 200,
            .date = m->date, .place = {n, 0, 0}};
        rc = 1;
    }
    buf_dispose(&head);
    return rc;
}

static int mhtml_read(struct buf *out, void *self, mimeo_ctx *ctx, const struct archive_place *place, size_t max)
{
    struct mhtml *m = self;
    struct buf head, packed;
    char word[WORD_MAX];
    buf_init(out, max);
    if (place->offset >= m->count)
        return ctx_error(ctx, MIMEO_ENOTFOUND, "no such part");
    const struct part *p = &m->parts[place->offset];
    int rc = read_head(&head, m, ctx, (size_t)place->offset);
    enum transfer_coding coding = TRANSFER_PLAIN;
    if (rc == 0 && head_field(word, sizeof(word), buf_view(&head), "Content-Transfer-Encoding"))
        coding = transfer_coding_of(word);
    buf_dispose(&head);
    uint64_t len = p->end - p->body;
    buf_init(&packed, coding == TRANSFER_PLAIN ? max : 3 * max); /* "=C3" a byte */
    if (rc == 0 && len > packed.max)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
    if (rc == 0 && len > 0 && buf_reserve(&packed, (size_t)len) < 0)
        rc = ctx_error_nomem(ctx);
    if (rc == 0 && len > 0)
        rc = stretch_read_all(ctx, &m->file, p->body, packed.ptr, (size_t)len);
    if (rc == 0) {
        packed.len = (size_t)len;
        rc = transfer_undo(out, coding, buf_view(&packed));
        if (rc < 0)
            rc = rc == MIMEO_ENOMEM ? ctx_error_nomem(ctx)
                                    : ctx_error(ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
    }
    buf_dispose(&packed);
    return rc;
}

static int mhtml_find(struct archive_place *out, void *self, mimeo_ctx *ctx, const char *url)
{
    struct mhtml *m = self;
    char normal[URL_MAX];
    enum places_kind kind;
    struct url_key key;
    if (strncasecmp(url, "cid:", 4) == 0)
        key = content_id_key(url + 4, true);
    else if (url_normal(normal, view_of_str(url)))
        key = url_key_of(normal);
    else
        return ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive: that is no address");
    if (places_find(&kind, out, &m->places, &key))
        return 0;
    return ctx_error(ctx, MIMEO_ENOTFOUND, "it is not in the archive");
}

static int mhtml_newest(bool *out, void *self, mimeo_ctx *ctx, const struct archive_record *record)
{
    (void)self;
    (void)ctx;
    (void)record;
    *out = true;
    return 0;
}

static uint64_t mhtml_done(const void *self)
{
    const struct mhtml *m = self;
    return m->at == 0 ? 0 : m->parts[m->at - 1].end;
}

static void mhtml_free(void *self)
{
    struct mhtml *m = self;
    places_dispose(&m->places);
    free(m->parts);
    free(m);
}

int mhtml_open(struct archive_opened *out, mimeo_ctx *ctx, const struct stretch *file)
{
    static const struct archive_reader reader = {mhtml_next, mhtml_read, mhtml_find, mhtml_newest, mhtml_done, mhtml_free};
    struct mhtml *m = calloc(1, sizeof(*m));
    struct stream s = {.in = NULL};
    struct view head = {NULL, 0};
    struct buf top;
    buf_init(&top, HEAD_MAX);
    int rc = m == NULL ? ctx_error_nomem(ctx) : stream_init(&s, ctx);
    if (rc == 0) {
        m->file = *file;
        rc = stream_begin(&s, file, 0);
    }
    if (rc == 0)
        rc = take_head(&head, &s);
    if (rc == 0)
        rc = buf_append_view(&top, head) < 0 ? ctx_error_nomem(ctx) : 0;
    if (rc == 0) {
        add_boundary(m, head);
        learn_date(m, head);
        stream_take(&s, head.len);
        rc = find_parts(m, ctx, &s);
    }
    if (rc == 0)
        rc = learn_parts(m, ctx, buf_view(&top));
    if (rc == 0 && m->page == m->count)
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "'%s' is an MHTML file without a page in it", file->name);
    buf_dispose(&top);
    stream_dispose(&s);
    if (rc == 0)
        *out = (struct archive_opened){&reader, m};
    else if (m != NULL)
        mhtml_free(m);
    return rc;
}
