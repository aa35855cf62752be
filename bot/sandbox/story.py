"""`make demo`: the whole story in a terminal, every message as a person would read it.

The bot in it is the real one: signed HTTP in, Seam's HTTP API out, SQLite, the scheduler. What is shown is what stands
in the virtual Slack, and each step is checked against what happened at the virtual lock: a demo that lies exits 1.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.audit_export import as_record
from bot.sandbox.slack import SeenMessage
from bot.sandbox.world import World, world
from handlers.json_types import list_at, text_at

BOLD, DIM, GREEN, PLAIN = "\033[1m", "\033[2m", "\033[32m", "\033[0m"


class StoryBroken(Exception):
    """Something was told that is not so, or not told that is."""


async def play() -> int:
    """Play the story. Returns 0 when everything happened as told."""
    async with world(schedule=False) as w:
        print(f"{BOLD}Latchkey, played through in a world of its own: no Slack workspace, no lock, no key.{PLAIN}")
        try:
            await _unlock(w)
            await _lock(w)
            await _unlock_for_a_time(w)
            await _guest_code(w)
            await _refused(w)
            await _audit(w)
        except StoryBroken as broken:
            print(f"\nThe story broke: {broken}")
            return 1
    print(f"\n{GREEN}That was all of it. README.md says how to connect your own Slack and your own locks.{PLAIN}")
    return 0


async def _unlock(w: World) -> None:
    _chapter("Sam opens a door")
    await _type(w, "sam", "/unlock front door")
    _check(not w.seam.door("Front Door").locked, "the front door is not open")


async def _lock(w: World) -> None:
    _chapter("…and locks it again")
    await _type(w, "sam", "/lock front")
    _check(bool(w.seam.door("Front Door").locked), "the front door is not locked")


async def _unlock_for_a_time(w: World) -> None:
    _chapter("Sam keeps the garage open for half an hour; nobody has to remember to lock it")
    await _type(w, "sam", "/unlock Garage for 30 min")
    _check(not w.seam.door("Garage").locked, "the garage is not open")
    await _turn(w, timedelta(minutes=30, seconds=1))
    await _turn(w, timedelta(seconds=20))
    _check(bool(w.seam.door("Garage").locked), "the garage was not locked again")


async def _guest_code(w: World) -> None:
    _chapter("Sam makes a code for the plumber")
    berlin = w.clock.now().astimezone(ZoneInfo("Europe/Berlin"))
    in_its_time = (berlin + timedelta(days=1)).replace(hour=10, minute=0)
    await _type(w, "sam", "/guest-code Dana (plumber) at Front Door tomorrow 9-5")
    await _press(w, "sam", _last(w, "sam", "general"), "code.create", "Create code")
    await _turn(w, timedelta(seconds=10))
    print(f"{DIM}  … Sam presses Show code …{PLAIN}")
    await w.slack.click("sam", _last(w, "sam", None), "code.show:0")
    await w.settle()
    modal = w.slack.screen("sam").modal
    _check(modal is not None, "the code was not shown")
    assert modal is not None
    _print(modal.rendered)
    pin = text_at(list_at(modal.content, "blocks")[0], "text", "text")
    door = w.seam.door("Front Door")
    _check(not w.seam.enter_pin(door.device_id, pin).opened, "the code opened the door before its time")
    await _turn_to(w, in_its_time)
    _check(w.seam.enter_pin(door.device_id, pin).opened, "the code does not open the door in its time")
    print(f"{GREEN}  At the door, the keypad refuses the code today and takes it tomorrow.{PLAIN}")


async def _refused(w: World) -> None:
    _chapter("Gus is a guest of the workspace: he may not")
    await _type(w, "gus", "/unlock Front Door")


async def _audit(w: World) -> None:
    _chapter("And all of it is in the audit log")
    rows = await w.bot.db.read(lambda tx: tx.audit.after(0))
    names = w.slack.workspace.people.names()
    for row in rows:
        record = as_record(row)
        who = names.get(str(record["actor"]), "Latchkey")
        detail = record["detail"]
        door = detail.get("door", "") if isinstance(detail, dict) else ""
        outcome = record["outcome"] or ""
        reason = f" ({record['reason']})" if record["reason"] else ""
        print(f"  {row.at:%H:%M:%S}  {record['action']:<14} {record['phase']:<8} {outcome:<7} {door:<14} {who}{reason}")
    told = {(r.content["action"], r.content["phase"]) for r in rows}
    for act in ("door.unlock", "door.lock", "door.relock", "code.create"):
        _check({(act, "intent"), (act, "outcome")} <= told, f"{act} is not in the audit log")
    _check(("code.reveal", "note") in told, "the reveal is not in the audit log")


async def _type(w: World, who: str, text: str) -> None:
    seen = _seen(w, who)
    print(f"\n{BOLD}{w.slack.user(who).shown_name}{PLAIN} types {BOLD}{text}{PLAIN}")
    await w.slack.command(who, "general", text)
    await w.settle()
    _show_new(w, who, seen)


async def _press(w: World, who: str, message: SeenMessage, action: str, words: str) -> None:
    seen = _seen(w, who)
    print(f"{DIM}  … {w.slack.user(who).shown_name} presses {words} …{PLAIN}")
    await w.slack.click(who, message, action)
    await w.settle()
    _show_new(w, who, seen)


async def _turn(w: World, by: timedelta) -> None:
    seen = _seen(w, "sam")
    w.clock.turn(by)
    await asyncio.sleep(0)
    print(f"{DIM}  … {_words(by)} later …{PLAIN}")
    await w.settle()
    _show_new(w, "sam", seen)


async def _turn_to(w: World, moment: datetime) -> None:
    await _turn(w, moment.astimezone(UTC) - w.clock.now())


def _seen(w: World, who: str) -> dict[tuple[str, str], str]:
    return {(c.id, m.ts): m.rendered for c in w.slack.screen(who).channels for m in c.messages}


def _show_new(w: World, who: str, before: dict[tuple[str, str], str]) -> None:
    for channel in w.slack.screen(who).channels:
        for message in channel.messages:
            if before.get((channel.id, message.ts)) != message.rendered:
                where = "direct message" if channel.kind == "im" else "only visible to you"
                print(f"{DIM}  Latchkey, {where}{', rewritten' if message.edited else ''}:{PLAIN}")
                _print(message.rendered)


def _last(w: World, who: str, channel: str | None) -> SeenMessage:
    screen = w.slack.screen(who)
    try:
        return screen.channel(channel).last if channel else screen.dm.last
    except LookupError:
        raise StoryBroken(f"nothing was said to {who}") from None


def _words(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} seconds"
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"


def _print(text: str) -> None:
    for line in text.splitlines():
        print(f"    {line}")


def _chapter(title: str) -> None:
    print(f"\n{GREEN}── {title}{PLAIN}")


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StoryBroken(otherwise)
