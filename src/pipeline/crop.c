/* crop.c - pictures of filed pages for who looks at them; those opened of late are kept
 * in memory, bounded, and wiped. */
#include "pipeline/cut.h"
#include "pipeline/filed.h"

#include <string.h>
#include <sys/mman.h>

#define AROUND_MM 2.5 /* of a single box */
/* Of a question: its words stand above and its options' to the right; in a table its
 * words stand to the left, and what is to the right answers something else. */
#define ABOVE_MM 6.0
#define BESIDE_MM 3.0
#define OPTION_MM 42.0
#define ROW_MM 45.0

/* One page or one crop of it, kept for one person. */
typedef struct {
    char *login; /* "" in an office without keys */
    char *key;
    LkImage image; /* of a page: pixels are of its own */
    GBytes *png;   /* of a crop */
    size_t size;
    guint64 used; /* when, in requests */
} Kept;

struct LkCrops {
    LkStore *store;
    GPtrArray *kept;
    GHashTable *layouts; /* id -> LkLayout */
    size_t size, max;
    guint64 now;
};

/* --- Memory that a decoder, which is forked, does not get, nor a core dump. ---------
 */

/* (transfer full): NULL if there is none. */
static uint8_t *
hidden_from(const void *bytes, size_t size)
{
    void *hidden =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (hidden == MAP_FAILED) {
        return NULL;
    }
    (void)madvise(hidden, size, MADV_DONTFORK);
    (void)madvise(hidden, size, MADV_DONTDUMP);
    memcpy(hidden, bytes, size);
    return hidden;
}

static void
hidden_free(uint8_t *hidden, size_t size)
{
    if (hidden != NULL) {
        explicit_bzero(hidden, size);
        (void)munmap(hidden, size);
    }
}

/* --- Life and death. ----------------------------------------------------------------
 */

static void
free_kept(gpointer data)
{
    Kept *kept = data;
    hidden_free((uint8_t *)kept->image.pixels,
                kept->image.stride * (size_t)kept->image.height);
    g_clear_pointer(&kept->png, g_bytes_unref);
    g_free(kept->login);
    g_free(kept->key);
    g_free(kept);
}

static void
free_layout(gpointer layout)
{
    lk_layout_free(layout);
}

LkCrops *
lk_crops_new(LkStore *store, size_t max_bytes)
{
    g_return_val_if_fail(store != NULL, NULL);
    LkCrops *crops = g_new0(LkCrops, 1);
    crops->store = store;
    crops->max = max_bytes;
    crops->kept = g_ptr_array_new_with_free_func(free_kept);
    crops->layouts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_layout);
    return crops;
}

void
lk_crops_free(LkCrops *crops)
{
    if (crops != NULL) {
        g_ptr_array_unref(crops->kept);
        g_hash_table_unref(crops->layouts);
        g_free(crops);
    }
}

size_t
lk_crops_size(const LkCrops *crops)
{
    return crops->size;
}

/* --- Keeping. -----------------------------------------------------------------------
 */

static void
let_go(LkCrops *crops, guint at)
{
    const Kept *kept = g_ptr_array_index(crops->kept, at);
    crops->size -= kept->size;
    g_ptr_array_remove_index_fast(crops->kept, at);
}

void
lk_crops_forget(LkCrops *crops, const char *login)
{
    const char *whose = login != NULL ? login : "";
    for (guint i = crops->kept->len; i > 0; i--) {
        const Kept *kept = g_ptr_array_index(crops->kept, i - 1);
        if (strcmp(kept->login, whose) == 0) {
            let_go(crops, i - 1);
        }
    }
}

static Kept *
find(LkCrops *crops, const char *login, const char *key)
{
    for (guint i = 0; i < crops->kept->len; i++) {
        Kept *kept = g_ptr_array_index(crops->kept, i);
        if (strcmp(kept->key, key) == 0 && strcmp(kept->login, login) == 0) {
            kept->used = ++crops->now;
            return kept;
        }
    }
    return NULL;
}

static void
make_room(LkCrops *crops)
{
    while (crops->size > crops->max && crops->kept->len > 0) {
        guint oldest = 0;
        for (guint i = 1; i < crops->kept->len; i++) {
            const Kept *kept = g_ptr_array_index(crops->kept, i);
            const Kept *least = g_ptr_array_index(crops->kept, oldest);
            oldest = kept->used < least->used ? i : oldest;
        }
        let_go(crops, oldest);
    }
}

/* Takes @kept; the last one stays even if it is larger than all that may be kept, until
 * the next one comes. */
