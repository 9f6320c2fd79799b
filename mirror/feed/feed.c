/* A feed, read in a child: see feed/feed.h.  What comes over the pipe are the parts that feed/reader.h describes. */
#include "feed/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/child_stream.h"
#include "feed/reader.h"
#include "feed/spool.h"

#define CHILD_MEMORY (256 * MIB)
#define CHILD_CPU_SECONDS 600  /* of all of a feed */
#define CHILD_WAIT_SECONDS 120 /* for one entry */
#define FIRST_READING_SECONDS 600 /* of an export, before its first */

struct feed {
    struct child_stream *stream;
    struct buf part;
    struct feed_info info;
};

/* ---- in the child ---- */

static int give(mimeo_ctx *ctx, struct view part, void *payload) { return child_give(payload, ctx, part); }

static int read_in_child(struct child_pipe *pipe, mimeo_ctx *ctx, void *payload)
{
    return feed_read_all(ctx, payload, give, pipe);
}

/* ---- in the parent ---- */

int feed_open(struct feed **out, mimeo_ctx *ctx, const struct feed_source *source)
{
    struct child_limits limits = {.memory = child_memory(CHILD_MEMORY), .seconds = CHILD_CPU_SECONDS,
                                  .output = READER_PART_MAX, .wall_seconds = CHILD_WAIT_SECONDS};
    struct feed_source given = *source;
    enum feed_kind kind = feed_sniff(source->head);
    if (kind == FEED_WXR) {
        limits.file_bytes = SPOOL_MAX;
        limits.wall_seconds = FIRST_READING_SECONDS;
    }
    if (kind == FEED_NONE)
        return ctx_error(ctx, MIMEO_EMALFORMED, "%s: is no feed", source->where);
    struct feed *f = calloc(1, sizeof(*f));
    if (f == NULL)
        return ctx_error_nomem(ctx);
    buf_init(&f->part, READER_PART_MAX);
    f->info.kind = kind;
    int rc = child_stream_open(&f->stream, ctx, source->where, &limits, read_in_child, &given);
    if (rc < 0) {
        free(f);
        return rc;
    }
    *out = f;
    return 0;
}

/* What a child says is as hostile as the feed. */
static bool take_part(struct feed *f, struct feed_item *item)
{
    struct cursor c = cursor_of(buf_view(&f->part));
    uint8_t letter;
    uint64_t number;
    if (!cursor_u8(&c, &letter) || !cursor_u64be(&c, &number) || letter == 0 || strchr("esdx", letter) == NULL)
        return false;
    *item = (struct feed_item){.kind = letter == 'x' ? FEED_SKIPPED : FEED_ENTRY, .number = number,
                               .text = view_of(c.ptr, c.left), .summary_only = letter == 's'};
    f->info.entries += letter != 'x';
    f->info.summaries += letter == 's';
    f->info.deleted += letter == 'd';
    f->info.skipped += letter == 'x';
    return true;
}

int feed_next(struct feed *f, mimeo_ctx *ctx, struct feed_item *item)
{
    int rc = child_stream_next(f->stream, ctx, &f->part);
    if (rc == 1 && !take_part(f, item))
        return ctx_error(ctx, MIMEO_EMALFORMED, "the feed's reader talked nonsense");
    return rc;
}

struct feed_info feed_info(const struct feed *f) { return f->info; }

void feed_close(struct feed *f)
{
    if (f == NULL)
        return;
    child_stream_close(f->stream);
    buf_dispose(&f->part);
    free(f);
}
