/*
 * Pushing to one or many: one after the other, each with its result; one that fails does not stop the
 * others.
 */
#include "sync/push.h"

#include <string.h>

void push_report_add(struct push_report *r, const char *words)
{
    if (words[0] == '\0')
        return;
    if (r->words.len > 0)
        buf_append_str(&r->words, "; ");
    buf_append_str(&r->words, words);
}

static int push_one(struct push_report *report, struct push_source *s, const struct push_remote *remote)
{
    enum push_place place = PUSH_REPOSITORY;
    int rc = 0;
    if (address_kind(remote->address) == ADDRESS_PATH)
        rc = push_place_of(&place, s->ctx, remote->address);
    if (rc < 0)
        return rc;
    if (place == PUSH_DIRECTORY)
        return push_to_directory(report, s, remote);
    rc = push_to_git(report, s, remote);
    if (rc == 0 && s->options->with_reader)
        push_report_add(report, "a git repository has no place for the page: push that to a directory");
    return rc;
}

static void tell(const struct push_source *s, const struct push_remote *remote, const struct push_report *report, int code)
{
    char message[CTX_MESSAGE_MAX];
    strcpy(message, s->ctx->message);
    struct mimeo_push_event e = {.remote = remote->shown,
                                 .outcome = code < 0 ? MIMEO_PUSH_FAILED : report->outcome,
                                 .code = code,
                                 .message = code < 0 ? message : buf_str(&report->words),
                                 .rewrote = report->rewrote};
    if (s->options->event != NULL)
        s->options->event(&e, s->options->payload);
}

/* Of two failures: one that was not reached is the first thing to know, since running again may mend it; else the graver. */
static int graver(int a, int b)
{
    static const int order[] = {MIMEO_EUNREACHABLE, MIMEO_ECONFLICT, MIMEO_EFORGED, MIMEO_EREVOKED, MIMEO_EMALFORMED,
                                MIMEO_EINCOMPLETE,  MIMEO_EIO,       MIMEO_EFAIL};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a != 0 ? a : b;
}

static int push_each(struct push_source *s, const struct push_remote *remotes, size_t count, struct mimeo_push_result *result)
{
    int gravest = 0;
    char words[CTX_MESSAGE_MAX] = "";
    for (size_t i = 0; i < count; i++) {
        struct push_report report = {.outcome = MIMEO_PUSH_UNCHANGED};
        buf_init(&report.words, CTX_MESSAGE_MAX);
        int rc = push_one(&report, s, &remotes[i]);
        result->remotes++;
        result->failed += rc < 0;
        result->pushed += rc == 0 && report.outcome == MIMEO_PUSHED;
        result->unchanged += rc == 0 && report.outcome == MIMEO_PUSH_UNCHANGED;
        tell(s, &remotes[i], &report, rc);
        buf_dispose(&report.words);
        if (rc == MIMEO_ECANCELLED || rc == MIMEO_ENOMEM)
            return rc;
        if (rc < 0 && graver(gravest, rc) != gravest) {
            gravest = rc;
            strcpy(words, s->ctx->message);
        }
    }
    return gravest == 0 ? 0 : ctx_error(s->ctx, gravest, "%s", words);
}

int mimeo_push(mimeo_ctx *ctx, const char *path, const char *const *remotes, size_t count,
               const struct mimeo_push_options *options, struct mimeo_push_result *result)
{
    struct push_source s;
    struct push_remote *resolved;
    size_t resolved_count;
    *result = (struct mimeo_push_result){.remotes = 0};
    int rc = push_source_open(&s, ctx, path, options);
    if (rc < 0)
        return rc;
    rc = push_remotes_resolve(&resolved, &resolved_count, &s, remotes, count);
    if (rc == 0 && resolved_count == 0)
        rc = ctx_error(ctx, MIMEO_EUSAGE, "there is no remote to push to: name one, or set one up with 'git remote add'");
    if (rc == 0) {
        rc = push_each(&s, resolved, resolved_count, result);
        push_remotes_dispose(resolved, resolved_count);
    }
    push_source_close(&s);
    return rc;
}
