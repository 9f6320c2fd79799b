/*
 * The clean tree: names, walk and serializer.
 *
 * What a reader would get wrong: `"` is escaped in text too, where HTML does not ask for it, so
 * that ` src="` in a body is always an attribute (import/figures.c relies on it).
 */
#include "article/tree.h"

#include <stdlib.h>
#include <string.h>

#include "article/tree_build.h"

static const char *const names[TAG_COUNT] = {
    [TAG_TEXT] = "", [TAG_ROOT] = "",
    [TAG_A] = "a", [TAG_ABBR] = "abbr", [TAG_B] = "b", [TAG_BDI] = "bdi", [TAG_BDO] = "bdo",
    [TAG_BLOCKQUOTE] = "blockquote", [TAG_BR] = "br", [TAG_CAPTION] = "caption",
    [TAG_CITE] = "cite", [TAG_CODE] = "code", [TAG_COL] = "col", [TAG_COLGROUP] = "colgroup",
    [TAG_DD] = "dd", [TAG_DEL] = "del", [TAG_DL] = "dl", [TAG_DT] = "dt", [TAG_EM] = "em",
    [TAG_FIGCAPTION] = "figcaption", [TAG_FIGURE] = "figure", [TAG_H2] = "h2", [TAG_H3] = "h3",
    [TAG_H4] = "h4", [TAG_H5] = "h5", [TAG_H6] = "h6", [TAG_HR] = "hr", [TAG_I] = "i",
    [TAG_IMG] = "img", [TAG_INS] = "ins", [TAG_KBD] = "kbd", [TAG_LI] = "li",
    [TAG_MARK] = "mark", [TAG_OL] = "ol", [TAG_P] = "p", [TAG_PRE] = "pre", [TAG_Q] = "q",
    [TAG_RP] = "rp", [TAG_RT] = "rt", [TAG_RUBY] = "ruby", [TAG_S] = "s", [TAG_SAMP] = "samp",
    [TAG_SMALL] = "small", [TAG_SPAN] = "span", [TAG_STRONG] = "strong", [TAG_SUB] = "sub",
    [TAG_SUP] = "sup", [TAG_TABLE] = "table", [TAG_TBODY] = "tbody", [TAG_TD] = "td",
    [TAG_TFOOT] = "tfoot", [TAG_TH] = "th", [TAG_THEAD] = "thead", [TAG_TIME] = "time",
    [TAG_TR] = "tr", [TAG_U] = "u", [TAG_UL] = "ul", [TAG_WBR] = "wbr",
};

static const char *const attribute_names[ATTR_COUNT] = {
    "lang", "dir", "href", "src", "alt", "width", "height", "colspan", "rowspan", "scope",
    "start", "reversed", "datetime",
};

const char *tag_name(enum tag tag)
{
    return tag < TAG_COUNT ? names[tag] : "";
}

const char *attribute_name_str(enum attribute_name name)
{
    return name < ATTR_COUNT ? attribute_names[name] : "";
}

enum tag tag_of_name(struct view name)
{
    for (int tag = TAG_A; tag < TAG_COUNT && name.len > 0; tag++) {
        if (names[tag][0] == (char)name.ptr[0] && view_equal_str(name, names[tag]))
            return (enum tag)tag;
    }
    return TAG_TEXT;
}

enum attribute_name attribute_of_name(struct view name)
{
    int i = 0;
    while (i < ATTR_COUNT && !view_equal_str(name, attribute_names[i]))
        i++;
    return (enum attribute_name)i;
}

bool tag_takes_attribute(enum tag tag, enum attribute_name name)
{
    switch (name) {
    case ATTR_LANG: case ATTR_DIR: return tag > TAG_ROOT;
    case ATTR_HREF: return tag == TAG_A;
    case ATTR_SRC: case ATTR_ALT: case ATTR_WIDTH: case ATTR_HEIGHT: return tag == TAG_IMG;
    case ATTR_COLSPAN: case ATTR_ROWSPAN: case ATTR_SCOPE: return tag == TAG_TD || tag == TAG_TH;
    case ATTR_START: case ATTR_REVERSED: return tag == TAG_OL;
    case ATTR_DATETIME: return tag == TAG_TIME;
    default: return false;
    }
}

bool tag_is_void(enum tag tag)
{
    return tag == TAG_BR || tag == TAG_HR || tag == TAG_IMG || tag == TAG_COL || tag == TAG_WBR;
}

bool tag_is_block(enum tag tag)
{
    switch (tag) {
    case TAG_BLOCKQUOTE: case TAG_CAPTION: case TAG_COL: case TAG_COLGROUP: case TAG_DD:
    case TAG_DL: case TAG_DT: case TAG_FIGCAPTION: case TAG_FIGURE: case TAG_H2: case TAG_H3:
    case TAG_H4: case TAG_H5: case TAG_H6: case TAG_HR: case TAG_LI: case TAG_OL: case TAG_P:
    case TAG_PRE: case TAG_TABLE: case TAG_TBODY: case TAG_TD: case TAG_TFOOT: case TAG_TH:
    case TAG_THEAD: case TAG_TR: case TAG_UL:
        return true;
    default:
        return false;
    }
}