static Kept *
keep(LkCrops *crops, const char *login, char *key, Kept *kept)
{
    make_room(crops);
    kept->login = g_strdup(login);
    kept->key = key;
    kept->used = ++crops->now;
    crops->size += kept->size;
    g_ptr_array_add(crops->kept, kept);
    return kept;
}

/* --- Opening. -----------------------------------------------------------------------
 */

/* What is kept is for who may open it now. */
static bool
check_key(LkCrops *crops, LkSession *session, gint64 page, GError **error)
{
    char domain[LK_DOMAIN_MAX + 1];
    if (!lk_store_page_domain(crops->store, page, domain, error)) {
        return false;
    }
    bool holds = *domain == '\0';
    if (session != NULL && !holds &&
        !lk_session_holds(session, domain, &holds, error)) {
        return false;
    }
    if (!holds) {
        g_set_error_literal(error, LK_STORE_ERROR, LK_STORE_ERROR_LOCKED,
                            _("you do not hold the key of this page's file; ask the "
                              "person who does to give it to you (lakana case give)"));
    }
    return holds;
}

static void
no_memory(GError **error)
{
    g_set_error_literal(error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE,
                        _("there is not enough memory to show this page: close other "
                          "programs"));
}

/* A page whose file is masked is kept as what may be seen of it; what was kept before
 * the name was masked is wiped, whoever it is kept for. */
static bool
check_mask(LkCrops *crops, gint64 page, bool *masked, GError **error)
{
    g_autoptr(GArray) pages = lk_vault_masked_pages(crops->store, page, error);
    *masked = pages != NULL && pages->len > 0;
    g_autofree char *open = g_strdup_printf("%" G_GINT64_FORMAT "/", page);
    for (guint i = *masked ? crops->kept->len : 0; i > 0; i--) {
        const Kept *kept = g_ptr_array_index(crops->kept, i - 1);
        if (g_str_has_prefix(kept->key, open)) {
            let_go(crops, i - 1);
        }
    }
    return pages != NULL;
}

static const Kept *
open_page(LkCrops *crops, LkSession *session, const char *login, gint64 page,
          bool masked, GError **error)
{
    g_autofree char *key =
        g_strdup_printf("%s%" G_GINT64_FORMAT "/", masked ? "masked " : "", page);
    Kept *kept = find(crops, login, key);
    g_auto(LkFiledPicture) picture = {0};
    if (kept != NULL ||
        !lk_filed_picture_open(crops->store, session, page, &picture, error) ||
        !lk_filed_picture_cover(crops->store, page, &picture, error)) {
        return kept;
    }
    const LkImage *image = &picture.shown;
    size_t size = image->stride * (size_t)image->height;
    uint8_t *pixels = hidden_from(image->pixels, size);
    if (pixels == NULL) {
        no_memory(error);
        return NULL;
    }
    kept = g_new0(Kept, 1);
    kept->image = *image;
    kept->image.pixels = pixels;
    kept->size = size;
    return keep(crops, login, g_steal_pointer(&key), kept);
}

/* --- Cutting out. -------------------------------------------------------------------
 */

static LkRect
clip(LkRect area)
{
    double right = MIN(area.x + area.w, LK_PAGE_WIDTH_MM);
    double bottom = MIN(area.y + area.h, LK_PAGE_HEIGHT_MM);
    area.x = MAX(area.x, 0);
    area.y = MAX(area.y, 0);
    area.w = right - area.x;
    area.h = bottom - area.y;
    return area;
}

static int
option_index(const LkLayoutField *field, const char *value)
{
    for (guint i = 0; i < field->options->len; i++) {
        const LkOption *option = g_ptr_array_index(field->options, i);
        if (strcmp(option->value, value) == 0) {
            return (int)i;
        }
    }
    return -1;
}

LkRect
lk_crop_area(const LkLayout *layout, int page, int field, int row, const char *option)
{
    const LkRect none = {0, 0, 0, 0};
    if (option != NULL) {
        int index = option_index(lk_layout_field(layout, field), option);
        LkRect box = index < 0 ? none : lk_cut_boxes(layout, page, field, row, index);
        return box.w > 0 ? clip(lk_rect_inset(box, -AROUND_MM)) : none;
    }
    LkRect lines = lk_cut_lines(layout, page, field, row);
    LkRect boxes = lk_cut_boxes(layout, page, field, row, -1);
    if (boxes.w <= 0) {
        return lines.w > 0 ? clip(lines) : none;
    }
    double left = row > 0 ? ROW_MM : BESIDE_MM;
    double right = row > 0 ? BESIDE_MM : OPTION_MM;
    return clip((LkRect){boxes.x - left, boxes.y - ABOVE_MM, boxes.w + left + right,
                         boxes.h + ABOVE_MM + BESIDE_MM});
}

