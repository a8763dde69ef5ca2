/* masked.c - pages of files whose name is masked: what is written on them is painted
 * over before anybody sees them. The layout says where people write, the page's own map
 * where that lies in the picture. */
#include "pipeline/filed.h"
#include "pipeline/page.h"
#include "pipeline/placement.h"

#include <math.h>
#include <string.h>

#define AROUND_MM 2.0 /* letters hang out of their line */
#define TILE_MM 3.0   /* in which the map is as good as straight */

/* The upright rectangle of pixels that holds a tile. */
static void
paint_tile(const LkPlacement *placement, LkRect tile, LkImage *shown, uint8_t *pixels)
{
    double left = INFINITY, top = INFINITY, right = -INFINITY, low = -INFINITY;
    const LkPoint corners[] = {{tile.x, tile.y},
                               {tile.x + tile.w, tile.y},
                               {tile.x, tile.y + tile.h},
                               {tile.x + tile.w, tile.y + tile.h}};
    for (size_t i = 0; i < G_N_ELEMENTS(corners); i++) {
        LkPoint px = lk_placement_point(placement, corners[i]);
        left = fmin(left, px.x);
        right = fmax(right, px.x);
        top = fmin(top, px.y);
        low = fmax(low, px.y);
    }
    int from_x = (int)floor(CLAMP(left, 0, shown->width));
    int to_x = (int)ceil(CLAMP(right, 0, shown->width));
    int from_y = (int)floor(CLAMP(top, 0, shown->height));
    int to_y = (int)ceil(CLAMP(low, 0, shown->height));
    for (int y = from_y; y < to_y && from_x < to_x; y++) {
        memset(pixels + shown->stride * (size_t)y + (size_t)from_x, 0,
               (size_t)(to_x - from_x));
    }
}

static void
paint(const LkPlacement *placement, LkRect area, LkImage *shown, uint8_t *pixels)
{
    LkRect all = lk_rect_inset(area, -AROUND_MM);
    int across = (int)ceil(all.w / TILE_MM);
    int down = (int)ceil(all.h / TILE_MM);
    double w = all.w / across;
    double h = all.h / down;
    for (int row = 0; row < down; row++) {
        for (int column = 0; column < across; column++) {
            LkRect tile = {all.x + column * w, all.y + row * h, w, h};
            paint_tile(placement, tile, shown, pixels);
        }
    }
}

/* Free text may name anybody, whatever its template says: all lines; and the cells of
 * personal fields. */
static void
paint_page(const LkLayout *layout, const LkLayoutPage *page,
           const LkPlacement *placement, LkImage *shown, uint8_t *pixels)
{
    for (guint i = 0; i < page->writing->len; i++) {
        paint(placement, g_array_index(page->writing, LkWriting, i).area, shown,
              pixels);
    }
    for (guint i = 0; i < page->cells->len; i++) {
        const LkCell *cell = &g_array_index(page->cells, LkCell, i);
        const LkLayoutField *field = lk_layout_field(layout, cell->field);
        if (field->pii || field->sensitive) {
            paint(placement, cell->outline, shown, pixels);
        }
    }
}

/* By one row of the page that belongs to a masked file. */
static bool
cover_as(LkStore *store, LkDesk *desk, gint64 page, LkFiledPicture *picture,
         GError **error)
{
    LkPlacement placement;
    g_autoptr(LkPageRecord) record = lk_store_load_page(store, page, error);
    if (record == NULL) {
        return false;
    }
    const LkLayout *layout = lk_desk_find_layout(desk, record->id.layout);
    const LkLayoutPage *on =
        layout != NULL ? lk_layout_page(layout, record->id.page) : NULL;
    if (on == NULL || !lk_placement_load(store, page, &placement)) {
        g_set_error(error, LK_STORE_ERROR, LK_STORE_ERROR_REFUSED,
                    _("page %lld: the name of its file is masked, and where it may "
                      "stand on this page is not known: the page is not shown"),
                    (long long)page);
        return false;
    }
    paint_page(layout, on, &placement, &picture->shown, picture->covered->data);
    return true;
}

static void
copy_pixels(LkFiledPicture *picture)
{
    gsize size = picture->image.stride * (gsize)picture->image.height;
    picture->covered = g_byte_array_sized_new((guint)size);
    g_byte_array_append(picture->covered, picture->image.pixels, (guint)size);
    picture->shown.pixels = picture->covered->data;
}

bool
lk_filed_picture_cover(LkStore *store, gint64 page, LkFiledPicture *picture,
                       GError **error)
{
    picture->shown = picture->image;
    g_autoptr(GArray) masked = lk_vault_masked_pages(store, page, error);
    if (masked == NULL || masked->len == 0) {
        return masked != NULL;
    }
    copy_pixels(picture);
    g_autoptr(LkDesk) desk = lk_desk_new(store);
    bool done = true;
    for (guint i = 0; done && i < masked->len; i++) {
        done = cover_as(store, desk, g_array_index(masked, gint64, i), picture, error);
    }
    return done;
}
