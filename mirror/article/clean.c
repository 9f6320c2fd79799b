/*
 * Cleaning: scan, parse, build (article/html_scan.h, html_parser.h, build.h).
 *
 * What a reader would get wrong: only the parser runs in the child.  What comes back are its
 * events; the tree is built from them here, where the caller's picture callback can be asked, and
 * a parser that was taken over has no more power than the HTML itself.
 */
#include "article/clean.h"

#include "article/build.h"
#include "article/html_parser.h"
#include "article/html_scan.h"
#include "article/values.h"
#include "base/child.h"
#include "base/limits.h"
#include "base/text.h"

#define ALONE (1 * MIB) /* what is larger is parsed in a child */
#define CHILD_SECONDS(len) (4 + (int)((len) / MIB))

static int parse_in_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct view *html = payload;
    return html_parse(out, ctx, *html);
}

static int parse(struct buf *events, mimeo_ctx *ctx, struct view html, bool doubtful)
{
    if (html.len <= ALONE && !doubtful) {
        buf_init(events, html_parse_output(html.len));
        return html_parse(events, ctx, html);
    }
    /* The limit is on address space, and the allocator reserves it in steps of 128 MB. */
    struct child_limits limits = {.memory = child_memory(256 * MIB + html_parse_memory(html.len)),
                                  .seconds = CHILD_SECONDS(html.len),
                                  .output = html_parse_output(html.len)};
    return child_run(events, ctx, "the HTML", &limits, parse_in_child, &html);
}

static int clean_known_characters(struct tree **out, mimeo_ctx *ctx, struct view html,
                                  const struct clean_options *options)
{
    struct buf events = {0};
    bool doubtful;
    int rc = html_scan(&doubtful, ctx, html);
    if (rc == 0)
        rc = parse(&events, ctx, html, doubtful);
    if (rc == 0)
        rc = build_tree(out, ctx, buf_view(&events), options);
    buf_dispose(&events);
    return rc;
}

/* Controls go before the parser sees them: it would put U+FFFD in their place. */
int clean_html(struct tree **out, mimeo_ctx *ctx, struct view html,
               const struct clean_options *options)
{
    static const struct clean_options none = {0};
    struct buf copy = {0};
    if (options == NULL)
        options = &none;
    if (html.len > LIMIT_HTML || text_is_clean(html) || !utf8_valid(html))
        return clean_known_characters(out, ctx, html, options);
    buf_init(&copy, html.len);
    int rc = text_clean(&copy, html) < 0
                 ? ctx_error_nomem(ctx)
                 : clean_known_characters(out, ctx, buf_view(&copy), options);
    buf_dispose(&copy);
    return rc;
}

int clean_to_html(struct buf *out, mimeo_ctx *ctx, struct view html,
                  const struct clean_options *options)
{
    struct tree *tree;
    int rc = clean_html(&tree, ctx, html, options);
    if (rc < 0)
        return rc;
    rc = tree_write(out, tree);
    tree_free(tree);
    if (rc == MIMEO_ENOMEM)
        return ctx_error_nomem(ctx);
    return rc == 0 ? 0 : ctx_error(ctx, rc, "the HTML is larger than %zu bytes when cleaned", out->max);
}
