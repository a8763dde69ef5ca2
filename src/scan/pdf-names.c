/* pdf-names.c - what a page of a PDF says and names, with what it inherits. */
#include "scan/pdf.h"

#include <stdlib.h>
#include <string.h>

qpdf_oh
lk_pdf_inherited(qpdf_data q, qpdf_oh page, const char *key)
{
    qpdf_oh node = page;
    for (int i = 0; i < LK_PDF_MAX_PARENTS && qpdf_oh_is_dictionary(q, node); i++) {
        qpdf_oh value = qpdf_oh_get_key(q, node, key);
        if (!qpdf_oh_is_null(q, value)) {
            return value;
        }
        node = qpdf_oh_get_key(q, node, "/Parent");
    }
    return qpdf_oh_new_null(q);
}

GPtrArray *
lk_pdf_keys(qpdf_data q, qpdf_oh dict)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    if (qpdf_oh_is_dictionary(q, dict)) {
        qpdf_oh_begin_dict_key_iter(q, dict);
        while (qpdf_oh_dict_more_keys(q)) {
            g_ptr_array_add(keys, g_strdup(qpdf_oh_dict_next_key(q)));
        }
    }
    return keys;
}

/* --- Names in content streams.
 * --------------------------------------------------------
 */

/** A name ends at white space or a delimiter (7.2.2). */
static bool
is_in_name(uint8_t c)
{
    return c > ' ' && strchr("()<>[]{}/%", c) == NULL;
}

/** Two hexadecimal digits after # are a character (7.3.5). */
static char *
unescaped(const uint8_t *name, size_t len)
{
    GString *text = g_string_sized_new(len + 1);
    g_string_append_c(text, '/');
    for (size_t i = 0; i < len; i++) {
        int high = name[i] == '#' && i + 2 < len
                       ? g_ascii_xdigit_value((char)name[i + 1])
                       : -1;
        int low = high >= 0 ? g_ascii_xdigit_value((char)name[i + 2]) : -1;
        if (low >= 0) {
            g_string_append_c(text, (char)(high * 16 + low));
            i += 2;
        } else {
            g_string_append_c(text, (char)name[i]);
        }
    }
    return g_string_free(text, FALSE);
}

GHashTable *
lk_pdf_names(const uint8_t *content, size_t len)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const uint8_t *end = content + len;
    const uint8_t *at = len > 0 ? memchr(content, '/', len) : NULL;
    while (at != NULL) {
        const uint8_t *from = ++at;
        while (at < end && is_in_name(*at)) {
            at++;
        }
        g_hash_table_add(names, unescaped(from, (size_t)(at - from)));
        at = at < end ? memchr(at, '/', (size_t)(end - at)) : NULL;
    }
    return names;
}

GHashTable *
lk_pdf_page_names(qpdf_data q, qpdf_oh page)
{
    unsigned char *content = NULL;
    size_t len = 0;
    GHashTable *names = NULL;
    if ((qpdf_oh_get_page_content_data(q, page, &content, &len) & QPDF_ERRORS) == 0) {
        names = lk_pdf_names(content, len);
    }
    free(content);
    return names;
}

GHashTable *
lk_pdf_form_names(qpdf_data q, qpdf_oh form)
{
    unsigned char *content = NULL;
    size_t len = 0;
    QPDF_BOOL filtered = QPDF_FALSE;
    QPDF_ERROR_CODE code = qpdf_oh_get_stream_data(q, form, qpdf_dl_generalized,
                                                   &filtered, &content, &len);
    GHashTable *names =
        (code & QPDF_ERRORS) == 0 && filtered ? lk_pdf_names(content, len) : NULL;
    free(content);
    return names;
}
