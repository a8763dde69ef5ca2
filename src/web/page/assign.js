/* assign.js - which file, form and page a page is: a code, and what the office knows of it. */

import { CodeInput } from "./code-input.js";
import { button, el } from "./dom.js";
import { t } from "./words.js";

export class Assign {
    /** `known`: {form, page_number, copy} where the page says them itself; `done(place)`. */
    constructor(known, done) {
        this.known = known;
        this.done = done;
        this.form = el("input", {
            id: "form",
            class: "typed brief",
            list: "forms",
            maxlength: "4",
            autocomplete: "off",
            spellcheck: "false",
        });
        this.page = el("input", {
            id: "page-number",
            class: "typed brief",
            inputmode: "numeric",
            maxlength: "1",
            autocomplete: "off",
        });
        this.copy = el("select", { id: "copy" });
        this.list = el("datalist", { id: "forms" });
        this.form.value = known.form ?? "";
        this.page.value = known.page_number || "";
        this.copyField = el(
            "div",
            { class: "field", hidden: true },
            el("label", { for: "copy", text: t("assign.copy") }),
            this.copy,
        );
        this.button = button({ text: t("assign.do"), key: "⏎", look: "main", disabled: true });
        this.code = new CodeInput((read) => this.read(read)); /* calls read() at once: last */
        this.root = el(
            "form",
            {
                class: "assign",
                onsubmit: (event) => {
                    event.preventDefault();
                    this.send();
                },
            },
            this.code.root,
            el(
                "div",
                { class: "row" },
                el(
                    "div",
                    { class: "field" },
                    el("label", { for: "form", text: t("assign.form") }),
                    this.form,
                    this.list,
                ),
                el(
                    "div",
                    { class: "field" },
                    el("label", { for: "page-number", text: t("assign.page") }),
                    this.page,
                ),
                this.copyField,
                this.button,
            ),
        );
        for (const input of [this.form, this.page]) {
            input.addEventListener("input", () => this.look());
        }
    }

    focus() {
        this.code.input.focus();
    }

    read(read) {
        this.file = read.file ?? null;
        this.given = read.code;
        if (read.form) {
            this.form.value = read.form;
            this.page.value = read.page;
            this.copySeen = read.copy;
        }
        this.list.replaceChildren(
            ...(this.file?.forms ?? []).map((form) => el("option", { value: form.form, label: form.title })),
        );
        this.look();
    }

    look() {
        const form = (this.file?.forms ?? []).find((one) => one.form === this.wantedForm());
        const copies = form?.copies ?? [];
        this.copyField.hidden = copies.length < 2;
        const had = this.copy.value;
        this.copy.replaceChildren(
            ...copies.map((copy) =>
                el("option", {
                    value: copy.copy,
                    text:
                        copy.missing.length > 0
                            ? t("assign.copy.missing", copy.number, copy.copy, copy.missing.join(", "))
                            : t("assign.copy.whole", copy.number, copy.copy),
                }),
            ),
        );
        const wanted = had || this.copySeen || this.known.copy;
        if (copies.some((copy) => copy.copy === wanted)) {
            this.copy.value = wanted;
        }
        this.button.disabled = this.place() === null;
    }

    /* "1b" or "1.B" -> "1.B" */
    wantedForm() {
        const text = this.form.value
            .trim()
            .toUpperCase()
            .replace(/^(.)\.?(.)$/, "$1.$2");
        return /^[A-Z]\.[A-Z]$/.test(text) ? text.replace(".", "") : text;
    }

    /* What would be sent, or null if something is still missing. */
    place() {
        const page = Number(this.page.value);
        if (
            !this.given ||
            !/^[A-Z0-9]\.[A-Z0-9]$|^[A-Z]{2}$/.test(this.wantedForm()) ||
            !(page >= 1 && page <= 9)
        ) {
            return null;
        }
        const copy = this.copyField.hidden ? (this.copySeen ?? null) : this.copy.value;
        return { case: this.given, form: this.wantedForm(), page_number: page, ...(copy ? { copy } : {}) };
    }

    send() {
        const place = this.place();
        if (place !== null) {
            this.done(place);
        }
    }
}
