/* services.h - what reading a map of services and laying it out share; private to the
 * room. */
#ifndef LK_FORM_SERVICES_H
#define LK_FORM_SERVICES_H

#include "form/plan.h"

G_BEGIN_DECLS

#define LK_SERVICE_COLUMN_MM 45.0
#define LK_SERVICE_PAD_MM 1.6

extern const LkStyle lk_style_service_name, lk_style_service, lk_style_service_label;

/** lk_service_label: what is printed before @text ("Horaires :"), or NULL. */
const char *lk_service_label(LkServiceText text);

void lk_service_free(LkService *service);

/**
 * lk_service_map_read:
 * @map: with its categories and kinds; the rest comes from @root
 * @name: how messages call the file
 * @problems: what is wrong is added; then @map is not to be laid out
 */
void lk_service_map_read(LkServiceMap *map, const LkFonts *fonts, const char *name,
                         const LkNode *root, GPtrArray *problems);

/** lk_service_fits: whether one page holds @service, all of whose texts are good. */
bool lk_service_fits(const LkServiceMap *map, const LkFonts *fonts,
                     const LkService *service);

/** lk_service_option: (transfer none) (nullable): the option with @value. */
const LkOption *lk_service_option(const GPtrArray *options, const char *value);

G_END_DECLS

#endif
