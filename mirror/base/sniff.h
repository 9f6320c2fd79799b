/*
 * What a file is that somebody took for a pack: by its first bytes, for telling people.  Nothing is decided by it but
 * what to say, so a guess is good enough.
 */
#ifndef BASE_SNIFF_H
#define BASE_SNIFF_H

#include "base/bytes.h"

#define SNIFF_LEN 512 /* bytes from the start that are enough to look at */

enum sniff_kind { SNIFF_EMPTY, SNIFF_PACK, SNIFF_ZIP, SNIFF_PICTURE, SNIFF_HTML, SNIFF_TEXT, SNIFF_OTHER, SNIFF_UNKNOWN };

struct sniff {
    enum sniff_kind kind;
    const char *words; /* go behind the file's name: "is a picture (JPEG), no pack"; NULL for a pack */
};
struct sniff sniff(struct view front);
/* "empty", "pack", "zip", "picture", "html", "text", "other", "unknown". */
const char *sniff_kind_name(enum sniff_kind kind);

#endif
