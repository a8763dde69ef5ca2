/* office.c - invented case files from form to image. */
#include "tests/sim/office.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <malloc.h>
#include <string.h>

/* Pages come and go by the hundred, 16 MB each: their memory is kept for the next one,
 * instead of being asked of the kernel page by page. */
static void
keep_memory(void)
{
    const int most = 32 << 20; /* what glibc allows */
    (void)mallopt(M_MMAP_THRESHOLD, most);
    (void)mallopt(M_TRIM_THRESHOLD, 16 * most);
}

SimOffice *
sim_office_new(GError **error)
{
    keep_memory();
    g_autoptr(LkFonts) fonts = lk_fonts_load(error);
    if (fonts == NULL) {
        return NULL;
    }
    LkFormSet *forms = lk_form_set_load(NULL, NULL, error);
    if (forms == NULL) {
        return NULL;
    }
    SimOffice *office = g_new0(SimOffice, 1);
    office->fonts = g_steal_pointer(&fonts);
    office->forms = forms;
    office->layouts = g_ptr_array_new_with_free_func((GDestroyNotify)lk_layout_free);
    return office;
}

void
sim_office_free(SimOffice *office)
{
    if (office != NULL) {
        g_ptr_array_unref(office->layouts);
        lk_form_set_free(office->forms);
        lk_fonts_free(office->fonts);
        g_free(office);
    }
}

const LkLayout *
sim_office_layout(SimOffice *office, const char *form, GError **error)
{
    for (guint i = 0; i < office->layouts->len; i++) {
        const LkLayout *layout = g_ptr_array_index(office->layouts, i);
        if (strcmp(layout->form, form) == 0) {
            return layout;
        }
    }
    const LkForm *found = lk_form_set_lookup(office->forms, form);
    if (found == NULL) {
        g_set_error(error, LK_FORM_ERROR, LK_FORM_ERROR_UNKNOWN, "no form %s", form);
        return NULL;
    }
    LkLayout *layout = lk_layout_new(found, office->fonts, error);
    if (layout != NULL) {
        g_ptr_array_add(office->layouts, layout);
    }
    return layout;
}

const LkLayout *
sim_office_by_id(const SimOffice *office, const char *layout_id)
{
    for (guint i = 0; i < office->layouts->len; i++) {
        const LkLayout *layout = g_ptr_array_index(office->layouts, i);
        if (strcmp(layout->id, layout_id) == 0) {
            return layout;
        }
    }
    return NULL;
}

static const LkLayout *
give_layout(const char *id, void *office)
{
    return sim_office_by_id(office, id);
}

LkReadHost
sim_office_host(SimOffice *office)
{
    return (LkReadHost){give_layout, NULL, office};
}

static void
page_free(void *data)
{
    SimPage *page = data;
    sim_truth_free(page->truth);
    g_free(page);
}

/* @copy: its serial; its pages follow each other from @pdf_page on. */
static void
add_copy(SimCase *file, const LkLayout *layout, const char *copy, int pdf_page,
         const SimHabits *habits, SimRandom *random)
{
    LkPrintItem item = {.layout = layout, .case_code = file->code};
    g_strlcpy(item.copy, copy, sizeof item.copy);
    g_array_append_val(file->copies, item);
    LkPageId id = {.case_code = file->code};
    g_strlcpy(id.form, layout->form, sizeof id.form);
    g_strlcpy(id.layout, layout->id, sizeof id.layout);
    g_strlcpy(id.copy, item.copy, sizeof id.copy);
    g_autoptr(GPtrArray) truths =
        sim_content(layout, &id, &file->writer, habits, random);
    g_ptr_array_set_free_func(truths, NULL); /* the pages take them over */
    for (guint i = 0; i < truths->len; i++) {
        SimPage *page = g_new0(SimPage, 1);
        page->layout = layout;
        page->truth = g_ptr_array_index(truths, i);
        page->pdf_page = pdf_page + (int)i;
        g_ptr_array_add(file->pages, page);
    }
}

static SimCase *
open_case(SimSet set, const LkCaseCode *code, SimRandom *random)
{
    SimCase *file = g_new0(SimCase, 1);
    file->code = *code;
    file->writer = sim_writer(set, random);
    file->copies = g_array_new(FALSE, TRUE, sizeof(LkPrintItem));
    file->pages = g_ptr_array_new_with_free_func(page_free);
    return file;
}

SimCase *
sim_case_new(SimOffice *office, SimSet set, uint64_t seed, const char *const *forms,
             GError **error)
{
    SimRandom random = sim_random(seed, "case");
    SimHabits habits = sim_habits(set);
    habits.plausible = office->plausible;
    LkCaseCode code = sim_case_code(&random, "MOP");
    g_autoptr(SimCase) file = open_case(set, &code, &random);
    for (size_t i = 0; forms[i] != NULL; i++) {
        const LkLayout *layout = sim_office_layout(office, forms[i], error);
        if (layout == NULL) {
            return NULL;
        }
        char copy[LK_SERIAL_LEN + 1];
        sim_serial(&random, copy);
        add_copy(file, layout, copy, (int)file->pages->len, &habits, &random);
    }
    return g_steal_pointer(&file);
}

