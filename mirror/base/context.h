/*
 * Inside of the context (include/mimeo/context.h), for the layers below the
 * front ends: setting the message, asking the clock, drawing randomness.
 */
#ifndef BASE_CONTEXT_H
#define BASE_CONTEXT_H

#include <mimeo/context.h>
#include <mimeo/key.h>

#define CTX_MESSAGE_MAX 1024

struct mimeo_ctx {
    char message[CTX_MESSAGE_MAX];
    mimeo_clock_fn clock;
    void *clock_payload;
    mimeo_random_fn random;
    void *random_payload;
    mimeo_progress_fn progress;
    void *progress_payload;
    mimeo_cancel_fn cancel;
    void *cancel_payload;
    struct mimeo_passphrase_source ask; /* for the passphrase of encrypted packs */
    char *passphrase;                   /* sodium_malloc; NULL: not asked yet, or asked in vain */
    size_t passphrase_len;
    int asked;                          /* 0: not yet; 1: yes; negative: yes, and this came of it */
    unsigned passphrase_failures;       /* files that it did not open */
    bool cheap_seals;                   /* tests alone: key derivation for next to nothing, and so another format */
};

/* Set the message and return `code`, so that a cause is one line:
 *     return ctx_error(ctx, MIMEO_EFORGED, "bundle %u: signature does not verify", seq);
 * Bytes from outside in the arguments are made safe for a terminal (controls and
 * bidi characters become U+FFFD).  A cause is worded once, where it is known. */
int ctx_error(mimeo_ctx *ctx, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with ": " and the words for errno at the end.  ENOSPC and EDQUOT say
 * that the disk is full; ENOENT gives MIMEO_ENOTFOUND where `code` is MIMEO_EIO. */
int ctx_error_errno(mimeo_ctx *ctx, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* MIMEO_ENOMEM with the one message for it. */
int ctx_error_nomem(mimeo_ctx *ctx);
/* Put "`prefix`: " in front of the message and pass `code` up. */
int ctx_error_prefix(mimeo_ctx *ctx, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int64_t ctx_now(mimeo_ctx *ctx);                         /* seconds since 1970 */
void ctx_random(mimeo_ctx *ctx, void *out, size_t len);
void ctx_progress(mimeo_ctx *ctx, const char *what, uint64_t done, uint64_t total,
                  const char *unit);
/* 0, or MIMEO_ECANCELLED with the message set.  Call it in every long loop. */
int ctx_check_cancel(mimeo_ctx *ctx);

/* The passphrase for encrypted packs, as mimeo_ctx_set_passphrase() says: asked at the first call and never again.
 * Borrowed.  MIMEO_EPASSPHRASE where there is none to ask; else what asking gave. */
int ctx_passphrase(char **out, size_t *len, mimeo_ctx *ctx);

/* A context for a worker thread: same clock, randomness and cancel callback,
 * its own message, no progress.  Caller's storage; nothing to release. */
void ctx_init_worker(mimeo_ctx *worker, const mimeo_ctx *parent);

#endif
