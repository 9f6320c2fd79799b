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
/* The service worker that keeps a mirror's page open offline: a browser takes it only from a file of its own, beside the
 * page.  Never NULL. */
MIMEO_API const unsigned char *mimeo_page_service(size_t *len);
#define MIMEO_PAGE_NAME "reader.html"
#define MIMEO_PAGE_SERVICE_NAME "reader-offline.js"
/* The hash of the page (b2sum -l 256), "" where there is none. */
MIMEO_API void mimeo_page_hash(char out[MIMEO_HEX_LEN + 1]);
/* Is the file `name` in `directory` that page, or where it is called so its service worker, byte for byte?  1 or 0;
 * MIMEO_ENOTFOUND where there is none, here or there. */
MIMEO_API int mimeo_page_is(const char *directory, const char *name);

#ifdef __cplusplus
}
#endif
#endif
