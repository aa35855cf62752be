// Emoji by Slack's names. The ones that carry meaning are drawn, so that they look the same on a machine without an
// emoji font; the rest are characters.
import { h, s } from "./dom.js";

const CHARACTERS = {
  lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑", door: "🚪", bell: "🔔",
  white_check_mark: "✅", x: "❌", warning: "⚠️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  battery: "🔋", low_battery: "🪫", no_entry: "⛔", no_entry_sign: "🚫", calendar: "📅", clock3: "🕒",
  wave: "👋", tada: "🎉", rotating_light: "🚨", information_source: "ℹ️", bulb: "💡", eyes: "👀",
  large_green_circle: "🟢", red_circle: "🔴", white_circle: "⚪", black_circle: "⚫", large_yellow_circle: "🟡",
  house: "🏠", bust_in_silhouette: "👤", busts_in_silhouette: "👥", mag: "🔍", gear: "⚙️",
  grey_question: "❔", checkered_flag: "🏁", raised_hand: "✋", fire: "🔥", pencil2: "✏️", memo: "📝",
  heavy_check_mark: "✔️", hand: "✋", arrow_right: "➡️", link: "🔗", page_facing_up: "📄", lock_with_ink_pen: "🔏",
  stop_sign: "🛑", zzz: "💤", sparkles: "✨", shield: "🛡️", id: "🆔", alarm_clock: "⏰", stopwatch: "⏱️", robot_face: "🤖",
  arrows_counterclockwise: "🔄",
};

// 20 × 20, one stroke width, in the colour that the class gives them.
const DRAWN = {
  lock: ["ink", "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9M10 12v2"],
  unlock: ["good", "M5 9h10v8H5zM7 9V6a3 3 0 0 1 5.8-1M10 12v2"],
  closed_lock_with_key: ["ink", "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9M10 12v2"],
  key: ["ink", "M8 12a3.5 3.5 0 1 1 1.5-1.5L17 18M14 15l2-2"],
  white_check_mark: ["good", "M3 3h14v14H3zM6.500 10.500l2.500 2.500 4.500-5.500"],
  x: ["bad", "M5 5l10 10M15 5L5 15"],
  warning: ["warn", "M10 3l8 14H2zM10 8v4.500M10 14.500v.6"],
  rotating_light: ["bad", "M5.500 14v-3.500a4.500 4.500 0 0 1 9 0V14M4 17h12v-3H4zM10 2v1.500M3.500 4.500l1 1M16.500 4.500l-1 1"],
  hourglass: ["ink", "M5 3h10M5 17h10M6 3c0 5 8 5 8 14M14 3c0 5-8 5-8 14"],
  hourglass_flowing_sand: ["ink", "M5 3h10M5 17h10M6 3c0 5 8 5 8 14M14 3c0 5-8 5-8 14M9 15.500h2"],
  calendar: ["ink", "M3 5h14v12H3zM3 9h14M7 3v3M13 3v3"],
  clock3: ["ink", "M10 3a7 7 0 1 0 .01 0M10 6v4h3.500"],
  arrows_counterclockwise: ["ink", "M16 8a6.500 6.500 0 0 0-12-1M4 3.500V7h3.500M4 12a6.500 6.500 0 0 0 12 1M16 16.500V13h-3.500"],
  checkered_flag: ["ink", "M5 18V3M5 4h11v7H5M5 7.500h11M10.500 4v7"],
  grey_question: ["ink", "M7 7.500a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M10 15.500v.5"],
  low_battery: ["bad", "M2 6h13v8H2zM15 8.500h2.500v3H15M4.500 8.500v3"],
  battery: ["good", "M2 6h13v8H2zM15 8.500h2.500v3H15M4.500 8.500v3M7 8.500v3M9.500 8.500v3M12 8.500v3"],
  no_entry: ["bad", "M10 3a7 7 0 1 0 .01 0M6.500 10h7"],
  no_entry_sign: ["bad", "M10 3a7 7 0 1 0 .01 0M5.200 5.200l9.600 9.600"],
  bell: ["ink", "M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13zM8.500 17.500h3"],
  information_source: ["ink", "M10 3a7 7 0 1 0 .01 0M10 9v5M10 6v.6"],
  house: ["ink", "M3 10l7-6 7 6M5 9v8h10V9"],
  door: ["ink", "M5 17V3h9v14M3 17h14M11.500 10v.8"],
  bust_in_silhouette: ["ink", "M10 10a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400M4 17c0-7 12-7 12 0"],
  gear: ["ink", "M10 7a3 3 0 1 0 .01 0M10 2v3M10 15v3M2 10h3M15 10h3M4.500 4.500l2 2M13.500 13.500l2 2M15.500 4.500l-2 2M6.500 13.500l-2 2"],
};
const DOTS = {
  large_green_circle: "good", red_circle: "bad", white_circle: "pale", black_circle: "ink", large_yellow_circle: "warn",
};

/** The element for a name, or null when we know none. */
export function emoji(name) {
  const label = name.replaceAll("_", " ");
  if (DRAWN[name]) {
    const [tone, path] = DRAWN[name];
    return h("span", { class: `emoji tone-${tone}`, role: "img", "aria-label": label }, icon(path));
  }
  if (DOTS[name]) return h("span", { class: `emoji dot tone-${DOTS[name]}`, role: "img", "aria-label": label });
  if (CHARACTERS[name]) return h("span", { class: "emoji", role: "img", "aria-label": label }, CHARACTERS[name]);
  return null;
}

/** A line drawing. */
export function icon(path) {
  return s("svg", { viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" }, s("path", { d: path }));
}

export function isEmoji(name) {
  return name in CHARACTERS;
}
