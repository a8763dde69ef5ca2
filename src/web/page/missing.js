/* missing.js - files that lack pages: a list to go and look for them. Nothing is decided here. */

import { button, el } from "./dom.js";
import { Feed } from "./feed.js";
import { head, nothingLeft } from "./work.js";
import { t, tn } from "./words.js";

const A_TIME = 48;

export class Missing {
    constructor(station) {
        this.station = station;
        this.feed = new Feed(station, "missing", null);
        this.root = el("section", { class: "work missing" });
        this.body = el("tbody");
    }

    async start() {
        await this.feed.ahead(1);
        if (this.feed.hand.length === 0) {
            this.root.replaceChildren(nothingLeft(this.feed, () => this.start()));
            return;
        }
        this.moreButton = button({ text: t("missing.more") }, () => this.more());
        this.root.replaceChildren(
            head(t("queue.missing"), tn("left.files", this.station.count("missing")), t("missing.how")),
            el(
                "div",
                { class: "list", tabindex: "0" },
                el(
                    "table",
                    {},
                    el(
                        "thead",
                        {},
                        el(
                            "tr",
                            {},
                            ["missing.case", "missing.form", "missing.copy", "missing.pages"].map((word) =>
                                el("th", { scope: "col", text: t(word) }),
                            ),
                        ),
                    ),
                    this.body,
                ),
                this.moreButton,
            ),
        );
        this.more();
        this.root.querySelector(".list").focus();
    }

    async more() {
        await this.feed.ahead(A_TIME);
        for (const item of this.feed.take(A_TIME)) {
            this.body.append(...this.rows(item));
        }
        this.moreButton.hidden = this.feed.ended && this.feed.hand.length === 0;
    }

    rows(item) {
        const lines = item.forms.flatMap((form) => form.copies.map((copy) => ({ form, copy })));
        return lines.map(({ form, copy }, n) =>
            el(
                "tr",
                { class: n === 0 ? "first" : "" },
                n === 0
                    ? el("th", { scope: "rowgroup", rowspan: String(lines.length), text: item.case })
                    : null,
                el("td", {}, el("strong", { text: form.form }), ` ${form.title}`),
                el("td", { text: t("missing.copy.number", copy.number, copy.copy) }),
                el("td", { text: t("missing.of", copy.missing.join(", "), copy.of) }),
            ),
        );
    }

    keys() {
        return false;
    }
}
