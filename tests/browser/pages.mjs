/* pages.mjs OFFICE COPY COPY - whole pages: the same page with other ink, each of the three answers on an
 * office of its own; a page that has lost its codes. */

import { goTo, press } from "./keys.mjs";
import { closeBrowser, enter, equal, journalIsWhole, lakana, ok, one, openBrowser, openStation, play, sql, waiting } from "./stage.mjs";

const offices = process.argv.slice(2);

/* Of a scanned page: given to a file it is read anew, and the new reading holds. */
const holds = (office, id) => one(office, `SELECT max(b.holds) FROM pages a JOIN pages b USING (scan, idx) WHERE a.id = ${id}`);
const inFile = (office, id) => sql(office, `SELECT b.* FROM pages a JOIN pages b USING (scan, idx) WHERE a.id = ${id} AND b.holds = 1`)[0];

const pageActs = (office) => one(office, "SELECT count(*) FROM decisions WHERE field IS NULL");
let browser, page;

async function begin() {
    browser = await openBrowser();
    page = browser.page;
}

/* A conflict as it is shown, then `answer`, then undo; `holding`: which of the two pages holds after it. */
async function conflict(office, answer, holding) {
    const station = await openStation(office);
    await enter(page, station.url, "awa");
    await goTo(page, "conflicts");
    await page.waitForFunction(() => [...document.querySelectorAll(".pair img")].filter((img) => img.naturalWidth > 0).length === 2);
    const [second] = sql(office, "SELECT id, other FROM pages WHERE other IS NOT NULL AND holds = 0");
    const shown = await page.evaluate(() => [...document.querySelectorAll(".pair img")].map((img) => img.getAttribute("src").split(/[/?]/)[2]));
    equal(shown.map(Number), [second.other, second.id], "both scans of the page, side by side");
    const differs = await page.locator(".pair figure").evaluateAll((all) => all.map((one) => one.querySelectorAll(".frame").length));
    ok(differs[0] > 0 && differs[0] === differs[1], "with frames where they differ, on both", differs);
    const first = await page.locator(".which").textContent();
    await press(page, "ArrowRight");
    ok(first !== await page.locator(".which").textContent(), "arrows go from one difference to the next");
    await answer(office, second);
    await page.locator(".conflicts .done, .note.wrong").waitFor();
    equal(await page.locator(".note.wrong").allTextContents(), [], "the answer is taken");
    equal([holds(office, second.other), holds(office, second.id)], holding, "what counts now");
    equal(waiting(office).conflicts, undefined, "it waits no longer");
    const acts = pageActs(office);
    await press(page, "u");
    await page.locator(".pair").waitFor();
    equal([holds(office, second.other), holds(office, second.id)], [1, 0], "undo: as it was");
    equal([waiting(office).conflicts, pageActs(office)], [1, acts + 1], "it waits again, and both acts stay written down");
    await answer(office, second);
    await page.locator(".conflicts .done").waitFor();
    equal([holds(office, second.other), holds(office, second.id)], holding, "decided again");
    journalIsWhole(office);
    await station.kill("SIGTERM");
    return second;
}

async function completed() {
    const { id } = await conflict(offices[0], () => press(page, "1"), [0, 1]);
    equal(one(offices[0], `SELECT count(*) FROM journal WHERE who = 'awa' AND what <> 'undo' AND detail LIKE '%"page":${id}%'`) > 0, true, "same sheet, completed: in the journal");
}

async function photocopied() {
    const answer = async (office, { id }) => {
        const code = one(office, `SELECT code FROM cases WHERE code <> (SELECT printed_code FROM pages WHERE id = ${id}) LIMIT 1`);
        await press(page, "2");
        await page.locator(".panel:not([hidden]) #code:focus").waitFor();
        await page.keyboard.type(code);
        await page.locator(".assign .says.good").waitFor();
        await page.locator(".assign button.main:enabled").waitFor();
        await press(page, "Enter");
    };
    /* In the other file that page has its place already: the sheet gets one of its own there. */
    const { id } = await conflict(offices[1], answer, [1, 1]);
    const now = inFile(offices[1], id);
    ok(now.case_code !== now.printed_code, "a sheet of another file: it lies there now", now);
    ok(lakana(offices[1], "case", "show", now.case_code.replace(/^(...)(.....)(.....)(..)$/, "$1-$2-$3-$4")).includes(now.form), "and that file shows it");
}