/* A page of the manifest: first pages begin a copy, a new case code begins a file. */
static bool
take_page(SimOffice *office, SimSet set, JsonObject *page, GPtrArray *files,
          SimRandom *random, GError **error)
{
    SimHabits habits = sim_habits(set);
    habits.plausible = office->plausible;
    LkCaseCode code;
    if (json_object_get_int_member(page, "page") != 1) {
        return true;
    }
    const LkLayout *layout =
        sim_office_layout(office, json_object_get_string_member(page, "form"), error);
    if (layout == NULL ||
        !lk_case_code_parse(json_object_get_string_member(page, "case"), &code,
                            error)) {
        return false;
    }
    SimCase *file = files->len > 0 ? g_ptr_array_index(files, files->len - 1) : NULL;
    if (file == NULL || !lk_case_code_equal(&file->code, &code)) {
        file = open_case(set, &code, random);
        g_ptr_array_add(files, file);
    }
    add_copy(file, layout, json_object_get_string_member(page, "copy"),
             (int)json_object_get_int_member(page, "pdf_page") - 1, &habits, random);
    return true;
}

GPtrArray *
sim_cases_printed(SimOffice *office, SimSet set, uint64_t seed, const char *manifest,
                  GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, manifest, error)) {
        return NULL;
    }
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *pages = json_object_get_array_member(root, "pages");
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)sim_case_free);
    SimRandom random = sim_random(seed, "case");
    for (guint i = 0; i < json_array_get_length(pages); i++) {
        if (!take_page(office, set, json_array_get_object_element(pages, i), files,
                       &random, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&files);
}

void
sim_case_free(SimCase *file)
{
    if (file != NULL) {
        g_array_unref(file->copies);
        g_ptr_array_unref(file->pages);
        g_free(file);
    }
}

bool
sim_case_print(const SimOffice *office, const SimCase *file, const char *path,
               GError **error)
{
    LkPrintOptions options = {.title = "EXEMPLE FICTIF", .office = "EXEMPLE FICTIF"};
    return lk_render_copies((const LkPrintItem *)file->copies->data, file->copies->len,
                            office->fonts, &options, path, error);
}

SimImage *
sim_page_capture(SimPaper *paper, const SimPage *page, const SimWriter *writer,
                 const SimMachine *machine, double dpi, SimRandom *random)
{
    g_autoptr(SimSheet) sheet =
        sim_sheet_print(paper, page->pdf_page, &machine->printing, dpi);
    for (int i = 0; i < machine->printing.blank_copies; i++) {
        sim_sheet_photocopy(sheet, &machine->printing.copiers[i], random);
    }
    const LkLayoutPage *printed = lk_layout_page(page->layout, page->truth->id.page);
    sim_fill(sheet, page->layout, page->truth, writer, random);
    sim_copy_filled(sheet, machine, random);
    sim_wear(sheet, &machine->wear, printed, random);
    sim_truth_lose(page->truth, printed, sheet);
    SimMachine set = *machine;
    sim_scanner_set_for(&set.scanner, &writer->pen);
    return sim_capture(sheet, &set, random);
}

int
sim_machine_quality(const SimMachine *machine)
{
    if (machine->is_phone) {
        return machine->phone.quality;
    }
    return machine->scanner.threshold > 0 ? 0 : machine->scanner.quality;
}

static void
capture_page(SimPaper *paper, const SimCase *file, guint i, const SimCapture *how)
{
    const SimPage *page = g_ptr_array_index(file->pages, i);
    SimRandom random = sim_random(how->seed + i, sim_profile_name(how->profile));
    SimMachine machine = sim_machine(how->set, how->profile, &random);
    if (how->adjust != NULL) {
        how->adjust(&machine);
    }
    machine.phone.grey = true; /* the reader never sees the colours */
    g_autoptr(SimImage) captured =
        sim_page_capture(paper, page, &file->writer, &machine, how->dpi, &random);
    sim_as_scanned(captured, sim_machine_quality(&machine));
    how->each(page, &machine, captured, how->data);
}

bool
sim_case_capture(const SimOffice *office, const SimCase *file, const SimCapture *how,
                 const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "case.pdf", NULL);
    if (!sim_case_print(office, file, path, error)) {
        return false;
    }
    g_autoptr(SimPaper) paper = sim_paper_open(path, error);
    (void)g_unlink(path);
    for (guint i = 0; paper != NULL && i < file->pages->len; i++) {
        capture_page(paper, file, i, how);
    }
    return paper != NULL;
}