const struct view *node_attribute(const struct node *n, enum attribute_name name)
{
    const struct attribute *a = n->attributes;
    while (a != NULL && a->name < name)
        a = a->next;
    return a != NULL && a->name == name ? &a->value : NULL;
}

/* ---- making */

struct tree *tree_new(void)
{
    struct tree *t = calloc(1, sizeof *t);
    if (t != NULL)
        t->root.tag = TAG_ROOT;
    return t;
}

struct node *tree_root(struct tree *t)
{
    return &t->root;
}

void tree_free(struct tree *t)
{
    if (t != NULL)
        arena_dispose(&t->arena);
    free(t);
}

struct node *tree_append(struct tree *t, struct node *parent, enum tag tag)
{
    struct node *n = arena_alloc(&t->arena, sizeof *n);
    if (n == NULL)
        return NULL;
    n->tag = tag;
    n->parent = parent;
    if (parent->last_child != NULL)
        parent->last_child->next = n;
    else
        parent->first_child = n;
    parent->last_child = n;
    return n;
}

int tree_set_attribute(struct tree *t, struct attribute **list, enum attribute_name name,
                       struct view value)
{
    while (*list != NULL && (*list)->name < name)
        list = &(*list)->next;
    if (*list != NULL && (*list)->name == name)
        return 0;
    struct attribute *a = arena_alloc(&t->arena, sizeof *a);
    char *bytes = arena_string(&t->arena, value);
    if (a == NULL || bytes == NULL)
        return MIMEO_ENOMEM;
    *a = (struct attribute){.next = *list, .name = name, .value = view_of(bytes, value.len)};
    *list = a;
    return 0;
}

/* ---- walking and writing */

bool tree_walk(const struct node *top, const struct node **at, bool *entering)
{
    const struct node *n = *at;
    if (*entering && n->first_child != NULL) {
        *at = n->first_child;
        return true;
    }
    /* Each element is met on its way out: here, where the caller did not ask to pass it by. */
    if (*entering && n != top && n->tag != TAG_TEXT) {
        *entering = false;
        return true;
    }
    if (n == top)
        return false;
    *entering = n->next != NULL;
    *at = n->next != NULL ? n->next : n->parent;
    return *at != top;
}

static const char *entity_at(const uint8_t *at, size_t left, size_t *len)
{
    *len = 1;
    switch (*at) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case 0xC2: *len = left > 1 && at[1] == 0xA0 ? 2 : 1; return *len == 2 ? "&nbsp;" : NULL;
    default: return NULL;
    }
}

int html_escape(struct buf *out, struct view v)
{
    size_t run = 0, len;
    for (size_t i = 0; i < v.len; i += len) {
        const char *entity = entity_at(v.ptr + i, v.len - i, &len);
        if (entity == NULL)
            continue;
        buf_append(out, v.ptr + run, i - run);
        buf_append_str(out, entity);
        run = i + len;
    }
    if (run < v.len)
        buf_append(out, v.ptr + run, v.len - run);
    return buf_status(out);
}

/* The parser takes one line end behind <pre> away (HTML, "The in body insertion mode"). */
static bool loses_line_end(const struct node *n)
{
    const struct node *first = n->first_child;
    return n->tag == TAG_PRE && first != NULL && first->tag == TAG_TEXT && first->text.len > 0 &&
           first->text.ptr[0] == '\n';
}

static void write_begin(struct buf *out, const struct node *n)
{
    buf_append_byte(out, '<');
    buf_append_str(out, tag_name(n->tag));
    for (const struct attribute *a = n->attributes; a != NULL; a = a->next) {
        buf_append_byte(out, ' ');
        buf_append_str(out, attribute_name_str(a->name));
        buf_append_str(out, "=\"");
        html_escape(out, a->value);
        buf_append_byte(out, '"');
    }
    buf_append_byte(out, '>');
    if (loses_line_end(n))
        buf_append_byte(out, '\n');
}

int tree_write(struct buf *out, const struct tree *t)
{
    const struct node *n = &t->root;
    bool entering = true;
    while (tree_walk(&t->root, &n, &entering) && buf_status(out) == 0) {
        if (n->tag == TAG_TEXT) {
            html_escape(out, n->text);
        } else if (entering) {
            write_begin(out, n);
        } else if (!tag_is_void(n->tag)) {
            buf_append_str(out, "</");
            buf_append_str(out, tag_name(n->tag));
            buf_append_byte(out, '>');
        }
    }
    return buf_status(out);
}
