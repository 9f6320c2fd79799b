/*
 * Inside of library/take.h: one taking, step by step.
 *
 *     target_open      whose directory is it?  Charters go in.
 *     plan_make        newest to oldest: which bundles are wanted, what must be erased
 *     bundles_write    oldest to newest: each checked to the last block, then written
 *     media_take       pictures that a joined record cites
 *     head_settle      the head, last: a head that is current says that nothing was cut short
 */
#ifndef LIBRARY_TAKE_INSIDE_H
#define LIBRARY_TAKE_INSIDE_H

#include "library/take.h"

/* What is to be erased, by whose order: only joined bundles' catalogs put orders here. */
struct erase_order {
    struct record_erase what;
    uint64_t by; /* the first bundle that listed it, of those looked at */
};
struct erase_orders {
    struct erase_order *items; /* by (seq, table, block, hash) once closed */
    size_t count, cap;
    size_t *due; /* indexes by `by`, once closed */
    size_t next_due;
    struct hash *media; /* of pictures, by their bytes, once closed: a stick may show a million of them */
    size_t media_count;
};

enum plan_action { PLAN_TAKE, PLAN_REMOVE };
struct plan_item {
    uint64_t seq;
    struct hash hash; /* of the header that was judged */
    uint8_t action;   /* enum plan_action */
    bool joined;
};

struct taking {
    mimeo_ctx *ctx;
    mimeo_mirror *from;
    const struct take_options *options;
    struct take_result *result;
    const char *path;
    int dir;           /* the target */
    struct store *to;  /* the same, to read from */
    uint64_t *held;    /* what was there before, ascending */
    size_t held_count;
    bool has_head;     /* of the target's `head` file, that it parses; its seq and newest charter */
    uint64_t head_seq;
    uint32_t head_newest;
    bool cut_unsettled; /* the newest cut may not have been carried out here */

    struct plan_item *plan; /* by descending seq */
    size_t plan_count, plan_cap;
    struct erase_orders orders;
    char cleaned[STORE_NAME_MAX]; /* the directory last rid of a killed run's leftovers */
    uint64_t total;               /* bundles to take */
};

/* An error of this machine, which ends the taking; the others are about an object. */
bool take_is_our_trouble(int code);
/* Refuse an object, with the context's message, or one's own. */
void take_fault(struct taking *t, const char *object, uint64_t seq, enum mimeo_verdict verdict, const char *message);
/* Write a file of the target atomically. */
int take_put(struct taking *t, const char *name, struct view bytes);
int take_remove(struct taking *t, const char *name);
/* Call before what is held loses anything. */
int take_announce_loss(struct taking *t);
/* A bundle of the target, opened and judged by the source's charters; never MIMEO_EIO for what is damaged. */
int take_load_held(struct held_bundle *h, struct taking *t, uint64_t seq);

int plan_make(struct taking *t);
int bundles_write(struct taking *t);
int media_take(struct taking *t);

/* ---- orders (take_erasures.c) ---- */

int orders_collect(struct taking *t, struct held_bundle *h);
int orders_close(struct taking *t);
void orders_dispose(struct erase_orders *o);
/* Those for blocks of bundle `seq`. */
const struct erase_order *orders_for(const struct erase_orders *o, uint64_t seq, size_t *count);
bool orders_have_media(const struct erase_orders *o, const struct hash *h);
/* Zero the blocks of `b` that orders name, in `bytes`, which are the bundle's; how many changed. */
size_t orders_apply(const struct erase_orders *o, mimeo_ctx *ctx, const struct bundle *b, uint8_t *bytes);
/* Is it ordered that this block be zeros? */
bool orders_explain(const struct erase_orders *o, const struct record_erase *zeroed);
/* Carry out on what is held the orders of bundles up to `by`. */
int orders_carry_out(struct taking *t, uint64_t by);

#endif
