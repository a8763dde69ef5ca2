/* tool-simulate.c - printed pages in, scans of filled-in pages and the truth out.
 *
 *   tool-simulate --seed N [--set tuning|hard|report] [--profile NAME]
 *                 (--pdf PRINTED.pdf --manifest M.json | --forms 1.A,1.B…)
 *                 --truth TRUTH.json -o OUT.pdf|OUT.tif|FOLDER
 *
 * With --pdf, fills in what `lakana print --manifest` made; with --forms, prints one
 * file of its own whose code follows from the seed. A folder gets one JPEG a page.
 * Pages are added to TRUTH.json if it is there. */
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define SHEET_DPI 400.0

static struct {
    gint64 seed;
    char *set, *profile, *pdf, *manifest, *forms, *truth, *out;
    double noise, width_mm;
    char *style;
    int quality;
} options = {.noise = -1, .quality = -1};

static const GOptionEntry entries[] = {
    {"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "everything follows from it",
     "N"},
    {"set", 0, 0, G_OPTION_ARG_STRING, &options.set, "tuning, hard or report", "SET"},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile,
     "copier, copier200, copier150, g4, copied, blankcopy, photo, clean, worn, "
     "copied2, copied3, g4-200, photo-hard",
     "NAME"},
    {"pdf", 0, 0, G_OPTION_ARG_FILENAME, &options.pdf, "printed pages", "FILE"},
    {"manifest", 0, 0, G_OPTION_ARG_FILENAME, &options.manifest, "their list", "FILE"},
    {"forms", 0, 0, G_OPTION_ARG_STRING, &options.forms, "print these", "1.A,1.B"},
    {"truth", 0, 0, G_OPTION_ARG_FILENAME, &options.truth, "what was meant", "FILE"},
    {"noise", 0, 0, G_OPTION_ARG_DOUBLE, &options.noise, "grey levels", "N"},
    {"quality", 0, 0, G_OPTION_ARG_INT, &options.quality, "of JPEG", "N"},
    {"style", 0, 0, G_OPTION_ARG_STRING, &options.style, "of every writer", "NAME"},
    {"pen-width", 0, 0, G_OPTION_ARG_DOUBLE, &options.width_mm, "of every pen", "MM"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "PDF, TIFF or folder",
     "PATH"},
    {0}};

/** Everything while it is being made. */
typedef struct {
    SimOffice *office;
    SimSet set;
    SimMachine machine;
    SimRandom random;
    GPtrArray *files;  /* SimCase */
    GPtrArray *images; /* SimImage */
    GPtrArray *truths, *layouts;
} Work;

static void
force_writer(SimWriter *writer)
{
    if (options.width_mm > 0) {
        writer->pen.width_mm = options.width_mm;
    }
    for (int i = 0; options.style != NULL && i < SIM_N_STYLES; i++) {
        if (strcmp(options.style, sim_style_name((SimStyle)i)) == 0) {
            writer->style = (SimStyle)i;
        }
    }
}

static void
set_machine(Work *work, SimProfile profile)
{
    work->machine = sim_machine(work->set, profile, &work->random);
    if (options.noise >= 0) {
        work->machine.scanner.noise = options.noise;
        work->machine.phone.noise = options.noise;
    }
}

/* The files to be filled in, and the PDF they are printed on. */
static char *
get_printed(Work *work, GError **error)
{
    uint64_t seed = sim_seed(work->set, (uint64_t)options.seed);
    if (options.pdf != NULL) {
        work->files =
            sim_cases_printed(work->office, work->set, seed, options.manifest, error);
        return work->files == NULL ? NULL : g_strdup(options.pdf);
    }
    g_auto(GStrv) forms = g_strsplit(options.forms, ",", -1);
    g_autoptr(SimCase) file =
        sim_case_new(work->office, work->set, seed, (const char *const *)forms, error);
    if (file == NULL) {
        return NULL;
    }
    g_autofree char *path = g_strdup_printf("%s.printed.pdf", options.out);
    if (!sim_case_print(work->office, file, path, error)) {
        return NULL;
    }
    work->files = g_ptr_array_new_with_free_func((GDestroyNotify)sim_case_free);
    g_ptr_array_add(work->files, g_steal_pointer(&file));
    return g_steal_pointer(&path);
}

static void
capture_file(Work *work, SimPaper *paper, SimCase *file)
{
    force_writer(&file->writer);
    for (guint i = 0; i < file->pages->len; i++) {
        SimPage *page = g_ptr_array_index(file->pages, i);
        page->truth->style = file->writer.style;
        sim_machine_again(work->set, &work->machine, &work->random);
        g_ptr_array_add(work->images,
                        sim_page_capture(paper, page, &file->writer, &work->machine,
                                         SHEET_DPI, &work->random));
        g_ptr_array_add(work->truths, page->truth);
        g_ptr_array_add(work->layouts, (gpointer)page->layout);
    }
}

