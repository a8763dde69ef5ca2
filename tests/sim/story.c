/* story.c - what the files of samples/ say, so that a reader who knows the work finds
 * nothing absurd: a child of seven is not divorced, a file of Mopti is of Mopti. */
#include "tests/sim/sim.h"

#include <string.h>

/* Values among which the answer lies; "" = left empty. Fields that are not here may be
 * given any answer. */
static const struct {
    const char *field, *values;
} story[] = {
    {"etape", "1"},
    {"langue_entretien", "bam ful dogon fra"},
    {"interprete", ""},
    {"accord_par", "parent deux"},
    {"lien_adulte", "mere pere"},
    {"forme_accord", "ecrit"},
    {"accord_services", "oui"},
    {"accord_collecte", "oui"},
    {"accord_partage", "oui"},
    {"accord_recherche", "oui so"},
    {"accord_statistiques", "oui"},
    {"accord_hcr", "so"},
    {"accord_photo", "non"},
    {"partage_avec", "services_sociaux sante education"},
    {"motif_retenue", ""},
    {"masquer_nom", ""},
    {"decision_accord", "accepte partiel"},
    {"partage_sans_accord", ""},
    {"portee_retrait", ""},
    {"region", "05"},
    {"age_estime", ""},
    {"presume_mineur", ""},
    {"nationalite", "mali"},
    {"statut_residence", "resident deplace"},
    {"situation_matrimoniale", ""},
    {"langues", "bam ful dogon fra"},
    {"documents", "acte scolaire"},
    {"handicap", "non"},
    {"type_handicap", ""},
    {"maladie_chronique", "non"},
    {"enceinte_mere", "so"},
    {"statut_pere", "vivant inconnu"},
    {"statut_mere", "vivant"},
    {"statut_protection", "es avec_parents"},
    {"mode_garde", "parents famille_elargie"},
    {"scolarisation", "scolarise descolarise"},
    {"deja_suivi", "non"},
    {"profils", "deplacement famille_vulnerable"},
    {"urgence", "non"},
    {"types_urgence", ""},
    {"requisition", "so"},
    {"procureur_informe", "so"},
    {"actions_urgence.fait", ""},
    {"eligible_programme", "oui"},
    {"eligible_gestion", "oui"},
    {"motifs_non_eligible", ""},
    {"suite", "evaluation"},
    {"risque_percu", "eleve moyen faible"},
    {"gardien_lien", "mere pere tante"},
    {"sources_info", "enfant gardien"},
    {"probleme_principal", "es abandon negligence"},
    {"problemes_secondaires", "orphelin violence_psy"},
    {"type_violence", ""},
    {"lieu_faits", ""},
    {"lien_auteur", ""},
    {"auteur_proche", ""},
    {"faits_anterieurs", ""},
    {"signes", "fatigue peur pleurs"},
    {"facteurs_risque", "hors_communaute sans_acte conflit"},
    {"niveau_risque", "moyen faible"},
    {"alternative_familiale", "famille elargie"},
    {"alternative_detention", "so"},
    {"avis_enfant_recueilli", "oui"},
    {"avis_famille_recueilli", "oui"},
    {"type_suivi", "garde service"},
    {"lieu_suivi", "domicile bureau"},
    {"enfant_vu", "oui"},
    {"motif_non_vu", ""},
    {"personnes_vues", "enfant parent"},
    {"situation.evolution", "mieux stable"},
    {"incident", "non"},
    {"autre_visite", "oui"},
    {"cloture_recommandee", "non"},
};

static const char *
values_for(const char *field)
{
    for (size_t i = 0; i < G_N_ELEMENTS(story); i++) {
        if (strcmp(story[i].field, field) == 0) {
            return story[i].values;
        }
    }
    return NULL;
}

bool
sim_story_allows(const LkLayoutField *field, int option)
{
    const char *values = values_for(field->name);
    if (values == NULL) {
        return true;
    }
    const LkOption *asked = g_ptr_array_index(field->options, (guint)option);
    g_auto(GStrv) allowed = g_strsplit(values, " ", -1);
    return g_strv_contains((const char *const *)allowed, asked->value);
}
