/*
 * The transfer encodings of mail (RFC 2045 s. 6), as lenient as browsers are.
 */
#ifndef ARCHIVE_TRANSFER_CODING_H
#define ARCHIVE_TRANSFER_CODING_H

#include "base/bytes.h"

enum transfer_coding { TRANSFER_PLAIN, TRANSFER_QUOTED, TRANSFER_BASE64 };

enum transfer_coding transfer_coding_of(const char *word);
/* Append what `in` stands for: what makes no sense in quoted-printable stands for itself, in base64 is passed over.  Fails
 * as appending does. */
int transfer_undo(struct buf *out, enum transfer_coding coding, struct view in);

#endif
