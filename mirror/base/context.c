/*
 * The context: messages, clock, randomness, progress, cancelling.
 *
 * What a reader would get wrong: arguments of messages come from strangers (names, paths, titles), so
 * every message is made safe for a terminal as it is set, never by whoever prints it.
 */
#include "base/context.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/text.h"

/* SOURCE_DATE_EPOCH makes what is published reproducible, and is how tests set the clock. */
static int64_t system_clock(void *payload)
{
    (void)payload;
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds;
    if (fixed != NULL && parse_decimal(view_of_str(fixed), INT64_MAX, &seconds))
        return (int64_t)seconds;
    return (int64_t)time(NULL);
}

static void system_random(void *out, size_t len, void *payload)
{
    (void)payload;
    randombytes_buf(out, len);
}

int mimeo_ctx_new(mimeo_ctx **out)
{
    if (sodium_init() < 0)
        return MIMEO_EFAIL;
    mimeo_ctx *ctx = calloc(1, sizeof(*ctx));
    if (ctx == NULL)
        return MIMEO_ENOMEM;
    ctx->clock = system_clock;
    ctx->random = system_random;
    *out = ctx;
    return 0;
}

void mimeo_ctx_free(mimeo_ctx *ctx)
{
    if (ctx != NULL)
        sodium_free(ctx->passphrase);
    free(ctx);
}

const char *mimeo_ctx_message(const mimeo_ctx *ctx)
{
    return ctx->message;
}

void mimeo_ctx_set_clock(mimeo_ctx *ctx, mimeo_clock_fn fn, void *payload)
{
    ctx->clock = fn == NULL ? system_clock : fn;
    ctx->clock_payload = payload;
}

void mimeo_ctx_set_random(mimeo_ctx *ctx, mimeo_random_fn fn, void *payload)
{
    ctx->random = fn == NULL ? system_random : fn;
    ctx->random_payload = payload;
}

void mimeo_ctx_set_progress(mimeo_ctx *ctx, mimeo_progress_fn fn, void *payload)
{
    ctx->progress = fn;
    ctx->progress_payload = payload;
}

void mimeo_ctx_set_cancel(mimeo_ctx *ctx, mimeo_cancel_fn fn, void *payload)
{
    ctx->cancel = fn;
    ctx->cancel_payload = payload;
}

/* ---- the passphrase of encrypted packs ---- */

void mimeo_ctx_set_passphrase(mimeo_ctx *ctx, const struct mimeo_passphrase_source *source)
{
    sodium_free(ctx->passphrase);
    ctx->passphrase = NULL;
    ctx->passphrase_len = 0;
    ctx->asked = 0;
    ctx->passphrase_failures = 0;
    ctx->ask = source == NULL ? (struct mimeo_passphrase_source){NULL, NULL} : *source;
}

static int ask(mimeo_ctx *ctx)
{
    size_t len = 0;
    char *typed = sodium_malloc(MIMEO_PASSPHRASE_MAX);
    if (typed == NULL)
        return ctx_error_nomem(ctx);
    int rc = ctx->ask.fn("encrypted packs", false, typed, &len, ctx->ask.payload);
    if (rc == 0 && (len == 0 || len > MIMEO_PASSPHRASE_MAX))
        rc = ctx_error(ctx, MIMEO_EPASSPHRASE, "a passphrase has 1 to %d bytes", MIMEO_PASSPHRASE_MAX);
    else if (rc < 0)
        ctx_error(ctx, rc, "no passphrase for encrypted packs");
    if (rc < 0) {
        sodium_free(typed);
        return rc;
    }
    ctx->passphrase = typed;
    ctx->passphrase_len = len;
    return 1;
}

int ctx_passphrase(char **out, size_t *len, mimeo_ctx *ctx)
{
    if (ctx->ask.fn == NULL)
        return ctx_error(ctx, MIMEO_EPASSPHRASE, "an encrypted pack needs a passphrase: give --passphrase-file");
    if (ctx->asked == 0)
        ctx->asked = ask(ctx);
    else if (ctx->asked < 0)
        return ctx_error(ctx, ctx->asked, "no passphrase for encrypted packs");
    if (ctx->asked < 0)
        return ctx->asked;
    *out = ctx->passphrase;
    *len = ctx->passphrase_len;
    return 0;
}

/* Set the message from raw text, cut to what fits. */
static void set_message(mimeo_ctx *ctx, const char *raw)
{
    struct buf safe;
    size_t len = strlen(raw);
    buf_init(&safe, 3 * len + 3);
    if (buf_append_printable(&safe, view_of(raw, len), false) == 0) {
        size_t keep = safe.len < CTX_MESSAGE_MAX ? safe.len : CTX_MESSAGE_MAX - 1;
        while (keep < safe.len && keep > 0 && (safe.ptr[keep] & 0xC0) == 0x80)
            keep--; /* not in the middle of a character */
        memcpy(ctx->message, buf_str(&safe), keep);
        ctx->message[keep] = '\0';
    } else {
        strcpy(ctx->message, "out of memory");
    }
    buf_dispose(&safe);
}

int ctx_error(mimeo_ctx *ctx, int code, const char *format, ...)
{
    if (ctx == NULL)
        return code;
    char raw[2 * CTX_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    set_message(ctx, raw);
    return code;
}

static const char *errno_words(int error)
{
    switch (error) {
    case ENOSPC: return "the disk is full: free some space and run again";
    case EDQUOT: return "your quota of the disk is used up: free some space and run again";
    case EROFS: return "the disk is read-only";
    case EACCES:
    case EPERM: return "permission denied";
    default: return strerror(error);
    }
}

int ctx_error_errno(mimeo_ctx *ctx, int code, const char *format, ...)
{
    int error = errno;
    if (code == MIMEO_EIO && error == ENOENT)
        code = MIMEO_ENOTFOUND;
    if (ctx == NULL)
        return code;
    char raw[2 * CTX_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof(raw))
        snprintf(raw + len, sizeof(raw) - (size_t)len, ": %s", errno_words(error));
    set_message(ctx, raw);
    return code;
}

int ctx_error_nomem(mimeo_ctx *ctx)
{
    return ctx_error(ctx, MIMEO_ENOMEM, "out of memory");
}

int ctx_error_prefix(mimeo_ctx *ctx, int code, const char *format, ...)
{
    if (ctx == NULL)
        return code;
    char raw[2 * CTX_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof(raw))
        snprintf(raw + len, sizeof(raw) - (size_t)len, ": %s", ctx->message);
    set_message(ctx, raw);
    return code;
}

int64_t ctx_now(mimeo_ctx *ctx)
{
    return ctx->clock(ctx->clock_payload);
}

void ctx_random(mimeo_ctx *ctx, void *out, size_t len)
{
    ctx->random(out, len, ctx->random_payload);
}

void ctx_progress(mimeo_ctx *ctx, const char *what, uint64_t done, uint64_t total, const char *unit)
{
    if (ctx->progress != NULL)
        ctx->progress(what, done, total, unit, ctx->progress_payload);
}

int ctx_check_cancel(mimeo_ctx *ctx)
{
    if (ctx->cancel == NULL || ctx->cancel(ctx->cancel_payload) == 0)
        return 0;
    return ctx_error(ctx, MIMEO_ECANCELLED, "stopped: run it again to go on");
}

void ctx_init_worker(mimeo_ctx *worker, const mimeo_ctx *parent)
{
    *worker = *parent;
    worker->message[0] = '\0';
    worker->progress = NULL;
    worker->ask.fn = NULL; /* the secret is the parent's, to ask for and to wipe */
    worker->passphrase = NULL;
}