async function byMistake() {
    await conflict(offices[2], () => press(page, "3"), [1, 0]);
}

/* --- A page without identity. ------------------------------------------------------------------------- */

async function identity() {
    const [office] = offices;
    const station = await openStation(office);
    await enter(page, station.url, "awa");
    await goTo(page, "identity");
    await page.waitForFunction(() => document.querySelector(".identity .sheet img")?.naturalWidth > 0);
    const [lost] = sql(office, "SELECT id FROM pages WHERE status = 'unknown'");
    const proposals = await page.locator(".proposal strong").allTextContents();
    ok(proposals.length > 0, "files that fit are proposed");
    ok((await page.locator(".proposal small").allTextContents()).every((why) => why.length > 5), "each with a reason");
    const code = proposals[0];
    const acts = pageActs(office);

    await wrongCode(code);
    equal([pageActs(office), holds(office, lost.id)], [acts, 0], "nothing of that was written");

    await press(page, "Escape");
    await page.locator("#code").evaluate((input) => input.blur());
    await press(page, "1");
    await page.locator(".assign .says.good").waitFor();
    const place = await page.evaluate(() => ["form", "page-number"].map((id) => document.getElementById(id).value));
    ok(place[0] && place[1], "a proposal fills in form and page, to be looked at", place);
    equal(pageActs(office), acts, "it is not taken at once");
    await press(page, "Control+A");
    await page.keyboard.type(code.toLowerCase().replaceAll("-", ""));
    await page.locator(".assign .says.good").waitFor();
    await press(page, "Enter");
    await page.locator(".identity .done").waitFor();
    const now = inFile(office, lost.id);
    equal(now?.case_code, code.replaceAll("-", ""), "the right code: the page lies in that file");
    equal(waiting(office).identity, undefined, "and waits no longer");
    ok(lakana(office, "case", "show", code).includes("complete"), "nothing is missing in it");
    await press(page, "u");
    await page.locator(".identity .sheet").waitFor();
    equal([holds(office, lost.id), waiting(office).identity], [0, 1], "undo: it waits again");
    journalIsWhole(office);
    await station.kill("SIGTERM");
}

/* Check digits are judged while they are typed: two digits swapped, one mistyped, a blank copy's number. */
async function wrongCode(code) {
    const asked = [];
    page.on("request", (request) => asked.push(request.method() + new URL(request.url()).pathname));
    await page.locator("#code").focus();
    const digits = code.slice(4, 9);
    const at = [...digits].findIndex((digit, i) => i < 4 && digit !== digits[i + 1]);
    const swapped = code.slice(0, 4 + at) + digits[at + 1] + digits[at] + code.slice(6 + at);
    const mistyped = code.replace(/\d(?=-\d\d$)/, (digit) => (Number(digit) + 1) % 10);
    for (const [typed, name] of [[swapped, "two digits swapped"], [mistyped, "one digit mistyped"]]) {
        await press(page, "Control+A");
        await page.keyboard.type(typed);
        equal(await page.locator("#code-says").getAttribute("class"), "says wrong", `${name}: said at once`);
        ok(await page.locator(".assign button.main").isDisabled(), "and cannot be given");
        await press(page, "Enter");
    }
    equal(asked.filter((one) => one.startsWith("POST") || one.includes("/api/case/")), [], "the station is not even asked");
    await press(page, "Control+A");
    await page.keyboard.type("XX1");
    equal(await page.locator("#code-says").getAttribute("class"), "says wrong", "what cannot be a code is said, too");
}

async function close() {
    equal(browser.faults, [], "the browser's console has nothing to say");
    await closeBrowser(browser, ["EXEMPLE FICTIF"]);
}

await play(begin, completed, photocopied, byMistake, identity, close);
