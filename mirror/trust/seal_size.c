/*
 * Sizes of sealed files.  A file is as long as Padmé says (Nikitin et al., "Reducing Metadata Leakage from Encrypted
 * Files and Communication with PURBs", 2019): a number whose binary form has no more significant digits than its
 * length needs: few sizes, each of many files, for 6 % of padding at worst and 3 % from 64 KiB on.
 *
 *     size = front lock + segments + end + back lock
 *
 * One more plain byte makes 1 more sealed one, or 18, or 42 where a message or a stream begins with it: not every
 * size can be met by plain bytes alone, so the end takes up to 41 more.
 */
#include <string.h>

#include "trust/seal_inside.h"

#define SIZE_LIMIT ((uint64_t)1 << 62) /* of a sealed file: so that no sum of offsets is over 2^63 */
#define FIXED (2 * SEAL_LOCK_LEN + SEAL_END_MIN)

static unsigned log2_of(uint64_t n)
{
    unsigned bits = 0;
    while (n >>= 1)
        bits++;
    return bits;
}

/* The low bits that are zero in a size of this order. */
static uint64_t padme_mask(uint64_t size)
{
    unsigned exponent = log2_of(size);
    unsigned digits = log2_of(exponent) + 1;
    return exponent <= digits ? 0 : ((uint64_t)1 << (exponent - digits)) - 1;
}

uint64_t seal_padded(uint64_t size)
{
    if (size < FIXED)
        size = FIXED;
    uint64_t mask = padme_mask(size);
    return (size + mask) & ~mask;
}

bool seal_size_fits(uint64_t size)
{
    return size <= SIZE_LIMIT && seal_padded(size) == size;
}

/* Bytes of the segments that hold `plain` bytes. */
static uint64_t segments_len(uint64_t plain)
{
    uint64_t streams = plain / SEAL_SEGMENT + (plain % SEAL_SEGMENT > 0);
    uint64_t messages = plain / SEAL_CHUNK + (plain % SEAL_CHUNK > 0);
    return plain + streams * SEAL_STREAM_LEN + messages * SEAL_TAG_LEN;
}

/* The most plain bytes whose segments have at most `len` bytes. */
static uint64_t segments_room(uint64_t len)
{
    uint64_t plain = len / SEAL_SEGMENT_SEALED * SEAL_SEGMENT;
    uint64_t left = len % SEAL_SEGMENT_SEALED;
    if (left <= SEAL_STREAM_LEN)
        return plain;
    left -= SEAL_STREAM_LEN;
    plain += left / SEAL_CHUNK_SEALED * SEAL_CHUNK;
    left %= SEAL_CHUNK_SEALED;
    return plain + (left > SEAL_TAG_LEN ? left - SEAL_TAG_LEN : 0);
}

uint64_t seal_size(uint64_t len)
{
    return len > segments_room(SIZE_LIMIT - FIXED) ? UINT64_MAX : seal_padded(FIXED + segments_len(len));
}

uint64_t seal_room(uint64_t max)
{
    uint64_t size = max < SIZE_LIMIT ? max & ~padme_mask(max) : SIZE_LIMIT;
    return size < FIXED ? 0 : segments_room(size - FIXED);
}

struct seal_plan seal_plan_of(uint64_t size)
{
    struct seal_plan p = {.plain = segments_room(size - FIXED), .back = size - SEAL_LOCK_LEN};
    p.end = SEAL_LOCK_LEN + segments_len(p.plain);
    p.end_len = (size_t)(p.back - p.end);
    return p;
}

/* ---- could it be one? ---- */

/* Pearson's test for 256 equally frequent bytes.  Of random bytes the sum is 255 on average with a standard deviation
 * of 23; ten of those never happen by chance, and text, pictures' headers and tables are far beyond. */
static bool looks_random(struct view v)
{
    unsigned counts[256] = {0};
    double expected = (double)v.len / 256, sum = 0;
    for (size_t i = 0; i < v.len; i++)
        counts[v.ptr[i]]++;
    for (size_t i = 0; i < 256; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return sum < 255 + 10 * 23;
}

bool seal_may_be(uint64_t size, struct view front)
{
    if (front.len > SEAL_LOOK)
        front.len = SEAL_LOOK;
    return size >= SEAL_LOCK_LEN && front.len >= SEAL_LOCK_LEN && looks_random(front);
}
