/*
 * Addresses that people type, links carry and mirror lists name: what kind, which host, which path.  They are
 * handed to programs and printed, so no part can be taken for an option, none has control characters, and
 * credentials are kept apart and never printed.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <sys/socket.h>

#include "base/bytes.h"
#include "base/context.h"

#define ADDRESS_MAX 4096

enum address_kind {
    ADDRESS_HTTP,
    ADDRESS_HTTPS,
    ADDRESS_GIT,
    ADDRESS_SSH, /* ssh://user@host:port/path, and user@host:path */
    ADDRESS_PATH /* a path, or file:///path */
};

/* Strings of its own; "" where there is none. */
struct address {
    enum address_kind kind;
    char *user, *password; /* decoded */
    char *host;            /* without the brackets of an IPv6 address; ASCII */
    int port;              /* the scheme's own where none is given; 0: what ssh is configured for */
    char *path;            /* http: as written, with the query; else decoded; of ssh relative to the home where it
                              does not begin with '/' */
    char *url;             /* http: the address without credentials; else the address as it was given */
};

/* MIMEO_EUSAGE says what is wrong.  A path may be anything that is no URL. */
int address_parse(struct address *out, mimeo_ctx *ctx, const char *text);
void address_dispose(struct address *a);

/* `text` to print: what stands between "://" and "@" becomes "***" (but for ssh's user name).  Fresh memory or NULL;
 * it works for what address_parse refuses, too. */
char *address_display(const char *text);

/* Does it lead into the reader's own machine or network: loopback, link-local, private and reserved ranges in any
 * spelling, names without a dot or of local domains?  A list of mirrors, signed or not, must not make a reader ask there
 * (rule of trust: no such address but those that the user typed).  Paths are private.  Names are judged by
 * their look: what they resolve to is judged by sockaddr_is_private. */
bool address_is_private(const struct address *a);
bool host_is_private(const char *host);
bool sockaddr_is_private(const struct sockaddr *sa);
/* Names that only a proxy can resolve, and that must not reach a name server: .onion, .i2p. */
bool address_needs_proxy(const struct address *a);

#endif
