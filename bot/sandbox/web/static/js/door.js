// One door up close: its keypad, its codes, its faults.
import { act } from "./api.js";
import { clockTime, shortDay } from "./dates.js";
import { h } from "./dom.js";
import { toast } from "./notices.js";
import { state } from "./store.js";

const FAULTS = [
  ["offline", "Offline", "The lock is out of reach. Codes that are on it go on working."],
  ["slow", "Slow", "The bolt moves six seconds after the command."],
  ["remote_unlock_off", "Remote unlock off", "The maker's app forbids opening from afar."],
];
const SAID = {
  opened: "The keypad takes it: the door is open.",
  early: "Refused. This code is on the lock, but its time has not come.",
  expired_code: "Refused. The time of this code is over.",
  unknown_code: "Refused. No code on this lock has these digits.",
};
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "OK"];

// What was typed, and what the keypad said, stay while the panel is drawn anew around a door that moves.
const typed = new Map();
const said = new Map();

export function doorPanel(door, faultSwitch) {
  const box = h("input", {
    type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "12", placeholder: "PIN", "aria-label": `PIN at ${door.name}`,
    "data-focus": `pin-${door.id}`, class: "pin", value: typed.get(door.id) || "",
    on: {
      input: () => { box.value = box.value.replace(/\D/g, ""); typed.set(door.id, box.value); },
      keydown: (event) => { if (event.key === "Enter") { event.preventDefault(); press("OK"); } },
    },
  });
  const told = said.get(door.id);
  const answer = h("p", { class: `pad-answer ${told?.tone || ""}`, role: "status" }, told?.text || "");

  async function press(key) {
    if (key === "C") box.value = "";
    else if (key !== "OK") box.value = (box.value + key).slice(0, 12);
    typed.set(door.id, box.value);
    if (key !== "OK" || !box.value) return;
    try {
      const result = await act("keypad", { door: door.id, pin: box.value });
      say(door.id, result.opened ? SAID.opened : SAID[result.reason] || "Refused.", result.opened ? "good" : "bad");
      typed.set(door.id, "");
    } catch (problem) {
      say(door.id, problem.message, "bad");
    }
  }

  const pad = h("div", { class: "pad", role: "group", "aria-label": `Keypad of ${door.name}` }, ...KEYS.map((key) => h("button", {
    type: "button", "data-focus": `key-${door.id}-${key}`, class: key.length > 1 || key === "C" ? "word" : null,
    "aria-label": { C: "C, clear", OK: "OK, enter the code" }[key] || null,
    on: { click: () => press(key) },
  }, key)));

  return h("div", { class: "door-panel", "data-panel": door.id },
    h("div", { class: "pad-side" }, box, pad),
    h("div", { class: "facts-side" },
      h("p", { class: "side-title" }, "On this lock"),
      h("div", { class: "codes" }, ...codes(door)),
      h("button", {
        type: "button", class: "small", title: "The knob on the inside", "data-focus": `hand-${door.id}`,
        on: { click: () => act("hand", { door: door.id }).catch((problem) => toast(problem.message)) },
      }, door.locked ? "Open by hand" : "Lock by hand"),
      h("p", { class: "side-title" }, "Make it fail"),
      ...FAULTS.map(([kind, name, more]) => faultSwitch(name, more, door.faults[kind], { kind, door: door.id }))),
    answer);
}

function say(id, text, tone) {
  said.set(id, { text, tone });
  const panel = document.querySelector(`[data-panel="${CSS.escape(id)}"]`);
  const answer = panel?.querySelector(".pad-answer");
  const box = panel?.querySelector(".pin");
  if (answer) {
    answer.textContent = text;
    answer.className = `pad-answer ${tone}`;
  }
  if (box) box.value = "";
}

/** The codes come and go without the panel being drawn anew. */
export function refresh(door) {
  document.querySelector(`[data-panel="${CSS.escape(door.id)}"] .codes`)?.replaceChildren(...codes(door));
}

function codes(door) {
  if (!door.codes.length) return [h("p", {}, "No guest code.")];
  const tz = state.screen?.tz || "UTC";
  return door.codes.map(({ from, to }) => h("p", {}, window_(from, to, tz)));
}

function window_(from, to, tz) {
  if (!from || !to) return "A code without a window";
  const [start, end] = [new Date(from), new Date(to)];
  const [first, last] = [shortDay(start, tz), shortDay(end, tz)];
  return `A code: ${first}, ${clockTime(start, tz)} to ${first === last ? "" : `${last}, `}${clockTime(end, tz)}`;
}
