/*
 * What kind of input a file is.
 *
 * Bytes that are sure come first: an archive or a feed is one whatever it is called.  Then the name, then what the
 * server said, then the first bytes.  Plain prose is not guessed at: it could as well be Markdown, and what is signed
 * should be what was meant.
 */
#include <string.h>
#include <strings.h>

#include "archive/archive.h"
#include "feed/feed.h"
#include "import/cutter.h"

static const struct {
    const char *name;
    enum input_format format;
} formats[] = {
    {"auto", INPUT_AUTO},     {"jsonl", INPUT_JSONL}, {"markdown", INPUT_MARKDOWN},
    {"html", INPUT_HTML},     {"text", INPUT_TEXT},   {"page", INPUT_PAGE},
    {"text-page", INPUT_TEXT_PAGE}, {"feed", INPUT_FEED}, {"archive", INPUT_ARCHIVE},
};

bool input_format_parse(const char *name, enum input_format *out)
{
    *out = INPUT_AUTO;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = formats[i].format;
            return true;
        }
    }
    return false;
}

int input_format_refuse(mimeo_ctx *ctx, const char *name)
{
    return ctx_error(ctx, MIMEO_EUSAGE, "no format '%s': jsonl, markdown, html, page, text, text-page, feed, archive or auto",
                     name);
}

/* ---- names ---- */

static const struct {
    const char *extension;
    enum input_format format; /* AUTO: may be an input; the bytes say which */
    bool lines;
} kinds[] = {
    {".jsonl", INPUT_JSONL, true},       {".ndjson", INPUT_JSONL, true},     {".json", INPUT_JSONL, false},
    {".md", INPUT_MARKDOWN, false},      {".markdown", INPUT_MARKDOWN, false}, {".html", INPUT_HTML, false},
    {".htm", INPUT_HTML, false},         {".xhtml", INPUT_HTML, false},      {".shtml", INPUT_HTML, false},
    {".txt", INPUT_TEXT, false},         {".xml", INPUT_AUTO, false},        {".rss", INPUT_FEED, false},
    {".atom", INPUT_FEED, false},        {".rdf", INPUT_FEED, false},        {".wxr", INPUT_FEED, false},
    {".warc", INPUT_ARCHIVE, false},     {".warc.gz", INPUT_ARCHIVE, false}, {".arc", INPUT_ARCHIVE, false},
    {".arc.gz", INPUT_ARCHIVE, false},   {".wacz", INPUT_ARCHIVE, false},    {".zim", INPUT_ARCHIVE, false},
    {".mhtml", INPUT_ARCHIVE, false},    {".mht", INPUT_ARCHIVE, false},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* The index in kinds, or KINDS.  A name that is nothing but the extension is a hidden file. */
static size_t find_kind(const char *name)
{
    size_t len = strlen(name), which = 0;
    for (; which < KINDS; which++) {
        size_t tail = strlen(kinds[which].extension);
        if (len > tail && name[len - tail - 1] != '/' && strcasecmp(name + len - tail, kinds[which].extension) == 0)
            break;
    }
    return which;
}

bool name_is_input(const char *name)
{
    return find_kind(name) < KINDS;
}

struct input_kind kind_of_name(const char *name)
{
    size_t which = find_kind(name);
    return which == KINDS ? (struct input_kind){INPUT_AUTO, false, false}
                          : (struct input_kind){kinds[which].format, kinds[which].lines, false};
}

/* ---- bytes ---- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_space(struct view *v)
{
    while (v->len > 0 && is_space(v->ptr[0]))
        *v = view_of(v->ptr + 1, v->len - 1);
}

static void skip_mark(struct view *v)
{
    if (view_starts_with(*v, "\xEF\xBB\xBF"))
        *v = view_of(v->ptr + 3, v->len - 3);
}

static bool begins(struct view v, const char *what)
{
    size_t len = strlen(what);
    return v.len >= len && strncasecmp((const char *)v.ptr, what, len) == 0;
}

/* Behind `stop`, or at the end. */
static struct view behind(struct view v, const char *stop)
{
    const uint8_t *at = v.len == 0 ? NULL : memmem(v.ptr, v.len, stop, strlen(stop));
    size_t passed = at == NULL ? v.len : (size_t)(at - v.ptr) + strlen(stop);
    return view_of(v.ptr + passed, v.len - passed);
}

/* A whole document, not a bit of one: it says so itself near its beginning. */
static bool is_page(struct view v)
{
    static const char *const marks[] = {"!doctype", "html", "head", "body"};
    bool marked = view_starts_with(v, "\xFE\xFF") || view_starts_with(v, "\xFF\xFE");
    bool wide = v.len >= 2 && ((v.ptr[0] == '<' && v.ptr[1] == 0) || (v.ptr[0] == 0 && v.ptr[1] == '<'));
    if (marked || wide)
        return true; /* UTF-16: our fragments are UTF-8 */
    while (v.len > 0) {
        if (view_starts_with(v, "<!--")) {
            v = behind(v, "-->");
            continue;
        }
        bool tag = v.ptr[0] == '<';
        v = view_of(v.ptr + 1, v.len - 1);
        for (size_t i = 0; tag && i < sizeof marks / sizeof marks[0]; i++) {
            size_t len = strlen(marks[i]);
            if (begins(v, marks[i]) && v.len > len && (is_space(v.ptr[len]) || v.ptr[len] == '>'))
                return true;
        }
    }
    return false;
}

static bool has_front_matter(struct view v)
{
    return view_starts_with(v, "---\n") || view_starts_with(v, "---\r\n");
}

static enum input_format format_of_bytes(struct view head)
{
    struct view v = head;
    skip_space(&v);
    if (v.len == 0)
        return INPUT_AUTO;
    if (v.ptr[0] == '{')
        return INPUT_JSONL;
    if (v.ptr[0] == '<')
        return INPUT_HTML;
    if (has_front_matter(head) || view_starts_with(head, "# "))
        return INPUT_MARKDOWN;
    if (v.ptr[0] == '[') { /* a Markdown link begins so too */
        v = view_of(v.ptr + 1, v.len - 1);
        skip_space(&v);
        if (v.len > 0 && (v.ptr[0] == '{' || v.ptr[0] == ']'))
            return INPUT_JSONL;
    }
    return INPUT_AUTO;
}

static enum input_format format_of_type(const char *type)
{
    static const struct {
        const char *type;
        enum input_format format;
    } types[] = {
        {"text/html", INPUT_HTML},           {"application/xhtml+xml", INPUT_HTML},
        {"text/plain", INPUT_TEXT},          {"text/markdown", INPUT_MARKDOWN},
        {"application/json", INPUT_JSONL},   {"application/x-ndjson", INPUT_JSONL},
    };
    size_t len = type == NULL ? 0 : strcspn(type, "; \t");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strlen(types[i].type) == len && strncasecmp(types[i].type, type, len) == 0)
            return types[i].format;
    }
    return INPUT_AUTO;
}

