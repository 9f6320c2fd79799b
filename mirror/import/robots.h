/*
 * robots.txt (RFC 9309): what a site asks programs not to fetch.
 *
 *     struct robots r;
 *     robots_parse(&r, ctx, text, "mimeo");
 *     if (robots_allow(&r, "/news/story.html?page=2")) …
 *     robots_dispose(&r);
 *
 * The groups that name us count, or else those of "*"; of the rules the one with the longest pattern, and of two as
 * long the one that allows.
 */
#ifndef IMPORT_ROBOTS_H
#define IMPORT_ROBOTS_H

#include "base/bytes.h"
#include "base/context.h"

#define ROBOTS_MAX ((size_t)512 * 1024) /* bytes that are read; RFC 9309 wants 500 KiB at least */
#define ROBOTS_RULES 4096
#define ROBOTS_PATTERN 1024             /* bytes of one; a longer one is passed over */
#define ROBOTS_DELAY_MAX 60             /* seconds */

struct robots_rule {
    bool allow;
    char *pattern; /* normalised; "*" and a last "$" mean what they do */
};
struct robots { /* zeroed: all is allowed */
    struct robots_rule *rules;
    size_t count;
    unsigned delay_ms; /* Crawl-delay, at most ROBOTS_DELAY_MAX; 0: none */
    bool deny_all;     /* the file could not be had: nobody knows what it says */
};

/* 0 or MIMEO_ENOMEM; nothing that the text says is a fault. */
int robots_parse(struct robots *out, mimeo_ctx *ctx, struct view text, const char *agent);
/* `path` with its query, as it is asked for. */
bool robots_allow(const struct robots *r, const char *path);
void robots_dispose(struct robots *r);

#endif
