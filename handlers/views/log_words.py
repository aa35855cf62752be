"""A line of the log in plain words: when · who did what · why it was allowed or not · its id. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.log_entry import LogEntry
from bot.domain.log_question import Only
from handlers.views import kit, times

BOT = "latchkey"

# What was done, by the action: (it worked, it was tried). “{door}” and “{code}” are put in.
_DONE: Mapping[str, tuple[str, str]] = {
    "door.unlock": ("unlocked {door}", "tried to unlock {door}"),
    "door.lock": ("locked {door}", "tried to lock {door}"),
    "door.relock": ("locked {door} again", "tried to lock {door} again"),
    "code.create": ("ordered guest code {code} for {door}", "tried to order guest code {code} for {door}"),
    "code.reveal": ("saw the PIN of guest code {code} for {door}", "wanted to see the PIN of guest code {code}"),
    "code.extend": ("extended guest code {code} at {door}", "tried to extend guest code {code} at {door}"),
    "code.reminded": ("said that guest code {code} ends soon", "could not say that guest code {code} ends soon"),
    "code.end": ("ended guest code {code} at {door}", "tried to end guest code {code} at {door}"),
    "request.refused": ("asked for something", "asked for something"),
    "request.submitted": ("asked for {wish} at {door}", "asked for {wish} at {door}"),
    "request.approved": ("approved {wish} at {door}", "tried to approve {wish} at {door}"),
    "request.denied": ("denied {wish} at {door}", "tried to deny {wish} at {door}"),
    "request.changed": ("changed the request for {wish} at {door}", "tried to change the request at {door}"),
    "request.cancelled": ("took the request for {wish} at {door} back", "tried to take the request at {door} back"),
    "request.expired": ("let the request for {wish} at {door} expire: nobody decided", "request expired"),
    "request.taken": ("took the request for {wish} at {door} on", "tried to take the request at {door} on"),
    "request.reminded": ("reminded the approvers of {wish} at {door}", "could not remind the approvers"),
    "request.escalated": ("asked the next approvers about {wish} at {door}", "could not ask the next approvers"),
    "request.barred": ("pressed a button that did not count", "pressed a button that did not count"),
    "request.ended": ("carried out {wish} at {door}", "could not carry out {wish} at {door}"),
    "request.break_glass": ("acted in an emergency: {wish} at {door}", "tried to act in an emergency at {door}"),
    "request.reviewed": ("looked at the emergency act at {door}", "tried to review the emergency act at {door}"),
    "rules.changed": ("changed the rules", "tried to change the rules"),
    "rules.refused": ("tried to change the rules", "tried to change the rules"),
    "records.read": ("read the log", "tried to read the log"),
    "records.exported": ("exported the log", "tried to export the log"),
    "personal.erased": ("erased names and free text", "tried to erase names and free text"),
    "audit.key_rotated": ("began a new audit key", "tried to begin a new audit key"),
    "audit.rollback_accepted": ("started on a restored backup", "tried to start on a restored backup"),
    "bot.started": ("started", "tried to start"),
}
_FOLLOWED: Mapping[str, str] = {
    "scheduled": "guest code {code} is set at {door} for its start",
    "on_lock": "guest code {code} is on {door}",
    "ending": "guest code {code} is being taken off {door}",
    "ended": "guest code {code} is off {door}: it no longer opens",
    "failed": "guest code {code} did not get on {door}",
    "stuck": "guest code {code} should be off {door} and is not",
    "adopted": "guest code {code} was found at {door} after a restart",
    "orphan_found": "a second copy of guest code {code} was found at {door}",
    "taken_back": "the second copy of guest code {code} was taken off {door}",
}
_BY = {
    "keycode": "by keypad",
    "manual": "by hand",
    "automatic": "by itself",
    "remote": "from another app",
    "card": "by card",
}
_WISHES = {"unlock": "an unlock", "lock": "a lock", "guest_code": "a guest code", "extend": "a longer code"}
_ENDS = {
    "failed": "failed",
    "unknown": "nobody knows whether it worked",
    "denied": "refused",
}
_WHY_NOT = {
    "no_right_to_the_log": "no right to read it",
    "still_unlocked": "the lock says that it is still open",
    "not_an_admin": "not an admin",
    "overtaken": "somebody else had changed them meanwhile",
    "StorageTrouble": "the records could not be written",
    "Unrecognised": "Slack did not say who it was",
    "DoorOffline": "the lock was offline",
    "OutcomeUnknown": "the lock did not answer",
    "TooLate": "it took too long, so it was not sent",
    "SeamDown": "Seam did not answer",
}


def said(entry: LogEntry, names: Mapping[str, str]) -> str:
    """`Fri 20 Nov 2026 21:14 · *Sam* unlocked *Back Door* · allowed by rule “Staff” · `3f9a2c1b``, as mrkdwn.

    `names`: Slack ids to names; somebody without one is shown by the id.
    """
    when = f"{times.day(entry.at, entry.zone)} {times.clock(entry.at, entry.zone)}"
    parts = [when, what(entry, names), *_why(entry, names)]
    if entry.short_id:
        parts.append(f"`{kit.name(entry.short_id)}`")
    return " · ".join(parts)


def what(entry: LogEntry, names: Mapping[str, str]) -> str:
    """Who did what, as mrkdwn."""
    followed = _FOLLOWED.get(entry.reason or "") if entry.action == "code.followed" else None
    if followed:
        return _filled(followed, entry)
    if entry.action == "door.used":
        return _used(entry)
    works, tried = _DONE.get(entry.action, (f"{_plain(entry.action)} {{door}}",) * 2)
    verb = works if entry.outcome == "ok" else tried
    if entry.phase == "intent":
        verb = f"began: {tried}"
    who = who_said(entry.actor.user_id, names)
    behalf = entry.detail.get("on_behalf_of")
    return f"{who}{f' (for {who_said(behalf, names)})' if behalf else ''} {_filled(verb, entry)}".strip()


def _used(entry: LogEntry) -> str:
    """A bolt that moved without us. Who it was nobody knows: a PIN can be passed on."""
    bolt = "locked" if entry.detail.get("bolt") == "locked" else "unlocked"
    by = _BY.get(entry.detail.get("method", ""), "in a way that the lock does not tell")
    code = " with guest code {code}" if entry.detail.get("marker") else ""
    return f"Somebody {_filled(f'{bolt} {{door}} {by}{code}', entry)}"


def who_said(user_id: str, names: Mapping[str, str]) -> str:
    """The person's name in bold; Latchkey for the bot itself."""
    return f"*{kit.name('Latchkey' if user_id == BOT else names.get(user_id) or user_id or 'Somebody')}*"


