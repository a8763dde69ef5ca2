/* tiff-cut.c - one page out of a TIFF: its directory and its strips, byte for byte.
 *
 * The directory's entries (TIFF 6.0, section 2) are copied as they are, whatever they
 * mean to the decoder; only the strips (or tiles) move, and are listed anew as libtiff
 * understood them. Entries that point to more directories are left out: they belong to
 * other pages, or to nobody. */
#include "scan/tiff.h"

/* Sizes of an ordinary TIFF's numbers, and of a BigTIFF's. */
typedef struct {
    unsigned header, count, word, entry;
} Shape;

static const Shape ordinary = {8, 2, 4, 12};
static const Shape big = {16, 8, 8, 20};

enum { SHORT = 3, LONG = 4, IFD = 13, LONG8 = 16, IFD8 = 18 };

typedef struct {
    uint64_t tag, type, count;
    uint64_t from, size; /* of its values in the file; size alone for the strips' */
} Entry;

typedef struct {
    const LkInput *input;
    TIFF *tiff;
    LkCut *cut;
    const Shape *shape;
    bool little;
    GArray *entries; /* Entry, by tag */
    uint32_t n_strips;
    uint64_t data; /* where the strips begin, in the page's file */
} Work;

static const unsigned sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                 8, 4, 8, 4, 0, 0, 8, 8, 8};

static bool
put(const Work *work, uint64_t value, unsigned bytes)
{
    uint8_t text[8];
    for (unsigned i = 0; i < bytes; i++) {
        unsigned shift = 8 * (work->little ? i : bytes - 1 - i);
        text[i] = (uint8_t)(value >> shift);
    }
    return lk_cut_put(work->cut, text, bytes);
}

/* --- What goes in.
 * --------------------------------------------------------------------
 */

static bool
is_of_strips(uint64_t tag)
{
    return tag == TIFFTAG_STRIPOFFSETS || tag == TIFFTAG_STRIPBYTECOUNTS ||
           tag == TIFFTAG_ROWSPERSTRIP || tag == TIFFTAG_TILEOFFSETS ||
           tag == TIFFTAG_TILEBYTECOUNTS;
}

static bool
is_pointer(const Entry *entry)
{
    return entry->type == IFD || entry->type == IFD8 || entry->tag == TIFFTAG_SUBIFD ||
           entry->tag == TIFFTAG_EXIFIFD || entry->tag == TIFFTAG_GPSIFD ||
           entry->tag == TIFFTAG_JPEGIFOFFSET || entry->tag == TIFFTAG_JPEGIFBYTECOUNT;
}

/* Entry @at of the file's directory; false if its values are not in the file. */
static bool
read_entry(const Work *work, uint64_t at, Entry *entry)
{
    unsigned word = work->shape->word;
    *entry = (Entry){.tag = lk_tiff_number(work->input, at, 2),
                     .type = lk_tiff_number(work->input, at + 2, 2),
                     .count = lk_tiff_number(work->input, at + 4, word),
                     .from = at + 4 + word};
    if (entry->type >= G_N_ELEMENTS(sizes) || entry->count > work->input->len) {
        return false;
    }
    entry->size = entry->count * sizes[entry->type];
    if (entry->size > word) {
        entry->from = lk_tiff_number(work->input, entry->from, word);
    }
    return entry->from <= work->input->len &&
           entry->size <= work->input->len - entry->from;
}

static bool
read_entries(Work *work)
{
    const Shape *shape = work->shape;
    uint64_t at = TIFFCurrentDirOffset(work->tiff);
    uint64_t n = lk_tiff_number(work->input, at, shape->count);
    at += shape->count;
    if (n > work->input->len / shape->entry || n > UINT16_MAX) {
        return false;
    }
    for (; n > 0; n--, at += shape->entry) {
        Entry entry;
        if (!read_entry(work, at, &entry)) {
            return false;
        }
        if (!is_of_strips(entry.tag) && !is_pointer(&entry)) {
            g_array_append_val(work->entries, entry);
        }
    }
    return true;
}

static void
add(Work *work, uint64_t tag, uint64_t type, uint64_t count)
{
    Entry entry = {.tag = tag, .type = type, .count = count};
    entry.size = count * sizes[type];
    g_array_append_val(work->entries, entry);
}

static void
add_strips(Work *work)
{
    bool tiled = TIFFIsTiled(work->tiff) != 0;
    uint64_t type = work->shape == &big ? LONG8 : LONG;
    work->n_strips =
        tiled ? TIFFNumberOfTiles(work->tiff) : TIFFNumberOfStrips(work->tiff);
    add(work, tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS, type, work->n_strips);
    add(work, tiled ? TIFFTAG_TILEBYTECOUNTS : TIFFTAG_STRIPBYTECOUNTS, type,
        work->n_strips);
    if (!tiled) {
        add(work, TIFFTAG_ROWSPERSTRIP, LONG, 1);
    }
}

