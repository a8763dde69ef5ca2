/* hostile.mjs OFFICE - a page from elsewhere, open in the clerk's browser while she works. It is served
 * from another port of this computer, whose pages send her cookie along, from "localhost", and from a
 * name that is made to lead here. It tries what a page can try: nothing may change, nothing be read.
 * And a clerk who was given crops, with all addresses that a manager's page has asked for. */

import { createServer } from "node:http";

import { goTo, press, readField, shown } from "./keys.mjs";
import { closeBrowser, enter, equal, journalIsWhole, lakana, ok, one, openBrowser, openStation, play, sql } from "./stage.mjs";

const [office] = process.argv.slice(2);
const asked = new Set(); /* paths that the manager's page asked for */
const posted = []; /* [path, body] */
let station, browser, page, item;

/* Everything that could show a change. */
const whole = () => JSON.stringify([
    sql(office, "SELECT * FROM decisions"), sql(office, "SELECT id, holds FROM pages"),
    sql(office, "SELECT seq, what, who FROM journal WHERE what NOT IN ('page-open', 'export')")]);

async function begin() {
    station = await openStation(office);
    browser = await openBrowser({ flags: ["--host-resolver-rules=MAP evil.example 127.0.0.1"] });
    page = browser.page;
    page.on("request", (request) => {
        const { pathname, search } = new URL(request.url());
        if (request.method() === "GET" && /^\/(api|crop|picture|parcel)\//.test(pathname)) {
            asked.add(pathname + search);
        } else if (request.method() === "POST" && pathname !== "/api/unlock") {
            posted.push([pathname, request.postData()]);
        }
    });
    await enter(page, station.url, "awa");
    for (const queue of ["conflicts", "identity", "choices", "marks"]) {
        await goTo(page, queue);
        await page.waitForFunction(() => document.querySelector("#work .done") || [...document.querySelectorAll("#work img")].some((img) => img.naturalWidth > 0));
    }
    await goTo(page, "type");
    await shown(page);
    await page.keyboard.type("12022020");
    item = await readField(page);
    await press(page, "Alt+z");
    await page.waitForFunction(() => document.querySelector("dialog.zoom img")?.naturalWidth > 0);
    await press(page, "Escape");
    await page.locator("dialog.zoom").waitFor({ state: "detached" });
    ok([...asked].some((path) => path.startsWith("/picture/")) && asked.size > 20, "a manager sees whole pages", asked.size);
}

/* --- The page from elsewhere. --------------------------------------------------------------------------- */

