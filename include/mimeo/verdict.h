/*
 * Verdicts: what mimeo says of a publisher, a mirror or one object, distinct in words and
 * in JSON (mirror/bundle/FORMAT.md section 9).
 */
#ifndef MIMEO_VERDICT_H
#define MIMEO_VERDICT_H

#include <mimeo/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From the mildest to the gravest: of several the greatest counts. */
enum mimeo_verdict {
    MIMEO_GOOD = 0,
    MIMEO_FIRST_USE,         /* pinned without a link or digits to compare */
    MIMEO_LATE,              /* past next-by */
    MIMEO_UNJOINED,          /* good, but no path from the head is held */
    MIMEO_INCOMPLETE,        /* something named is not held */
    MIMEO_UNKNOWN_PUBLISHER, /* verified against its own charter, which nobody vouched for */
    MIMEO_NEEDS_NEWER,
    MIMEO_MALFORMED,
    MIMEO_ROLLBACK,          /* older than what was verified before */
    MIMEO_CONFLICTED,        /* two signed histories */
    MIMEO_REVOKED,           /* by a withdrawn key, or beyond a cut */
    MIMEO_DAMAGED            /* forged or damaged */
};

/* "good", "first-use", … as in FORMAT.md; never NULL. */
MIMEO_API const char *mimeo_verdict_name(enum mimeo_verdict v);
/* One sentence for a person. */
MIMEO_API const char *mimeo_verdict_words(enum mimeo_verdict v);
/* The code of a verdict (0 for good, first use and late), for mimeo_exit_status. */
MIMEO_API int mimeo_verdict_code(enum mimeo_verdict v);
/* The verdict for the code that a check failed with. */
MIMEO_API enum mimeo_verdict mimeo_verdict_of_code(int code);

#ifdef __cplusplus
}
#endif
#endif
