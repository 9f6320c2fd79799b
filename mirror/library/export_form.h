/* The forms of one file of an export: as it is, encrypted, in a zip, in the page. */
#ifndef LIBRARY_EXPORT_FORM_H
#define LIBRARY_EXPORT_FORM_H

#include "library/export_inside.h"
#include "trust/seal.h"

/* Where the pack goes into the page: one script element, which no browser runs. */
#define EXPORT_PAGE_MARK "<!-- mimeo:packs -->"

/* The most bytes of a part whose encrypted file has at most `size`. */
uint64_t form_room(uint64_t size);
/* Write part `number` in the form that the options name.  `passphrase` NULL: not encrypted. */
int form_write(struct export *e, const struct passphrase *passphrase, uint32_t number, struct export_output *out);

#endif
