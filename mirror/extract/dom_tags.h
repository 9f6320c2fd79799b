/*
 * The elements by name, and what the tree's builder and the judgements have to know of each.
 */
#ifndef EXTRACT_DOM_TAGS_H
#define EXTRACT_DOM_TAGS_H

#include "base/bytes.h"

/* name, enum, flags; ordered by name: dom_tag_of() searches. */
#define DOM_TAG_LIST(X) \
    X("a", A, FORMATTING) \
    X("abbr", ABBR, 0) \
    X("acronym", ACRONYM, 0) \
    X("address", ADDRESS, BLOCK) \
    X("applet", APPLET, BOUNDARY) \
    X("area", AREA, VOID) \
    X("article", ARTICLE, BLOCK) \
    X("aside", ASIDE, BLOCK) \
    X("audio", AUDIO, 0) \
    X("b", B, FORMATTING) \
    X("base", BASE, VOID | HEAD) \
    X("bdi", BDI, 0) \
    X("bdo", BDO, 0) \
    X("big", BIG, FORMATTING) \
    X("blockquote", BLOCKQUOTE, BLOCK) \
    X("body", BODY, BLOCK) \
    X("br", BR, VOID) \
    X("button", BUTTON, BOUNDARY) \
    X("canvas", CANVAS, 0) \
    X("caption", CAPTION, BLOCK | BOUNDARY) \
    X("center", CENTER, BLOCK) \
    X("cite", CITE, 0) \
    X("code", CODE, FORMATTING) \
    X("col", COL, VOID) \
    X("colgroup", COLGROUP, 0) \
    X("data", DATA, 0) \
    X("datalist", DATALIST, 0) \
    X("dd", DD, BLOCK) \
    X("del", DEL, 0) \
    X("details", DETAILS, BLOCK) \
    X("dfn", DFN, 0) \
    X("dialog", DIALOG, BLOCK) \
    X("dir", DIR, BLOCK) \
    X("div", DIV, BLOCK) \
    X("dl", DL, BLOCK) \
    X("dt", DT, BLOCK) \
    X("em", EM, FORMATTING) \
    X("embed", EMBED, VOID) \
    X("fieldset", FIELDSET, BLOCK) \
    X("figcaption", FIGCAPTION, BLOCK) \
    X("figure", FIGURE, BLOCK) \
    X("font", FONT, FORMATTING) \
    X("footer", FOOTER, BLOCK) \
    X("form", FORM, BLOCK) \
    X("frame", FRAME, VOID) \
    X("frameset", FRAMESET, BLOCK) \
    X("h1", H1, BLOCK) \
    X("h2", H2, BLOCK) \
    X("h3", H3, BLOCK) \
    X("h4", H4, BLOCK) \
    X("h5", H5, BLOCK) \
    X("h6", H6, BLOCK) \
    X("head", HEAD, BLOCK) \
    X("header", HEADER, BLOCK) \
    X("hgroup", HGROUP, BLOCK) \
    X("hr", HR, BLOCK | VOID) \
    X("html", HTML, BLOCK) \
    X("i", I, FORMATTING) \
    X("iframe", IFRAME, RAW) \
    X("image", IMAGE, VOID) \
    X("img", IMG, VOID) \
    X("input", INPUT, VOID) \
    X("ins", INS, 0) \
    X("kbd", KBD, 0) \
    X("label", LABEL, 0) \
    X("legend", LEGEND, BLOCK) \
    X("li", LI, BLOCK) \
    X("link", LINK, VOID | HEAD) \
    X("listing", LISTING, BLOCK) \
    X("main", MAIN, BLOCK) \
    X("map", MAP, 0) \
    X("mark", MARK, 0) \
    X("marquee", MARQUEE, BOUNDARY) \
    X("math", MATH, GONE) \
    X("menu", MENU, BLOCK) \
    X("meta", META, VOID | HEAD) \
    X("meter", METER, 0) \
    X("nav", NAV, BLOCK) \
    X("nobr", NOBR, FORMATTING) \
    X("noembed", NOEMBED, RAW) \
    X("noframes", NOFRAMES, RAW) \
    X("noscript", NOSCRIPT, HEAD) \
    X("object", OBJECT, BOUNDARY) \
    X("ol", OL, BLOCK) \
    X("optgroup", OPTGROUP, 0) \
    X("option", OPTION, 0) \
    X("output", OUTPUT, 0) \
    X("p", P, BLOCK) \
    X("param", PARAM, VOID) \
    X("picture", PICTURE, 0) \
    X("pre", PRE, BLOCK) \
    X("progress", PROGRESS, 0) \
    X("q", Q, 0) \
    X("rp", RP, 0) \
    X("rt", RT, 0) \
    X("ruby", RUBY, 0) \
    X("s", S, FORMATTING) \
    X("samp", SAMP, 0) \
    X("script", SCRIPT, RAW | HEAD) \
    X("section", SECTION, BLOCK) \
    X("select", SELECT, BOUNDARY) \
    X("small", SMALL, FORMATTING) \
    X("source", SOURCE, VOID) \
    X("span", SPAN, 0) \
    X("strike", STRIKE, FORMATTING) \
    X("strong", STRONG, FORMATTING) \
    X("style", STYLE, RAW | HEAD) \
    X("sub", SUB, 0) \
    X("summary", SUMMARY, BLOCK) \
    X("sup", SUP, 0) \
    X("svg", SVG, GONE) \
    X("table", TABLE, BLOCK | BOUNDARY) \
    X("tbody", TBODY, BLOCK) \
    X("td", TD, BLOCK | BOUNDARY) \
    X("template", TEMPLATE, BOUNDARY | HEAD) \
    X("textarea", TEXTAREA, RAW) \
    X("tfoot", TFOOT, BLOCK) \
    X("th", TH, BLOCK | BOUNDARY) \
    X("thead", THEAD, BLOCK) \
    X("time", TIME, 0) \
    X("title", TITLE, RAW | HEAD) \
    X("tr", TR, BLOCK) \
    X("track", TRACK, VOID) \
    X("tt", TT, FORMATTING) \
    X("u", U, FORMATTING) \
    X("ul", UL, BLOCK) \
    X("var", VAR, 0) \
    X("video", VIDEO, 0) \
    X("wbr", WBR, VOID) \
    X("xmp", XMP, RAW)

