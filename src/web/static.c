/* static.c - the page's own files: src/web/page/, put into the program when it is
 * built. */
#include "web/web-priv.h"

#include <gio/gio.h>
#include <string.h>

/* Made by glib-compile-resources, see the Makefile. */
GResource *lk_page_get_resource(void);

static const char *
type_of(const char *name)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".woff2", "font/woff2"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_suffix(name, types[i][0])) {
            return types[i][1];
        }
    }
    return NULL;
}

static void
send_file(const char *name, LkReply *reply)
{
    g_autofree char *path = g_strconcat("/page/", name, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(
        lk_page_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    const char *type = type_of(name);
    if (bytes == NULL || type == NULL) {
        lk_reply_error(reply, 404, "unknown", _("there is no such file"));
        return;
    }
    lk_reply_bytes(reply, type, bytes);
}

void
lk_handle_home(const LkRequest *request, LkReply *reply)
{
    (void)request;
    send_file("index.html", reply);
}

void
lk_handle_file(const LkRequest *request, LkReply *reply)
{
    g_autofree char *name = g_strjoinv("/", (char **)request->args);
    send_file(name, reply);
}
