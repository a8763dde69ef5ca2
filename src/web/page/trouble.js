/* trouble.js - when the station does not answer, everything stops, loudly; what was decided is kept. */

import { button, el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { t, tn } from "./words.js";

const EVERY = 3000; /* ms between tries */

/**
 * showTrouble: until `retry()` resolves to true; again on its own every few seconds where that may help.
 * `kept`: decisions not on the disk; `giveUp`: called if the person lets it be, or null if that is not possible.
 * Resolves to whether the station answers again.
 */
export function showTrouble({ error, kept, retry, giveUp }) {
    return new Promise((resolve) => {
        const closed = error.code === "closed";
        const says = el("p", { class: "says", role: "status" });
        const dialog = el("dialog", { class: "panel-dialog trouble", role: "alertdialog", "aria-label": t(`trouble.${kind(error)}`) },
            el("div", { class: "trouble-head" }, icon("warn"), el("h2", { text: t(`trouble.${kind(error)}`) })),
            el("p", { text: t(`trouble.${kind(error)}.text`) }),
            error.message && error.status > 0 ? el("p", { class: "muted", text: error.message }) : null,
            el("p", { class: kept > 0 ? "notice" : "muted", text: kept > 0 ? tn("trouble.kept", kept) : t("trouble.safe") }),
            says,
            el("footer", { class: "row end" },
                giveUp ? button({ text: t(kept > 0 ? "trouble.drop" : "trouble.leave"), look: "quiet" }, () => finish(false)) : null,
                button({ text: t("trouble.retry"), look: "main" }, () => again(true))));
        let trying = false;
        const timer = closed || giveUp ? null : setInterval(() => again(false), EVERY);
        dialog.addEventListener("cancel", (event) => event.preventDefault());
        document.body.append(dialog);
        dialog.showModal();

        async function again(byHand) {
            if (trying) {
                return;
            }
            trying = true;
            const good = await retry();
            trying = false;
            if (good) {
                finish(true);
            } else if (byHand) {
                setText(says, t("trouble.still"));
            }
        }

        function finish(over) {
            clearInterval(timer);
            dialog.close();
            dialog.remove();
            if (!over) {
                giveUp();
            }
            resolve(over);
        }
    });
}

function kind(error) {
    return error.code === "network" || error.code === "closed" ? error.code : "failed";
}
