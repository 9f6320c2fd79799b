/*
 * Passphrases: from a file that nobody else can read, from a descriptor, or asked for on the terminal
 * without echo.  Never from the environment or the command line, where others could see them.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

static int refuse(const char *words)
{
    progress_clear();
    fprintf(stderr, "mimeo: %s\n", words);
    return MIMEO_EPASSPHRASE;
}

static void wipe(char *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}

/* Up to a line end, which is taken off. */
static int read_line(int fd, char *out, size_t *len)
{
    size_t n = 0;
    for (;;) {
        char c;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            return MIMEO_ECANCELLED;
        if (got < 0)
            return MIMEO_EIO;
        if (got == 0 || c == '\n')
            break;
        if (n + 1 >= MIMEO_PASSPHRASE_MAX)
            return MIMEO_EUSAGE;
        out[n++] = c;
    }
    if (n > 0 && out[n - 1] == '\r')
        n--;
    out[n] = '\0';
    *len = n;
    return 0;
}

static int read_fd(int fd, const char *what, char *out, size_t *len)
{
    int rc = read_line(fd, out, len);
    if (rc == 0 && *len == 0) {
        fprintf(stderr, "mimeo: the passphrase for %s is empty\n", what);
        return MIMEO_EPASSPHRASE;
    }
    if (rc < 0)
        fprintf(stderr, "mimeo: cannot read the passphrase for %s\n", what);
    return rc;
}

static int read_file(const char *path, const char *what, char *out, size_t *len)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0) {
        fprintf(stderr, "mimeo: cannot open the passphrase file '%s': %s\n", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return MIMEO_EPASSPHRASE;
    }
    int rc;
    if ((st.st_mode & 077) != 0) {
        fprintf(stderr, "mimeo: others can read the passphrase file '%s': run 'chmod 600' on it\n", path);
        rc = MIMEO_EPASSPHRASE;
    } else {
        rc = read_fd(fd, what, out, len);
    }
    close(fd);
    return rc;
}

/* ---- the terminal ---- */

/* Read a line without echo.  A signal that comes meanwhile is kept until the echo is on again. */
static int ask_once(int tty, const char *prompt, char *out, size_t *len)
{
    struct termios before, silent;
    sigset_t block, old;
    if (tcgetattr(tty, &before) < 0)
        return refuse("the terminal does not let its echo be turned off");
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ISIG);
    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGHUP);
    sigprocmask(SIG_BLOCK, &block, &old);
    tcsetattr(tty, TCSAFLUSH, &silent); /* before it asks: what is answered at once must be neither shown nor lost */
    dprintf(tty, "%s: ", prompt);
    int rc = read_line(tty, out, len);
    tcsetattr(tty, TCSAFLUSH, &before);
    dprintf(tty, "\n");
    sigprocmask(SIG_SETMASK, &old, NULL);
    /* Without ISIG, control-C is a byte of the line. */
    return rc == 0 && memchr(out, 3, *len) != NULL ? MIMEO_ECANCELLED : rc;
}

static int ask_twice(int tty, const char *what, char *out, size_t *len)
{
    char again[MIMEO_PASSPHRASE_MAX], prompt[256];
    size_t again_len = 0;
    for (;;) {
        snprintf(prompt, sizeof(prompt), "New passphrase for %s", what);
        int rc = ask_once(tty, prompt, out, len);
        if (rc < 0)
            return rc;
        if (*len == 0) {
            dprintf(tty, "Empty: name --no-passphrase where none is wanted.\n");
            continue;
        }
        rc = ask_once(tty, "Once more", again, &again_len);
        bool same = rc == 0 && again_len == *len && memcmp(again, out, again_len) == 0;
        wipe(again, sizeof(again));
        if (rc < 0 || same)
            return rc;
        dprintf(tty, "These are not the same: try again.\n");
    }
}

static int ask(const char *what, bool confirm, char *out, size_t *len)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0)
        return refuse("a passphrase is wanted, and there is no terminal to ask on: name --passphrase-file");
    progress_clear();
    char prompt[256];
    snprintf(prompt, sizeof(prompt), "Passphrase for %s", what);
    int rc = confirm ? ask_twice(tty, what, out, len) : ask_once(tty, prompt, out, len);
    close(tty);
    return rc;
}

static int give(const char *what, bool confirm, char *out, size_t *len, void *payload)
{
    const struct passphrase_options *o = payload;
    *len = 0;
    if (o->file != NULL)
        return read_file(o->file, what, out, len);
    if (o->fd != NULL) {
        char *end;
        long fd = strtol(o->fd, &end, 10);
        if (*end != '\0' || end == o->fd || fd < 0 || fd > 1 << 20)
            return refuse("--passphrase-fd wants the number of an open descriptor");
        return read_fd((int)fd, what, out, len);
    }
    if (o->none && confirm)
        return 0;
    if (o->cli->no_input) {
        progress_clear();
        fprintf(stderr, "mimeo: a passphrase for %s is wanted, and --no-input forbids to ask: name --%s-file\n", what,
                o->option);
        return MIMEO_EPASSPHRASE;
    }
    return ask(what, confirm, out, len);
}

static bool has_terminal(void)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty >= 0)
        close(tty);
    return tty >= 0;
}

void use_passphrase(struct cli *cli, const char *file, const char *fd)
{
    cli->packs = (struct passphrase_options){cli, file, fd, false, "passphrase"};
    struct mimeo_passphrase_source source = passphrase_source(&cli->packs);
    bool can = file != NULL || fd != NULL || (!cli->no_input && has_terminal());
    mimeo_ctx_set_passphrase(cli->ctx, can ? &source : NULL);
}

struct mimeo_passphrase_source passphrase_source(struct passphrase_options *options)
{
    return (struct mimeo_passphrase_source){give, options};
}
