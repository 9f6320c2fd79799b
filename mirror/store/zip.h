/*
 * Writing a zip of stored entries, piece by piece: what is put in is packed or encrypted already.  Over 4 GB it is
 * zip64, which not every phone opens, and so only then.  Entries have the date 1980-01-01: a zip says nothing of the machine that made it, nor of when.
 *
 *     zip_init(&z, large, put, patch, payload);
 *     zip_begin(&z, ctx, "reader.html");  zip_put(&z, ctx, bytes) …;  zip_end(&z, ctx);
 *     zip_finish(&z, ctx);
 */
#ifndef STORE_ZIP_H
#define STORE_ZIP_H

#include "base/bytes.h"
#include "base/context.h"

#define ZIP_ENTRIES_MAX 16
#define ZIP_NAME_MAX 255

struct zip_entry {
    char name[ZIP_NAME_MAX + 1];
    uint64_t offset, len;
    uint32_t crc;
};
struct zip {
    /* Append; and write over what was appended: an entry's sum and size stand in front of it. */
    int (*put)(struct view bytes, mimeo_ctx *ctx, void *payload);
    int (*patch)(uint64_t offset, struct view bytes, mimeo_ctx *ctx, void *payload);
    void *payload;
    bool large;   /* zip64 */
    uint64_t len; /* put so far */
    struct zip_entry entries[ZIP_ENTRIES_MAX];
    size_t count;
};

/* `large`: it may have ZIP_SMALL_MAX bytes or more.  Else going over that fails. */
#define ZIP_SMALL_MAX 4000000000u
void zip_init(struct zip *z, bool large, int (*put)(struct view bytes, mimeo_ctx *ctx, void *payload),
              int (*patch)(uint64_t offset, struct view bytes, mimeo_ctx *ctx, void *payload), void *payload);
int zip_begin(struct zip *z, mimeo_ctx *ctx, const char *name);
int zip_put(struct zip *z, mimeo_ctx *ctx, struct view bytes);
int zip_end(struct zip *z, mimeo_ctx *ctx);
int zip_finish(struct zip *z, mimeo_ctx *ctx);

#endif
