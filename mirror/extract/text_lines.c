/*
 * A text to its lines, and what each of them is by itself.
 */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/limits.h"
#include "base/text.h"
#include "extract/field.h"
#include "extract/furniture_words.h"
#include "extract/text_page.h"

#define PROSE_LEAST 70    /* characters of a line that is prose by its one end of a sentence */
#define WRAP_FROM 45      /* characters of lines that were broken for a terminal or a mail */
#define WRAP_TO 100
#define WRAP_SPREAD 34

/* ---- cutting */

static size_t width_of(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    size_t n = 0;
    while (utf8_next(&c, &code))
        n += code >= 0x2E80 && code < 0xFF00 ? 2 : 1;
    return n;
}

static struct view trim_all(struct view v)
{
    static const char *const blanks[] = {"\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF"};
    for (bool again = true; again;) {
        again = false;
        v = line_trim(v);
        for (size_t i = 0; i < 4; i++) {
            size_t len = strlen(blanks[i]);
            if (v.len >= len && memcmp(v.ptr, blanks[i], len) == 0) {
                v = view_of(v.ptr + len, v.len - len);
                again = true;
            }
            if (v.len >= len && memcmp(v.ptr + v.len - len, blanks[i], len) == 0) {
                v.len -= len;
                again = true;
            }
        }
    }
    return v;
}

/* The next line with whatever line end it has; false at the end. */
static bool next_line(struct cursor *c, struct view *out)
{
    if (c->left == 0)
        return false;
    const uint8_t *from = c->ptr;
    while (c->left > 0 && *c->ptr != '\n' && *c->ptr != '\r') {
        c->ptr++;
        c->left--;
    }
    *out = view_of(from, (size_t)(c->ptr - from));
    if (!cursor_skip(c, "\r\n") && c->left > 0) {
        c->ptr++;
        c->left--;
    }
    return true;
}

static bool ends_sentence(struct view v)
{
    static const char *const ends[] = {".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", ":", "：", ";"};
    static const char *const quotes[] = {"\"", "'", "”", "’", "»", "«", "“", ")", "」", "』", "）", "]", "‘"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
            size_t len = strlen(quotes[i]);
            if (v.len > len && memcmp(v.ptr + v.len - len, quotes[i], len) == 0) {
                v.len -= len;
                again = true;
            }
        }
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t len = strlen(ends[i]);
        if (v.len > len && memcmp(v.ptr + v.len - len, ends[i], len) == 0)
            return true;
    }
    return false;
}

/* Ends of sentences within: a stop and a space, or a stop of a script that writes no spaces. */
static size_t count_sentences(struct view v)
{
    static const char *const stops[] = {". ", "! ", "? ", "。", "！", "？", "؟ ", "۔ ", "। ", ".\" ", ".” ", "?” ", "», ", "…"};
    size_t n = 0;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        for (struct view left = v;;) {
            const uint8_t *at = left.len == 0 ? NULL : memmem(left.ptr, left.len, stops[i], strlen(stops[i]));
            if (at == NULL)
                break;
            n++;
            size_t step = (size_t)(at - left.ptr) + strlen(stops[i]);
            left = view_of(left.ptr + step, left.len - step);
        }
    return n;
}

/* ---- kinds */

static bool begins_item(struct view v)
{
    static const char *const bullets[] = {"- ", "• ", "* ", "– ", "· ", "▪ ", "● ", "‣ "};
    for (size_t i = 0; i < sizeof bullets / sizeof bullets[0]; i++)
        if (view_starts_with(v, bullets[i]))
            return true;
    size_t digits = 0;
    while (digits < v.len && digits < 3 && v.ptr[digits] >= '0' && v.ptr[digits] <= '9')
        digits++;
    return digits > 0 && digits + 1 < v.len && (v.ptr[digits] == '.' || v.ptr[digits] == ')') && v.ptr[digits + 1] == ' ';
}

