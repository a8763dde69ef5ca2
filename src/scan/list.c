/* list.c - the files in what the user named, in the order a person expects. */
#include "scan/scan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Deeper than any filing; a bind mount may make a loop. */
#define MAX_DEPTH 32

/** Digits by value, so that page2 comes before page10; the rest byte by byte. */
static int
compare_natural(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        if (g_ascii_isdigit(*a) && g_ascii_isdigit(*b)) {
            a += strspn(a, "0");
            b += strspn(b, "0");
            size_t n = strspn(a, "0123456789");
            size_t m = strspn(b, "0123456789");
            int order = n != m ? (n < m ? -1 : 1) : strncmp(a, b, n);
            if (order != 0) {
                return order;
            }
            a += n;
            b += m;
        } else {
            int order = g_ascii_tolower(*a) - g_ascii_tolower(*b);
            if (order != 0) {
                return order;
            }
            a++;
            b++;
        }
    }
    return (int)(unsigned char)*a - (int)(unsigned char)*b;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    const char *one = *(const char *const *)a;
    const char *other = *(const char *const *)b;
    int order = compare_natural(one, other);
    return order != 0 ? order : strcmp(one, other);
}

static bool
add_folder(GPtrArray *files, const char *path, int depth, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &problem);
    if (dir == NULL) {
        g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN,
                    _("%s: the folder cannot be opened: %s"), path,
                    lk_error_text(problem));
        return false;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        if (*name != '.') {
            g_ptr_array_add(names, g_strdup(name));
        }
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *child =
            g_build_filename(path, g_ptr_array_index(names, i), NULL);
        struct stat about;
        if (lstat(child, &about) != 0) {
            continue; /* gone since */
        }
        if (S_ISDIR(about.st_mode)) {
            if (depth < MAX_DEPTH && !add_folder(files, child, depth + 1, error)) {
                return false;
            }
        } else if (S_ISREG(about.st_mode) ||
                   (S_ISLNK(about.st_mode) &&
                    g_file_test(child, G_FILE_TEST_IS_REGULAR))) {
            g_ptr_array_add(files, g_steal_pointer(&child));
        }
    }
    return true;
}

GPtrArray *
lk_scan_list(const char *const *paths, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    for (; *paths != NULL; paths++) {
        struct stat about;
        if (stat(*paths, &about) != 0) {
            int reason = errno;
            g_set_error(error, LK_SCAN_ERROR, LK_SCAN_ERROR_OPEN, _("%s: %s"), *paths,
                        lk_errno_text(reason));
            return NULL;
        }
        if (!S_ISDIR(about.st_mode)) {
            g_ptr_array_add(files, g_strdup(*paths));
        } else if (!add_folder(files, *paths, 0, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&files);
}
