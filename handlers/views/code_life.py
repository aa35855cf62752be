"""What becomes of a code after it was made: its end moved or brought about, and the alarm when it does not end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.model import GuestCode, GuestCodeState
from handlers.ids import ActionId, CallbackId, Field
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.code_form import Echo, echo_block
from handlers.views.guest_codes import end_button


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`Wed 25 Nov 2026, 18:00, Berlin time`."""
    return f"{times.day(at, zone)}, {times.clock(at, zone)}, {times.place(zone)} time"


def extend_form(target: str, code: GuestCode, echo: Echo | None = None) -> Json:
    """The modal for another end; `target` is the order's or the code's id."""
    ends_at = code.window.ends_at
    return {
        "type": "modal",
        "callback_id": CallbackId.EXTEND_FORM,
        "private_metadata": target,
        "title": kit.plain("Extend code", kit.MODAL_TITLE),
        "submit": kit.plain("Extend", kit.MODAL_TITLE),
        "close": kit.plain("Cancel", kit.MODAL_TITLE),
        "blocks": [
            kit.section(
                f"The code of *{kit.name(code.guest)}* ends "
                f"{moment(ends_at, code.timezone) if ends_at else 'never by itself'}."
            ),
            {
                "type": "input",
                "block_id": Field.WHEN,
                "label": kit.plain("Until when?"),
                "dispatch_action": True,
                "element": {
                    "type": "plain_text_input",
                    "action_id": ActionId.EXTEND_WHEN,
                    "max_length": 300,
                    "placeholder": kit.plain("until 18:00, for 2 hours, until Friday noon"),
                    "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
                },
            },
            echo_block(echo or Echo(words="A length counts from the present end: “for 2 hours”.")),
        ],
    }


def ended_words(codes: tuple[GuestCode, ...]) -> str:
    """How an ending went, honestly: off the lock, or not yet."""
    said = []
    for code in codes:
        if code.state is GuestCodeState.ENDED:
            said.append(f"{code.door_name}: ended, it is off the lock.")
        elif code.state is GuestCodeState.FAILED:
            said.append(f"{code.door_name}: {code.trouble or 'it never got on the lock'}")
        else:
            said.append(
                f"{code.door_name}: the lock is removing it. Until I tell you that it has ended, it may still open."
            )
    return " ".join(said)


def extended_words(code: GuestCode) -> str:
    """How an extension went: taken, or not known yet."""
    if code.wanted_ends_at:
        return (
            f"{code.door_name}: I asked for the new end and got no answer. I am finding out whether it holds, and "
            f"tell you. Until then count on the old one."
        )
    assert code.window.ends_at is not None
    return f"{code.door_name}: the code of {code.guest} now ends {moment(code.window.ends_at, code.timezone)}."


def not_extended(code: GuestCode) -> Json:
    """An extension whose answer was lost did not come to be."""
    ends = moment(code.window.ends_at, code.timezone) if code.window.ends_at else "as before"
    return kit.message(
        f"The code of {code.guest} for {code.door_name} could not be extended. It ends {ends}.",
        kit.section(
            f":warning: The code of *{kit.name(code.guest)}* for *{kit.name(code.door_name)}* could not be extended: "
            f"the lock did not take the new end. It ends {ends}. Try again, or make a new code."
        ),
    )


def later_end(by: str, ends_at: datetime, zone: ZoneInfo) -> datetime:
    """The end that a button of a reminder means: `hour` on the clock, `evening` (the next 18:00) and `day` on the
    door's wall."""
    local = ends_at.astimezone(zone)
    if by == "day":
        return local + timedelta(days=1)
    if by == "evening":
        six = datetime.combine(local.date(), time(18), zone)
        return six if six > local else six + timedelta(days=1)
    return ends_at + timedelta(hours=1)


def end_is_near(codes: Sequence[GuestCode], now: datetime) -> Json:
    """The reminder, with what can be done about it."""
    first = codes[0]
    ends_at = first.window.ends_at
    assert ends_at is not None
    doors = ", ".join(kit.name(code.door_name) for code in codes)
    left = times.length(ends_at - now)
    value = f"{first.order_id}.{int(ends_at.timestamp())}"
    by = ActionId.CODE_EXTEND_BY
    return kit.message(
        f"The code of {first.guest} ends in {left}.",
        kit.section(
            f":hourglass_flowing_sand: The code of *{kit.name(first.guest)}* for *{doors}* ends in {left}: "
            f"{moment(ends_at, first.timezone)}."
        ),
        kit.actions(
            kit.button("Extend 1 h", f"{by}:hour", value),
            kit.button("to 18:00", f"{by}:evening", value),
            kit.button("1 day", f"{by}:day", value),
            kit.button("Other…", ActionId.CODE_EXTEND, first.order_id),
            end_button(first.order_id),
            kit.button("Let it end", ActionId.CODE_LET_END, first.order_id),
        ),
    )


def arrived(code: GuestCode, now: datetime) -> Json:
    """The guest used the code for the first time, as the lock reports it."""
    at = code.first_used_at or now
    is_today = times.day(at, code.timezone) == times.day(now, code.timezone)
    zone = code.timezone
    when = f"{times.clock(at, zone)}, {times.place(zone)} time" if is_today else moment(at, zone)
    return kit.message(
        f"{code.guest} arrived at {code.door_name}.",
        kit.section(
            f":wave: *{kit.name(code.guest)}* arrived at *{kit.name(code.door_name)}*: the code was used for the first "
            f"time, {when}."
        ),
    )


def stuck_alarm(code: GuestCode) -> Json:
    """To those who look after the door: a code that should be off is not, and what to do there."""
    since = f" since {moment(code.off_since, code.timezone)}" if code.off_since else ""
    return kit.message(
        f"A guest code is still on {code.door_name} and should not be.",
        kit.section(
            f":rotating_light: *A code that should be off is still on {kit.name(code.door_name)}*\n"
            f"The code of {kit.name(code.guest)} (`{code.marker}` in its name), asked for by <@{code.host.user_id}>, "
            f"should be off the lock{since}. It may still open the door."
        ),
        kit.section(
            "*What to do:* remove it in the lock maker's app, standing at the door if the lock is offline; check its "
            "batteries and its bridge. Until then do not rely on that door being closed to this guest. "
            "I keep trying, and say here when it is off."
        ),
    )


def unstuck(code: GuestCode) -> Json:
    """The alarm is over."""
    return kit.message(
        f"The code of {code.guest} is off {code.door_name} now.",
        kit.section(
            f":white_check_mark: The code of {kit.name(code.guest)} is off *{kit.name(code.door_name)}* now: "
            "the lock has confirmed it. Nothing more to do."
        ),
    )
