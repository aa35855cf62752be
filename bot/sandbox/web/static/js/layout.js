// On a narrow screen one pane at a time is shown, chosen by the tabs at the bottom.

export const PANES = ["people", "slack", "building"];

export function start() {
  for (const pane of PANES) {
    document.getElementById(`tab-${pane}`).addEventListener("click", () => show(pane));
  }
  show("slack");
}

/** Bring a pane to the front. On a wide screen all of them are there anyway. */
export function show(pane) {
  document.body.dataset.pane = pane;
  for (const one of PANES) {
    const tab = document.getElementById(`tab-${one}`);
    if (one === pane) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}
