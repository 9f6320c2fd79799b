/* A build without the page. */
#include <mimeo/page.h>

const unsigned char *mimeo_page(size_t *len)
{
    *len = 0;
    return NULL;
}

void mimeo_page_hash(char out[MIMEO_HEX_LEN + 1])
{
    out[0] = '\0';
}
