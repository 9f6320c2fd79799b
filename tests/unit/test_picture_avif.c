/*
 * AVIF: built box by box here, as no encoder lets us put secrets into all places.
 */
#include "picture_samples.h"

/* Begin a box; end it with finish(), which writes its size. */
static size_t begin(struct buf *b, const char *type)
{
    buf_append_u32be(b, 0);
    buf_append(b, type, 4);
    return b->len - 8;
}

static void finish(struct buf *b, size_t at)
{
    size_t len = b->len - at;
    for (size_t i = 0; i < 4; i++)
        b->ptr[at + i] = (uint8_t)(len >> (24 - 8 * i));
}

static void put_box(struct buf *b, const char *type, const void *data, size_t len)
{
    size_t at = begin(b, type);
    buf_append(b, data, len);
    finish(b, at);
}

static void put_item(struct buf *b, uint16_t id, const char *type, const void *words, size_t len)
{
    size_t at = begin(b, "infe");
    buf_append_u32be(b, 0x02000000);
    buf_append_u16be(b, id);
    buf_append_u16be(b, 0);
    buf_append(b, type, 4);
    buf_append(b, words, len);
    finish(b, at);
}

/* A frame OBU of 5 bytes, then a metadata OBU with the secret. */
static const char av1[] = "\x32\x05PIXEL\x2a\x0a" SECRET;
#define AV1_LEN (sizeof(av1) - 1)
#define ITEM_COUNT 4

struct options {
    bool clap, moov, depth;
    uint8_t turns;
};

static void put_properties(struct buf *b, const struct options *o)
{
    size_t iprp = begin(b, "iprp"), ipco = begin(b, "ipco"), colr;
    put_box(b, "ispe", "\0\0\0\0\0\0\0\x40\0\0\0\x20", 12);
    colr = begin(b, "colr");
    buf_append_str(b, "prof" SECRET);
    finish(b, colr);
    put_box(b, "colr", "nclx\0\1\0\x0d\0\6\x80", 11);
    put_box(b, "av1C", "\x81\0\x0c\0", 4);
    put_box(b, "irot", &o->turns, 1);
    if (o->clap)
        put_box(b, "clap", "12345678123456781234567812345678", 32);
    if (o->depth)
        put_box(b, "auxC", "\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:depth", 48);
    put_box(b, "udes", SECRET, 10);
    finish(b, ipco);
    put_box(b, "ipma", "\0\0\0\0\0\0\0\1\0\1\5\x81\x82\3\x84\x85", 16);
    finish(b, iprp);
}

static void put_locations(struct buf *b, uint32_t data_at)
{
    size_t at = begin(b, "iloc");
    uint32_t lens[ITEM_COUNT] = {AV1_LEN, 10, 10, AV1_LEN}, from = data_at;
    buf_append_u32be(b, 0);
    buf_append(b, "\x44\0\0\4", 4);
    for (uint16_t i = 0; i < ITEM_COUNT; i++) {
        buf_append_u16be(b, (uint16_t)(i + 1));
        buf_append_u16be(b, 0);
        buf_append_u16be(b, 1);
        buf_append_u32be(b, from);
        buf_append_u32be(b, lens[i]);
        from += lens[i];
    }
    finish(b, at);
}

/* An image, its Exif and XMP, a thumbnail, and an unclaimed secret in mdat. */
static void put_avif(struct buf *b, const struct options *o, uint32_t data_at)
{
    size_t meta, iinf, iref;
    put_box(b, "ftyp", "avif\0\0\0\0avifmif1SECR", 20);
    put_box(b, "free", SECRET, 10);
    meta = begin(b, "meta");
    buf_append_u32be(b, 0);
    put_box(b, "hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0" SECRET, 35);
    put_box(b, "pitm", "\0\0\0\0\0\1", 6);
    put_locations(b, data_at);
    iinf = begin(b, "iinf");
    buf_append(b, "\0\0\0\0\0\4", 6);
    put_item(b, 1, "av01", SECRET, 11);
    put_item(b, 2, "Exif", SECRET, 11);
    put_item(b, 3, "mime", SECRET "\0application/rdf+xml", 31);
    put_item(b, 4, "av01", "", 1);
    finish(b, iinf);
    iref = begin(b, "iref");
    buf_append_u32be(b, 0);
    put_box(b, "cdsc", "\0\2\0\1\0\1", 6);
    put_box(b, "thmb", "\0\4\0\1\0\1", 6);
    finish(b, iref);
    put_properties(b, o);
    put_box(b, "uuid", SECRET, 10);
    finish(b, meta);
    if (o->moov)
        put_box(b, "moov", SECRET, 10);
    put_box(b, "uuid", SECRET, 10);
}

