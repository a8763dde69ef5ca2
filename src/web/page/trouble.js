/* trouble.js - when the station does not answer, everything stops, loudly; what was decided is kept. */

import { button, el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { t, tn } from "./words.js";

const EVERY = 3000; /* ms between tries */

/**
 * showTrouble: until `retry()` resolves to null, else to what is wrong now; tried again every few seconds.
 * `kept`: decisions not on the disk; `giveUp`: called if the person lets it be, or null if that is not possible.
 * Resolves to whether the station answers again.
 */
export function showTrouble({ error, kept, retry, giveUp }) {
    return new Promise((resolve) => {
        const title = el("h2");
        const text = el("p");
        const told = el("p", { class: "muted" });
        const says = el("p", { class: "says", role: "status" });
        const dialog = el(
            "dialog",
            { class: "panel-dialog trouble", role: "alertdialog" },
            el("div", { class: "trouble-head" }, icon("warn"), title),
            text,
            told,
            el("p", {
                class: kept > 0 ? "notice" : "muted",
                text: kept > 0 ? tn("trouble.kept", kept) : t("trouble.safe"),
            }),
            says,
            el(
                "footer",
                { class: "row end" },
                giveUp
                    ? button({ text: t(kept > 0 ? "trouble.drop" : "trouble.leave"), look: "quiet" }, () =>
                          finish(false),
                      )
                    : null,
                button({ text: t("trouble.retry"), look: "main" }, () => again(true)),
            ),
        );
        let trying = false;
        const timer = giveUp ? null : setInterval(() => again(false), EVERY);
        dialog.addEventListener("cancel", (event) => event.preventDefault());
        tell(error);
        document.body.append(dialog);
        dialog.showModal();

        /* What is wrong may change: first stopped, then started again with another address. */
        function tell(now) {
            const kind = now.code === "network" || now.code === "closed" ? now.code : "failed";
            dialog.setAttribute("aria-label", t(`trouble.${kind}`));
            setText(title, t(`trouble.${kind}`));
            setText(text, t(`trouble.${kind}.text`));
            setText(told, kind === "failed" ? now.message : "");
            told.hidden = told.textContent === "";
        }

        async function again(byHand) {
            if (trying) {
                return;
            }
            trying = true;
            const wrong = await retry();
            trying = false;
            if (wrong === null) {
                finish(true);
                return;
            }
            tell(wrong);
            setText(says, byHand ? t("trouble.still") : "");
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
