// What the page knows: the last word of the stream, who we are, and what we have read.

export const state = {
  me: sessionStorage.getItem("me") || "U0SAM",
  place: sessionStorage.getItem("place") || "C0GENERAL",
  world: null,
  people: [],
  screen: null,
  house: { doors: [], weather: [] },
  clock: { ahead_s: 0, turned_s: 0 },
  passing: new Map(),
  chain: [],
  connected: false,
};

const listeners = new Map();
const read = new Map(); // person -> channel -> the newest timestamp they have read
let source = null;
let retry = null;

/** Call `listener` whenever one of `parts` (names of what the stream sends, or "me", "place", "read") changes. */
export function on(parts, listener) {
  for (const part of parts) listeners.set(part, [...(listeners.get(part) || []), listener]);
}

export function tell(...parts) {
  const called = new Set();
  for (const part of parts) {
    for (const listener of listeners.get(part) || []) {
      if (!called.has(listener)) listener();
      called.add(listener);
    }
  }
}

/** The sandbox's present. */
export function now() {
  return new Date(Date.now() + state.clock.ahead_s * 1000);
}

export function connect() {
  source?.close();
  clearTimeout(retry);
  source = new EventSource(`/api/stream?as=${encodeURIComponent(state.me)}`);
  state.passing = new Map();
  state.chain = [];
  source.onopen = () => setConnected(true);
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.addEventListener("over", again);
  source.onerror = () => { setConnected(false); again(); };
}

function again() {
  source?.close();
  clearTimeout(retry);
  retry = setTimeout(connect, 300);
}

function setConnected(connected) {
  if (state.connected === connected) return;
  state.connected = connected;
  tell("connected");
}

function take(parts) {
  setConnected(true);
  if ("world" in parts && state.world !== null && state.world !== parts.world) {
    read.clear();
  }
  if (parts.screen && parts.screen.user !== state.me) delete parts.screen; // of the one we were before
  for (const [name, value] of Object.entries(parts)) {
    if (name === "passing") for (const entry of value) state.passing.set(entry.n, entry);
    else if (name === "chain") state.chain.push(...value);
    else state[name] = value;
  }
  if (parts.screen) keepPlace();
  tell(...Object.keys(parts));
}

function keepPlace() {
  const there = state.screen.channels.some((channel) => channel.id === state.place);
  if (!there && !(state.place === "home" && state.screen.has_home)) goTo(state.screen.channels[0]?.id || "");
}

/** Become somebody else. Where they are is kept, if they can be there. */
export function become(id, place = null) {
  if (place) setPlace(place);
  if (id === state.me) return tell("place");
  state.me = id;
  sessionStorage.setItem("me", id);
  state.screen = null;
  tell("me");
  return connect();
}

function setPlace(place) {
  state.place = place;
  sessionStorage.setItem("place", place);
}

/** Look at a channel, a direct message, or "home". */
export function goTo(place) {
  setPlace(place);
  tell("place");
}

/** How many messages a person has not read in a channel. */
export function unread(person, channel) {
  const mark = read.get(person.id)?.get(channel) || "";
  return (person.heard[channel] || []).filter((ts) => ts > mark).length;
}

/** Everything in this channel is read by whoever we are. */
export function markRead(channel) {
  const person = state.people.find((one) => one.id === state.me);
  const newest = person?.heard[channel]?.at(-1);
  if (!newest || unread(person, channel) === 0) return;
  if (!read.has(person.id)) read.set(person.id, new Map());
  read.get(person.id).set(channel, newest);
  tell("read");
}

export function me() {
  return state.people.find((person) => person.id === state.me);
}

export function channelHere() {
  return state.screen?.channels.find((channel) => channel.id === state.place) || null;
}
