/* type-card.js - one field to be typed: its crop, large, and the cursor in place. */

import { check } from "./check.js";
import { button, el, setText } from "./dom.js";
import { picture, seen } from "./pictures.js";
import { actions, fieldHead, notice } from "./work.js";
import { t, tn } from "./words.js";
import { openZoom } from "./zoom.js";

const CELLS = { date: 10, digits: 0, code: 0 };
const MAX_TEXT = 4000; /* characters, as the station takes them */

export class TypeCard {
    /** `answered`: called once, with a decision, or null to put the field off. */
    constructor(station, item, group, answered) {
        this.station = station;
        this.item = item;
        this.answered = answered;
        this.confirmed = null; /* a doubtful value that was entered once */
        this.input = this.makeInput();
        this.says = el("p", { class: "says", id: "says", role: "status" });
        this.img = picture(item.crop, t("crop.alt", item.label));
        this.crop = el("div", { class: "crop" }, this.img);
        this.nodes = [
            fieldHead(item, tn("left", station.count(item.queue, group))),
            item.keyed ? notice(t("type.second")) : null,
            item.values ? notice(t("pair.why")) : null,
            item.queue === "required" ? notice(t("required.why")) : null,
            el(
                "div",
                { class: "typing" },
                this.crop,
                el(
                    "div",
                    { class: "entry" },
                    item.values ? this.pair() : null,
                    el("label", { for: "typed", class: "unseen", text: item.label }),
                    this.input,
                    this.says,
                ),
            ),
            actions(
                button({ text: t("type.nothing"), key: t("key.alt", "R") }, () => this.nothing()),
                button({ text: t("type.illegible"), key: t("key.alt", "P") }, () => this.illegible()),
                item.page
                    ? button({ text: t("zoom"), key: t("key.alt", "Z"), draw: "zoom" }, () => this.zoom())
                    : null,
                button({ text: t("undo"), key: t("key.ctrl", "Z"), draw: "undo" }, () => station.undo()),
                el("span", { class: "grow" }),
                (this.button = button({ text: t("save"), key: "⏎", look: "main" }, () => this.confirm())),
            ),
        ].filter(Boolean);
        this.look();
        this.waitForPicture();
    }

    makeInput() {
        const lines = this.item.format === "lines";
        const numeric = this.item.format === "date" || this.item.format === "digits";
        const input = el(lines ? "textarea" : "input", {
            id: "typed",
            class: `typed ${this.item.format}`,
            autocomplete: "off",
            autocapitalize: this.item.format === "code" ? "characters" : "off",
            spellcheck: "false",
            inputmode: numeric ? "numeric" : "text",
            maxlength: String(this.most()),
            "aria-describedby": "says",
            placeholder: this.item.format === "date" ? t("date.hint") : null,
            rows: lines ? "3" : null,
        });
        input.addEventListener("input", () => this.look());
        return input;
    }

    /* What two people typed who do not agree: one key takes it over, to be corrected or saved. */
    pair() {
        return el("div", { class: "keyed", role: "group", "aria-label": t("pair.why") },
            this.item.values.map((one, n) => button(
                { text: t("pair.typed", one.who, one.text ?? t("type.nothing")), key: t("key.alt", String(n + 1)) },
                () => this.take(n))));
    }

    take(n) {
        const text = this.item.values?.[n]?.text;
        if (text === undefined || this.sent) {
            return;
        }
        if (text === null) {
            this.nothing();
            return;
        }
        this.input.value = text;
        this.look();
        this.input.focus();
    }

    /* Characters that fit, with separators; the rest is not taken. */
    most() {
        if (this.item.format === "date") {
            return CELLS.date;
        }
        const comb = this.item.format in CELLS && this.item.length > 0;
        return comb ? this.item.length + 4 : MAX_TEXT;
    }

    /* Nothing can be saved of a picture that nobody could see. */
    async waitForPicture() {
        this.visible = await seen(this.img);
        if (!this.visible) {
            this.crop.replaceChildren(el("p", { class: "broken", text: t("picture.missing") }));
        }
        this.look();
    }

    look() {
        const said = check(this.item, this.input.value);
        const again = said.state === "doubt" && this.confirmed === said.value;
        this.input.classList.toggle("bad", said.state === "wrong");
        this.input.setAttribute("aria-invalid", String(said.state === "wrong"));
        this.says.className = `says ${said.state}`;
        setText(this.says, again ? `${said.text} ${t("doubt.again")}` : (said.text ?? this.hint()));
        this.button.disabled = !this.visible || !["good", "doubt"].includes(said.state);
        return said;
    }

    hint() {
        switch (this.item.format) {
            case "date":
                return t("date.how");
            case "digits":
                return this.item.length > 0 ? tn("digits.how", this.item.length) : "";
            case "code":
                return this.item.length > 0 ? tn("code.how", this.item.length) : "";
            case "lines":
                return t("lines.how");
            default:
                return "";
        }
    }

    focus() {
        this.input.focus();
    }

    confirm() {
        const said = this.look();
        if (!this.visible || this.sent) {
            return;
        }
        if (said.state === "doubt" && this.confirmed !== said.value) {
            this.confirmed = said.value;
            this.input.value = said.meant ?? said.value;
            this.look();
        } else if (said.state === "good" || said.state === "doubt") {
            this.send(said.value);
        } else if (said.state === "empty") {
            setText(this.says, t("type.empty"));
        } else if (said.state === "short") {
            setText(this.says, t("type.short"));
        }
    }

    nothing() {
        if (this.visible && !this.sent) {
            this.send(null);
        }
    }

    /* Who was given a crop hands it back; in a file that is one's own, it is put off. */
    illegible() {
        if (this.sent) {
            return;
        }
        this.sent = true;
        const given = this.item.page === undefined;
        this.answered(given ? { key: this.item.key, version: this.item.version, illegible: true } : null);
    }

    send(value) {
        this.sent = true;
        const { key, version, keying } = this.item;
        this.answered(keying === undefined ? { key, version, value } : { key, version, keying, value });
    }

    zoom() {
        if (this.item.page) {
            openZoom(this.item, [{ area: this.item.area, label: this.item.label, strong: true }]);
        }
    }

    /** keys: true if the key was ours. Letters go into the text, so they come with Alt. */
    keys(event) {
        const key = event.key.toLowerCase();
        if (event.altKey && !event.ctrlKey) {
            const act = { r: () => this.nothing(), p: () => this.illegible(), z: () => this.zoom(),
                1: () => this.take(0), 2: () => this.take(1) }[key];
            act?.();
            return act !== undefined;
        }
        const enter = key === "enter" && !(this.item.format === "lines" && event.shiftKey);
        const next = enter || (key === "tab" && !event.shiftKey && event.target === this.input);
        /* Tab from an empty field goes to the buttons, as anywhere. */
        if (next && !(key === "tab" && this.input.value === "")) {
            if (!event.repeat) {
                this.confirm();
            }
            return true;
        }
        return false;
    }

    /** undoes: Ctrl+Z takes back the answer before only when there is nothing typed to take back. */
    get undoes() {
        return this.input.value === "";
    }
}
