/* page-act.js - what is decided about a whole page. Not done ahead: which file a page belongs to is
 * the one thing that must never be wrong, so the clerk waits until it is done. */

import { api } from "./api.js";
import { t } from "./words.js";

/** pageAct: true if it was done; false if it was refused, `tell` was given the reason. */
export async function pageAct(station, act, tell) {
    await station.idle();
    for (;;) {
        try {
            const answer = await api.page(act);
            station.setQueues(answer.queues);
            return true;
        } catch (error) {
            if (error.status >= 400 && !["closed", "locked"].includes(error.code)) {
                tell(error.message || t("error.refused"));
                return false;
            }
            await station.trouble(error);
        }
    }
}