enum dom_tag {
    DOM_TEXT,
    DOM_OTHER,
#define DOM_TAG_ENUM(name, id, flags) DOM_##id,
    DOM_TAG_LIST(DOM_TAG_ENUM)
#undef DOM_TAG_ENUM
    DOM_TAG_COUNT,
};

enum dom_tag_flag {
    DOM_IS_VOID = 1,       /* has no content */
    DOM_IS_RAW = 2,        /* content is text up to its end tag */
    DOM_IS_FORMATTING = 4, /* may be closed out of order */
    DOM_IS_BLOCK = 8,      /* stands in lines of its own */
    DOM_IS_BOUNDARY = 16,  /* nothing is closed unasked beyond it */
    DOM_IS_HEAD = 32,      /* does not end the head */
    DOM_IS_GONE = 64,      /* passed over with its content */
};

enum dom_tag dom_tag_of(struct view name); /* in any case; DOM_OTHER where we know none */
unsigned dom_tag_flags(enum dom_tag tag);
const char *dom_tag_name(enum dom_tag tag); /* "" for DOM_TEXT and DOM_OTHER */

static inline bool dom_is_block(enum dom_tag tag) { return (dom_tag_flags(tag) & DOM_IS_BLOCK) != 0; }
static inline bool dom_is_heading(enum dom_tag tag) { return tag >= DOM_H1 && tag <= DOM_H6; }

#endif
