/*
 * Tag soup: random HTML of the elements that the parser has rules about, for tests that compare
 * what cleaning gives with what cleaning, or a browser, makes of that.
 */
#ifndef UNIT_SOUP_H
#define UNIT_SOUP_H

#include "base/bytes.h"

#define SOUP_HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static uint32_t soup_state;

static inline uint32_t soup_draw(uint32_t below)
{
    soup_state ^= soup_state << 13;
    soup_state ^= soup_state >> 17;
    soup_state ^= soup_state << 5;
    return soup_state % below;
}

/* The same for the same number. */
static inline void put_soup(struct buf *out, uint32_t number)
{
    static const char *const tags[] = {
        "p", "br", "hr", "h1", "h2", "h3", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt",
        "dd", "figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tfoot", "tr",
        "th", "td", "colgroup", "col", "a", "em", "b", "i", "span", "ins", "q", "ruby", "rt", "rp",
        "wbr", "div", "section", "font", "nobr", "form", "button", "select", "option", "svg", "math",
        "mtext", "style", "script", "title", "template", "textarea", "object", "center", "body",
        "html", "foreignObject", "desc", "annotation-xml", "mglyph", "noscript", "frameset",
        "address", "details", "optgroup", "input", "marquee", "plaintext", "iframe", "rb", "rtc",
    };
    static const char *const attributes[] = {
        " dir=rtl", " lang=fr", " href=\"https://example.org/\"", " href=x", " colspan=3",
        (" src=" SOUP_HASH), " alt='<\">'", " start=4", " reversed", " title=\"</p><b>\"", " =", " /",
        " a b c", " datetime=2026", " encoding=text/html",
    };
    static const char *const texts[] = {
        "x", " ", "\n", " y ", "&amp;", "&nbsp;", "<", ">", "\"", "&lt;b&gt;", "<!-- c -->", "<!",
        "&#13;", "\xE6\x9D\xB1", "-->", "]]>", "<![CDATA[", "&#x202E;", "z\n",
    };
    soup_state = (number + 1) * 2654435761u | 1u;
    size_t common = soup_draw(4) == 0 ? sizeof tags / sizeof tags[0] : 41;
    for (uint32_t n = 1 + soup_draw(40); n > 0; n--) {
        uint32_t what = soup_draw(10);
        if (what < 5) {
            buf_appendf(out, "<%s", tags[soup_draw((uint32_t)common)]);
            for (uint32_t a = soup_draw(3); a > 0; a--)
                buf_append_str(out, attributes[soup_draw(sizeof attributes / sizeof attributes[0])]);
            buf_append_str(out, ">");
        } else if (what < 7) {
            buf_appendf(out, "</%s>", tags[soup_draw((uint32_t)common)]);
        } else {
            buf_append_str(out, texts[soup_draw(sizeof texts / sizeof texts[0])]);
        }
    }
}

#endif
