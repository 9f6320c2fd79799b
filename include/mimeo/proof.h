/*
 * Proofs of conflict: files that show to anybody, with no trust in whoever made them, that a publisher's keys
 * signed two things that cannot both be of one history (mirror/bundle/FORMAT.md section 4).
 *
 *     mimeo_proof *p;
 *     struct mimeo_proof_state s;
 *     if (mimeo_proof_claimed(ctx, path) && mimeo_proof_open(&p, ctx, path, NULL) == 0) {
 *         mimeo_proof_get_state(p, &s);
 *         mimeo_proof_free(p);
 *     }
 */
#ifndef MIMEO_PROOF_H
#define MIMEO_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include <mimeo/context.h>
#include <mimeo/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mimeo_proof mimeo_proof;

/* Is the file a pack that could only be a proof: charters and headers, with two headers or two charters of one
 * version?  Nothing is verified. */
MIMEO_API bool mimeo_proof_claimed(mimeo_ctx *ctx, const char *path);
/* Check a proof.  Where its publisher is pinned and it stands, it is kept, and the publisher is conflicted from
 * then on.  `library` as in mimeo/trust.h.  MIMEO_EFORGED, MIMEO_EMALFORMED (it proves nothing, and the
 * words say why), MIMEO_ENEWER. */
MIMEO_API int mimeo_proof_open(mimeo_proof **out, mimeo_ctx *ctx, const char *path, const char *library);
MIMEO_API void mimeo_proof_free(mimeo_proof *p);

enum mimeo_proof_kind {
    MIMEO_PROOF_BUNDLES,  /* two bundles of one number */
    MIMEO_PROOF_LINK,     /* a bundle, and a later one that names another in its place */
    MIMEO_PROOF_CHARTERS  /* two charters of one version */
};
#define MIMEO_PROOF_SIGNERS 64
/* One of the two that contradict each other. */
struct mimeo_proof_side {
    uint64_t number;                  /* bundle, or charter */
    char hash[MIMEO_HEX_LEN + 1];     /* of the signed text */
    int64_t time;                     /* of a bundle, by the publisher's clock */
    uint64_t records;                 /* of a bundle: in all bundles up to it */
    const char *name;                 /* of a charter: what the publisher calls itself there; else NULL */
    size_t key_count;
    char keys[MIMEO_PROOF_SIGNERS][MIMEO_HEX_LEN + 1]; /* that signed it */
    size_t publish_count;             /* of a charter: the publishing keys that it names */
    char publish[MIMEO_PROOF_SIGNERS][MIMEO_HEX_LEN + 1];
};
struct mimeo_proof_state {
    enum mimeo_proof_kind kind;
    char id[MIMEO_HEX_LEN + 1];       /* of what contradicts: the same in every copy of the proof */
    char publisher[MIMEO_HEX_LEN + 1];
    char digits[MIMEO_DIGITS_LEN + 1];
    const char *name;                 /* what the publisher calls itself: a label */
    enum mimeo_pin_state pin;
    const char *petname;              /* "" where not pinned */
    uint64_t number;                  /* where the two part: at this bundle or before, or the charter's version */
    bool stands;                      /* no charter known here settles it */
    uint32_t settled_by;              /* the newest charter known, where it does not stand; else 0 */
    struct mimeo_proof_side sides[2];
};
MIMEO_API void mimeo_proof_get_state(const mimeo_proof *p, struct mimeo_proof_state *out);
/* The proof as a file: its bytes, which are p's; and written to a new file (MIMEO_EEXISTS). */
MIMEO_API const unsigned char *mimeo_proof_bytes(const mimeo_proof *p, size_t *len);
MIMEO_API int mimeo_proof_save(const mimeo_proof *p, mimeo_ctx *ctx, const char *path);

/* ---- those that the library keeps ---- */

/* Call `fn` for each proof kept of `who` (a petname or ID as for mimeo_trust_find), by id; `code` is 0 with `proof`,
 * or why that file is none, with NULL and the message set.  Nonzero from fn stops and is returned. */
MIMEO_API int mimeo_proof_each(mimeo_ctx *ctx, const char *library, const char *who,
                               int (*fn)(const char *id, int code, const mimeo_proof *proof, void *payload),
                               void *payload);
/* The proof kept of `who` whose id begins with `id`; NULL: the first that stands, or else the first.
 * MIMEO_ENOTFOUND. */
MIMEO_API int mimeo_proof_kept(mimeo_proof **out, mimeo_ctx *ctx, const char *library, const char *who, const char *id);

#ifdef __cplusplus
}
#endif
#endif
