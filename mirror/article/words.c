/* Counting words of text.  What a reader would get wrong: combining marks are part of no count, and
 * neither begin nor end a word. */
#include "article/words.h"

#include <utf8proc.h>

#include "base/text.h"

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

void word_count_add(struct word_count *w, struct view text)
{
    struct cursor c = cursor_of(text);
    uint32_t code;
    while (utf8_next(&c, &code)) {
        if (code < 0x80) {
            bool word = is_ascii_word(code);
            w->words += word && !w->inside;
            w->inside = word;
            continue;
        }
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
        bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
        bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
        bool digit = category == UTF8PROC_CATEGORY_ND;
        if (mark)
            continue;
        bool alone = letter && is_unspaced(code);
        w->words += alone || ((letter || digit) && !w->inside);
        w->inside = (letter || digit) && !alone;
    }
}

size_t prose_words(struct view text)
{
    struct word_count w = {0, false};
    word_count_add(&w, text);
    return w.words;
}
