/* dates.js - a date as it is typed from eight cells: day, month, year. */

const FIRST_YEAR = 1900;

/**
 * readDate: `today` is a Date; only its local day counts.
 *
 * Returns {state}: "empty"; "short" (still being typed); "shape" (not a date's characters);
 * "day", "month", "year" (no such one; with `day`, `month`, `last` as numbers); "century" (two digits of
 * a year: `text` is what was probably meant, to be confirmed); "good". "century" and "good" carry `text`
 * (23/11/2026), `date` (UTC) and `future`.
 */
export function readDate(typed, today) {
    const parts = split(typed.trim());
    if (typeof parts === "string") {
        return { state: parts };
    }
    const [day, month] = parts;
    let year = parts[2];
    const shortYear = year < 100;
    if (shortYear) {
        year += year <= today.getFullYear() % 100 ? 2000 : 1900;
    }
    if (month < 1 || month > 12) {
        return { state: "month", month };
    }
    if (year < FIRST_YEAR || year > 2099) {
        return { state: "year", year };
    }
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    if (day < 1 || day > last) {
        return { state: "day", day, month, year, last };
    }
    const date = new Date(Date.UTC(year, month - 1, day));
    const future = date.getTime() > Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
    const two = (n) => String(n).padStart(2, "0");
    return { state: shortYear ? "century" : "good", text: `${two(day)}/${two(month)}/${year}`, date, future };
}

/* [day, month, year] as numbers, or the state that stands for what is not yet, or never, a date. */
function split(text) {
    if (text === "") {
        return "empty";
    }
    if (!/^\d[\d/. -]*$/.test(text)) {
        return "shape";
    }
    const compact = /^(\d\d)(\d\d)(\d{4})$/.exec(text);
    const spaced = /^(\d{1,2})[/. -]+(\d{1,2})[/. -]+(\d{2}|\d{4})$/.exec(text);
    const found = compact ?? spaced;
    if (found) {
        return found.slice(1).map(Number);
    }
    const fields = text.split(/[/. -]+/);
    const growing =
        fields.length <= 3 &&
        fields.slice(0, 2).every((field) => field.length <= 2) &&
        (fields[2] ?? "").length < 4;
    return (fields.length === 1 ? text.length < 8 : growing) ? "short" : "shape";
}

/** yearsBetween: whole years from `date` (UTC) to `today`. */
export function yearsBetween(date, today) {
    const years = today.getFullYear() - date.getUTCFullYear();
    const before =
        today.getMonth() < date.getUTCMonth() ||
        (today.getMonth() === date.getUTCMonth() && today.getDate() < date.getUTCDate());
    return before ? years - 1 : years;
}
