"""`/latchkey codes`, and the same on the Home tab: my codes, my requests, and for admins what needs attention."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.listing import Listing
from bot.domain.model import Action, GuestCode, GuestCodeState
from bot.domain.requests import AccessRequest, RequestState
from handlers.ids import ActionId
from handlers.json_types import Json
from handlers.views import kit, times
from handlers.views.guest_codes import SHOWABLE, change_buttons, code_state
from handlers.views.requests import value_of

TROUBLE_SHOWN = 250


def code_list(listing: Listing, reader: ZoneInfo | None = None) -> Json:
    """One page as a message in one's own eyes."""
    count = f"{listing.total} guest code{'s' if listing.total != 1 else ''}"
    return kit.message(f"You have {count}.", *list_blocks(listing, reader))


def list_blocks(listing: Listing, reader: ZoneInfo | None = None) -> list[Json]:
    """The blocks of a page, for the message and for Home."""
    blocks: list[Json] = []
    if listing.attention:
        blocks.append(kit.section(":warning: *Needs attention*"))
        blocks += [kit.section(_troubled(code)) for code in listing.attention]
        blocks.append({"type": "divider"})
    elif listing.attention is not None:
        blocks.append(kit.section(":white_check_mark: No code of anybody needs attention."))
    blocks.append(kit.section("*My codes*"))
    if not listing.codes:
        blocks.append(kit.section("You have no guest codes. `/guest-code Dana at Front Door tomorrow 9-5` makes one."))
    blocks += [block for n, code in enumerate(listing.codes) for block in _code(code, n, reader)]
    if listing.pages > 1:
        blocks += _pages(listing)
    if listing.requests:
        blocks.append(kit.section("*My requests*"))
        blocks += [_request(request, n) for n, request in enumerate(listing.requests)]
    return blocks


def _code(code: GuestCode, n: int, reader: ZoneInfo | None) -> list[Json]:
    when = kit.escape(times.window(code.window, code.timezone, reader))
    words = f"*{kit.name(code.guest)}* at *{kit.name(code.door_name)}*: {code_state(code, TROUBLE_SHOWN)}\n{when}"
    buttons = change_buttons(code.code_id, f":{n}") if code.state in SHOWABLE else []
    if buttons and code.access_code_id:
        buttons.insert(0, kit.button("Show code", f"{ActionId.CODE_SHOW}:{n}", code.code_id))
    return [kit.section(words), *([kit.actions(*buttons)] if buttons else [])]


def _troubled(code: GuestCode) -> str:
    host = f"asked for by <@{code.host.user_id}>"
    if code.state in {GuestCodeState.STUCK, GuestCodeState.FAILED}:
        return f"*{kit.name(code.guest)}* at *{kit.name(code.door_name)}*: {code_state(code, TROUBLE_SHOWN)}\n{host}"
    began = times.clock(code.window.starts_at, code.timezone)
    return (
        f"*{kit.name(code.guest)}* at *{kit.name(code.door_name)}*: :warning: it should work since {began} and is not "
        f"on the lock. Check that the lock is online.\n{host}"
    )


def _request(request: AccessRequest, n: int) -> Json:
    doors = ", ".join(kit.name(d.name) for d in request.doors)
    what = f"a code for *{kit.name(request.guest)}*" if request.action is Action.GUEST_CODE else request.action.value
    waiting = request.state is RequestState.PENDING
    zone = request.doors[0].timezone if request.doors else ZoneInfo("UTC")
    until = (
        f"waits for an approval until {times.day(request.expires_at, zone)}, {times.clock(request.expires_at, zone)}"
    )
    button = kit.button("Cancel", f"{ActionId.REQUEST_CANCEL}:{n}", value_of(request)) if waiting else None
    return kit.section(f"{doors}: {what} – {until if waiting else 'approved, on its way'}", accessory=button)


def _pages(listing: Listing) -> list[Json]:
    nav = []
    if listing.page > 0:
        nav.append(kit.button("‹ Back", f"{ActionId.CODES_PAGE}:back", str(listing.page - 1)))
    if listing.page < listing.pages - 1:
        nav.append(kit.button("More ›", f"{ActionId.CODES_PAGE}:more", str(listing.page + 1)))
    return [kit.context(f"Page {listing.page + 1} of {listing.pages} · {listing.total} codes"), kit.actions(*nav)]
