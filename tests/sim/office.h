/* office.h - invented case files from form to image: what the round trip, the
 * accuracy bench and the samples share. */
#ifndef SIM_OFFICE_H
#define SIM_OFFICE_H

#include "read/read.h"
#include "render/render.h"
#include "tests/sim/sim.h"

G_BEGIN_DECLS

/** The program's own forms and fonts. */
typedef struct {
    LkFormSet *forms;
    LkFonts *fonts;
    GPtrArray *layouts; /* LkLayout, made as they are asked for */
    bool plausible;     /* its files make sense, see story.c; else any answer goes */
} SimOffice;

G_GNUC_WARN_UNUSED_RESULT
SimOffice *sim_office_new(GError **error);
void sim_office_free(SimOffice *office);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimOffice, sim_office_free)

/** sim_office_layout: (transfer none): of the form with that code, or NULL. */
const LkLayout *sim_office_layout(SimOffice *office, const char *form, GError **error);
/** sim_office_by_id: (transfer none): the layout with that identity, or NULL. */
const LkLayout *sim_office_by_id(const SimOffice *office, const char *layout_id);
/** sim_office_host: for a reader of its forms, which must not outlive it; no copy is
 * known to have been issued. */
LkReadHost sim_office_host(SimOffice *office);

/** A page of a pack as printed, and what is to be written on it. */
typedef struct {
    const LkLayout *layout;
    SimTruth *truth;
    int pdf_page; /* from 0 */
} SimPage;

/** One child's file, by one writer. */
typedef struct {
    LkCaseCode code;
    SimWriter writer;
    GArray *copies;   /* LkPrintItem */
    GPtrArray *pages; /* SimPage */
} SimCase;

/**
 * sim_case_new:
 * @forms: codes, NULL at the end; a code may come twice
 * @seed: from sim_seed()
 */
G_GNUC_WARN_UNUSED_RESULT
SimCase *sim_case_new(SimOffice *office, SimSet set, uint64_t seed,
                      const char *const *forms, GError **error);
/**
 * sim_cases_printed:
 * @manifest: path of what `lakana print --manifest` wrote: pages of a copy in order
 *
 * Returns: (transfer full): GPtrArray of SimCase for the printed files, or NULL
 */
G_GNUC_WARN_UNUSED_RESULT
GPtrArray *sim_cases_printed(SimOffice *office, SimSet set, uint64_t seed,
                             const char *manifest, GError **error);
void sim_case_free(SimCase *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimCase, sim_case_free)

/** sim_case_print: the file's pages as one PDF at @path. */
G_GNUC_WARN_UNUSED_RESULT
bool sim_case_print(const SimOffice *office, const SimCase *file, const char *path,
                    GError **error);

/** sim_page_capture: (transfer full): page of @file printed, filled in, captured. */
SimImage *sim_page_capture(SimPaper *paper, const SimPage *page,
                           const SimWriter *writer, const SimMachine *machine,
                           double dpi, SimRandom *random);

/** How sim_case_capture() goes about it. */
typedef struct {
    SimSet set;
    SimProfile profile;
    uint64_t seed;                       /* of the file, from sim_seed() */
    double dpi;                          /* of the sheets of paper */
    void (*adjust)(SimMachine *machine); /* nullable: another machine than drawn */
    /** Gets each page as the program's decoder would hand it over. */
    void (*each)(const SimPage *page, const SimMachine *machine,
                 const SimImage *captured, void *data);
    void *data;
} SimCapture;

/** sim_case_capture: every page of @file printed, filled in and captured, each on a
 * machine of its own. @folder: for the PDF in between. */
G_GNUC_WARN_UNUSED_RESULT
bool sim_case_capture(const SimOffice *office, const SimCase *file,
                      const SimCapture *how, const char *folder, GError **error);

/** sim_machine_quality: of the JPEG the machine writes; 0 for 1-bit files. */
int sim_machine_quality(const SimMachine *machine);

G_END_DECLS

#endif
