/*
 * A program in a process group of its own, so that one signal reaches all that it started.  Where it may
 * ask something, its group is given the terminal while it runs, as a shell would; else it has no way to ask:
 * a session of its own, without one.
 */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MILLISECONDS 2000 /* between the wish that it end and its end */
#define LINGER_MILLISECONDS 300  /* for the last words of what has ended */
#define EXEC_FAILED 127

extern char **environ;

struct running {
    const struct program *program;
    mimeo_ctx *ctx;
    pid_t pid;
    int out, err;      /* our ends of its pipes; -1: closed */
    int terminal;      /* given to it; -1: it has none */
    bool ended;        /* reaped: result.status says how */
    struct program_result result;
};

/* ---- the environment ---- */

static bool is_changed(const char *entry, const char *const *change)
{
    for (; change != NULL && *change != NULL; change++) {
        size_t len = strcspn(*change, "=");
        if (strncmp(entry, *change, len) == 0 && entry[len] == '=')
            return true;
    }
    return false;
}

/* Ours with the changes; the strings are borrowed. */
static char **environment(const char *const *change)
{
    size_t count = 0, more = 0, n = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    while (change != NULL && change[more] != NULL)
        more++;
    char **out = calloc(count + more + 1, sizeof(*out));
    for (size_t i = 0; out != NULL && i < count; i++)
        if (!is_changed(environ[i], change))
            out[n++] = environ[i];
    for (size_t i = 0; out != NULL && i < more; i++)
        if (strchr(change[i], '=') != NULL)
            out[n++] = (char *)(uintptr_t)change[i];
    return out;
}

/* ---- in the child ---- */

