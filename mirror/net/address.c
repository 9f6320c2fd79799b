/*
 * Parsing addresses (RFC 3986 as far as git goes, and git's short form of ssh).
 *
 * What a reader would get wrong: what has no "://" may be an address all the same.  "host:path" is ssh, as git has it, unless
 * a slash comes before the colon; "ext::command" is git's way to run any command, and refused.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const struct scheme {
    const char *prefix;
    enum address_kind kind;
    int port;
} schemes[] = {
    {"http://", ADDRESS_HTTP, 80},
    {"https://", ADDRESS_HTTPS, 443},
    {"git://", ADDRESS_GIT, 9418},
    {"ssh://", ADDRESS_SSH, 0},
    {"git+ssh://", ADDRESS_SSH, 0},
    {"ssh+git://", ADDRESS_SSH, 0},
    {"file://", ADDRESS_PATH, 0},
};

/* ---- characters ---- */

static bool is_printable(struct view v)
{
    char why[80];
    return text_line_fault(v, why, sizeof(why)) == NULL;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%2F" and the like become bytes.  False where that gives a NUL or a control, or the escape is none. */
static bool decode(char **out, struct view v)
{
    char *text = malloc(v.len + 1);
    size_t len = 0;
    bool good = text != NULL;
    for (size_t i = 0; good && i < v.len; i++) {
        uint8_t c = v.ptr[i];
        if (c == '%') {
            int high = i + 2 < v.len ? hex_digit(v.ptr[i + 1]) : -1, low = i + 2 < v.len ? hex_digit(v.ptr[i + 2]) : -1;
            good = high >= 0 && low >= 0;
            c = good ? (uint8_t)(16 * high + low) : 0;
            i += 2;
        }
        good = good && c >= ' ' && c != 0x7F;
        if (good)
            text[len++] = (char)c;
    }
    if (!good) {
        free(text);
        return false;
    }
    text[len] = '\0';
    *out = text;
    return true;
}

static char *copy(struct view v)
{
    return strndup(v.len == 0 ? "" : (const char *)v.ptr, v.len);
}

/* ---- parts ---- */

static int refused(mimeo_ctx *ctx, const char *text, const char *why)
{
    char *shown = address_display(text);
    int rc = ctx_error(ctx, MIMEO_EUSAGE, "the address '%s' %s", shown == NULL ? "" : shown, why);
    free(shown);
    return rc;
}

static bool is_host_name(struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
              c == '-'))
            return false;
    }
    return v.len > 0 && v.len <= 253 && v.ptr[0] != '.' && v.ptr[0] != '-';
}

static bool is_ipv6(struct view v)
{
    char text[64];
    struct in6_addr address;
    if (v.len >= sizeof(text))
        return false;
    snprintf(text, sizeof(text), "%.*s", (int)v.len, (const char *)v.ptr);
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* "host", "host:port", "[::1]:port" */
static const char *take_host(struct address *a, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view host = v, port = {NULL, 0};
    uint64_t number;
    if (cursor_skip(&c, "[")) {
        if (!cursor_until(&c, ']', &host) || !is_ipv6(host))
            return "has no IPv6 address between its brackets";
        if (c.left > 0 && !cursor_skip(&c, ":"))
            return "has something behind the brackets of its host";
        port = view_of(c.ptr, c.left);
    } else {
        if (cursor_until(&c, ':', &host))
            port = view_of(c.ptr, c.left);
        if (!is_host_name(host))
            return "has no host name that is one (other alphabets: in their form xn--…)";
    }
    if (port.len > 0) { /* "host:" is allowed */
        if (!parse_decimal(port, 65535, &number) || number == 0)
            return "has no port that is one";
        a->port = (int)number;
    }
    a->host = copy(host);
    return NULL;
}

/* "user", "user:password" */
static const char *take_user(struct address *a, struct view v)
{
    struct cursor c = cursor_of(v);
    struct view user = v, password = {NULL, 0};
    if (cursor_until(&c, ':', &user))
        password = view_of(c.ptr, c.left);
    if (user.len > 0 && user.ptr[0] == '-')
        return "has a user name that begins with '-'";
    if (!decode(&a->user, user) || !decode(&a->password, password))
        return "has a user name or a password with a bad escape";
    if (a->user[0] == '-') /* decoded */
        return "has a user name that begins with '-'";
    return NULL;
}

static const char *take_authority(struct address *a, struct view v)
{
    const uint8_t *at = v.len == 0 ? NULL : memrchr(v.ptr, '@', v.len);
    const char *why = NULL;
    if (at != NULL) {
        size_t len = (size_t)(at - v.ptr);
        why = take_user(a, view_of(v.ptr, len));
        v = view_of(at + 1, v.len - len - 1);
    }
    return why == NULL ? take_host(a, v) : why;
}

/* ---- kinds ---- */

static const char *take_http(struct address *a, const char *prefix, struct view path)
{
    struct buf url;
    if (path.len > 0 && memchr(path.ptr, '#', path.len) != NULL)
        return "has a '#' part, which no server is told";
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == ' ' || path.ptr[i] == '\\')
            return "has a space or a backslash in its path: write %20 or %5C";
    bool v6 = strchr(a->host, ':') != NULL;
    buf_init(&url, 2 * ADDRESS_MAX);
    buf_appendf(&url, "%s%s%s%s", prefix, v6 ? "[" : "", a->host, v6 ? "]" : "");
    if (a->port != (a->kind == ADDRESS_HTTP ? 80 : 443))
        buf_appendf(&url, ":%d", a->port);
    if (path.len == 0 || path.ptr[0] != '/')
        buf_append_byte(&url, '/');
    buf_append_view(&url, path);
    a->path = copy(path);
    a->url = buf_status(&url) < 0 ? NULL : buf_detach(&url, NULL);
    buf_dispose(&url);
    return NULL;
}

