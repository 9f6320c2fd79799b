/*
 * How a publisher's side may fetch pages and feeds.  Readers never do: no call but mimeo_publish and mimeo_extract takes
 * this, and they fetch nothing but addresses that are given to them, and what those name.
 */
#ifndef MIMEO_FETCH_H
#define MIMEO_FETCH_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mimeo_fetch {
    const char *proxy;      /* "socks5h://127.0.0.1:9050", "http://…"; NULL: none.  Never gone round */
    const char *ca_file;    /* PEM; NULL: the system's authorities */
    bool follow;            /* of a feed: the page that each entry links to instead of the entry */
    unsigned follow_max;    /* pages; 0: 100 */
    bool ignore_robots;     /* for the site's own people: do not ask for /robots.txt */
    unsigned delay_ms;      /* between two requests to one host; 0: 500 */
};

#ifdef __cplusplus
}
#endif
#endif
