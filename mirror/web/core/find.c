/* The C library's memmem is slow where there is nothing to find, such as 2 GB of zeros behind a pack. */
#include <string.h>

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
