/*
 * Which encoding undeclared bytes are in.
 *
 * libuchardet guesses well for the encodings of several bytes and badly for short texts in those of one byte,
 * where its table of languages has gaps.  So its answer is one vote: each encoding that the web has used is
 * tried on a sample, and what comes out is judged by how much it looks like a language (charset_score.c).
 */
#include <pthread.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include "base/limits.h"
#include "base/load.h"
#include "extract/charset.h"

#define UCHARDET_LIBRARY "libuchardet.so.0"
#define SAMPLE (16 * KIB)  /* bytes of text with something outside of ASCII near */
#define HEARD (64 * KIB)   /* bytes that libuchardet hears: more changes nothing, and it is slow */
#define VOTE 0.12
#define NEAR 24            /* bytes kept on either side of what is not ASCII */

/* ---- libuchardet, loaded at its first use (base/load.h): it is C++ and brings its runtime along */

#define UCHARDET_CALLS(X) \
    X(uchardet_new) X(uchardet_delete) X(uchardet_handle_data) X(uchardet_data_end) X(uchardet_get_charset)

static struct {
#define UCHARDET_CALL(name) __typeof__(name) *name##_;
    UCHARDET_CALLS(UCHARDET_CALL)
#undef UCHARDET_CALL
} calls;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool loaded;

static void load(void)
{
#define UCHARDET_CALL(name) {#name, &calls.name##_},
    static const struct load_name names[] = {UCHARDET_CALLS(UCHARDET_CALL)};
#undef UCHARDET_CALL
    loaded = load_library(UCHARDET_LIBRARY, names, sizeof names / sizeof names[0]) == NULL;
}

/* NULL where it has no answer or is not installed: then the scores decide alone. */
static const struct charset *ask_uchardet(struct view sample)
{
    pthread_once(&once, load);
    uchardet_t detector = loaded ? calls.uchardet_new_() : NULL;
    if (detector == NULL)
        return NULL;
    const struct charset *found = NULL;
    size_t len = sample.len < HEARD ? sample.len : HEARD;
    if (calls.uchardet_handle_data_(detector, (const char *)sample.ptr, len) == 0) {
        calls.uchardet_data_end_(detector);
        found = charset_by_label(view_of_str(calls.uchardet_get_charset_(detector)));
    }
    calls.uchardet_delete_(detector);
    return found;
}

/* ---- the sample: text without tags, where it is not ASCII */

static bool skip_element(struct cursor *c, const char *open, const char *close)
{
    size_t len = strlen(open);
    if (c->left < len || strncasecmp((const char *)c->ptr, open, len) != 0)
        return false;
    const void *end = memmem(c->ptr + len, c->left - len, close, strlen(close));
    size_t step = end == NULL ? c->left : (size_t)((const uint8_t *)end - c->ptr);
    c->ptr += step;
    c->left -= step;
    return true;
}

static void skip_tag(struct cursor *c)
{
    if (skip_element(c, "<script", "</script") || skip_element(c, "<style", "</style") || skip_element(c, "<!--", "-->"))
        return;
    struct view tag;
    if (!cursor_until(c, '>', &tag))
        c->left = 0;
}

/* Bytes of a run of text that are near to something outside of ASCII: the rest tells nothing, and would be most. */
static void sample_text(struct buf *out, struct view text)
{
    size_t kept = 0; /* bytes of `text` that are done with */
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x80)
            continue;
        size_t from = i > kept + NEAR ? i - NEAR : kept;
        size_t to = i + 1, last = i; /* never ends behind a first byte of two */
        for (; to < text.len && to < last + NEAR; to++)
            last = text.ptr[to] >= 0x80 ? to : last;
        if (from > kept)
            buf_append_byte(out, ' ');
        buf_append(out, text.ptr + from, to - from);
        kept = to;
        i = to - 1;
    }
}

static void make_sample(struct buf *out, struct view bytes, enum charset_kind kind, size_t max)
{
    buf_init(out, max);
    struct cursor c = cursor_of(bytes);
    while (c.left > 0 && buf_status(out) == 0) {
        const uint8_t *tag = kind == CHARSET_TEXT ? NULL : memchr(c.ptr, '<', c.left);
        size_t len = tag == NULL ? c.left : (size_t)(tag - c.ptr);
        for (size_t done = 0; done < len && buf_status(out) == 0; done += 1024)
            sample_text(out, view_of(c.ptr + done, len - done < 1024 ? len - done : 1024));
        buf_append_byte(out, ' ');
        c.ptr += len;
        c.left -= len;
        if (c.left > 0)
            skip_tag(&c);
    }
}

/* ---- the judgement */

static double fit_of_sample(const struct charset *c, struct view sample)
{
    struct buf text;
    buf_init(&text, 4 * SAMPLE);
    charset_convert(&text, c, sample);
    double fit = charset_plausibility(buf_view(&text));
    buf_dispose(&text);
    return fit;
}

double charset_fit(const struct charset *c, struct view bytes, enum charset_kind kind)
{
    struct buf sample;
    make_sample(&sample, bytes, kind, SAMPLE);
    double fit = fit_of_sample(c, buf_view(&sample));
    buf_dispose(&sample);
    return fit;
}

const struct charset *charset_detect(struct view bytes, enum charset_kind kind)
{
    /* Of equals the first wins: most pages of western Europe fit all of 1252, 1254 and 1250. */
    static const char *const tried[] = {"windows-1252", "windows-1251", "windows-1250", "windows-1254", "windows-1256",
                                        "windows-1253", "windows-1255", "windows-1257", "koi8-r", "koi8-u", "gb18030",
                                        "big5", "shift_jis", "euc-jp", "euc-kr", "iso-8859-2", "iso-8859-5", "ibm866",
                                        "x-mac-cyrillic", "windows-874"};
    struct buf sample;
    make_sample(&sample, bytes, kind, SAMPLE);
    const struct charset *vote = ask_uchardet(buf_view(&sample)), *best = charset_by_label(VIEW_OF_LITERAL("windows-1252"));
    double most = vote == NULL ? -10 : fit_of_sample(vote, buf_view(&sample)) + VOTE;
    if (vote != NULL && vote->iconv != NULL)
        best = vote;
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        const struct charset *c = charset_by_label(view_of_str(tried[i]));
        double fit = fit_of_sample(c, buf_view(&sample)) + (c == vote ? VOTE : 0);
        if (fit > most + 0.001) {
            most = fit;
            best = c;
        }
    }
    buf_dispose(&sample);
    return best;
}
