/* The page that reads packs and mirrors in a browser, one self-contained HTML file, as this library was built with. */
#ifndef MIMEO_PAGE_H
#define MIMEO_PAGE_H

#include <stddef.h>

#include <mimeo/key.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Its bytes and their number; NULL where this build has none. */
MIMEO_API const unsigned char *mimeo_page(size_t *len);
/* The hash of those bytes (b2sum -l 256), "" where there are none. */
MIMEO_API void mimeo_page_hash(char out[MIMEO_HEX_LEN + 1]);
/* Is the file `name` in `directory` that page, byte for byte?  1 or 0; MIMEO_ENOTFOUND where there is none, here or there. */
MIMEO_API int mimeo_page_is(const char *directory, const char *name);

#ifdef __cplusplus
}
#endif
#endif
