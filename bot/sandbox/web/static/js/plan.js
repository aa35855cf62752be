// The floor plan. It is for the eye and the mouse; the list beneath it is for everybody.
import { s } from "./dom.js";

// The nine doors of the default building: the wall they are in, seen from above. `x y`: the hinge; `turn`: which way
// the leaf lies when it is shut, in degrees; `swing`: how far it opens.
const PLACES = {
  "Front Door": { x: 142, y: 250, turn: 0, swing: -70, label: [158, 269] },
  "Back Door": { x: 174, y: 20, turn: 180, swing: -70, label: [159, 13] },
  Garage: { x: 12, y: 186, turn: 90, swing: -70, label: [66, 234] },
  "Office Lock": { x: 112, y: 40, turn: 90, swing: -70, label: [58, 52] },
  "Meeting Room": { x: 204, y: 92, turn: -90, swing: -70, label: [262, 50] },
  Library: { x: 204, y: 178, turn: -90, swing: -70, label: [262, 136] },
  "Garden Gate": { x: 316, y: 60, turn: 90, swing: 70, label: [364, 44] },
  "Loading Dock": { x: 12, y: 90, turn: 90, swing: -70, label: [62, 140] },
  "Guest Flat": { x: 272, y: 250, turn: 0, swing: -70, label: [250, 216] },
};
const LEAF = 30;

export function drawPlan(svg, doors, chosen, choose) {
  const version = JSON.stringify([doors.map((door) => [door.id, door.name, door.locked, door.online]), chosen]);
  if (svg.dataset.version === version) return;
  svg.dataset.version = version;
  svg.replaceChildren(...rooms(), ...doors.filter((door) => PLACES[door.name]).map((door) => leaf(door, chosen, choose)));
  const elsewhere = doors.filter((door) => !PLACES[door.name]).length;
  document.getElementById("plan-more").textContent = elsewhere ? `${elsewhere} more in the list.` : "";
}

function rooms() {
  return [
    s("path", { class: "garden", d: "M316 20h92v230h-92z" }),
    s("path", { class: "floor", d: "M12 20h304v230h-304z" }),
    s("path", { class: "wall", d: "M12 20h304v230h-304zM112 20v230M204 20v230M12 158h100M204 106h112M204 192h112" }),
  ];
}

function leaf(door, chosen, choose) {
  const { x, y, turn, swing, label } = PLACES[door.name];
  const kind = `leaf ${door.locked ? "locked" : "unlocked"} ${door.online ? "" : "away"} ${door.id === chosen ? "chosen" : ""}`;
  return s("g", { class: kind, transform: `translate(${x} ${y})`, on: { click: () => choose(door.id) } },
    s("g", { transform: `rotate(${turn})` },
      s("path", { class: "gap", d: `M0 0h${LEAF}` }),
      s("path", { class: "arc", d: arc(swing) }),
      s("path", { class: "blade", d: `M0 0h${LEAF}`, transform: door.locked ? "rotate(0)" : `rotate(${swing})` }),
      s("circle", { class: "hinge", r: 2.5 }),
      s("rect", { class: "hit", x: -6, y: -20, width: LEAF + 12, height: 40 })),
    label ? s("text", { x: label[0] - x, y: label[1] - y }, door.name) : null,
    s("title", {}, `${door.name}: ${door.locked ? "locked" : "unlocked"}${door.online ? "" : ", offline"}`));
}

function arc(swing) {
  const angle = (swing * Math.PI) / 180;
  return `M${LEAF} 0A${LEAF} ${LEAF} 0 0 ${swing < 0 ? 0 : 1} ${LEAF * Math.cos(angle)} ${LEAF * Math.sin(angle)}`;
}
