/* words.js - the words of the page, in the language of the station. */

let words = {};
let language = "fr";

/** setWords: what /api/words answered, with printed apostrophes. */
export function setWords(answer) {
    words = Object.fromEntries(
        Object.entries(answer.words).map(([key, text]) => [key, text.replaceAll("'", "’")]),
    );
    language = answer.lang;
    document.documentElement.lang = language;
}

export function lang() {
    return language;
}

/** t: the text of `key`, with %1, %2… replaced. A key without a text shows itself: it is a fault. */
export function t(key, ...args) {
    const text = words[key] ?? key;
    return text.replace(/%(\d)/g, (all, n) => args[n - 1] ?? all);
}

/** tn: `key.one` or `key.many`, after the number; %1 is the number as people write it. */
export function tn(key, count, ...args) {
    const one = language === "fr" ? count < 2 : count === 1;
    return t(`${key}.${one ? "one" : "many"}`, number(count), ...args);
}

export function number(value) {
    return new Intl.NumberFormat(language).format(value);
}

/** longDate: "lundi 23 novembre 2026". */
export function longDate(date) {
    return new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC" }).format(date);
}

/** day: "20 nov. 2026". @at: ISO. */
export function day(at) {
    const date = new Date(at);
    return Number.isNaN(date.getTime())
        ? at
        : new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(date);
}

/** moment: "14:05" today, else "26 nov., 14:05". @at: ISO. */
export function moment(at) {
    const date = new Date(at);
    if (Number.isNaN(date.getTime())) {
        return at;
    }
    const today = date.toDateString() === new Date().toDateString();
    const day = today ? {} : { day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit" }).format(date);
}
