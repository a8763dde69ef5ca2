/* give.js - what clerks are given to type: how many fields of one kind, to whom; and taking them back. */

import { api } from "./api.js";
import { button, el, setText } from "./dom.js";
import { number, t, tn } from "./words.js";

const KINDS = ["dates", "nombres", "noms", "contacts", "recits"];

export class Give {
    constructor(station) {
        this.station = station;
        this.to = el("select", { id: "give-to" });
        this.kind = el("select", { id: "give-kind" });
        const numeric = { inputmode: "numeric", maxlength: "3", autocomplete: "off" };
        this.n = el("input", { id: "give-n", class: "typed brief", ...numeric });
        this.says = el("p", { class: "says", role: "status" });
        this.list = el("ul", { class: "parcels" });
        this.button = button({ text: t("give.do"), key: "⏎", look: "main" });
        const close = () => this.dialog.close();
        this.dialog = el("dialog", { class: "panel-dialog give", "aria-label": t("give.title") },
            el("h2", { text: t("give.title") }),
            el("p", { class: "muted", text: t("give.text") }),
            this.form = el("form", { class: "row", onsubmit: (event) => { event.preventDefault(); this.give(); } },
                el("div", { class: "field" }, el("label", { for: "give-to", text: t("give.to") }), this.to),
                el("div", { class: "field" }, el("label", { for: "give-kind", text: t("give.kind") }), this.kind),
                el("div", { class: "field" }, el("label", { for: "give-n", text: t("give.n") }), this.n),
                this.button),
            this.says, this.list,
            el("footer", { class: "row end" }, button({ text: t("close"), key: t("key.escape") }, close)));
        this.dialog.addEventListener("close", () => this.dialog.remove());
    }

    async open() {
        if (await this.load()) {
            document.body.append(this.dialog);
            this.dialog.showModal();
        }
    }

    /* True if the station answered. */
    async load() {
        let answer;
        try {
            await this.station.idle();
            answer = await api.clerks();
        } catch (error) {
            this.failed(error);
            return false;
        }
        this.most = answer.most;
        this.n.value ||= String(answer.most);
        this.fill(this.to, answer.clerks.map((clerk) => [clerk.login, clerk.login]));
        const waits = (kind) => t("give.waits", t(`group.${kind}`), number(this.station.count("type", kind)));
        this.fill(this.kind, KINDS.map((kind) => [kind, waits(kind)]));
        const lines = answer.clerks.flatMap((clerk) => clerk.parcels.map((one) => this.line(clerk, one)));
        this.list.replaceChildren(...lines);
        this.form.hidden = answer.clerks.length === 0;
        if (answer.clerks.length === 0) {
            setText(this.says, t("give.nobody"));
        }
        return true;
    }

    /* Options, and the choice that was made if it is still there. */
    fill(select, options) {
        const had = select.value;
        select.replaceChildren(...options.map(([value, text]) => el("option", { value, text })));
        if (options.some(([value]) => value === had)) {
            select.value = had;
        }
    }

    line(clerk, parcel) {
        return el("li", {},
            el("span", { text: t("give.has", clerk.login, number(parcel.left), t(`group.${parcel.kind}`)) }),
            button({ text: t("give.back"), look: "quiet" }, () => this.act(() => api.withdraw(parcel.parcel),
                (answer) => tn("give.withdrawn", answer.withdrawn))));
    }

    give() {
        const n = Number(this.n.value.trim());
        if (!Number.isInteger(n) || n < 1 || n > this.most) {
            this.tell(t("give.most", this.most), "wrong");
            return;
        }
        this.act(() => api.give(this.to.value, this.kind.value, n), (answer) => [
            answer.given > 0 ? tn("give.given", answer.given, this.to.value) : t("give.none"),
            answer.left_out > 0 ? tn("give.left", answer.left_out) : null,
            answer.not_yours > 0 ? tn("give.others", answer.not_yours) : null,
        ].filter(Boolean).join(" "));
    }

    /* One at a time: the station is busy with it for a while. */
    async act(ask, says) {
        if (this.busy) {
            return;
        }
        this.busy = true;
        this.button.disabled = true;
        this.tell(t("give.wait"), "");
        try {
            const answer = await ask();
            this.station.setQueues(answer.queues);
            this.tell(says(answer), "good");
            await this.load();
        } catch (error) {
            this.failed(error);
        } finally {
            this.busy = false;
            this.button.disabled = false;
        }
    }

    /* What the station refuses is said here; if it is gone or locked, everything stops. */
    failed(error) {
        if (error.status >= 400 && !["locked", "closed"].includes(error.code)) {
            this.tell(error.message || t("error.refused"), "wrong");
            return;
        }
        this.dialog.remove();
        this.station.trouble(error);
    }

    tell(text, state) {
        this.says.className = `says ${state}`;
        setText(this.says, text);
    }
}

/** openGive: for managers of an office with keys. */
export function openGive(station) {
    return new Give(station).open();
}
