/* pdf-cut.c - one page out of a PDF, in a document of its own.
 *
 * Documents share: one dictionary of resources may name the images of a thousand pages,
 * an annotation lead to the form fields of them all. So the page is built anew, out of
 * what its decoding looked at and its contents name; where that cannot be told apart
 * from the rest, there is no cut. */
#include "scan/pdf.h"

#include <stdlib.h>
#include <string.h>

/* Dictionaries and arrays within each other, and forms. */
#define MOST_NESTED 8

/* From the document with the page into the new one. */
typedef struct {
    qpdf_data from, to;
    bool is_drawn;
} Work;

/* --- Copies.
 * --------------------------------------------------------------------------
 */

static qpdf_oh copy(const Work *work, qpdf_oh object, int depth);

static qpdf_oh
copy_dictionary(const Work *work, qpdf_oh object, int depth)
{
    qpdf_oh made = qpdf_oh_new_dictionary(work->to);
    g_autoptr(GPtrArray) keys = lk_pdf_keys(work->from, object);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh value = qpdf_oh_get_key(work->from, object, key);
        qpdf_oh_replace_key(work->to, made, key, copy(work, value, depth));
    }
    return made;
}

static qpdf_oh
copy_array(const Work *work, qpdf_oh object, int depth)
{
    qpdf_oh made = qpdf_oh_new_array(work->to);
    int n = qpdf_oh_get_array_n_items(work->from, object);
    for (int i = 0; i < n; i++) {
        qpdf_oh item = qpdf_oh_get_array_item(work->from, object, i);
        qpdf_oh_append_item(work->to, made, copy(work, item, depth));
    }
    return made;
}

/** An object of its own takes along all that it refers to, but pages. */
static qpdf_oh
copy(const Work *work, qpdf_oh object, int depth)
{
    qpdf_data from = work->from;
    if (depth > MOST_NESTED) {
        return qpdf_oh_new_null(work->to);
    }
    if (qpdf_oh_is_indirect(from, object)) {
        return qpdf_oh_is_null(from, object)
                   ? qpdf_oh_new_null(work->to)
                   : qpdf_oh_copy_foreign_object(work->to, from, object);
    }
    if (qpdf_oh_is_dictionary(from, object)) {
        return copy_dictionary(work, object, depth + 1);
    }
    if (qpdf_oh_is_array(from, object)) {
        return copy_array(work, object, depth + 1);
    }
    return qpdf_oh_parse(work->to, qpdf_oh_unparse(from, object));
}

/* --- Resources.
 * -----------------------------------------------------------------------
 */

static bool
has_subtype(qpdf_data q, qpdf_oh object, const char *name)
{
    qpdf_oh dict = qpdf_oh_is_stream(q, object) ? qpdf_oh_get_dict(q, object) : object;
    return qpdf_oh_is_name_and_equals(q, qpdf_oh_get_key_if_dict(q, dict, "/Subtype"),
                                      name);
}

static bool trim_form(qpdf_data q, qpdf_oh form, int depth);

/** Forms in what was copied: their resources, in turn, keep what they name. */
static bool
trim_objects(qpdf_data q, qpdf_oh objects, GHashTable *names, int depth)
{
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, objects);
    bool fine = true;
    for (guint i = 0; fine && i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh object = qpdf_oh_get_key(q, objects, key);
        if (!g_hash_table_contains(names, key)) {
            qpdf_oh_remove_key(q, objects, key);
        } else if (has_subtype(q, object, "/Form")) {
            fine = trim_form(q, object, depth + 1);
        }
    }
    return fine;
}

/** What draws by itself, out of resources that are not looked into here. */
static bool
draws_by_itself(qpdf_data q, qpdf_oh resources, GHashTable *names)
{
    qpdf_oh patterns = qpdf_oh_get_key_if_dict(q, resources, "/Pattern");
    qpdf_oh states = qpdf_oh_get_key_if_dict(q, resources, "/ExtGState");
    qpdf_oh fonts = qpdf_oh_get_key_if_dict(q, resources, "/Font");
    GHashTableIter each;
    gpointer name = NULL;
    g_hash_table_iter_init(&each, names);
    while (g_hash_table_iter_next(&each, &name, NULL)) {
        qpdf_oh state = qpdf_oh_get_key_if_dict(q, states, name);
        qpdf_oh mask = qpdf_oh_get_key_if_dict(q, state, "/SMask");
        qpdf_oh font = qpdf_oh_get_key_if_dict(q, fonts, name);
        if (qpdf_oh_is_dictionary(q, mask) || has_subtype(q, font, "/Type3") ||
            !qpdf_oh_is_null(q, qpdf_oh_get_key_if_dict(q, patterns, name))) {
            return true;
        }
    }
    return false;
}

