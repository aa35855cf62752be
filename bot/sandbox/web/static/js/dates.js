// Slack's date tokens, in the zone of whoever reads them.

const LOCALE = "en-US"; // Slack's own words for months and days are English here, as is the page

function parts(moment, tz, options) {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: tz, ...options }).format(moment);
}

/** "2026-11-24" in a zone. */
export function dayKey(moment, tz) {
  const found = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", { timeZone: tz, year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(moment).map((part) => [part.type, part.value]),
  );
  return `${found.year}-${found.month}-${found.day}`;
}

/** "today", "yesterday" or "tomorrow", else null. */
export function relativeDay(moment, now, tz) {
  const days = (Date.parse(dayKey(moment, tz)) - Date.parse(dayKey(now, tz))) / 86400000;
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

/** "14:05" */
export function clockTime(moment, tz, seconds = false) {
  return parts(moment, tz, { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23" });
}

/** "Wed 25 Nov" */
export function shortDay(moment, tz) {
  const bit = (options) => parts(moment, tz, options);
  return `${bit({ weekday: "short" })} ${bit({ day: "numeric" })} ${bit({ month: "short" })}`;
}

/** "Wednesday, 25 November 2026" */
export function longDay(moment, tz) {
  const bit = (options) => parts(moment, tz, options);
  return `${bit({ weekday: "long" })}, ${bit({ day: "numeric" })} ${bit({ month: "long" })} ${bit({ year: "numeric" })}`;
}

function ago(moment, now) {
  const seconds = Math.abs(moment - now) / 1000;
  for (const [name, unit] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    const count = Math.floor(seconds / unit);
    if (count) {
      const spoken = `${count} ${name}${count > 1 ? "s" : ""}`;
      return moment > now ? `in ${spoken}` : `${spoken} ago`;
    }
  }
  return "just now";
}

/** `!date^seconds^template^link|fallback` as text, and its link if it has one. */
export function dateToken(body, { tz, now }) {
  const match = /^!date\^(-?\d+)\^([^|^]*)(?:\^([^|]*))?(?:\|(.*))?$/s.exec(body);
  if (!match) return { text: body.split("|")[1] || "", link: null };
  const [, seconds, template, link, fallback = ""] = match;
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return { text: fallback, link: null };
  const short = parts(moment, tz, { month: "short", day: "numeric", year: "numeric" });
  const full = parts(moment, tz, { month: "long", day: "numeric", year: "numeric" });
  const long = parts(moment, tz, { weekday: "long", month: "long", day: "numeric", year: "numeric" });
  const day = relativeDay(moment, now, tz);
  const known = {
    date_num: dayKey(moment, tz),
    date_slash: parts(moment, tz, { month: "2-digit", day: "2-digit", year: "numeric" }),
    date: full, date_short: short, date_long: long,
    date_pretty: day ?? full, date_short_pretty: day ?? short, date_long_pretty: day ?? long,
    time: parts(moment, tz, { hour: "numeric", minute: "2-digit" }),
    time_secs: parts(moment, tz, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: ago(moment, now),
  };
  const names = [...template.matchAll(/\{([a-z_]+)\}/g)].map((found) => found[1]);
  if (names.some((name) => !(name in known))) return { text: fallback, link: null };
  return { text: template.replace(/\{([a-z_]+)\}/g, (_, name) => known[name]), link: link || null };
}
