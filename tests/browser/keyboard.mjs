/* keyboard.mjs OFFICE - the queues of the samples emptied by keys alone, as a clerk does it; then the
 * office is asked what it holds: exactly what was keyed, readings as they were, each act in the journal. */

import { doChoice, doType, doWall, goTo, press, readField, shown, typeWord } from "./keys.mjs";
import { closeBrowser, enter, equal, journalIsWhole, lakana, ok, one, openBrowser, openStation, play, sql, standing, values, waiting } from "./stage.mjs";

const [office] = process.argv.slice(2);
const keyed = new Map(); /* key -> {value} or {options}, as it should stand in the end */
const YEAR = new Date().getFullYear();
const seen = { wall: 0, choice: 0, type: 0, nothing: 0, illegible: 0, undone: 0 };
const readings = "SELECT * FROM readings ORDER BY page, position";
const before = sql(office, readings);
const since = one(office, "SELECT max(seq) FROM journal");
let station, browser, page;

async function begin() {
    station = await openStation(office);
    browser = await openBrowser();
    page = browser.page;
    await enter(page, station.url, "awa");
    ok(/#\/$|\/$/.test(page.url()) && !page.url().includes("token"), "the address in the browser holds no token", page.url());
    const start = await page.evaluate(() => document.activeElement.getAttribute("href"));
    equal(start, "#/marks", "the first queue that waits is one Enter away");
}

async function walls() {
    await press(page, "Enter");
    let now = await shown(page);
    equal(now.kind, "wall", "a wall of doubtful marks");
    while (now.kind !== "done") {
        seen[now.kind]++;
        await (now.kind === "wall" ? doWall(page, keyed, (n) => n % 3 === 0) : doChoice(page, keyed, 0));
        now = await shown(page, now);
    }
    ok(seen.wall > 0, "confirmed by one key, some turned round");
    const boxes = [...keyed.values()].flatMap(({ options }) => Object.values(options));
    ok(boxes.includes(true) && boxes.includes(false), "some marked, some empty");
}

async function questions() {
    await goTo(page, "choices");
    let now = await shown(page);
    for (let n = 0; now.kind !== "done"; n++) {
        seen.choice++;
        await doChoice(page, keyed, n);
        now = await shown(page, now);
    }
    ok(seen.choice >= 3, "questions that contradict themselves, answered by digits");
}

const said = async () => (await readField(page)).state;

/* Leaves the field as it was. */
async function refuses(typed, state, name) {
    const { address } = await readField(page);
    await page.keyboard.type(typed);
    equal(await said(), state, name);
    if (state === "wrong") {
        await press(page, "Enter", "Tab", "Enter");
        equal((await readField(page)).address, address, "neither Enter nor Tab goes on");
    }
    await press(page, "Control+A", "Delete");
}

async function wrongDates(field) {
    const tomorrow = new Date(Date.now() + 86400000);
    const word = [tomorrow.getDate(), tomorrow.getMonth() + 1, tomorrow.getFullYear()].map((n) => String(n).padStart(2, "0")).join("");
    if (/date_naissance/.test(field.key)) {
        await refuses(word, "wrong", "nobody is born tomorrow");
        await refuses(`0101${YEAR - 121}`, "wrong", "nobody is that old");
    } else {
        await refuses(`3102${YEAR}`, "wrong", "the 31st of February is refused as it is typed");
        await refuses(`29/02/${YEAR - (YEAR % 4) - 1}`, "wrong", "the 29th of February of a common year");
        await refuses(`1213${YEAR}`, "wrong", "a thirteenth month");
        await refuses(word, "doubt", "tomorrow is doubtful where it may be an appointment");
        await refuses("12/", "short", "half a date is not found fault with");
    }
}

/* Every sort of answer: typed, "nothing stands there", put off, taken back. */
async function answer(field, n) {
    if (n === 5 && seen.undone === 0) {
        seen.undone++;
        await press(page, "Control+Z");
        return -1;
    }
    if (n % 19 === 7) {
        seen.nothing++;
        keyed.set(field.key, { value: null });
        await press(page, "Alt+r");
    } else if (n === 11) {
        seen.illegible++;
        await press(page, "Alt+p");
    } else {
        await doType(page, keyed, n);
    }
    return 0;
}

async function typing() {
    await goTo(page, "type");
    let now = await shown(page);
    const tried = new Set();
    for (let n = 0; now.kind !== "done"; n++) {
        const field = await readField(page);
        const birth = /date_naissance/.test(field.key);
        if (n === 0) {
            ok(field.focused, "the cursor is in the field");
        }
        if (field.format === "date" && !tried.has(birth)) {
            tried.add(birth);
            await wrongDates(field);
        }
        seen.type++;
        n += await answer(field, n);
        now = await shown(page, now);
        if (now.kind === "done" && await page.locator(".done button").count()) {
            equal(seen.illegible, 1, "what was put off is offered again at the end");
            await press(page, "Enter");
            await page.locator(".done").waitFor({ state: "detached" });
            now = await shown(page);
        }
    }
    equal(tried.size, 2, "days of birth and other dates were among them");
    ok(seen.type > 150 && seen.nothing > 5 && seen.undone === 1, "many fields typed", seen);
}

async function required() {
    await goTo(page, "required");
    let now = await shown(page);
    for (let n = 0; now.kind !== "done"; n++) {
        await (now.kind === "type" ? doType(page, keyed, n) : doChoice(page, keyed, n));
        now = await shown(page, now);
    }
    await press(page, "Escape");
    await page.locator(".overview").waitFor();
}

async function theOffice() {
    await page.waitForFunction(() => [...document.querySelectorAll(".queue-count")].slice(0, 4).every((node) => node.textContent === "0"));
    const left = waiting(office);
    equal(["marks", "choices", "type", "required"].filter((id) => left[id]), [], "nothing waits in these queues");
    const all = standing(office);
    equal([...all.keys()].sort(), [...keyed.keys()].sort(), "decided are those fields that were keyed, and no other");
    ok([...all.values()].every((rows) => rows.length === 1 && rows[0].who === "awa"), "each once, by her");
    const now = values(office);
    const wrong = [...keyed].filter(([key, { value, options }]) => {
        const field = now.get(key);
        return field?.source !== "person" || field.status !== "ok" || (options
            ? Object.entries(options).some(([option, marked]) => field.options[option] !== marked)
            : field.value !== null && field.value !== value);
    });
    equal(wrong, [], "and hold what was keyed");
    equal(sql(office, readings), before, "the readings are as they were");
}

/* What may name somebody is in no export: whoever has the key reads it in the file. */
async function theFile() {
    const told = sql(office, "SELECT DISTINCT case_code c FROM pages WHERE holds = 1")
        .map(({ c }) => lakana(office, "case", "show", "--as", "recovery", c)).join("\n");
    const mine = [...keyed].filter(([, { value }]) => value?.startsWith("EXEMPLE FICTIF"));
    ok(mine.length > 100, "names and stories were typed");
    const lost = mine.filter(([key, { value }]) => {
        const words = `${key.split(":")[2]}[^=\n]* = ${value.split("\n")[0]}`.replaceAll(".", "\\.");
        return !new RegExp(`${words}\\b`).test(told);
    });
    equal(lost, [], "whoever has the key reads them, each in its field");
    equal(one(office, `SELECT count(*) FROM decisions d JOIN readings r USING (page, field, row_no)
        WHERE r.personal = 1 AND (d.value IS NOT NULL OR d.options IS NOT NULL)`), 0, "what may name somebody is in no table in clear");
}

async function theJournal() {
    const acts = sql(office, `SELECT what, who, at, detail FROM journal WHERE seq > ${since} AND what IN ('decision', 'undo') AND who = 'awa'`);
    const decisions = one(office, "SELECT count(*) FROM decisions");
    equal(acts.length, decisions, "every decision has its line in the journal");
    ok(acts.every(({ at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(at) && Math.abs(Date.now() - Date.parse(at)) < 3600000), "with its time", acts[0]);
    ok(acts.every(({ detail }) => !detail.includes("FICTIF")), "and without a name");
    equal(one(office, "SELECT count(*) FROM decisions WHERE kind = 'undo'"), 1, "what was taken back once is there, too");
    journalIsWhole(office);
    equal(browser.faults, [], "the browser's console has nothing to say");
}

async function close() {
    await closeBrowser(browser, ["EXEMPLE FICTIF", "seconde ligne"]);
    await station.kill("SIGTERM");
    equal(await station.ended, 0, "the station closes");
}

await play(begin, walls, questions, typing, required, theOffice, theFile, theJournal, close);
