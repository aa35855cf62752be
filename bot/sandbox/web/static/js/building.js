// Right: the building. A plan to look at, and a list of the same doors to use.
import { act } from "./api.js";
import { h, reconcile } from "./dom.js";
import { doorPanel, refresh } from "./door.js";
import { icon } from "./emoji.js";
import { toast } from "./notices.js";
import { drawPlan } from "./plan.js";
import { on, state } from "./store.js";

const WEATHER = [
  ["seam_down", "Seam is down", "It answers 503 to everything the bot asks."],
  ["slack_down", "Slack is down", "Commands and clicks arrive; whatever the bot says to Slack is refused."],
];
const LOCK = "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9";
const OPEN = "M5 9h10v8H5zM7 9V6a3 3 0 0 1 5.800-1";

let chosen = null;

export function start() {
  on(["house", "me", "screen"], draw);
}

/** Show a door's panel: for the plan, and for the tour. */
export function choose(id, { focus = false } = {}) {
  chosen = id;
  draw();
  const button = document.querySelector(`[data-door="${CSS.escape(id)}"]`);
  button?.scrollIntoView({ block: "nearest" });
  if (focus) document.querySelector(".door-panel input")?.focus();
}

export function doorNamed(name) {
  return state.house.doors.find((door) => door.name === name);
}

function draw() {
  const { doors, weather } = state.house;
  if (!doors.length) return;
  drawPlan(document.getElementById("plan"), doors, chosen, (id) => choose(id === chosen ? null : id));
  reconcile(document.getElementById("weather"), WEATHER.map(([kind, name, more]) => {
    const isOn = weather.includes(kind);
    return [kind, String(isOn), () => h("li", {}, faultSwitch(name, more, isOn, { kind }))];
  }));
  reconcile(document.getElementById("doors"), doors.map((door) => {
    const isOpen = door.id === chosen;
    return [door.id, `${JSON.stringify({ ...door, codes: 0 })}${isOpen}`, () => row(door, isOpen)];
  }));
  const open = doors.find((door) => door.id === chosen);
  if (open) refresh(open);
}

function row(door, isOpen) {
  const button = h("button", {
    type: "button", class: "door-row", "aria-expanded": String(isOpen), "data-door": door.id, "data-focus": door.id,
    on: { click: () => choose(isOpen ? null : door.id) },
  },
  h("span", { class: `door-state ${stateOf(door)}` }, icon(door.locked ? LOCK : OPEN)),
  h("span", { class: "door-words" },
    h("span", { class: "door-name" }, door.name),
    h("span", { class: "door-facts" }, words(door))),
  battery(door));
  const item = h("li", { class: isOpen ? "open" : null }, button);
  if (isOpen) item.append(doorPanel(door, faultSwitch));
  return item;
}

function stateOf(door) {
  return `${door.locked ? "locked" : "unlocked"}${door.online ? "" : " away"}`;
}

function words(door) {
  const told = [door.locked ? "Locked" : "Unlocked"];
  if (!door.online) told.push("offline");
  if (door.faults.slow) told.push("slow");
  if (door.faults.remote_unlock_off) told.push("remote unlock off");
  return [...told, door.brand].join(" · ");
}

function battery(door) {
  const level = door.battery;
  const bars = Math.max(1, Math.round(level / 25));
  return h("span", { class: `battery ${level < 25 ? "low" : ""}`, title: `Battery ${level} %` },
    h("span", { class: "sr" }, `, battery ${level} percent`),
    ...[1, 2, 3, 4].map((bar) => h("span", { "aria-hidden": "true", class: bar <= bars ? "full" : null })));
}

function faultSwitch(name, more, isOn, body) {
  const button = h("button", {
    type: "button", class: "switch", role: "switch", "aria-checked": String(isOn), title: more,
    "data-focus": `${body.kind}${body.door || ""}`, "data-fault": body.kind,
    on: { click: () => act("fault", { ...body, on: button.getAttribute("aria-checked") !== "true" }).catch((problem) => toast(problem.message)) },
  }, h("span", { class: "track", "aria-hidden": "true" }), h("span", {}, name));
  return button;
}
