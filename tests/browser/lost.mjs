/* lost.mjs OFFICE - nothing is lost and nothing decided twice: the page loaded again, the browser killed,
 * the station killed, two clerks at once at the same fields. */

import { confirmWall, goTo, press, readField, readWall, shown, typeWord, wordFor } from "./keys.mjs";
import { closeBrowser, enter, equal, journalIsWhole, ok, one, openBrowser, openStation, play, standing, unlock, until, values } from "./stage.mjs";

const [office] = process.argv.slice(2);
const keyed = new Map(); /* key -> {who, value} */
let station;

/* Types into the field on the screen. Returns its key. */
async function typeOne(page, who, n) {
    const field = await readField(page);
    const { typed, value } = wordFor(field, n * 4); /* a date in eight digits: nothing to confirm */
    await typeWord(page, typed);
    keyed.set(field.key, { who, value });
    await press(page, "Enter");
    return field.key;
}

async function typeSome(page, who, from, count) {
    for (let n = from, now = await shown(page); n < from + count && now.kind === "type"; n++) {
        await typeOne(page, who, n);
        now = await shown(page, now);
    }
}

const dates = (page) => page.goto(`${station.base}/#/type/dates`);

/* Each key of `keyed` once, by whom it was keyed, with that value. */
function compare(name) {
    const now = values(office);
    const all = standing(office);
    const wrong = [...keyed].filter(([key, { who, value }]) => all.get(key)?.length !== 1 || all.get(key)[0].who !== who ||
        (now.get(key).value ?? value) !== value);
    equal(wrong, [], name);
    equal(all.size, keyed.size, "and nothing else is decided");
}

/* The page goes on while an answer is on its way to the disk. */
const saved = () => until(() => standing(office).size >= keyed.size, "what was keyed, in the office");

/* --- The page is loaded again. --------------------------------------------------------------------------- */

async function loadedAgain() {
    station = await openStation(office);
    const browser = await openBrowser();
    const { page } = browser;
    await enter(page, station.url, "awa");
    await dates(page);
    await typeSome(page, "awa", 0, 4);
    const { key } = await readField(page);
    await page.keyboard.type("0101"); /* half a date */
    await page.reload();
    await shown(page);
    const again = await readField(page);
    equal([again.key, again.value, again.focused], [key, "", true], "loaded again: the same field, where one types on");
    await typeSome(page, "awa", 4, 1);
    await saved();
    compare("what was keyed before and after is there");

    /* At the moment when an answer leaves. */
    const now = await shown(page);
    await typeOne(page, "awa", 5);
    await page.reload({ waitUntil: "commit" });
    await shown(page, now);
    await saved();
    compare("loaded again as an answer leaves: it is there once");
    await browser.kill();
    await closeBrowser(browser, ["EXEMPLE FICTIF"]);
}

/* --- The browser is killed. --------------------------------------------------------------------------------- */

async function browserKilled() {
    const browser = await openBrowser();
    const { page } = browser;
    await enter(page, station.url, "awa");
    await dates(page);
    await typeSome(page, "awa", 6, 2);
    const now = await shown(page);
    const written = page.waitForResponse((answer) => answer.url().endsWith("/api/decide"));
    const last = await typeOne(page, "awa", 8);
    await written;
    browser.kill();
    await closeBrowser(browser, ["EXEMPLE FICTIF"]);
    compare("a browser that is killed: what it was told is saved, is");

    const next = await openBrowser();
    await enter(next.page, station.url, "awa");
    await dates(next.page);
    await shown(next.page, now);
    ok((await readField(next.page)).key !== last, "the next browser goes on behind it");
    await typeSome(next.page, "awa", 9, 2);
    await saved();
    compare("and nothing is asked twice");
    await closeBrowser(next);
}

/* --- The station is killed. ------------------------------------------------------------------------------------ */

