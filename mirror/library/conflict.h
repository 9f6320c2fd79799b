/*
 * A mirror that contradicts itself or what this reader verified before: the signed notes that prove it are kept
 * (library/proof.h), for a pinned publisher alone.  Everything here is by the way: where a proof cannot be had or
 * kept, that is a remark at most, and what was said of the mirror stands.
 */
#ifndef LIBRARY_CONFLICT_H
#define LIBRARY_CONFLICT_H

#include "library/mirror.h"

/* Two header notes in hand that may contradict each other. */
void conflict_keep(mimeo_mirror *m, mimeo_ctx *ctx, struct view a, struct view b);
/* The links from `from` down prove that another header than `h` stands at its seq (join_path gave 0): keep
 * h's note with the other, where that is held, or else with the one whose link names it.  True where that is a proof. */
bool conflict_keep_path(mimeo_mirror *m, mimeo_ctx *ctx, const struct header *from, const struct header *h);
/* Two charters of one version: m->chain.rival against the chain. */
void conflict_keep_charters(mimeo_mirror *m, mimeo_ctx *ctx);

/* The second and further objects of one name in a pack: those that are signed are conflicts, and are told so. */
int conflict_check_copies(mimeo_mirror *m, mimeo_ctx *ctx);
/* Is the n-th further object of that name a signed rival of the first?  Keeps the proof.  1, 0, or a code. */
int conflict_check_copy(mimeo_mirror *m, mimeo_ctx *ctx, const char *name, size_t n);

/* Fill m->standing from the proofs that are kept. */
int conflict_load_standing(mimeo_mirror *m, mimeo_ctx *ctx);

#endif
