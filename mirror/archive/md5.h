/*
 * MD5 (RFC 1321), by which ZIM files and some lists of files say what their bytes are: it tells damage, and proves nothing.
 */
#ifndef ARCHIVE_MD5_H
#define ARCHIVE_MD5_H

#include "base/bytes.h"

#define MD5_LEN 16

struct md5 {
    uint32_t state[4];
    uint64_t len; /* bytes so far */
    uint8_t block[64];
};
void md5_init(struct md5 *m);
void md5_update(struct md5 *m, struct view bytes);
void md5_final(uint8_t out[MD5_LEN], struct md5 *m);

#endif
