/* tool-cost.c - what a command costs, its children included.
 *
 *   tool-cost COMMAND…     "CPU-seconds wall-seconds peak-kB ready-seconds" on standard
 *                          error
 *
 * CPU is user and system time of the command and of all it waited for. Peak is the
 * greatest sum, over the processes alive together, of what each had at most (VmHWM):
 * pages that two of them share count twice, so it never flatters. Ready is the time in
 * which its processes ran or waited for a processor, summed: ready / wall is how many
 * of them worked side by side, however busy the machine is with other things. */
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

/* Nanoseconds that each process ran or waited for a processor, as last seen: by pid. */
static GHashTable *ready_ns;

static void
note_ready(long pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/schedstat", pid);
    g_autofree char *text = NULL;
    if (g_file_get_contents(path, &text, NULL, NULL)) {
        char *rest = NULL;
        guint64 ran = g_ascii_strtoull(text, &rest, 10);
        guint64 waited = g_ascii_strtoull(rest, NULL, 10);
        g_hash_table_insert(ready_ns, GSIZE_TO_POINTER((gsize)pid),
                            GSIZE_TO_POINTER((gsize)(ran + waited)));
    }
}

static double
ready_seconds(void)
{
    GHashTableIter all;
    gpointer ns;
    double sum = 0;
    g_hash_table_iter_init(&all, ready_ns);
    while (g_hash_table_iter_next(&all, NULL, &ns)) {
        sum += (double)GPOINTER_TO_SIZE(ns) / 1e9;
    }
    return sum;
}

/* @pid and its descendants. */
static long
tree_kb(long pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/task/%ld/children", pid, pid);
    g_autofree char *text = NULL;
    long sum = high_water_kb(pid);
    note_ready(pid);
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
    ready_ns = g_hash_table_new(NULL, NULL);
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
    fprintf(stderr, "%.3f %.3f %ld %.3f\n",
            seconds(usage.ru_utime) + seconds(usage.ru_stime), wall, peak,
            ready_seconds());
    g_hash_table_unref(ready_ns);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
