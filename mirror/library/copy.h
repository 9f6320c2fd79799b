/*
 * What somebody's copy of our mirror shows, judged by its `head` alone: may it be written over, and may the
 * next number be signed?  (RULES R7, R10.)
 */
#ifndef LIBRARY_COPY_H
#define LIBRARY_COPY_H

#include "library/mirror.h"

/* 0: its head is a bundle of our history, or one that our newest charter cut off: an older state, and *seq is its
 * number.  MIMEO_ECONFLICT: it is ahead of us, or has another bundle of a number of ours (the proof is kept where
 * the publisher is pinned); MIMEO_EEXISTS: another publisher's; MIMEO_EMALFORMED, MIMEO_EFORGED, MIMEO_ENEWER:
 * nothing that could be judged.  `what` names it in messages ("'origin'"). */
int copy_judge(uint64_t *seq, mimeo_ctx *ctx, mimeo_mirror *ours, const char *what, struct view head);

#endif
