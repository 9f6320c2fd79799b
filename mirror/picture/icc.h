/*
 * Colour profiles (ICC.1:2022): only so far that a photograph in Display P3 or Adobe RGB keeps its colours when it is made
 * small.  Profiles of another kind (tables, inks) are passed over, as is whatever is hostile: the colours are then taken
 * for sRGB, as browsers take a picture without a profile.
 */
#ifndef PICTURE_ICC_H
#define PICTURE_ICC_H

#include "base/bytes.h"
#include "picture/shrink.h"

/* False where `profile` is none of three curves and a matrix, makes no sense, or is sRGB itself. */
bool icc_colours(struct shrink_colours *out, struct view profile);

#endif
