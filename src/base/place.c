/* place.c - where the program's own files are, what time it is, which language. */
#include "base/base.h"

#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

#define TEXT_DOMAIN "lakana"

/* --- Data files. -------------------------------------------------------------------
 */

static char *
existing(const char *dir, const char *sub, const char *name)
{
    g_autofree char *path = g_build_filename(dir, sub, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}

char *
lk_data_path(const char *name, GError **error)
{
    char *found = NULL;
    const char *set = g_getenv("LAKANA_DATA");
    if (set != NULL && *set != '\0') {
        found = existing(set, ".", name);
    } else {
        g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
        g_autofree char *bin = exe != NULL ? g_path_get_dirname(exe) : g_strdup(".");
        static const char *const places[] = {".", "..", "../share/lakana"};
        for (size_t i = 0; found == NULL && i < G_N_ELEMENTS(places); i++) {
            found = existing(bin, places[i], name);
        }
    }
    if (found == NULL) {
        g_set_error(error, LK_BASE_ERROR, LK_BASE_ERROR_DATA,
                    _("the program's folder '%s' is missing: run `make` again, or set "
                      "LAKANA_DATA to the folder that holds it"),
                    name);
    }
    return found;
}

char *
lk_now(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
}

/* --- Language. ----------------------------------------------------------------------
 * A bare Debian has no French locale, and gettext translates nothing in the "C" locale.
 * It does in C.UTF-8, which every glibc since 2.35 has, with LANGUAGE naming the
 * language. */

static bool wants_english = false;

void
lk_language_init(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    wants_english = false;
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *value = g_getenv(variables[i]);
        if (value != NULL && *value != '\0') {
            wants_english = g_ascii_strncasecmp(value, "en", 2) == 0;
            break;
        }
    }
    (void)setlocale(LC_ALL, "C.UTF-8");
    g_setenv("LANGUAGE", wants_english ? "en" : "fr", TRUE);
    g_autofree char *locale = lk_data_path("locale", NULL);
    if (locale != NULL) {
        bindtextdomain(TEXT_DOMAIN, locale);
        bind_textdomain_codeset(TEXT_DOMAIN, "UTF-8");
    }
}

const char *
lk_language(void)
{
    return wants_english ? "en" : "fr";
}

const char *
lk_text(const char *msgid)
{
    return *msgid == '\0' ? msgid : dgettext(TEXT_DOMAIN, msgid);
}

const char *
lk_ntext(const char *one, const char *many, unsigned long n)
{
    return dngettext(TEXT_DOMAIN, one, many, n);
}

/* --- The system's errors. -----------------------------------------------------------
 */

static const struct {
    int number;
    GFileError code;
    const char *text;
} system_errors[] = {
    {ENOENT, G_FILE_ERROR_NOENT, N_("no such file or folder")},
    {EACCES, G_FILE_ERROR_ACCES, N_("permission denied")},
    {EPERM, G_FILE_ERROR_PERM, N_("permission denied")},
    {ENOSPC, G_FILE_ERROR_NOSPC, N_("the disk is full")},
    {EDQUOT, G_FILE_ERROR_FAILED, N_("your share of the disk is used up")},
    {EISDIR, G_FILE_ERROR_ISDIR, N_("it is a folder")},
    {ENOTDIR, G_FILE_ERROR_NOTDIR, N_("a part of this path is not a folder")},
    {EEXIST, G_FILE_ERROR_EXIST, N_("it exists already")},
    {EROFS, G_FILE_ERROR_ROFS, N_("this disk can only be read, not written")},
    {EIO, G_FILE_ERROR_IO, N_("the disk or the USB key does not answer")},
    {ENXIO, G_FILE_ERROR_NXIO, N_("the disk or the USB key does not answer")},
    {ENODEV, G_FILE_ERROR_NODEV, N_("the disk or the USB key does not answer")},
    {EMFILE, G_FILE_ERROR_MFILE, N_("too many files are open")},
    {ENFILE, G_FILE_ERROR_NFILE, N_("too many files are open")},
    {ENAMETOOLONG, G_FILE_ERROR_NAMETOOLONG, N_("the name is too long")},
    {ELOOP, G_FILE_ERROR_LOOP, N_("the links go round in a circle")},
    {ENOMEM, G_FILE_ERROR_NOMEM, N_("not enough memory")},
    {EAGAIN, G_FILE_ERROR_AGAIN, N_("too many programs are running")},
    {EFBIG, G_FILE_ERROR_FAILED, N_("the file is too large for this disk")},
};

const char *
lk_errno_text(int number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(system_errors); i++) {
        if (system_errors[i].number == number) {
            return _(system_errors[i].text);
        }
    }
    return g_strerror(number);
}

const char *
lk_error_text(const GError *error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(system_errors); i++) {
        if (system_errors[i].code != G_FILE_ERROR_FAILED &&
            g_error_matches(error, G_FILE_ERROR, (int)system_errors[i].code)) {
            return _(system_errors[i].text);
        }
    }
    return error->message;
}
