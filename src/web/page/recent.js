/* recent.js - what was decided lately, and taking the last of it back. */

import { api } from "./api.js";
import { button, el } from "./dom.js";
import { moment, t } from "./words.js";

export async function openRecent(station) {
    const list = el("ol", { class: "acts" });
    const close = () => dialog.close();
    const dialog = el(
        "dialog",
        { class: "panel-dialog", "aria-label": t("recent.title") },
        el("h2", { text: t("recent.title") }),
        list,
        el(
            "footer",
            { class: "row end" },
            button({ text: t("recent.undo"), key: "U", draw: "undo" }, () => {
                close();
                station.undo();
            }),
            button({ text: t("close"), key: t("key.escape"), look: "main" }, close),
        ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("keydown", (event) => {
        if (event.key.toLowerCase() === "u") {
            event.preventDefault();
            close();
            station.undo();
        }
    });
    let acts;
    try {
        await station.idle();
        acts = (await api.recent()).acts;
    } catch (error) {
        station.trouble(error);
        return;
    }
    list.append(
        ...acts.map((act) =>
            el(
                "li",
                { class: act.undone ? "undone" : "" },
                el("time", { datetime: act.at, text: moment(act.at) }),
                el(
                    "span",
                    {},
                    el("strong", { text: act.label || t(`queue.${act.queue}`) }),
                    el("span", {
                        class: "muted",
                        text: [act.form, t(`queue.${act.queue}`)].filter(Boolean).join(" · "),
                    }),
                ),
                el("span", { text: act.undone ? t("recent.undone", act.who) : act.who }),
            ),
        ),
    );
    if (acts.length === 0) {
        list.replaceWith(el("p", { class: "muted", text: t("recent.none") }));
    }
    document.body.append(dialog);
    dialog.showModal();
}
