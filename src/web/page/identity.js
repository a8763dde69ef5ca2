/* identity.js - pages that nobody knows, or whose file is not sure: the page, and files that fit. */

import { Assign } from "./assign.js";
import { button, el, kbd } from "./dom.js";
import { PagesWork } from "./pages-work.js";
import { Sheet } from "./sheet.js";
import { actions, head } from "./work.js";
import { t } from "./words.js";
import { openZoom, placeOf } from "./zoom.js";

export class Identity extends PagesWork {
    constructor(station) {
        super(station, "identity");
        this.root = el("section", { class: "work identity" });
    }

    show(item) {
        this.sheet = new Sheet(item.picture, t("identity.picture"));
        this.assign = new Assign(
            { form: item.form, page_number: item.page_number, copy: item.copy },
            (place) => this.act({ act: "assign", ...place }),
        );
        this.root.replaceChildren(
            head(t("queue.identity"), this.left(), item.form ? placeOf(item) : null),
            el(
                "div",
                { class: "sides" },
                this.sheet.root,
                el(
                    "div",
                    { class: "side" },
                    el(
                        "div",
                        { class: "hints" },
                        item.reasons.length > 0
                            ? el(
                                  "ul",
                                  { class: "reasons" },
                                  item.reasons.map((text) => el("li", { text })),
                              )
                            : null,
                        item.kind === "identity" ? this.acceptance(item) : null,
                        this.proposals(item.proposals),
                    ),
                    this.assign.root,
                ),
            ),
            actions(
                button({ text: t("identity.dismiss"), key: "X" }, () => this.act({ act: "dismiss" })),
                button({ text: t("later"), key: "P" }, () => this.later()),
                button({ text: t("identity.turn"), key: "R" }, () => this.sheet.turn()),
                button({ text: t("zoom"), key: "Z", draw: "zoom" }, () => openZoom(this.item, [])),
                button({ text: t("undo"), key: "U", draw: "undo" }, () => this.station.undo()),
            ),
        );
        this.root.querySelector("h2").focus();
    }

    acceptance(item) {
        return el(
            "div",
            { class: "panel" },
            el("p", { text: t("identity.filed", placeOf(item)) }),
            button({ text: t("identity.accept"), key: "A", look: "main" }, () => this.act({ act: "accept" })),
        );
    }

    proposals(list) {
        if (list.length === 0) {
            return el("p", { class: "muted", text: t("identity.none") });
        }
        return el(
            "div",
            {},
            el("h3", { text: t("identity.proposals") }),
            el(
                "ol",
                { class: "proposals" },
                list.slice(0, 9).map((one, n) =>
                    el(
                        "li",
                        {},
                        el(
                            "button",
                            { type: "button", class: "proposal", onclick: () => this.take(n) },
                            el(
                                "span",
                                {},
                                el("strong", { text: one.case }),
                                el("span", {
                                    text: t("identity.place", one.form, one.title, one.page_number),
                                }),
                                el("small", { text: one.why }),
                            ),
                            kbd(String(n + 1)),
                        ),
                    ),
                ),
            ),
        );
    }

    /* Not at once: the clerk sees code, form and page once more and presses Enter. */
    take(n) {
        const one = this.item.proposals[n];
        this.assign.known = { ...this.assign.known, copy: one.copy };
        this.assign.copySeen = one.copy;
        this.assign.form.value = one.form;
        this.assign.page.value = one.page_number;
        this.assign.code.input.value = one.case;
        this.assign.code.look();
        this.assign.focus();
    }

    keys(event) {
        const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
        const proposed = digit > 0 && digit <= (this.item?.proposals.length ?? 0);
        return super.keys(event, {
            ...(proposed ? { [event.key]: () => this.take(digit - 1) } : {}),
            ...(this.item?.kind === "identity" ? { a: () => this.act({ act: "accept" }) } : {}),
            x: () => this.act({ act: "dismiss" }),
            p: () => this.later(),
            r: () => this.sheet.turn(),
            z: () => openZoom(this.item, []),
            "+": () => this.sheet.zoom(1),
            "-": () => this.sheet.zoom(-1),
            0: () => this.sheet.whole(),
        });
    }
}
