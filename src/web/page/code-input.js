/* code-input.js - a case code, typed or scanned; said at once whether it can be right. */

import { api } from "./api.js";
import { readCode } from "./code.js";
import { el, setText } from "./dom.js";
import { t } from "./words.js";

export class CodeInput {
    /** `changed({code, form, page, copy, file})`: code null while it is not right; `file` is what the office
     * knows of it, null if nothing. */
    constructor(changed) {
        this.changed = changed;
        this.input = el("input", {
            id: "code",
            class: "typed code",
            autocomplete: "off",
            autocapitalize: "characters",
            spellcheck: "false",
            maxlength: "40",
            placeholder: "MOP-00000-00000-00",
            "aria-describedby": "code-says",
        });
        this.says = el("p", { class: "says", id: "code-says", role: "status" });
        this.root = el(
            "div",
            { class: "code-input" },
            el("label", { for: "code", text: t("code.label") }),
            this.input,
            this.says,
        );
        this.input.addEventListener("input", () => this.look());
        this.asked = 0;
        this.look();
    }

    async look() {
        const read = readCode(this.input.value);
        const bad = ["shape", "wrong", "blank"].includes(read.state);
        this.input.classList.toggle("bad", bad);
        this.input.setAttribute("aria-invalid", String(bad));
        const asked = ++this.asked;
        if (read.state !== "good") {
            this.tell(bad ? "wrong" : "short", t(`code.${read.state}`));
            this.changed({ code: null });
            return;
        }
        this.tell("short", t("code.checking"));
        let file = null;
        try {
            const answer = await api.caseFile(read.code);
            file = answer.known ? answer : null;
        } catch (error) {
            if (asked === this.asked) {
                this.tell("wrong", error.message || t("code.failed"));
            }
            return;
        }
        /* Typed on meanwhile: that answer is about something else. */
        if (asked === this.asked) {
            this.tell(file ? "good" : "doubt", t(file ? "code.known" : "code.unknown", read.code));
            this.input.value = read.code;
            this.changed({ ...read, file });
        }
    }

    tell(state, text) {
        this.says.className = `says ${state}`;
        setText(this.says, text);
    }
}
