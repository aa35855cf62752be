// The clock of this world, and the buttons that turn it.
import { act } from "./api.js";
import { clockTime, dayKey, longDay, shortDay } from "./dates.js";
import { announce } from "./dom.js";
import { toast } from "./notices.js";
import { now, on, state } from "./store.js";

const TURNS = { "turn-10m": 600, "turn-1h": 3600, "turn-1d": 86400 };

export function start() {
  on(["clock", "screen", "me"], draw);
  setInterval(draw, 1000);
  for (const [id, seconds] of Object.entries(TURNS)) {
    document.getElementById(id).addEventListener("click", () => turn({ seconds }));
  }
  document.getElementById("turn-next").addEventListener("click", () => turn({ to: "next" }));
}

/** Turn and say where we are then. Raises nothing: a refusal is shown. */
export async function turn(body) {
  const face = document.getElementById("clock");
  if (face.getAttribute("aria-busy") === "true") return;
  face.setAttribute("aria-busy", "true");
  try {
    const { happened } = await act("turn", body);
    if (!happened) toast("Nothing is planned: nothing will happen by itself.");
    requestAnimationFrame(() => announce(`It is ${clockTime(now(), zone())} now, ${longDay(now(), zone())}.`));
  } catch (problem) {
    toast(problem.message);
  } finally {
    face.removeAttribute("aria-busy");
  }
}

function zone() {
  return state.screen?.tz || "Europe/Berlin";
}

function draw() {
  if (!state.screen) return;
  document.getElementById("clock-time").textContent = clockTime(now(), zone(), true);
  document.getElementById("clock-day").textContent = `${shortDay(now(), zone())} ${dayKey(now(), zone()).slice(0, 4)}, ${place()} time`;
  const turned = state.clock.turned_s;
  document.getElementById("clock-more").textContent = turned >= 60 ? `Turned ahead by ${span(turned)}` : "Runs with this machine";
}

function place() {
  return zone().split("/").at(-1).replaceAll("_", " ");
}

function span(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return [days && `${days} d`, hours && `${hours} h`, minutes && `${minutes} min`].filter(Boolean).join(" ");
}
