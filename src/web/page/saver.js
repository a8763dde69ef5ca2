/* saver.js - decisions on their way to the disk. The page goes on while one call is on its way; the
 * next one waits for it. If it fails, everything stops and what was decided is kept here. */

import { api } from "./api.js";

/* Codes that mean: as it stands, this call will never be taken. */
const HOPELESS = (error) =>
    error.status >= 400 &&
    error.status < 500 &&
    !["closed", "locked"].includes(error.code) &&
    ![408, 429].includes(error.status);

export class Saver {
    /** `saved(answer, decisions)` and `failed(error, decisions, hopeless)` are called as it happens. */
    constructor(saved, failed) {
        this.saved = saved;
        this.failed = failed;
        this.flight = null;
    }

    /** kept: decisions that are not on the disk yet. */
    get kept() {
        return this.flight?.decisions ?? [];
    }

    /** owner: who decided them. */
    get owner() {
        return this.flight?.owner ?? null;
    }

    /** put: resolves as soon as the call before this one is on the disk; then the page may go on. */
    async put(decisions, owner) {
        await this.idle();
        const flight = { decisions, owner, tries: 0 };
        flight.over = new Promise((resolve) => {
            flight.resolve = resolve;
        });
        this.flight = flight;
        this.send();
    }

    /** idle: resolves when nothing is on its way. */
    async idle() {
        while (this.flight !== null) {
            await this.flight.over;
        }
    }

    /** send: (again) what is kept; nothing if nothing is. */
    async send() {
        const flight = this.flight;
        if (flight === null || flight.sending) {
            return;
        }
        flight.sending = true;
        flight.tries++;
        let answer;
        try {
            answer = await api.decide(flight.decisions);
        } catch (error) {
            flight.sending = false;
            this.failed(error, flight.decisions, HOPELESS(error));
            return;
        }
        if (flight.tries > 1) {
            answer.refused = answer.refused.filter(
                (one) => !(one.code === "taken" && one.by === flight.owner),
            );
        }
        this.finish();
        this.saved(answer, flight.decisions);
    }

    /** finish: lets go of what is kept; also when a person gives it up. */
    finish() {
        const flight = this.flight;
        this.flight = null;
        flight?.resolve();
    }
}
