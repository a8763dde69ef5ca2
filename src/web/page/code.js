/* code.js - case codes as they are typed or scanned. ISO/IEC 7064 MOD 97-10 over all fifteen
 * characters, letters as 10…35, must leave 1. */

const CODE = /^[A-Z]{3}\d{12}$/;
const PAYLOAD = /^LK1([A-Z0-9]{2})(\d)([0-9A-Z]{5})([A-Z]{3}\d{12})([0-9A-Z]{5})$/;
const BLANK = "BLK"; /* the number of a blank copy, no case file's code */
const LABEL = "LB"; /* a sticker: a case file's code, no page */

function rest97(code) {
    let rest = 0;
    for (const letter of code) {
        const value = Number.parseInt(letter, 36);
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

/** grouped: MOP482190736641 -> MOP-48219-07366-41. */
export function grouped(code) {
    return `${code.slice(0, 3)}-${code.slice(3, 8)}-${code.slice(8, 13)}-${code.slice(13)}`;
}

function formOf(pair) {
    const letters = /^[A-Z]{2}$/.test(pair);
    return letters ? pair : `${pair[0]}.${pair[1]}`;
}

/**
 * readCode: what was typed, or what a hand scanner typed from a label or a page.
 *
 * Returns {state}: "empty"; "short" (so far nothing is wrong); "shape" (no code can begin so);
 * "wrong" (the check digits do not agree); "blank" (the number of a blank copy); "good" with
 * {code, form, page, copy}, the last three null unless a page's own code was scanned.
 */
export function readCode(text) {
    const plain = text.toUpperCase().replace(/[\s-]/g, "");
    if (plain === "") {
        return { state: "empty" };
    }
    const scanned = PAYLOAD.exec(plain);
    const code = scanned ? scanned[4] : plain;
    if (!CODE.test(code)) {
        const beginning = /^[A-Z]{0,3}$|^[A-Z]{3}\d{0,12}$/.test(plain);
        const scanning = plain.startsWith("LK") && plain.length < 31;
        return { state: beginning || scanning ? "short" : "shape" };
    }
    if (code.startsWith(BLANK)) {
        return { state: "blank" };
    }
    if (rest97(code) !== 1) {
        return { state: "wrong" };
    }
    const page = scanned && scanned[1] !== LABEL;
    return {
        state: "good",
        code: grouped(code),
        form: page ? formOf(scanned[1]) : null,
        page: page ? Number(scanned[2]) : null,
        copy: page ? scanned[5] : null,
    };
}