def only_words(only: Only) -> str:
    """What is shown, where that is less than all."""
    return {Only.ALL: "", Only.REFUSED: "refused", Only.FAILED: "failed or unknown"}[only]


def _filled(words: str, entry: LogEntry) -> str:
    guest = entry.personal.get("guest")
    code = kit.name(entry.detail.get("marker") or entry.short_id or "?") + (f" ({kit.name(guest)})" if guest else "")
    wish = _WISHES.get(entry.detail.get("action", ""), "access") + (f" for {kit.name(guest)}" if guest else "")
    door = f"*{kit.name(entry.door)}*" if entry.door else ""
    if not door:
        words = words.replace(" at {door}", "").replace(" for {door}", "").replace(" on {door}", "")
    return words.format(code=code, wish=wish, door=door or "a door").replace(" a door", "" if not door else " a door")


def _why(entry: LogEntry, names: Mapping[str, str]) -> list[str]:
    reason = entry.reason or ""
    found = []
    if entry.outcome in _ENDS and entry.action != "code.followed":
        said_why = "" if reason.startswith(("rule:", "account:")) else _WHY_NOT.get(reason, _plain(reason))
        found.append(_ENDS[entry.outcome] + (f": {kit.escape(said_why, 200)}" if said_why else ""))
    if reason.startswith("account:"):
        found.append(f"because the account is that of a {kit.name(reason.removeprefix('account:'))}")
    elif entry.rule:
        by = "refused" if entry.outcome == "denied" else "allowed"
        found.append(f"{by} by rule “{kit.name(entry.rule)}”")
    if entry.approved_by and not entry.action.startswith("request."):
        found.append("approved by " + ", ".join(who_said(u, names) for u in entry.approved_by))
    if entry.detail.get("confirmed") == "no":
        found.append("not confirmed by the lock")
    return found


def _plain(code: str) -> str:
    """A code of ours as words: `not_locked` → `not locked`, `DoorOffline` → `door offline`."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in code)
    return kit.name(" ".join(spaced.replace("_", " ").replace(".", " ").split())) if code else ""
