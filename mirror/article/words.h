/*
 * Words as a newsroom counts them: runs of letters and digits; in scripts that put no spaces between
 * words (Han, Kana, Thai, …) each letter.
 */
#ifndef ARTICLE_WORDS_H
#define ARTICLE_WORDS_H

#include "base/bytes.h"

struct word_count {
    size_t words;
    bool inside; /* the last character was part of a word; set it false where a block ends */
};

/* Count on: a word may go on from one piece of text to the next. */
void word_count_add(struct word_count *w, struct view text);
size_t prose_words(struct view text);

#endif
