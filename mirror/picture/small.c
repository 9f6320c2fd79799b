/*
 * Pictures for a slow line: made small and written anew as WebP, in a child; or cleaned alone, where that is no larger.
 *
 * What a reader would get wrong: re-encoding loses a little each time, so a picture that would win less than a tenth stays
 * the one it was.  Nothing but pixels crosses, so there is no metadata to take out; the second look is taken all the same.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/child.h"
#include "picture/decode.h"
#include "picture/encode.h"
#include "picture/png.h"
#include "picture/webp.h"

#define HEAD_LEN 5 /* what the child says before the picture: re-encoded (1), frames lost (4) */
#define KEPT_PIXELS (4ULL * 1000 * 1000) /* that a poor phone decodes without running out of memory */

static const struct {
    enum picture_type type;
    picture_decode_fn decode;
    int (*frames)(struct frames *f, mimeo_ctx *ctx, struct view in);
} kinds[] = {
    {PICTURE_JPEG, picture_jpeg_decode, NULL},
    {PICTURE_PNG, picture_png_decode, NULL},
    {PICTURE_WEBP, picture_webp_decode, picture_webp_frames},
    {PICTURE_GIF, NULL, picture_gif_frames},
    {PICTURE_AVIF, picture_avif_decode, NULL},
};

struct making {
    mimeo_ctx *ctx;
    struct view in;
    struct picture_want want;
    size_t kind;
    struct picture_made made;
};

int picture_shrink_whole(struct raster *out, mimeo_ctx *ctx, const uint8_t *rgba, struct shrink_size from,
                         struct shrink_size to, int orientation, const struct shrink_colours *colours)
{
    struct shrink *s = calloc(1, sizeof(*s));
    int rc;

    if (s == NULL)
        return ctx_error_nomem(ctx);
    s->colours = colours;
    rc = shrink_start(s, ctx, from.width, from.height, to);
    for (size_t y = 0; rc == 0 && y < from.height; y++)
        shrink_row(s, rgba + y * from.width * 4);
    if (rc == 0)
        rc = shrink_finish(out, s, ctx, orientation);
    shrink_dispose(s);
    free(s);
    return rc;
}

static bool is_animated_kind(const struct making *m)
{
    return m->made.info.type == PICTURE_GIF || (m->made.info.type == PICTURE_WEBP && picture_webp_is_animation(m->in));
}

static int encode_raster(struct buf *out, struct making *m, struct raster *r)
{
    int rc = picture_encode(out, m->ctx, r, m->want.quality, m->made.info.type != PICTURE_JPEG);
    free(r->rgba);
    return rc;
}

static int encode_still(struct buf *out, struct making *m)
{
    struct raster r;
    uint32_t frames = 0;
    int rc = m->made.info.type == PICTURE_PNG ? picture_png_frames(&frames, m->ctx, m->in) : 0;

    if (rc == 0)
        rc = kinds[m->kind].decode(&r, m->ctx, m->in, m->want.width);
    if (rc < 0)
        return rc;
    m->made.frames_lost = frames > 1 ? frames - 1 : 0;
    return encode_raster(out, m, &r);
}

static int encode_first(struct buf *out, struct making *m)
{
    struct frames f;
    struct raster r;
    int rc = kinds[m->kind].frames(&f, m->ctx, m->in);

    if (rc < 0)
        return rc;
    m->made.frames_lost = f.count - 1;
    rc = picture_first_frame(&r, m->ctx, &f, m->want.width);
    f.close(&f);
    return rc < 0 ? rc : encode_raster(out, m, &r);
}

/* 1: it is too long; 2: it does not move. */
static int encode_animation(struct buf *out, struct making *m)
{
    struct frames f;
    int rc = kinds[m->kind].frames(&f, m->ctx, m->in);

    if (rc < 0)
        return rc;
    rc = f.count > 1 ? picture_encode_frames(out, m->ctx, &f, m->want.width, m->want.quality) : 2;
    f.close(&f);
    return rc;
}

static bool is_wide(const struct making *m)
{
    const struct picture_info *i = &m->made.info;
    return i->width > m->want.width && (uint64_t)i->width * i->height > KEPT_PIXELS;
}

/* Cleaned alone; an empty `out` where that cannot be had (too large, say). */
static int clean(struct buf *out, struct making *m)
{
    int rc = picture_clean_here(out, m->ctx, m->in);

    if (rc == MIMEO_EMALFORMED)
        buf_init(out, LIMIT_MEDIA);
    return rc == MIMEO_EMALFORMED ? 0 : rc;
}

/* Too long to be encoded: a small one stays as it was, of others the first frame. */
static int settle_long_animation(struct buf *out, struct making *m)
{
    struct buf as_is;
    int rc = clean(&as_is, m);

    if (rc < 0)
        return rc;
    m->made.encoded = as_is.len == 0 || as_is.len > ANIMATION_BYTES || is_wide(m);
    if (!m->made.encoded)
        rc = buf_append_view(out, buf_view(&as_is)) < 0 ? picture_out_status(out, m->ctx) : 0;
    else
        rc = encode_first(out, m);
    buf_dispose(&as_is);
    return rc;
}

