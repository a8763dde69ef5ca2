/* salvage.c - a copier writes a PDF in one go, its table of contents last: a copy that
 * broke off has whole pages and no way to them but looking. */
#include "scan/salvage.h"

#include <stdlib.h>
#include <string.h>

/* Longer than any image dictionary with its palette. */
#define MAX_DICT 4096

/* Smaller images are logos and thumbnails. */
#define MIN_SIDE 400

static const uint8_t *
find(const uint8_t *from, const uint8_t *end, const char *word)
{
    return from < end ? memmem(from, (size_t)(end - from), word, strlen(word)) : NULL;
}

/** The number after @key, or -1; references ("12 0 R") are numbers too, see below. */
static long
number_after(const char *dict, const char *key)
{
    const char *at = dict;
    size_t n = strlen(key);
    while ((at = strstr(at, key)) != NULL) {
        at += n;
        if (g_ascii_isspace(*at)) {
            return strtol(at, NULL, 10);
        }
    }
    return -1;
}

static bool
is_page_image(const char *dict)
{
    return strstr(dict, "/Image") != NULL && strstr(dict, "/SMask") == NULL &&
           (strstr(dict, "/DCTDecode") != NULL ||
            strstr(dict, "/CCITTFaxDecode") != NULL) &&
           number_after(dict, "/Width") >= MIN_SIDE &&
           number_after(dict, "/Height") >= MIN_SIDE;
}

/** Where the stream's data end: by /Length if "endstream" is there, else by looking. */
static const uint8_t *
data_end(const char *dict, const uint8_t *data, const uint8_t *end)
{
    static const char word[] = "endstream";
    long length = number_after(dict, "/Length");
    if (length > 0 && length < end - data) {
        const uint8_t *near = data + length;
        const uint8_t *limit = MIN(end, near + sizeof word + 2);
        if (find(near, limit, word) != NULL) {
            return near;
        }
    }
    return find(data, end, word);
}

GArray *
lk_salvage_find(const uint8_t *data, size_t len)
{
    GArray *images = g_array_new(FALSE, FALSE, sizeof(LkLostImage));
    const uint8_t *end = data + len;
    const uint8_t *at = data;
    while ((at = find(at, end, " obj")) != NULL) {
        at += strlen(" obj");
        const uint8_t *limit = MIN(end, at + MAX_DICT);
        const uint8_t *open = find(at, limit, "<<");
        const uint8_t *stream = find(at, limit, "stream");
        if (open == NULL || stream == NULL || open > stream ||
            find(at, stream, "endobj") != NULL) {
            continue; /* an object without a stream */
        }
        g_autofree char *dict = g_strndup((const char *)open, (gsize)(stream - open));
        if (!is_page_image(dict)) {
            continue;
        }
        const uint8_t *body = stream + strlen("stream");
        body += body < end && *body == '\r';
        body += body < end && *body == '\n';
        const uint8_t *close = data_end(dict, body, end);
        if (close == NULL) {
            break; /* this one is cut off, and with it the rest */
        }
        LkLostImage image = {(size_t)(open - data), (size_t)(stream - open),
                             (size_t)(body - data), (size_t)(close - body)};
        g_array_append_val(images, image);
        at = close;
    }
    return images;
}

char *
lk_salvage_dict(const uint8_t *data, const LkLostImage *image)
{
    g_autofree char *text =
        g_strndup((const char *)data + image->dict, (gsize)image->dict_len);
    g_autoptr(GRegex) reference =
        g_regex_new("\\b\\d+\\s+\\d+\\s+R\\b", G_REGEX_RAW, 0, NULL);
    return g_regex_replace_literal(reference, text, -1, 0, " null ", 0, NULL);
}
