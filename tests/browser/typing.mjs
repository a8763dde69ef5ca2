/* typing.mjs - dates, numbers and codes as the page checks them while they are typed. Run by
 * test-review-typing.sh with the folder of the page's modules; speaks TAP. */

const page = process.argv[2];
const { check } = await import(`${page}/check.js`);
const { readCode } = await import(`${page}/code.js`);
const { setWords } = await import(`${page}/words.js`);

globalThis.document = { documentElement: {} };
setWords({ lang: "fr", words: {} }); /* each word shows its key */
const today = new Date(2026, 10, 27);
let n = 0;

function is(got, wanted, name) {
    n++;
    console.log(`${got === wanted ? "ok" : "not ok"} ${n} - ${name}`);
    if (got !== wanted) {
        console.log(`# got:      ${got}\n# expected: ${wanted}`);
    }
}

/* What a field says of @typed: state, and the value or the word that explains. */
function said(field, typed) {
    const answer = check(field, typed, today);
    return [answer.state, answer.state === "wrong" ? answer.text : answer.value]
        .filter((one) => one !== undefined)
        .join(" ");
}

const date = { format: "date", length: 8, field: "date_identification", label: "Date d'identification" };
const birth = { format: "date", length: 8, field: "date_naissance", label: "Date de naissance" };
const age = { format: "digits", length: 3, field: "menage.age", label: "Âge" };
const time = { format: "digits", length: 4, field: "heure_identification", label: "Heure (HHMM)" };
const count = { format: "digits", length: 2, field: "taille_menage", label: "Taille du ménage" };
const staff = { format: "code", length: 6, field: "gestionnaire", label: "Code du gestionnaire" };
const file = { format: "code", length: 15, field: "code_dossier", label: "Code du dossier" };

const cases = [
    [date, "", "empty", "nothing typed"],
    [date, "23112026", "good 23/11/2026", "eight digits"],
    [date, "23/11/2026", "good 23/11/2026", "with slashes"],
    [date, "3.1.2026", "good 03/01/2026", "one digit each, points"],
    [date, "2311202", "short", "seven digits: not yet"],
    [date, "23/11/20", "doubt 23/11/2020", "two digits of a year are asked about"],
    [date, "23/11/26", "doubt 23/11/2026", "this century up to this year"],
    [date, "23/11/27", "doubt 23/11/1927", "else the last one"],
    [date, "23/11/202", "short", "three digits of a year: not yet"],
    [date, "31/02/2026", "wrong date.day", "the 31st of February"],
    [date, "29/02/2024", "good 29/02/2024", "a leap year"],
    [date, "29/02/2100", "wrong date.year", "beyond this century"],
    [date, "00/05/2026", "wrong date.zero", "day 0"],
    [date, "12/13/2026", "wrong date.month", "month 13"],
    [date, "12/05/1820", "wrong date.year", "a year of long ago"],
    [date, "28/11/2026", "doubt 28/11/2026", "tomorrow: asked about, for visits are planned"],
    [date, "27/11/2026", "good 27/11/2026", "today"],
    [date, "le 3 mai", "wrong date.shape", "words"],
    [date, "123456789", "wrong date.shape", "too many digits"],
    [birth, "28/11/2026", "wrong date.unborn", "born tomorrow"],
    [birth, "27/11/2019", "good 27/11/2019", "seven years old today"],
    [birth, "01/01/1990", "doubt 01/01/1990", "no child any more: asked about"],
    [birth, "01/01/1901", "wrong age.impossible", "125 years"],
    [age, "7", "good 7", "an age"],
    [age, "45", "doubt 45", "an adult's: asked about"],
    [age, "125", "wrong age.impossible", "nobody's"],
    [age, "7a", "wrong digits.only", "a letter among digits"],
    [count, "123", "wrong digits.long", "more digits than cells"],
    [count, "07", "good 07", "zeros stay"],
    [time, "0915", "good 0915", "an hour"],
    [time, "091", "short", "not all of it"],
    [time, "2460", "wrong time.wrong", "no such hour"],
    [staff, "ab-12", "good AB12", "a code is written in capitals"],
    [staff, "é", "wrong code.only", "a letter that no cell takes"],
    [staff, "1234567", "wrong code.long", "longer than its cells"],
    [file, "MOP-48219-07366-29", "good MOP482190736629", "a case file's code"],
    [file, "MOP-48219-07366-92", "doubt MOP482190736692", "check digits that do not agree"],
    [{ format: "lines" }, "  deux\nlignes ", "good deux\nlignes", "text, without white around it"],
];
for (const [field, typed, wanted, name] of cases) {
    is(said(field, typed), wanted, name);
}

const place = ({ state, code, form, page: number, copy }) =>
    [state, code, form, number, copy].filter(Boolean).join(" ");
is(place(readCode("mop 48219 07366 29")), "good MOP-48219-07366-29", "small letters and spaces");
is(readCode("MOP-48219-0736").state, "short", "the beginning of a code");
is(readCode("MOP-48291-07366-29").state, "wrong", "two digits swapped");
is(readCode("12345").state, "shape", "no region");
is(readCode("BLK482190736629").state, "blank", "a blank copy's number");
is(
    place(readCode("LK11B17KQX2MOP4821907366299F3TK")),
    "good MOP-48219-07366-29 1.B 1 9F3TK",
    "a page's own code, scanned",
);
is(place(readCode("LK1LB100000MOP48219073662900000")), "good MOP-48219-07366-29", "a label, scanned");
is(
    place(readCode("LK1LV27KQX2MOP4821907366299F3TK")),
    "good MOP-48219-07366-29 LV 2 9F3TK",
    "a form whose name is two letters",
);
console.log(`1..${n}`);
