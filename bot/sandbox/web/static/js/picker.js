// Menus that can be searched: one box for every kind of select, loaded from the bot or known here.
import { freshId, h } from "./dom.js";
import { fieldProps } from "./fields.js";

const SEARCH_MS = 150;

let pressed = false; // a button of the mouse, or a finger
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = false; }, true);

/** A select. Keys: ↓ opens and moves, Enter chooses, Escape closes, Backspace takes the last one of several away. */
export function picker(one, own) {
  const { ctx, key, field } = own;
  const many = one.type.startsWith("multi_");
  const source = sourceOf(one, own);
  let chosen = chosenAtFirst(own, source, many);
  let shown = [];
  let active = -1;
  let timer = null;
  let asking = 0;

  const listId = freshId("list");
  const box = h("input", {
    ...fieldProps(own, one.placeholder?.text || "Choose"),
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false",
    "aria-controls": listId, "aria-autocomplete": "list", "aria-haspopup": "listbox",
    placeholder: one.placeholder?.text || "Choose",
  });
  const list = h("ul", { id: listId, role: "listbox", class: "options", hidden: true, "aria-label": "Choices", "aria-multiselectable": many ? "true" : null });
  const state = h("p", { class: "options-state", role: "status" });
  const chips = h("ul", { class: "chips", "aria-label": "Chosen", hidden: true });
  const root = h("div", { class: `picker ${field ? "in-form" : ""}`, "data-picker": one.action_id }, chips, box, list, state);

  box.addEventListener("click", open);
  box.addEventListener("input", () => { open(); });
  box.addEventListener("keydown", keys);
  root.addEventListener("focusout", (event) => { if (!root.contains(event.relatedTarget)) afterPress(leave); });
  rest();
  return root;

  function leave() {
    if (root.contains(document.activeElement)) return;
    shut();
    rest();
  }

  function open() {
    box.setAttribute("aria-expanded", "true");
    list.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(load, source.waits ? SEARCH_MS : 0);
  }

  async function load() {
    const mine = ++asking;
    const query = !many && box.value === labelOf(chosen[0]) ? "" : box.value;
    if (source.waits) state.textContent = "Loading…";
    try {
      const found = await source.find(query);
      if (mine !== asking || list.hidden) return; // a later question was faster
      shown = found.filter((option) => !many || !chosen.some((other) => other.value === option.value));
      state.textContent = shown.length ? "" : source.tooShort?.(query) || "Nothing fits.";
    } catch (problem) {
      shown = [];
      state.textContent = problem.message;
    }
    active = shown.length ? 0 : -1;
    draw();
  }

  function draw() {
    list.replaceChildren(...shown.map((option, number) => h("li", {
      id: `${listId}-${number}`, role: "option", "aria-selected": String(number === active),
      class: number === active ? "active" : null,
      on: {
        pointerdown: (event) => event.preventDefault(), // keep the focus in the box
        click: () => choose(option),
      },
    }, h("span", {}, labelOf(option)), option.description ? h("span", { class: "choice-more" }, option.description.text) : null)));
    box.setAttribute("aria-activedescendant", active >= 0 ? `${listId}-${active}` : "");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function keys(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { open(); return; }
      if (shown.length) active = (active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && active >= 0) choose(shown[active]);
      else open();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      shut();
      rest();
    } else if (event.key === "Backspace" && many && !box.value && chosen.length) {
      set(chosen.slice(0, -1));
    }
  }

  function choose(option) {
    if (!many) {
      set([option]);
      shut();
      return;
    }
    if (chosen.length >= (one.max_selected_items || Infinity)) {
      state.textContent = `At most ${one.max_selected_items}.`;
      return;
    }
    set([...chosen, option]);
    box.value = "";
    load();
  }

  function set(next) {
    chosen = next;
    rest();
    const value = source.value(chosen, many);
    ctx.local.set(key, value);
    ctx.chosen.set(key, chosen);
    ctx.quietly(() => own.send(value));
  }

  function shut() {
    clearTimeout(timer);
    asking += 1;
    list.hidden = true;
    list.replaceChildren();
    state.textContent = "";
    box.setAttribute("aria-expanded", "false");
    box.setAttribute("aria-activedescendant", "");
  }

  /** What the box shows while nobody searches. */
  function rest() {
    if (!many) box.value = labelOf(chosen[0]);
    chips.hidden = !many || !chosen.length;
    chips.replaceChildren(...(many ? chosen.map((option) => h("li", {}, labelOf(option), h("button", {
      type: "button", "aria-label": `Remove ${labelOf(option)}`,
      on: { click: () => { set(chosen.filter((other) => other !== option)); box.focus(); } },
    }, "×"))) : []));
  }
}

function labelOf(option) {
  return option?.text?.text ?? "";
}

/** Where a menu's choices come from, and how a choice is said to Slack. */
function sourceOf(one, { ctx, key }) {
  const kind = one.type.replace(/^multi_/, "");
  if (kind === "external_select") {
    const least = one.min_query_length ?? 3;
    return {
      waits: true,
      find: (query) => ctx.options(key, query),
      tooShort: (query) => (query.length < least ? `Type ${least} letters or more.` : null),
      value: (chosen, many) => (many
        ? { selected_options: chosen } : { selected_option: chosen[0] ?? null }),
    };
  }
  const ids = (many, chosen) => (many ? chosen.map((option) => option.value) : chosen[0]?.value ?? null);
  const known = {
    static_select: () => [...(one.options || []), ...(one.option_groups || []).flatMap((group) => group.options)],
    users_select: () => Object.entries(ctx.reader.users).map(([id, user]) => plainOption(user.name, id)),
    conversations_select: () => channels(ctx),
    channels_select: () => channels(ctx),
  }[kind];
  return {
    all: known,
    find: (query) => known().filter((option) => labelOf(option).toLowerCase().includes(query.trim().toLowerCase())),
    value: (chosen, many) => ids(many, chosen),
  };
}

function channels(ctx) {
  return Object.entries(ctx.reader.channels).map(([id, name]) => plainOption(`#${name}`, id));
}

function plainOption(text, value) {
  return { text: { type: "plain_text", text }, value };
}

/** What stands in the box at first: what was chosen before on this page, or what Slack keeps. */
function chosenAtFirst({ ctx, key, stored }, source, many) {
  if (ctx.chosen.has(key)) return ctx.chosen.get(key);
  if (!stored) return [];
  const options = stored.selected_options || (stored.selected_option ? [stored.selected_option] : null);
  if (options) return options;
  const ids = [stored.selected_user, stored.selected_conversation, stored.selected_channel]
    .concat(stored.selected_users || [], stored.selected_conversations || [], stored.selected_channels || []).filter(Boolean);
  return ids.map((id) => source.all?.().find((option) => option.value === id) || plainOption(id, id)).slice(0, many ? undefined : 1);
}

/** Not while the mouse is down: a list that shuts moves what stands below it away from under the pointer. */
function afterPress(work) {
  if (!pressed) { work(); return; }
  document.addEventListener("pointerup", () => setTimeout(work), { once: true });
}
