// The elements of Block Kit. DRAWN_ELEMENTS is read by a test: a view that uses another element fails it.
import { asked } from "./confirm.js";
import { h } from "./dom.js";
import { fieldProps } from "./fields.js";
import { plain, textOf } from "./mrkdwn.js";
import { picker } from "./picker.js";

export const DRAWN_ELEMENTS = [
  "button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker",
  "plain_text_input", "email_text_input", "url_text_input", "number_input",
  "static_select", "multi_static_select", "external_select", "multi_external_select",
  "users_select", "multi_users_select", "conversations_select", "multi_conversations_select",
  "channels_select", "multi_channels_select",
];
const TYPING_MS = 300; // Slack's client waits a moment before it sends what is being typed

/** `field`: {id, described, invalid, required} where it stands in an input block. */
export function element(one, block, ctx, field = null) {
  const key = `${block.block_id}.${one.action_id}`;
  const draw = DRAW[one.type] || (one.type.endsWith("_select") && DRAWN_ELEMENTS.includes(one.type) ? picker : null);
  if (!draw) return h("span", { class: "undrawn" }, `The page cannot draw a “${one.type}”.`);
  const stored = ctx.state[block.block_id]?.[one.action_id];
  return draw(one, {
    ctx, key, block, field, stored,
    /** Tell the bot, if it wants to hear of it, after the element's own question. */
    send: async (value, by) => {
      if (one.confirm && !(await asked(one.confirm, ctx.reader))) return false;
      await ctx.use(key, value, by);
      return true;
    },
  });
}

const DRAW = {
  button(one, { key, ctx, send }) {
    const style = { primary: "primary", danger: "danger" }[one.style] || "plain";
    const node = h("button", {
      type: "button", class: `bk-button ${style}`, "data-focus": key, "data-action": one.action_id,
      "aria-label": one.accessibility_label,
      on: { click: () => ctx.busy(node, () => send(undefined)) },
    }, ...plain(one.text));
    return node;
  },

  overflow(one, { key, ctx, send }) {
    const menu = h("div", { class: "menu", role: "menu", hidden: true });
    const close = (refocus) => {
      menu.hidden = true;
      opener.setAttribute("aria-expanded", "false");
      if (refocus) opener.focus();
    };
    const items = one.options.map((option) => h("button", {
      type: "button", role: "menuitem", tabindex: "-1",
      on: { click: () => { close(true); ctx.busy(opener, () => send(option.value)); } },
    }, ...textOf(option.text, ctx.reader)));
    const opener = h("button", {
      type: "button", class: "bk-button plain icon", "aria-label": "More actions", "aria-haspopup": "menu",
      "aria-expanded": "false", "data-focus": key,
      on: { click: () => {
        menu.hidden = !menu.hidden;
        opener.setAttribute("aria-expanded", String(!menu.hidden));
        if (!menu.hidden) items[0].focus();
      } },
    }, "⋯");
    menu.append(...items);
    menu.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
      }
      if (event.key === "Escape") { event.stopPropagation(); event.preventDefault(); close(true); }
    });
    const root = h("div", { class: "overflow" }, opener, menu);
    root.addEventListener("focusout", (event) => { if (!root.contains(event.relatedTarget)) close(false); });
    return root;
  },

  checkboxes: (one, own) => choices(one, own, "checkbox"),
  radio_buttons: (one, own) => choices(one, own, "radio"),
  datepicker: (one, own) => native(one, own, "date", "selected_date", "Date"),
  timepicker: (one, own) => native(one, own, "time", "selected_time", "Time"),
  datetimepicker: (one, own) => moment(one, own),
  plain_text_input: (one, own) => typed(one, own, "text"),
  email_text_input: (one, own) => typed(one, own, "email"),
  url_text_input: (one, own) => typed(one, own, "url"),
  number_input: (one, own) => typed(one, own, "text", "decimal"),
};

function typed(one, own, type, inputmode = null) {
  const { ctx, key, block, stored, send } = own;
  const on = one.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  const dispatches = block.dispatch_action === true;
  let timer = null;
  const node = h(one.multiline ? "textarea" : "input", {
    ...fieldProps(own, one.placeholder?.text || "Text"),
    type: one.multiline ? null : type, inputmode, autocomplete: "off", spellcheck: "false", rows: one.multiline ? 3 : null,
    placeholder: one.placeholder?.text, value: ctx.local.get(key) ?? stored?.value ?? "",
    on: {
      input: () => {
        ctx.local.set(key, node.value);
        clearTimeout(timer);
        if (dispatches && on.includes("on_character_entered")) {
          timer = setTimeout(() => ctx.quietly(() => send(node.value, "typing")), TYPING_MS);
        }
      },
      keydown: (event) => {
        if (event.key !== "Enter" || one.multiline || event.isComposing) return;
        event.preventDefault();
        if (dispatches && on.includes("on_enter_pressed")) ctx.quietly(() => send(node.value, "enter"));
        else ctx.enter?.();
      },
    },
  });
  return node;
}

function native(one, own, type, slot, label) {
  const { ctx, key, stored, send } = own;
  const node = h("input", {
    ...fieldProps(own, one.placeholder?.text || label), type,
    value: ctx.local.get(key) ?? stored?.[slot] ?? "",
    on: { change: () => { ctx.local.set(key, node.value || null); ctx.quietly(() => send(node.value || null)); } },
  });
  return node;
}

/** A moment, entered in the time of this machine as Slack's client does; sent as seconds. */
function moment(one, own) {
  const { ctx, key, stored, send } = own;
  const seconds = ctx.local.get(key)?.selected_date_time ?? stored?.selected_date_time;
  const local = (value) => new Date(value * 1000 - new Date(value * 1000).getTimezoneOffset() * 60000);
  const node = h("input", {
    ...fieldProps(own, "Date and time"), type: "datetime-local",
    value: seconds ? local(seconds).toISOString().slice(0, 16) : "",
    on: { change: () => {
      const value = node.value ? { selected_date_time: Math.floor(new Date(node.value).getTime() / 1000) } : null;
      ctx.local.set(key, value);
      ctx.quietly(() => send(value));
    } },
  });
  return node;
}

function choices(one, own, type) {
  const { ctx, key, stored, send, field } = own;
  const before = type === "radio" ? [stored?.selected_option] : stored?.selected_options || [];
  const local = ctx.local.get(key);
  const chosen = new Set(local === undefined ? before.filter(Boolean).map((option) => option.value) : [local].flat());
  const group = `${key}-${field?.id || "group"}`;
  const boxes = one.options.map((option, number) => h("label", { class: "choice" },
    h("input", {
      type, name: group, value: option.value, checked: chosen.has(option.value), "data-focus": `${key}.${number}`,
      "aria-describedby": field?.described || null,
      on: { change: changed },
    }),
    h("span", {}, ...textOf(option.text, ctx.reader),
      option.description ? h("span", { class: "choice-more" }, ...textOf(option.description, ctx.reader)) : null)));
  const root = h("div", { class: "choices", role: field ? null : type === "radio" ? "radiogroup" : "group" }, ...boxes);
  function changed() {
    const on = [...root.querySelectorAll("input:checked")].map((box) => box.value);
    const value = type === "radio" ? on[0] ?? null : on;
    ctx.local.set(key, value);
    ctx.quietly(() => send(value));
  }
  return root;
}