/* Runs in the hostile page. Resolves to {name: what came of it}; "no" is what should come. */
async function attack({ base, crop, key }) {
    const decide = JSON.stringify({ decisions: [{ key, version: 0, value: "01/01/2020" }] });
    const socket = base.replace("http", "ws");
    const no = (promise) => promise.then((got) => got, () => "no");
    const read = (path, options) => no(fetch(base + path, { credentials: "include", ...options })
        .then((answer) => (answer.type === "opaque" ? "no" : `${answer.status}`)));
    const send = (path, options) => read(path, { method: "POST", body: decide, ...options });
    const loads = (node) => new Promise((resolve) => {
        node.onload = () => resolve(`loaded ${node.naturalWidth ?? node.sheet?.cssRules.length ?? ""}`);
        node.onerror = () => resolve("no");
        document.body.append(node);
    });
    const make = (tag, props) => Object.assign(document.createElement(tag), props);
    const submit = (path, enctype) => new Promise((resolve) => {
        const name = `to${Math.random()}`;
        const frame = make("iframe", { name });
        const form = make("form", { action: base + path, method: "post", target: name, enctype });
        form.append(make("input", { name: decide.slice(0, -1) + ',"x":"', value: '"}' }));
        document.body.append(frame, form);
        frame.onload = () => resolve(readable(frame));
        setTimeout(resolve, 5000, "an answer without a page: it was done");
        form.submit();
    });
    const readable = (frame) => {
        try {
            return frame.contentDocument?.body?.textContent.includes("lakana") ? "read" : "no";
        } catch {
            return "no";
        }
    };
    const json = { "Content-Type": "application/json", "X-Lakana": "1" };
    const result = {};
    for (const path of ["/api/decide", "/api/undo", "/api/lock", "/api/page"]) {
        for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
            result[`form ${type} to ${path}`] = await submit(path, type);
        }
        result[`fetch no-cors to ${path}`] = await send(path, { mode: "no-cors", headers: { "Content-Type": "text/plain" } });
        result[`fetch as the page does to ${path}`] = await send(path, { headers: json });
        result[`fetch as a text to ${path}`] = await send(path, {});
    }
    navigator.sendBeacon(`${base}/api/lock`, new Blob(["{}"], { type: "text/plain" }));
    for (const path of ["/api/state", "/api/words", "/", "/page/main.js", crop, "/picture/1"]) {
        result[`read ${path}`] = await read(path);
        result[`read ${path} unseen`] = await read(path, { mode: "no-cors" });
        result[`picture of ${path}`] = await loads(make("img", { src: base + path }));
        result[`script of ${path}`] = await loads(make("script", { src: base + path }));
    }
    result["style sheet"] = await loads(make("link", { rel: "stylesheet", href: `${base}/page/base.css` }));
    for (const path of ["/", "/api/state", "/picture/1"]) {
        const frame = make("iframe", { src: base + path });
        await new Promise((resolve) => {
            frame.onload = resolve;
            document.body.append(frame);
        });
        result[`frame of ${path}`] = readable(frame);
    }
    for (const path of ["/", "/api/state"]) {
        result[`socket to ${path}`] = await new Promise((resolve) => {
            const line = new WebSocket(socket + path);
            line.onopen = () => resolve("open");
            line.onerror = () => resolve("no");
        });
    }
    const other = window.open(`${base}/`);
    result["a window of ours"] = await new Promise((resolve) => {
        const look = () => {
            try {
                if (other === null || other.closed) {
                    resolve("no");
                } else if (other.document.body?.textContent.includes("lakana")) {
                    resolve("read");
                } else {
                    requestAnimationFrame(look);
                }
            } catch {
                resolve("no");
            }
        };
        look();
    });
    return result;
}

async function elsewhere() {
    const hostile = createServer((request, answer) => {
        answer.setHeader("Content-Type", "text/html");
        answer.end("<!doctype html><title>jeu</title><body>");
    });
    await new Promise((resolve) => {
        hostile.listen(0, "127.0.0.1", resolve);
    });
    const before = whole();
    for (const host of ["127.0.0.1", "localhost", "evil.example"]) {
        const tab = await browser.context.newPage();
        const cookies = [];
        tab.on("request", async (request) => {
            if (request.url().startsWith(station.base)) {
                cookies.push(request.allHeaders().then((all) => Boolean(all.cookie), () => false));
            }
        });
        await tab.goto(`http://${host}:${hostile.address().port}/`);
        const result = await tab.evaluate(attack, { base: station.base, crop: item.address, key: item.key });
        const came = Object.entries(result).filter(([, what]) => what !== "no");
        equal(came, [], `a page of ${host}, another port: ${Object.keys(result).length} ways, none leads anywhere`);
        if (host === "127.0.0.1") {
            ok((await Promise.all(cookies)).some(Boolean), "though the clerk's cookie went along");
        }
        equal(tab.frames().filter((frame) => frame.url().startsWith(station.base) && frame !== tab.mainFrame()).length, 0, "no frame shows ours");
        ok(whole() === before, "and nothing has changed");
        await Promise.all(browser.context.pages().filter((one) => one !== page).map((one) => one.close()));
    }
    hostile.close();
}

