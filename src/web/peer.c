/* peer.c - whose program is at the other end of a connection.
 *
 * Every user of a computer reaches its loopback address. Cookies are not parted by
 * port, so another user who makes this browser visit a page served here gets the
 * station's cookie with the request. It opens nothing: the system tells who owns the
 * other end, and only programs of the station's own user are let in. */
#include "web/web-priv.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A table of many thousand connections would be a computer of another kind. */
#define LINES_MAX 100000

/* Of "0100007F:A2F1". */
static bool
read_port(const char *end, guint64 *port)
{
    const char *colon = strchr(end, ':');
    return colon != NULL &&
           g_ascii_string_to_unsigned(colon + 1, 16, 0, G_MAXUINT16, port, NULL);
}

/* "   3: 0100007F:A2F1 0100007F:1F90 01 …:… …:… …  1000 …": number, the end it is
 * about, the other end, state, two queues, a timer, retransmissions, user. */
static bool
read_owner(char *line, guint64 *from, guint64 *to, guint64 *user)
{
    enum { FROM = 1, TO = 2, USER = 7 };
    const char *words[USER + 1];
    char *rest = line;
    for (int i = 0; i <= USER; i++) {
        words[i] = strtok_r(rest, " ", &rest);
        if (words[i] == NULL) {
            return false;
        }
    }
    return read_port(words[FROM], from) && read_port(words[TO], to) &&
           g_ascii_string_to_unsigned(words[USER], 10, 0, G_MAXUINT32, user, NULL);
}

bool
lk_peer_is_ours(const char *table, int peer_port, int our_port)
{
    FILE *file = fopen(table, "re");
    if (file == NULL) {
        return true; /* a system that does not tell: token and cookie remain */
    }
    char line[512];
    bool is_ours = false;
    for (int i = 0; i < LINES_MAX && fgets(line, sizeof line, file) != NULL; i++) {
        guint64 from = 0;
        guint64 to = 0;
        guint64 user = 0;
        if (read_owner(line, &from, &to, &user) && from == (guint64)peer_port &&
            to == (guint64)our_port) {
            is_ours = user == geteuid();
            break;
        }
    }
    (void)fclose(file);
    return is_ours;
}
