/* Members of an entry's object: see feed/entry_json.h. */
#include "feed/entry_json.h"

#include <string.h>

#include "base/json.h"
#include "feed/flatten.h"
#include "feed/times.h"

void member_name(struct buf *out, const char *name)
{
    buf_append_str(out, out->len > 0 && out->ptr[out->len - 1] != '{' ? ",\"" : "\"");
    buf_append_str(out, name);
    buf_append_str(out, "\":");
}

void member_line(struct buf *out, const char *name, struct view v)
{
    if (v.len == 0)
        return;
    member_name(out, name);
    json_append_string(out, v);
}

int member_flat(struct buf *out, const char *name, struct view v, enum text_kind kind, size_t max)
{
    struct buf line;
    buf_init(&line, 4 * max + 16);
    int rc = flatten(&line, v, kind, max);
    if (rc == 0)
        member_line(out, name, buf_view(&line));
    buf_dispose(&line);
    return rc;
}

int member_list(struct buf *out, const char *name, const char *const *list, size_t count)
{
    struct buf line;
    size_t written = 0;
    int rc = 0;
    buf_init(&line, 4 * (size_t)LIMIT_LIST_ITEM);
    for (size_t i = 0; rc == 0 && i < count && written < LIMIT_LIST; i++) {
        if (strlen(list[i]) > 4 * LIMIT_LIST_ITEM)
            continue;
        buf_clear(&line);
        rc = flatten(&line, view_of_str(list[i]), TEXT_HTML, LIMIT_LIST_ITEM);
        if (rc < 0 || line.len == 0)
            continue;
        if (written == 0)
            member_name(out, name);
        buf_append_byte(out, written++ == 0 ? '[' : ',');
        json_append_string(out, buf_view(&line));
    }
    if (written > 0)
        buf_append_byte(out, ']');
    buf_dispose(&line);
    return rc;
}

void member_time(struct buf *out, const char *name, const char *const *choices, size_t count, const char *lang)
{
    char time[21];
    for (size_t i = 0; i < count; i++) {
        if (feed_time(time, choices[i], lang)) {
            member_line(out, name, view_of_str(time));
            return;
        }
    }
}
