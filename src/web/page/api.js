/* api.js - talking to the station. Everything that can go wrong becomes an ApiError with a code:
 * `network` (no answer), `closed` (this browser's cookie is not, or no longer, known), `locked`
 * (a passphrase is needed), or what the station says. */

const PATIENCE = 20000; /* ms without an answer that count as none */
const PATIENCE_GIVE = 90000; /* pages are opened and cut meanwhile */
const PATIENCE_UNLOCK = 90000; /* a passphrase is checked slowly on purpose */

export class ApiError extends Error {
    constructor(status, code, message) {
        super(message);
        this.status = status;
        this.code = code;
    }
}

async function problem(response) {
    let said = {};
    try {
        said = (await response.json()).error ?? {};
    } catch {
        /* An answer that is not ours: the status says enough. */
    }
    const code = response.status === 401 ? "closed" : (said.code ?? `http-${response.status}`);
    return new ApiError(response.status, code, said.message ?? "");
}

async function call(path, options, patience) {
    let response;
    try {
        response = await fetch(path, {
            cache: "no-store",
            signal: AbortSignal.timeout(patience),
            ...options,
        });
        if (response.ok) {
            return response.status === 204 ? null : await response.json();
        }
    } catch (error) {
        throw new ApiError(0, "network", String(error));
    }
    throw await problem(response);
}

function post(path, body, patience = PATIENCE) {
    const headers = { "Content-Type": "application/json", "X-Lakana": "1" };
    return call(path, { method: "POST", headers, body: JSON.stringify(body) }, patience);
}

function get(path) {
    return call(path, {}, PATIENCE);
}

export const api = {
    words: () => get("/api/words"),
    state: () => get("/api/state"),
    unlock: (login, passphrase) => post("/api/unlock", { login, passphrase }, PATIENCE_UNLOCK),
    lock: () => post("/api/lock", {}),
    queue(id, { n, after, group }) {
        const ask = new URLSearchParams({ n });
        if (after) {
            ask.set("after", after);
        }
        if (group) {
            ask.set("group", group);
        }
        return get(`/api/queue/${id}?${ask}`);
    },
    decide: (decisions) => post("/api/decide", { decisions }),
    undo: () => post("/api/undo", {}),
    page: (act) => post("/api/page", act),
    caseFile: (code) => get(`/api/case/${encodeURIComponent(code)}`),
    recent: () => get("/api/recent"),
    clerks: () => get("/api/clerks"),
    give: (to, kind, n) => post("/api/give", { to, kind, n }, PATIENCE_GIVE),
    withdraw: (parcel) => post("/api/withdraw", { parcel }),
};
