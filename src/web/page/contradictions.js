/* contradictions.js - two forms of one file do not say the same: which is right? */

import { button, el, kbd } from "./dom.js";
import { Feed } from "./feed.js";
import { picture } from "./pictures.js";
import { actions, head, nothingLeft } from "./work.js";
import { t, tn } from "./words.js";
import { openZoom } from "./zoom.js";

export class Contradictions {
    constructor(station) {
        this.station = station;
        this.feed = new Feed(station, "contradictions", null);
        this.root = el("section", { class: "work contradictions" });
    }

    async start(key) {
        if (key) {
            await this.feed.seek(key);
        }
        await this.next();
    }

    async next() {
        await this.feed.more(1, this.station.idle);
        [this.item] = this.feed.take(1);
        this.chosen = -1;
        this.sent = false;
        if (this.item === undefined) {
            this.root.replaceChildren(nothingLeft(this.feed, () => this.next()));
            return;
        }
        this.mayDecide = this.item.says.every((one) => one.crop); /* a supervisor sees codes and values */
        this.cards = this.item.says.map((one, n) => this.card(one, n));
        this.root.replaceChildren(
            head(
                this.item.label,
                tn("left", this.station.count("contradictions")),
                t(this.mayDecide ? "contradiction.how" : "contradiction.look", this.item.case),
            ),
            el("div", { class: "cards", role: "radiogroup", "aria-label": this.item.label }, this.cards),
            actions(
                this.mayDecide ? this.buttons() : button({ text: t("next"), key: "P" }, () => this.later()),
            ),
        );
        this.cards[0]?.focus();
    }

    buttons() {
        return [
            button({ text: t("later"), key: "P" }, () => this.later()),
            button({ text: t("zoom"), key: "Z", draw: "zoom" }, () => this.zoom()),
            button({ text: t("undo"), key: "U", draw: "undo" }, () => this.station.undo()),
            el("span", { class: "grow" }),
            (this.save = button({ text: t("save"), key: "⏎", look: "main", disabled: true }, () =>
                this.confirm(),
            )),
        ];
    }

    card(one, n) {
        return el(
            "button",
            {
                type: "button",
                class: "card",
                role: "radio",
                "aria-checked": "false",
                onclick: () => this.choose(n),
            },
            el(
                "span",
                { class: "card-head" },
                el("strong", { text: t("place.page", one.form, one.page_number) }),
                el("span", { class: "muted", text: one.title }),
                kbd(String(n + 1)),
            ),
            one.crop ? el("span", { class: "crop" }, picture(one.crop, t("crop.alt", one.label))) : null,
            el("span", { class: "card-value", text: one.text || one.value || t("nothing") }),
            el("span", { class: "muted", text: t(`source.${one.source}`) }),
        );
    }

    choose(n) {
        if (!this.mayDecide) {
            return;
        }
        this.chosen = n;
        this.cards.forEach((card, i) => card.setAttribute("aria-checked", String(i === n)));
        this.cards[n].focus();
        this.save.disabled = false;
    }

    async confirm() {
        const right = this.item.says[this.chosen];
        if (right === undefined || this.sent) {
            return;
        }
        this.sent = true;
        const others = this.item.says.filter((one) => one.value !== right.value);
        await this.station.save(others.map(({ key, version }) => ({ key, version, value: right.value })));
        await this.next();
    }

    later() {
        this.feed.later(this.item);
        this.next();
    }

    zoom() {
        const one = this.item.says[Math.max(0, this.cards.indexOf(document.activeElement))];
        openZoom(
            {
                page: one.page,
                form: one.form,
                page_number: one.page_number,
                case: this.item.case,
                label: one.label,
            },
            one.area ? [{ area: one.area, label: one.label, strong: true }] : [],
        );
    }

    keys(event) {
        if (this.item === undefined) {
            return false;
        }
        const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
        if (digit > 0 && digit <= this.cards.length) {
            this.choose(digit - 1);
            return true;
        }
        const move = (way) => {
            const at = this.cards.indexOf(document.activeElement);
            this.cards[Math.max(0, Math.min(at + way, this.cards.length - 1))].focus();
        };
        const act = {
            ArrowRight: () => move(1),
            ArrowDown: () => move(1),
            ArrowLeft: () => move(-1),
            ArrowUp: () => move(-1),
            " ": () => document.activeElement.click(),
            Enter: () => event.repeat || this.confirm(),
            p: () => this.later(),
            z: () => this.mayDecide && this.zoom(),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        act?.();
        return act !== undefined;
    }
}