static gint
compare_tags(gconstpointer a, gconstpointer b)
{
    uint64_t one = ((const Entry *)a)->tag;
    uint64_t other = ((const Entry *)b)->tag;
    return (one > other) - (one < other);
}

/* --- What comes out: header, directory, longer values, strips.
 * ------------------------
 */

static bool
put_header(const Work *work)
{
    const Shape *shape = work->shape;
    bool fine = lk_cut_put(work->cut, work->little ? "II" : "MM", 2) &&
                put(work, shape == &big ? 43 : 42, 2);
    if (shape == &big) {
        fine = fine && put(work, 8, 2) && put(work, 0, 2);
    }
    return fine && put(work, shape->header, shape->word);
}

static bool
put_strip_values(const Work *work, const Entry *entry)
{
    unsigned bytes = sizes[entry->type];
    if (entry->tag == TIFFTAG_ROWSPERSTRIP) {
        uint32_t rows = 0;
        (void)TIFFGetFieldDefaulted(work->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
        return put(work, rows, bytes);
    }
    bool offsets =
        entry->tag == TIFFTAG_STRIPOFFSETS || entry->tag == TIFFTAG_TILEOFFSETS;
    uint64_t at = work->data;
    bool fine = true;
    for (uint32_t i = 0; fine && i < work->n_strips; i++) {
        uint64_t size = TIFFGetStrileByteCount(work->tiff, i);
        fine = put(work, offsets ? at : size, bytes);
        at += size;
    }
    return fine;
}

static bool
put_values(const Work *work, const Entry *entry)
{
    return is_of_strips(entry->tag)
               ? put_strip_values(work, entry)
               : lk_cut_put(work->cut, work->input->data + entry->from, entry->size);
}

/* The values themselves where they are short, filled up; else where they will be. */
static bool
put_entry(const Work *work, const Entry *entry, uint64_t *next)
{
    unsigned word = work->shape->word;
    bool fine = put(work, entry->tag, 2) && put(work, entry->type, 2) &&
                put(work, entry->count, word);
    if (entry->size > word) {
        fine = fine && put(work, *next, word);
        *next += entry->size;
    } else {
        fine = fine && put_values(work, entry) &&
               put(work, 0, word - (unsigned)entry->size);
    }
    return fine;
}

static bool
put_directory(Work *work)
{
    const Shape *shape = work->shape;
    uint64_t next = shape->header + shape->count +
                    (uint64_t)work->entries->len * shape->entry + shape->word;
    work->data = next;
    for (guint i = 0; i < work->entries->len; i++) {
        const Entry *entry = &g_array_index(work->entries, Entry, i);
        work->data += entry->size > shape->word ? entry->size : 0;
    }
    bool fine = put(work, work->entries->len, shape->count);
    for (guint i = 0; fine && i < work->entries->len; i++) {
        fine = put_entry(work, &g_array_index(work->entries, Entry, i), &next);
    }
    fine = fine && put(work, 0, shape->word);
    for (guint i = 0; fine && i < work->entries->len; i++) {
        const Entry *entry = &g_array_index(work->entries, Entry, i);
        fine = entry->size <= shape->word || put_values(work, entry);
    }
    return fine;
}

static bool
put_strips(const Work *work)
{
    bool fine = true;
    for (uint32_t i = 0; fine && i < work->n_strips; i++) {
        uint64_t at = TIFFGetStrileOffset(work->tiff, i);
        uint64_t size = TIFFGetStrileByteCount(work->tiff, i);
        fine = at <= work->input->len && size <= work->input->len - at &&
               lk_cut_put(work->cut, work->input->data + at, size);
    }
    return fine;
}

bool
lk_tiff_cut(const LkInput *input, TIFF *tiff, LkCut *cut)
{
    uint16_t compression = COMPRESSION_NONE;
    (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    if (compression == COMPRESSION_OJPEG) {
        return false; /* its entries are offsets */
    }
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    Work work = {.input = input,
                 .tiff = tiff,
                 .cut = cut,
                 .shape = lk_tiff_number(input, 2, 2) == 43 ? &big : &ordinary,
                 .little = input->data[0] == 'I',
                 .entries = entries};
    if (!read_entries(&work)) {
        return false;
    }
    add_strips(&work);
    g_array_sort(entries, compare_tags);
    return work.n_strips <= cut->capacity / sizeof(uint64_t) && put_header(&work) &&
           put_directory(&work) && put_strips(&work);
}
