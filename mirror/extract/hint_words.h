/*
 * The words that content systems give the parts of a page in class and id.  A row is one word or two that follow
 * each other, in small letters ("read-more", "readMore" and "read_more" are all "readmore").
 */
#ifndef EXTRACT_HINT_WORDS_H
#define EXTRACT_HINT_WORDS_H

#include "extract/hints.h"

struct hint_word {
    const char *word;
    struct hint hint;
};

/* NULL where the word says nothing. */
const struct hint_word *hint_word_of(const char *word);

#endif
