/* tool-bench-print.c - prints N case files of the four opening forms, and says what it
 * cost: tool-bench-print once|redrawn|nothing FILES OUT.pdf
 *
 *   once     as `lakana print` does: what is the same on every copy is drawn once
 *   redrawn  the baseline: every page drawn in full, by the same code
 *   nothing  loads forms and fonts only, for the memory they take
 *
 * Prints: pages, PDFs, seconds in lk_render_copies(), bytes, peak memory in KB, pages
 * of a case file. */
#include "form/form.h"
#include "render/render.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const form_codes[] = {"1.A", "1.B", "1.C", "5.A"};
#define N_FORMS G_N_ELEMENTS(form_codes)

typedef struct {
    LkFonts *fonts;
    LkLayout *layouts[N_FORMS];
    size_t pages_per_file;
    bool redrawn;
    GPtrArray *shadows; /* shallow copies of layouts */
} Bench;

static void
die(const GError *error)
{
    fprintf(stderr, "tool-bench-print: %s\n", error->message);
    exit(3);
}

static void
load(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    bench->fonts = lk_fonts_load(&error);
    g_autoptr(LkFormSet) set = NULL;
    if (bench->fonts != NULL) {
        set = lk_form_set_load(NULL, NULL, &error);
    }
    for (size_t i = 0; i < N_FORMS && error == NULL; i++) {
        const LkForm *form = lk_form_set_lookup(set, form_codes[i]);
        if (form == NULL) {
            g_set_error(&error, LK_FORM_ERROR, LK_FORM_ERROR_UNKNOWN, "no form %s",
                        form_codes[i]);
            break;
        }
        bench->layouts[i] = lk_layout_new(form, bench->fonts, &error);
        if (bench->layouts[i] != NULL) {
            bench->pages_per_file += bench->layouts[i]->pages->len;
        }
    }
    if (error == NULL && bench->pages_per_file == 0) {
        g_set_error_literal(&error, LK_FORM_ERROR, LK_FORM_ERROR_LAYOUT, "no pages");
    }
    if (error != NULL) {
        die(error);
    }
}

static void
free_shadow(gpointer data)
{
    LkLayout *shadow = data;
    g_ptr_array_unref(shadow->pages);
    g_free(shadow);
}

/* A layout page is drawn once for each LkLayoutPage that is seen; copies that share
 * everything but the address are therefore drawn again each time. */
static const LkLayout *
shadow_of(Bench *bench, const LkLayout *layout)
{
    LkLayout *shadow = g_memdup2(layout, sizeof *layout);
    shadow->pages = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < layout->pages->len; i++) {
        g_ptr_array_add(shadow->pages, g_memdup2(g_ptr_array_index(layout->pages, i),
                                                 sizeof(LkLayoutPage)));
    }
    g_ptr_array_add(bench->shadows, shadow);
    return shadow;
}

static void
add_file(Bench *bench, GArray *items)
{
    g_autoptr(GError) error = NULL;
    LkCaseCode code;
    if (!lk_case_code_new("MOP", &code, &error)) {
        die(error);
    }
    for (size_t i = 0; i < N_FORMS; i++) {
        LkPrintItem item = {.layout = bench->layouts[i], .case_code = code};
        if (bench->redrawn) {
            item.layout = shadow_of(bench, bench->layouts[i]);
        }
        if (!lk_serial_new(item.copy, &error)) {
            die(error);
        }
        g_array_append_val(items, item);
    }
}

/* Peak resident memory of this process, KB. */
static long
peak_kb(void)
{
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *at = status != NULL ? strstr(status, "VmHWM:") : NULL;
    return at != NULL ? strtol(at + strlen("VmHWM:"), NULL, 10) : 0;
}

static double
print_pdf(const Bench *bench, const GArray *items, const char *path)
{
    g_autoptr(GError) error = NULL;
    LkPrintOptions options = {
        .title = "EXEMPLE FICTIF", .office = "DRPFEF de Mopti", .bookmarks = true};
    gint64 start = g_get_monotonic_time();
    if (!lk_render_copies(&g_array_index(items, LkPrintItem, 0), items->len,
                          bench->fonts, &options, path, &error)) {
        die(error);
    }
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

int
main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: tool-bench-print once|redrawn|nothing FILES OUT.pdf\n", stderr);
        return 2;
    }
    Bench bench = {.redrawn = strcmp(argv[1], "redrawn") == 0,
                   .shadows = g_ptr_array_new_with_free_func(free_shadow)};
    load(&bench);
    size_t left = strcmp(argv[1], "nothing") == 0 ? 0 : strtoul(argv[2], NULL, 10);
    size_t pages = left * bench.pages_per_file;
    size_t files_per_pdf = LK_RENDER_MAX_PAGES / MAX(bench.pages_per_file, 1);
    int n_pdfs = 0;
    double seconds = 0;
    gint64 bytes = 0;
    while (left > 0) {
        g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(LkPrintItem));
        for (size_t i = 0; i < files_per_pdf && left > 0; i++, left--) {
            add_file(&bench, items);
        }
        seconds += print_pdf(&bench, items, argv[3]);
        GStatBuf status;
        bytes += g_stat(argv[3], &status) == 0 ? status.st_size : 0;
        n_pdfs++;
    }
    printf("%zu %d %.4f %" G_GINT64_FORMAT " %ld %zu\n", pages, n_pdfs, seconds, bytes,
           peak_kb(), bench.pages_per_file);
    g_ptr_array_unref(bench.shadows);
    for (size_t i = 0; i < N_FORMS; i++) {
        lk_layout_free(bench.layouts[i]);
    }
    lk_fonts_free(bench.fonts);
    return 0;
}
