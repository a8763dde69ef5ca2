/* private.c - words that others must not see: from the terminal or a file, wiped after
 * use. */
#include "cli/cli.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES 65536

char *
lk_cli_ask(const char *question)
{
    if (isatty(STDIN_FILENO) != 0) {
        fprintf(stderr, "%s", question);
        (void)fflush(stderr);
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t len = getline(&line, &size, stdin);
    char *answer = len >= 0 ? g_strndup(line, strcspn(line, "\r\n")) : NULL;
    if (line != NULL) {
        explicit_bzero(line, size);
    }
    free(line);
    return answer;
}

char *
lk_cli_read_private(const char *path, size_t *size, GError **error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *bytes = g_malloc0(MAX_BYTES + 2);
    *size = file != NULL ? fread(bytes, 1, MAX_BYTES + 1, file) : 0;
    bool failed = file == NULL || ferror(file) != 0;
    if (file != NULL && file != stdin) {
        (void)fclose(file);
    }
    if (failed || *size > MAX_BYTES) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_FILE,
                    failed ? _("%s: cannot be read") : _("%s: longer than 64 KiB"),
                    path);
        explicit_bzero(bytes, MAX_BYTES + 2);
        g_free(bytes);
        return NULL;
    }
    return bytes;
}
