/* Pictures of an entry: member_pictures() of feed/entry_json.h. */
#include <string.h>

#include "feed/entry_json.h"

#define CAPTION_MAX 1000

/* The file's name without what makes sizes of one picture differ: query, "-300x200", extension. */
static struct view picture_stem(const char *address)
{
    size_t len = strcspn(address, "?#"), start = len;
    while (start > 0 && address[start - 1] != '/')
        start--;
    size_t end = len;
    for (size_t i = start + 1; i < len; i++)
        if (address[i] == '.')
            end = i;
    size_t cut = end;
    while (cut > start && ((address[cut - 1] >= '0' && address[cut - 1] <= '9') || address[cut - 1] == 'x'))
        cut--;
    if (cut > start + 1 && cut < end && address[cut - 1] == '-' && memchr(address + cut, 'x', end - cut) != NULL)
        end = cut - 1;
    return view_of(address + start, end - start);
}

/* Does an address in `html` end in this picture's name?  A word of the text that is the same is none. */
static bool shown_in(struct view html, const char *address)
{
    struct view stem = picture_stem(address), left = html;
    if (html.len == 0 || stem.len < 4 || memmem(html.ptr, html.len, "<img", 4) == NULL)
        return false;
    for (;;) {
        const uint8_t *found = memmem(left.ptr, left.len, stem.ptr, stem.len);
        if (found == NULL)
            return false;
        const uint8_t *end = found + stem.len, *stop = html.ptr + html.len;
        if (found > html.ptr && found[-1] == '/' && end < stop && strchr(".-?\"", *end) != NULL)
            return true;
        left = view_of(end, (size_t)(stop - end));
    }
}

/* Of a group, which holds one picture in several sizes, the largest; a thumbnail only where there is nothing else. */
static bool is_chosen(const struct entry *e, size_t i)
{
    const struct feed_picture *p = &e->pictures[i];
    size_t first = i;
    while (first > 0 && e->pictures[first].grouped)
        first--;
    for (size_t k = first; k < e->picture_count && (k == first || e->pictures[k].grouped); k++) {
        bool better = e->pictures[k].width > p->width || (e->pictures[k].width == p->width && k < i);
        if (k != i && !e->pictures[k].thumbnail && better)
            return false;
    }
    for (size_t k = 0; p->thumbnail && k < e->picture_count; k++)
        if (!e->pictures[k].thumbnail || k < i)
            return false;
    return true;
}

int member_pictures(struct buf *out, const struct entry *e, struct view html)
{
    size_t written = 0;
    bool has_img = html.len > 0 && memmem(html.ptr, html.len, "<img", 4) != NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < e->picture_count; i++) {
        const struct feed_picture *p = &e->pictures[i];
        if (!is_chosen(e, i) || (p->thumbnail && has_img) || shown_in(html, p->file))
            continue;
        if (written == 0)
            member_name(out, "images");
        buf_append_str(out, written++ == 0 ? "[{" : ",{");
        member_line(out, "file", view_of_str(p->file));
        if (p->alt != NULL)
            rc = member_flat(out, "alt", view_of_str(p->alt), TEXT_HTML, LIMIT_ALT);
        if (rc == 0 && p->caption != NULL)
            rc = member_flat(out, "caption", view_of_str(p->caption), TEXT_HTML, CAPTION_MAX);
        if (rc == 0 && p->credit != NULL)
            rc = member_flat(out, "credit", view_of_str(p->credit), TEXT_HTML, LIMIT_LIST_ITEM);
        buf_append_byte(out, '}');
    }
    if (written > 0)
        buf_append_byte(out, ']');
    return rc;
}
