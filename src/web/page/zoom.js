/* zoom.js - the whole page over everything else, with the place in question framed. */

import { button, el } from "./dom.js";
import { Sheet } from "./sheet.js";
import { t } from "./words.js";

const NEAR = 6; /* px a mm to begin with: handwriting is read easily */

/** placeOf: "Formulaire 1.B, page 2 · dossier MOP-…". */
export function placeOf(item) {
    const page = t("place.page", item.form, item.page_number);
    return item.case ? t("place.case", page, item.case) : page;
}

/** openZoom: @frames as in Sheet; the first is the one that is looked for. */
export async function openZoom(item, frames) {
    const sheet = new Sheet(`/picture/${item.page}`, placeOf(item), frames);
    const close = () => dialog.close();
    const dialog = el(
        "dialog",
        { class: "zoom", "aria-label": t("zoom.title") },
        el(
            "header",
            { class: "zoom-head" },
            el(
                "div",
                {},
                el("h2", { text: item.label ?? item.title ?? "" }),
                el("p", { class: "muted", text: placeOf(item) }),
            ),
            el(
                "div",
                { class: "row" },
                button({ text: "−", title: t("zoom.out") }, () => sheet.zoom(-1)),
                button({ text: "+", title: t("zoom.in") }, () => sheet.zoom(1)),
                button({ text: t("zoom.whole"), key: "0" }, () => sheet.whole()),
                button({ text: t("close"), key: t("key.escape") }, close),
            ),
        ),
        sheet.root,
    );
    dialog.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey) {
            return;
        }
        if (event.key.toLowerCase() === "z") {
            close();
        } else if (!sheet.keys(event)) {
            return;
        }
        event.preventDefault();
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    sheet.root.focus();
    if (await sheet.ready) {
        sheet.setScale(Math.max(NEAR, Math.min(sheet.root.clientWidth / sheet.width, NEAR * 1.2)));
        if (frames.length > 0) {
            sheet.center(frames[0].area);
        }
    }
}
