/*
 * Sealed files: bytes encrypted by a passphrase so that the file has no recognisable byte and a size that tells little
 * (FORMAT.md, "Sealed files").
 *
 *     +------------+-----------+-----------+-----+-----+-----------+
 *     | front lock | segment 0 | segment 1 |  …  | end | back lock |
 *     | 121        | 262,236   |           |     | 49+ | 121       |
 *     +------------+-----------+-----------+-----+-----+-----------+
 *     lock:    salt 16 | proof 32 | stream of one message: the file's key
 *     segment: a stream of at most 4 messages of 64 KiB; a stream is libsodium's secretstream
 *     end:     a stream of one message: the length of what is sealed, and zeros
 *
 * Each lock opens the file by itself, so damage to one is told from a wrong passphrase by the other.  Streams begin
 * anew each 256 KiB, so a reader begins anywhere, and damage costs 256 KiB at most.  The cost of key derivation is
 * the format's (Argon2id, 64 MiB, 3 passes), never the file's.
 *
 * What a reader would get wrong: sealing hides, it vouches for nothing.  Whoever has the passphrase can seal
 * anything, so what comes out is as hostile as any other file.
 */
#ifndef TRUST_SEAL_H
#define TRUST_SEAL_H

#include "base/bytes.h"
#include "base/context.h"
#include "trust/keyfile.h"

/* Bytes of the sealed file that holds `len` bytes; UINT64_MAX where no file is that large (2^62). */
uint64_t seal_size(uint64_t len);
/* The most bytes whose sealed file has at most `max` bytes; 0: none, or an empty one alone fits. */
uint64_t seal_room(uint64_t max);

/* Can a file of this size that begins so be a sealed one, whole or cut short?  Cheap, and never sure: it is for not
 * asking a passphrase for somebody's letter.  `front`: its first bytes, best SEAL_LOOK of them. */
#define SEAL_LOOK 4096
bool seal_may_be(uint64_t size, struct view front);
/* Is it a size that sealed files have?  (One that was cut short has another, but for bad luck.) */
bool seal_size_fits(uint64_t size);

/* ---- writing ---- */

struct seal_writer; /* 128 KiB, however much passes */
/* Takes the next bytes of the sealed file; its nonzero return ends the call that it came from, and is passed up. */
typedef int (*seal_put_fn)(struct view sealed, mimeo_ctx *ctx, void *payload);

/* Derives two keys (half a second, 64 MiB for that time).  The passphrase must not be empty (MIMEO_EUSAGE) and is not
 * needed after.  Nothing is put before the first seal_write. */
int seal_writer_new(struct seal_writer **out, mimeo_ctx *ctx, const struct passphrase *p, seal_put_fn put, void *payload);
int seal_write(struct seal_writer *w, mimeo_ctx *ctx, struct view plain);
/* Padding, the end and the second lock: after it exactly seal_size(all that was written) bytes were put.  After a
 * failed call what was put is no sealed file: throw it away. */
int seal_finish(struct seal_writer *w, mimeo_ctx *ctx);
void seal_writer_free(struct seal_writer *w);

/* ---- reading ---- */

struct seal_reader; /* one thread at a time */
/* Give `len` bytes of the sealed file from `offset`; *got less than that only at its end. */
typedef int (*seal_get_fn)(uint8_t *bytes, size_t len, uint64_t offset, size_t *got, mimeo_ctx *ctx, void *payload);

/* Opens a sealed file of `size` bytes; derives a key, or two where the first does not fit.  The passphrase is not
 * needed after.  MIMEO_EPASSPHRASE: no lock opens: a wrong passphrase, or no sealed file, or both locks are damaged,
 * which nobody can tell apart.  MIMEO_EMALFORMED: too small to be one.  A file that is cut short or damaged opens
 * where one lock is whole: seal_reader_damage() tells. */
int seal_reader_new(struct seal_reader **out, mimeo_ctx *ctx, const struct passphrase *p, uint64_t size, seal_get_fn get,
                    void *payload);
/* Bytes that were sealed.  Where the end is damaged: the most that there can be (padding included). */
uint64_t seal_reader_len(const struct seal_reader *r);
/* What is wrong with locks and end, in words that go behind a name ("is cut short, …"); NULL: nothing.  The
 * segments are only judged as they are read. */
const char *seal_reader_damage(const struct seal_reader *r);
/* Only authenticated bytes come out.  0: *got is less than `len` only at the end.  MIMEO_EFORGED: the bytes at
 * offset + *got are damaged or cut off, the *got bytes before are good; go on at seal_reader_beyond() of that place.
 * Other codes: those of `get`, of cancelling, and of no memory; then *got is 0. */
int seal_read(struct seal_reader *r, mimeo_ctx *ctx, uint8_t *bytes, size_t len, uint64_t offset, size_t *got);
/* Where reading may go on after damage at `offset`: the next segment, or the end. */
uint64_t seal_reader_beyond(const struct seal_reader *r, uint64_t offset);
/* Give back the buffers (128 KiB) until the next read: for whoever has many files open. */
void seal_reader_rest(struct seal_reader *r);
void seal_reader_free(struct seal_reader *r);

#endif
