/* icons.js - small drawings, 20 by 20, one line each; in the page itself, so that none flickers. */

const SVG = "http://www.w3.org/2000/svg";

const LINES = {
    check: "m4 10.5 4 4 8-9",
    lock: "M5.5 9h9A1.5 1.5 0 0 1 16 10.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 15.5v-5A1.5 1.5 0 0 1 5.5 9zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9",
    undo: "M7 4 3.5 7.5 7 11M4 7.5h7.5a4.25 4.25 0 0 1 0 8.5H8",
    zoom: "M3.5 8.5a5 5 0 1 0 10 0a5 5 0 1 0-10 0M12.5 12.5l4 4M8.5 6.5v4M6.5 8.5h4",
    recent: "M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0M10 6v4.2l2.8 1.8",
    give: "M3 10h10M9.5 6.5 13 10l-3.5 3.5M16.5 4v12",
    help: "M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0M8 8a2 2 0 1 1 2.8 1.9c-.5.2-.8.6-.8 1.1v.3M10 13.6v.1",
    warn: "M10 3.2 17.5 16h-15zM10 8.2v3.6M10 13.8v.1",
};

/** icon: the drawing called `name`; says nothing to a screen reader. */
export function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", LINES[name]);
    svg.append(path);
    return svg;
}
