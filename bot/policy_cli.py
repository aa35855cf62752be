"""`python -m bot policy export | apply | test`: the rules as a file, and what they would say."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.audit_keys import load_audit_keys
from bot.config import RulesSettings
from bot.domain.errors import Refused, Unclear
from bot.domain.model import Action, Door, Origin, Person, PersonKind, PersonRef
from bot.domain.policy.ask import Actor
from bot.domain.policy.changes import diff
from bot.domain.policy.ids import is_person_id, is_user_group_id
from bot.domain.policy.policy import Policy
from bot.domain.when import Reading, read_window
from bot.domain.when import Unclear as UnclearTime
from bot.policy_file import dump, load
from bot.policy_try import explain
from bot.seam import SeamClient, make_http_client
from bot.services.context import Context
from bot.services.door_book import DoorBook
from bot.services.policy_book import Overtaken, PolicyBook
from bot.services.trial import Trial
from storage.audit_rows import AuditKey
from storage.database import Database
from storage.migrate import upgrade

# Whoever may run this on the machine; the audit log names it so, as there is no Slack account behind it.
COMMAND_LINE = PersonRef(team_id="", user_id="command-line")
MOST_BYTES = 2_000_000  # a policy file is some kilobytes; this is something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Wondered:
    """What `policy test` is asked: Slack and Seam ids, or a door's name; `when` as people type it."""

    person: str
    door: str
    action: Action
    when: str = ""
    groups: Sequence[str] = ()
    guest: bool = False
    locale: str = "en-US"


async def export(environ: Mapping[str, str], out: Path | None) -> int:
    """Write the rules in force as a policy file, to `out` or the screen. Returns the exit code."""
    settings = RulesSettings.from_env(environ)
    async with _opened(settings, writes=False) as context:
        text = dump(_without_settings(await PolicyBook(context).current(), settings))
    if out is None:
        sys.stdout.write(text)
    else:
        await asyncio.to_thread(_write, out, text)
    return 0


async def apply(
    environ: Mapping[str, str],
    file: Path,
    *,
    yes: bool,
    ask: Callable[[str], str] = input,
    screen: TextIO | None = None,
) -> int:
    """Show what the file would change, ask (unless `yes`), and put all of it in force, or nothing.

    Raises `PolicyFileErrors` with every mistake and its line, `Overtaken` when the rules have moved on since the
    file's version. Returns 0 when the file's rules hold, 1 when it was not confirmed.
    """
    out = screen or sys.stdout
    new = load(await asyncio.to_thread(_read, file))
    settings = RulesSettings.from_env(environ)
    async with _opened(settings, writes=True) as context:
        book = PolicyBook(context)
        before = await book.current()
        _check_version(new, before)
        new = replace(new, default_channel=new.default_channel or settings.approvals_channel)
        changes = diff(before, new)
        if not changes and new.version == before.version:
            out.write("The rules say all of this already; there is nothing to change.\n")
            return 0
        origin = Origin(surface="command_line", request_id=secrets.token_hex(8))
        if new.version == before.version:
            out.write("This would change:\n" + "".join(f"  {change.sentence}\n" for change in changes))
            if not yes and not _confirmed(ask, len(changes)):
                out.write("Nothing was changed.\n")
                return 1
        try:
            saved = await book.put(new, based_on=new.version, editor=COMMAND_LINE, origin=origin)
        except Overtaken as overtaken:
            raise _moved_on(new, overtaken) from None
        out.write(f"Done: the rules are at version {saved.version}.\n")
    return 0


async def try_out(environ: Mapping[str, str], wondered: Wondered, *, screen: TextIO | None = None) -> int:
    """Say what the rules in force would answer, and why. Changes nothing. Returns the exit code, 0 for any answer."""
    out = screen or sys.stdout
    settings = RulesSettings.from_env(environ)
    actor = _actor(wondered)
    async with _opened(settings, writes=False) as context:
        book = PolicyBook(context)
        door = await _door(context, settings, wondered.door)
        time = _time(wondered, door, context.now())
        tried = await Trial(context, book).ask(actor=actor, door=door, action=wondered.action, time=time)
    out.write(f"{explain(tried.decision)}\n")
    kind = "a guest" if actor.person.kind is PersonKind.GUEST else "a member"
    kind = "somebody from another workspace" if actor.person.kind is PersonKind.EXTERNAL else f"{kind} of the workspace"
    groups = ", ".join(sorted(actor.groups or ())) or "no user group (say --group S… for others)"
    out.write(f"  taken for granted: {wondered.person} is {kind}, in {groups}\n")
    return 0


