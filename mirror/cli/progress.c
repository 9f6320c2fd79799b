/*
 * A line of progress on a terminal, after the first second; and the wish to stop.  A second SIGINT ends
 * the program at once: nothing half-written is left by that either.
 */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static volatile sig_atomic_t stopped;
static double started, shown;
static bool on_screen;

static void ask_to_stop(int number)
{
    (void)number;
    stopped = 1;
}

static int is_stopped(void *payload)
{
    (void)payload;
    return stopped;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void show(const char *what, uint64_t done, uint64_t total, const char *unit, void *payload)
{
    (void)payload;
    double at = now(), seconds = at - started;
    if (seconds < 1 || at - shown < 0.2)
        return;
    shown = at;
    on_screen = true;
    bool bytes = strcmp(unit, "bytes") == 0;
    fprintf(stderr, "\r\033[K%s: ", what);
    if (bytes)
        fprintf(stderr, "%s", human_bytes(done));
    else
        fprintf(stderr, "%llu", (unsigned long long)done);
    if (total > 0 && bytes)
        fprintf(stderr, " of %s", human_bytes(total));
    else if (total > 0)
        fprintf(stderr, " of %llu", (unsigned long long)total);
    if (!bytes)
        fprintf(stderr, " %s", unit);
    else
        fprintf(stderr, ", %s/s", human_bytes((unsigned long long)((double)done / seconds)));
    if (total > done && done > 0)
        fprintf(stderr, ", %.0f s left", seconds * (double)(total - done) / (double)done);
    fflush(stderr);
}

void progress_start(struct cli *cli)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = ask_to_stop;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    mimeo_ctx_set_cancel(cli->ctx, is_stopped, NULL);
    started = now();
    if (!cli->quiet && !cli->json && isatty(STDERR_FILENO) == 1)
        mimeo_ctx_set_progress(cli->ctx, show, NULL);
}

void progress_clear(void)
{
    if (on_screen)
        fputs("\r\033[K", stderr);
    on_screen = false;
}
