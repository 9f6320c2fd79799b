/* Just enough of RFC 3986 to refuse what could do harm; whether it works shows when it is used. */
#include "trust/url.h"

static bool has_host(struct cursor c)
{
    struct view authority = view_of(c.ptr, c.left);
    for (size_t i = 0; i < authority.len; i++) {
        if (authority.ptr[i] <= ' ' || authority.ptr[i] == 0x7F)
            return false;
        if (authority.ptr[i] == '/' || authority.ptr[i] == '?' || authority.ptr[i] == '#')
            authority.len = i;
    }
    for (size_t i = authority.len; i < c.left; i++)
        if (c.ptr[i] <= ' ' || c.ptr[i] == 0x7F)
            return false;
    const uint8_t *host = authority.ptr;
    size_t len = authority.len;
    for (size_t i = 0; i < authority.len; i++)
        if (authority.ptr[i] == '@') {
            host = authority.ptr + i + 1;
            len = authority.len - i - 1;
        }
    return len > 0 && host[0] != '-' && host[0] != ':' && authority.ptr[0] != '-';
}

static bool is_one_of(struct view v, const char *const *schemes)
{
    for (; *schemes != NULL; schemes++) {
        struct cursor c = cursor_of(v);
        if (cursor_skip(&c, *schemes))
            return has_host(c);
    }
    return false;
}

bool url_is_site(struct view v)
{
    static const char *const schemes[] = {"https://", "http://", NULL};
    return is_one_of(v, schemes);
}

bool url_is_mirror(struct view v)
{
    static const char *const schemes[] = {"https://", "http://", "git://", "ssh://", NULL};
    return is_one_of(v, schemes);
}
