/*
 * The page's language and direction: what it says of itself, where its text agrees; else what its text is in.
 */
#include <string.h>

#include "base/limits.h"
#include "extract/field.h"
#include "extract/language.h"

#define SAMPLE (12 * KIB)

/* Text of paragraphs; of the whole body where there are too few. */
static void sample(struct buf *out, const struct dom *page)
{
    const struct dom_node *top = dom_body(page);
    buf_init(out, SAMPLE);
    for (const struct dom_node *n = top; n != NULL && out->len + 64 < SAMPLE; n = dom_next(n, top))
        if (n->tag == DOM_P) {
            dom_text(out, n);
            buf_append_byte(out, ' ');
        }
    if (out->len >= 300)
        return;
    buf_clear(out);
    dom_text(out, top); /* fills it as far as it goes */
}

static bool take(struct meta_page *m, struct view said, struct view text)
{
    char tag[36];
    if (!language_tag(tag, said) || strcasecmp(tag, "und") == 0 || !language_fits(text, tag))
        return false;
    memcpy(m->lang, tag, strlen(tag) + 1);
    return true;
}

static void set_lang(struct meta_page *m, struct view text)
{
    const struct dom_node *article = dom_find(dom_body(m->dom), DOM_ARTICLE);
    bool found = take(m, dom_attribute(dom_root(m->dom), "lang"), text) ||
                 take(m, dom_attribute(dom_root(m->dom), "xml:lang"), text) ||
                 take(m, dom_attribute(dom_body(m->dom), "lang"), text) ||
                 (article != NULL && take(m, dom_attribute(article, "lang"), text)) ||
                 take(m, json_ld_text(&m->ld, m->ld.article, "inLanguage"), text) ||
                 take(m, meta_get(m, "content-language language dc.language dcterms.language inlanguage og:locale"), text) ||
                 take(m, meta_get(m, "og:locale"), text);
    const char *told = found ? NULL : language_of_text(text);
    if (told != NULL)
        memcpy(m->lang, told, strlen(told) + 1);
    if (m->lang[0] != 0)
        record_put(m, "lang", view_of_str(m->lang), LIMIT_LANG, false);
}

void meta_language(struct meta_page *m)
{
    struct buf text;
    sample(&text, m->dom);
    set_lang(m, buf_view(&text));
    const char *dir = language_direction(buf_view(&text));
    if (dir != NULL)
        record_put(m, "dir", view_of_str(dir), 8, false);
    buf_dispose(&text);
}