static void put_laden(struct buf *b, const struct options *o)
{
    struct buf dry;
    size_t mdat;
    buf_init(&dry, SAMPLE_MAX);
    put_avif(&dry, o, 0);
    put_avif(b, o, (uint32_t)dry.len + 8);
    buf_dispose(&dry);
    mdat = begin(b, "mdat");
    buf_append(b, av1, AV1_LEN);
    buf_append_str(b, SECRET);
    buf_append_str(b, SECRET);
    buf_append(b, av1, AV1_LEN);
    buf_append_str(b, SECRET);
    finish(b, mdat);
}

static void avif_keeps_its_pixels_and_nothing_else(void **state)
{
    struct options options = {0};
    mimeo_ctx *ctx = new_ctx();
    (void)state;
    for (; options.turns < 4; options.turns++) {
        struct buf in, out;
        struct picture_info info;
        uint8_t *pixels;
        size_t whole;
        buf_init(&in, SAMPLE_MAX);
        put_laden(&in, &options);
        whole = in.len;
        buf_append_str(&in, SECRET " after the end");
        if (clean_sample(&out, ctx, &in) < 0)
            fail_msg("%s", mimeo_ctx_message(ctx));
        assert_int_equal(out.len, whole);
        pixels = memmem(out.ptr, out.len, "\x32\x05PIXEL\x7a\x0a", 9);
        assert_non_null(pixels);
        assert_null(memmem(pixels + 1, out.len - (size_t)(pixels + 1 - out.ptr), "PIXEL\x32", 6));
        assert_true(view_has(buf_view(&out), "nclx"));
        assert_false(view_has(buf_view(&out), "prof"));
        assert_false(view_has(buf_view(&out), "mime"));
        assert_false(view_has(buf_view(&out), "SECR"));
        assert_int_equal(picture_inspect(&info, ctx, buf_view(&out)), 0);
        assert_int_equal(info.type, PICTURE_AVIF);
        assert_int_equal(info.width, options.turns & 1 ? 0x20 : 0x40);
        assert_int_equal(info.height, options.turns & 1 ? 0x40 : 0x20);
        buf_dispose(&in);
        buf_dispose(&out);
    }
    mimeo_ctx_free(ctx);
}

static void assert_refused(const struct options *o, const char *words)
{
    mimeo_ctx *ctx = new_ctx();
    struct buf in, out;
    buf_init(&in, SAMPLE_MAX);
    put_laden(&in, o);
    assert_int_equal(clean_sample(&out, ctx, &in), MIMEO_EMALFORMED);
    if (!strstr(mimeo_ctx_message(ctx), words))
        fail_msg("'%s' has no '%s'", mimeo_ctx_message(ctx), words);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

static void avif_with_hidden_images_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct options){.clap = true}, "cropped");
    assert_refused(&(struct options){.moov = true}, "sequence");
    assert_refused(&(struct options){.depth = true}, "second image");
}

static void avif_cut_or_damaged_never_crashes(void **state)
{
    struct options options = {0};
    mimeo_ctx *ctx = new_ctx();
    struct buf in, out;
    (void)state;
    buf_init(&in, SAMPLE_MAX);
    put_laden(&in, &options);
    abuse_sample(ctx, &in, in.len);
    assert_int_equal(clean_sample(&out, ctx, &in), 0);
    buf_dispose(&out);
    buf_dispose(&in);
    mimeo_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(avif_keeps_its_pixels_and_nothing_else),
        cmocka_unit_test(avif_with_hidden_images_is_refused),
        cmocka_unit_test(avif_cut_or_damaged_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
