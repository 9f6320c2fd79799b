/*
 * Words of plain text, counted as clean_word_count counts those of a tree (a test compares
 * the two): so that a paragraph of plain text needs no tree.
 */
#include <utf8proc.h>

#include "base/text.h"
#include "import/draft.h"

/* Scripts that put no spaces between words: each character counts as one. */
static bool is_unspaced(uint32_t code)
{
    return (code >= 0x0E00 && code <= 0x0EFF) ||   /* Thai, Lao */
           (code >= 0x1000 && code <= 0x109F) ||   /* Myanmar */
           (code >= 0x1780 && code <= 0x17FF) ||   /* Khmer */
           (code >= 0x2E80 && code <= 0x312F) ||   /* radicals, Kana, Bopomofo */
           (code >= 0x31A0 && code <= 0x31FF) || (code >= 0x3400 && code <= 0x4DBF) ||
           (code >= 0x4E00 && code <= 0xA4CF) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0xFF66 && code <= 0xFF9F) || (code >= 0x20000 && code <= 0x3FFFF);
}

static bool is_ascii_word(uint32_t code)
{
    return (code >= '0' && code <= '9') || ((code | 0x20) >= 'a' && (code | 0x20) <= 'z');
}

size_t prose_words(struct view text)
{
    struct cursor c = cursor_of(text);
    size_t words = 0;
    bool inside = false;
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (code < 0x80) {
            bool word = is_ascii_word(code);
            words += word && !inside;
            inside = word;
            continue;
        }
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
        bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
        bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
        bool digit = category == UTF8PROC_CATEGORY_ND;
        if (mark)
            continue;
        bool alone = letter && is_unspaced(code);
        words += alone || ((letter || digit) && !inside);
        inside = (letter || digit) && !alone;
    }
    return words;
}
