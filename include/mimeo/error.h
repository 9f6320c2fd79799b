/*
 * Error codes, verdicts and exit status of mimeo.
 *
 * Every function of libmimeo that can fail returns 0 or one of the negative
 * codes below, chosen by what the caller does next; the words are in the
 * context (mimeo_ctx_message).  Out parameters are untouched on failure.
 */
#ifndef MIMEO_ERROR_H
#define MIMEO_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MIMEO_API __attribute__((visibility("default")))
#else
#define MIMEO_API
#endif

enum mimeo_error {
    MIMEO_OK = 0,
    MIMEO_EFAIL = -1,        /* anything that has no code of its own */
    MIMEO_EUSAGE = -2,       /* the caller asked for something that makes no sense */
    MIMEO_EUNREACHABLE = -3, /* no mirror could be reached */
    MIMEO_EFORGED = -4,      /* a hash or signature is wrong: forged or damaged */
    MIMEO_EUNKNOWN = -5,     /* genuine for its own charter, but a publisher nobody vouched for */
    MIMEO_EREVOKED = -6,     /* by a key that was withdrawn, or beyond a cut */
    MIMEO_ECONFLICT = -7,    /* rollback, or two signed histories */
    MIMEO_EINCOMPLETE = -8,  /* something is missing; more data would settle it */
    MIMEO_ELATE = -9,        /* past next-by (only where the caller asked) */
    MIMEO_EMALFORMED = -10,  /* not the form that FORMAT.md gives, or over a limit */
    MIMEO_ENEWER = -11,      /* a version or line this mimeo does not know */
    MIMEO_ENOTFOUND = -12,   /* no such file, object, article or key */
    MIMEO_EEXISTS = -13,     /* it is there already, and would have been overwritten */
    MIMEO_EIO = -14,         /* the operating system refused: disk full, permission, … */
    MIMEO_ENOMEM = -15,
    MIMEO_ECANCELLED = -16,  /* the caller's cancel callback said stop, or SIGINT */
    MIMEO_ETIMEOUT = -17,    /* a deadline passed */
    MIMEO_EPASSPHRASE = -18, /* wrong passphrase, or none given */
    MIMEO_EBUSY = -19        /* another process holds the lock */
};

/* The exit status (0 to 10, see mimeo(1)) that a command ends with for `code`. */
MIMEO_API int mimeo_exit_status(int code);

/* The name of a code in lower case without prefix ("forged"); never NULL. */
MIMEO_API const char *mimeo_error_name(int code);

#ifdef __cplusplus
}
#endif
#endif
