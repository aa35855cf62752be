// Elements out of words. Text always becomes a text node: nothing that anybody wrote can turn into markup.

const SVG = "http://www.w3.org/2000/svg";

/** h("p", {class: "x", on: {click: f}}, "text", child) makes an element. Null children are left out. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for a drawing. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Bring the children of `parent` in line with `items` ([key, version, make]) and keep every node whose version stayed:
 * so focus, scroll and what a screen reader has read stay, too.
 */
export function reconcile(parent, items) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let cursor = parent.firstElementChild;
  for (const [key, version, make] of items) {
    let node = before.get(key);
    if (!node || node.dataset.version !== version) {
      const made = make();
      made.dataset.key = key;
      made.dataset.version = version;
      if (node) {
        const focused = focusKeyIn(node);
        if (cursor === node) cursor = node.nextElementSibling;
        node.replaceWith(made);
        refocus(made, focused);
        before.delete(key);
      } else {
        parent.insertBefore(made, cursor);
      }
      node = made;
    }
    before.delete(key);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else if (node.nextElementSibling !== cursor) parent.insertBefore(node, cursor);
  }
  for (const gone of before.values()) gone.remove();
}

/** The data-focus of the element in `node` that has the focus, if one has. */
function focusKeyIn(node) {
  const active = document.activeElement;
  return active && node.contains(active) ? active.closest("[data-focus]")?.dataset.focus ?? null : null;
}

function refocus(node, key) {
  if (key === null) return;
  for (const candidate of node.querySelectorAll("[data-focus]")) {
    if (candidate.dataset.focus === key) candidate.focus({ preventScroll: true });
  }
}

let count = 0;
/** An id that no other element has. */
export function freshId(prefix) {
  count += 1;
  return `${prefix}-${count}`;
}

/** Say something to a screen reader. */
export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  // In a frame of its own: the same sentence twice is read twice.
  requestAnimationFrame(() => { place.textContent = text; });
}
