/*
 * Which header is this mirror's head, and may what was known before give way to it?  The head
 * moves only along a proven path (RULES R5); everything else is told apart here: an old copy, a
 * fork, a gap.
 */
#ifndef LIBRARY_HEAD_H
#define LIBRARY_HEAD_H

#include "library/mirror.h"

/* Fill head, known, anchor, verdict and reason of an opened mirror; chain, pin and seqs are set. */
int head_choose(mimeo_mirror *m, mimeo_ctx *ctx);
/* Give the mirror a graver verdict, with the words in `reason`; a milder one changes nothing. */
void mirror_worsen(mimeo_mirror *m, enum mimeo_verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