/* A name of somebody else's that suddenly leads to this computer: then the page is of "our" host. */
async function rebound() {
    const tab = await browser.context.newPage();
    const before = whole();
    const answer = await tab.goto(`http://evil.example:${station.port}/`);
    equal(answer.status(), 421, "by another name: not here");
    const got = await tab.evaluate(async ([paths, body]) => {
        const json = { "Content-Type": "application/json", "X-Lakana": "1" };
        const statuses = [];
        for (const path of paths) {
            statuses.push((await fetch(path).catch(() => ({ status: 0 }))).status);
        }
        statuses.push((await fetch("/api/decide", { method: "POST", headers: json, body }).catch(() => ({ status: 0 }))).status);
        return statuses;
    }, [["/api/state", item.address, "/picture/1", "/page/main.js", new URL(station.url).pathname + new URL(station.url).search], "{}"]);
    equal(got, got.map(() => 421), "nor anything else, not even with the token");
    ok(whole() === before, "and nothing has changed");
    await tab.close();
}

async function unharmed() {
    const now = await readField(page);
    equal([now.key, now.value], [item.key, "12022020"], "the clerk's page stands as it stood");
    await press(page, "Enter");
    await shown(page, { first: item.address });
    await page.waitForFunction(() => fetch("/api/state").then((answer) => answer.json()).then((state) => state.person?.login === "awa"));
    ok(one(office, "SELECT count(*) FROM decisions") >= 1, "and she works on");
    journalIsWhole(office);
}

/* --- A clerk with crops. -------------------------------------------------------------------------------------- */

async function onlyCrops() {
    lakana(office, "parcel", "give", "--to", "sidi", "--kind", "nombres", "--as", "recovery");
    const clerk = await openBrowser();
    const own = [];
    clerk.page.on("request", (request) => own.push(new URL(request.url()).pathname));
    await enter(clerk.page, station.url, "sidi");
    await goTo(clerk.page, "type");
    await clerk.page.waitForFunction(() => document.querySelector(".crop img")?.naturalWidth > 0);
    const text = await clerk.page.locator("body").innerText();
    const codes = sql(office, "SELECT code FROM cases").map(({ code }) => code);
    equal(codes.filter((code) => text.replaceAll("-", "").includes(code)), [], "a clerk with crops sees no code of a file");
    equal(own.filter((path) => /^\/(crop|picture|api\/case)\//.test(path)), [], "her page asks for no page");
    equal(await clerk.page.locator("nav a[href^='#/']").evaluateAll((all) => all.map((a) => a.getAttribute("href").split("/")[1]).filter((id) => id !== "type")), [],
        "and offers typing only");
    const walk = [...asked].filter((path) => !["/api/words", "/api/state", "/api/recent"].includes(path) && !path.startsWith("/api/queue/type"));
    const got = await clerk.page.evaluate(async (paths) => {
        const all = [];
        for (const path of paths) {
            all.push([path, (await fetch(path)).status]);
        }
        return all;
    }, walk);
    equal(got.filter(([, status]) => status < 400 || status > 499), [], `of ${walk.length} addresses of a manager she is given none`);
    const [last] = sql(office, "SELECT max(id) AS id FROM crops");
    const beyond = await clerk.page.evaluate((id) => fetch(`/parcel/${id}`).then((answer) => answer.status), last.id + 1);
    ok(beyond >= 400 && beyond < 500, "nor a crop that was not given to her");
    const before = whole();
    const answers = await clerk.page.evaluate(async (all) => {
        const headers = { "Content-Type": "application/json", "X-Lakana": "1" };
        return Promise.all(all.map(async ([path, body]) => {
            const answer = await fetch(path, { method: "POST", headers, body });
            const said = answer.status === 200 ? await answer.json() : {};
            return answer.status >= 400 || said.done?.length === 0 ? "no" : [path, answer.status, said];
        }));
    }, [...posted, ["/api/page", JSON.stringify({ page: 1, act: "dismiss" })]].filter(([path]) => !["/api/undo", "/api/lock"].includes(path)));
    equal(answers.filter((answer) => answer !== "no"), [], "what a manager's page sent is not taken from her");
    ok(whole() === before, "and changes nothing");
    await closeBrowser(clerk, ["EXEMPLE FICTIF"]);
}

async function close() {
    await closeBrowser(browser, ["EXEMPLE FICTIF"]);
    await station.kill("SIGTERM");
}

await play(begin, elsewhere, rebound, unharmed, onlyCrops, close);
