// Middle: the conversation, or the app's Home.
import { act } from "./api.js";
import { block } from "./blocks.js";
import { clockTime, dayKey, longDay, relativeDay } from "./dates.js";
import { h, reconcile } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { toast } from "./notices.js";
import { avatar, botAvatar } from "./sidebar.js";
import { channelHere, markRead, now, on, state } from "./store.js";
import { messageContext, reader, viewContext } from "./surfaces.js";

const NEAR_END = 120; // px: whoever reads further up is not pulled down

export function start({ offers }) {
  const log = document.getElementById("log");
  // Whoever was at the end stays there when the drawer or the tour takes room away.
  let wasAtEnd = true;
  log.addEventListener("scroll", () => { wasAtEnd = isAtEnd(log); });
  new ResizeObserver(() => { if (wasAtEnd) log.scrollTop = log.scrollHeight; }).observe(log);
  on(["screen", "place", "me"], () => draw(offers));
  on(["people", "place"], () => { if (document.visibilityState === "visible" && state.place !== "home") markRead(state.place); });
}

function isAtEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
}

function draw(offers) {
  const log = document.getElementById("log");
  const home = document.getElementById("home");
  const isHome = state.place === "home";
  const channel = channelHere();
  home.hidden = !isHome;
  log.hidden = isHome;
  drawTitle(isHome, channel);
  if (isHome) drawHome(home);
  else drawLog(log, channel, offers);
}

function drawTitle(isHome, channel) {
  const title = document.getElementById("place-title");
  const more = document.getElementById("place-more");
  if (isHome) {
    title.textContent = "Latchkey";
    more.textContent = "App Home";
  } else if (channel?.kind === "im") {
    title.textContent = "Latchkey";
    more.textContent = "Direct messages from the bot";
  } else {
    title.textContent = channel ? `# ${channel.name}` : "…";
    more.textContent = channel?.shared ? "Shared with another company" : "";
  }
}

function drawHome(home) {
  const view = state.screen?.home;
  if (!view) {
    home.replaceChildren(h("p", { class: "empty" }, "Latchkey has not published a Home for you yet."));
    return;
  }
  const ctx = { ...viewContext(view), heading: "h3" };
  reconcile(home, view.content.blocks.map((one) => [one.block_id, JSON.stringify(one), () => h("div", {}, block(one, ctx))]));
}

let drawnPlace = null;

function drawLog(log, channel, offers) {
  const place = `${state.me}/${state.place}`;
  const atEnd = isAtEnd(log);
  if (place !== drawnPlace) {
    // Another conversation is not news: only what comes while it is open is read out.
    log.setAttribute("aria-busy", "true");
    log.replaceChildren();
  }
  reconcile(log, items(channel, offers));
  log.removeAttribute("aria-busy");
  if (atEnd || place !== drawnPlace) log.scrollTop = log.scrollHeight;
  drawnPlace = place;
}

function items(channel, offers) {
  const messages = channel?.messages || [];
  if (!messages.length) return [["empty", state.place, () => emptyPlace(channel)]];
  const tz = state.screen.tz;
  const found = [];
  let day = null;
  for (const message of messages) {
    const at = new Date(message.at);
    const today = dayKey(at, tz);
    if (today !== day) {
      const near = relativeDay(at, now(), tz);
      const words = near ? near[0].toUpperCase() + near.slice(1) : longDay(at, tz);
      found.push([`day-${today}`, words, () => h("h3", { class: "day" }, h("span", {}, words))]);
      day = today;
    }
    found.push([message.ts, JSON.stringify(message) + dayKey(now(), tz), () => draftMessage(message, offers)]);
  }
  return found;
}

function emptyPlace(channel) {
  if (!channel) return h("p", { class: "empty" }, "Nothing is open.");
  const words = channel.kind === "im"
    ? "What Latchkey has to tell this person comes here: codes, results, alarms."
    : "Nobody has written here yet. Type a slash command below: / shows them all.";
  return h("p", { class: "empty" }, words);
}

function draftMessage(message, offers) {
  const ctx = messageContext(message);
  const body = message.blocks.length
    ? message.blocks.map((one) => block(one, ctx))
    : [h("p", { class: "bk-text" }, ...mrkdwn(message.text, reader()))];
  const at = new Date(message.at);
  const author = message.by_app ? "Latchkey" : message.author;
  const who = Object.entries(state.screen.users).find(([, user]) => user.name === message.author)?.[0] || "";
  return h("article", {
    class: `message ${message.ephemeral ? "ephemeral" : ""}`, "aria-label": `${author}, ${clockTime(at, state.screen.tz)}`,
  },
  message.by_app ? botAvatar() : avatar(author, who),
  h("div", { class: "message-body" },
    message.ephemeral ? h("p", { class: "only-you" }, "Only visible to you") : null,
    h("p", { class: "byline" },
      h("span", { class: "author" }, author),
      message.by_app ? h("span", { class: "app-tag" }, "App") : null,
      h("time", { datetime: message.at }, clockTime(at, state.screen.tz)),
      message.edited ? h("span", { class: "edited" }, "(edited)") : null,
      shortcutsOf(message, offers)),
    h("div", { class: "blocks" }, ...body)));
}

/** Shortcuts of a message stand beside it, as they do in Slack's own menu. */
function shortcutsOf(message, offers) {
  if (message.ephemeral || message.by_app) return null;
  return offers.shortcuts.filter((shortcut) => shortcut.type === "message").map((shortcut) => h("button", {
    type: "button", class: "shortcut", title: shortcut.description,
    on: { click: () => act("shortcut", {
      as: state.me, channel: message.channel, ts: message.ts, callback_id: shortcut.callback_id,
    }).catch((problem) => toast(problem.message)) },
  }, shortcut.name));
}
