/*
 * The parser: libgumbo.
 *
 * Gumbo does not check what its allocator returns and frees a tree by recursion, so it gets its
 * memory from a heap of ours: when that is used up the parse is left by longjmp, and at the end
 * all goes at once.  Nothing of gumbo's is used after that.
 */
#include "article/html_parser.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <gumbo.h>

#include "article/tree_build.h"
#include "base/limits.h"

/* The densest that the cleaner itself writes, "<br>x<br>x", takes 60 bytes for one. */
size_t html_parse_memory(size_t len) { return 32 * MIB + 96 * len; }
/* An event is never longer than what it came from, but for formatting that is opened again. */
size_t html_parse_output(size_t len) { return 8 * MIB + 4 * len; }

/* ---- the heap */

#define FINE 32    /* classes of 16, 32, … 512 bytes; then each is twice the one before */
#define CLASSES 64
#define CHUNK (256 * KIB)

struct heap {
    jmp_buf out;
    size_t left;                 /* of the budget */
    struct chunk *chunks;
    uint8_t *at;
    size_t room;
    struct cell *free_cells[CLASSES];
};

struct chunk {
    struct chunk *next;
    alignas(max_align_t) uint8_t bytes[];
};

/* In front of each piece: which list it goes back to. */
struct cell {
    alignas(max_align_t) union {
        struct cell *next;
        unsigned class;
    } u;
};

static void add_chunk(struct heap *h, size_t size)
{
    size_t want = size > CHUNK ? size : CHUNK;
    struct chunk *c = want <= h->left ? malloc(sizeof *c + want) : NULL;
    if (c == NULL)
        longjmp(h->out, 1);
    h->left -= want;
    c->next = h->chunks;
    h->chunks = c;
    h->at = c->bytes;
    h->room = want;
}

/* The class for `size`, which becomes that of its pieces. */
static unsigned class_of(size_t *size)
{
    size_t units = *size == 0 ? 1 : (*size - 1) / 16 + 1;
    unsigned class = FINE;
    if (units > FINE) {
        for (units = FINE; units < (*size - 1) / 16 + 1 && class < CLASSES - 1; class++)
            units *= 2;
    } else {
        class = (unsigned)units - 1;
    }
    *size = 16 * units;
    return class;
}

static void *heap_alloc(void *userdata, size_t size)
{
    struct heap *h = userdata;
    unsigned class = class_of(&size);
    size_t whole = size + sizeof(struct cell);
    struct cell *cell = h->free_cells[class];
    if (cell != NULL) {
        h->free_cells[class] = cell->u.next;
    } else {
        if (whole > h->left && whole > h->room)
            longjmp(h->out, 1);
        if (whole > h->room)
            add_chunk(h, whole);
        cell = (struct cell *)(void *)h->at;
        h->at += whole;
        h->room -= whole;
    }
    cell->u.class = class;
    return cell + 1;
}

static void heap_free(void *userdata, void *piece)
{
    struct heap *h = userdata;
    if (piece == NULL)
        return;
    struct cell *cell = (struct cell *)piece - 1;
    unsigned class = cell->u.class;
    cell->u.next = h->free_cells[class];
    h->free_cells[class] = cell;
}

static void heap_dispose(struct heap *h)
{
    while (h->chunks != NULL) {
        struct chunk *next = h->chunks->next;
        free(h->chunks);
        h->chunks = next;
    }
}

/* ---- what becomes of gumbo's elements */

#define GONE 255 /* with its content */

