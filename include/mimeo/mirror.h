/*
 * A mirror, wherever it is: a git work tree or bare clone, a directory or stick with its
 * files, or a .mimeo file.  Opening judges who it is from and how far it can be believed; nothing
 * is handed out that did not verify.  Nothing here opens a socket, and nothing is written but the
 * trust of pinned publishers.
 *
 *     mimeo_mirror *m;
 *     if (mimeo_mirror_open(&m, ctx, "press", NULL) == 0) {
 *         mimeo_mirror_list(m, ctx, &(struct mimeo_list_options){.limit = 20}, show, NULL);
 *         mimeo_mirror_free(m);
 *     }
 */
#ifndef MIMEO_MIRROR_H
#define MIMEO_MIRROR_H

#include <stdbool.h>

#include <mimeo/context.h>
#include <mimeo/trust.h>
#include <mimeo/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mimeo_mirror mimeo_mirror;

/* `library`: as in mimeo/trust.h.  An encrypted pack is opened with the passphrase of mimeo_ctx_set_passphrase()
 * (mimeo/key.h); MIMEO_EPASSPHRASE: it may be one, and there is no passphrase, or not this one.  Fails only where there is no mirror to speak of (no charter
 * that holds, nothing at `path`): a mirror with faults opens, and its state says so. */
MIMEO_API int mimeo_mirror_open(mimeo_mirror **out, mimeo_ctx *ctx, const char *path,
                                const char *library);
MIMEO_API void mimeo_mirror_free(mimeo_mirror *m);

/* What opening found out.  Strings are the mirror's. */
struct mimeo_mirror_state {
    const char *path;
    const char *kind;               /* "git work tree", "bare git repository", "directory", "pack", "encrypted pack",
                                     "packs, not all encrypted" */
    char publisher[MIMEO_HEX_LEN + 1];
    char digits[MIMEO_DIGITS_LEN + 1];
    const char *name;               /* what it calls itself: a label, safe to print */
    const char *site;               /* "" for none */
    enum mimeo_pin_state pin;
    const char *petname;            /* "" where not pinned */
    bool name_taken;                /* another pinned publisher goes by this name */
    uint32_t charter_version;       /* the newest that holds */
    uint64_t head_seq;              /* 0: no head is held */
    char head_hash[MIMEO_HEX_LEN + 1];
    int64_t head_time, head_next_by;
    uint64_t known_seq;             /* the highest verified before; 0: none */
    uint64_t bundles_held;
    uint64_t first_missing, last_missing; /* the newest gap below the head; 0: none */
    uint64_t missing;               /* bundles not held in all */
    uint64_t archive_records, archive_bytes, archive_media, archive_media_bytes; /* the head's claims */
    bool late;
    enum mimeo_verdict verdict;     /* of the publisher and the head, before any bundle is checked */
    const char *reason;             /* words for the verdict where it is not good; "" else */
    const char *remark;             /* what is no fault of the mirror's; "" for none */
};
MIMEO_API void mimeo_mirror_get_state(const mimeo_mirror *m, struct mimeo_mirror_state *out);
/* The mirror addresses of the head, in the publisher's order; NULL past the last. */
MIMEO_API const char *mimeo_mirror_address(const mimeo_mirror *m, size_t n);
/* The mimeo: link of this publisher with the addresses and the head as floor; free() it. */
MIMEO_API int mimeo_mirror_link(char **out, const mimeo_mirror *m, mimeo_ctx *ctx);
/* The head's card, one line to read out, send or compare: see mimeo-head(1).  free() it. */
MIMEO_API int mimeo_mirror_card(char **out, const mimeo_mirror *m, mimeo_ctx *ctx);

enum mimeo_comparison {
    MIMEO_COMPARE_SAME,     /* the very same head */
    MIMEO_COMPARE_OLDER,    /* the card's bundle is below the head here, in the same history */
    MIMEO_COMPARE_NEWER,    /* the card's is above: nothing is known of it here */
    MIMEO_COMPARE_OTHER,    /* the history here has another bundle of that number */
    MIMEO_COMPARE_UNPROVEN  /* below, and what is held here does not tell which bundle is of that number */
};
struct mimeo_compared {
    enum mimeo_comparison result;
    uint64_t ours, theirs;        /* bundles */
    int64_t our_time, their_time;
};
/* Compare the head here with somebody's card (white space and line breaks do not matter).  MIMEO_EMALFORMED: it is no
 * card; MIMEO_EUSAGE: it is another publisher's; MIMEO_EINCOMPLETE: no head is held.  A card is not signed: it
 * proves nothing to a third person. */
MIMEO_API int mimeo_mirror_compare(struct mimeo_compared *out, mimeo_mirror *m, mimeo_ctx *ctx, const char *card);
/* "same", "older", …; and the code for mimeo_exit_status. */
MIMEO_API const char *mimeo_comparison_name(enum mimeo_comparison c);
MIMEO_API int mimeo_comparison_code(enum mimeo_comparison c);

/* ---- verifying ---- */

