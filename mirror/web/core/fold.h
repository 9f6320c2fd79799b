/*
 * Text as it is searched: without case, accents, tags and entities.
 *
 * What a letter folds to is the script's to say (it knows Unicode): a table of 65,536 units, 0 for what is passed
 * over.  Characters beyond it stand for themselves.
 */
#ifndef CORE_FOLD_H
#define CORE_FOLD_H

#include "base/bytes.h"

struct folded {
    uint32_t *chars;
    size_t len, cap;
};
void folded_dispose(struct folded *f);
/* False where no memory is left, or there is no table yet. */
bool fold_text(struct folded *out, struct view text);
/* Where `word` begins in f, or SIZE_MAX; and where that folded character stood in the text. */
size_t folded_find(const struct folded *f, const struct folded *word);
size_t fold_place(struct view text, size_t folded);
/* A clean body as text: tags become nothing, or a space where a block ends. */
int plain_of_html(struct buf *out, struct view html);

#endif
