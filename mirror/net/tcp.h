/* A socket to a host: what git:// goes over.  Never through a proxy: network_check refuses that. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/wire.h"

/* Connects to one of the host's addresses within the connect deadline; `address` must outlive the wire.
 * MIMEO_EUNREACHABLE (no such name, refused, no way), MIMEO_ETIMEOUT, MIMEO_EUSAGE where it may not be asked.
 * Resolving names has the resolver's own deadlines: a caller that needs more runs this in a child. */
int tcp_open(struct wire *out, mimeo_ctx *ctx, const struct address *address, const struct mimeo_network *network);

#endif
