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

/** lk_service_option: (transfer none) (nullable): the option with @value. */
const LkOption *lk_service_option(const GPtrArray *options, const char *value);

G_END_DECLS

#endif