/* ssh hands the user's name to commands of its configuration, so nothing that a shell would see in it. */
static const char *check_ssh(const struct address *a)
{
    if (strpbrk(a->user, "'\"`$\\;&|<>(){}*?! ") != NULL)
        return "has a user name that ssh does not take";
    return a->password[0] == '\0' ? NULL : "has a password, which ssh takes from no address";
}

/* ssh:// and git:// */
static const char *take_path(struct address *a, const char *text, struct view path)
{
    if (path.len < 2 || path.ptr[0] != '/')
        return "has no path";
    if (path.ptr[1] == '~' && a->kind == ADDRESS_SSH) /* ssh://host/~user/x is ~user/x */
        path = view_of(path.ptr + 1, path.len - 1);
    if (!decode(&a->path, path))
        return "has a bad escape in its path";
    a->url = strdup(text);
    if (a->kind == ADDRESS_GIT)
        return a->user == NULL ? NULL : "has a user name, which git:// has no use for";
    return a->user == NULL ? NULL : check_ssh(a);
}

static const char *take_file(struct address *a, const char *text, struct view authority, struct view path)
{
    if (authority.len > 0 && !view_equal_str(authority, "localhost"))
        return "names a file of another machine";
    if (path.len == 0 || path.ptr[0] != '/' || !decode(&a->path, path))
        return "has no path that is one";
    a->url = strdup(text);
    return NULL;
}

static const char *take_url(struct address *a, const char *text, const struct scheme *scheme)
{
    struct view rest = view_of_str(text + strlen(scheme->prefix)), authority = rest, path = {NULL, 0};
    for (size_t i = 0; i < authority.len; i++)
        if (strchr("/?#\\", authority.ptr[i]) != NULL) {
            path = view_of(rest.ptr + i, rest.len - i);
            authority.len = i;
        }
    a->kind = scheme->kind;
    a->port = scheme->port;
    if (scheme->kind == ADDRESS_PATH)
        return take_file(a, text, authority, path);
    const char *why = take_authority(a, authority);
    if (why != NULL || a->host == NULL)
        return why;
    if (scheme->kind == ADDRESS_SSH || scheme->kind == ADDRESS_GIT)
        return take_path(a, text, path);
    return take_http(a, scheme->prefix, path);
}

/* user@host:path; [host]:path, [user@host:port]:path */
static const char *take_short(struct address *a, const char *text, size_t colon)
{
    struct view authority = view_of(text, colon);
    const char *path = text + colon + 1;
    a->kind = ADDRESS_SSH;
    if (path[0] == ':')
        return "is for one of git's helper programs, which are not used";
    if (path[0] == '\0')
        return "has no path";
    if (path[0] == '-')
        return "has a path that begins with '-'";
    if (authority.len >= 2 && authority.ptr[0] == '[' && authority.ptr[authority.len - 1] == ']' &&
        !is_ipv6(view_of(authority.ptr + 1, authority.len - 2)))
        authority = view_of(authority.ptr + 1, authority.len - 2);
    const char *why = take_authority(a, authority);
    a->path = strdup(path);
    a->url = strdup(text);
    return why != NULL || a->user == NULL ? why : check_ssh(a);
}

/* The colon of host:path, or 0 where it is none: as git decides. */
static size_t short_colon(const char *text)
{
    const char *from = text;
    if (strchr(text, '[') != NULL && strpbrk(text, "[/:") != NULL && *strpbrk(text, "[/:") == '[') {
        const char *close = strchr(text, ']');
        from = close == NULL ? text : close;
    }
    size_t len = strcspn(from, ":/");
    return from[len] == ':' ? (size_t)(from - text) + len : 0;
}

static const char *take(struct address *a, const char *text)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strncasecmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
            return take_url(a, text, &schemes[i]);
    size_t colon = short_colon(text);
    if (text[0] == '-')
        return "begins with '-'";
    if (colon > 0 && strncmp(text + colon, "://", 3) == 0)
        return "is of a kind that is not known (known: https, http, ssh, git, file, a path)";
    if (colon > 0)
        return take_short(a, text, colon);
    a->kind = ADDRESS_PATH;
    a->path = strdup(text);
    a->url = strdup(text);
    return NULL;
}

/* Strings that were not set are empty. */
static bool complete(struct address *a)
{
    char **strings[] = {&a->user, &a->password, &a->host, &a->path, &a->url};
    bool good = true;
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        if (*strings[i] == NULL)
            *strings[i] = strdup("");
        good = good && *strings[i] != NULL;
    }
    return good;
}

int address_parse(struct address *out, mimeo_ctx *ctx, const char *text)
{
    struct address a = {.kind = ADDRESS_PATH};
    size_t len = strlen(text);
    const char *why = len == 0                            ? "is empty"
                      : len >= ADDRESS_MAX                ? "is too long"
                      : !is_printable(view_of(text, len)) ? "has characters that do not print"
                                                          : NULL;
    if (why == NULL)
        why = take(&a, text);
    if (why != NULL) {
        address_dispose(&a);
        return refused(ctx, text, why);
    }
    if (!complete(&a)) {
        address_dispose(&a);
        return ctx_error_nomem(ctx);
    }
    *out = a;
    return 0;
}

void address_dispose(struct address *a)
{
    if (a->password != NULL)
        explicit_bzero(a->password, strlen(a->password));
    free(a->user);
    free(a->password);
    free(a->host);
    free(a->path);
    free(a->url);
    *a = (struct address){.kind = ADDRESS_PATH};
}