static bool
trim_form(qpdf_data q, qpdf_oh form, int depth)
{
    qpdf_oh resources = qpdf_oh_get_key(q, qpdf_oh_get_dict(q, form), "/Resources");
    g_autoptr(GHashTable) names = lk_pdf_form_names(q, form);
    return depth <= MOST_NESTED && names != NULL &&
           qpdf_oh_is_dictionary(q, resources) && /* else the page's */
           !draws_by_itself(q, resources, names) &&
           trim_objects(q, qpdf_oh_get_key(q, resources, "/XObject"), names, depth);
}

/** The named ones of a kind. */
static qpdf_oh
copy_named(const Work *work, qpdf_oh kind, GHashTable *names)
{
    qpdf_oh made = qpdf_oh_new_dictionary(work->to);
    g_autoptr(GPtrArray) keys = lk_pdf_keys(work->from, kind);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        qpdf_oh value = qpdf_oh_get_key(work->from, kind, key);
        if (g_hash_table_contains(names, key)) {
            qpdf_oh_replace_key(work->to, made, key, copy(work, value, 0));
        }
    }
    return made;
}

static bool
put_resources(const Work *work, qpdf_oh page, qpdf_oh made)
{
    /* An image needs no font; text that recognition laid under it is not seen. */
    static const char *const of_image[] = {"/XObject", "/ExtGState", NULL};
    static const char *const of_drawing[] = {"/XObject", "/ExtGState",  "/Font",
                                             "/Shading", "/Properties", NULL};
    qpdf_data from = work->from;
    qpdf_oh old = lk_pdf_inherited(from, page, "/Resources");
    qpdf_oh resources = qpdf_oh_new_dictionary(work->to);
    g_autoptr(GHashTable) names = lk_pdf_page_names(from, page);
    if (names == NULL || (work->is_drawn && draws_by_itself(from, old, names))) {
        return false;
    }
    const char *const *kinds = work->is_drawn ? of_drawing : of_image;
    for (int i = 0; kinds[i] != NULL; i++) {
        qpdf_oh kind = qpdf_oh_get_key_if_dict(from, old, kinds[i]);
        if (qpdf_oh_is_dictionary(from, kind)) {
            qpdf_oh_replace_key(work->to, resources, kinds[i],
                                copy_named(work, kind, names));
        }
    }
    qpdf_oh spaces = qpdf_oh_get_key_if_dict(from, old, "/ColorSpace");
    if (!qpdf_oh_is_null(from, spaces)) { /* by name, and as defaults */
        qpdf_oh_replace_key(work->to, resources, "/ColorSpace", copy(work, spaces, 0));
    }
    qpdf_oh_replace_key(work->to, made, "/Resources", resources);
    return trim_objects(work->to, qpdf_oh_get_key(work->to, resources, "/XObject"),
                        names, 0);
}

/* --- The page.
 * ------------------------------------------------------------------------
 */

static void
put_own(const Work *work, qpdf_oh page, qpdf_oh made)
{
    static const char *const inherited[] = {"/MediaBox", "/CropBox", "/Rotate", NULL};
    static const char *const own[] = {"/Contents", "/UserUnit", "/Group", NULL};
    for (int i = 0; inherited[i] != NULL; i++) {
        qpdf_oh value = lk_pdf_inherited(work->from, page, inherited[i]);
        qpdf_oh_replace_key(work->to, made, inherited[i], copy(work, value, 0));
    }
    for (int i = 0; own[i] != NULL; i++) {
        qpdf_oh value = qpdf_oh_get_key(work->from, page, own[i]);
        qpdf_oh_replace_key(work->to, made, own[i], copy(work, value, 0));
    }
}

/** Layers and annotations are drawn by what stands elsewhere in the document. */
static bool
stands_alone(const Work *work, qpdf_oh page)
{
    qpdf_data q = work->from;
    qpdf_oh notes = qpdf_oh_get_key(q, page, "/Annots");
    return !work->is_drawn ||
           (!qpdf_oh_has_key(q, qpdf_get_root(q), "/OCProperties") &&
            !(qpdf_oh_is_array(q, notes) && qpdf_oh_get_array_n_items(q, notes) > 0));
}

static bool
fill(const Work *work, qpdf_oh page)
{
    qpdf_data to = work->to;
    qpdf_oh made = qpdf_make_indirect_object(to, qpdf_oh_new_dictionary(to));
    qpdf_oh_replace_key(to, made, "/Type", qpdf_oh_new_name(to, "/Page"));
    put_own(work, page, made);
    return put_resources(work, page, made) &&
           (qpdf_add_page(to, to, made, QPDF_FALSE) & QPDF_ERRORS) == 0;
}

