/* main.js - begins, and keeps what all views share. */

import { api } from "./api.js";
import { Conflicts } from "./conflicts.js";
import { Contradictions } from "./contradictions.js";
import { el } from "./dom.js";
import { openGive } from "./give.js";
import { openHelp } from "./help.js";
import { Identity } from "./identity.js";
import { watchIdle } from "./idle.js";
import { heard } from "./keys.js";
import { Missing } from "./missing.js";
import { forget } from "./pictures.js";
import { openRecent } from "./recent.js";
import { Saver } from "./saver.js";
import { note, overview, Shell, title } from "./shell.js";
import { Single } from "./single.js";
import { showTrouble } from "./trouble.js";
import { unlockView } from "./unlock.js";
import { moment, setWords, t, tn } from "./words.js";
import { Wall } from "./wall.js";

const app = document.getElementById("app");
const LOCK_MINUTES = 10; /* if the station does not say */
const LOCK_PATIENCE = 2000; /* ms for what is on its way to the disk */

const VIEWS = {
    marks: (group) => new Wall(station, "marks", group),
    choices: (group) => new Single(station, "choices", group),
    type: (group) => new Single(station, "type", group),
    required: (group) => new Single(station, "required", group),
    conflicts: () => new Conflicts(station),
    identity: () => new Identity(station),
    contradictions: () => new Contradictions(station),
    missing: () => new Missing(station),
};

let state = null;
let shell = null;
let view = null;
let troubled = null; /* resolves when the trouble is over */
let stopIdle = () => {};
const origins = new Map(); /* key of a decision -> [queue, group] where it was made, to go back there */

/* --- What the views may ask for. ------------------------------------------------------------------ */

const saver = new Saver(saved, saveFailed);

const station = {
    save(decisions) {
        decisions.forEach(({ key }) => station.remember(key));
        return saver.put(decisions, state.person.login);
    },
    /** remember: what is decided under `key` is decided here. */
    remember: (key) => origins.set(key, where()),
    idle: () => saver.idle(),
    note,
    trouble,
    setQueues(queues) {
        state.queues = queues;
        shell?.update(queues, null);
        const [id, group] = where();
        if (VIEWS[id]) {
            title(t(`queue.${id}`), station.count(id, group));
        }
    },
    /** count: of a queue, or of one group of it, without what is on its way to the disk. */
    count(id, group) {
        const queue = state.queues.find((one) => one.id === id);
        const part = group ? queue?.groups?.find((one) => one.id === group) : queue;
        return Math.max(0, (part?.count ?? 0) - saver.kept.length);
    },
    /** closed: how much of a queue only others can open. */
    closed: (id) => state.queues.find((one) => one.id === id)?.closed ?? 0,
    /** room: px that a view has to itself. */
    room: () => ({ width: shell.main.clientWidth, height: shell.main.clientHeight }),
    undo,
};

function saved(answer) {
    station.setQueues(answer.queues);
    if (answer.refused.length > 0) {
        note(
            tn("refused", answer.refused.length),
            "wrong",
            answer.refused.map((one) =>
                one.code === "taken" && one.by ? t("refused.taken", one.by, moment(one.at)) : one.message,
            ),
        );
    }
}

function saveFailed(error, decisions, hopeless) {
    trouble(error, hopeless ? () => saver.finish() : null);
}

/* Stops everything until the station answers again. If it never will as things are (it is locked, what was
 * asked is refused), the view is left, and whoever waits for it waits for ever. */
async function trouble(error, giveUp = null) {
    if (error.code === "locked") {
        locked(t("locked.while"));
        return new Promise(() => {});
    }
    const refused = error.status >= 400 && error.status < 500 && error.code !== "closed";
    const leave = giveUp ?? (refused ? () => {} : null);
    troubled ??= showTrouble({ error, kept: saver.kept.length, retry, giveUp: leave }).finally(() => {
        troubled = null;
    });
    const over = await troubled;
    if (!over) {
        location.hash = "#/";
        return new Promise(() => {});
    }
    return over;
}

