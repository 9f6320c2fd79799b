/*
 * What struct mimeo_network means for every carrier: deadlines with their defaults, and what may not be asked at all.
 * Nothing here or in the carriers looks at the environment for a proxy.
 */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include <mimeo/sync.h>

#include "net/address.h"

struct deadlines {
    int64_t connect_ms, stall_ms, total_ms;
    uint64_t max_bytes;
};
/* The network's, or the defaults where they are 0 (`network` NULL: all). */
struct deadlines network_deadlines(const struct mimeo_network *network);
int64_t network_now(void); /* milliseconds of a clock that nobody sets */

/* 0, or MIMEO_EUSAGE: this address may not be asked so.  git:// and ssh do not go through a proxy of ours, names like
 * .onion not without one, private ones not where network->no_private, and the proxy must be one that is understood. */
int network_check(mimeo_ctx *ctx, const struct address *address, const struct mimeo_network *network);

#endif
