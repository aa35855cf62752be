// Modals: the one on top of the stack is drawn. It covers Slack and nothing else: the doors beside it can be used, so
// that a code can be read here and typed there. What it covers is inert, and the focus goes back where it was.
import { act } from "./api.js";
import { block } from "./blocks.js";
import { h, reconcile } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { toast } from "./notices.js";
import { on, state } from "./store.js";
import { forget, viewContext } from "./surfaces.js";

let dialog;
let before = null; // what had the focus
let shownId = null;
let ctx = null;
let submitting = false;

export function start() {
  dialog = document.getElementById("modal");
  dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); close(false); } });
  document.getElementById("modal-x").addEventListener("click", () => close(true));
  document.getElementById("modal-cancel").addEventListener("click", () => close(false));
  document.getElementById("modal-form").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  on(["screen", "me"], draw);
}

function top() {
  return state.screen?.modals.at(-1) || null;
}

function draw() {
  const view = top();
  if (!view) {
    if (shownId) forget(shownId);
    shownId = null;
    if (!dialog.hidden) show(false);
    return;
  }
  const isNew = view.id !== shownId;
  shownId = view.id;
  ctx = { ...viewContext(view), heading: "h3", enter: submit };
  const { content } = view;
  document.getElementById("modal-title").replaceChildren(...plain(content.title));
  const depth = state.screen.modals.length;
  const beneath = document.getElementById("modal-depth");
  beneath.hidden = depth < 2;
  const after = content.clear_on_close ? "closes them all" : "shows the one beneath";
  beneath.textContent = depth < 2 ? "" : `${depth} of ${depth} open; closing this one ${after}`;
  document.getElementById("modal-cancel").replaceChildren(...plain(content.close || { text: "Close" }));
  const button = document.getElementById("modal-submit");
  button.hidden = !content.submit;
  button.replaceChildren(...plain(content.submit || { text: "" }));
  const trouble = document.getElementById("modal-trouble");
  trouble.textContent = view.trouble || "";
  trouble.hidden = !view.trouble;
  const body = document.getElementById("modal-body");
  if (isNew) body.replaceChildren();
  reconcile(body, content.blocks.map((one) => [
    one.block_id, JSON.stringify([one, view.errors[one.block_id] || null]), () => h("div", { "data-block": one.block_id }, block(one, ctx)),
  ]));
  if (dialog.hidden) show(true);
  if (isNew) focusFirst(body);
}

function show(on) {
  if (on) before = document.activeElement;
  const hadFocus = dialog.contains(document.activeElement) || document.activeElement === document.body;
  dialog.hidden = !on;
  for (const covered of document.querySelectorAll("[data-covered]")) covered.inert = on;
  if (on || !hadFocus) return;
  const back = before?.isConnected && before !== document.body ? before : document.getElementById("composer-box");
  back.focus();
}

function focusFirst(body) {
  const first = body.querySelector("input, textarea, select, [data-focus]");
  (first || document.getElementById("modal-cancel")).focus();
}

async function submit() {
  if (submitting || !shownId) return;
  const id = shownId;
  const button = document.getElementById("modal-submit");
  submitting = true;
  button.setAttribute("aria-busy", "true");
  try {
    await ctx.submit();
  } catch (problem) {
    toast(problem.message);
  } finally {
    submitting = false;
    button.removeAttribute("aria-busy");
  }
  focusError(id);
}

/** The first field that was refused; the stream may bring the errors a moment after the answer. */
function focusError(id, tries = 20) {
  if (shownId !== id) return;
  const wrong = dialog.querySelector('[aria-invalid="true"]');
  if (wrong) wrong.focus();
  else if (tries && !dialog.hidden) requestAnimationFrame(() => focusError(id, tries - 1));
}

async function close(all) {
  if (!shownId) return;
  try {
    await act("close", { as: state.me, view: shownId, all });
  } catch (problem) {
    toast(problem.message);
  }
}
