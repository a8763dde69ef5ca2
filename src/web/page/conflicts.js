/* conflicts.js - the same printed page came twice with different ink: both side by side. */

import { Assign } from "./assign.js";
import { button, el, setText } from "./dom.js";
import { PagesWork } from "./pages-work.js";
import { Sheet } from "./sheet.js";
import { actions, head } from "./work.js";
import { day, t, tn } from "./words.js";
import { placeOf } from "./zoom.js";

const NEAR = 5; /* px a mm when a difference is looked at */

export class Conflicts extends PagesWork {
    constructor(station) {
        super(station, "conflicts");
        this.root = el("section", { class: "work conflicts" });
    }

    show(item) {
        this.at = -1;
        this.sheets = item.pages.map(
            (page) =>
                new Sheet(
                    page.picture,
                    t("conflict.picture", page.scan_index + 1),
                    item.differs.map((one, n) => ({ area: one.area, label: String(n + 1) })),
                ),
        );
        this.which = el("p", { class: "which", role: "status" });
        this.assign = new Assign({ form: item.form, page_number: item.page_number }, (place) =>
            this.act({ act: "assign", ...place }),
        );
        this.assignPanel = el(
            "div",
            { class: "panel", hidden: true },
            el("p", { text: t("conflict.other.how") }),
            this.assign.root,
        );
        this.root.replaceChildren(
            head(t("queue.conflicts"), this.left(), placeOf(item)),
            el(
                "div",
                { class: "differs" },
                button({ text: "←", title: t("conflict.before") }, () => this.step(-1)),
                this.which,
                button({ text: "→", title: t("conflict.next") }, () => this.step(1)),
                button({ text: t("zoom.whole"), key: "0" }, () => this.whole()),
            ),
            el(
                "div",
                { class: "pair" },
                item.pages.map((page, n) =>
                    el(
                        "figure",
                        {},
                        el(
                            "figcaption",
                            {},
                            el("strong", { text: t(page.holds ? "conflict.holds" : "conflict.waits") }),
                            el("span", {
                                class: "muted",
                                text: t("conflict.filed", day(page.filed), page.scan_index + 1),
                            }),
                        ),
                        this.sheets[n].root,
                    ),
                ),
            ),
            this.assignPanel,
            actions(
                this.answer("1", "same", () => this.act({ act: "accept" })),
                this.answer("2", "other", () => this.openAssign()),
                this.answer("3", "mistake", () => this.act({ act: "dismiss" })),
                button({ text: t("later"), key: "P" }, () => this.later()),
                button({ text: t("undo"), key: "U", draw: "undo" }, () => this.station.undo()),
            ),
        );
        this.tell();
        Promise.all(this.sheets.map((sheet) => sheet.ready)).then(() => {
            if (this.item === item) {
                this.step(1);
            }
        });
        this.root.querySelector("h2").focus();
    }

    answer(key, name, act) {
        return el(
            "button",
            { type: "button", class: "button answer", onclick: act },
            el(
                "span",
                {},
                el("strong", { text: t(`conflict.${name}`) }),
                el("small", { text: t(`conflict.${name}.text`) }),
            ),
            el("kbd", { text: key }),
        );
    }

    whole() {
        this.sheets.forEach((sheet) => sheet.whole());
    }

    /* The next (@way 1) or the last place where they differ, on both. */
    step(way) {
        const all = this.item.differs;
        if (all.length === 0) {
            this.whole();
            return;
        }
        this.at = (Math.max(0, this.at + (this.at < 0 ? 1 : way)) + all.length) % all.length;
        for (const sheet of this.sheets) {
            sheet.setScale(Math.max(NEAR, sheet.scale));
            sheet.point(this.at);
        }
        this.tell();
    }

    tell() {
        const all = this.item.differs;
        const one = all[this.at];
        setText(
            this.which,
            one === undefined
                ? all.length === 0
                    ? t("conflict.unnamed")
                    : tn("conflict.count", all.length)
                : t(
                      "conflict.one",
                      this.at + 1,
                      all.length,
                      one.label,
                      one.a || t("nothing"),
                      one.b || t("nothing"),
                  ),
        );
    }

    openAssign() {
        this.assignPanel.hidden = false;
        this.assign.focus();
    }

    keys(event) {
        if (event.key === "Escape" && !this.assignPanel.hidden) {
            this.assignPanel.hidden = true;
            this.root.querySelector("h2").focus();
            return true;
        }
        return super.keys(event, {
            1: () => this.act({ act: "accept" }),
            2: () => this.openAssign(),
            3: () => this.act({ act: "dismiss" }),
            ArrowLeft: () => this.step(-1),
            ArrowRight: () => this.step(1),
            "+": () => this.sheets.forEach((sheet) => sheet.zoom(1)),
            "-": () => this.sheets.forEach((sheet) => sheet.zoom(-1)),
            0: () => this.whole(),
            p: () => this.later(),
        });
    }
}