static _Noreturn void become(const struct program *p, char **env, const int ends[2], bool own_session)
{
    if (own_session)
        setsid();
    else
        setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(ends[0], STDOUT_FILENO) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
        _exit(EXEC_FAILED);
    static const int reset[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTTOU, SIGTTIN, SIGTSTP};
    for (size_t i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
        signal(reset[i], SIG_DFL);
    if (p->file_size > 0) {
        struct rlimit limit = {(rlim_t)p->file_size, (rlim_t)p->file_size};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    execvpe(p->argv[0], (char *const *)(uintptr_t)p->argv, env);
    _exit(EXEC_FAILED);
}

/* ---- the terminal ---- */

/* The terminal, if we are the ones in front of it. */
static int open_terminal(bool may_ask)
{
    int fd = may_ask ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
    if (fd >= 0 && tcgetpgrp(fd) != getpgrp()) {
        close(fd);
        return -1;
    }
    return fd;
}

/* SIGTTOU would stop whoever is in the background and sets it. */
static void give_terminal(int fd, pid_t group)
{
    if (fd < 0)
        return;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGTTOU, &ignore, &before);
    tcsetpgrp(fd, group);
    sigaction(SIGTTOU, &before, NULL);
}

/* ---- starting ---- */

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int make_pipes(int out[2], int err[2], mimeo_ctx *ctx, const char *what)
{
    if (pipe2(out, O_CLOEXEC) < 0)
        return ctx_error_errno(ctx, MIMEO_EIO, "cannot start %s", what);
    if (pipe2(err, O_CLOEXEC) == 0)
        return 0;
    int rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot start %s", what);
    close(out[0]);
    close(out[1]);
    return rc;
}

static int start(struct running *r)
{
    const struct program *p = r->program;
    int out[2], err[2];
    char **env = environment(p->change);
    int rc = env == NULL ? ctx_error_nomem(r->ctx) : make_pipes(out, err, r->ctx, p->argv[0]);
    if (rc < 0) {
        free(env);
        return rc;
    }
    r->terminal = open_terminal(p->may_ask);
    int ends[2] = {out[1], err[1]};
    r->pid = fork();
    if (r->pid == 0)
        become(p, env, ends, r->terminal < 0);
    if (r->pid < 0) {
        rc = ctx_error_errno(r->ctx, MIMEO_EIO, "cannot start %s", p->argv[0]);
    } else if (r->terminal >= 0) {
        setpgid(r->pid, r->pid); /* here too: whoever comes first */
        give_terminal(r->terminal, r->pid);
    }
    close(out[1]);
    close(err[1]);
    r->out = out[0];
    r->err = err[0];
    free(env);
    return rc;
}

/* ---- while it runs ---- */

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool reap(struct running *r, int options)
{
    int status;
    pid_t got;
    if (r->ended)
        return true;
    do
        got = waitpid(r->pid, &status, options);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return false;
    r->ended = true;
    r->result.status = got < 0 ? EXEC_FAILED : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

/* What passes the cap is read all the same, or the program would wait for us for ever. */
static void drain(struct running *r, int *fd, struct buf *to)
{
    uint8_t bytes[16384];
    ssize_t n = read(*fd, bytes, sizeof(bytes));
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        close_one(fd);
        return;
    }
    size_t room = to->max - to->len, take = (size_t)n < room ? (size_t)n : room;
    r->result.cut_short = r->result.cut_short || take < (size_t)n;
    if (take > 0 && buf_append(to, bytes, take) < 0)
        r->result.cut_short = true;
}

/* 0 at the end of its outputs, or a moment after its own end: something that it left running (a shared ssh
 * connection, a store of passwords) may keep them open.  MIMEO_ETIMEOUT, MIMEO_ECANCELLED. */
static int attend(struct running *r, int64_t deadline)
{
    int64_t last = INT64_MAX;
    while (r->out >= 0 || r->err >= 0) {
        int64_t now = milliseconds(), left = deadline - now;
        if (last == INT64_MAX && reap(r, WNOHANG))
            last = now + LINGER_MILLISECONDS;
        if (now >= last)
            return 0;
        if (left <= 0)
            return ctx_error(r->ctx, MIMEO_ETIMEOUT, "%s took longer than %d seconds", r->program->argv[0],
                             r->program->seconds);
        struct pollfd p[2] = {{r->out, POLLIN, 0}, {r->err, POLLIN, 0}};
        int n = poll(p, 2, left > 100 ? 100 : (int)left); /* often enough to notice a cancel */
        int rc = ctx_check_cancel(r->ctx);
        if (rc < 0)
            return rc;
        if (n <= 0)
            continue;
        if (p[0].revents != 0)
            drain(r, &r->out, &r->result.out);
        if (p[1].revents != 0)
            drain(r, &r->err, &r->result.err);
    }
    return 0;
}

/* ---- ending ---- */

/* The group and all in it: first asked, then killed. */
static void stop(struct running *r)
{
    kill(-r->pid, SIGTERM);
    for (int waited = 0; waited < GRACE_MILLISECONDS && !reap(r, WNOHANG); waited += 50)
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    kill(-r->pid, SIGKILL);
    reap(r, 0);
}

static int finish(struct running *r, int rc, int64_t deadline)
{
    bool over = rc == 0;
    while (over && !reap(r, WNOHANG)) { /* it closed its outputs and goes on */
        over = milliseconds() < deadline && ctx_check_cancel(r->ctx) == 0;
        nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
    }
    if (!over) {
        stop(r);
        if (rc == 0)
            rc = ctx_error(r->ctx, MIMEO_ETIMEOUT, "%s does not end", r->program->argv[0]);
    }
    if (r->terminal >= 0 && r->result.status == 128 + SIGINT)
        rc = ctx_error(r->ctx, MIMEO_ECANCELLED, "interrupted"); /* typed at it, meant for us */
    if (rc == 0 && r->result.status == EXEC_FAILED)
        rc = ctx_error(r->ctx, MIMEO_ENOTFOUND, "'%s' cannot be started: is it installed?", r->program->argv[0]);
    return rc;
}

int program_run(struct program_result *out, mimeo_ctx *ctx, const struct program *program)
{
    struct running r = {.program = program, .ctx = ctx, .out = -1, .err = -1, .terminal = -1};
    buf_init(&r.result.out, program->output);
    buf_init(&r.result.err, program->output);
    int rc = start(&r);
    if (r.pid > 0) {
        int64_t deadline = milliseconds() + (int64_t)program->seconds * 1000;
        rc = finish(&r, attend(&r, deadline), deadline);
        give_terminal(r.terminal, getpgrp());
    }
    close_one(&r.out);
    close_one(&r.err);
    close_one(&r.terminal);
    if (rc < 0)
        program_result_dispose(&r.result);
    else
        *out = r.result;
    return rc;
}

void program_result_dispose(struct program_result *r)
{
    if (r == NULL)
        return;
    buf_dispose(&r->out);
    buf_dispose(&r->err);
}