static const uint8_t tags[GUMBO_TAG_LAST + 1] = { /* 0: HTML_INLINE */
    [GUMBO_TAG_A] = TAG_A, [GUMBO_TAG_ABBR] = TAG_ABBR, [GUMBO_TAG_B] = TAG_B,
    [GUMBO_TAG_BDI] = TAG_BDI, [GUMBO_TAG_BDO] = TAG_BDO,
    [GUMBO_TAG_BLOCKQUOTE] = TAG_BLOCKQUOTE, [GUMBO_TAG_BR] = TAG_BR,
    [GUMBO_TAG_CAPTION] = TAG_CAPTION, [GUMBO_TAG_CITE] = TAG_CITE, [GUMBO_TAG_CODE] = TAG_CODE,
    [GUMBO_TAG_COL] = TAG_COL, [GUMBO_TAG_COLGROUP] = TAG_COLGROUP, [GUMBO_TAG_DD] = TAG_DD,
    [GUMBO_TAG_DEL] = TAG_DEL, [GUMBO_TAG_DL] = TAG_DL, [GUMBO_TAG_DT] = TAG_DT,
    [GUMBO_TAG_EM] = TAG_EM, [GUMBO_TAG_FIGCAPTION] = TAG_FIGCAPTION,
    [GUMBO_TAG_FIGURE] = TAG_FIGURE, [GUMBO_TAG_H1] = TAG_H2, [GUMBO_TAG_H2] = TAG_H2,
    [GUMBO_TAG_H3] = TAG_H3, [GUMBO_TAG_H4] = TAG_H4, [GUMBO_TAG_H5] = TAG_H5,
    [GUMBO_TAG_H6] = TAG_H6, [GUMBO_TAG_HR] = TAG_HR, [GUMBO_TAG_I] = TAG_I,
    [GUMBO_TAG_IMG] = TAG_IMG, [GUMBO_TAG_INS] = TAG_INS, [GUMBO_TAG_KBD] = TAG_KBD,
    [GUMBO_TAG_LI] = TAG_LI, [GUMBO_TAG_MARK] = TAG_MARK, [GUMBO_TAG_OL] = TAG_OL,
    [GUMBO_TAG_P] = TAG_P, [GUMBO_TAG_PRE] = TAG_PRE, [GUMBO_TAG_Q] = TAG_Q,
    [GUMBO_TAG_RP] = TAG_RP, [GUMBO_TAG_RT] = TAG_RT, [GUMBO_TAG_RUBY] = TAG_RUBY,
    [GUMBO_TAG_S] = TAG_S, [GUMBO_TAG_SAMP] = TAG_SAMP, [GUMBO_TAG_SMALL] = TAG_SMALL,
    [GUMBO_TAG_SPAN] = TAG_SPAN, [GUMBO_TAG_STRONG] = TAG_STRONG, [GUMBO_TAG_SUB] = TAG_SUB,
    [GUMBO_TAG_SUP] = TAG_SUP, [GUMBO_TAG_TABLE] = TAG_TABLE, [GUMBO_TAG_TBODY] = TAG_TBODY,
    [GUMBO_TAG_TD] = TAG_TD, [GUMBO_TAG_TFOOT] = TAG_TFOOT, [GUMBO_TAG_TH] = TAG_TH,
    [GUMBO_TAG_THEAD] = TAG_THEAD, [GUMBO_TAG_TIME] = TAG_TIME, [GUMBO_TAG_TR] = TAG_TR,
    [GUMBO_TAG_U] = TAG_U, [GUMBO_TAG_UL] = TAG_UL, [GUMBO_TAG_WBR] = TAG_WBR,

    [GUMBO_TAG_ADDRESS] = HTML_BLOCK, [GUMBO_TAG_ARTICLE] = HTML_BLOCK,
    [GUMBO_TAG_ASIDE] = HTML_BLOCK, [GUMBO_TAG_CENTER] = HTML_BLOCK,
    [GUMBO_TAG_DETAILS] = HTML_BLOCK, [GUMBO_TAG_DIR] = HTML_BLOCK, [GUMBO_TAG_DIV] = HTML_BLOCK,
    [GUMBO_TAG_FIELDSET] = HTML_BLOCK, [GUMBO_TAG_FOOTER] = HTML_BLOCK,
    [GUMBO_TAG_HEADER] = HTML_BLOCK, [GUMBO_TAG_HGROUP] = HTML_BLOCK,
    [GUMBO_TAG_LEGEND] = HTML_BLOCK, [GUMBO_TAG_LISTING] = HTML_BLOCK,
    [GUMBO_TAG_MAIN] = HTML_BLOCK, [GUMBO_TAG_MENU] = HTML_BLOCK, [GUMBO_TAG_NAV] = HTML_BLOCK,
    [GUMBO_TAG_SECTION] = HTML_BLOCK, [GUMBO_TAG_SUMMARY] = HTML_BLOCK,

    [GUMBO_TAG_SCRIPT] = GONE, [GUMBO_TAG_STYLE] = GONE, [GUMBO_TAG_NOSCRIPT] = GONE,
    [GUMBO_TAG_TEMPLATE] = GONE, [GUMBO_TAG_IFRAME] = GONE, [GUMBO_TAG_OBJECT] = GONE,
    [GUMBO_TAG_EMBED] = GONE, [GUMBO_TAG_SVG] = GONE, [GUMBO_TAG_MATH] = GONE,
    [GUMBO_TAG_FORM] = GONE, [GUMBO_TAG_BUTTON] = GONE, [GUMBO_TAG_INPUT] = GONE,
    [GUMBO_TAG_DATALIST] = GONE, [GUMBO_TAG_TEXTAREA] = GONE, [GUMBO_TAG_SELECT] = GONE,
    [GUMBO_TAG_TITLE] = GONE, [GUMBO_TAG_XMP] = GONE, [GUMBO_TAG_PLAINTEXT] = GONE,
    [GUMBO_TAG_NOEMBED] = GONE, [GUMBO_TAG_NOFRAMES] = GONE, [GUMBO_TAG_APPLET] = GONE,
};

