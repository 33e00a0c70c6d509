// Runs one command on one core and writes what it cost: CPU time, peak memory, start and end on
// CLOCK_MONOTONIC. tools/bench starts every client through it: a child's peak memory begins at its parent's,
// so that the parent must be smaller than anything measured, which a Python process is not.
//
//   measure CORE OUTPUT.json COMMAND [ARGUMENT ...]        CORE -1: any core

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(120);
}

static void run(int core, char **command) {
    // The command must not outlive a benchmark that was stopped.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL)) fail("prctl");
    if (core >= 0) {
        cpu_set_t cores;
        CPU_ZERO(&cores);
        CPU_SET((size_t)core, &cores);
        if (sched_setaffinity(0, sizeof cores, &cores)) fail("sched_setaffinity");
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files)) fail("getrlimit");
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files)) fail("setrlimit");
    execvp(command[0], command);
    fail(command[0]);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: measure CORE OUTPUT.json COMMAND [ARGUMENT ...]\n");
        return 120;
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL)) fail("prctl");
    int64_t start_ns = now_ns();
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) run(atoi(argv[1]), argv + 3);
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child) fail("wait4");
    int64_t end_ns = now_ns();

    FILE *output = fopen(argv[2], "w");
    if (!output) fail(argv[2]);
    fprintf(output,
            "{\"start_ns\":%lld,\"end_ns\":%lld,\"user_us\":%lld,\"system_us\":%lld,\"rss_max_kib\":%ld,"
            "\"switches_voluntary\":%ld,\"switches_involuntary\":%ld,\"exit_status\":%d,\"signal\":%d}\n",
            (long long)start_ns, (long long)end_ns,
            (long long)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec,
            (long long)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec, usage.ru_maxrss,
            usage.ru_nvcsw, usage.ru_nivcsw, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (fclose(output)) fail(argv[2]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
