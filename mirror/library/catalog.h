/*
 * The publisher's catalog: which articles are published, by which bundle, with what content.  A
 * cache in SQLite, so that publishing the millionth article needs no more memory than the first;
 * rebuilt from the bundles whenever it does not reflect the head, so losing it loses nothing.
 *
 * What is put in belongs to a transaction that ends with catalog_commit, right after the bundle
 * that holds it became durable; a killed run's half is gone, and is read again from the bundle.
 */
#ifndef LIBRARY_CATALOG_H
#define LIBRARY_CATALOG_H

#include "bundle/record.h"
#include "library/mirror.h"

#define DIGEST_LEN 16

/* What an article says, apart from where and when it is said: equal digests mean "unchanged".  The first half is of
 * what a reader sees, title, subtitle, text and pictures, alone. */
struct digest {
    uint8_t bytes[DIGEST_LEN];
};
bool digest_shows_same(const struct digest *a, const struct digest *b);
int digest_of(struct digest *out, mimeo_ctx *ctx, const struct record *r, struct view body);

struct catalog_article {
    uint64_t seq;
    uint32_t revision;
    enum record_action action;
    struct digest digest;
    int64_t as_of;       /* when it was so where it was taken from: when that was captured, else when this was published.
                          * Rebuilt from bundles, which do not say: when it was published, so nothing older gets over it */
    int64_t modified;    /* as the article says; 0: it does not */
};

struct catalog;
int catalog_open(struct catalog **out, mimeo_ctx *ctx, const char *path);
void catalog_close(struct catalog *c); /* rolls back what was not committed */
/* Bring it to the mirror's head: index what is missing, or everything. */
int catalog_refresh(struct catalog *c, mimeo_ctx *ctx, mimeo_mirror *m);

/* 1 and *out, 0 where there is none. */
int catalog_find(struct catalog *c, mimeo_ctx *ctx, const char *id, struct catalog_article *out);
int catalog_put(struct catalog *c, mimeo_ctx *ctx, const char *id, const struct catalog_article *a);
/* The first bundle that cites a picture: 1 and *seq, 0 where none does. */
int catalog_find_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h, uint64_t *seq);
int catalog_put_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h, uint64_t seq);
int catalog_remove_media(struct catalog *c, mimeo_ctx *ctx, const struct hash *h);
/* Retractions that order an erasure, to be restated for 90 days: `record` is their catalog line. */
int catalog_put_erasure(struct catalog *c, mimeo_ctx *ctx, uint64_t seq, int64_t time,
                        struct view record);
int catalog_each_erasure(struct catalog *c, mimeo_ctx *ctx, int64_t since,
                         int (*fn)(uint64_t seq, struct view record, void *payload), void *payload);
/* End the transaction: the catalog reflects this header. */
int catalog_commit(struct catalog *c, mimeo_ctx *ctx, uint64_t seq, const struct hash *head);

#endif
