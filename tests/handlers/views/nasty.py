"""Texts that somebody may put into a name, a note or a lock's message, and doors and codes that carry them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.model import (
    Action,
    Battery,
    Door,
    GuestCode,
    GuestCodeState,
    Operation,
    OperationState,
    Origin,
    PersonRef,
    Trouble,
)
from bot.domain.window import Window

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WINDOW = Window(starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=1, hours=8))

NASTY = (
    "Dana",
    "🚪 Tür 👩‍🔧",
    "<!channel>",
    "<@U123>",
    "<https://evil.example|Approve>",
    "https://evil.example/approve",
    "mailto:a@b.example",
    "x" * 300,
    "<" * 300,
    "&" * 3100,
    "שער הגן",
    "Front\u202erood\u202c\u2066x\u2069\u200b\u200f",
    "Front\nDoor: unlocked\r\nWhen\u2028tomorrow\u2029x\x85y\x0bz",
    "*bold* _it_ ~no~ `code` ```block```",
    "&lt;!channel&gt; &amp;lt;",
    " ",
    "",
    "\u200b\u2060",
    "***",
    "Z̴̢̛͔a̸̡͝l̵̨̛g̷̛̘o̸̧͝" * 20,
    ":white_check_mark: locked :lock:",
    "@here #general",
    "\x00\x07bell",
    "ＦＵＬＬ＜!channel＞",
)


def door(text: str, n: int = 0, **changes: object) -> Door:
    """A door of which every text is `text`."""
    made = Door(
        device_id=f"00000000-0000-4000-8000-{n:012}",
        name=text,
        brand=text,
        provider="ttlock",
        online=True,
        locked=True,
        battery=Battery(level=None, status=text),
        can_unlock=True,
        can_lock=True,
        can_program_codes=True,
        timezone=BERLIN,
        troubles=(Trouble(code="x", message=text, is_error=True),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def operation(text: str, **changes: object) -> Operation:
    made = Operation(
        op_id="a" * 32,
        action=Action.UNLOCK,
        device_id="d" * 36,
        door_name=text,
        timezone=BERLIN,
        person=PersonRef(team_id="T1", user_id="U1"),
        origin=Origin(surface="command", request_id="r"),
        state=OperationState.DONE,
        intended_at=NOW,
        confirmed=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def guest_code(text: str, n: int = 0, **changes: object) -> GuestCode:
    made = GuestCode(
        code_id=f"{n:032}",
        order_id="o" * 32,
        marker="7F3K",
        device_id=f"d{n}",
        door_name=text,
        timezone=BERLIN,
        guest=text,
        note=text,
        host=PersonRef(team_id="T1", user_id="U1"),
        window=WINDOW,
        state=GuestCodeState.ON_LOCK,
        access_code_id="ac",
        created_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
