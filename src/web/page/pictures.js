/* pictures.js - pictures fetched ahead. The station forbids keeping them (no-store), so the browser
 * would fetch one again; instead the element itself is kept and handed out once. */

const ready = new Map(); /* address -> img */
const MOST = 240;

/** fetchAhead: begins to load the picture at `address`. */
export function fetchAhead(address) {
    if (!address || ready.has(address)) {
        return;
    }
    if (ready.size >= MOST) {
        ready.delete(ready.keys().next().value);
    }
    ready.set(address, make(address));
}

/** picture: an img for `address`, already loaded if it was fetched ahead. */
export function picture(address, description = "") {
    const kept = ready.get(address);
    ready.delete(address);
    const broken = kept !== undefined && kept.complete && kept.naturalWidth === 0;
    const img = kept === undefined || broken ? make(address) : kept;
    img.alt = description;
    return img;
}

/** seen: resolves to true when `img` stands on the screen, to false if it cannot be had. */
export async function seen(img) {
    try {
        await img.decode();
        return img.naturalWidth > 0;
    } catch {
        return false;
    }
}

/** forget: nothing of what was fetched ahead stays (the station was locked). */
export function forget() {
    ready.clear();
}

function make(address) {
    const img = new Image();
    img.draggable = false;
    img.src = address;
    return img;
}