/* Null if the station answers: then what is kept is sent; else what is wrong now. */
async function retry() {
    try {
        const now = await api.state();
        if (now.person === null) {
            state = now;
            locked(t("locked.while"));
        } else {
            station.setQueues(now.queues);
            saver.send();
        }
        return null;
    } catch (error) {
        return error;
    }
}

async function undo() {
    await saver.idle();
    let answer;
    try {
        answer = await api.undo();
    } catch (error) {
        if (error.status >= 400 && error.code !== "locked" && error.code !== "closed") {
            note(error.message || t("error.refused"), "wrong");
        } else {
            trouble(error);
        }
        return;
    }
    station.setQueues(answer.queues);
    if (!answer.undone) {
        note(t("undo.none"));
        return;
    }
    const { queue, key, note: told } = answer.undone;
    note(told ?? t("undo.done"));
    if (!VIEWS[queue] || !key) {
        return;
    }
    const [id, group] = origins.get(key) ?? (where()[0] === queue ? where() : [queue, null]);
    history.replaceState(null, "", `#/${[id, group].filter(Boolean).join("/")}`);
    await open(id, group, key);
}

/* --- Which view. ----------------------------------------------------------------------------------- */

function where() {
    const [, id = "", group = null] = /^#\/([a-z]*)(?:\/([a-z]+))?/.exec(location.hash) ?? [];
    return [id, group];
}

async function open(id, group, key) {
    const known = state.queues.some((queue) => queue.id === id);
    view = known && VIEWS[id] ? VIEWS[id](group) : overview(state);
    shell.update(state.queues, known ? [id, group].filter(Boolean).join("/") : "");
    title(known ? t(`queue.${id}`) : null, known ? station.count(id, group) : 0);
    shell.main.replaceChildren(view.root);
    await view.start(key);
}

function route() {
    if (shell) {
        open(...where());
    }
}

/* --- Locked and unlocked. --------------------------------------------------------------------------- */

function locked(why = null) {
    stopIdle();
    forget();
    shell = null;
    view = null;
    document.querySelectorAll("dialog").forEach((dialog) => dialog.remove());
    document.getElementById("notes").replaceChildren();
    title(null, 0);
    const kept = saver.kept.length > 0 ? { count: saver.kept.length, owner: saver.owner } : null;
    const dropped = () => {
        saver.finish();
        locked();
    };
    app.replaceChildren(unlockView({ state, why, kept, opened, dropped }));
}

function opened(now) {
    state = now;
    shell = new Shell(state, { recent: () => openRecent(station), give: () => openGive(station), help: openHelp, lock });
    app.replaceChildren(shell.root);
    stopIdle = watchIdle(state.lock_minutes ?? LOCK_MINUTES, lock);
    saver.send();
    route();
}

/* Nothing of what was shown stays on the screen, whether the station answers or not. */
async function lock() {
    const patience = new Promise((resolve) => {
        setTimeout(resolve, LOCK_PATIENCE);
    });
    await Promise.race([saver.idle(), patience]);
    const answered = await api.lock().then(
        () => true,
        (error) => error.code === "locked",
    );
    if (answered && saver.kept.length === 0) {
        location.reload(); /* nor in this page's memory */
    } else {
        locked(answered ? null : t("error.network"));
    }
}

/* --- The beginning. ------------------------------------------------------------------------------------- */

async function begin() {
    try {
        const [words, now] = await Promise.all([api.words(), api.state()]);
        setWords(words);
        state = now;
    } catch (error) {
        app.replaceChildren(
            el(
                "main",
                { class: "unlock" },
                el(
                    "div",
                    { class: "unlock-card" },
                    el("h1", { text: "lakana" }),
                    el("p", { class: "says wrong", text: error.message }),
                ),
            ),
        );
        return;
    }
    if (state.person === null) {
        locked();
    } else {
        opened(state);
    }
}

window.addEventListener("hashchange", route);
window.addEventListener("keydown", (event) => view && heard(event, { view, main: shell.main, undo }));
window.addEventListener("beforeunload", (event) => {
    if (saver.kept.length > 0) {
        event.preventDefault();
    }
});
begin();
