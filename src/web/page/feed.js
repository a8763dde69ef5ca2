/* feed.js - the items of one queue, always some ahead of the clerk. */

import { api } from "./api.js";
import { fetchAhead } from "./pictures.js";

const A_TIME = 48;
const PAGES_SEARCHED = 20;

/** picturesOf: the addresses that an item will show first. */
export function picturesOf(item) {
    const boxes = item.queue === "marks" ? item.boxes.filter((box) => !box.sure) : (item.boxes ?? []);
    return [item.queue === "marks" ? null : item.crop, ...boxes.map((box) => box.crop)].filter(Boolean);
}

export class Feed {
    constructor(station, id, group) {
        this.station = station;
        this.id = id;
        this.group = group;
        this.putOff = new Map();
        this.restart();
    }

    restart() {
        this.hand = [];
        this.after = null;
        this.ended = false;
        this.given = new Set();
        this.total = null;
        this.closed = 0;
    }

    /* Until it is answered; the station shows what is wrong. */
    async ask(which) {
        for (;;) {
            try {
                return await api.queue(this.id, which);
            } catch (error) {
                if (error.status === 403 && error.code !== "locked") {
                    return {
                        count: 0,
                        closed: this.station.closed(this.id),
                        items: [],
                        next: null,
                    }; /* for others */
                }
                await this.station.trouble(error);
            }
        }
    }

    async fetchOne() {
        const answer = await this.ask({ n: A_TIME, after: this.after, group: this.group });
        this.total = answer.count;
        this.closed = answer.closed ?? 0;
        this.after = answer.next;
        this.ended = answer.next === null;
        const fresh = answer.items.filter((item) => !this.given.has(item.key) && !this.putOff.has(item.key));
        for (const item of fresh) {
            this.given.add(item.key);
        }
        this.hand.push(...fresh);
    }

    /** ahead: resolves when at least `n` items are in hand, or all that there are. */
    async ahead(n) {
        while (this.hand.length < n && !this.ended) {
            this.fetching ??= this.fetchOne().finally(() => {
                this.fetching = null;
            });
            await this.fetching;
        }
    }

    /** more: as ahead(); at the end of the queue looks again for what came in meanwhile, after
     * `idle` says that nothing is on its way to the disk. */
    async more(n, idle) {
        await this.ahead(n);
        if (this.hand.length === 0) {
            await idle();
            this.restart();
            await this.ahead(n);
        }
    }

    /** prepare: fetches ahead the pictures of the first `n` in hand. */
    prepare(n) {
        this.hand.slice(0, n).flatMap(picturesOf).forEach(fetchAhead);
    }

    take(n) {
        return this.hand.splice(0, n);
    }

    /** pick: takes of those in hand, in their order, each that `fits(item, already)` agrees to. */
    pick(fits) {
        const picked = [];
        this.hand = this.hand.filter((item) => {
            if (!fits(item, picked.length)) {
                return true;
            }
            picked.push(item);
            return false;
        });
        return picked;
    }

    /** later: not shown again until the clerk asks for what was put off. */
    later(item) {
        this.putOff.set(item.key, item);
    }

    /** resume: what was put off comes again. */
    resume() {
        this.putOff.clear();
        this.restart();
    }

    /** seek: begins again, with the item of `key` first if it is there. */
    async seek(key) {
        this.restart();
        this.putOff.delete(key);
        for (let page = 0; page < PAGES_SEARCHED && !this.ended; page++) {
            await this.fetchOne();
            const at = this.hand.findIndex((item) => item.key === key);
            if (at >= 0) {
                this.hand.unshift(...this.hand.splice(at, 1));
                return;
            }
        }
    }
}
