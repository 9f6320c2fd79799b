/*
 * What a feed is read as, an entry a line: "entry NUMBER {…}", "skipped NUMBER reason", and what came of it all.
 *
 *     dump_feed FILE [ADDRESS]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "feed/feed.h"

static int dump(mimeo_ctx *ctx, const struct feed_source *source)
{
    struct feed *feed;
    struct feed_item item;
    int rc = feed_open(&feed, ctx, source);
    if (rc < 0)
        return rc;
    while ((rc = feed_next(feed, ctx, &item)) == 1)
        printf("%s %llu %.*s\n", item.kind == FEED_ENTRY ? "entry" : "skipped", (unsigned long long)item.number,
               (int)item.text.len, (const char *)item.text.ptr);
    struct feed_info info = feed_info(feed);
    printf("%s: %llu entries, %llu summaries, %llu deleted, %llu skipped\n", feed_kind_name(info.kind),
           (unsigned long long)info.entries, (unsigned long long)info.summaries, (unsigned long long)info.deleted,
           (unsigned long long)info.skipped);
    feed_close(feed);
    return rc;
}

int main(int argc, char **argv)
{
    static uint8_t head[8192];
    mimeo_ctx *ctx;
    int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || mimeo_ctx_new(&ctx) < 0) {
        fprintf(stderr, "usage: dump_feed FILE [ADDRESS]\n");
        return 2;
    }
    ssize_t got = read(fd, head, sizeof(head));
    struct feed_source source = {.head = view_of(head, got > 0 ? (size_t)got : 0), .fd = fd, .where = argv[1],
                                 .url = argc > 2 ? argv[2] : NULL};
    int rc = dump(ctx, &source);
    if (rc < 0)
        fprintf(stderr, "%s\n", mimeo_ctx_message(ctx));
    mimeo_ctx_free(ctx);
    close(fd);
    return rc < 0;
}
