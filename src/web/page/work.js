/* work.js - what all ways of working look like: a head, the work, a bar of actions. */

import { button, el } from "./dom.js";
import { t, tn } from "./words.js";

/** head: title on the left, how much is left on the right, one line of help below; `more` beside it. */
export function head(title, left, how, more = null) {
    return el(
        "header",
        { class: "work-head" },
        el("h2", { tabindex: "-1", text: title }),
        el("p", { class: "left", text: left }),
        how ? el("div", { class: "how" }, el("p", { text: how }), more) : null,
    );
}

/** fieldHead: which field of which form, for work on one field at a time. */
export function fieldHead(item, left) {
    const where = item.form
        ? [
              t("place.page", item.form, item.page_number),
              item.title,
              item.row > 0 ? t("place.row", item.row) : null,
          ]
        : [];
    return el(
        "header",
        { class: "work-head" },
        el("h2", { tabindex: "-1", text: item.label }),
        el("p", { class: "left", text: left }),
        el("p", { class: "how", text: [...where, item.case].filter(Boolean).join(" · ") }),
    );
}

export function actions(...buttons) {
    return el("footer", { class: "actions" }, buttons);
}

/** notice: a sentence that matters for this item. */
export function notice(text) {
    return el("p", { class: "notice", text });
}

/** nothingLeft: the queue is empty, or holds only what was put off or what others must decide. */
export function nothingLeft(feed, again) {
    const later = feed.putOff.size;
    const others = feed.closed > 0;
    const resume = () => {
        feed.resume();
        again();
    };
    const more = button({ text: t("done.resume"), key: "⏎", look: "main" }, resume);
    const node = el(
        "div",
        { class: "done" },
        el("div", { class: later > 0 || others ? "seal waiting" : "seal", "aria-hidden": "true" }),
        el("h2", {
            tabindex: "-1",
            text: later > 0 ? tn("done.later", later) : t(others ? "done.mine" : "done.title"),
        }),
        el("p", {
            text: later > 0 ? t("done.later.text") : others ? tn("done.closed", feed.closed) : t("done.text"),
        }),
        later > 0 ? more : el("a", { class: "button main", href: "#/", text: t("done.overview") }),
    );
    requestAnimationFrame(() => (node.querySelector("button, a") ?? node).focus());
    return node;
}