static bool
write_folder(const Work *work, int quality, GError **error)
{
    if (g_mkdir_with_parents(options.out, 0755) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot be made",
                    options.out);
        return false;
    }
    for (guint i = 0; i < work->images->len; i++) {
        g_autofree char *path =
            g_strdup_printf("%s/photo-%02u.jpg", options.out, i + 1);
        if (!sim_write_jpeg(g_ptr_array_index(work->images, i), quality, path, error)) {
            return false;
        }
    }
    return true;
}

static bool
write_images(const Work *work, GError **error)
{
    int quality = options.quality > 0 ? options.quality
                                      : MAX(50, sim_machine_quality(&work->machine));
    if (g_str_has_suffix(options.out, ".pdf")) {
        return sim_write_pdf(work->images, quality, options.out, error);
    }
    if (g_str_has_suffix(options.out, ".tif")) {
        return sim_write_tiff(work->images, options.out, error);
    }
    return write_folder(work, quality, error);
}

/* Pages of a truth file that is there already come first: one file for several runs. */
static char *
after_what_is_there(const char *json, GError **error)
{
    if (!g_file_test(options.truth, G_FILE_TEST_EXISTS)) {
        return g_strdup(json);
    }
    g_autoptr(JsonParser) old = json_parser_new();
    g_autoptr(JsonParser) more = json_parser_new();
    if (!json_parser_load_from_file(old, options.truth, error) ||
        !json_parser_load_from_data(more, json, -1, error)) {
        return NULL;
    }
    JsonArray *pages = json_object_get_array_member(
        json_node_get_object(json_parser_get_root(old)), "pages");
    JsonArray *added = json_object_get_array_member(
        json_node_get_object(json_parser_get_root(more)), "pages");
    for (guint i = 0; i < json_array_get_length(added); i++) {
        json_array_add_element(pages, json_array_dup_element(added, i));
    }
    return json_to_string(json_parser_get_root(old), FALSE);
}

static bool
write_truth(const Work *work, GError **error)
{
    guint n = work->truths->len;
    g_autofree char *base = g_path_get_basename(options.out);
    bool is_folder = strchr(base, '.') == NULL;
    g_auto(GStrv) names = g_new0(char *, n + 1);
    g_autofree int *indexes = g_new0(int, n + 1);
    for (guint i = 0; i < n; i++) {
        names[i] = is_folder ? g_strdup_printf("%s/photo-%02u.jpg", base, i + 1)
                             : g_strdup(base);
        indexes[i] = is_folder ? 0 : (int)i;
    }
    g_autofree char *json = sim_truth_json(work->truths, work->layouts,
                                           (const char *const *)names, indexes);
    g_autofree char *all = after_what_is_there(json, error);
    return all != NULL && g_file_set_contents(options.truth, all, -1, error);
}

static bool
simulate(Work *work, SimProfile profile, GError **error)
{
    work->office = sim_office_new(error);
    if (work->office == NULL) {
        return false;
    }
    work->office->plausible = true;
    g_autofree char *pdf = get_printed(work, error);
    g_autoptr(SimPaper) paper = pdf == NULL ? NULL : sim_paper_open(pdf, error);
    if (pdf != NULL && options.pdf == NULL) {
        (void)g_unlink(pdf);
    }
    if (paper == NULL) {
        return false;
    }
    set_machine(work, profile);
    for (guint i = 0; i < work->files->len; i++) {
        capture_file(work, paper, g_ptr_array_index(work->files, i));
    }
    return write_images(work, error) && write_truth(work, error);
}

static void
release(Work *work)
{
    g_ptr_array_unref(work->images);
    g_ptr_array_unref(work->truths);
    g_ptr_array_unref(work->layouts);
    g_clear_pointer(&work->files, g_ptr_array_unref);
    sim_office_free(work->office);
}

static SimSet
chosen_set(void)
{
    if (g_strcmp0(options.set, "hard") == 0) {
        return SIM_HARD;
    }
    return g_strcmp0(options.set, "report") == 0 ? SIM_REPORT : SIM_TUNING;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    bool ok = g_option_context_parse(context, &argc, &argv, &error);
    SimProfile profile =
        sim_profile_find(options.profile == NULL ? "copier" : options.profile);
    if (!ok || profile == SIM_N_PROFILES || options.out == NULL ||
        options.truth == NULL || (options.pdf == NULL) == (options.forms == NULL) ||
        (options.pdf != NULL && options.manifest == NULL)) {
        g_printerr(
            "usage: tool-simulate --seed N (--pdf FILE --manifest FILE | --forms "
            "LIST) --truth FILE -o OUT\n");
        return 2;
    }
    Work work = {
        .set = chosen_set(),
        .random = sim_random(sim_seed(SIM_TUNING, (uint64_t)options.seed), "machine"),
        .images = g_ptr_array_new_with_free_func((GDestroyNotify)sim_image_free),
        .truths = g_ptr_array_new(),
        .layouts = g_ptr_array_new(),
    };
    ok = simulate(&work, profile, &error);
    if (!ok) {
        g_printerr("tool-simulate: %s\n", error->message);
    }
    release(&work);
    return ok ? 0 : 3;
}
