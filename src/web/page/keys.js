/* keys.js - which key goes where: first those that mean the same everywhere, then the view's own. */

import { isTyping } from "./dom.js";
import { openHelp } from "./help.js";

/** heard: @where: {view, main, undo}: what is shown, the element it stands in, and taking back. */
export function heard(event, { view, main, undo }) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) {
        return;
    }
    const press = event.key === "Enter" || event.key === " ";
    if (press && event.target.closest("a, .button")) {
        return; /* the button that is focused, not the work */
    }
    const atWork = event.target === document.body || main.contains(event.target);
    if (everywhere(event, view, undo) || (atWork && isPlain(event) && view.keys(event))) {
        event.preventDefault();
    }
}

/* Letters with Ctrl belong to the browser; Alt is for the views. */
function isPlain(event) {
    return !event.ctrlKey && !event.metaKey;
}

function everywhere(event, view, undo) {
    const typing = isTyping(event.target);
    const key = event.key.toLowerCase();
    if (key === "f1" || (event.key === "?" && !typing)) {
        openHelp();
    } else if (key === "z" && event.ctrlKey && !event.shiftKey && (!typing || (view.undoes ?? false))) {
        undo();
    } else if (key === "u" && !typing && isPlain(event) && !event.altKey) {
        undo();
    } else if (key === "escape") {
        escape(event, view, typing);
    } else {
        return false;
    }
    return true;
}

/* Back to all queues; not out of a text that was begun. */
function escape(event, view, typing) {
    if (!view.keys(event) && !(typing && event.target.value !== "")) {
        location.hash = "#/";
    }
}
