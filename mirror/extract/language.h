/*
 * What language a text is in, by its script and its most frequent words.
 */
#ifndef EXTRACT_LANGUAGE_H
#define EXTRACT_LANGUAGE_H

#include "base/bytes.h"

/* The language of a text ("ru"), of those that can be told; NULL where it is too short or none of them. */
const char *language_of_text(struct view text);
/* Can a text in this language ("sr-Latn", "pt_BR") be written in the script that most of `text` is in?  And where
 * the text is clearly in another language of the same script, no too.  True where the text is too short to tell. */
bool language_fits(struct view text, const char *lang);
/* "rtl" where most letters are of a script that is written so, "ltr", or NULL where there are none. */
const char *language_direction(struct view text);
/* A tag such as "pt-BR" out of "pt_BR", "PT-br ", "en-US,en": false where it is none. */
bool language_tag(char out[36], struct view said);

#endif
