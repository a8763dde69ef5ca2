/* counts.c - what a measurement has counted so far. */
#include "tests/sim/counts.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define N_SUMS 7 /* of a tally, besides its boxes */
#define N_BOXES ((SIM_CANCELLED + 1) * SIM_N_VERDICTS)
#define N_COLUMNS (4 + N_SUMS + N_BOXES)

/* number, style, pen, µs, sums of the tally, its boxes; in tabs. */
static char *
say(const SimCount *count)
{
    const SimTally *t = &count->tally;
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%d\t%s\t%s\t%.0f", count->number,
                    sim_style_name(count->style), sim_pen_name(count->pen),
                    1e6 * count->seconds);
    g_string_append_printf(line, "\t%d\t%d\t%d\t%d\t%ld\t%ld\t%ld", t->pages,
                           t->set_aside, t->wrong_identity, t->to_confirm, t->lost,
                           t->fields, t->fields_straight);
    for (int i = 0; i < N_BOXES; i++) {
        g_string_append_printf(line, "\t%ld",
                               t->boxes[i / SIM_N_VERDICTS][i % SIM_N_VERDICTS]);
    }
    g_string_append_c(line, '\n');
    return g_string_free(line, FALSE);
}

static bool
find_style(const char *name, SimStyle *style)
{
    for (int i = 0; i < SIM_N_STYLES; i++) {
        if (strcmp(name, sim_style_name((SimStyle)i)) == 0) {
            *style = (SimStyle)i;
            return true;
        }
    }
    return false;
}

static bool
find_pen(const char *name, SimPenKind *pen)
{
    for (int i = 0; i < SIM_N_PENS; i++) {
        if (strcmp(name, sim_pen_name((SimPenKind)i)) == 0) {
            *pen = (SimPenKind)i;
            return true;
        }
    }
    return false;
}

static bool
understand(const char *line, SimCount *count)
{
    g_auto(GStrv) cells = g_strsplit(line, "\t", -1);
    if (g_strv_length(cells) != N_COLUMNS || !find_style(cells[1], &count->style) ||
        !find_pen(cells[2], &count->pen)) {
        return false;
    }
    long n[N_COLUMNS];
    for (int i = 0; i < N_COLUMNS; i++) {
        n[i] = (long)g_ascii_strtoll(cells[i], NULL, 10);
    }
    const long *sums = n + 4;
    count->number = (int)n[0];
    count->seconds = (double)n[3] / 1e6;
    count->tally = (SimTally){.pages = (int)sums[0],
                              .set_aside = (int)sums[1],
                              .wrong_identity = (int)sums[2],
                              .to_confirm = (int)sums[3],
                              .lost = sums[4],
                              .fields = sums[5],
                              .fields_straight = sums[6]};
    for (int i = 0; i < N_BOXES; i++) {
        count->tally.boxes[i / SIM_N_VERDICTS][i % SIM_N_VERDICTS] = sums[N_SUMS + i];
    }
    return true;
}

const SimCount *
sim_counts_find(const GArray *counts, int number)
{
    for (guint i = 0; i < counts->len; i++) {
        const SimCount *count = &g_array_index(counts, SimCount, i);
        if (count->number == number) {
            return count;
        }
    }
    return NULL;
}

GArray *
sim_counts_load(const char *path, GError **error)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(SimCount));
    g_autofree char *text = NULL;
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        return g_steal_pointer(&counts);
    }
    if (!g_file_get_contents(path, &text, NULL, error)) {
        return NULL;
    }
    g_autoptr(GString) whole = g_string_new(NULL);
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        SimCount count;
        *end = '\0';
        if (understand(line, &count) && sim_counts_find(counts, count.number) == NULL) {
            g_array_append_val(counts, count);
            g_string_append_printf(whole, "%s\n", line);
        }
    }
    if (!g_file_set_contents(path, whole->str, (gssize)whole->len, error)) {
        return NULL;
    }
    return g_steal_pointer(&counts);
}

bool
sim_counts_append(const char *path, const SimCount *count)
{
    g_autofree char *line = say(count);
    ssize_t n = (ssize_t)strlen(line);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0) {
        return false;
    }
    /* in one go: what is appended by two processes does not mix */
    bool ok = write(file, line, (size_t)n) == n;
    return close(file) == 0 && ok;
}

/* Chance of @errors or fewer where @mean are to be expected. */
static double
chance_of_so_few(long errors, double mean)
{
    double sum = 0;
    for (long i = 0; i <= errors; i++) {
        sum += exp((double)i * log(mean) - mean - lgamma((double)i + 1));
    }
    return sum;
}

double
sim_rate_bound(long errors)
{
    const double rarely = 0.05;
    double low = (double)errors + 1e-9, high = 2 * (double)errors + 10;
    while (high - low > 1e-9 * high) {
        double middle = (low + high) / 2;
        if (chance_of_so_few(errors, middle) > rarely) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}
