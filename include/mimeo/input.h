/*
 * How articles are taken out of what is handed in: what mimeo_publish and mimeo_extract share.
 */
#ifndef MIMEO_INPUT_H
#define MIMEO_INPUT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a publisher's side may fetch pages and feeds.  Readers never do: nothing is fetched but addresses that are given,
 * and what those name. */
struct mimeo_fetch {
    const char *proxy;      /* "socks5h://127.0.0.1:9050", "http://…"; NULL: none.  Never gone round */
    const char *ca_file;    /* PEM; NULL: the system's authorities */
    bool follow;            /* of a feed: the page that each entry links to instead of the entry */
    unsigned follow_max;    /* pages; 0: 100 */
    bool ignore_robots;     /* for the site's own people: do not ask for /robots.txt */
    unsigned delay_ms;      /* between two requests to one host; 0: 500 */
};

enum mimeo_images {
    MIMEO_IMAGES_FULL,  /* as they are, cleaned */
    MIMEO_IMAGES_SMALL, /* made anew for a slow line: WebP, animations at most 480 pixels wide */
    MIMEO_IMAGES_NONE   /* left out */
};
#define MIMEO_IMAGE_WIDTH 800
#define MIMEO_IMAGE_QUALITY 60

struct mimeo_input_options {
    const char *format;     /* "auto", "jsonl", "markdown", "html", "page", "text", "text-page", "feed", "archive"; NULL: auto */
    const char *pictures;   /* directory that pictures are named from; NULL: beside each file */
    const char *lang;       /* where an article names none */
    const char *rules;      /* a file: what to keep and drop of pages of which site; NULL: none */
    struct mimeo_fetch fetch; /* of addresses among the paths */
    enum mimeo_images images;
    unsigned image_width;   /* of small ones, pixels: 16 to 16383; 0: MIMEO_IMAGE_WIDTH.  None is made larger */
    unsigned image_quality; /* of small ones: 1 to 100; 0: MIMEO_IMAGE_QUALITY */
};

#ifdef __cplusplus
}
#endif
#endif