/* "Jane Doe / Example Photo", "Foto: …", "(c) …", "Getty Images" at the end. */
static bool has_credit(struct view v)
{
    static const char *const leads[] = {"photo:", "photo by", "photos:", "image:", "picture:", "foto:", "bild:", "photo :", "imagen:", "imagem:",
                                        "immagine:", "фото:", "zdjęcie:", "fot.", "fotoğraf:", "صورة:", "عکس:", "图片", "圖片", "写真", "사진",
                                        "ảnh:", "credit:", "crédit", "©", "(c) ", "источник фото"};
    static const char *const ends[] = {"getty images", "reuters", "reuters)", "afp", "afp)", "ap photo", "ap)", "epa", "tass", "тасс",
                                       "риа новости", "xinhua", "shutterstock", "unsplash", "imago", "dpa", "pap", "ansa", "efe", "lapresse",
                                       "wikimedia", "scanpix", "unian", "уніан", "укрінформ", "anadolu", "新华社", "新華社", "中新社", "photo",
                                       "press service", "getty", "/ap", "flickr"};
    struct buf small;
    bool found = false;
    buf_init(&small, 4096);
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (utf8_next(&c, &code) && buf_append_utf8(&small, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)) == 0)
        ;
    for (size_t i = 0; !found && i < sizeof leads / sizeof leads[0]; i++)
        found = view_starts_with(buf_view(&small), leads[i]) || (i >= 24 && small.len > 0 && strstr(buf_str(&small), leads[i]) != NULL);
    for (size_t i = 0; !found && i < sizeof ends / sizeof ends[0]; i++) {
        size_t len = strlen(ends[i]);
        found = small.len > len + 1 && memcmp(small.ptr + small.len - len, ends[i], len) == 0 && !(small.ptr[small.len - len - 1] >= 'a' && small.ptr[small.len - len - 1] <= 'z');
    }
    buf_dispose(&small);
    return found;
}

static bool begins_byline(struct view v)
{
    static const char *const leads[] = {"by ", "by: ", "written by ", "von ", "par ", "por ", "di ", "text: ", "text:", "author: ", "autor: ",
                                        "autorin: ", "автор: ", "автор:", "текст: ", "autora: ", "tekst: ", "yazar: ", "بقلم", "كتب ", "نویسنده",
                                        "作者", "记者", "記者", "文／", "文/", "oleh ", "penulis: ", "tác giả"};
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (line_starts(v, leads[i]) > 0 && v.len > strlen(leads[i]))
            return true;
    return false;
}

static void fold_line(struct buf *out, struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    while (utf8_next(&c, &code))
        if (buf_append_utf8(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)) < 0)
            break;
}

static const char *furniture_words(struct view folded, size_t length)
{
    switch (furniture_of(folded)) {
    case FURNITURE_HEAD: return length <= 60 ? "leads to other articles" : NULL;
    case FURNITURE_END: return length <= 60 ? "comments" : NULL;
    case FURNITURE_LINE:
    case FURNITURE_LEAD: return length <= 90 ? "says by its words that it is furniture" : NULL;
    default: return NULL;
    }
}

static void judge_line(struct text_line *l)
{
    struct buf folded;
    size_t sentences = count_sentences(l->text);
    buf_init(&folded, 16 * KIB);
    fold_line(&folded, l->text);
    l->length = width_of(l->text);
    l->ends_sentence = ends_sentence(l->text);
    bool prose = (l->ends_sentence && (l->length >= PROSE_LEAST || sentences > 0)) || (sentences > 1 && l->length >= 2 * PROSE_LEAST);
    l->why = text_appeal(buf_view(&folded), l->length, prose);
    if (l->why == NULL && !prose)
        l->why = furniture_words(buf_view(&folded), l->length);
    if (l->length <= 120 && date_is_all(l->text, NULL))
        l->kind = TEXT_DATE;
    else if (l->length <= 90 && !l->ends_sentence && begins_byline(l->text))
        l->kind = TEXT_BYLINE;
    else if (l->length <= 400 && has_credit(l->text))
        l->kind = TEXT_CAPTION;
    else if (l->why != NULL || l->length < 2)
        l->kind = TEXT_FURNITURE;
    else if (begins_item(l->text))
        l->kind = TEXT_ITEM;
    else
        l->kind = prose || (l->ends_sentence && l->length >= 25) ? TEXT_PROSE : TEXT_SHORT;
    buf_dispose(&folded);
}

