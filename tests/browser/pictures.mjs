/* pictures.mjs SAMPLES PAGES FOLDER - the pictures of the page for the documentation, from two offices
 * that hold invented people only (EXEMPLE FICTIF); tests/make-pictures.sh makes them. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { goTo, press, readField, shown } from "./keys.mjs";
import { enter, openBrowser, openStation, play } from "./stage.mjs";

const [samples, pages, folder] = process.argv.slice(2);
const PALE = [6, 8, 15, 21, 23]; /* places, from 0, that follow from the seed of the scan */

async function photograph(page, name) {
    await page.evaluate(() => document.fonts.ready);
    writeFileSync(join(folder, `review-${name}.png`), await page.screenshot({ animations: "disabled", caret: "initial" }));
}

const sheetsReady = (page, count) => page.waitForFunction((n) =>
    [...document.querySelectorAll("#work .sheet:not(.loading) img")].filter((img) => img.naturalWidth > 0).length === n, count);

async function samplesPictures() {
    const station = await openStation(samples);
    const { page } = await openBrowser();
    await enter(page, station.url, "awa");
    await goTo(page, "marks");
    await shown(page);
    for (let n = 0; n < PALE.at(-1); n++) { /* ticks too thin for the machine, on the first wall */
        await press(page, "ArrowRight", ...(PALE.includes(n + 1) ? [" "] : []));
    }
    await photograph(page, "wall");
    await goTo(page, "type");
    await press(page, "Escape");
    await page.locator(".overview").waitFor();
    await goTo(page, "type");
    for (let now = await shown(page); !(await readField(page)).key.endsWith("date_accord"); now = await shown(page, now)) {
        await press(page, "Alt+p");
    }
    await page.keyboard.type("31/02/2026");
    await photograph(page, "typing");
    await station.kill("SIGTERM");
}

async function pagesPictures() {
    const station = await openStation(pages);
    const { page } = await openBrowser();
    await enter(page, station.url, "awa");
    await goTo(page, "conflicts");
    await sheetsReady(page, 2);
    await page.locator(".frame.strong, .frame.here").first().waitFor({ timeout: 2000 }).catch(() => {});
    await photograph(page, "conflict");
    await goTo(page, "identity");
    await sheetsReady(page, 1);
    await press(page, "1");
    await page.locator(".assign .says.good").waitFor();
    await photograph(page, "identity");
    await station.kill("SIGTERM");
}

await play(samplesPictures, pagesPictures);
