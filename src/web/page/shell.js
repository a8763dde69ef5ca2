/* shell.js - what stands around the work: the bar above, the queues on the left. */

import { button, el, setText } from "./dom.js";
import { number, t, tn } from "./words.js";

const GIVERS = ["gestionnaire", "recovery"]; /* who keep case files */

export class Shell {
    /** `acts`: {recent, give, help, lock} */
    constructor(state, acts) {
        this.state = state;
        this.list = el("ul", { class: "queues" });
        this.main = el("main", { id: "work" });
        this.root = el(
            "div",
            { class: "shell" },
            el(
                "header",
                { class: "bar" },
                el(
                    "a",
                    { class: "brand", href: "#/", "aria-label": t("overview") },
                    el("img", { src: "/page/icon.svg", alt: "" }),
                    el("span", { text: "lakana" }),
                ),
                el("p", { class: "office", text: state.office }),
                el(
                    "p",
                    { class: "person" },
                    el("strong", { text: state.person.login }),
                    el("span", { text: t(`role.${state.person.role}`) }),
                ),
                state.protected && GIVERS.includes(state.person.role)
                    ? button({ text: t("give.open"), draw: "give", look: "quiet" }, acts.give)
                    : null,
                button({ text: t("recent.open"), draw: "recent", look: "quiet" }, acts.recent),
                button({ text: t("help"), key: "?", draw: "help", look: "quiet" }, acts.help),
                button({ text: t("lock"), draw: "lock", look: "quiet" }, acts.lock),
            ),
            el("nav", { "aria-label": t("queues") }, this.list),
            this.main,
        );
        this.update(state.queues, null);
    }

    /** update: counts, and where we are (`path`: "marks", "type/dates"). */
    update(queues, path) {
        if (path !== null) {
            this.path = path;
        }
        this.list.replaceChildren(
            ...queues.flatMap((queue) => [
                this.line(queue.id, t(`queue.${queue.id}`), queue.count, queue.closed, false),
                ...(queue.id === "type" ? (queue.groups ?? []) : []).map((group) =>
                    this.line(`type/${group.id}`, t(`group.${group.id}`), group.count, 0, true),
                ),
            ]),
        );
        this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    line(path, name, count, closed, sub) {
        const here = path === this.path;
        return el(
            "li",
            { class: sub ? "sub" : "" },
            el(
                "a",
                {
                    href: `#/${path}`,
                    class: count === 0 ? "empty" : "",
                    "aria-current": here ? "page" : null,
                    title: closed > 0 ? tn("queue.closed", closed) : null,
                },
                el("span", { text: name }),
                el("span", { class: "count", text: number(count), "aria-label": tn("left", count) }),
            ),
        );
    }
}

/** overview: what waits, in words, for who has just come. */
export function overview(state) {
    const all = state.queues.reduce((sum, queue) => sum + (queue.id === "missing" ? 0 : queue.count), 0);
    const closed = state.queues.some((queue) => queue.closed > 0);
    const cards = state.queues.map((queue) =>
        el(
            "li",
            {},
            el(
                "a",
                { class: queue.count === 0 ? "queue-card empty" : "queue-card", href: `#/${queue.id}` },
                el("strong", { class: "queue-count", text: number(queue.count) }),
                el("span", { class: "queue-name", text: t(`queue.${queue.id}`) }),
                el("span", { class: "queue-text", text: t(`queue.${queue.id}.text`) }),
                queue.closed > 0
                    ? el("span", { class: "queue-closed", text: tn("queue.closed", queue.closed) })
                    : null,
            ),
        ),
    );
    const root = el(
        "section",
        { class: "work overview" },
        el(
            "header",
            { class: "work-head" },
            el("h2", {
                tabindex: "-1",
                text: all === 0 ? t(closed ? "overview.others" : "overview.none") : tn("overview.title", all),
            }),
            el("p", { class: "how", text: t("overview.how") }),
        ),
        (state.warnings ?? []).map((text) => el("p", { class: "notice", text })),
        el("ul", { class: "queue-cards" }, cards),
    );
    const links = [...root.querySelectorAll(".queue-card")];
    return {
        root,
        leave() {},
        start() {
            (links.find((link) => !link.classList.contains("empty")) ?? root.querySelector("h2")).focus();
        },
        keys(event) {
            const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
            const digit = /^[1-9]$/.test(event.key) ? links[Number(event.key) - 1] : undefined;
            if (way) {
                links[
                    Math.max(0, Math.min(links.indexOf(document.activeElement) + way, links.length - 1))
                ].focus();
            }
            digit?.click();
            return way !== undefined || digit !== undefined;
        },
    };
}

/** note: a sentence at the foot of the page, for a while; a bad one stays until it is closed. */
export function note(text, state = "short", lines = []) {
    const bar = el(
        "div",
        { class: `note ${state}`, role: state === "wrong" ? "alert" : "status" },
        el(
            "div",
            {},
            el("p", { text }),
            lines.length > 0
                ? el(
                      "ul",
                      {},
                      lines.map((line) => el("li", { text: line })),
                  )
                : null,
        ),
        button({ text: t("close"), look: "quiet" }, () => bar.remove()),
    );
    document.getElementById("notes").replaceChildren(bar);
    if (state !== "wrong") {
        setTimeout(() => bar.remove(), 6000);
    }
}

/** title: of the window: who looks for it among many sees how much is left. */
export function title(name, count) {
    document.title = name ? `${count > 0 ? `(${number(count)}) ` : ""}${name} · lakana` : "lakana";
    setText(document.getElementById("say"), name ?? "");
}