static bool
write_to(qpdf_data q, LkCut *cut)
{
    if ((qpdf_init_write_memory(q) & QPDF_ERRORS) != 0) {
        return false;
    }
    qpdf_set_stream_data_mode(q, qpdf_s_preserve);
    qpdf_set_compress_streams(q, QPDF_FALSE);
    qpdf_set_decode_level(q, qpdf_dl_none);
    qpdf_set_object_stream_mode(q, qpdf_o_disable);
    qpdf_set_static_ID(q, QPDF_TRUE); /* nobody asks for it */
    return (qpdf_write(q) & QPDF_ERRORS) == 0 && !qpdf_has_error(q) &&
           lk_cut_put(cut, qpdf_get_buffer(q), qpdf_get_buffer_length(q));
}

/* --- The usual page.
 * ------------------------------------------------------------------
 *
 * One image whose dictionary says all by itself: five objects, written without a
 * document around them. What copiers make is of this kind, and a pile has thousands. */

enum { CATALOG = 1, TREE, PAGE, CONTENTS, IMAGE, N_OBJECTS = IMAGE };

typedef struct {
    qpdf_data qpdf;
    LkCut *cut;
    const LkPdfKept *kept;
    size_t offsets[N_OBJECTS + 1];
    bool is_plain; /* nothing refers to an object that is not written */
} Plain;

static void
put_text(Plain *plain, const char *text)
{
    plain->is_plain = plain->is_plain && lk_cut_put(plain->cut, text, strlen(text));
}

/** " R" is how a reference ends; in a string it costs the short way only. */
static void
put_entry(Plain *plain, const char *key, qpdf_oh value)
{
    if (qpdf_oh_is_null(plain->qpdf, value)) {
        return;
    }
    const char *lent = qpdf_oh_unparse_resolved(plain->qpdf, value);
    g_autofree char *text = g_strdup(lent != NULL ? lent : "");
    plain->is_plain = plain->is_plain && !qpdf_oh_is_stream(plain->qpdf, value) &&
                      strstr(text, " R") == NULL && strstr(text, "/Crypt") == NULL;
    put_text(plain, key);
    put_text(plain, " ");
    put_text(plain, text);
    put_text(plain, "\n");
}

static void
begin_object(Plain *plain, int number)
{
    g_autofree char *text = g_strdup_printf("%d 0 obj\n<< ", number);
    plain->offsets[number] = plain->cut->size;
    put_text(plain, text);
}

static void
put_stream(Plain *plain, const void *bytes, size_t len)
{
    g_autofree char *text = g_strdup_printf("/Length %zu >>\nstream\n", len);
    put_text(plain, text);
    plain->is_plain = plain->is_plain && lk_cut_put(plain->cut, bytes, len);
    put_text(plain, "\nendstream\nendobj\n");
}

static void
put_plain_page(Plain *plain, qpdf_oh page, const char *name, GHashTable *names)
{
    static const char *const inherited[] = {"/MediaBox", "/CropBox", "/Rotate", NULL};
    qpdf_data q = plain->qpdf;
    begin_object(plain, PAGE);
    put_text(plain, "/Type /Page /Parent 2 0 R /Contents 4 0 R\n");
    for (int i = 0; inherited[i] != NULL; i++) {
        put_entry(plain, inherited[i], lk_pdf_inherited(q, page, inherited[i]));
    }
    put_entry(plain, "/UserUnit", qpdf_oh_get_key(q, page, "/UserUnit"));
    put_text(plain, "/Resources << /XObject << ");
    put_text(plain, name);
    put_text(plain, " 5 0 R >> /ExtGState << ");
    qpdf_oh states = qpdf_oh_get_key_if_dict(q, lk_pdf_inherited(q, page, "/Resources"),
                                             "/ExtGState");
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, states);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        if (g_hash_table_contains(names, key)) {
            put_entry(plain, key, qpdf_oh_get_key(q, states, key));
        }
    }
    put_text(plain, ">> >> >>\nendobj\n");
}

static void
put_plain_contents(Plain *plain, qpdf_oh page)
{
    unsigned char *bytes = NULL;
    size_t len = 0;
    QPDF_ERROR_CODE code =
        qpdf_oh_get_page_content_data(plain->qpdf, page, &bytes, &len);
    plain->is_plain = plain->is_plain && (code & QPDF_ERRORS) == 0;
    begin_object(plain, CONTENTS);
    put_stream(plain, bytes, len);
    free(bytes);
}

static void
put_packed(Plain *plain, const uint8_t *bytes, size_t len)
{
    const uint8_t *there = plain->is_plain ? lk_cut_find(plain->cut, bytes, len) : NULL;
    put_stream(plain, there != NULL ? there : bytes, len);
}

