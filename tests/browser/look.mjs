/* look.mjs SAMPLES PAGES - whether everybody can use the page: every control by keys, focus that is seen,
 * contrast of every text, nothing to scroll on a small laptop, nothing beside the screen on a tablet. */

import { goTo, press, shown } from "./keys.mjs";
import { closeBrowser, enter, equal, ok, openBrowser, openStation, play } from "./stage.mjs";

const [samples, pages] = process.argv.slice(2);
const LEAST = 4.5; /* contrast of text, WCAG 2.1 AA */
const ready = (page) => page.waitForFunction(() => [...document.querySelectorAll("#work .sheet img")].some((img) => img.naturalWidth > 0));

/* --- In the page. ----------------------------------------------------------------------------------------- */

/* Texts whose contrast is below `least`: [text, ratio]. */
function pale(least) {
    const parse = (text) => {
        const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
        return { r, g, b, a };
    };
    const over = (top, below) => Object.fromEntries(["r", "g", "b"].map((c) => [c, top[c] * top.a + below[c] * (1 - top.a)]));
    const light = (color) => {
        const [r, g, b] = [color.r, color.g, color.b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        const layers = [];
        for (let at = node; at; at = at.parentElement) {
            layers.unshift(parse(getComputedStyle(at).backgroundColor));
        }
        return layers.reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255 });
    };
    const opacity = (node) => (node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1);
    const found = [];
    const walker = document.createTreeWalker(document.querySelector("dialog[open]") ?? document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent.trim();
        if (text === "" || !node.checkVisibility({ visibilityProperty: true }) || node.closest(".unseen, :disabled, script, noscript") ||
            node.getBoundingClientRect().width < 2) {
            continue;
        }
        const ground = behind(node);
        const color = parse(getComputedStyle(node).color);
        const [a, b] = [light(over({ ...color, a: color.a * opacity(node) }, ground)), light(ground)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < least) {
            found.push([text.slice(0, 40), ratio.toFixed(2)]);
        }
    }
    return found;
}

/* Numbers what a person can press or fill in, and keeps what it looks like without the focus. */
function controls() {
    document.activeElement.blur();
    const root = document.querySelector("dialog[open]") ?? document.body;
    const all = [...root.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")]
        .filter((node) => !node.disabled && node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0);
    window.ringOf = (node) => {
        const style = getComputedStyle(node);
        return [style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2 ? style.outlineColor : "", style.boxShadow].join();
    };
    all.forEach((node, n) => node.setAttribute("data-control", n));
    window.plain = all.map(window.ringOf);
    return all.length;
}

/* The focused control, and whether the focus is to be seen: a line or shadow that it has not without. */
function focused() {
    const node = document.activeElement;
    const at = node.getAttribute("data-control");
    if (at === null) {
        return null;
    }
    const box = node.getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    const name = node.getAttribute("aria-label") || node.textContent || node.title || node.labels?.[0]?.textContent || "";
    return { at, seen: inside && window.ringOf(node) !== window.plain[at], name };
}

/* --- Views. ------------------------------------------------------------------------------------------------- */

async function reach(page, name) {
    const count = await page.evaluate(controls);
    const reached = new Map();
    for (let n = 0; n < count * 2 + 10 && reached.size < count; n++) {
        await press(page, "Shift+Tab");
        const now = await page.evaluate(focused);
        if (now) {
            reached.set(now.at, now);
        }
    }
    equal([reached.size, count], [count, count], `${name}: every control by Tab`);
    const unseen = [...reached.values()].filter((one) => !one.seen || one.name.trim() === "");
    equal(unseen, [], `${name}: focus is seen, and every control has a name`);
}

async function examine(page, name, { still = true } = {}) {
    equal(await page.evaluate(pale, LEAST), [], `${name}: contrast of at least ${LEAST}`);
    const lang = await page.evaluate(() => document.documentElement.lang);
    ok(lang === "fr", `${name}: says its language`, lang);
    const room = await page.evaluate(() => {
        const scrolls = (node) => node.scrollHeight > node.clientHeight + 1;
        const work = document.getElementById("work");
        return { page: scrolls(document.documentElement), work: work !== null && scrolls(work),
            wide: Math.max(document.documentElement.scrollWidth, work?.scrollWidth ?? 0) - innerWidth };
    });
    ok(room.wide <= 0, `${name}: nothing beside the screen`, room);
    if (still) {
        ok(!room.page && !room.work, `${name}: nothing to scroll`, room);
    }
    await reach(page, name);
}

async function views(office, size, name, { still }) {
    const station = await openStation(office);
    const browser = await openBrowser(size);
    const { page } = browser;
    const look = (view, options = { still }) => examine(page, `${view}, ${name}`, options);
    if (office === samples) {
        await page.goto(station.url);
        await page.locator("#login:focus").waitFor();
        await look("who is there", { still: true });
    }
    await enter(page, station.url, "awa");
    if (office === samples) {
        await look("overview", { still: false });
        await press(page, "?");
        await page.locator("dialog[open]").waitFor();
        await look("keys", { still: false });
        await press(page, "Escape");
    }
    for (const queue of office === samples ? ["marks", "choices", "type"] : ["conflicts", "identity"]) {
        await goTo(page, queue);
        await (office === samples ? shown(page) : ready(page));
        await look(queue);
    }
    await closeBrowser(browser, ["EXEMPLE FICTIF"]);
    await station.kill("SIGTERM");
}

const LAPTOP = { width: 1366, height: 768 };
const TABLET = { width: 768, height: 1024, hasTouch: true };

const laptop = () => views(samples, LAPTOP, "1366 x 768", { still: true });
const laptopPages = () => views(pages, LAPTOP, "1366 x 768", { still: true });
const tablet = () => views(samples, TABLET, "768 x 1024", { still: false });
const tabletPages = () => views(pages, TABLET, "768 x 1024", { still: false });

await play(laptop, laptopPages, tablet, tabletPages);
