/* wall.js - many doubtful boxes at once, in two groups: those the machine took for marked and those
 * it took for empty. The clerk turns the wrong ones round and confirms the rest with one key. */

import { button, el, say, setText } from "./dom.js";
import { Feed } from "./feed.js";
import { Tile } from "./tile.js";
import { ChoiceCard } from "./choice-card.js";
import { actions, head, nothingLeft } from "./work.js";
import { t, tn } from "./words.js";
import { openZoom } from "./zoom.js";

const MOST = 80; /* questions on one wall: one call to the station is 64 KiB at most */

export class Wall {
    constructor(station, id, group) {
        this.station = station;
        this.feed = new Feed(station, id, group);
        this.root = el("section", { class: "work wall" });
        this.tiles = [];
        this.questions = []; /* items with two answers to a question that has one */
    }

    /** start: @key: an item to be shown first, after an undo. */
    async start(key) {
        if (key) {
            await this.feed.seek(key);
        }
        await this.next();
    }

    async next() {
        if (this.questions.length > 0) {
            this.showQuestion(this.questions.shift());
            return;
        }
        this.card = null;
        await this.feed.more(96, this.station.idle);
        const items = this.fit();
        if (items.length === 0) {
            this.tiles = [];
            this.root.replaceChildren(nothingLeft(this.feed, () => this.next()));
            return;
        }
        this.show(items);
        this.feed.ahead(144).then(() => this.feed.prepare(48));
    }

    /* Takes of the items in hand, in their order, those that fit on the screen without scrolling; always
     * one. What does not fit into the last rows waits, the next that does is taken. */
    fit() {
        const style = getComputedStyle(document.documentElement);
        const size = (name) => Number.parseFloat(style.getPropertyValue(name));
        const space = this.station.room();
        const gap = size("--gap");
        const columns = Math.max(
            1,
            Math.floor((space.width - size("--wall-side") + gap) / (size("--tile-width") + gap)),
        );
        const height = space.height - size("--wall-rest");
        const row = size("--tile-height") + gap;
        let [marked, empty] = [0, 0];
        return this.feed.pick((item, n) => {
            const doubtful = item.boxes.filter((box) => !box.sure);
            const more = doubtful.filter((box) => box.guess).length;
            const groups = [marked + more, empty + doubtful.length - more];
            const rows = groups.reduce((sum, count) => sum + Math.ceil(count / columns), 0);
            const heads = groups.filter((count) => count > 0).length;
            const fits = n === 0 || (n < MOST && rows * row + heads * size("--wall-head") <= height);
            if (fits) {
                [marked, empty] = groups;
            }
            return fits;
        });
    }

    show(items) {
        this.items = items;
        this.since = performance.now();
        this.tiles = items.flatMap((item) =>
            item.boxes.filter((box) => !box.sure).map((box) => this.tile(item, box)),
        );
        const groups = [true, false].map((guess) => this.tiles.filter((tile) => tile.box.guess === guess));
        this.tiles = groups.flat();
        this.root.replaceChildren(
            head(
                t("queue.marks"),
                tn("left", this.left()),
                t("wall.how"),
                (this.which = el("p", { class: "which" })),
            ),
            el(
                "div",
                { class: "walls" },
                groups
                    .filter((group) => group.length > 0)
                    .map((group) =>
                        el(
                            "div",
                            { class: "tiles", role: "group", "aria-label": this.groupName(group) },
                            el("h3", { class: "tiles-head", text: this.groupName(group) }),
                            group.map((tile) => tile.node),
                        ),
                    ),
            ),
            actions(
                button({ text: t("wall.flip"), key: t("key.space") }, () => this.flip()),
                button({ text: t("later"), key: "P" }, () => this.later()),
                button({ text: t("zoom"), key: "Z", draw: "zoom" }, () => this.zoom()),
                button({ text: t("undo"), key: "U", draw: "undo" }, () => this.station.undo()),
                el("span", { class: "grow" }),
                (this.confirmButton = button({ text: this.confirmText(), key: "⏎", look: "main" }, () =>
                    this.confirm(),
                )),
            ),
        );
        this.markFocus(0);
    }

    left() {
        return this.station.count(this.feed.id, this.feed.group);
    }

    groupName(group) {
        return t(group[0].box.guess ? "wall.marked" : "wall.empty", group.length);
    }