static const LkLayout *
layout_of(LkCrops *crops, const char *id, GError **error)
{
    LkLayout *layout = g_hash_table_lookup(crops->layouts, id);
    if (layout == NULL) {
        g_autofree char *json = lk_store_load_layout(crops->store, id, error);
        layout = json != NULL ? lk_layout_from_json(json, error) : NULL;
        if (layout != NULL) {
            g_hash_table_insert(crops->layouts, g_strdup(id), layout);
        }
    }
    return layout;
}

static bool
find_area(LkCrops *crops, const LkCropOrder *order, LkRect *area, GError **error)
{
    g_autoptr(LkPageRecord) record =
        lk_store_load_page(crops->store, order->page, error);
    const LkLayout *layout =
        record != NULL ? layout_of(crops, record->id.layout, error) : NULL;
    if (layout == NULL) {
        return false;
    }
    int field = lk_layout_field_index(layout, order->field);
    *area = field < 0 ? (LkRect){0, 0, 0, 0}
                      : lk_crop_area(layout, record->id.page, field, order->row,
                                     order->option);
    if (area->w <= 0) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_UNKNOWN,
                    _("the page has no field '%s', row %d"), order->field, order->row);
    }
    return area->w > 0;
}

/* As it was scanned, laid on an upright page so that it fills its height or width. */
static LkPlacement
as_scanned(const LkImage *image)
{
    double scale =
        MAX(image->width / LK_PAGE_WIDTH_MM, image->height / LK_PAGE_HEIGHT_MM);
    return (LkPlacement){.to_image = {scale, 0, 0, 0, scale, 0, 0, 0, 1}};
}

typedef struct {
    uint8_t *data;
    size_t size;
} Hidden;

static void
free_hidden(gpointer data)
{
    Hidden *hidden = data;
    hidden_free(hidden->data, hidden->size);
    g_free(hidden);
}

/* Takes @png, and wipes it. */
static GBytes *
hide(GByteArray *png, GError **error)
{
    Hidden *hidden = g_new0(Hidden, 1);
    hidden->size = png->len;
    hidden->data = hidden_from(png->data, png->len);
    explicit_bzero(png->data, png->len);
    g_byte_array_unref(png);
    if (hidden->data == NULL) {
        no_memory(error);
        g_free(hidden);
        return NULL;
    }
    return g_bytes_new_with_free_func(hidden->data, hidden->size, free_hidden, hidden);
}

static GBytes *
cut(LkCrops *crops, const Kept *page, const LkCropOrder *order, GError **error)
{
    LkRect area = {0, 0, LK_PAGE_WIDTH_MM, LK_PAGE_HEIGHT_MM};
    LkPlacement placement;
    bool is_placed = lk_placement_load(crops->store, order->page, &placement);
    if (order->field != NULL && !find_area(crops, order, &area, error)) {
        return NULL;
    }
    bool is_seen = is_placed && lk_cut_is_seen(&page->image, &placement, area);
    if (!is_seen && order->field == NULL) {
        placement = as_scanned(&page->image);
    } else if (!is_seen) {
        g_set_error_literal(
            error, LK_PIPELINE_ERROR, LK_PIPELINE_ERROR_PAGE,
            _("this field does not lie on the picture of its page: look "
              "at the whole page"));
        return NULL;
    }
    double dots = order->field == NULL ? order->dots : 0;
    GByteArray *png = lk_cut_png(&page->image, &placement, area, dots, error);
    return png != NULL ? hide(png, error) : NULL;
}

GBytes *
lk_crops_take(LkCrops *crops, LkSession *session, const LkCropOrder *order,
              GError **error)
{
    g_return_val_if_fail(crops != NULL && order->page != 0, NULL);
    bool masked = false;
    if (!check_key(crops, session, order->page, error) ||
        !check_mask(crops, order->page, &masked, error)) {
        return NULL;
    }
    const char *login = session != NULL ? lk_session_login(session) : "";
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT "/%d/%s/%s/%g", order->page, order->row,
                        order->field != NULL ? order->field : "",
                        order->option != NULL ? order->option : "", order->dots);
    const Kept *known = find(crops, login, key);
    if (known != NULL) {
        return g_bytes_ref(known->png);
    }
    const Kept *page = open_page(crops, session, login, order->page, masked, error);
    GBytes *png = page != NULL ? cut(crops, page, order, error) : NULL;
    if (png != NULL) {
        Kept *kept = g_new0(Kept, 1);
        kept->png = g_bytes_ref(png);
        kept->size = g_bytes_get_size(png);
        (void)keep(crops, login, g_steal_pointer(&key), kept);
    }
    return png;
}