struct mimeo_fault {
    const char *object;  /* "bundles/00/00/07.mimeo", "charter/000002", "head", … */
    uint64_t seq;        /* of a bundle, else 0 */
    enum mimeo_verdict verdict;
    const char *message; /* what is wrong and what to do */
};
struct mimeo_remark {    /* no fault: an erased block, a file that is none of the mirror's */
    const char *object;
    const char *message;
};
struct mimeo_verify_options {
    bool deep;            /* inflate and parse all, clean all bodies again */
    const char *object;   /* NULL: all; else a seq, a file's name in the mirror, an article's id */
    int threads;          /* 0: one a processor */
    void (*fault)(const struct mimeo_fault *fault, void *payload);
    void (*remark)(const struct mimeo_remark *remark, void *payload);
    void *payload;
};
struct mimeo_verify_result {
    enum mimeo_verdict verdict; /* the gravest of the state's and the faults' */
    uint64_t charters, bundles, blocks, media, dictionaries; /* checked */
    uint64_t articles;          /* records parsed, where deep */
    uint64_t erased_blocks;
    uint64_t unjoined;
    uint64_t bytes;             /* read and checked */
    uint64_t faults;
    uint64_t missing;           /* bundles below the head that are not held */
};
/* 0 where it ran to its end, whatever it found. */
MIMEO_API int mimeo_mirror_verify(mimeo_mirror *m, mimeo_ctx *ctx,
                                  const struct mimeo_verify_options *options,
                                  struct mimeo_verify_result *result);

/* ---- articles ---- */

enum mimeo_action { MIMEO_PUBLISH = 1, MIMEO_REVISE, MIMEO_RETRACT };

struct mimeo_media {
    char hash[MIMEO_HEX_LEN + 1];
    const char *type;  /* "image/jpeg" */
    uint64_t bytes;
    uint32_t width, height;
    const char *alt, *caption, *credit; /* "" where absent */
};
/* What the catalog says of an article.  Strings are safe to print, "" where absent. */
struct mimeo_article {
    const char *id;
    enum mimeo_action action;
    uint32_t revision;
    const char *title, *subtitle, *section, *summary, *lang, *dir, *url, *note;
    const char *const *bylines;
    size_t byline_count;
    const char *const *tags;
    size_t tag_count;
    bool has_published, has_modified;
    int64_t published, modified; /* where given */
    uint64_t words;
    const struct mimeo_media *media;
    size_t media_count;
    bool has_body;
    uint64_t seq;         /* the bundle that says this */
    int64_t bundle_time;
    bool joined;          /* false: unjoined, to be labelled */
};

struct mimeo_list_options {
    const char *section, *lang, *author; /* NULL: any; author: part of a byline, caseless for ASCII */
    bool has_since, has_until;
    int64_t since, until;                 /* of published (or the bundle's time): since <= t < until */
    uint64_t limit;                       /* 0: all */
    bool retracted;                       /* retracted ones too */
};
/* Newest first, each article once, as its latest record says.  `fn` nonzero stops and is returned. */
MIMEO_API int mimeo_mirror_list(mimeo_mirror *m, mimeo_ctx *ctx,
                                const struct mimeo_list_options *options,
                                int (*fn)(const struct mimeo_article *article, void *payload),
                                void *payload);

/* Every record of one article, newest first: what was published, revised and retracted when. */
MIMEO_API int mimeo_mirror_history(mimeo_mirror *m, mimeo_ctx *ctx, const char *id,
                                   int (*fn)(const struct mimeo_article *article, void *payload),
                                   void *payload);

typedef struct mimeo_reading mimeo_reading;
/* The article `id` (or the only one that begins so).  MIMEO_ENOTFOUND. */
MIMEO_API int mimeo_mirror_read(mimeo_reading **out, mimeo_mirror *m, mimeo_ctx *ctx, const char *id);
MIMEO_API void mimeo_reading_free(mimeo_reading *r);
MIMEO_API const struct mimeo_article *mimeo_reading_article(const mimeo_reading *r);
/* The clean body as HTML (cleaned again just now); "" for a retraction or an erased body. */
MIMEO_API const char *mimeo_reading_html(const mimeo_reading *r, size_t *len);
MIMEO_API bool mimeo_reading_erased(const mimeo_reading *r);
/* The body as plain text; free() it. */
MIMEO_API int mimeo_reading_text(char **out, const mimeo_reading *r, mimeo_ctx *ctx);
/* Title, byline, body and footnotes for a terminal of `width` cells (0: not wrapped); free() it. */
MIMEO_API int mimeo_reading_terminal(char **out, const mimeo_reading *r, mimeo_ctx *ctx, int width,
                                     bool style);
/* The bytes of picture n, verified; MIMEO_ENOTFOUND where not held.  free() them. */
MIMEO_API int mimeo_reading_picture(unsigned char **out, size_t *len, const mimeo_reading *r,
                                    mimeo_ctx *ctx, size_t n);

/* ---- text for terminals ---- */

/* Cells that UTF-8 text takes on a terminal. */
MIMEO_API size_t mimeo_text_cells(const char *text);
/* `text` made safe to print, in an isolate of its own where its direction needs one, cut with
 * "…" to `cells` (0: not cut); free() it. */
MIMEO_API int mimeo_text_line(char **out, mimeo_ctx *ctx, const char *text, size_t cells);

#ifdef __cplusplus
}
#endif
#endif
