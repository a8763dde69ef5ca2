/* help.js - the keys, on `?`. */

import { button, el } from "./dom.js";
import { t } from "./words.js";

/* Where, and keys with what they do. A key in braces is a word of its own ("Espace"). */
const KEYS = [
    [
        "help.everywhere",
        [
            ["?", "help.help"],
            ["U", "help.undo"],
            ["Z", "help.zoom"],
            ["P", "help.later"],
            ["{escape}", "help.overview"],
        ],
    ],
    [
        "help.wall",
        [
            ["← ↑ → ↓", "help.move"],
            ["{space}", "help.flip"],
            ["⏎", "help.confirm"],
        ],
    ],
    [
        "help.question",
        [
            ["1 … 9", "help.choose"],
            ["0", "help.none"],
            ["⏎", "help.save"],
        ],
    ],
    [
        "help.typing",
        [
            ["⏎ {or} {tab}", "help.save"],
            ["Alt R", "help.nothing"],
            ["Alt P", "help.illegible"],
            ["Alt Z", "help.zoom"],
            ["Alt 1 {or} 2", "help.pair"],
            ["Ctrl Z", "help.undo"],
            ["F1", "help.help"],
        ],
    ],
    [
        "help.pages",
        [
            ["← →", "help.differ"],
            ["1 2 3", "help.answer"],
            ["+ − 0", "help.scale"],
            ["R", "help.turn"],
        ],
    ],
];

function names(text) {
    return text.split(" ").map((one) => {
        const word = /^\{(.+)\}$/.exec(one)?.[1];
        return word === "or"
            ? el("span", { text: ` ${t("key.or")} ` })
            : el("kbd", { text: word ? t(`key.${word}`) : one });
    });
}

export function openHelp() {
    const close = () => dialog.close();
    const dialog = el(
        "dialog",
        { class: "panel-dialog help", "aria-label": t("help.title") },
        el("h2", { text: t("help.title") }),
        el(
            "div",
            { class: "help-columns" },
            KEYS.map(([where, keys]) =>
                el(
                    "section",
                    {},
                    el("h3", { text: t(where) }),
                    el(
                        "dl",
                        {},
                        keys.map(([key, what]) =>
                            el("div", {}, el("dt", {}, names(key)), el("dd", { text: t(what) })),
                        ),
                    ),
                ),
            ),
        ),
        el("p", { class: "muted", text: t("help.text") }),
        el(
            "footer",
            { class: "row end" },
            button({ text: t("close"), key: t("key.escape"), look: "main" }, close),
        ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("keydown", (event) => {
        if (event.key === "?") {
            event.preventDefault();
            close();
        }
    });
    document.body.append(dialog);
    dialog.showModal();
}
