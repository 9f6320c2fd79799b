/*
 * What a pack is read from: a file, or several that are read as one, as `cat` would make them, but for one thing: no
 * object reaches over the end of its file.  So their order does not matter, and a file that was cut off spoils no other.
 *
 * Offsets count through all files.  Bytes are read when they are asked for: a file may be as large as it likes, and a stick
 * that is pulled out does not end the process.
 *
 * Some of the files may be sealed (trust/seal.h): what they hold is then read as if it stood there, and never stands on a
 * disk.
 */
#ifndef STORE_PACK_SOURCE_H
#define STORE_PACK_SOURCE_H

#include "base/bytes.h"
#include "base/context.h"
#include "trust/keyfile.h"

struct pack_source;

/* A file, or a stretch of one, as an entry of a zip is. */
struct pack_region {
    const char *path;
    uint64_t base, len;
};

int pack_source_new(struct pack_source **out, mimeo_ctx *ctx);
void pack_source_free(struct pack_source *s);
/* A further one, read behind those that are there; what it begins with is the caller's to judge. */
int pack_source_add(struct pack_source *s, mimeo_ctx *ctx, const struct pack_region *r);
/* The same for a sealed file.  MIMEO_EPASSPHRASE, MIMEO_EMALFORMED: as seal_reader_new. */
int pack_source_add_sealed(struct pack_source *s, mimeo_ctx *ctx, const struct pack_region *r, const struct passphrase *p);
/* What is wrong with the sealed file itself, or NULL: seal_reader_damage. */
const char *pack_source_damage(const struct pack_source *s, size_t file);

size_t pack_source_count(const struct pack_source *s);
const char *pack_source_path(const struct pack_source *s, size_t file);
/* Where a file begins; of file `count`: where all end. */
uint64_t pack_source_start(const struct pack_source *s, size_t file);
/* Which file has this byte. */
size_t pack_source_at(const struct pack_source *s, uint64_t offset);
/* "byte 7", or of several files "byte 7 of part2.mimeo". */
void pack_source_place(char *out, size_t size, const struct pack_source *s, uint64_t offset);
size_t pack_source_sealed(const struct pack_source *s); /* how many of the files are */
/* May several threads read at once? */
bool pack_source_is_concurrent(const struct pack_source *s);

/* Up to `len` bytes from `offset`, and not past the end of the file there: *got says how many.  What a sealed file has
 * lost is read as bytes FF, so that what stands behind is still found; pack_source_lost() counts such bytes. */
int pack_source_read(struct pack_source *s, mimeo_ctx *ctx, uint64_t offset, uint8_t *bytes, size_t len, size_t *got);
uint64_t pack_source_lost(const struct pack_source *s);

#endif
