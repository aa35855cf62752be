// The box at the bottom: slash commands with completion and history, and plain messages.
import { act } from "./api.js";
import { announce, h } from "./dom.js";
import { channelHere, on, state } from "./store.js";

const MOST_KEPT = 50;
const histories = new Map(); // person -> what they typed, oldest first

let box;
let list;
let problem;
let offered = [];
let active = -1;
let back = -1; // how far into the history we are; -1: not at all

export function start({ offers }) {
  box = document.getElementById("composer-box");
  list = document.getElementById("completions");
  problem = document.getElementById("composer-problem");
  const form = document.getElementById("composer");
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  box.addEventListener("input", () => { back = -1; problem.textContent = ""; complete(offers); });
  box.addEventListener("keydown", (event) => keys(event));
  box.addEventListener("blur", () => shut());
  document.getElementById("shortcuts-button").replaceWith(...globalShortcuts(offers));
  on(["screen", "place", "me"], draw);
}

/** Put a text into the box, ready to be sent. */
export function write(text) {
  box.value = text;
  box.focus();
  box.setSelectionRange(text.length, text.length);
  shut();
}

/** Type and send, as a person would. */
export async function type(text) {
  write(text);
  await send();
}

function draw() {
  const channel = channelHere();
  document.getElementById("composer").hidden = state.place === "home";
  const where = channel?.kind === "im" ? "Latchkey" : `#${channel?.name ?? ""}`;
  box.placeholder = `Message ${where}, or /`;
  box.setAttribute("aria-label", `Message ${where}`);
}

function complete(offers) {
  const typed = box.value;
  const words = typed.startsWith("/") && !typed.includes(" ")
    ? offers.commands.filter((command) => command.command.startsWith(typed)) : [];
  offered = words;
  active = words.length ? 0 : -1;
  drawList();
}

function drawList() {
  list.hidden = !offered.length;
  box.setAttribute("aria-expanded", String(!list.hidden));
  box.setAttribute("aria-activedescendant", active >= 0 ? `completion-${active}` : "");
  list.replaceChildren(...offered.map((command, number) => h("li", {
    id: `completion-${number}`, role: "option", "aria-selected": String(number === active), class: number === active ? "active" : null,
    on: { pointerdown: (event) => { event.preventDefault(); take(command); } },
  },
  h("span", { class: "command" }, command.command, command.usage_hint ? h("span", { class: "usage" }, ` ${command.usage_hint}`) : null),
  h("span", { class: "choice-more" }, command.description))));
  list.children[active]?.scrollIntoView({ block: "nearest" });
}

function shut() {
  offered = [];
  active = -1;
  drawList();
}

function take(command) {
  write(`${command.command} `);
}

function keys(event) {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (offered.length) {
    if (step) { event.preventDefault(); active = (active + step + offered.length) % offered.length; drawList(); return; }
    if (event.key === "Tab" && !event.shiftKey) { event.preventDefault(); take(offered[active]); return; }
    if (event.key === "Escape") { event.preventDefault(); shut(); return; }
    if (event.key === "Enter" && box.value !== offered[active].command) { event.preventDefault(); take(offered[active]); return; }
  }
  if (event.key === "Enter") { event.preventDefault(); send(); return; }
  if (step && (box.value === "" || back >= 0)) { event.preventDefault(); recall(-step); }
}

/** Walk through what this person typed before. */
function recall(step) {
  const typed = histories.get(state.me) || [];
  if (!typed.length) return;
  back = Math.min(Math.max(back + step, -1), typed.length - 1);
  const at = back;
  write(at < 0 ? "" : typed[typed.length - 1 - at]);
  back = at;
}

async function send() {
  const text = box.value;
  if (!text.trim() || box.getAttribute("aria-busy") === "true") return;
  shut();
  problem.textContent = "";
  box.setAttribute("aria-busy", "true");
  try {
    await act("say", { as: state.me, channel: state.place, text });
    remember(text);
    box.value = "";
    announce("Sent");
  } catch (refused) {
    problem.textContent = refused.message;
  } finally {
    box.removeAttribute("aria-busy");
    back = -1;
  }
}

function remember(text) {
  const typed = (histories.get(state.me) || []).filter((other) => other !== text);
  histories.set(state.me, [...typed, text].slice(-MOST_KEPT));
}

/** The lightning menu of Slack's composer, as plain buttons. */
function globalShortcuts(offers) {
  return offers.shortcuts.filter((shortcut) => shortcut.type === "global").map((shortcut) => h("button", {
    type: "button", class: "shortcut", title: shortcut.description,
    on: { click: async () => {
      try {
        await act("shortcut", { as: state.me, callback_id: shortcut.callback_id });
      } catch (refused) {
        problem.textContent = refused.message;
      }
    } },
  }, shortcut.name));
}
