/*
 * Cards: writing one, reading one that came through a messenger, and comparing it with what is held here.
 */
#include "library/card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "library/mirror.h"

#define TIME_LEN 20

/* ---- text ---- */

/* What is put between the words, and by messengers into them: white space and what has no width. */
static bool is_space(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\r' || code == '\n' || code == 0xA0 || code == 0xAD ||
           (code >= 0x2000 && code <= 0x200F) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x2060 ||
           code == 0x3000 || code == 0xFEFF;
}

static int malformed(mimeo_ctx *ctx, const char *why)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "the card %s: copy the whole line that 'mimeo head' prints", why);
}

/* The card without any space: each part has a fixed length but the number. */
static int squeeze(struct buf *out, mimeo_ctx *ctx, struct view text)
{
    struct cursor c = cursor_of(text);
    uint32_t code;
    if (text.len > CARD_MAX)
        return malformed(ctx, "is too long");
    while (c.left > 0) {
        if (!utf8_next(&c, &code))
            return malformed(ctx, "is not valid UTF-8");
        if (!is_space(code) && buf_append_utf8(out, code) < 0)
            return ctx_error_nomem(ctx);
    }
    return 0;
}

int card_parse(struct card *out, mimeo_ctx *ctx, struct view text)
{
    struct buf b;
    struct card card;
    struct view id, hash, time;
    uint8_t id_bytes[CARD_ID_LEN / 2];
    buf_init(&b, CARD_MAX);
    int rc = squeeze(&b, ctx, text);
    struct cursor c = cursor_of(buf_view(&b));
    if (rc == 0 && !cursor_skip(&c, "mimeohead") && !cursor_skip(&c, "Mimeohead"))
        rc = malformed(ctx, "does not begin with 'mimeo head'");
    if (rc == 0 && (!cursor_take(&c, CARD_ID_LEN, &id) || !parse_hex(id, id_bytes, sizeof(id_bytes))))
        rc = malformed(ctx, "has no publisher's digits");
    if (rc == 0 && c.left <= HASH_HEX_LEN + TIME_LEN)
        rc = malformed(ctx, "is cut off");
    struct view number = view_of(c.ptr, rc < 0 ? 0 : c.left - HASH_HEX_LEN - TIME_LEN);
    if (rc == 0) {
        cursor_take(&c, number.len, &number);
        cursor_take(&c, HASH_HEX_LEN, &hash);
        cursor_take(&c, TIME_LEN, &time);
        if (!parse_decimal(number, LIMIT_SEQ, &card.seq) || card.seq == 0 || !hash_parse(hash, &card.hash) ||
            !time_parse(time, &card.time))
            rc = malformed(ctx, "was mistyped, changed or cut off");
        memcpy(card.id, id.ptr, CARD_ID_LEN);
        card.id[CARD_ID_LEN] = '\0';
    }
    buf_dispose(&b);
    if (rc == 0)
        *out = card;
    return rc;
}

int card_write(struct buf *out, const struct card *c)
{
    char hash[HASH_HEX_LEN + 1], time[TIME_LEN + 1];
    hash_format(hash, &c->hash);
    time_format(time, c->time);
    return buf_appendf(out, "mimeo head %s %llu %s %s", c->id, (unsigned long long)c->seq, hash, time);
}

/* ---- of a mirror ---- */

int mimeo_mirror_card(char **out, const mimeo_mirror *m, mimeo_ctx *ctx)
{
    char id[HASH_HEX_LEN + 1];
    if (m->anchor == NULL)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "no head is held: there is nothing to compare");
    struct card c = {.seq = m->anchor->seq, .hash = m->anchor->hash, .time = m->anchor->time};
    hash_format(id, &m->pin.publisher);
    memcpy(c.id, id, CARD_ID_LEN);
    struct buf b;
    buf_init(&b, 512);
    if (card_write(&b, &c) < 0) {
        buf_dispose(&b);
        return ctx_error_nomem(ctx);
    }
    *out = buf_detach(&b, NULL);
    return 0;
}

/* ---- comparing ---- */

static bool is_publisher(const mimeo_mirror *m, const struct card *c)
{
    char id[HASH_HEX_LEN + 1];
    hash_format(id, &m->pin.publisher);
    return strncmp(id, c->id, CARD_ID_LEN) == 0;
}

/* The same hash is the same header, and so the same time: else the card was changed on its way. */
static int compare_same(enum mimeo_comparison *out, const mimeo_mirror *m, mimeo_ctx *ctx, const struct card *c)
{
    if (c->time != m->anchor->time)
        return malformed(ctx, "names this very bundle with another time, so it was changed");
    *out = MIMEO_COMPARE_SAME;
    return 0;
}

static int compare_lower(enum mimeo_comparison *out, mimeo_mirror *m, mimeo_ctx *ctx, const struct card *c)
{
    int rc = join_path(ctx, m->anchor, c->seq, &c->hash, mirror_fetch_header, m);
    if (rc < 0 && rc != MIMEO_EINCOMPLETE)
        return rc;
    *out = rc == 1 ? MIMEO_COMPARE_OLDER : rc == 0 ? MIMEO_COMPARE_OTHER : MIMEO_COMPARE_UNPROVEN;
    return 0;
}

int mimeo_mirror_compare(struct mimeo_compared *out, mimeo_mirror *m, mimeo_ctx *ctx, const char *text)
{
    struct card c;
    struct mimeo_compared made = {.ours = 0};
    int rc = card_parse(&c, ctx, view_of_str(text));
    if (rc < 0)
        return rc;
    if (!is_publisher(m, &c))
        return ctx_error(ctx, MIMEO_EUSAGE,
                         "the card is of another publisher (%s…) than this mirror: compare it with a copy of that "
                         "publisher's", c.id);
    if (m->anchor == NULL)
        return ctx_error(ctx, MIMEO_EINCOMPLETE, "no head is held: there is nothing to compare");
    made.ours = m->anchor->seq;
    made.theirs = c.seq;
    made.their_time = c.time;
    made.our_time = m->anchor->time;
    if (c.seq > m->anchor->seq)
        made.result = MIMEO_COMPARE_NEWER;
    else if (c.seq == m->anchor->seq && hash_equal(&c.hash, &m->anchor->hash))
        rc = compare_same(&made.result, m, ctx, &c);
    else
        rc = compare_lower(&made.result, m, ctx, &c);
    if (rc == 0)
        *out = made;
    return rc;
}

const char *mimeo_comparison_name(enum mimeo_comparison c)
{
    static const char *const names[] = {"same", "older", "newer", "other", "unproven"};
    return (unsigned)c < sizeof(names) / sizeof(names[0]) ? names[c] : "unknown";
}

int mimeo_comparison_code(enum mimeo_comparison c)
{
    switch (c) {
    case MIMEO_COMPARE_SAME:
    case MIMEO_COMPARE_OLDER: return 0;
    case MIMEO_COMPARE_OTHER: return MIMEO_ECONFLICT;
    default: return MIMEO_EINCOMPLETE;
    }
}
