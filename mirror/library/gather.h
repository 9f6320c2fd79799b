/* Inside of gathering (mimeo/gather.h): the stores. */
#ifndef LIBRARY_GATHER_H
#define LIBRARY_GATHER_H

#include <mimeo/gather.h>

#include "store/store.h"

/* The n-th as a store.  `copy`: of bundles of which the packs have several with different bytes, the copy-th further one, or the
 * last; so what the first is worth need not decide. */
int gathering_store(struct store **out, const mimeo_gathering *g, mimeo_ctx *ctx, size_t n, size_t copy);
/* The most further copies that a bundle has. */
size_t gathering_copies(const mimeo_gathering *g, size_t n);

#endif
