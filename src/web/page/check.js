/* check.js - what is typed into a field, checked while it is typed. The station checks again. */

import { readCode } from "./code.js";
import { readDate, yearsBetween } from "./dates.js";
import { longDate, t, tn } from "./words.js";

const OLDEST = 120; /* years */
const OLDEST_CHILD = 25; /* beyond: somebody else's age, perhaps; to be looked at again */

const good = (value, text) => ({ state: "good", value, text });
const doubt = (value, text, meant) => ({ state: "doubt", value, text, meant });
const wrong = (text) => ({ state: "wrong", text });

/* A field's name as in the templates: the last part of the key, without the table. */
function names(item, pattern) {
    const field = (item.field ?? "").split(".").pop();
    return (
        pattern.test(field) ||
        pattern.test((item.label ?? "").toLowerCase().normalize("NFD").replace(/\p{M}/gu, ""))
    );
}

const isBirth = (item) => names(item, /naissance\b|^nee? le\b/) && !names(item, /acte|lieu/);
const isAge = (item) => names(item, /^age\b|_age$/);
const isTime = (item) => item.length === 4 && names(item, /^heure/);

function checkDate(item, typed, today) {
    const date = readDate(typed, today);
    switch (date.state) {
        case "empty":
        case "short":
            return { state: date.state };
        case "shape":
            return wrong(t("date.shape"));
        case "month":
            return wrong(t("date.month", date.month));
        case "year":
            return wrong(t("date.year", date.year));
        case "day":
            return wrong(
                date.day < 1
                    ? t("date.zero")
                    : t("date.day", date.last, `${date.month}`.padStart(2, "0"), date.year),
            );
        default:
            return checkDay(item, date, today);
    }
}

function checkDay(item, date, today) {
    const said = longDate(date.date);
    if (isBirth(item)) {
        if (date.future) {
            return wrong(t("date.unborn", said));
        }
        const age = yearsBetween(date.date, today);
        if (age > OLDEST) {
            return wrong(t("age.impossible", age));
        }
        if (age > OLDEST_CHILD) {
            return doubt(date.text, t("date.age", said, age), date.text);
        }
        return date.state === "good"
            ? good(date.text, t("date.age.good", said, tn("age.years", age)))
            : doubt(date.text, t("date.century", said), date.text);
    }
    if (date.future) {
        return doubt(date.text, t("date.future", said), date.text);
    }
    return date.state === "good"
        ? good(date.text, said)
        : doubt(date.text, t("date.century", said), date.text);
}

function checkDigits(item, typed) {
    const text = typed.replace(/[\s.-]/g, "");
    if (text === "") {
        return { state: "empty" };
    }
    if (!/^\d+$/.test(text)) {
        return wrong(t("digits.only"));
    }
    if (item.length > 0 && text.length > item.length) {
        return wrong(t("digits.long", item.length));
    }
    if (isAge(item)) {
        const age = Number(text);
        if (age > OLDEST) {
            return wrong(t("age.impossible", age));
        }
        return age > OLDEST_CHILD ? doubt(text, t("age.old", age)) : good(text, tn("age.years", age));
    }
    if (isTime(item)) {
        const hour = Number(text.slice(0, 2));
        const minute = Number(text.slice(2));
        if (hour > 23 || minute > 59) {
            return wrong(t("time.wrong"));
        }
        return text.length < 4 ? { state: "short" } : good(text, `${text.slice(0, 2)}:${text.slice(2)}`);
    }
    return good(text, "");
}

function checkCode(item, typed) {
    const text = typed.replace(/[\s-]/g, "").toUpperCase();
    if (text === "") {
        return { state: "empty" };
    }
    if (!/^[A-Z0-9]+$/.test(text)) {
        return wrong(t("code.only"));
    }
    if (item.length > 0 && text.length > item.length) {
        return wrong(t("code.long", item.length));
    }
    /* The paper itself may be wrong; more often a digit was mistyped. */
    return item.length === 15 && readCode(text).state === "wrong"
        ? doubt(text, t("code.doubt"))
        : good(text, "");
}

/**
 * check: @typed as it stands in the field of `item`.
 *
 * Returns {state, value, text, meant}: "empty", "short" (nothing wrong so far), "wrong" (`text` says what),
 * "doubt" (possible; to be confirmed once more; `meant`: what the field should show) or "good".
 */
export function check(item, typed, today = new Date()) {
    switch (item.format) {
        case "date":
            return checkDate(item, typed, today);
        case "digits":
            return checkDigits(item, typed);
        case "code":
            return checkCode(item, typed);
        default:
            return typed.trim() === "" ? { state: "empty" } : good(typed.trim(), "");
    }
}
