/*
 * Whom this reader trusts: pins with petnames, kept in the library's trust/ directory.
 *
 * `library` is a directory; NULL means $MIMEO_LIBRARY, else $XDG_DATA_HOME/mimeo, else
 * ~/.local/share/mimeo.
 */
#ifndef MIMEO_TRUST_H
#define MIMEO_TRUST_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/key.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIMEO_PETNAME_MAX 200
#define MIMEO_DIGITS_LEN 47 /* eight groups of five, with spaces */

enum mimeo_pin_state {
    MIMEO_PIN_NONE,
    MIMEO_PIN_FIRST_USE, /* taken as it came; nothing was compared */
    MIMEO_PIN_SHIPPED,   /* not pinned, and its charter ships with mimeo (keys/): good, nothing is remembered of it */
    MIMEO_PIN_VERIFIED,  /* by link or digits */
    MIMEO_PIN_OWN        /* this reader's own: made by init */
};
MIMEO_API const char *mimeo_pin_state_name(enum mimeo_pin_state s); /* "verified" … */

struct mimeo_pin {
    char publisher[MIMEO_HEX_LEN + 1];
    char digits[MIMEO_DIGITS_LEN + 1];
    enum mimeo_pin_state state;
    char petname[MIMEO_PETNAME_MAX + 1]; /* what this reader calls it; "" where none */
    int64_t since;
    uint64_t head_seq;                    /* the highest that was verified; 0: none yet */
    char head_hash[MIMEO_HEX_LEN + 1];
    uint64_t conflicts;                   /* proofs kept */
    bool conflicted;                      /* one of them stands: no charter that is known here settles it */
};

/* Call `fn` for each pin, by petname.  Nonzero from fn stops and is returned. */
MIMEO_API int mimeo_trust_each(mimeo_ctx *ctx, const char *library,
                               int (*fn)(const struct mimeo_pin *pin, void *payload), void *payload);

struct mimeo_trust_options {
    const char *petname; /* NULL: the publisher's own name, where no other pin has it */
    const char *expect;  /* digits that somebody read out, or NULL */
    bool first_use;      /* pin what nothing vouches for */
};
/* Pin a publisher named by `what`: a mimeo: link, a publisher ID (64 hex digits, which is all of
 * it and so verifies), a mirror or pack (its charters are judged; `expect` or `first_use` is needed
 * unless its charter ships with mimeo), or a charter file.  A pin that is there is raised (first use to verified), never lowered.  Digits
 * that do not fit: MIMEO_EFORGED.  A petname that another pin has: MIMEO_EEXISTS. */
MIMEO_API int mimeo_trust_add(mimeo_ctx *ctx, const char *library, const char *what,
                              const struct mimeo_trust_options *options, struct mimeo_pin *pin);
/* `who`: a petname, or the ID or its first 8 or more digits.  MIMEO_ENOTFOUND; MIMEO_EUSAGE
 * where it fits several. */
MIMEO_API int mimeo_trust_find(mimeo_ctx *ctx, const char *library, const char *who,
                               struct mimeo_pin *pin);
MIMEO_API int mimeo_trust_rename(mimeo_ctx *ctx, const char *library, const char *who,
                                 const char *petname);
MIMEO_API int mimeo_trust_remove(mimeo_ctx *ctx, const char *library, const char *who);

/* A publisher whose first charter ships with mimeo. */
struct mimeo_shipped {
    char publisher[MIMEO_HEX_LEN + 1];
    char digits[MIMEO_DIGITS_LEN + 1];
    char name[MIMEO_PETNAME_MAX + 1];
    char site[513];
};
MIMEO_API int mimeo_keyring_each(mimeo_ctx *ctx, int (*fn)(const struct mimeo_shipped *shipped, void *payload),
                                 void *payload);

/* The QR code of a text for a terminal, fresh memory (free() it); `ansi` forces dark on light. */
MIMEO_API int mimeo_qr(char **out, mimeo_ctx *ctx, const char *text, bool ansi);

#ifdef __cplusplus
}
#endif
#endif
