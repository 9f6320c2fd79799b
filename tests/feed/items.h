/* For tests of mirror/feed: all of a feed's entries at once, as JSON. */
#ifndef TESTS_FEED_ITEMS_H
#define TESTS_FEED_ITEMS_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "feed/feed.h"

#define ITEMS_MAX 128

struct items {
    int rc; /* of the last feed_next(), or of feed_open() */
    char message[256];
    struct feed_info info;
    size_t count, skipped;
    json_t *entries[ITEMS_MAX];
    char *reasons[ITEMS_MAX];
};

static inline void take_item(struct items *items, const struct feed_item *item)
{
    if (item->kind == FEED_SKIPPED && items->skipped < ITEMS_MAX)
        items->reasons[items->skipped++] = strndup((const char *)item->text.ptr, item->text.len);
    if (item->kind != FEED_ENTRY || items->count == ITEMS_MAX)
        return;
    json_t *entry = json_loadb((const char *)item->text.ptr, item->text.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(entry); /* whatever goes in, JSON comes out */
    assert_int_equal(json_is_true(json_object_get(entry, "summary_only")), item->summary_only);
    items->entries[items->count++] = entry;
}

static inline void read_source(struct items *items, const struct feed_source *source)
{
    mimeo_ctx *ctx;
    struct feed *feed;
    struct feed_item item;
    memset(items, 0, sizeof(*items));
    assert_int_equal(mimeo_ctx_new(&ctx), 0);
    items->rc = feed_open(&feed, ctx, source);
    if (items->rc == 0) {
        while ((items->rc = feed_next(feed, ctx, &item)) == 1)
            take_item(items, &item);
        items->info = feed_info(feed);
        feed_close(feed);
    }
    if (items->rc < 0)
        snprintf(items->message, sizeof(items->message), "%s", mimeo_ctx_message(ctx));
    mimeo_ctx_free(ctx);
}

static inline void read_bytes(struct items *items, const void *bytes, size_t len)
{
    struct feed_source source = {.head = view_of(bytes, len), .fd = -1, .where = "feed"};
    read_source(items, &source);
}

static inline void read_text(struct items *items, const char *text) { read_bytes(items, text, strlen(text)); }

static inline void items_dispose(struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        json_decref(items->entries[i]);
    for (size_t i = 0; i < items->skipped; i++)
        free(items->reasons[i]);
}

static inline const json_t *field(const struct items *items, size_t i, const char *name)
{
    assert_true(i < items->count);
    return json_object_get(items->entries[i], name);
}

/* The field as text; "" where there is none.  Lists: joined by "|"; pictures: their files. */
static inline const char *value(const struct items *items, size_t i, const char *name)
{
    static char joined[4096];
    const json_t *v = field(items, i, name);
    if (v == NULL)
        return "";
    if (json_is_string(v))
        return json_string_value(v);
    joined[0] = 0;
    for (size_t k = 0; k < json_array_size(v); k++) {
        const json_t *one = json_array_get(v, k);
        const json_t *file = json_is_object(one) ? json_object_get(one, "file") : one;
        strncat(joined, k > 0 ? "|" : "", sizeof(joined) - strlen(joined) - 1);
        strncat(joined, json_string_value(file), sizeof(joined) - strlen(joined) - 1);
    }
    return joined;
}

#define assert_value(items, i, name, expected) assert_string_equal(value(items, i, name), expected)
#define assert_holds(items, i, name, part) assert_non_null(strstr(value(items, i, name), part))
#define assert_lacks(items, i, name, part) assert_null(strstr(value(items, i, name), part))

#endif
