/* keys.mjs - a clerk's hands: how the work of each queue is done by keys alone. What was keyed is written
 * down as it is done: Map of key -> {value} or {options}. */

import { keyOf, until } from "./stage.mjs";

const YEAR = new Date().getFullYear();

/** press: keys, one after the other. */
export async function press(page, ...keys) {
    for (const key of keys) {
        await page.keyboard.press(key);
    }
}

/** overview: back to all queues, and on to `queue`, by arrows and Enter. */
export async function goTo(page, queue) {
    if (await page.locator(".overview").count() === 0) {
        await press(page, "Escape");
        await page.locator(".overview").waitFor();
    }
    await press(page, ...Array(8).fill("ArrowLeft"));
    await until(async () => {
        const here = await page.evaluate(() => document.activeElement.getAttribute("href"));
        if (here !== `#/${queue}`) {
            await press(page, "ArrowRight");
        }
        return here === `#/${queue}`;
    }, `the card of ${queue}`);
    await press(page, "Enter");
    await page.locator(".work:not(.overview)").waitFor();
}

/** shown: what stands on the screen: {kind: "wall"|"choice"|"type"|"done", first}; `first`: address of its
 * first picture, null for "done". Waits until it can be worked at, and is something else than `before`. */
export async function shown(page, before = null) {
    const handle = await page.waitForFunction((was) => {
        const work = document.querySelector("#work > .work");
        if (!work || document.querySelector("dialog[open]")) {
            return null;
        }
        if (work.querySelector(".done")) {
            return { kind: "done", first: null };
        }
        const kind = work.querySelector(".tile") ? "wall" : work.querySelector("#typed") ? "type" : work.querySelector(".option") ? "choice" : null;
        const imgs = [...work.querySelectorAll(kind === "wall" ? ".tile img" : ".crop img")];
        const ready = kind && imgs.length > 0 && imgs.every((img) => img.complete && img.naturalWidth > 0) && !work.querySelector(".tile.waiting");
        const first = imgs[0]?.getAttribute("src");
        return ready && first !== was?.first + "" ? { kind, first } : null;
    }, before);
    return handle.jsonValue();
}

/* --- The wall. ---------------------------------------------------------------------------------------- */

/** readWall: [{key, option, marked}], in the order of the arrows. */
export function readWall(page) {
    return page.evaluate(() => [...document.querySelectorAll(".tile")].map((tile) =>
        [tile.querySelector("img").getAttribute("src"), tile.getAttribute("aria-pressed") === "true"]))
        .then((all) => all.map(([address, marked]) => ({ ...keyOf(address), marked })));
}

/** confirmWall: Enter, once a hand that still holds the key from before would be heard. */
export async function confirmWall(page) {
    await page.evaluate(() => new Promise((resolve) => {
        const since = performance.now();
        const look = () => (performance.now() - since > 260 ? resolve() : requestAnimationFrame(look));
        look();
    }));
    await press(page, "Enter");
}

/** doWall: turns round each tile whose place `turn(n)` says. */
export async function doWall(page, keyed, turn) {
    const tiles = await readWall(page);
    await press(page, "Home");
    for (let n = 0; n < tiles.length; n++) {
        if (turn(n)) {
            await press(page, " ");
            tiles[n].marked = !tiles[n].marked;
        }
        await press(page, "ArrowRight");
    }
    for (const { key, option, marked } of tiles) {
        keyed.set(key, { options: { ...keyed.get(key)?.options, [option]: marked } });
    }
    await confirmWall(page);
}

/* --- A question. ---------------------------------------------------------------------------------------- */

/** doChoice: the box number @n, and no other. */
export async function doChoice(page, keyed, n = 0) {
    const { one, addresses } = await page.evaluate(() => ({
        one: document.querySelector(".options").getAttribute("role") === "radiogroup",
        addresses: [...document.querySelectorAll(".option img")].map((img) => img.getAttribute("src")),
    }));
    const boxes = addresses.map(keyOf);
    const chosen = n % Math.min(boxes.length, 9);
    await press(page, ...(one ? [] : ["0"]), String(chosen + 1));
    keyed.set(boxes[0].key, { options: Object.fromEntries(boxes.map(({ option }, i) => [option, i === chosen])) });
    await press(page, "Enter");
}

/* --- A field to type. -------------------------------------------------------------------------------------- */

/** readField: {key, format, length, says, state, label, value} */
export async function readField(page) {
    const field = await page.evaluate(() => {
        const input = document.querySelector("#typed");
        const says = document.querySelector("#says");
        return {
            address: document.querySelector(".crop img").getAttribute("src"),
            format: input.className.split(" ").find((name) => ["date", "digits", "code", "text", "lines"].includes(name)),
            most: input.maxLength, value: input.value, focused: document.activeElement === input,
            label: document.querySelector("h2").textContent, says: says.textContent, state: says.className.split(" ")[1],
        };
    });
    return { ...field, ...keyOf(field.address) };
}

/** wordFor: what is typed into `field`, the number @n, and what must stand in the office then. */
export function wordFor(field, n) {
    const two = (number) => String(number).padStart(2, "0");
    switch (field.format) {
    case "date": {
        const [day, month, year] = [1 + (n % 28), 1 + (n % 12), YEAR - 2 - (n % 8)];
        const typed = [`${two(day)}${two(month)}${year}`, `${two(day)}/${two(month)}/${year}`, `${day}.${month}.${year}`, `${day}-${month}-${year % 100}`][n % 4];
        return { typed, value: `${year}-${two(month)}-${two(day)}` };
    }
    case "digits": {
        const most = field.most - 4;
        const value = /heure/.test(field.key) ? "0930" : String(70000000 + n * 7919).slice(0, Math.max(1, Math.min(8, most)));
        return /(^|_|:)age\b/.test(field.key) ? { typed: "9", value: "9" } : { typed: value, value };
    }
    case "code": {
        const value = `X${n % 10}Y${n % 7}`.slice(0, field.most - 4);
        return { typed: value.toLowerCase(), value };
    }
    case "lines":
        return { typed: [`EXEMPLE FICTIF ${n}`, "seconde ligne"], value: `EXEMPLE FICTIF ${n}\nseconde ligne` };
    default:
        return { typed: `EXEMPLE FICTIF ${n}`, value: `EXEMPLE FICTIF ${n}` };
    }
}

export async function typeWord(page, typed) {
    const parts = [typed].flat();
    for (let i = 0; i < parts.length; i++) {
        if (i > 0) {
            await press(page, "Shift+Enter");
        }
        await page.keyboard.type(parts[i]);
    }
}

/** doType: types into the field on the screen; Enter or Tab. What is doubtful is confirmed once more. */
export async function doType(page, keyed, n) {
    const field = await readField(page);
    const { typed, value } = wordFor(field, n);
    await typeWord(page, typed);
    keyed.set(field.key, { value });
    const doubted = (await readField(page)).state === "doubt";
    await press(page, n % 2 ? "Tab" : "Enter", ...(doubted ? ["Enter"] : []));
    return field;
}
