// The guided tour: six steps, each a few words, the buttons that do it, and a check that it happened.
import { announce, h } from "./dom.js";
import * as building from "./building.js";
import * as clock from "./clock.js";
import * as composer from "./composer.js";
import * as drawer from "./drawer.js";
import { act } from "./api.js";
import { show } from "./layout.js";
import { toast } from "./notices.js";
import { become, goTo, on, state } from "./store.js";

const GENERAL = "C0GENERAL";
const SAM_DM = "D0SAM";

const STEPS = [
  {
    title: "Open a door",
    words: "You are Sam, in #general. Type a slash command, and watch the front door on the plan.",
    buttons: [["Type /unlock front door", () => typeAs("U0SAM", "/unlock front door")]],
    done: () => opened("Front Door"),
  },
  {
    title: "A door that locks itself again",
    words: "Open the garage for half an hour, then turn the clock to the next event: nobody has to remember to lock it.",
    buttons: [
      ["Type /unlock Garage for 30 min", () => typeAs("U0SAM", "/unlock Garage for 30 min")],
      ["Turn to the next event", () => clock.turn({ to: "next" })],
    ],
    done: () => audited("door.relock"),
  },
  {
    title: "A code for a guest",
    words: "One line of plain words. Latchkey says how it read the time before it makes anything; press Create code.",
    buttons: [
      ["Type the request", () => typeAs("U0SAM", "/guest-code Dana (plumber) at Front Door tomorrow 9-5")],
      ["Press Create code", () => press("code.create")],
    ],
    done: () => audited("code.create"),
  },
  {
    title: "The keypad knows the time",
    words: "The card is in Sam’s messages from Latchkey. Show the code and type it at the front door: it is refused today "
      + "and taken tomorrow from 9. Lock the door first, to see it open.",
    buttons: [
      ["Go to the card", () => { become("U0SAM", SAM_DM); show("slack"); }],
      ["Show the keypad", () => { show("building"); building.choose(building.doorNamed("Front Door").id, { focus: true }); }],
      ["Turn the clock one day", () => clock.turn({ seconds: 86400 })],
    ],
    done: () => audited("code.reveal") && opened("Front Door") && state.clock.turned_s >= 3600,
  },
  {
    title: "Who must ask",
    words: "The guest flat needs an approval. Ask as Sam; Ana gets the card in #door-requests and decides. "
      + "Gus, a guest of the workspace, may not even ask.",
    buttons: [
      ["Ask as Sam", () => typeAs("U0SAM", "/unlock Guest Flat")],
      ["Be Ana", () => { become("U0ANA", "C0REQUESTS"); show("slack"); }],
      ["Press Approve", () => press("request.approve")],
      ["Try it as Gus", () => typeAs("U0GUS", "/unlock Guest Flat")],
    ],
    done: () => audited("request.approved"),
  },
  {
    title: "When something breaks",
    words: "Take the library’s lock off the network and try it: the bot says what it knows and nothing more. "
      + "“How it works” shows every request and the audit chain.",
    buttons: [
      ["Take the library offline", () => breakLibrary()],
      ["Type /unlock Library", () => typeAs("U0SAM", "/unlock Library")],
      ["Show how it works", () => drawer.toggle(true)],
    ],
    done: () => state.chain.some((link) => link.door === "Library" && link.outcome === "failed"),
  },
];

let step = 0; // 0: no tour
let drawn = "";

export function start() {
  window.addEventListener("hashchange", () => follow());
  document.getElementById("tour-button").addEventListener("click", () => go(step ? 0 : 1));
  on(["house", "chain", "clock", "screen", "world"], draw);
  follow();
}

/** `#tour=3` opens the third step. */
function follow() {
  const match = /^#tour=(\d+)$/.exec(location.hash);
  const wanted = match ? Number(match[1]) : 0;
  step = wanted >= 1 && wanted <= STEPS.length ? wanted : 0;
  drawn = "";
  draw();
}

function go(next) {
  if (next) {
    location.hash = `tour=${next}`;
  } else {
    history.replaceState(null, "", location.pathname);
    follow();
  }
}

function draw() {
  const panel = document.getElementById("tour");
  const button = document.getElementById("tour-button");
  button.setAttribute("aria-expanded", String(step > 0));
  panel.hidden = !step;
  if (!step) return;
  const one = STEPS[step - 1];
  const isDone = state.screen !== null && one.done();
  const version = `${step}${isDone}`;
  if (version === drawn) return;
  if (isDone && drawn === `${step}false`) announce(`Done: ${one.title}.`);
  const hadFocus = panel.contains(document.activeElement);
  drawn = version;
  const next = step < STEPS.length;
  panel.replaceChildren(
    h("div", { class: "tour-head" },
      h("h2", { tabindex: "-1" }, `${step} of ${STEPS.length}: ${one.title}`),
      h("span", { class: `tour-done ${isDone ? "yes" : ""}` }, isDone ? "Done" : ""),
      h("button", { type: "button", class: "quiet", on: { click: () => { go(0); document.getElementById("tour-button").focus(); } } }, "Skip the tour")),
    h("p", {}, one.words),
    h("div", { class: "tour-buttons" },
      ...one.buttons.map(([words, work]) => h("button", { type: "button", class: "bk-button plain", on: { click: () => run(work) } }, words)),
      h("span", { class: "tour-ways" },
        step > 1 ? h("button", { type: "button", class: "bk-button plain", on: { click: () => go(step - 1) } }, "Back") : null,
        h("button", { type: "button", class: `bk-button ${isDone ? "primary" : "plain"}`, on: { click: () => go(next ? step + 1 : 0) } },
          next ? "Next" : "Finish"))),
  );
  if (hadFocus) panel.querySelector("h2").focus();
}

async function run(work) {
  try {
    await work();
  } catch (problem) {
    toast(problem.message);
  }
}

// -- what the buttons do: what a person would do, by the same ways

async function typeAs(person, text) {
  show("slack");
  become(person, GENERAL);
  await settled(() => state.screen?.user === person);
  goTo(GENERAL);
  await composer.type(text);
}

/** Wait for the page to have come round; gives up after five seconds. */
function settled(condition) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const look = () => {
      if (condition()) resolve();
      else if (performance.now() - began > 5000) reject(new Error("The demo is slow to answer; try again."));
      else requestAnimationFrame(look);
    };
    look();
  });
}

function press(action) {
  const buttons = [...document.querySelectorAll(`#log [data-action="${action}"]`)];
  if (!buttons.length) throw new Error("There is no such button here yet: do the step before first.");
  buttons.at(-1).click();
}

async function breakLibrary() {
  const library = building.doorNamed("Library");
  building.choose(library.id);
  await act("fault", { kind: "offline", door: library.id, on: true });
}

function opened(name) {
  const door = building.doorNamed(name);
  return Boolean(door) && !door.locked;
}

function audited(action) {
  return state.chain.some((link) => link.action === action && (link.outcome === "ok" || link.phase === "note"));
}
