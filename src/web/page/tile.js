/* tile.js - one doubtful box on the wall. */

import { el } from "./dom.js";
import { picture, seen } from "./pictures.js";
import { t } from "./words.js";

export class Tile {
    constructor(item, box) {
        this.item = item;
        this.box = box;
        this.marked = box.guess;
        this.later = false;
        this.ready = false; /* its picture is on the screen */
        this.broken = false; /* its picture cannot be had: nobody can decide it */
        this.img = picture(box.crop);
        this.state = el("span", { class: "tile-state" });
        this.node = el(
            "button",
            { type: "button", class: "tile waiting", tabindex: "-1", title: `${item.label} — ${box.label}` },
            el("span", { class: "tile-crop" }, this.img, this.state),
            el("span", { class: "tile-name", text: box.label || item.label }),
            el("span", { class: "tile-question", text: item.label }),
        );
        this.waitForPicture();
        this.dress();
    }

    async waitForPicture() {
        this.ready = await seen(this.img);
        this.node.classList.remove("waiting");
        if (!this.ready) {
            this.broken = true;
            this.later = true;
            this.img.replaceWith(el("span", { class: "broken", text: t("picture.missing") }));
        }
        this.dress();
    }

    /** turned: the clerk says otherwise than the machine. */
    get turned() {
        return this.marked !== this.box.guess;
    }

    flip() {
        if (!this.broken) {
            this.later = false;
            this.marked = !this.marked;
            this.dress();
        }
    }

    putOff() {
        this.later = this.broken || !this.later;
        this.dress();
    }

    /* What it looks like, and what a screen reader says of it. */
    dress() {
        const { box, item, later, marked, node, state } = this;
        const word = t(later ? "tile.later" : marked ? "tile.marked" : "tile.empty");
        const turned = this.turned && !later;
        node.classList.toggle("marked", marked && !later);
        node.classList.toggle("turned", turned);
        node.classList.toggle("later", later);
        node.setAttribute("aria-pressed", String(marked));
        state.textContent = turned ? t("tile.turned", word) : word;
        state.hidden = !turned && !later;
        node.setAttribute("aria-label", `${box.label}, ${item.label}, ${item.form} : ${state.textContent}`);
    }
}
