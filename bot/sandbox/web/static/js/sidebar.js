// Left: whom to be, and what that person has in their Slack.
import { act } from "./api.js";
import { h, reconcile } from "./dom.js";
import { toast } from "./notices.js";
import { become, goTo, me, on, state, unread } from "./store.js";

const ROLES = {
  admin: "Admin", member: "Member", guest: "Guest of the workspace", external: "From another company", deactivated: "Deactivated",
};

export function start({ shown }) {
  on(["people", "me", "read"], drawPeople);
  on(["screen", "people", "place", "read", "me"], () => drawPlaces(shown));
}

/** Two letters on a colour that belongs to the person. */
export function avatar(name, id) {
  const letters = name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
  const tone = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return h("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, letters);
}

export function botAvatar() {
  return h("span", { class: "avatar bot", "aria-hidden": "true" }, "L");
}

function mark(count, words) {
  return count ? h("span", { class: "unread" }, h("span", { "aria-hidden": "true" }, String(count)),
    h("span", { class: "sr" }, `, ${count} ${words}`)) : null;
}

function drawPeople() {
  reconcile(document.getElementById("people"), state.people.map((person) => {
    const waiting = Object.keys(person.heard).reduce((sum, channel) => sum + unread(person, channel), 0);
    const current = person.id === state.me;
    return [person.id, JSON.stringify([person.name, person.role, current, waiting, person.tz]), () => h("li", {},
      h("button", {
        type: "button", "aria-current": current ? "true" : null, "data-focus": person.id, "data-person": person.handle,
        on: { click: () => become(person.id) },
      }, avatar(person.name, person.id),
      h("span", { class: "who" }, h("span", { class: "name" }, person.name), h("span", { class: "role" }, ROLES[person.role])),
      current ? null : mark(waiting, "unread")))];
  }));
}

function drawPlaces(shown) {
  const screen = state.screen;
  if (!screen) return;
  const person = me();
  const count = (channel) => (person ? unread(person, channel.id) : 0);
  const channels = screen.channels.filter((channel) => channel.kind !== "im");
  const direct = screen.channels.filter((channel) => channel.kind === "im");
  const entry = (id, name, sign, unreadHere, more = null) => {
    const current = state.place === id;
    return [id, JSON.stringify([name, current, unreadHere]), () => h("li", {}, h("button", {
      type: "button", "aria-current": current ? "page" : null, "data-focus": id, "data-place": id,
      class: unreadHere ? "has-unread" : null,
      on: { click: () => { open(id); shown(); } },
    }, h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "name" }, name), more,
    mark(unreadHere, unreadHere === 1 ? "unread message" : "unread messages")))];
  };
  reconcile(document.getElementById("channels"), channels.map((channel) => entry(
    channel.id, channel.name, "#", count(channel), channel.shared ? h("span", { class: "tag" }, "shared") : null)));
  reconcile(document.getElementById("apps"), [
    ...direct.map((channel) => entry(channel.id, "Latchkey", "●", count(channel))),
    ...(screen.has_home ? [entry("home", "App Home", "⌂", 0)] : []),
  ]);
}

/** Go somewhere; the bot hears when it is its Home. */
export function open(place) {
  goTo(place);
  if (place === "home") act("home", { as: state.me }).catch((problem) => toast(problem.message));
}
