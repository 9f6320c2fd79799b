/* Codes as names and as exit status: the table of mimeo(1). */
#include <mimeo/error.h>

static const struct {
    const char *name;
    int status;
} table[] = {
    [0] = {"ok", 0},
    [-MIMEO_EFAIL] = {"failed", 1},
    [-MIMEO_EUSAGE] = {"usage", 2},
    [-MIMEO_EUNREACHABLE] = {"unreachable", 3},
    [-MIMEO_EFORGED] = {"forged", 4},
    [-MIMEO_EUNKNOWN] = {"unknown-publisher", 5},
    [-MIMEO_EREVOKED] = {"revoked", 6},
    [-MIMEO_ECONFLICT] = {"conflict", 7},
    [-MIMEO_EINCOMPLETE] = {"incomplete", 8},
    [-MIMEO_ELATE] = {"late", 9},
    [-MIMEO_EMALFORMED] = {"malformed", 10},
    [-MIMEO_ENEWER] = {"needs-newer", 1},
    [-MIMEO_ENOTFOUND] = {"not-found", 1},
    [-MIMEO_EEXISTS] = {"exists", 1},
    [-MIMEO_EIO] = {"io", 1},
    [-MIMEO_ENOMEM] = {"out-of-memory", 1},
    [-MIMEO_ECANCELLED] = {"cancelled", 8},
    [-MIMEO_ETIMEOUT] = {"timeout", 8},
    [-MIMEO_EPASSPHRASE] = {"passphrase", 1},
    [-MIMEO_EBUSY] = {"busy", 1},
};

static int is_known(int code)
{
    return code <= 0 && code > -(int)(sizeof(table) / sizeof(table[0]));
}

int mimeo_exit_status(int code)
{
    return is_known(code) ? table[-code].status : 1;
}

const char *mimeo_error_name(int code)
{
    return is_known(code) ? table[-code].name : "failed";
}
