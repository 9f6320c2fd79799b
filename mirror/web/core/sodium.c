/*
 * What libsodium wants from its surroundings.  Its own sodium_init looks for the best code for this processor and so
 * links all of it in; here there is one of each.  Randomness is the browser's.
 */
#include <sodium.h>

#include "system.h"

int sodium_init(void)
{
    return 0;
}

void sodium_misuse(void)
{
    __builtin_trap();
}

void randombytes_buf(void *const buf, const size_t size)
{
    host_random(buf, size);
}

void randombytes(unsigned char *const buf, const unsigned long long buf_len)
{
    host_random(buf, (size_t)buf_len);
}

uint32_t randombytes_random(void)
{
    uint32_t r;
    host_random(&r, sizeof(r));
    return r;
}
