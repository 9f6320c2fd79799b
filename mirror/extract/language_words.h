/*
 * The most frequent words of languages, and letters that few others have.
 */
#ifndef EXTRACT_LANGUAGE_WORDS_H
#define EXTRACT_LANGUAGE_WORDS_H

#include "base/bytes.h"

enum script { LATIN, CYRILLIC, GREEK, ARABIC, HEBREW, HAN, KANA, HANGUL, THAI, DEVANAGARI, BENGALI, BURMESE, GEORGIAN, ARMENIAN,
              TAMIL, TELUGU, KHMER, ETHIOPIC, OTHER, SCRIPTS };

#define LANGUAGES 31

struct language_profile {
    const char *lang;
    enum script script;
    const char *words; /* divided by spaces, and one at both ends */
    const char *marks; /* letters: each counts as a word */
};
extern const struct language_profile language_profiles[LANGUAGES];

/* Make the table of them now: before a fork, so that not each child has to. */
void language_words_ready(void);
/* The languages that have this word (in small letters) among their most frequent, a bit each by its place above. */
uint64_t language_of_word(struct view word);
uint64_t language_of_mark(struct view letter);

#endif