static void
put_plain_image(Plain *plain, qpdf_oh image)
{
    qpdf_data q = plain->qpdf;
    qpdf_oh dict = qpdf_oh_get_dict(q, image);
    g_autoptr(GPtrArray) keys = lk_pdf_keys(q, dict);
    begin_object(plain, IMAGE);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        if (strcmp(key, "/Length") != 0 && strcmp(key, "/Metadata") != 0) {
            put_entry(plain, key, qpdf_oh_get_key(q, dict, key));
        }
    }
    if (plain->kept->id != 0 && plain->kept->id == qpdf_oh_get_object_id(q, image) &&
        plain->kept->generation == qpdf_oh_get_generation(q, image)) {
        put_packed(plain, plain->kept->bytes, plain->kept->len);
        return;
    }
    unsigned char *bytes = NULL;
    size_t len = 0;
    QPDF_BOOL filtered = QPDF_FALSE;
    QPDF_ERROR_CODE code =
        qpdf_oh_get_stream_data(q, image, qpdf_dl_none, &filtered, &bytes, &len);
    plain->is_plain = plain->is_plain && (code & QPDF_ERRORS) == 0;
    put_packed(plain, bytes, len);
    free(bytes);
}

static void
put_table(Plain *plain)
{
    size_t at = plain->cut->size;
    put_text(plain, "xref\n0 6\n0000000000 65535 f \n");
    for (int i = 1; i <= N_OBJECTS; i++) {
        g_autofree char *line = g_strdup_printf("%010zu 00000 n \n", plain->offsets[i]);
        put_text(plain, line);
    }
    g_autofree char *end = g_strdup_printf(
        "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", at);
    put_text(plain, end);
}

/** The one image that the contents name, or NULL; of plain characters only. */
static char *
only_image(qpdf_data q, qpdf_oh objects, GHashTable *names)
{
    g_autofree char *found = NULL;
    GHashTableIter each;
    gpointer name = NULL;
    g_hash_table_iter_init(&each, names);
    while (g_hash_table_iter_next(&each, &name, NULL)) {
        if (!qpdf_oh_has_key(q, objects, name)) {
            continue;
        }
        const char *text = name;
        size_t plain = strspn(text + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.+");
        if (found != NULL || text[1 + plain] != '\0') {
            return NULL;
        }
        found = g_strdup(text);
    }
    return g_steal_pointer(&found);
}

/** A colour space with a name of its own is looked up in the page's resources. */
static bool
names_its_colours(qpdf_data q, qpdf_oh image)
{
    qpdf_oh space = qpdf_oh_get_key(q, qpdf_oh_get_dict(q, image), "/ColorSpace");
    return !qpdf_oh_is_name(q, space) ||
           g_str_has_prefix(qpdf_oh_get_name(q, space), "/Device");
}

static bool
cut_plain(qpdf_data q, qpdf_oh page, const LkPdfKept *kept, LkCut *cut)
{
    g_autoptr(GHashTable) names = lk_pdf_page_names(q, page);
    qpdf_oh objects =
        qpdf_oh_get_key_if_dict(q, lk_pdf_inherited(q, page, "/Resources"), "/XObject");
    g_autofree char *name = names != NULL && qpdf_oh_is_dictionary(q, objects)
                                ? only_image(q, objects, names)
                                : NULL;
    qpdf_oh image =
        name != NULL ? qpdf_oh_get_key(q, objects, name) : qpdf_oh_new_null(q);
    if (name == NULL || !qpdf_oh_is_stream(q, image) || !names_its_colours(q, image)) {
        return false;
    }
    Plain plain = {.qpdf = q, .cut = cut, .kept = kept, .is_plain = true};
    put_text(&plain, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    begin_object(&plain, CATALOG);
    put_text(&plain, "/Type /Catalog /Pages 2 0 R >>\nendobj\n");
    begin_object(&plain, TREE);
    put_text(&plain, "/Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    put_plain_page(&plain, page, name, names);
    put_plain_contents(&plain, page);
    put_plain_image(&plain, image);
    put_table(&plain);
    return plain.is_plain && !qpdf_has_error(q);
}

bool
lk_pdf_cut(qpdf_data qpdf, qpdf_oh page, bool is_drawn, const LkPdfKept *kept,
           LkCut *cut)
{
    lk_pdf_forget(qpdf);
    if (!is_drawn && cut_plain(qpdf, page, kept, cut)) {
        return true;
    }
    lk_cut_clear(cut);
    Work work = {.from = qpdf, .to = qpdf_init(), .is_drawn = is_drawn};
    qpdf_silence_errors(work.to);
    qpdf_set_suppress_warnings(work.to, QPDF_TRUE);
    lk_pdf_forget(qpdf);
    bool done = stands_alone(&work, page) &&
                (qpdf_empty_pdf(work.to) & QPDF_ERRORS) == 0 && fill(&work, page) &&
                !qpdf_has_error(work.to) && !qpdf_has_error(qpdf) &&
                write_to(work.to, cut);
    lk_pdf_forget(work.to);
    qpdf_cleanup(&work.to);
    return done;
}
