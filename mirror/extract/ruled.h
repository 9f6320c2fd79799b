/*
 * What a publisher's rules (rules.h) do to the choice of the body.
 */
#ifndef EXTRACT_RULED_H
#define EXTRACT_RULED_H

#include "extract/body.h"

/* What is kept or called the body, all around it, and all in what is kept: by index into `forced`. */
void ruled_force(uint8_t *forced, const struct dom *d, const uint8_t *rules);
void ruled_drop(struct body_page *b);
/* Sets root to what holds all that is called the body, and drops what stands between; false where no rule names one
 * that is there. */
bool ruled_body(struct body_page *b);

#endif
