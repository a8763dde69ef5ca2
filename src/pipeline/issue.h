/* issue.h - what printing forms and printing labels share; private to the room. */
#ifndef LK_PIPELINE_ISSUE_H
#define LK_PIPELINE_ISSUE_H

#include "pipeline/pipeline.h"

G_BEGIN_DECLS

/** lk_issue_check_output: whether @path can be written, before anything is registered;
 * LK_PIPELINE_ERROR_OUTPUT says why not. */
G_GNUC_WARN_UNUSED_RESULT
bool lk_issue_check_output(const char *path, GError **error);

G_END_DECLS

#endif
