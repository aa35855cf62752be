// Short lines at the edge of the page: what Slack itself says, and what was not possible.
import { h } from "./dom.js";
import { on, state } from "./store.js";

const SHOWN_MS = 9000;

export function toast(text) {
  const place = document.getElementById("toasts");
  const gone = () => line.remove();
  const line = h("div", { class: "toast" }, h("p", {}, text),
    h("button", { type: "button", "aria-label": "Dismiss", on: { click: gone } }, "×"));
  place.append(line);
  setTimeout(gone, SHOWN_MS);
}

/** Slack's own notices of the person we are; those that were there before are old news. */
export function start() {
  let seen = null;
  on(["me", "world"], () => { seen = null; });
  on(["screen"], () => {
    if (!state.screen) return;
    const notices = state.screen.notices;
    if (seen !== null) notices.slice(seen).forEach(toast);
    seen = notices.length;
  });
  on(["connected"], () => { document.body.classList.toggle("offline", !state.connected); });
}
