/* pages-work.js - what conflicts and pages without identity have in common: one page after the other. */

import { isTyping, say } from "./dom.js";
import { Feed } from "./feed.js";
import { pageAct } from "./page-act.js";
import { nothingLeft } from "./work.js";
import { t, tn } from "./words.js";

export class PagesWork {
    constructor(station, id) {
        this.station = station;
        this.id = id;
        this.feed = new Feed(station, id, null);
    }

    async start(key) {
        if (key) {
            await this.feed.seek(key);
        }
        await this.next();
    }

    async next() {
        await this.feed.more(1, this.station.idle);
        [this.item] = this.feed.take(1);
        if (this.item === undefined) {
            this.root.replaceChildren(nothingLeft(this.feed, () => this.next()));
            return;
        }
        this.show(this.item);
    }

    left() {
        return tn("left", this.station.count(this.id));
    }

    async act(act) {
        if (this.busy) {
            return;
        }
        this.busy = true;
        this.root.classList.add("busy");
        this.station.remember(this.item.key);
        const done = await pageAct(this.station, { page: this.item.page, ...act }, (reason) =>
            this.station.note(reason, "wrong"),
        );
        this.busy = false;
        this.root.classList.remove("busy");
        if (done) {
            say(t("act.done"));
            await this.next();
        }
    }

    later() {
        this.feed.later(this.item);
        this.next();
    }

    /* @acts by key; letters and digits only while nothing is being typed. */
    keys(event, acts) {
        if (this.item === undefined || (isTyping(event.target) && event.key.length === 1)) {
            return false;
        }
        const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
        act?.();
        return act !== undefined;
    }
}