/* Where the cleaned picture is about as small, that; but not one of very many pixels. */
static int prefer_original(struct buf *out, struct making *m)
{
    struct buf as_is;
    int rc;

    if (is_wide(m) || out->len < m->in.len / 4) /* it would have to be metadata for the most part */
        return 0;
    rc = clean(&as_is, m);
    if (rc < 0)
        return rc;
    if (as_is.len > 0 && out->len > as_is.len - as_is.len / 10) {
        buf_clear(out);
        buf_append_view(out, buf_view(&as_is));
        m->made.encoded = false;
        m->made.frames_lost = 0;
    }
    buf_dispose(&as_is);
    return picture_out_status(out, m->ctx);
}

static int make(struct buf *out, struct making *m)
{
    int rc = picture_inspect(&m->made.info, m->ctx, m->in);

    while (rc == 0 && kinds[m->kind].type != m->made.info.type)
        m->kind++;
    if (rc < 0)
        return rc;
    m->made.encoded = true;
    rc = is_animated_kind(m) ? encode_animation(out, m) : encode_still(out, m);
    if (rc == 1)
        rc = settle_long_animation(out, m);
    else if (rc == 2)
        rc = encode_first(out, m);
    return rc == 0 && m->made.encoded ? prefer_original(out, m) : rc;
}

int picture_small_here(struct buf *out, struct picture_made *made, mimeo_ctx *ctx, struct view in,
                       const struct picture_want *want)
{
    struct making m = {.ctx = ctx, .in = in, .want = *want};
    int rc;

    buf_init(out, LIMIT_MEDIA);
    rc = make(out, &m);
    if (rc == 0)
        rc = picture_look_again(&m.made.info, ctx, buf_view(out));
    if (rc < 0) {
        buf_dispose(out);
        return rc;
    }
    *made = m.made;
    return 0;
}

/* ---- the child ---- */

struct errand {
    struct view in;
    const struct picture_want *want;
};

/* Decoders of AV1 talk of what they do not like, to whoever is there. */
static void silence(void)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDERR_FILENO);
}

static int small_in_child(struct buf *out, mimeo_ctx *ctx, void *payload)
{
    const struct errand *e = payload;
    struct picture_made made;
    struct buf picture;
    int rc;

    if (picture_sniff(e->in) == PICTURE_AVIF)
        silence();
    rc = picture_small_here(&picture, &made, ctx, e->in, e->want);

    if (rc < 0)
        return rc;
    buf_append_byte(out, made.encoded);
    buf_append_u32be(out, made.frames_lost);
    buf_append_view(out, buf_view(&picture));
    buf_dispose(&picture);
    return picture_out_status(out, ctx);
}

/* What the child said, which is not believed more than the picture was. */
static int take_answer(struct buf *out, struct picture_made *made, mimeo_ctx *ctx, struct buf *answer)
{
    struct cursor c = cursor_of(buf_view(answer));
    uint8_t encoded = 0;
    int rc;

    if (!cursor_u8(&c, &encoded) || !cursor_u32be(&c, &made->frames_lost))
        return ctx_error(ctx, MIMEO_EMALFORMED, "the picture could not be read within its limits");
    made->encoded = encoded == 1;
    rc = picture_inspect(&made->info, ctx, view_of(c.ptr, c.left));
    if (rc < 0)
        return rc;
    buf_init(out, LIMIT_MEDIA);
    if (buf_append(out, c.ptr, c.left) == 0)
        return 0;
    buf_dispose(out);
    return ctx_error_nomem(ctx);
}

static int make_small(struct buf *out, struct picture_made *made, mimeo_ctx *ctx, struct view bytes,
                      const struct picture_want *want)
{
    const struct child_limits limits = {
        .memory = child_memory(PICTURE_MEMORY), .seconds = PICTURE_SECONDS, .output = HEAD_LEN + LIMIT_MEDIA};
    struct picture_want w = {true, want->width ? want->width : PICTURE_WIDTH, want->quality ? want->quality : PICTURE_QUALITY};
    struct errand errand = {bytes, &w};
    struct buf answer = {0};
    int rc = picture_check_input(ctx, bytes);

    if (rc == 0)
        rc = picture_settle_memory(ctx, child_run(&answer, ctx, "the picture", &limits, small_in_child, &errand));
    if (rc == 0)
        rc = take_answer(out, made, ctx, &answer);
    buf_dispose(&answer);
    return rc;
}

int picture_prepare(struct buf *out, struct picture_made *made, mimeo_ctx *ctx, struct view bytes,
                    const struct picture_want *want)
{
    struct picture_made m = {.before = bytes.len};
    int rc = want->small ? make_small(out, &m, ctx, bytes, want) : picture_clean(out, &m.info, ctx, bytes);

    if (rc == 0)
        *made = m;
    return rc;
}
