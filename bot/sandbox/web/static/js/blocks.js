// Block Kit as elements. DRAWN_BLOCKS is read by a test: a view that uses another block fails it.
import { freshId, h } from "./dom.js";
import { element } from "./elements.js";
import { emoji } from "./emoji.js";
import { textOf } from "./mrkdwn.js";

export const DRAWN_BLOCKS = ["section", "context", "actions", "header", "divider", "input", "rich_text", "image"];

/** `ctx`: what the blocks stand in; see surfaces.js. */
export function block(one, ctx) {
  const draw = DRAW[one.type];
  if (!draw) return h("div", { class: "undrawn" }, `The page cannot draw a block of type “${one.type}”.`);
  return draw(one, ctx);
}

const DRAW = {
  header: (one, ctx) => h(ctx.heading, { class: "bk-header" }, ...textOf(one.text, ctx.reader)),
  divider: () => h("hr", { class: "bk-divider" }),
  section,
  context: (one, ctx) => h("div", { class: "bk-context" }, ...one.elements.map((item) => contextItem(item, ctx))),
  actions: (one, ctx) => h("div", { class: "bk-actions" }, ...one.elements.map((item) => element(item, one, ctx))),
  input,
  rich_text: (one, ctx) => h("div", { class: "bk-rich" }, ...one.elements.map((item) => rich(item, ctx))),
  image: (one) => picture(one),
};

function section(one, ctx) {
  const words = [];
  if (one.text) words.push(h("p", { class: "bk-text" }, ...textOf(one.text, ctx.reader)));
  if (one.fields) {
    words.push(h("div", { class: "bk-fields" }, ...one.fields.map((field) => h("p", {}, ...fieldText(field, ctx)))));
  }
  const accessory = one.accessory;
  if (!accessory) return h("div", { class: "bk-section" }, ...words);
  const beside = accessory.type === "image" ? picture(accessory) : element(accessory, one, ctx);
  return h("div", { class: "bk-section with-accessory" }, h("div", { class: "bk-words" }, ...words), beside);
}

/** A plain field is a label over a value, as our views write it. */
function fieldText(field, ctx) {
  const at = field.type === "plain_text" ? field.text.indexOf("\n") : -1;
  if (at < 0) return textOf(field, ctx.reader);
  return [
    h("span", { class: "bk-field-label" }, field.text.slice(0, at)),
    h("span", { class: "bk-field-value" }, ...textOf({ ...field, text: field.text.slice(at + 1) }, ctx.reader)),
  ];
}

function contextItem(item, ctx) {
  return item.type === "image" ? picture(item) : h("span", {}, ...textOf(item, ctx.reader));
}

/** Nothing is fetched from outside, so a picture is its description. */
function picture(one) {
  return h("span", { class: "bk-picture", role: "img", "aria-label": one.alt_text }, one.alt_text);
}

function input(one, ctx) {
  const id = freshId("field");
  const error = ctx.errors[one.block_id];
  const hint = one.hint ? h("p", { class: "bk-hint", id: `${id}-hint` }, ...textOf(one.hint, ctx.reader)) : null;
  const wrong = error ? h("p", { class: "bk-error", id: `${id}-error` }, error) : null;
  const described = [wrong && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const isGroup = ["checkboxes", "radio_buttons"].includes(one.element.type);
  const words = [
    ...textOf(one.label, ctx.reader), one.optional ? h("span", { class: "optional" }, " (optional)") : null,
  ].filter(Boolean);
  const field = element(one.element, one, ctx, { id, described, invalid: Boolean(error), required: !one.optional });
  if (isGroup) {
    return h("fieldset", { class: "bk-input", "aria-describedby": described || null },
      h("legend", {}, ...words), field, wrong, hint);
  }
  return h("div", { class: "bk-input" }, h("label", { for: id }, ...words), field, wrong, hint);
}

// -- rich text: what people wrote is never markup in it

const RICH = {
  rich_text_section: (one, ctx) => h("p", {}, ...richAll(one, ctx)),
  rich_text_preformatted: (one, ctx) => h("pre", { tabindex: "0" }, ...richAll(one, ctx)),
  rich_text_quote: (one, ctx) => h("blockquote", {}, ...richAll(one, ctx)),
  rich_text_list: (one, ctx) =>
    h(one.style === "ordered" ? "ol" : "ul", {}, ...one.elements.map((item) => h("li", {}, ...richAll(item, ctx)))),
  text: (one) => styled(one),
  link: (one) => (/^https?:\/\//i.test(one.url)
    ? h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.text || one.url)
    : h("span", {}, one.text || one.url)),
  user: (one, ctx) => h("span", { class: "mention" }, `@${ctx.reader.users[one.user_id]?.name || one.user_id}`),
  channel: (one, ctx) => h("span", { class: "mention" }, `#${ctx.reader.channels[one.channel_id] || "private-channel"}`),
  emoji: (one) => emoji(one.name) ?? h("span", {}, `:${one.name}:`),
};
export const DRAWN_RICH = Object.keys(RICH);

function rich(one, ctx) {
  return RICH[one.type] ? RICH[one.type](one, ctx) : h("span", { class: "undrawn" }, `[${one.type}]`);
}

function richAll(one, ctx) {
  return (one.elements || []).map((item) => rich(item, ctx));
}

function styled(one) {
  let node = document.createTextNode(one.text);
  for (const [style, tag] of [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["code", "code"]]) {
    if (one.style?.[style]) node = h(tag, {}, node);
  }
  return node;
}
