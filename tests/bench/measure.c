/*
 * Run a command and print one line: wall seconds, processor seconds, peak resident memory in KiB
 * (of the largest process in it), then its exit status.  The command's own output goes to stderr.
 *
 *     bench_measure mimeo verify DIR
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct timespec before, after;
    struct rusage used;
    int status;
    if (argc < 2)
        return 2;
    clock_gettime(CLOCK_MONOTONIC, &before);
    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (waitpid(child, &status, 0) < 0 || getrusage(RUSAGE_CHILDREN, &used) < 0)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &after);
    double wall = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    printf("%.4f %.3f %ld %d\n", wall, seconds_of(used.ru_utime) + seconds_of(used.ru_stime), used.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return 0;
}
