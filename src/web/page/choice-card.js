/* choice-card.js - one question with its boxes, to be answered as a whole. */

import { button, el, kbd } from "./dom.js";
import { icon } from "./icons.js";
import { picture, seen } from "./pictures.js";
import { actions, fieldHead, notice } from "./work.js";
import { t, tn } from "./words.js";
import { openZoom } from "./zoom.js";

export class ChoiceCard {
    /** `answered`: called once, with a decision, or null to put the question off. */
    constructor(station, item, answered) {
        this.station = station;
        this.item = item;
        this.answered = answered;
        this.chosen = new Set(this.proposed());
        this.touched = false;
        this.options = item.boxes.map((box, n) => this.option(box, n));
        this.nodes = [
            fieldHead(item, tn("left", station.count(item.queue))),
            item.reason ? notice(t(`reason.${item.reason}`)) : null,
            item.queue === "required" ? notice(t("required.why")) : null,
            el(
                "div",
                { class: "question" },
                (this.crop = el(
                    "div",
                    { class: "crop" },
                    (this.img = picture(item.crop, t("crop.alt", item.label))),
                )),
                el(
                    "div",
                    {
                        class: item.boxes.length > 9 ? "options many" : "options",
                        role: item.one ? "radiogroup" : "group",
                        "aria-label": item.label,
                    },
                    this.options.map((one) => one.node),
                    (this.noneNode = this.none()),
                ),
            ),
            actions(
                button({ text: t("later"), key: "P" }, () => this.answered(null)),
                button({ text: t("zoom"), key: "Z", draw: "zoom" }, () => this.zoom()),
                button({ text: t("undo"), key: "U", draw: "undo" }, () => station.undo()),
                el("span", { class: "grow" }),
                (this.save = button({ text: t("save"), key: "⏎", look: "main" }, () => this.confirm())),
            ),
        ].filter(Boolean);
        this.dress();
        this.waitForPicture();
    }

    /* Nothing can be saved of a picture that nobody could see. */
    async waitForPicture() {
        this.visible = await seen(this.img);
        if (!this.visible) {
            this.crop.replaceChildren(el("p", { class: "broken", text: t("picture.missing") }));
        }
        this.dress();
    }

    /* What the machine made of it, where that is a possible answer. */
    proposed() {
        const marked = this.item.boxes.filter((box) => box.guess).map((box) => box.option);
        return this.item.one && marked.length > 1 ? [] : marked;
    }

    option(box, n) {
        const node = el(
            "button",
            { type: "button", class: "option", role: this.item.one ? "radio" : "checkbox" },
            el("span", { class: "option-crop" }, picture(box.crop)),
            el("span", { class: "option-name", text: box.label || t("option.yes") }),
            el("span", { class: "option-sign" }, icon("check")),
            n < 9 ? kbd(String(n + 1)) : null,
        );
        node.addEventListener("click", () => this.choose(box.option));
        return { box, node };
    }

    none() {
        const node = el(
            "button",
            { type: "button", class: "option none", role: this.item.one ? "radio" : "checkbox" },
            el("span", { class: "option-name", text: t("option.none") }),
            el("span", { class: "option-sign" }, icon("check")),
            kbd("0"),
        );
        node.addEventListener("click", () => this.choose(null));
        return node;
    }

    choose(option) {
        const had = this.chosen.has(option);
        if (this.item.one || option === null) {
            this.chosen.clear();
        }
        if (option !== null && (this.item.one || !had)) {
            this.chosen.add(option); /* the one that is chosen stays so: "none" has a key of its own */
        } else if (option !== null) {
            this.chosen.delete(option);
        }
        this.touched = true;
        this.dress();
    }

    /* Once the paper was seen; nothing chosen is an answer only once the clerk has said so. */
    get answerable() {
        return this.visible && (this.chosen.size > 0 || this.touched);
    }

    dress() {
        for (const { box, node } of this.options) {
            node.setAttribute("aria-checked", String(this.chosen.has(box.option)));
        }
        this.noneNode.setAttribute("aria-checked", String(this.chosen.size === 0 && this.touched));
        this.save.disabled = !this.answerable;
    }

    focus() {
        const first = this.options.find(({ box }) => this.chosen.has(box.option)) ?? this.options[0];
        first?.node.focus();
    }

    confirm() {
        if (!this.answerable || this.sent) {
            return;
        }
        this.sent = true;
        const options = Object.fromEntries(
            this.item.boxes.map((box) => [box.option, this.chosen.has(box.option)]),
        );
        this.answered({ key: this.item.key, version: this.item.version, options });
    }

    zoom() {
        if (this.item.page) {
            openZoom(this.item, [{ area: this.item.area, label: this.item.label, strong: true }]);
        }
    }

    move(way) {
        const all = [...this.options.map((one) => one.node), this.noneNode];
        const at = all.indexOf(document.activeElement);
        all[Math.max(0, Math.min(at + way, all.length - 1))].focus();
    }

    /** keys: true if the key was ours. */
    keys(event) {
        const digit = /^[0-9]$/.test(event.key) ? Number(event.key) : null;
        if (digit !== null && digit <= this.options.length) {
            this.choose(digit === 0 ? null : this.options[digit - 1].box.option);
            return true;
        }
        const act = {
            ArrowDown: () => this.move(1),
            ArrowRight: () => this.move(1),
            ArrowUp: () => this.move(-1),
            ArrowLeft: () => this.move(-1),
            " ": () => document.activeElement.click(),
            Enter: () => event.repeat || this.confirm(),
            p: () => this.answered(null),
            z: () => this.zoom(),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        act?.();
        return act !== undefined;
    }
}
