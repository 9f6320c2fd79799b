/* Standard output through $PAGER.  It keeps no history of what was read, and no name is in its arguments. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

static pid_t pager;

void pager_start(void)
{
    const char *command = getenv("PAGER");
    int ends[2];
    if (!stdout_is_terminal() || (command != NULL && (command[0] == '\0' || strcmp(command, "cat") == 0)))
        return;
    stdout_styles(); /* settled while standard output is the terminal still, */
    terminal_width(); /* and so is this */
    if (command == NULL)
        command = "less";
    if (pipe(ends) < 0)
        return;
    fflush(stdout);
    pager = fork();
    if (pager == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("LESS", "FRX", 0);
        setenv("LESSHISTFILE", "-", 1);
        setenv("LV", "-c", 0);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    if (pager > 0) {
        signal(SIGPIPE, SIG_IGN); /* whoever leaves the pager early has read enough */
        signal(SIGINT, SIG_IGN);
        dup2(ends[1], STDOUT_FILENO);
    }
    close(ends[1]);
}

void pager_wait(void)
{
    int status;
    if (pager <= 0)
        return;
    close(STDOUT_FILENO);
    while (waitpid(pager, &status, 0) < 0)
        continue;
    pager = 0;
}