    tile(item, box) {
        const tile = new Tile(item, box);
        tile.node.addEventListener("click", () => {
            this.markFocus(this.tiles.indexOf(tile));
            this.flip();
        });
        return tile;
    }

    markFocus(at) {
        this.at = Math.max(0, Math.min(at, this.tiles.length - 1));
        this.tiles.forEach((tile, i) => tile.node.setAttribute("tabindex", i === this.at ? "0" : "-1"));
        const { item, box, node } = this.tiles[this.at];
        node.focus();
        setText(
            this.which,
            [box.label, item.label, t("place.page", item.form, item.page_number)].filter(Boolean).join(" · "),
        );
    }

    flip() {
        this.tiles[this.at].flip();
        this.changed();
    }

    later() {
        this.tiles[this.at].putOff();
        this.changed();
    }

    changed() {
        say(this.tiles[this.at].state.textContent);
        setText(this.confirmButton.querySelector("span"), this.confirmText());
    }

    confirmText() {
        const turned = this.tiles.filter((tile) => !tile.later && tile.turned).length;
        return turned === 0 ? t("wall.confirm") : tn("wall.correct", turned);
    }

    zoom() {
        const { item, box } = this.tiles[this.at];
        openZoom(item, [{ area: box.area, label: box.label, strong: true }]);
    }

    /* The answer to @item's question as it stands on the wall. */
    answer(item) {
        const options = Object.fromEntries(item.boxes.map((box) => [box.option, box.guess]));
        for (const tile of this.tiles.filter((one) => one.item === item)) {
            options[tile.box.option] = tile.marked;
        }
        return options;
    }

    async confirm() {
        if (this.busy || this.tiles.length === 0 || performance.now() - this.since < 250) {
            return;
        }
        if (this.tiles.some((tile) => !tile.ready && !tile.later)) {
            this.station.note(t("wall.wait"));
            return;
        }
        this.busy = true;
        const decisions = [];
        for (const item of this.items) {
            const options = this.answer(item);
            if (this.tiles.some((tile) => tile.item === item && tile.later)) {
                this.feed.later(item);
            } else if (item.one && Object.values(options).filter(Boolean).length > 1) {
                this.questions.push({ ...item, reason: "two_marks" });
            } else {
                decisions.push({ key: item.key, version: item.version, options });
            }
        }
        if (decisions.length > 0) {
            await this.station.save(decisions);
        }
        this.busy = false;
        await this.next();
    }

    /* Turned round, a question that takes one answer has two: it is asked alone. */
    showQuestion(item) {
        this.tiles = [];
        this.card = new ChoiceCard(this.station, item, (decision) => this.answered(item, decision));
        this.root.replaceChildren(...this.card.nodes);
        this.card.focus();
    }

    async answered(item, decision) {
        if (decision === null) {
            this.feed.later(item);
        } else {
            await this.station.save([decision]);
        }
        await this.next();
    }

    /** keys: true if the key was ours. */
    keys(event) {
        if (this.card) {
            return this.card.keys(event);
        }
        if (this.tiles.length === 0) {
            return false;
        }
        const act = {
            ArrowRight: () => this.markFocus(this.at + 1),
            ArrowLeft: () => this.markFocus(this.at - 1),
            ArrowDown: () => this.markFocus(this.below(1)),
            ArrowUp: () => this.markFocus(this.below(-1)),
            Home: () => this.markFocus(0),
            End: () => this.markFocus(this.tiles.length - 1),
            " ": () => this.flip(),
            Enter: () => event.repeat || this.confirm(),
            p: () => this.later(),
            z: () => this.zoom(),
        }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        act?.();
        return act !== undefined;
    }

    /* The tile one line further (@way 1) or back (-1), as near below or above as there is. */
    below(way) {
        const here = this.tiles[this.at].node.getBoundingClientRect();
        const middle = here.left + here.width / 2;
        let best = this.at;
        let least = Infinity;
        this.tiles.forEach((tile, i) => {
            const there = tile.node.getBoundingClientRect();
            const down = (there.top - here.top) * way;
            const distance = down * 10 + Math.abs(there.left + there.width / 2 - middle);
            if (down > here.height / 2 && distance < least) {
                least = distance;
                best = i;
            }
        });
        return best;
    }
}
