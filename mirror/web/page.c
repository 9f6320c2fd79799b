/*
 * reader.html as this build has it.  It is made apart (tools/build-page), since a compiler for WebAssembly is not
 * asked of whoever builds mimeo; the option MIMEO_PAGE puts it in.
 */
#include <mimeo/page.h>

#include <string.h>

#include "web/page_table.h"

const unsigned char *mimeo_page(size_t *len)
{
    *len = page_table_len;
    return page_table_len > 0 ? page_table : NULL;
}

const unsigned char *mimeo_page_service(size_t *len)
{
    *len = page_service_len;
    return page_service;
}

void mimeo_page_hash(char out[MIMEO_HEX_LEN + 1])
{
    memcpy(out, page_table_hash, page_table_len > 0 ? MIMEO_HEX_LEN + 1 : 1);
}
