/* classifier.h - a second judge of boxes: a small convolutional network that looks at
 * the box and 12 mm around it, and was trained on simulated pages.
 *
 * It knows nothing of the rules in decide.c, and they nothing of it: what both say is
 * believed, what one doubts goes to a person. */
#ifndef LK_READ_CLASSIFIER_H
#define LK_READ_CLASSIFIER_H

#include "read/mark.h"

typedef struct LkClassifier LkClassifier;

/** lk_classifier_new: (transfer full): never NULL. */
LkClassifier *lk_classifier_new(void);
void lk_classifier_free(LkClassifier *classifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LkClassifier, lk_classifier_free)

/**
 * lk_classifier_judge:
 * @habit: of the writer, from the whole page
 *
 * Four convolutions of 3 x 3 that halve the view, two dense layers, softmax (LeCun et
 * al., "Gradient-based learning applied to document recognition",
 * doi:10.1109/5.726791). Trained by tests/train/classifier.py; same weights, same
 * answer, up to the last bits of floating point.
 */
LkMarkOdds lk_classifier_judge(const LkClassifier *classifier, const LkMarkView *view,
                               const LkMarkHabit *habit);

#endif
