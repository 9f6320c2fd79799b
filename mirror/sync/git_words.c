/*
 * What git says on its standard error, as a code and a line of ours.  The words are git's, curl's and ssh's of
 * the C locale; what is not known is passed on as git's last line, without passwords.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sync/git.h"

struct saying {
    const char *words; /* in lower case */
    int code;
    const char *meaning;
};

static const struct saying sayings[] = {
    {"could not read username", MIMEO_EFAIL, "it wants a name and a password, and there is nobody to ask: set up a credential helper"},
    {"could not read password", MIMEO_EFAIL, "it wants a password, and there is nobody to ask: set up a credential helper"},
    {"terminal prompts disabled", MIMEO_EFAIL, "it wants a password, and nothing may be asked: set up a credential helper"},
    {"authentication failed", MIMEO_EFAIL, "authentication failed: the name or the password is not accepted"},
    {"invalid username or password", MIMEO_EFAIL, "authentication failed: the name or the password is not accepted"},
    {"permission denied (publickey", MIMEO_EFAIL, "authentication failed: it does not accept your ssh key"},
    {"host key verification failed", MIMEO_EFORGED, "its ssh host key is unknown or has changed: look at it with ssh first"},
    {"remote host identification has changed", MIMEO_EFORGED, "its ssh host key has changed: somebody may sit between"},
    {"returned error: 401", MIMEO_EFAIL, "authentication failed"},
    {"returned error: 403", MIMEO_EFAIL, "it does not let you in (403): have you the right to push there?"},
    {"service not enabled", MIMEO_EFAIL, "it takes no pushes (its receive-pack service is off)"},
    {"access denied or repository not exported", MIMEO_ENOTFOUND, "there is no such repository, or it is not offered"},
    {"repository not found", MIMEO_ENOTFOUND, "there is no such repository, or you may not see it"},
    {"does not appear to be a git repository", MIMEO_ENOTFOUND, "there is no git repository"},
    {"returned error: 404", MIMEO_ENOTFOUND, "there is no such repository (404)"},
    {"' not found", MIMEO_ENOTFOUND, "there is no such repository"},
    {"' does not exist", MIMEO_ENOTFOUND, "there is no such repository"},
    {"certificate problem", MIMEO_EUNREACHABLE, "its TLS certificate does not hold: somebody may sit between, or the clock is wrong"},
    {"certificate subject name", MIMEO_EUNREACHABLE, "its TLS certificate is another host's: somebody may sit between"},
    {"certificate verification failed", MIMEO_EUNREACHABLE, "its TLS certificate does not hold: somebody may sit between, or the clock is wrong"},
    {"could not resolve proxy", MIMEO_EUNREACHABLE, "the proxy's name is not known"},
    {"could not resolve host", MIMEO_EUNREACHABLE, "its name is not known: offline, blocked, or mistyped"},
    {"name or service not known", MIMEO_EUNREACHABLE, "its name is not known: offline, blocked, or mistyped"},
    {"temporary failure in name resolution", MIMEO_EUNREACHABLE, "its name cannot be looked up: offline, or blocked"},
    {"connection refused", MIMEO_EUNREACHABLE, "the connection was refused"},
    {"can't complete socks5", MIMEO_EUNREACHABLE, "the proxy could not connect to it"},
    {"socks5", MIMEO_EUNREACHABLE, "the proxy does not serve"},
    {"proxy connect", MIMEO_EUNREACHABLE, "the proxy does not serve"},
    {"from proxy after connect", MIMEO_EUNREACHABLE, "the proxy does not let it through"},
    {"failed to connect", MIMEO_EUNREACHABLE, "no connection"},
    {"couldn't connect", MIMEO_EUNREACHABLE, "no connection"},
    {"unable to connect", MIMEO_EUNREACHABLE, "no connection"},
    {"timed out", MIMEO_EUNREACHABLE, "no answer in time"},
    {"operation too slow", MIMEO_EUNREACHABLE, "the transfer stood still: run again, it goes on from the last tag"},
    {"connection reset", MIMEO_EUNREACHABLE, "the connection was reset"},
    {"recv failure", MIMEO_EUNREACHABLE, "the connection was reset"},
    {"network is unreachable", MIMEO_EUNREACHABLE, "there is no network"},
    {"no route to host", MIMEO_EUNREACHABLE, "there is no way to it"},
    {"pack exceeds maximum allowed size", MIMEO_EMALFORMED, "the host refuses so large a push"},
    {"exceeds the", MIMEO_EMALFORMED, "the host refuses: over a limit of its own"},
    {"http 413", MIMEO_EMALFORMED, "the host refuses so large a push (413)"},
    {"returned error: 413", MIMEO_EMALFORMED, "the host refuses so large a push (413)"},
    {"no space left on device", MIMEO_EIO, "its disk is full"},
    {"unpacker error", MIMEO_EIO, "it could not store what was sent: is its disk full?"},
    {"empty reply from server", MIMEO_EUNREACHABLE, "the connection was cut"},
    {"hung up unexpectedly", MIMEO_EUNREACHABLE, "the connection was cut"},
    {"early eof", MIMEO_EUNREACHABLE, "the connection was cut"},
    {"returned error: 5", MIMEO_EUNREACHABLE, "the server has a fault"},
    {"unable to access", MIMEO_EUNREACHABLE, "it could not be reached"},
    {"could not read from remote repository", MIMEO_EUNREACHABLE, "it could not be reached"},
};

static char *lower(const struct buf *said)
{
    char *copy = strdup(buf_str(said));
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* The last line that says something, with passwords of addresses left out. */
static void last_line(struct buf *out, const struct buf *said)
{
    const char *all = buf_str(said), *end = all + strlen(all);
    while (end > all && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' '))
        end--;
    const char *from = end;
    while (from > all && from[-1] != '\n')
        from--;
    while (from < end) {
        const char *scheme = strstr(from, "://"), *at;
        if (scheme == NULL || scheme + 3 > end)
            break;
        buf_append(out, from, (size_t)(scheme + 3 - from));
        from = scheme + 3;
        size_t authority = strcspn(from, "/ \n'");
        for (at = from + authority; at > from && at[-1] != '@'; at--)
            ;
        if (at > from && at <= end)
            from = at;
    }
    if (from < end)
        buf_append(out, from, (size_t)(end - from));
}

int git_failed(mimeo_ctx *ctx, const char *what, const struct program_result *r)
{
    char *said = lower(&r->err);
    const struct saying *found = NULL;
    for (size_t i = 0; said != NULL && found == NULL && i < sizeof(sayings) / sizeof(sayings[0]); i++)
        if (strstr(said, sayings[i].words) != NULL)
            found = &sayings[i];
    free(said);
    if (found != NULL)
        return ctx_error(ctx, found->code, "%s: %s", what, found->meaning);
    struct buf line;
    buf_init(&line, CTX_MESSAGE_MAX);
    last_line(&line, &r->err);
    int rc = ctx_error(ctx, MIMEO_EFAIL, "%s: git says: %s", what, line.len == 0 ? "nothing" : buf_str(&line));
    buf_dispose(&line);
    return rc;
}
