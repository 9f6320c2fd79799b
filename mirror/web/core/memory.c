/*
 * Where the C library's smallest versions go byte by byte: clearing a record costs more than parsing it, and 2 GB of
 * zeros behind a pack are searched for a magic.  Compiled without builtins, or memset would be made to call itself.
 */
#include <stdint.h>
#include <string.h>

void *memset(void *out, int byte, size_t len)
{
    unsigned char *at = out;
    uint64_t eight = 0x0101010101010101u * (unsigned char)byte;
    for (; len >= sizeof(eight); len -= sizeof(eight), at += sizeof(eight))
        __builtin_memcpy(at, &eight, sizeof(eight)); /* one store */
    for (; len > 0; len--)
        *at++ = (unsigned char)byte;
    return out;
}

/* The next byte that is `byte`: eight at a time, until one of them must be it. */
void *memchr(const void *bytes, int byte, size_t len)
{
    const unsigned char *at = bytes;
    const uint64_t ones = 0x0101010101010101u, eight = ones * (unsigned char)byte;
    for (; len >= sizeof(eight); len -= sizeof(eight), at += sizeof(eight)) {
        uint64_t word;
        __builtin_memcpy(&word, at, sizeof(word));
        word ^= eight;
        if (((word - ones) & ~word & (ones << 7)) != 0)
            break;
    }
    for (; len > 0; len--, at++)
        if (*at == (unsigned char)byte)
            return (void *)at;
    return NULL;
}

void *memmem(const void *haystack, size_t len, const void *needle, size_t needle_len)
{
    const unsigned char *at = haystack, *end = at + len, *first = needle;
    if (needle_len == 0)
        return (void *)haystack;
    while ((size_t)(end - at) >= needle_len) {
        at = memchr(at, first[0], (size_t)(end - at) - needle_len + 1);
        if (at == NULL)
            return NULL;
        if (memcmp(at, needle, needle_len) == 0)
            return (void *)at;
        at++;
    }
    return NULL;
}
