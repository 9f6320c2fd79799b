/* MD5: see archive/md5.h. */
#include "archive/md5.h"

#include <string.h>

/* The whole part of 2^32 times the sine of 1 to 64, without its sign. */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
static const uint8_t turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t turn(uint32_t v, unsigned by)
{
    return v << by | v >> (32 - by);
}

static uint32_t word_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Four rounds of sixteen steps, each round with a function of its own and its own order of the words. */
static void mix(uint32_t state[4], const uint8_t block[64])
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < 64; i++) {
        unsigned round = i / 16, which = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
        uint32_t f = round == 0   ? (b & c) | (~b & d)
                     : round == 1 ? (b & d) | (c & ~d)
                     : round == 2 ? b ^ c ^ d
                                  : c ^ (b | ~d);
        uint32_t sum = a + f + sines[i] + word_at(block + 4 * (which % 16));
        a = d;
        d = c;
        c = b;
        b += turn(sum, turns[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void md5_init(struct md5 *m)
{
    *m = (struct md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void md5_update(struct md5 *m, struct view bytes)
{
    while (bytes.len > 0) {
        size_t held = (size_t)(m->len % 64), take = 64 - held < bytes.len ? 64 - held : bytes.len;
        if (take == 64) { /* most of it, without a copy */
            mix(m->state, bytes.ptr);
        } else {
            memcpy(m->block + held, bytes.ptr, take);
            if (held + take == 64)
                mix(m->state, m->block);
        }
        m->len += take;
        bytes = view_of(bytes.ptr + take, bytes.len - take);
    }
}

void md5_final(uint8_t out[MD5_LEN], struct md5 *m)
{
    static const uint8_t end[64] = {0x80};
    uint8_t bits[8];
    for (unsigned i = 0; i < 8; i++)
        bits[i] = (uint8_t)(m->len * 8 >> 8 * i);
    md5_update(m, view_of(end, 1 + (119 - m->len % 64) % 64));
    md5_update(m, view_of(bits, sizeof(bits)));
    for (unsigned i = 0; i < MD5_LEN; i++)
        out[i] = (uint8_t)(m->state[i / 4] >> 8 * (i % 4));
}
