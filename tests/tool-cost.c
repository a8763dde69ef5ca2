/* tool-cost.c - what a command costs, its children included.
 *
 *   tool-cost COMMAND…     "CPU-seconds wall-seconds peak-kB" on standard error
 *
 * CPU is user and system time of the command and of all it waited for. Peak is the
 * greatest sum, over the processes alive together, of what each had at most (VmHWM):
 * pages that two of them share count twice, so it never flatters. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_EVERY_US 5000

static long
high_water_kb(long pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/status", pid);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return 0;
    }
    const char *line = strstr(text, "VmHWM:");
    return line != NULL ? atol(line + strlen("VmHWM:")) : 0;
}

/* @pid and its descendants. */
static long
tree_kb(long pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/task/%ld/children", pid, pid);
    g_autofree char *text = NULL;
    long sum = high_water_kb(pid);
    if (g_file_get_contents(path, &text, NULL, NULL)) {
        g_auto(GStrv) children = g_strsplit(text, " ", -1);
        for (char **child = children; *child != NULL; child++) {
            sum += **child != '\0' ? tree_kb(atol(*child)) : 0;
        }
    }
    return sum;
}

static double
seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        return 2;
    }
    gint64 from = g_get_monotonic_time();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    long peak = 0;
    int status = 0;
    struct rusage usage = {0};
    while (wait4(pid, &status, WNOHANG, &usage) == 0) {
        long now = tree_kb(pid);
        peak = MAX(peak, now);
        g_usleep(LOOK_EVERY_US);
    }
    double wall = (double)(g_get_monotonic_time() - from) / 1e6;
    fprintf(stderr, "%.3f %.3f %ld\n",
            seconds(usage.ru_utime) + seconds(usage.ru_stime), wall, peak);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
