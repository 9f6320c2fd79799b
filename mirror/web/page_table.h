/* The page's files as they are compiled in: page_table.c is made by tools/cmake/page.cmake. */
#ifndef WEB_PAGE_TABLE_H
#define WEB_PAGE_TABLE_H

#include <stddef.h>

extern const unsigned char page_table[];
extern const size_t page_table_len; /* 0: this build has no page */
extern const char page_table_hash[];  /* "" then */
extern const unsigned char page_service[];
extern const size_t page_service_len;

#endif
