/* tool-bench-print.c - prints N case files of a set, and says what it cost:
 * tool-bench-print once|redrawn|nothing FILES OUT.pdf SET
 * tool-bench-print layouts
 *
 *   once     as `lakana print` does: what is the same on every copy is drawn once
 *   redrawn  the baseline: every page drawn in full, by the same code
 *   nothing  loads forms and fonts only, for the memory they take
 *   layouts  lays every template out, as the first thing the process does
 *
 * Prints: pages, PDFs, seconds in lk_render_copies(), bytes, peak memory in KB, pages
 * and forms of a case file; or forms, pages, seconds for fonts, templates, layouts. */
#include "form/form.h"
#include "render/render.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    LkFonts *fonts;
    GPtrArray *layouts; /* LkLayout, printed order */
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
free_layout(gpointer layout)
{
    lk_layout_free(layout);
}

static void
add_layout(Bench *bench, const LkForm *form)
{
    g_autoptr(GError) error = NULL;
    LkLayout *layout = lk_layout_new(form, bench->fonts, &error);
    if (layout == NULL) {
        die(error);
    }
    g_ptr_array_add(bench->layouts, layout);
    bench->pages_per_file += layout->pages->len;
}

static void
load(Bench *bench, const char *set_name)
{
    g_autoptr(GError) error = NULL;
    bench->fonts = lk_fonts_load(&error);
    g_autoptr(LkFormSet) set = NULL;
    if (bench->fonts != NULL) {
        set = lk_form_set_load(NULL, NULL, &error);
    }
    if (error != NULL) {
        die(error);
    }
    const GPtrArray *codes = lk_form_set_bundle(set, set_name);
    if (codes == NULL) {
        fprintf(stderr, "tool-bench-print: no set '%s'\n", set_name);
        exit(2);
    }
    for (guint i = 0; i < codes->len; i++) {
        add_layout(bench, lk_form_set_lookup(set, g_ptr_array_index(codes, i)));
    }
}

static double
seconds_since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

static void
time_layouts(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    bench->fonts = lk_fonts_load(&error);
    double fonts = seconds_since(start);
    start = g_get_monotonic_time();
    g_autoptr(LkFormSet) set = NULL;
    if (bench->fonts != NULL) {
        set = lk_form_set_load(NULL, NULL, &error);
    }
    if (error != NULL) {
        die(error);
    }
    double templates = seconds_since(start);
    start = g_get_monotonic_time();
    const GPtrArray *forms = lk_form_set_list(set);
    for (guint i = 0; i < forms->len; i++) {
        add_layout(bench, g_ptr_array_index(forms, i));
    }
    printf("%u %zu %.4f %.4f %.4f\n", forms->len, bench->pages_per_file, fonts,
           templates, seconds_since(start));
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
    for (guint i = 0; i < bench->layouts->len; i++) {
        LkPrintItem item = {.layout = g_ptr_array_index(bench->layouts, i),
                            .case_code = code};
        if (bench->redrawn) {
            item.layout = shadow_of(bench, item.layout);
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
    return seconds_since(start);
}

/* Prints @n_files case files, cut into PDFs as `lakana print` cuts them. */
static void
print_files(Bench *bench, size_t n_files, const char *path)
{
    size_t pages = n_files * bench->pages_per_file;
    size_t files_per_pdf = MAX(LK_RENDER_MAX_PAGES / bench->pages_per_file, 1);
    int n_pdfs = 0;
    double seconds = 0;
    gint64 bytes = 0;
    while (n_files > 0) {
        g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(LkPrintItem));
        for (size_t i = 0; i < files_per_pdf && n_files > 0; i++, n_files--) {
            add_file(bench, items);
        }
        seconds += print_pdf(bench, items, path);
        GStatBuf status;
        bytes += g_stat(path, &status) == 0 ? status.st_size : 0;
        n_pdfs++;
    }
    printf("%zu %d %.4f %" G_GINT64_FORMAT " %ld %zu %u\n", pages, n_pdfs, seconds,
           bytes, peak_kb(), bench->pages_per_file, bench->layouts->len);
}

int
main(int argc, char **argv)
{
    bool is_layouts = argc == 2 && strcmp(argv[1], "layouts") == 0;
    if (argc != 5 && !is_layouts) {
        fputs("usage: tool-bench-print once|redrawn|nothing FILES OUT.pdf SET\n"
              "       tool-bench-print layouts\n",
              stderr);
        return 2;
    }
    Bench bench = {.redrawn = strcmp(argv[1], "redrawn") == 0,
                   .layouts = g_ptr_array_new_with_free_func(free_layout),
                   .shadows = g_ptr_array_new_with_free_func(free_shadow)};
    if (is_layouts) {
        time_layouts(&bench);
    } else {
        load(&bench, argv[4]);
        bool is_nothing = strcmp(argv[1], "nothing") == 0;
        print_files(&bench, is_nothing ? 0 : strtoul(argv[2], NULL, 10), argv[3]);
    }
    g_ptr_array_unref(bench.shadows);
    g_ptr_array_unref(bench.layouts);
    lk_fonts_free(bench.fonts);
    return 0;
}
