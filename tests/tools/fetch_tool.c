/*
 * For tests/e2e/test_fetch.sh:
 *
 *     fetch_tool [OPTIONS] refs URL
 *     fetch_tool [OPTIONS] fetch DIR URL REF BRANCH     prints "new|same|older TIP BYTES KIB-of-child KIB-of-parent"
 *     fetch_tool slim|undo|reset DIR
 *     fetch_tool over DIR FILES                         the mirror of DIR over the files verifies
 *     fetch_tool address TEXT                           how it is taken and shown
 *
 * Options: --proxy P, --ca FILE, --connect N, --stall N, --total N, --max BYTES, --no-private, --no-input.
 * Status: as a command's (mimeo_exit_status), and "CODE: message" on stderr.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net/address.h"
#include "store/store.h"
#include "sync/fetch.h"

static int refs(mimeo_ctx *ctx, const char *url, const struct mimeo_network *n)
{
    struct remote_refs r;
    char hex[2 * GIT_ID_LEN + 1];
    int rc = fetch_refs(&r, ctx, url, n);
    if (rc < 0)
        return rc;
    format_hex(hex, r.main.bytes, GIT_ID_LEN);
    printf("main %s\n", r.has_main ? hex : "-");
    format_hex(hex, r.media.bytes, GIT_ID_LEN);
    printf("media %s\n", r.has_media ? hex : "-");
    for (size_t i = 0; i < r.tag_count; i++)
        printf("b%llu\n", (unsigned long long)r.tags[i]);
    remote_refs_dispose(&r);
    return 0;
}

static int fetch(mimeo_ctx *ctx, char **argv, const struct mimeo_network *n)
{
    static const char *const words[] = {"new", "same", "older"};
    struct fetch_result r;
    struct rusage parent, child;
    char hex[2 * GIT_ID_LEN + 1];
    int rc = fetch_branch(&r, ctx, argv[0], argv[1], argv[2], argv[3], n);
    if (rc < 0)
        return rc;
    getrusage(RUSAGE_SELF, &parent);
    getrusage(RUSAGE_CHILDREN, &child);
    format_hex(hex, r.tip.bytes, GIT_ID_LEN);
    printf("%s %s %llu %ld %ld\n", words[r.outcome], hex, (unsigned long long)r.bytes, child.ru_maxrss, parent.ru_maxrss);
    return 0;
}

/* Reads all that the store has, by name. */
static int over(mimeo_ctx *ctx, const char *git_dir, const char *files)
{
    struct store *s;
    struct stored o;
    uint64_t *seqs = NULL;
    size_t count = 0, good = 0;
    int rc = store_open_git_over(&s, ctx, git_dir, files);
    if (rc < 0)
        return rc;
    rc = store_list_bundles(&seqs, &count, s, ctx);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        rc = store_get_bundle(&o, s, ctx, seqs[i]);
        if (rc == 0)
            store_release(&o);
        good += rc == 0;
    }
    if (rc == 0 && (rc = store_get_head(&o, s, ctx)) == 0)
        store_release(&o);
    if (rc == 0)
        printf("%zu bundles\n", good);
    free(seqs);
    store_close(s);
    return rc;
}

static int show(mimeo_ctx *ctx, const char *text)
{
    struct address a;
    char *shown = address_display(text);
    int rc = address_parse(&a, ctx, text);
    printf("%s\n", shown);
    free(shown);
    if (rc == 0) {
        printf("%d %s %d %s %s\n", (int)a.kind, a.host, a.port, a.path, address_is_private(&a) ? "private" : "public");
        address_dispose(&a);
    }
    return rc;
}

static int run(mimeo_ctx *ctx, int argc, char **argv, const struct mimeo_network *n)
{
    const char *what = argc > 0 ? argv[0] : "";
    if (strcmp(what, "refs") == 0 && argc == 2)
        return refs(ctx, argv[1], n);
    if (strcmp(what, "fetch") == 0 && argc == 5)
        return fetch(ctx, argv + 1, n);
    if (strcmp(what, "slim") == 0 && argc == 2)
        return fetch_slim(ctx, argv[1]);
    if (strcmp(what, "undo") == 0 && argc == 2)
        return fetch_undo(ctx, argv[1]);
    if (strcmp(what, "reset") == 0 && argc == 2)
        return fetch_reset(ctx, argv[1]);
    if (strcmp(what, "over") == 0 && argc == 3)
        return over(ctx, argv[1], argv[2]);
    if (strcmp(what, "address") == 0 && argc == 2)
        return show(ctx, argv[1]);
    fprintf(stderr, "fetch_tool: what?\n");
    return MIMEO_EUSAGE;
}

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static int is_stopped(void *payload)
{
    (void)payload;
    return stopped;
}

int main(int argc, char **argv)
{
    struct mimeo_network n = {0};
    mimeo_ctx *ctx;
    int at = 1;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        const char *value = at + 1 < argc ? argv[at + 1] : "";
        if (strcmp(argv[at], "--no-private") == 0 || strcmp(argv[at], "--no-input") == 0) {
            *(argv[at][5] == 'p' ? &n.no_private : &n.no_input) = true;
            continue;
        }
        if (strcmp(argv[at], "--proxy") == 0)
            n.proxy = value;
        else if (strcmp(argv[at], "--ca") == 0)
            n.ca_file = value;
        else if (strcmp(argv[at], "--connect") == 0)
            n.connect_seconds = atoi(value);
        else if (strcmp(argv[at], "--stall") == 0)
            n.stall_seconds = atoi(value);
        else if (strcmp(argv[at], "--total") == 0)
            n.total_seconds = atoi(value);
        else if (strcmp(argv[at], "--max") == 0)
            n.max_bytes = strtoull(value, NULL, 10);
        at++;
    }
    if (mimeo_ctx_new(&ctx) < 0)
        return 1;
    signal(SIGINT, stop);
    mimeo_ctx_set_cancel(ctx, is_stopped, NULL);
    int rc = run(ctx, argc - at, argv + at, &n);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", mimeo_error_name(rc), mimeo_ctx_message(ctx));
    mimeo_ctx_free(ctx);
    return mimeo_exit_status(rc);
}
