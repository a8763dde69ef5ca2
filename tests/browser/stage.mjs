/* stage.mjs - what the tests of the page share: stations, browsers, and the office's own word on what
 * came of it. A test is a program that speaks TAP; the shell test that starts it has made the office.
 * Nothing waits for a time: always for what is to be seen. */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

const { chromium } = createRequire(resolve("build/page-tests/x.js"))("playwright-core");
const { LAKANA, T } = process.env;

export const PASSPHRASE = "une phrase de test";
const PATIENCE = 60000; /* ms; a machine may be busy with other things */
const SCENE = 5 * PATIENCE;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const ICON = 64; /* px; the crop of the smallest box is larger */

/* --- TAP. ------------------------------------------------------------------------------------------- */

let count = 0;

/** ok: `why` is shown when it is not. */
export function ok(good, name, why = "") {
    console.log(`${good ? "" : "not "}ok ${++count} - ${name.replace(/#/g, "no.")}`);
    if (!good && why !== "") {
        console.log(String(typeof why === "string" ? why : JSON.stringify(why)).slice(0, 900).replace(/^/gm, "# "));
    }
    return Boolean(good);
}

export function equal(got, wanted, name) {
    return ok(isDeepStrictEqual(got, wanted), name, `got ${JSON.stringify(got)}\nwanted ${JSON.stringify(wanted)}`);
}

/** play: runs `scenes` in order; one that throws is a failure, and the end. */
export async function play(...scenes) {
    for (const scene of scenes) {
        try {
            await Promise.race([scene(), late(scene.name)]);
        } catch (error) {
            ok(false, scene.name, error.stack);
            break;
        }
    }
    await closeAll();
    console.log(`1..${count}`);
    process.exit(0); /* whatever a scene that failed has left open */
}

function late(name) {
    return new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error(`${name} never ends`)), SCENE).unref();
    });
}

/* --- The office's own word. -------------------------------------------------------------------------- */

/** sql: rows as objects, asked of sqlite3, not of the station. */
export function sql(office, text) {
    const answer = execFileSync("sqlite3", ["-json", "-readonly", join(office, "lakana.db"), text], { maxBuffer: 1 << 28 });
    return answer.length > 0 ? JSON.parse(answer) : [];
}

/** one: the first value of the first row. */
export const one = (office, text) => Object.values(sql(office, text)[0])[0];

/** lakana: what a command prints; throws if it fails. With the recovery words. */
export function lakana(office, ...words) {
    const env = { ...process.env, LAKANA_USER: "recovery", LAKANA_PASSPHRASE_FILE: `${office}.words` };
    return execFileSync(LAKANA, ["-C", office, ...words], { env, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] }).toString();
}

export const lines = (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** values: what stands in every field now, by "PAGE:ROW:FIELD", as `lakana export values` tells it. */
export function values(office) {
    const pages = new Map(sql(office, "SELECT id, case_code c, form f, copy k, page p FROM pages WHERE holds = 1")
        .map((page) => [[page.c, page.f, page.k, page.p].join(), page.id]));
    return new Map(lines(lakana(office, "export", "values", "--json")).map((line) =>
        [`${pages.get([line.case.replaceAll("-", ""), line.form, line.copy, line.page].join())}:${line.row}:${line.field}`, line]));
}

/** standing: decisions on fields that are not taken back, by key. */
export function standing(office) {
    const last = new Map();
    for (const row of sql(office, "SELECT page || ':' || row_no || ':' || field AS key, kind, options, who FROM decisions WHERE field IS NOT NULL ORDER BY id")) {
        if (row.kind === "undo") {
            last.delete(row.key);
        } else {
            last.set(row.key, [...(last.get(row.key) ?? []), row]);
        }
    }
    return last;
}

/** waiting: {queue: count}, by command, which knows nothing of this station. */
export function waiting(office) {
    return lines(lakana(office, "review", "--list", "--json")).reduce((sum, line) => {
        sum[line.queue] = (sum[line.queue] ?? 0) + 1;
        return sum;
    }, {});
}

export function journalIsWhole(office, name = "the journal is whole") {
    const answer = spawnSync(LAKANA, ["-C", office, "journal", "verify"], { encoding: "utf8" });
    ok(answer.status === 0, name, answer.stderr);
}

/* --- Stations. ----------------------------------------------------------------------------------------- */

const stations = new Set();

/** openStation: resolves when it has told its address: {url, base, port, ended, kill(signal)}. */
export async function openStation(office, ...words) {
    const child = spawn(LAKANA, ["-C", office, "review", "--json", ...words], { stdio: ["ignore", "pipe", "pipe"] });
    stations.add(child);
    const ended = new Promise((resolve) => {
        child.on("exit", (code, signal) => {
            stations.delete(child);
            resolve(signal ?? code);
        });
    });
    let said = "";
    let told = "";
    child.stderr.on("data", (data) => { told += data; });
    const url = await new Promise((resolve, reject) => {
        child.stdout.on("data", (data) => {
            said += data;
            if (said.includes("\n")) {
                resolve(JSON.parse(said).url);
            }
        });
        ended.then((how) => reject(new Error(`the station ended: ${how} ${told}`)));
    });
    const base = new URL(url).origin;
    return {
        url, base, port: new URL(url).port, ended,
        async kill(signal) {
            child.kill(signal);
            return ended;
        },
    };
}

/* --- Browsers. ------------------------------------------------------------------------------------------- */

const browsers = new Set();

/** openBrowser: with an empty folder of its own. Returns {page, context, profile, faults, kill()}; `faults`:
 * what its console complains of. */
export async function openBrowser({ width = 1366, height = 768, flags = [], ...more } = {}) {
    const profile = mkdtempSync(join(T, "browser-"));
    const context = await chromium.launchPersistentContext(profile, {
        executablePath: "/usr/bin/chromium", headless: true, viewport: { width, height }, args: [...FLAGS, ...flags], ...more,
    });
    context.setDefaultTimeout(PATIENCE);
    const [page] = context.pages();
    const browser = { page, context, profile, faults: watch(page), kill: () => killAll(profile) };
    browsers.add(browser);
    return browser;
}

function watch(page) {
    const faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
        if (message.type() === "error" && !/Failed to load resource/.test(message.text())) {
            faults.push(message.text());
        }
    });
    return faults;
}

