#include "archive/http_message.h"

#include <string.h>
#include <strings.h>

#include "archive/head_fields.h"

#define CODING_WORDS_MAX 128

/* "HTTP/1.1 200 OK"; also "HTTP/2 200", "ICY 200 OK". */
static bool parse_status(int *out, struct view line)
{
    struct cursor c = cursor_of(line);
    struct view version, rest;
    if ((!view_starts_with(line, "HTTP") && !view_starts_with(line, "ICY ")) || !cursor_until(&c, ' ', &version))
        return false;
    while (cursor_skip(&c, " "))
        ;
    rest = view_of(c.ptr, c.left);
    if (rest.len < 3)
        return false;
    *out = 0;
    for (size_t i = 0; i < 3; i++) {
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
            return false;
        *out = *out * 10 + (rest.ptr[i] - '0');
    }
    return rest.len == 3 || rest.ptr[3] < '0' || rest.ptr[3] > '9';
}

/* "gzip, br": the last one was applied last. */
static bool add_codings(struct http_head *h, char *words)
{
    char *end;
    do {
        end = strrchr(words, ',');
        char *word = end == NULL ? words : end + 1;
        enum coding coding;
        if (end != NULL)
            *end = '\0';
        word += strspn(word, " \t");
        word[strcspn(word, " \t;")] = '\0';
        if (strcasecmp(word, "chunked") == 0) {
            h->chunked = true;
        } else if ((coding = coding_of(word)) != CODING_NONE) {
            if (h->coding_count == CODINGS_MAX) { /* nobody packs so often but to make us unpack */
                h->codings[0] = CODING_UNKNOWN;
                return false;
            }
            h->codings[h->coding_count++] = coding;
        }
    } while (end != NULL);
    return true;
}

bool http_head_parse(struct http_head *out, struct view block)
{
    struct cursor c = cursor_of(block);
    struct view line, fields;
    char words[CODING_WORDS_MAX];
    *out = (struct http_head){.status = 0};
    while (cursor_skip(&c, "\r\n") || cursor_skip(&c, "\n"))
        ;
    if (!cursor_line(&c, &line))
        cursor_take(&c, c.left, &line);
    if (!parse_status(&out->status, line))
        return false;
    size_t before = block.len - c.left, len = head_len(view_of(c.ptr, c.left));
    /* "200 OK", an empty line, the body: a head without fields. */
    fields = view_of(c.ptr, len == 0 ? c.left : len);
    out->len = before + fields.len;
    head_field(out->content_type, sizeof(out->content_type), fields, "Content-Type");
    head_field(out->location, sizeof(out->location), fields, "Location");
    bool good = true;
    if (head_fields(words, sizeof(words), fields, "Transfer-Encoding"))
        good = add_codings(out, words);
    if (good && head_fields(words, sizeof(words), fields, "Content-Encoding"))
        add_codings(out, words);
    return true;
}

/* "1a;x=y" -> 26; false where there are no digits or too many. */
static bool chunk_size(struct view line, size_t *out)
{
    size_t n = 0, digits = 0, i = 0;
    while (i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'))
        i++;
    for (; i < line.len; i++, digits++) {
        uint8_t c = line.ptr[i], low = c | 0x20;
        if (c >= '0' && c <= '9')
            n = n << 4 | (size_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            n = n << 4 | (size_t)(low - 'a' + 10);
        else
            break;
    }
    if (i < line.len && strchr("; \t\r", line.ptr[i]) == NULL)
        return false;
    *out = n;
    return digits > 0 && digits <= 8;
}

int chunks_join(struct buf *out, struct view body)
{
    struct cursor c = cursor_of(body);
    int rc = 0;
    while (rc == 0 && c.left > 0) {
        struct cursor before = c;
        struct view line, chunk;
        size_t size;
        if (!cursor_line(&c, &line) || !chunk_size(line, &size)) {
            cursor_take(&before, before.left, &chunk);
            return buf_append_view(out, chunk);
        }
        if (size == 0)
            break;
        cursor_take(&c, size < c.left ? size : c.left, &chunk);
        rc = buf_append_view(out, chunk);
        if (!cursor_skip(&c, "\r\n"))
            cursor_skip(&c, "\n");
    }
    return rc;
}

static int too_large(mimeo_ctx *ctx, size_t max)
{
    return ctx_error(ctx, MIMEO_EMALFORMED, "larger than %zu MiB", max >> 20);
}

int http_body_decode(struct buf *out, mimeo_ctx *ctx, const struct http_head *head, struct view body, size_t max, bool *whole)
{
    struct buf joined, next;
    int rc = 0;
    *whole = true;
    buf_init(out, max);
    buf_init(&joined, body.len);
    if (head->chunked) {
        rc = chunks_join(&joined, body) < 0 ? ctx_error_nomem(ctx) : 0;
        body = buf_view(&joined);
    }
    for (size_t i = 0; rc == 0 && i < head->coding_count; i++) {
        rc = coding_undo(&next, ctx, head->codings[i], body, max, whole);
        if (rc < 0)
            break;
        buf_dispose(&joined);
        joined = next;
        body = buf_view(&joined);
    }
    if (rc == 0 && body.len > max) {
        rc = too_large(ctx, max);
    } else if (rc == 0 && body.ptr == joined.ptr) {
        *out = joined;
        out->max = max;
        buf_init(&joined, 0);
    } else if (rc == 0 && buf_append_view(out, body) < 0) {
        rc = ctx_error_nomem(ctx);
    }
    buf_dispose(&joined);
    return rc;
}
