/* Inside of the library: the publishers held, each with its mirror and the catalog's word on it, opened at need. */
#ifndef LIBRARY_LIBRARY_INSIDE_H
#define LIBRARY_LIBRARY_INSIDE_H

#include <mimeo/library.h>

#include "library/holding.h"
#include "library/index.h"

struct holding {
    struct hash publisher;
    struct mimeo_holding shown; /* strings are of `path` and `petname` */
    char petname[MIMEO_PETNAME_MAX + 1];
    char *path;
    mimeo_mirror *mirror; /* NULL until it is needed */
    bool indexed;         /* the catalog is right about it */
    bool walked;          /* it was found that the catalog is of no use for it: catalogs of bundles are walked */
};

struct mimeo_library {
    char *path;
    struct holding *items;
    size_t count, cap;
    struct index *index; /* NULL until it is needed, and where there is none to be had */
    bool index_tried;
};

int library_open_mirror(mimeo_library *l, mimeo_ctx *ctx, struct holding *h);
/* Opens the mirror and sees to the catalog: h->indexed or h->walked after. */
int library_ready(mimeo_library *l, mimeo_ctx *ctx, struct holding *h);
/* The catalog failed: one that is damaged is thrown away, for the next who needs it to make again; this run walks. */
void library_catalog_failed(mimeo_library *l, struct holding *h);
/* The catalog was caught pointing at what is not there: make this publisher's rows again, or do without. */
int library_repair(mimeo_library *l, mimeo_ctx *ctx, struct holding *h);
/* The one holding that `who` names. */
int library_find(struct holding **out, mimeo_library *l, mimeo_ctx *ctx, const char *who);
/* Why nothing of `who` (NULL: of anybody) is held: MIMEO_EINCOMPLETE where it is to be had, MIMEO_ENOTFOUND. */
int library_say_nobody(const mimeo_library *l, mimeo_ctx *ctx, const char *who);

#endif