@asynccontextmanager
async def _opened(settings: RulesSettings, *, writes: bool) -> AsyncIterator[Context]:
    """The database and the way to the doors; with `writes`, rows can be audited.

    Beside a running bot, also on SQLite: a writer takes the file for one short transaction, and the version that it
    was made from is checked in it. The lock beside the file keeps a second *bot* away, not this.
    """
    if writes:
        key = AuditKey.of(*load_audit_keys(settings.audit_key, settings.audit_keys_old, settings.audit_key_file))
    else:
        key = AuditKey(key_id="reading", secret=b"")
    db = Database(settings.database_url, key, lock=False)
    try:
        await asyncio.to_thread(upgrade, settings.database_url)
        seam_key = settings.seam_api_key.reveal() if settings.seam_api_key else ""
        async with make_http_client(settings.seam_endpoint, seam_key, "Latchkey/0.1") as seam:
            yield Context(
                db=db,
                locks=SeamClient(seam, now=_now),
                now=_now,
                default_timezone=settings.timezone,
                admins=settings.admins,
                approvals_channel=settings.approvals_channel,
            )
    finally:
        await db.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _read(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise Refused(f"I could not read {file}: {problem.strerror}. Nothing was changed.") from None
    if len(data) > MOST_BYTES:
        raise Refused(f"{file} is too big for a policy file. Nothing was changed.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise Refused(f"{file} is not UTF-8 text (line {line}). Save it as UTF-8. Nothing was changed.") from None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Refused(f"I could not write {file}: {problem.strerror}. Choose another place.") from None


def _check_version(new: Policy, before: Policy) -> None:
    if new.version > before.version:
        raise Refused(
            f"The file says version = {new.version}, but the rules here are at version {before.version}: it was made "
            "from other rules, or its number was changed. Export again and make your changes there. "
            "Nothing was changed."
        )


def _moved_on(new: Policy, overtaken: Overtaken) -> Refused:
    changes = "".join(f"\n  {change.sentence}" for change in overtaken.changes)
    return Refused(
        f"The file was made from version {new.version} of the rules, and they have been changed since:{changes}\n"
        "Nothing was changed. Export again and make your changes there."
    )


def _without_settings(policy: Policy, settings: RulesSettings) -> Policy:
    """A channel that only the settings name is no part of the file."""
    return replace(policy, default_channel=None) if policy.default_channel == settings.approvals_channel else policy


def _confirmed(ask: Callable[[str], str], count: int) -> bool:
    try:
        return ask(f"Apply {'this change' if count == 1 else f'these {count} changes'}? [y/N] ").strip().lower() in {
            "y",
            "yes",
        }
    except EOFError:  # nobody is there to ask
        return False


def _actor(wondered: Wondered) -> Actor:
    if not is_person_id(wondered.person):
        raise Unclear(
            f"“{wondered.person}” is not a person's id: write U…, or T…/U… for somebody of another workspace."
        )
    if wrong := [group for group in wondered.groups if not is_user_group_id(group)]:
        raise Unclear(f"“{wrong[0]}” is not a user group's id: write S….")
    team, _, user = wondered.person.rpartition("/")
    kind = PersonKind.EXTERNAL if team else PersonKind.GUEST if wondered.guest else PersonKind.MEMBER
    person = Person(team_id=team, user_id=user, name=user, kind=kind, locale=wondered.locale)
    return Actor(person=person, groups=frozenset(wondered.groups))


async def _door(context: Context, settings: RulesSettings, wanted: str) -> Door:
    """By Seam, by its name or its id; without a key for Seam, an id is taken as it is."""
    if settings.seam_api_key is None:
        return Door(
            device_id=wanted,
            name=wanted,
            brand="",
            provider="",
            online=True,
            locked=None,
            timezone=settings.timezone,
        )
    book = DoorBook(context)
    for door in await book.all():
        if door.device_id == wanted:
            return door
    return await book.named(wanted)


def _time(wondered: Wondered, door: Door, now: datetime) -> Reading | None:
    if not wondered.when.strip():
        return None
    read = read_window(wondered.when, now=now, tz=door.timezone or ZoneInfo("UTC"), locale=wondered.locale)
    if isinstance(read, UnclearTime):
        raise Unclear(f"{read.reason} For example: {read.example}")
    return read
