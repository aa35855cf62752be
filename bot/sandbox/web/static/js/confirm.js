// The question that a button can ask before it acts.
import { h } from "./dom.js";
import { plain, textOf } from "./mrkdwn.js";

/** Ask; true when the answer is yes. Focus begins on the harmless answer. */
export function asked(confirm, reader) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" });
    const answer = (yes) => { dialog.close(); dialog.remove(); resolve(yes); };
    const no = h("button", { type: "button", class: "bk-button plain", on: { click: () => answer(false) } }, ...plain(confirm.deny));
    const yes = h("button", {
      type: "button", class: `bk-button ${confirm.style === "danger" ? "danger" : "primary"}`,
      on: { click: () => answer(true) },
    }, ...plain(confirm.confirm));
    dialog.append(
      h("h2", { id: "confirm-title" }, ...plain(confirm.title)),
      h("p", { id: "confirm-text" }, ...textOf(confirm.text, reader)),
      h("div", { class: "dialog-buttons" }, no, yes),
    );
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); answer(false); });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}
