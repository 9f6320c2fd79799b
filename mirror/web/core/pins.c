/*
 * Pins: kept in the memory of this page, and given out as one text where the reader asks to keep them.
 */
#include "core.h"

#include <string.h>
#include <strings.h>

/* ---- pinning ---- */

/* `what`: a mimeo: link or an ID; or "" for the publisher of `handle`, whose digits are then needed. */
CORE_EXPORT(core_pin) int core_pin(int handle, const char *what, const char *digits, const char *petname)
{
    struct mimeo_trust_options o = {.petname = petname[0] == '\0' ? NULL : petname,
                                    .expect = digits[0] == '\0' ? NULL : digits};
    struct mimeo_pin pin;
    int rc;
    if (what[0] != '\0') {
        struct hash id;
        if (strncasecmp(what, "mimeo:", 6) != 0 && !hash_parse(view_of_str(what), &id))
            return ctx_error(core_ctx, MIMEO_EUSAGE, "that is no mimeo: link");
        rc = mimeo_trust_add(core_ctx, CORE_LIBRARY, what, &o, &pin);
    } else {
        struct core_mirror *c = core_mirror_get(handle);
        rc = c == NULL ? MIMEO_ENOTFOUND : trust_pin_mirror(&pin, core_ctx, CORE_LIBRARY, c->m, &o);
    }
    if (rc < 0)
        return rc;
    buf_append_str(core_begin(), pin.publisher);
    return core_end(0);
}

CORE_EXPORT(core_unpin) int core_unpin(const char *publisher)
{
    return mimeo_trust_remove(core_ctx, CORE_LIBRARY, publisher);
}

/* ---- keeping them ---- */

/*
 *     mimeo page trust 1\n
 *     <path> <bytes>\n<the file>\n      and so on
 */
#define TRUST_MAGIC "mimeo page trust 1\n"
#define TRUST_MAX (64 * MIB)

static int save_one(const char *path, struct view bytes, void *payload)
{
    struct buf *b = payload;
    if (strncmp(path, CORE_LIBRARY "/", sizeof(CORE_LIBRARY)) != 0 || strchr(path, ' ') != NULL)
        return 0;
    buf_appendf(b, "%s %zu\n", path, bytes.len);
    buf_append_view(b, bytes);
    buf_append_byte(b, '\n');
    return 0;
}

CORE_EXPORT(core_trust_save) int core_trust_save(void)
{
    struct buf *b = core_begin();
    buf_append_str(b, TRUST_MAGIC);
    if (system_each_file(save_one, b) != 0)
        return ctx_error_nomem(core_ctx);
    return core_end(0);
}

static bool take_file(struct cursor *c, struct view *path, struct view *bytes)
{
    struct view len;
    uint64_t n;
    return cursor_until(c, ' ', path) && path->len < SYSTEM_NAME_MAX && cursor_line(c, &len) &&
           parse_decimal(len, TRUST_MAX, &n) && cursor_take(c, (size_t)n, bytes) && cursor_skip(c, "\n");
}

/* Nothing is taken of what is not whole; then every file is judged as it is read, like any trust file. */
CORE_EXPORT(core_trust_load) int core_trust_load(const uint8_t *bytes, size_t len)
{
    struct cursor c = cursor_of(view_of(bytes, len)), again;
    struct view path, file;
    char name[SYSTEM_NAME_MAX];
    bool good = cursor_skip(&c, TRUST_MAGIC);
    for (again = c; good && again.left > 0;)
        good = take_file(&again, &path, &file) && path.len > sizeof(CORE_LIBRARY) &&
               memcmp(path.ptr, CORE_LIBRARY "/", sizeof(CORE_LIBRARY)) == 0 && memchr(path.ptr, '\0', path.len) == NULL;
    if (!good)
        return ctx_error(core_ctx, MIMEO_EMALFORMED, "what was kept of your pins is damaged: pin the publishers again");
    system_remove(CORE_LIBRARY);
    while (c.left > 0 && take_file(&c, &path, &file)) {
        memcpy(name, path.ptr, path.len);
        name[path.len] = '\0';
        if (system_write(name, file) != 0)
            return ctx_error_nomem(core_ctx);
    }
    return 0;
}
