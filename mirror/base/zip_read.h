/*
 * Where the entries of a zip are.  What `mimeo export --zip` writes is stored, not packed, and so are the archives in a WACZ:
 * they can be read where they lie, in as little memory as by themselves.
 *
 * Nothing of a zip is believed: an entry is a stretch of the file, within its bounds; what that is worth shows when it is read.
 */
#ifndef BASE_ZIP_READ_H
#define BASE_ZIP_READ_H

#include "base/bytes.h"
#include "base/context.h"

#define ZIP_READ_ENTRIES 10000
#define ZIP_READ_CENTRAL (2 * MIB) /* bytes of the list of entries */

struct zip_stretch {
    uint64_t offset, len;
    bool plain;       /* stored and not encrypted: the stretch is the entry's bytes */
    bool deflated;    /* packed with deflate and not encrypted */
    uint64_t raw_len; /* as the zip says, and so are the next two */
    uint32_t crc;     /* CRC-32 of the raw bytes */
    struct view name; /* borrowed until fn returns; any bytes: nothing may be opened or written by it */
};
/* Each entry of the zip that `fd` has `size` bytes of; nonzero from fn stops and is returned.  MIMEO_EMALFORMED: it is no whole
 * zip, or over a limit. */
int zip_each(int fd, uint64_t size, mimeo_ctx *ctx, const char *path,
             int (*fn)(const struct zip_stretch *e, void *payload), void *payload);
/* Of a zip that was cut short: what is behind the first entry's header, to the end of the file.  False where it does not begin
 * as a zip. */
bool zip_first(struct zip_stretch *out, int fd, uint64_t size);

#endif
