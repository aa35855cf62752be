// Slack's text markup as nodes. It makes text nodes and a handful of elements and nothing else.
import { dateToken } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";

// The earliest match wins; what is in code or in <…> keeps its marks.
const PIECES = [
  ["fence", /```\n?([\s\S]*?)\n?```/],
  ["code", /`([^`\n]+)`/],
  ["entity", /<([^<>\n]+)>/],
  ["style", /(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])/],
  ["emoji", /:([a-z0-9_+-]+):/],
];
const STYLES = { "*": "strong", _: "em", "~": "s" };

/** Nodes for a mrkdwn text. `reader`: {tz, now, users, channels}. */
export function mrkdwn(text, reader) {
  const nodes = [];
  let quoted = null;
  for (const line of lines(text)) {
    const quote = /^&gt;\s?(.*)$/s.exec(line);
    if (quote) {
      quoted ??= h("blockquote");
      if (quoted.childNodes.length) quoted.append(h("br"));
      quoted.append(...inline(quote[1], reader));
      if (!nodes.includes(quoted)) nodes.push(quoted);
      continue;
    }
    if (nodes.length && !quoted && !(nodes.at(-1) instanceof HTMLPreElement)) nodes.push(h("br"));
    quoted = null;
    nodes.push(...inline(line, reader));
  }
  return nodes;
}

/** Lines, but a code fence stays whole. */
function lines(text) {
  return text.split(/(```[\s\S]*?```)/).flatMap((part, number) => (number % 2 ? [part] : part.split("\n")))
    .filter((line, number, all) => line !== "" || (number > 0 && number < all.length - 1 && !all[number - 1].startsWith("```")));
}

function inline(text, reader) {
  const nodes = [];
  let rest = text;
  while (rest) {
    const found = PIECES.map(([kind, pattern]) => [kind, pattern.exec(rest)]).filter(([, match]) => match)
      .sort(([, a], [, b]) => a.index - b.index)[0];
    if (!found) break;
    const [kind, match] = found;
    if (match.index) nodes.push(unescaped(rest.slice(0, match.index)));
    nodes.push(...piece(kind, match, reader));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) nodes.push(unescaped(rest));
  return nodes;
}

function piece(kind, match, reader) {
  switch (kind) {
    case "fence": return [h("pre", {}, unescaped(match[1]))];
    case "code": return [h("code", {}, unescaped(match[1]))];
    case "style": return [h(STYLES[match[1]], {}, ...inline(match[2], reader))];
    case "emoji": return [emoji(match[1]) ?? unescaped(match[0])];
    default: return [entity(match[1], reader)];
  }
}

/** What stands for one <…>. */
function entity(body, reader) {
  const [head, label] = [body.split("|")[0], body.includes("|") ? body.slice(body.indexOf("|") + 1) : ""];
  if (head.startsWith("@")) return mention(`@${reader.users[head.slice(1)]?.name || label || head.slice(1)}`);
  if (head.startsWith("#")) return mention(`#${reader.channels[head.slice(1)] || label || "private-channel"}`);
  if (head.startsWith("!date^")) {
    const { text, link } = dateToken(body, reader);
    return link ? anchor(link, text) : h("time", {}, unescaped(text));
  }
  if (head.startsWith("!subteam^")) return mention(label || "@group");
  if (head.startsWith("!")) return mention(`@${head.slice(1)}`);
  return anchor(head, label || head.replace(/^mailto:/, ""));
}

function mention(text) {
  return h("span", { class: "mention" }, unescaped(text));
}

/** A link only for what is one; anything else (javascript:, data:) stays text. */
function anchor(address, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return unescaped(label);
  const href = address.replaceAll("&amp;", "&");
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, unescaped(label));
}

function unescaped(text) {
  return document.createTextNode(text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

/** A plain_text object: emoji names become emoji unless it says no; nothing else is touched. */
export function plain(object) {
  const text = object?.text ?? "";
  if (object?.emoji === false) return [document.createTextNode(text)];
  return text.split(/(:[a-z0-9_+-]+:)/).filter((part) => part)
    .map((part) => emoji(part.slice(1, -1)) ?? document.createTextNode(part));
}

/** Either kind of text object. */
export function textOf(object, reader) {
  if (!object) return [];
  if (object.type !== "mrkdwn") return withBreaks(plain(object));
  return mrkdwn(object.text, reader);
}

function withBreaks(nodes) {
  return nodes.flatMap((node) => {
    if (!(node instanceof Text) || !node.data.includes("\n")) return [node];
    return node.data.split("\n").flatMap((line, number) => (number ? [h("br"), line] : [line]));
  });
}