/* ---- all of it */

static int add_line(struct text_lines *out, size_t *room, struct view text, bool blank_before)
{
    if (out->count == *room) {
        size_t more = *room == 0 ? 256 : *room * 2;
        struct text_line *grown = realloc(out->of, more * sizeof *grown);
        if (grown == NULL)
            return MIMEO_ENOMEM;
        out->of = grown;
        *room = more;
    }
    out->of[out->count++] = (struct text_line){.text = text, .blank_before = blank_before};
    return 0;
}

static bool begins_small(struct view v)
{
    struct cursor c = cursor_of(v);
    uint32_t code;
    return utf8_next(&c, &code) && utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_LL;
}

/* Lines from `from` up to the next blank one were broken at a width: none but the last is short, most go on, and
 * some in the middle of a sentence. */
static bool is_wrapped(const struct text_lines *l, size_t from, size_t to)
{
    size_t least = SIZE_MAX, most = 0, goes_on = 0, small = 0;
    for (size_t i = from; i + 1 < to; i++) {
        if (begins_item(l->of[i + 1].text))
            return false;
        small += begins_small(l->of[i + 1].text);
        size_t width = width_of(l->of[i].text);
        least = width < least ? width : least;
        most = width > most ? width : most;
        goes_on += !ends_sentence(l->of[i].text);
    }
    return small > 0 && least >= WRAP_FROM && most <= WRAP_TO && most - least <= WRAP_SPREAD && goes_on * 2 >= to - from - 1 &&
           width_of(l->of[to - 1].text) <= most + 12;
}

/* Paragraphs that were broken into lines become one line each. */
static int join(struct text_lines *l, size_t bytes)
{
    size_t kept = 0, to;
    int rc = buf_reserve(&l->joined, bytes + l->count);
    for (size_t from = 0; rc == 0 && from < l->count; from = to) {
        for (to = from + 1; to < l->count && !l->of[to].blank_before; to++)
            ;
        if (!is_wrapped(l, from, to)) {
            while (from < to)
                l->of[kept++] = l->of[from++];
            continue;
        }
        struct text_line line = l->of[from];
        size_t start = l->joined.len;
        for (size_t i = from; rc == 0 && i < to; i++) {
            rc = i > from ? buf_append_byte(&l->joined, ' ') : 0;
            rc = rc == 0 ? buf_append_view(&l->joined, l->of[i].text) : rc;
        }
        line.text = view_of(l->joined.ptr + start, l->joined.len - start);
        l->of[kept++] = line;
    }
    l->count = rc == 0 ? kept : l->count;
    return rc;
}

int text_lines_cut(struct text_lines *out, mimeo_ctx *ctx, const char *where, struct view text)
{
    struct text_lines l = {.count = 0};
    struct cursor c = cursor_of(text);
    struct view line;
    size_t room = 0;
    bool blank = true;
    int rc = 0;
    buf_init(&l.joined, text.len + TEXT_LINES + 1);
    while (rc == 0 && l.count <= TEXT_LINES && next_line(&c, &line)) {
        line = trim_all(line);
        if (line.len > 0)
            rc = add_line(&l, &room, line, blank);
        blank = line.len == 0;
    }
    if (rc == 0 && l.count <= TEXT_LINES)
        rc = join(&l, text.len);
    for (size_t i = 0; rc == 0 && i < l.count && l.count <= TEXT_LINES; i++)
        judge_line(&l.of[i]);
    for (size_t i = 0; rc == 0 && i < l.count; i++)
        l.furniture += l.of[i].kind == TEXT_FURNITURE;
    if (rc == 0 && l.count <= TEXT_LINES) {
        *out = l;
        return 0;
    }
    text_lines_dispose(&l);
    return rc < 0 ? ctx_error_nomem(ctx) : ctx_error(ctx, MIMEO_EMALFORMED, "%s: has more than %d lines", where, TEXT_LINES);
}

void text_lines_dispose(struct text_lines *l)
{
    free(l->of);
    buf_dispose(&l->joined);
    *l = (struct text_lines){.count = 0};
}
