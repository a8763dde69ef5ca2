/* tool-stages.c - decodes and reads the pages of a file in one process, unconfined, for
 * those who count instructions: tool-stages FILE
 *
 *   valgrind --tool=callgrind build/tool-stages FILE
 *
 * Layouts are those of the program's own templates. Prints pages read and a hash of all
 * readings, so that a faster way can be told from another way. */
#include "pipeline/pipeline.h"
#include "read/read.h"
#include "scan/decode.h"

#include <stdio.h>

static const LkLayout *
give_layout(const char *id, void *stationery)
{
    return lk_stationery_find(stationery, id);
}

static void
hash_ink(GChecksum *sum, const GArray *areas)
{
    for (guint i = 0; i < areas->len; i++) {
        const LkInkReading *ink = &g_array_index(areas, LkInkReading, i);
        g_checksum_update(sum, (const guchar *)&ink->ink, sizeof ink->ink);
        g_checksum_update(sum, ink->profile, sizeof ink->profile);
    }
}

static void
hash_reading(GChecksum *sum, const LkReading *reading)
{
    g_checksum_update(sum, (const guchar *)reading->to_image, sizeof reading->to_image);
    g_checksum_update(sum, (const guchar *)&reading->reasons, sizeof reading->reasons);
    for (guint i = 0; i < reading->boxes->len; i++) {
        const LkBoxReading *box = &g_array_index(reading->boxes, LkBoxReading, i);
        g_checksum_update(sum, (const guchar *)&box->state, sizeof box->state);
        g_checksum_update(sum, (const guchar *)&box->score, sizeof box->score);
        g_checksum_update(sum, (const guchar *)&box->confidence,
                          sizeof box->confidence);
    }
    hash_ink(sum, reading->cells);
    hash_ink(sum, reading->writing);
}

static int
read_pages(LkReader *reader, const LkInput *input, GChecksum *sum, GError **error)
{
    const LkFormat *format = lk_format_of(input->data, input->len, error);
    int n_pages = 0, n_read = 0;
    g_autoptr(GError) rest = NULL;
    void *state = format != NULL ? format->open(input, &n_pages, &rest, error) : NULL;
    if (state == NULL) {
        return -1;
    }
    g_autofree uint8_t *memory = g_malloc(lk_canvas_capacity(input->limits));
    for (int i = 0; i < n_pages; i++) {
        LkCanvas canvas = {.limits = input->limits, .memory = memory};
        if (format->page(state, i, &canvas, NULL)) {
            g_autoptr(LkReading) reading = lk_reader_read(reader, &canvas.image);
            hash_reading(sum, reading);
            n_read += reading->outcome == LK_OUTCOME_READ;
        }
        lk_canvas_drop(&canvas);
    }
    format->close(state);
    return n_read;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LkStationery) stationery = lk_stationery_load(&error);
    g_autoptr(GMappedFile) file = stationery != NULL && argc == 2
                                      ? g_mapped_file_new(argv[1], FALSE, &error)
                                      : NULL;
    if (file == NULL) {
        g_printerr("tool-stages: %s\n", error != NULL ? error->message : "one FILE");
        return 1;
    }
    LkReadHost host = {give_layout, NULL, stationery};
    g_autoptr(LkReader) reader = lk_reader_new(&host, &error);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
    LkInput input = {(const uint8_t *)g_mapped_file_get_contents(file),
                     g_mapped_file_get_length(file), &lk_scan_limits_default, false};
    int n = reader != NULL ? read_pages(reader, &input, sum, &error) : -1;
    if (n < 0) {
        g_printerr("tool-stages: %s\n", error->message);
        return 1;
    }
    printf("%d %s\n", n, g_checksum_get_string(sum));
    return 0;
}
