/*
 * Which addresses lead into the reader's own machine or network, and how an address is shown.
 *
 * What a reader would get wrong: "0x7f.1", "2130706433", "0177.0.0.1" and "::ffff:127.0.0.1" are all 127.0.0.1 to the C
 * library and to libcurl.  So a host is read as they read it, not as it is usually written.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- numbers (RFC 6890 and its registries) ---- */

static const struct {
    uint32_t first;
    int bits;
} reserved4[] = {
    {0x00000000, 8},  /* this network */
    {0x0A000000, 8},  /* 10/8 */
    {0x64400000, 10}, /* 100.64/10: behind a carrier's translation */
    {0x7F000000, 8},  /* loopback */
    {0xA9FE0000, 16}, /* link-local */
    {0xAC100000, 12}, /* 172.16/12 */
    {0xC0000000, 24}, /* 192.0.0/24 */
    {0xC0A80000, 16}, /* 192.168/16 */
    {0xC6120000, 15}, /* 198.18/15: benchmarks */
    {0xE0000000, 3},  /* multicast, reserved, broadcast */
};

static bool is_private4(uint32_t a)
{
    for (size_t i = 0; i < sizeof(reserved4) / sizeof(reserved4[0]); i++)
        if (((a ^ reserved4[i].first) >> (32 - reserved4[i].bits)) == 0)
            return true;
    return false;
}

static const struct {
    uint8_t first[6];
    int bits;
    int embedded; /* the byte at which an IPv4 address is in it that decides; -1: all are private */
} reserved6[] = {
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, -1}, /* translation within a network */
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},             /* NAT64 */
    {{0x01, 0x00}, 64, -1},                         /* discard */
    {{0x20, 0x01, 0x00, 0x00}, 32, -1},             /* Teredo: an address is hidden in it */
    {{0x20, 0x02}, 16, 2},                          /* 6to4 */
    {{0xfc}, 7, -1},                                /* unique local */
    {{0xfe, 0x80}, 10, -1},                         /* link-local */
    {{0xfe, 0xc0}, 10, -1},                         /* site-local */
    {{0xff}, 8, -1},                                /* multicast */
};

static bool has_prefix(const uint8_t *a, const uint8_t first[6], int bits)
{
    for (int i = 0; i < bits; i++) {
        uint8_t want = i / 8 < 6 ? first[i / 8] : 0;
        if (((a[i / 8] ^ want) >> (7 - i % 8)) & 1)
            return false;
    }
    return true;
}

static uint32_t number4(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool is_private6(const uint8_t a[16])
{
    static const uint8_t zero[6];
    if (has_prefix(a, zero, 80)) /* ::, ::1, ::127.0.0.1, ::ffff:127.0.0.1 */
        return is_private4(number4(a + 12)) || !(a[10] == 0xff && a[11] == 0xff);
    for (size_t i = 0; i < sizeof(reserved6) / sizeof(reserved6[0]); i++)
        if (has_prefix(a, reserved6[i].first, reserved6[i].bits))
            return reserved6[i].embedded < 0 || is_private4(number4(a + reserved6[i].embedded));
    return false;
}

bool sockaddr_is_private(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof(in));
        return is_private4(ntohl(in.sin_addr.s_addr));
    }
    if (sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, sa, sizeof(in6));
        return is_private6(in6.sin6_addr.s6_addr);
    }
    return true; /* a local socket, or what nobody knows */
}

/* ---- names ---- */

static bool ends_with(const char *host, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len >= n && strncasecmp(host + len - n, end, n) == 0;
}

/* Without the dot at its end. */
static size_t name_len(const char *host)
{
    size_t len = strlen(host);
    return len > 0 && host[len - 1] == '.' ? len - 1 : len;
}

/* Is its last label a number?  Then it is an IPv4 address in some spelling, or nothing. */
static bool ends_in_number(const char *host, size_t len)
{
    size_t from = len;
    while (from > 0 && host[from - 1] != '.')
        from--;
    if (len - from > 2 && host[from] == '0' && (host[from + 1] | 0x20) == 'x')
        return strspn(host + from + 2, "0123456789abcdefABCDEF") >= len - from - 2;
    return len > from && strspn(host + from, "0123456789") >= len - from;
}

bool host_is_private(const char *host)
{
    static const char *const ends[] = {".local",    ".localhost", ".localdomain", ".internal", ".intranet", ".lan",
                                       ".home",     ".corp",      ".private",     ".home.arpa", ".test",    ".invalid"};
    struct in6_addr six;
    struct in_addr four;
    size_t len = name_len(host);
    if (inet_pton(AF_INET6, host, &six) == 1)
        return is_private6(six.s6_addr);
    if (ends_in_number(host, len)) {
        char text[256];
        snprintf(text, sizeof(text), "%.*s", (int)len, host);
        return inet_aton(text, &four) == 0 || is_private4(ntohl(four.s_addr));
    }
    if (memchr(host, '.', len) == NULL)
        return true;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (ends_with(host, len, ends[i]))
            return true;
    return false;
}

bool address_is_private(const struct address *a)
{
    return a->kind == ADDRESS_PATH || host_is_private(a->host);
}

bool address_needs_proxy(const struct address *a)
{
    size_t len = name_len(a->host);
    return ends_with(a->host, len, ".onion") || ends_with(a->host, len, ".i2p");
}

/* ---- showing ---- */

/* Where the credentials of a URL begin and end: what a parser might take for them, not only what ours does. */
static bool find_credentials(const char *text, size_t *from, size_t *to)
{
    const char *start = strstr(text, "://");
    if (start == NULL)
        return false;
    start += 3;
    /* Up to the last '@': a password may hold a slash that should have been escaped. */
    const char *at = strrchr(start, '@');
    const char *end = start + strcspn(start, "/?#");
    const char *in_host = at == NULL ? NULL : memrchr(start, '@', (size_t)(end - start));
    const char *colon = strchr(start, ':');
    if (in_host != NULL)
        at = in_host;
    else if (at == NULL || colon == NULL || colon >= end || colon > at) /* an '@' of the path */
        return false;
    /* A user name alone is shown for ssh; for https it may be a token. */
    if ((colon == NULL || colon > at) && strncasecmp(text, "http", 4) != 0)
        return false;
    *from = (size_t)(start - text);
    *to = (size_t)(at - text);
    return true;
}

char *address_display(const char *text)
{
    size_t from, to;
    char *shown = NULL;
    if (!find_credentials(text, &from, &to))
        return strdup(text);
    if (asprintf(&shown, "%.*s***%s", (int)from, text, text + to) < 0)
        return NULL;
    return shown;
}
