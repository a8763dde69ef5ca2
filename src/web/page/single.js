/* single.js - one item after the other: questions that contradict themselves, fields to type. */

import { ChoiceCard } from "./choice-card.js";
import { el } from "./dom.js";
import { Feed } from "./feed.js";
import { TypeCard } from "./type-card.js";
import { nothingLeft } from "./work.js";

const AHEAD = 12; /* items whose pictures are fetched before they are shown */

export class Single {
    constructor(station, id, group) {
        this.station = station;
        this.group = group;
        this.feed = new Feed(station, id, group);
        this.root = el("section", { class: `work single ${id}` });
    }

    /** start: @key: the item to be shown first, after an undo. */
    async start(key) {
        if (key) {
            await this.feed.seek(key);
        }
        await this.next();
    }

    async next() {
        await this.feed.more(1, this.station.idle);
        const [item] = this.feed.take(1);
        this.item = item;
        if (item === undefined) {
            this.card = null;
            this.root.replaceChildren(nothingLeft(this.feed, () => this.next()));
            return;
        }
        const answered = (decision) => this.answered(decision);
        this.card = item.boxes
            ? new ChoiceCard(this.station, item, answered)
            : new TypeCard(this.station, item, this.group, answered);
        this.root.replaceChildren(...this.card.nodes);
        this.card.focus();
        this.feed.ahead(AHEAD * 2).then(() => this.feed.prepare(AHEAD));
    }

    async answered(decision) {
        if (decision === null) {
            this.feed.later(this.item);
        } else {
            await this.station.save([decision]);
        }
        await this.next();
    }

    keys(event) {
        return this.card?.keys(event) ?? false;
    }

    get undoes() {
        return this.card?.undoes ?? true;
    }
}