/* As a power cut does it: every process that works in that folder. */
function killAll(profile) {
    for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
            if (readFileSync(`/proc/${id}/cmdline`, "utf8").includes(`--user-data-dir=${profile}`)) {
                process.kill(Number(id), "SIGKILL");
            }
        } catch { /* it has ended by itself */ }
    }
}

/* Whether a picture stands in `bytes` that is larger than the icon of a page, which browsers keep. */
function holdsPicture(bytes) {
    for (let at = bytes.indexOf(PNG); at >= 0; at = bytes.indexOf(PNG, at + 1)) {
        if (at + 24 <= bytes.length && Math.max(bytes.readUInt32BE(at + 16), bytes.readUInt32BE(at + 20)) > ICON) {
            return true;
        }
    }
    return false;
}

/* Paths of the files below `folder`. Links are not followed: readdirSync() of Node 18 trips over one that leads to
 * a socket when it walks by itself. */
function filesBelow(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}

/* Files below `folder` that hold a picture of paper or one of `words`. */
function leftovers(folder, words) {
    const needles = words.flatMap((word) => [Buffer.from(word, "utf8"), Buffer.from(word, "utf16le")]);
    return filesBelow(folder).filter((path) => {
        if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
            return false;
        }
        const bytes = readFileSync(path);
        return holdsPicture(bytes) || needles.some((needle) => bytes.includes(needle));
    }).map((path) => path.slice(folder.length));
}

/** closeBrowser: and looks what it has left on the disk: neither pictures nor `words` may be there. */
export async function closeBrowser(browser, words = []) {
    browsers.delete(browser);
    const cookies = (await browser.context.cookies().catch(() => [])).map((cookie) => cookie.value);
    await browser.context.close().catch(() => {});
    equal(leftovers(browser.profile, [PASSPHRASE, ...cookies, ...words]), [], "nothing is left in the browser's folder");
    rmSync(browser.profile, { recursive: true, force: true, maxRetries: 5 });
}

async function closeAll() {
    for (const browser of browsers) {
        await browser.context.close().catch(() => {});
    }
    stations.forEach((child) => child.kill("SIGKILL"));
}

/** enter: from the address in the terminal to the overview, by keys. */
export async function enter(page, url, login) {
    await page.goto(url);
    await unlock(page, login);
}

export async function unlock(page, login) {
    await page.locator("#login:focus, #passphrase:focus").waitFor();
    if (await page.locator("#login:focus").count()) {
        await page.keyboard.press("Control+A");
        await page.keyboard.type(login);
        await page.keyboard.press("Tab");
    }
    await page.keyboard.type(PASSPHRASE);
    await page.keyboard.press("Enter");
    await page.locator(".shell").waitFor();
}

/** until: `check` is asked until it holds, each time after `step` was done. */
export async function until(check, what) {
    const end = Date.now() + PATIENCE;
    for (;;) {
        if (await check()) {
            return;
        }
        if (Date.now() > end) {
            throw new Error(`never came: ${what}`);
        }
        await new Promise(setImmediate);
    }
}

/** keyOf: of an item, from the address of one of its pictures: {key, option}. */
export function keyOf(address) {
    const [, page, row, field, option] = /\/crop\/(\d+)\/(\d+)\/([^/?]+)(?:\/([^/?]+))?/.exec(address) ?? [];
    return { key: `${page}:${row}:${decodeURIComponent(field)}`, option: option && decodeURIComponent(option) };
}