/* ---- all together ---- */

static bool same_family(enum input_format a, enum input_format b)
{
    bool html = (a == INPUT_HTML || a == INPUT_PAGE) && (b == INPUT_HTML || b == INPUT_PAGE);
    bool text = (a == INPUT_TEXT || a == INPUT_TEXT_PAGE) && (b == INPUT_TEXT || b == INPUT_TEXT_PAGE);
    return html || text;
}

struct input_kind kind_of_file(const char *name, struct view head, const char *content_type, enum input_format given)
{
    struct input_kind kind = name == NULL ? (struct input_kind){INPUT_AUTO, false, false} : kind_of_name(name);
    if (archive_sniff(head) != ARCHIVE_NONE)
        return (struct input_kind){INPUT_ARCHIVE, false, false};
    if (!kind.lines && given != INPUT_HTML && feed_sniff(head) != FEED_NONE)
        return (struct input_kind){INPUT_FEED, false, false};
    skip_mark(&head);
    if (kind.format == INPUT_AUTO || same_family(kind.format, given))
        kind.format = given != INPUT_AUTO ? given : format_of_type(content_type);
    if (kind.format == INPUT_AUTO)
        kind.format = format_of_bytes(head);
    bool fetched = content_type != NULL; /* servers hand out whole pages, however they begin */
    if (kind.format == INPUT_HTML && given != INPUT_HTML && !has_front_matter(head) && (fetched || is_page(head)))
        kind.format = INPUT_PAGE;
    if (kind.format == INPUT_HTML && name != NULL && given == INPUT_AUTO && name_is_input(name) &&
        kind_of_name(name).format == INPUT_AUTO)
        kind.format = INPUT_AUTO; /* .xml that is neither a feed nor a page: a map of the site, a style */
    kind.sure = kind.format == given;
    return kind;
}
