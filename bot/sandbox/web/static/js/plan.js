// The floor plan. It is for the eye and the mouse; the list beneath it is for everybody.
import { s } from "./dom.js";

// The nine doors of the default building: the wall they are in, seen from above. `x y`: the hinge; `turn`: which way
// the leaf lies when it is shut, in degrees; `swing`: how far it opens.
const PLACES = {
  "Front Door": { x: 150, y: 250, turn: 0, swing: -70, label: [166, 268] },
  "Back Door": { x: 178, y: 20, turn: 180, swing: -70, label: [163, 13] },
  Garage: { x: 12, y: 172, turn: 90, swing: -70, label: [56, 218] },
  "Office Lock": { x: 120, y: 60, turn: 90, swing: -70, label: [62, 70] },
  "Meeting Room": { x: 216, y: 92, turn: -90, swing: -70, label: [278, 50] },
  Library: { x: 216, y: 176, turn: -90, swing: -70, label: [278, 140] },
  "Garden Gate": { x: 344, y: 60, turn: 90, swing: 70, label: [374, 44] },
  "Loading Dock": { x: 12, y: 110, turn: 90, swing: -70, label: [64, 136] },
  "Guest Flat": { x: 300, y: 250, turn: 0, swing: -70, label: [278, 218] },
};
const LEAF = 30;

export function drawPlan(svg, doors, chosen, choose) {
  const version = JSON.stringify([doors.map((door) => [door.id, door.name, door.locked, door.online]), chosen]);
  if (svg.dataset.version === version) return;
  svg.dataset.version = version;
  svg.replaceChildren(...ROOMS(), ...doors.filter((door) => PLACES[door.name]).map((door) => leaf(door, chosen, choose)));
  const elsewhere = doors.filter((door) => !PLACES[door.name]).length;
  document.getElementById("plan-more").textContent = elsewhere ? `${elsewhere} more in the list.` : "";
}

function ROOMS() {
  return [
    s("path", { class: "garden", d: "M344 20h64v230h-64z" }),
    s("path", { class: "floor", d: "M12 20h332v230h-332z" }),
    s("path", { class: "wall", d: "M12 20h332v230h-332zM120 20v230M216 20v230M12 150h108M216 108h128M216 192h128" }),
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
