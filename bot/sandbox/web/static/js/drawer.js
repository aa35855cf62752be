// "How it works": every request as it passes, and the audit chain as it grows.
import { clockTime } from "./dates.js";
import { h, reconcile } from "./dom.js";
import { on, state } from "./store.js";

const LANES = {
  to_bot: ["Slack → bot", "Slack sends, signed; the bot must answer in 3 s"],
  from_bot: ["bot → Slack", "the bot calls Slack's Web API or a response URL"],
  seam: ["bot → Seam", "the bot calls Seam's HTTP API"],
  audit: ["audit", "a row of the hash chain"],
};
const MOST_DRAWN = 250;

let drawer;
let button;

export function start() {
  drawer = document.getElementById("drawer");
  button = document.getElementById("drawer-button");
  button.addEventListener("click", () => toggle(drawer.hidden));
  document.getElementById("drawer-x").addEventListener("click", () => { toggle(false); button.focus(); });
  drawer.addEventListener("keydown", (event) => { if (event.key === "Escape") { toggle(false); button.focus(); } });
  on(["passing", "chain", "screen"], () => { if (!drawer.hidden) draw(); });
}

export function toggle(open) {
  drawer.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("with-drawer", open);
  if (open) {
    draw();
    document.getElementById("drawer-title").focus();
  }
}

function draw() {
  const tz = state.screen?.tz || "UTC";
  const passing = document.getElementById("passing");
  const chain = document.getElementById("chain");
  keepEnd(passing, () => reconcile(passing, [...state.passing.values()].slice(-MOST_DRAWN).map((entry) => [
    String(entry.n), String(entry.rev), () => request(entry, tz),
  ])));
  keepEnd(chain, () => reconcile(chain, state.chain.slice(-MOST_DRAWN).map((link) => [String(link.seq), link.hash, () => linkOf(link, tz)])));
  document.getElementById("passing-empty").hidden = state.passing.size > 0;
  const broken = state.chain.filter((link) => !link.holds).length;
  document.getElementById("chain-verdict").textContent = broken
    ? `${broken} of ${state.chain.length} rows do not fit the chain!`
    : `${state.chain.length} rows, each sealed with the one before: the chain holds.`;
}

function keepEnd(list, work) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  work();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function request(entry, tz) {
  const [lane, meaning] = LANES[entry.lane];
  const answered = entry.lane !== "audit";
  const bad = entry.trouble || (entry.status && entry.status >= 400);
  return h("li", { class: `passing lane-${entry.lane} ${bad ? "bad" : ""}` }, h("details", {},
    h("summary", {},
      h("span", { class: "lane", title: meaning }, lane),
      h("span", { class: "what" }, entry.what),
      h("span", { class: "how" }, answered ? how(entry) : ""),
      h("time", { datetime: entry.at }, clockTime(new Date(entry.at), tz, true))),
    h("pre", { tabindex: "0" }, JSON.stringify(entry.payload, null, 2))));
}

function how(entry) {
  const status = entry.trouble ? entry.trouble : entry.status;
  if (status === undefined || status === null) return "…";
  return entry.seconds === undefined ? String(status) : `${status} · ${Math.max(1, Math.round(entry.seconds * 1000))} ms`;
}

function linkOf(link, tz) {
  const words = [link.action, link.phase, link.outcome].filter(Boolean).join(" · ");
  const more = [link.door, link.who, link.reason].filter(Boolean).join(" · ");
  return h("li", { class: `link ${link.holds ? "" : "broken"}` },
    h("p", { class: "link-words" }, h("span", { class: "seq" }, `#${link.seq}`), ` ${words}`),
    h("p", { class: "link-more" }, `${clockTime(new Date(link.at), tz, true)} · ${more}`),
    h("p", { class: "link-hash" }, h("code", { title: `seal of the row before: ${link.previous}` }, link.previous.slice(0, 8)), " → ",
      h("code", { title: `seal of this row: ${link.hash}` }, link.hash.slice(0, 8))));
}
