/* protect.c - an older office: what lies in clear is sealed, scan after scan. */
#include "pipeline/evidence.h"
#include "pipeline/page.h"

typedef struct {
    LkStore *store;
    const LkProtectOptions *options;
    LkDesk *desk;
    bool stopped;
} Work;

static bool
is_stopped(Work *work)
{
    const LkProtectOptions *options = work->options;
    work->stopped |= options->stop != NULL && options->stop(options->data);
    return work->stopped;
}

/* A page that cannot be decoded now was filed as one that cannot: the whole scan keeps
 * it. */
static bool
cut_page(const Work *work, LkScan *scan, gint64 id, int index, GError **error)
{
    LkImage image;
    LkScanCut cut;
    lk_scan_seek(scan, index);
    if (lk_scan_next(scan, &image, NULL) != LK_SCAN_PAGE ||
        !lk_scan_cut(scan, &cut, NULL)) {
        return true;
    }
    g_autoptr(GBytes) bytes = g_bytes_new(cut.data, cut.size);
    return lk_store_add_page_file(work->store, id, index, bytes, error);
}

static bool
cut_pages(Work *work, gint64 id, const char *path, const GArray *pages, GError **error)
{
    g_autoptr(LkScan) scan = lk_scan_open(path, NULL, NULL);
    bool done = true;
    for (guint i = 0; done && scan != NULL && i < pages->len && !is_stopped(work);
         i++) {
        done = cut_page(work, scan, id, g_array_index(pages, int, i), error);
    }
    return done;
}

/* A scan that lies sealed already has had its pages cut out. */
static bool
seal_scan(Work *work, gint64 id, GError **error)
{
    g_autofree char *path = lk_store_scan_path(work->store, id, error);
    char domain[LK_DOMAIN_MAX + 1];
    if (path == NULL || !lk_sealed_file_domain(path, domain, error)) {
        return false;
    }
    g_autoptr(GArray) pages = lk_store_pages_without_file(work->store, id, error);
    if (pages == NULL) {
        return false;
    }
    if (domain[0] == '\0' && !cut_pages(work, id, path, pages, error)) {
        return false;
    }
    return work->stopped || lk_store_seal_scan(work->store, id, error);
}

static bool
seal_scans(Work *work, GError **error)
{
    g_autoptr(GArray) scans = lk_store_unsealed_scans(work->store, error);
    bool done = scans != NULL;
    for (guint i = 0; done && i < scans->len && !is_stopped(work); i++) {
        done = seal_scan(work, g_array_index(scans, gint64, i), error);
        if (done && !work->stopped && work->options->progress != NULL) {
            work->options->progress((int)i + 1, (int)scans->len, work->options->data);
        }
    }
    return done;
}

static GBytes *
spare(const char *id, int number, GBytes *evidence, void *data)
{
    const LkLayout *layout = lk_desk_find_layout(data, id);
    bool known = layout != NULL && number >= 1 && number <= (int)layout->pages->len;
    return known ? lk_evidence_spare(evidence, layout, lk_layout_page(layout, number))
                 : NULL;
}

bool
lk_protect(LkStore *store, const LkProtectOptions *options, GError **error)
{
    if (!lk_guard_require(store, error) || !lk_store_lock_intake(store, error)) {
        return false;
    }
    g_autoptr(LkDesk) desk = lk_desk_new(store);
    Work work = {store, options, desk, false};
    if (!seal_scans(&work, error)) {
        return false;
    }
    return work.stopped || (lk_store_seal_strays(store, error) &&
                            lk_store_seal_readings(store, error) &&
                            lk_store_seal_decisions(store, error) &&
                            lk_store_seal_reasons(store, error) &&
                            lk_store_each_evidence(store, spare, desk, error) &&
                            lk_store_wipe(store, error));
}
