"""The audit log in Slack: the door log, the chain of one act, and the anchors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.domain.log_entry import LogChain, LogEntry, LogPage
from bot.domain.log_question import LogQuestion, Only
from bot.domain.window import Window
from handlers.ids import ActionId
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.log_words import only_words, said, who_said

EXAMPLES = "`/door-log Back Door last friday evening`, `/door-log @sam this week` or `/door-log refused today`"
MOST_SHOWN = 30  # lines of one chain; a message takes 50 blocks
LONGEST_LINE = 700  # characters; a page of ten stays under what Slack takes in one message
LONGEST_CHAIN = 9_000  # characters of all lines: Slack refuses a message near 13,000 (slack-platform.md)

_HALF_A_SIGN = re.compile(r"&[a-z]{0,3}$")  # an escaped sign that the cut went through

# What a line's menu does; the rest of its value is the draft and the row.
WHY, ONLY_DOOR, ONLY_PERSON = "why", "door", "person"
# What a button below does to the question.
ALL, REFUSED, FAILED, ANY_DOOR, ANYBODY, EARLIER, NEWEST = (
    *("all", "refused", "failed", "any_door", "anybody", "earlier", "newest"),
)


def log_page(page: LogPage, names: Mapping[str, str], draft_id: str) -> Json:
    """An answer of /door-log. `draft_id` keeps the question for its buttons."""
    heading = asked(page, names)
    blocks = [kit.section(heading), *(_line(entry, names, draft_id) for entry in page.entries)]
    if not page.entries:
        again = "Nothing earlier fits." if page.question.before else "Nothing happened that fits."
        blocks.append(kit.section(f"{again} Try for example {EXAMPLES}."))
    notes = []
    if page.own_only:
        notes.append("You see your own acts; others' are for those who decide at the door, and for admins.")
    if page.some_doors:
        notes.append("You see the doors where you decide, and your own acts.")
    notes.append("Only you see this. That you asked is in the log, too.")
    blocks.append(kit.context(" ".join(notes)))
    buttons = _buttons(page, draft_id)
    blocks += [kit.actions(*buttons[:5]), *([kit.actions(*buttons[5:])] if buttons[5:] else [])]
    return kit.message(f"The door log: {len(page.entries)} lines", *blocks)


def asked(page: LogPage, names: Mapping[str, str]) -> str:
    """The question as it was understood, as mrkdwn."""
    question = page.question
    parts = [f"*{kit.name(page.door)}*" if question.device_id else "*Every door*"]
    if question.user_id:
        parts.append(who_said(question.user_id, names))
    if question.only is not Only.ALL:
        parts.append(only_words(question.only))
    parts.append(_span(question))
    return " · ".join(parts)


def why_chain(chain: LogChain, names: Mapping[str, str]) -> Json:
    """Everything about one act or code, oldest first."""
    lines: list[str] = []
    for entry in chain.entries[:MOST_SHOWN]:
        line = _cut(_full(entry, names))
        if sum(map(len, lines)) + len(line) > LONGEST_CHAIN:
            break
        lines.append(line)
    blocks = [kit.section(f"*What is known of* `{kit.name(chain.typed)}`, oldest first"), *map(kit.section, lines)]
    if len(chain.entries) > len(lines):
        blocks.append(kit.context(f"{len(chain.entries) - len(lines)} more lines are in `audit export`."))
    blocks.append(kit.context("Only you see this. That you asked is in the log, too."))
    return kit.message(f"What is known of {chain.typed}", *blocks)


def anchor_notice(line: str) -> Json:
    """An anchor as it stands in the file, so that it can be compared and verified from here."""
    return kit.message("The audit log's anchor", kit.section(f"Audit log: {kit.escape(line)}"))


def _line(entry: LogEntry, names: Mapping[str, str], draft_id: str) -> Json:
    options = []
    for what, label, there in (
        (WHY, "Why?", entry.short_id),
        (ONLY_DOOR, "Only this door", entry.device_id),
        (ONLY_PERSON, "Only this person", entry.actor.team_id),
    ):
        if there:
            options.append(kit.option(label, f"{what}:{draft_id}:{entry.seq}"))
    menu: Json = {"type": "overflow", "action_id": f"{ActionId.LOG_LINE}:{entry.seq}", "options": options}
    return kit.section(_cut(said(entry, names)), accessory=menu if options else None)


def _buttons(page: LogPage, draft_id: str) -> list[Json]:
    question = page.question
    wanted = [
        (ALL, "All", question.only is not Only.ALL),
        (REFUSED, "Refused", question.only is not Only.REFUSED),
        (FAILED, "Failed", question.only is not Only.FAILED),
        (ANY_DOOR, "Every door", question.device_id is not None),
        (ANYBODY, "Everybody", question.user_id is not None),
        (NEWEST, "‹ Newest", question.before is not None),
        (EARLIER, "Earlier ›", page.earlier is not None),
    ]
    return [kit.button(label, f"{ActionId.LOG_SHOW}:{what}", draft_id) for what, label, there in wanted if there]


def _span(question: LogQuestion) -> str:
    if question.since is None:
        return "at any time"
    return times.window(Window(starts_at=question.since, ends_at=question.until), question.zone)


def _full(entry: LogEntry, names: Mapping[str, str]) -> str:
    """A line of the chain with its seconds' order, the names beside it, and Seam's ids."""
    more = [f"{kit.name(k)}: {kit.escape(v, 200)}" for k, v in sorted(entry.personal.items()) if k != "guest"]
    window = _window(entry)
    more += [window] if window else []
    more += [f"Seam’s {kit.name(k.replace('_', ' '))}: {kit.name(v)}" for k, v in sorted(entry.seam.items())]
    return said(entry, names) + (f"\n{' · '.join(more)}" if more else "")


def _window(entry: LogEntry) -> str:
    start, end = entry.detail.get("starts_at"), entry.detail.get("ends_at")
    if entry.action not in ("code.create", "request.submitted", "request.changed") or not start:
        return ""
    ends_at = datetime.fromisoformat(end) if end else None
    return times.window(Window(starts_at=datetime.fromisoformat(start), ends_at=ends_at), entry.zone)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_LINE:
        return text
    return _HALF_A_SIGN.sub("", text[: LONGEST_LINE - 1]) + "…"
