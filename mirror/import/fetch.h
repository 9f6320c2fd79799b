/*
 * Fetching pages, feeds and pictures for a publisher: politely, and within limits.
 *
 * One request at a time, whoever asks; requests to a host are a while apart; its robots.txt is asked for first and kept
 * to.  What is had from a page that stands on the public network is never on the machine's own, whatever the page, a
 * redirect or a name server says.  Readers' commands never come here.
 */
#ifndef IMPORT_FETCH_H
#define IMPORT_FETCH_H

#include <mimeo/input.h>

#include "import/pictures.h"

struct fetched {
    struct buf bytes;
    char *url;          /* where it was found in the end, without credentials; owned */
    char *content_type; /* "" where the server says none; owned */
};
void fetched_dispose(struct fetched *f);

struct fetcher;
/* `options` must outlive it.  Opens nothing yet. */
int fetcher_new(struct fetcher **out, mimeo_ctx *ctx, const struct mimeo_fetch *options);
void fetcher_free(struct fetcher *f);

enum fetch_what { FETCH_PAGE, FETCH_PICTURE };
/* `from`: the page or feed that names `url`, "" where that has no address; NULL: the user did.  From any thread.  MIMEO_EUNREACHABLE, MIMEO_ETIMEOUT,
 * MIMEO_EMALFORMED (too large, or cannot be unpacked) and MIMEO_EUSAGE (it may not be fetched) with words that name the
 * host. */
int fetcher_get(struct fetched *out, struct fetcher *f, mimeo_ctx *ctx, const char *url, const char *from,
                enum fetch_what what);
/* The pictures of the page or feed at `from`. */
int picture_source_network(struct picture_source **out, mimeo_ctx *ctx, struct fetcher *f, const char *from);
/* "http://…" or "https://…". */
bool fetch_is_address(const char *text);

#endif