static int tag_of(const GumboNode *n)
{
    if (n->type == GUMBO_NODE_TEMPLATE || n->v.element.tag_namespace != GUMBO_NAMESPACE_HTML ||
        n->v.element.tag > GUMBO_TAG_LAST)
        return GONE;
    int tag = tags[n->v.element.tag];
    return tag == 0 ? HTML_INLINE : tag;
}

/* ---- events */

static void write_view(struct buf *out, struct view v)
{
    buf_append_u32be(out, (uint32_t)v.len);
    if (v.len > 0)
        buf_append_view(out, v);
}

static void write_open(struct buf *out, const GumboElement *e, int tag)
{
    buf_append_byte(out, 'O');
    buf_append_byte(out, (uint8_t)tag);
    size_t count_at = out->len;
    uint8_t count = 0;
    buf_append_byte(out, 0);
    for (unsigned i = 0; i < e->attributes.length && tag < HTML_INLINE && count < ATTR_COUNT; i++) {
        const GumboAttribute *a = e->attributes.data[i];
        enum attribute_name name = attribute_of_name(view_of_str(a->name));
        if (!tag_takes_attribute((enum tag)tag, name))
            continue;
        buf_append_byte(out, (uint8_t)name);
        write_view(out, view_of_str(a->value));
        count++;
    }
    if (buf_status(out) == 0)
        out->ptr[count_at] = count;
}

static bool is_text(const GumboNode *n)
{
    return n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE ||
           n->type == GUMBO_NODE_CDATA;
}

static bool is_element(const GumboNode *n)
{
    return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;
}

/* The walk's way on: the next child of `parent` from `index`, or NULL. */
static const GumboNode *child_at(const GumboNode *parent, size_t index)
{
    const GumboVector *children = &parent->v.element.children;
    return index < children->length ? children->data[index] : NULL;
}

/* Indexes are counted here: gumbo's own index_within_parent is wrong where nodes were moved. */
static int write_events(struct buf *out, mimeo_ctx *ctx, const GumboNode *root)
{
    struct {
        const GumboNode *node;
        size_t next;
    } way[LIMIT_HTML_DEPTH + 1];
    size_t depth = 0;
    way[0].node = root;
    way[0].next = 0;
    while (buf_status(out) == 0) {
        const GumboNode *n = child_at(way[depth].node, way[depth].next++);
        if (n == NULL) {
            if (depth-- == 0)
                break;
            buf_append_byte(out, 'C');
            continue;
        }
        int tag = is_element(n) ? tag_of(n) : GONE;
        if (is_text(n)) {
            buf_append_byte(out, 'T');
            write_view(out, view_of_str(n->v.text.text));
        } else if (tag != GONE) {
            if (depth == LIMIT_HTML_DEPTH)
                return ctx_error(ctx, MIMEO_EMALFORMED,
                                 "the HTML is nested deeper than %d elements; look for tags that "
                                 "are not closed", LIMIT_HTML_DEPTH);
            write_open(out, &n->v.element, tag);
            way[++depth].node = n;
            way[depth].next = 0;
        }
        int rc = ctx_check_cancel(ctx);
        if (rc < 0)
            return rc;
    }
    if (buf_status(out) == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return buf_status(out) == 0 ? 0
                                : ctx_error(ctx, MIMEO_EMALFORMED,
                                            "the HTML opens too many elements again; look for "
                                            "tags that are not closed");
}

int html_parse(struct buf *events, mimeo_ctx *ctx, struct view html)
{
    struct heap *h = calloc(1, sizeof *h);
    int rc;
    if (h == NULL)
        return ctx_error_nomem(ctx);
    h->left = html_parse_memory(html.len);
    if (setjmp(h->out) != 0) {
        rc = ctx_error(ctx, MIMEO_EMALFORMED, "the HTML takes too much memory to be parsed; look "
                                              "for tags that are not closed");
    } else {
        GumboOptions options = kGumboDefaultOptions;
        options.allocator = heap_alloc;
        options.deallocator = heap_free;
        options.userdata = h;
        options.max_errors = 0;
        options.fragment_context = GUMBO_TAG_BODY;
        const GumboOutput *output = gumbo_parse_with_options(
            &options, html.len > 0 ? (const char *)html.ptr : "", html.len);
        rc = write_events(events, ctx, output->root);
    }
    heap_dispose(h);
    free(h);
    return rc;
}