async function stationKilled() {
    const browser = await openBrowser();
    const { page, context } = browser;
    await enter(page, station.url, "awa");
    await dates(page);
    await typeSome(page, "awa", 11, 2);
    const { port } = station;
    await saved();
    await station.kill("SIGKILL");
    await typeOne(page, "awa", 13);
    await page.locator("dialog.trouble[open]").waitFor();
    ok((await page.locator("dialog[open]").textContent()).includes("1"), "a station that is gone: said loudly, with what is not saved");
    const kept = keyed.size;
    await page.keyboard.type("01012020");
    await press(page, "Enter");
    equal(keyed.size, kept, "nothing goes on meanwhile");
    equal(standing(office).size, keyed.size - 1, "the answer is not in the office yet");

    station = await openStation(office, "--port", port);
    const tab = await context.newPage();
    await tab.goto(station.url);
    await tab.locator("#passphrase").waitFor();
    await tab.close();
    await page.locator("#passphrase, #login").first().waitFor();
    await unlock(page, "awa");
    await until(() => standing(office).size === keyed.size, "the kept answer on the disk");
    compare("the station is back: the answer that was kept is there, once");
    await shown(page);
    await typeSome(page, "awa", 14, 2);
    await saved();
    compare("and the work goes on");
    equal(one(office, "PRAGMA integrity_check"), "ok", "the database is sound");
    await closeBrowser(browser, ["EXEMPLE FICTIF"]);
}

/* --- Two clerks. -------------------------------------------------------------------------------------------------- */

async function twoClerks() {
    const [one_, two] = [await openBrowser(), await openBrowser()];
    const clerks = [[one_.page, "awa"], [two.page, "issa"]];
    for (const [page, who] of clerks) {
        await enter(page, station.url, who);
        await goTo(page, "marks");
        await shown(page);
    }
    const walls = [await readWall(one_.page), await readWall(two.page)];
    equal(walls[0], walls[1], "two clerks see the same wall");
    await press(one_.page, " "); /* turned round by one, left by the other */
    await confirmWall(one_.page);
    await shown(one_.page, await firstOf(two.page));
    const decided = standing(office);
    await confirmWall(two.page);
    await two.page.locator(".note.wrong").waitFor();
    ok((await two.page.locator(".note.wrong").textContent()).includes("awa"), "the second is told who was first");
    const after = standing(office);
    ok([...decided].every(([key, rows]) => JSON.stringify(after.get(key)) === JSON.stringify(rows)), "and what the first decided stands");
    for (const [key, [{ who }]] of after) {
        if (!keyed.has(key)) {
            keyed.set(key, { who });
        }
    }
    await both(clerks);
    await Promise.all([closeBrowser(one_, ["EXEMPLE FICTIF"]), closeBrowser(two, ["EXEMPLE FICTIF"])]);
}

async function firstOf(page) {
    return { first: await page.locator(".tile img").first().getAttribute("src") };
}

/* Both at once through the same numbers, as fast as they can. */
async function both(clerks) {
    const tried = [];
    await Promise.all(clerks.map(async ([page, who]) => {
        await page.goto(`${station.base}/#/type/nombres`);
        let now = await shown(page);
        for (let n = 0; now.kind === "type"; n++) {
            const field = await readField(page);
            const { typed } = wordFor(field, n * 4);
            tried.push(field.key);
            await typeWord(page, typed);
            await press(page, "Enter");
            now = await shown(page, now);
        }
    }));
    const all = standing(office);
    equal([...all.values()].filter((rows) => rows.length > 1), [], "both at once: no field is decided twice");
    const keys = [...new Set(tried)];
    equal(keys.filter((key) => !all.has(key)), [], "and none is left out");
    ok(keys.length > 20 && tried.length > keys.length, "though they were at the same fields", [keys.length, tried.length]);
    journalIsWhole(office);
}

async function close() {
    await station.kill("SIGTERM");
}

await play(loadedAgain, browserKilled, stationKilled, twoClerks, close);
