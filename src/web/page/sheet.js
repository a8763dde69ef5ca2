/* sheet.js - a whole page on the screen, with frames on it. Places are mm of the page. */

import { el } from "./dom.js";
import { picture, seen } from "./pictures.js";
import { t } from "./words.js";

const DOTS = 8; /* a mm, of the picture that is fetched */
const LEAST = 1.2;
const MOST = 14; /* px a mm on the screen */
const STEP = 1.3;

export class Sheet {
    /** `frames`: [{area, label, strong}] */
    constructor(address, description, frames = []) {
        this.frames = frames.map(({ area, label, strong }) => ({
            area,
            node: el(
                "div",
                { class: strong ? "frame strong" : "frame" },
                label ? el("span", { class: "frame-label", text: label }) : null,
            ),
        }));
        this.img = picture(`${address}?dots=${DOTS}`, description);
        this.paper = el(
            "div",
            { class: "paper" },
            this.img,
            this.frames.map((frame) => frame.node),
        );
        this.root = el(
            "div",
            { class: "sheet loading", tabindex: "0", role: "region", "aria-label": description },
            this.paper,
        );
        this.width = 210;
        this.height = 297;
        this.scale = LEAST;
        this.turned = 0; /* degrees, clockwise */
        this.ready = this.settle();
        this.watchFingers();
    }

    async settle() {
        const good = await seen(this.img);
        this.root.classList.remove("loading");
        if (!good) {
            this.paper.replaceChildren(el("p", { class: "broken", text: t("picture.missing") }));
            return false;
        }
        this.width = this.img.naturalWidth / DOTS;
        this.height = this.img.naturalHeight / DOTS;
        this.wide();
        return true;
    }

    setScale(scale) {
        this.scale = Math.min(MOST, Math.max(LEAST, scale));
        const [wide, high] = [this.width * this.scale, this.height * this.scale];
        const across = this.turned % 180 !== 0;
        const corner = { 0: [0, 0], 90: [high, 0], 180: [wide, high], 270: [0, wide] }[this.turned];
        this.paper.style.width = `${across ? high : wide}px`;
        this.paper.style.height = `${across ? wide : high}px`;
        this.img.style.width = `${wide}px`;
        this.img.style.height = `${high}px`;
        this.img.style.transform = `translate(${corner[0]}px, ${corner[1]}px) rotate(${this.turned}deg)`;
        for (const { area, node } of this.frames) {
            node.style.left = `${(area.x - 1) * this.scale}px`;
            node.style.top = `${(area.y - 1) * this.scale}px`;
            node.style.width = `${(area.w + 2) * this.scale}px`;
            node.style.height = `${(area.h + 2) * this.scale}px`;
        }
    }

    /** turn: a quarter to the right; only for sheets without frames. */
    turn() {
        this.turned = (this.turned + 90) % 360;
        this.whole();
    }

    /** whole: the page as large as it fits. */
    whole() {
        const [wide, high] = this.turned % 180 === 0 ? [this.width, this.height] : [this.height, this.width];
        this.setScale(Math.min(this.root.clientWidth / wide, this.root.clientHeight / high));
    }

    /** wide: as large as it fits across. */
    wide() {
        this.setScale(this.root.clientWidth / this.width);
    }

    /** center: brings `area` to the middle. */
    center(area) {
        this.root.scrollTo(
            (area.x + area.w / 2) * this.scale - this.root.clientWidth / 2,
            (area.y + area.h / 2) * this.scale - this.root.clientHeight / 2,
        );
    }

    /** zoom: nearer (`direction` 1) or further (-1), what is in the middle stays there. */
    zoom(direction) {
        const middle = {
            x: (this.root.scrollLeft + this.root.clientWidth / 2) / this.scale,
            y: (this.root.scrollTop + this.root.clientHeight / 2) / this.scale,
            w: 0,
            h: 0,
        };
        this.setScale(direction > 0 ? this.scale * STEP : this.scale / STEP);
        this.center(middle);
    }

    /** point: the frame `n` is the one that is looked at. */
    point(n) {
        this.frames.forEach(({ node }, i) => node.classList.toggle("strong", i === n));
        this.center(this.frames[n].area);
    }

    /** keys: + - 0, for whoever shows the sheet. */
    keys(event) {
        const act = {
            "+": () => this.zoom(1),
            "=": () => this.zoom(1),
            "-": () => this.zoom(-1),
            0: () => this.whole(),
        }[event.key];
        act?.();
        return act !== undefined;
    }

    /* The page is pulled with a mouse; fingers scroll it by themselves. */
    watchFingers() {
        this.root.addEventListener("pointerdown", (down) => {
            if (down.pointerType !== "mouse" || down.button !== 0) {
                return;
            }
            const from = { x: this.root.scrollLeft + down.clientX, y: this.root.scrollTop + down.clientY };
            const move = (event) => this.root.scrollTo(from.x - event.clientX, from.y - event.clientY);
            const stop = () => this.root.removeEventListener("pointermove", move);
            this.root.setPointerCapture(down.pointerId);
            this.root.addEventListener("pointermove", move);
            this.root.addEventListener("pointerup", stop, { once: true });
            this.root.addEventListener("pointercancel", stop, { once: true });
        });
    }
}
