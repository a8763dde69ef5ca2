/* dom.js - small helpers to build the page. Text is always set as text, never as markup. */

import { icon } from "./icons.js";

/** el: an element. Props: `class`, `text`, `on…` functions, booleans and attributes; no `style`
 * attribute (the page's policy refuses it). Children: nodes, strings, null, arrays of these. */
export function el(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
        if (name === "class") {
            node.className = value;
        } else if (name === "text") {
            node.textContent = value;
        } else if (name.startsWith("on")) {
            node.addEventListener(name.slice(2), value);
        } else if (typeof value === "boolean") {
            node.toggleAttribute(name, value);
        } else if (value !== null && value !== undefined) {
            node.setAttribute(name, value);
        }
    }
    node.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
    return node;
}

/** kbd: the name of a key, as a small cap. */
export function kbd(name) {
    return el("kbd", { text: name, "aria-hidden": "true" });
}

/** button: with the key that does the same; `look`: "main", "plain" (default) or "quiet". Without
 * `act` it submits its form. */
export function button({ text, key, look = "plain", draw, title, disabled = false }, act = null) {
    const does = act ? { type: "button", onclick: act } : { type: "submit" };
    return el(
        "button",
        { ...does, class: `button ${look}`, title, disabled },
        draw ? icon(draw) : null,
        text ? el("span", { text }) : null,
        key ? kbd(key) : null,
    );
}

/** setText: changes what stands there only if it differs (screen readers repeat it else). */
export function setText(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

/** say: tells a screen reader something that is seen otherwise. */
export function say(text) {
    setText(document.getElementById("say"), text);
}

/** isTyping: whether keys go into a text at the moment. */
export function isTyping(target) {
    return (
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement ||
        (target instanceof HTMLInputElement && target.type !== "radio" && target.type !== "checkbox")
    );
}
