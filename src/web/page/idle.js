/* idle.js - a screen that nobody looks after must not show a child's file. */

const SIGNS = ["keydown", "pointerdown", "wheel", "touchstart"];

/** watchIdle: `gone()` after `minutes` without a sign of a person. Returns a function that stops it. */
export function watchIdle(minutes, gone) {
    let timer = null;
    const sign = () => {
        clearTimeout(timer);
        timer = setTimeout(gone, minutes * 60000);
    };
    SIGNS.forEach((name) => window.addEventListener(name, sign, { passive: true, capture: true }));
    sign();
    return () => {
        clearTimeout(timer);
        SIGNS.forEach((name) => window.removeEventListener(name, sign, { capture: true }));
    };
}
