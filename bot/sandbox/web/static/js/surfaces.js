// What blocks stand in: a message, a modal or Home. One context for all elements on it.
import { act } from "./api.js";
import { toast } from "./notices.js";
import { now, state } from "./store.js";

/** Who reads, for mrkdwn: the zone of their device, and the names they see. */
export function reader() {
  return {
    tz: state.screen?.tz || "UTC",
    now: now(),
    users: state.screen?.users || {},
    channels: state.screen?.channel_names || {},
  };
}

function base() {
  return {
    reader: reader(), errors: {}, state: {}, local: new Map(), chosen: new Map(), heading: "h3", isForm: false,
    busy, quietly,
  };
}

/** Blocks in a message: every act names the message. */
export function messageContext(message) {
  const place = { as: state.me, channel: message.channel, ts: message.ts };
  return {
    ...base(),
    state: message.state,
    heading: "h4",
    use: (key, value) => act("click", { ...place, key, value: value ?? null }),
    options: async (key, query) => (await act("options", { ...place, key, query })).options,
  };
}

const drafts = new Map(); // view id -> what was typed and chosen in it and the bot does not know yet

/** Blocks in a modal or Home. What was typed stays while the bot rewrites the view around it. */
export function viewContext(view) {
  if (!drafts.has(view.id)) drafts.set(view.id, { local: new Map(), chosen: new Map() });
  const draft = drafts.get(view.id);
  const place = { as: state.me, view: view.id };
  return {
    ...base(),
    ...draft,
    state: view.state,
    errors: view.errors,
    isForm: view.kind === "modal",
    use: (key, value, by) => act("use", { ...place, key, value: value ?? null, by, values: entries(draft.local) }),
    options: async (key, query) => (await act("options", { ...place, key, query })).options,
    submit: () => act("submit", { ...place, values: entries(draft.local) }),
  };
}

export function forget(viewId) {
  drafts.delete(viewId);
}

function entries(map) {
  return Object.fromEntries(map);
}

/** Show that a button works on it; it can be pressed again when Slack has its answer. */
async function busy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (problem) {
    toast(problem.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** For what only improves the screen, or is told by the screen itself when it fails. */
async function quietly(work) {
  try {
    await work();
  } catch (problem) {
    toast(problem.message);
  }
}
