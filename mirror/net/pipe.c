/*
 * Starting ssh.
 *
 * What a reader would get wrong: the path goes through the other side's shell, so it is quoted; the host does not, but ssh would
 * take one that begins with '-' for an option: the address has none, and "--" stands before it.
 */
#include "net/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ARGUMENTS_MAX 24

struct command {
    char *words[ARGUMENTS_MAX];
    size_t count;
    bool failed;
};

static void add(struct command *c, const char *word)
{
    char *copy = c->count + 1 < ARGUMENTS_MAX ? strdup(word) : NULL;
    if (copy == NULL)
        c->failed = true;
    else
        c->words[c->count++] = copy;
}

static void add_number(struct command *c, const char *option, int64_t number)
{
    char word[64];
    snprintf(word, sizeof(word), "%s%lld", option, (long long)number);
    add(c, word);
}

static void command_dispose(struct command *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->words[i]);
}

/* 'it'\''s': a single word for a shell. */
static int append_quoted(struct buf *b, const char *text)
{
    buf_append_byte(b, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '!')
            buf_appendf(b, "'\\%c'", *text);
        else
            buf_append_byte(b, (uint8_t)*text);
    }
    buf_append_byte(b, '\'');
    return buf_status(b);
}

/* The user's own command, by sh.  With "exec" before it where it is one command: then what ends the shell ends ssh.  (One
 * of several commands ends when its input does.) */
static void add_shell(struct command *c, const char *user_command)
{
    struct buf script;
    const char *before = strpbrk(user_command, "|&;(\n") != NULL         ? ""
                         : user_command[strcspn(user_command, "= \t")] == '=' ? "exec env " /* VARIABLE=value ssh */
                                                                              : "exec ";
    buf_init(&script, 65536);
    buf_appendf(&script, "%s%s \"$@\"", before, user_command);
    c->failed = c->failed || buf_status(&script) < 0;
    add(c, "/bin/sh");
    add(c, "-c");
    add(c, buf_str(&script));
    add(c, user_command); /* $0 */
    buf_dispose(&script);
}

static void add_remote_command(struct command *c, const char *command, const char *path)
{
    struct buf remote;
    buf_init(&remote, 8 * ADDRESS_MAX);
    buf_appendf(&remote, "%s ", command);
    c->failed = append_quoted(&remote, path) < 0 || c->failed;
    add(c, buf_str(&remote));
    buf_dispose(&remote);
}

static void add_host(struct command *c, const struct address *a)
{
    struct buf host;
    buf_init(&host, 2 * ADDRESS_MAX);
    buf_appendf(&host, "%s%s%s", a->user, a->user[0] == '\0' ? "" : "@", a->host);
    c->failed = c->failed || buf_status(&host) < 0;
    add(c, "--");
    add(c, buf_str(&host));
    buf_dispose(&host);
}

static void build(struct command *c, const struct address *a, const char *command, const struct mimeo_network *network)
{
    const char *user_command = getenv("GIT_SSH_COMMAND");
    struct deadlines d = network_deadlines(network);
    if (user_command != NULL && user_command[0] != '\0')
        add_shell(c, user_command);
    else
        add(c, "ssh");
    if (network != NULL && network->no_input) {
        add(c, "-o");
        add(c, "BatchMode=yes");
    }
    add(c, "-o");
    add_number(c, "ConnectTimeout=", d.connect_ms / 1000);
    if (a->port > 0) {
        add(c, "-p");
        add_number(c, "", a->port);
    }
    add_host(c, a);
    add_remote_command(c, command, a->path);
}

static _Noreturn void run(const struct command *c, const int ends[3], pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    unsetenv("GIT_PROTOCOL"); /* the user's configuration may send it; the other side must speak the first version */
    if (getppid() == parent)
        for (int i = 0; i < 3; i++)
            if (dup2(ends[i], i) < 0)
                _exit(126);
    if (getppid() == parent)
        execvp(c->words[0], (char *const *)c->words);
    _exit(127);
}

/* Three pipes: our ends in mine[], the child's 0, 1 and 2 in theirs[]. */
static int make_ends(int mine[3], int theirs[3])
{
    for (int i = 0; i < 3; i++)
        mine[i] = theirs[i] = -1;
    for (int i = 0; i < 3; i++) {
        int pair[2];
        if (pipe2(pair, O_CLOEXEC) < 0)
            return -1;
        mine[i] = pair[i == 0 ? 1 : 0];
        theirs[i] = pair[i == 0 ? 0 : 1];
        if (fcntl(mine[i], F_SETFL, O_NONBLOCK) < 0)
            return -1;
    }
    return 0;
}

static void close_all(int ends[3])
{
    for (int i = 0; i < 3; i++)
        if (ends[i] >= 0)
            close(ends[i]);
}

int pipe_open(struct wire *out, mimeo_ctx *ctx, const struct address *a, const char *command,
              const struct mimeo_network *network)
{
    struct command c = {.count = 0};
    struct deadlines d = network_deadlines(network);
    int mine[3], theirs[3];
    int rc = network_check(ctx, a, network);
    if (rc < 0)
        return rc;
    build(&c, a, command, network);
    pid_t parent = getpid(), pid = -1;
    if (c.failed)
        rc = ctx_error_nomem(ctx);
    else if (make_ends(mine, theirs) < 0 || (pid = fork()) < 0)
        rc = ctx_error_errno(ctx, MIMEO_EIO, "cannot start ssh");
    if (rc == 0 && pid == 0)
        run(&c, theirs, parent);
    if (!c.failed)
        close_all(theirs);
    if (rc < 0 && !c.failed)
        close_all(mine);
    command_dispose(&c);
    if (rc < 0)
        return rc;
    signal(SIGPIPE, SIG_IGN);
    wire_init(out, a->host, &d);
    out->out = mine[0];
    out->in = mine[1];
    out->talk = mine[2];
    out->pid = pid;
    return 0;
}

int pipe_failed(struct wire *w, mimeo_ctx *ctx)
{
    const char *words = wire_last_words(w);
    if (words[0] == '\0')
        return ctx_error(ctx, MIMEO_EUNREACHABLE, "ssh to %s ended without a word: is ssh installed, and does 'ssh %s' work?",
                         w->peer, w->peer);
    return ctx_error(ctx, MIMEO_EUNREACHABLE, "ssh to %s: %s", w->peer, words);
}
