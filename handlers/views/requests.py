"""Requests: the card in the approvers' channel, what the requester reads at each step, and the small forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.model import Action, PersonRef
from bot.domain.requests import AccessRequest, RequestState, Verdict
from handlers.ids import ActionId
from handlers.json_types import Json
from handlers.views import kit, times

_ASKS = {
    Action.UNLOCK: "asks to open",
    Action.LOCK: "asks to lock",
    Action.GUEST_CODE: "asks for a guest code for",
    Action.EXTEND: "asks to extend a guest code for",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What the card says beside the request itself: who can decide, and whether the doors would do it."""

    deciders: str  # mrkdwn: mentions, or names where nobody is to be pinged
    verdicts: Sequence[tuple[str, str | None]] = ()
    now: datetime | None = None


def card(request: AccessRequest, facts: CardFacts) -> Json:
    """The card. While it is pending it has buttons; afterwards it says who decided, when, and what came of it."""
    who = mention(request.requester)
    doors = ", ".join(kit.name(d.name) for d in request.doors)
    blocks: list[Json] = []
    if request.break_glass:
        blocks.append(kit.section(f":rotating_light: *Emergency: {who} acted without waiting for an approval.*"))
    blocks += [
        kit.section(f"*{who} {_ASKS[request.action]} {doors}*"),
        kit.fields(_facts(request, facts.now)),
    ]
    if request.beneficiary:
        blocks.append(kit.context(f"Asked by {who} for {mention(request.beneficiary)}"))
    if request.state is RequestState.PENDING:
        blocks += [kit.context(f"{_tick(why)} {kit.name(name)}{_says(why)}") for name, why in facts.verdicts]
        blocks += _pending(request, facts)
    else:
        blocks.append(kit.section(_end(request)))
        if request.break_glass and request.reviewed_by is None:
            blocks.append(kit.section("Somebody else has to look at this within a day."))
            blocks.append(
                kit.actions(
                    kit.button("I have looked at it", ActionId.REQUEST_REVIEWED, value_of(request), style="primary")
                )
            )
        elif request.reviewed_by and request.reviewed_at:
            at = times.clock(request.reviewed_at, _zone(request))
            blocks.append(kit.context(f"{mention(request.reviewed_by)} looked at it at {at}."))
    plain = f"A request for {', '.join(d.name for d in request.doors)}: {_state_words(request)}"
    return kit.message(plain, *blocks)


def own_card(request: AccessRequest, deciders: str, *, emergency: bool) -> Json:
    """What the requester has in front of them: what was asked, of whom, and how to call it off."""
    doors = ", ".join(d.name for d in request.doors)
    blocks: list[Json] = [
        kit.section(f"*Your request: {kit.name(_what(request))} {kit.name(doors)}*"),
        kit.fields(_facts(request, None)),
    ]
    if request.state is not RequestState.PENDING:
        return kit.message(f"Your request for {doors}: {_state_words(request)}", *blocks, kit.section(_end(request)))
    until = f"{times.day(request.expires_at, _zone(request))}, {times.clock(request.expires_at, _zone(request))}"
    blocks.append(kit.section(f"I asked {deciders} in <#{request.channel}>. I will tell you as soon as it is decided."))
    blocks.append(kit.context(f"If nobody decides, it ends by itself: {until}, {times.place(_zone(request))} time."))
    buttons = [kit.button("Cancel request", ActionId.REQUEST_CANCEL, value_of(request))]
    if emergency:
        buttons.append(
            kit.button("Emergency: do it now…", ActionId.REQUEST_EMERGENCY, value_of(request), style="danger")
        )
    blocks.append(kit.actions(*buttons))
    return kit.message(f"Your request for {doors} is waiting for a decision.", *blocks)


def step(request: AccessRequest) -> Json | None:
    """A message of its own at each step, since a rewritten card does not ring. None where nothing is to be said."""
    doors = ", ".join(kit.name(d.name) for d in request.doors)
    words = {
        RequestState.APPROVED: f":white_check_mark: Your request for {doors} was approved{_by(request)}. I am on it.",
        RequestState.DENIED: f":no_entry: Your request for {doors} was denied{_by(request)}.{_reason(request)}",
        RequestState.EXPIRED: f":hourglass: Nobody decided on your request for {doors} in time, so it has ended. "
        "If you still need it, ask again, or speak to somebody who can approve it.",
        RequestState.CANCELLED: f"Your request for {doors} is cancelled. Nobody needs to do anything.",
        RequestState.DONE: _done(request),
        RequestState.FAILED: f":warning: Your request for {doors} was approved, but it did not work. "
        f"{kit.escape(request.outcome or '')}",
    }.get(request.state)
    if words is None:
        return None
    return kit.message(f"Your request: {_state_words(request)}", kit.section(words))


def asked(request: AccessRequest, deciders: str) -> Json:
    """The short answer where it was typed."""
    doors = ", ".join(kit.name(d.name) for d in request.doors)
    return kit.message(
        "I asked for an approval.",
        kit.section(
            f"You need an approval for {doors}, so I asked {deciders} in <#{request.channel}>. "
            "You will get a direct message; there you can also cancel it."
        ),
    )


def emergency_notice(request: AccessRequest) -> Json:
    """The loud message to the channel, beside the card: a rewritten card does not ring."""
    doors = ", ".join(kit.name(d.name) for d in request.doors)
    verb = {
        Action.UNLOCK: "opened",
        Action.LOCK: "locked",
        Action.GUEST_CODE: "made a code for",
        Action.EXTEND: "extended a code for",
    }[request.action]
    return kit.message(
        f"Emergency at {', '.join(d.name for d in request.doors)}",
        kit.section(
            f":rotating_light: *Emergency:* {mention(request.requester)} {verb} *{doors}* without an approval.\n"
            f">{kit.escape(request.reason)}\nSomebody else has to look at it within a day, on its card."
        ),
    )


def reminder(request: AccessRequest, deciders: str) -> Json:
    """Under the card, when it has been quiet."""
    return kit.message(
        "This request is still waiting.",
        kit.section(f"Still waiting for a decision. {deciders}, can one of you have a look?"),
    )


def already_decided(request: AccessRequest, words: str) -> Json:
    """“Already approved by Ana at 14:02”, for whoever came second."""
    return kit.message(words, kit.section(f"{kit.escape(words)}\n{_end(request)}"))


def admin_notice(words: str) -> Json:
    """Something that only an admin can mend. Our own words, with ids of Slack's in them."""
    return kit.message("Latchkey needs an admin.", kit.section(f":warning: {words}"))


def value_of(request: AccessRequest) -> str:
    """What a button carries: the id, and the version that was seen."""
    return f"{request.request_id}.{request.version}"


def mention(person: PersonRef) -> str:
    return f"<@{person.user_id}>"


def _pending(request: AccessRequest, facts: CardFacts) -> list[Json]:
    value = value_of(request)
    lines = [f"Can decide: {facts.deciders}"]
    approved = [r.person for r in request.approvals]
    if approved:
        lines.append(f"Approved so far: {', '.join(mention(p) for p in approved)}. One more is needed.")
    if request.taken_by:
        lines.append(f":eyes: {mention(request.taken_by)} is on it.")
    return [
        kit.context(" · ".join(lines)),
        kit.actions(
            kit.button("Approve", ActionId.REQUEST_APPROVE, value, style="primary"),
            kit.button("Approve with changes…", ActionId.REQUEST_CHANGE, value),
            kit.button("Deny…", ActionId.REQUEST_DENY, value, style="danger"),
            kit.button("I'm on it", ActionId.REQUEST_TAKE, value),
        ),
    ]


def _facts(request: AccessRequest, now: datetime | None) -> list[tuple[str, str]]:
    facts = [("Door" if len(request.doors) == 1 else "Doors", ", ".join(d.name for d in request.doors))]
    if request.guest:
        facts.insert(0, ("For", request.guest))
    if request.window:
        facts.append(("When", times.window(request.window, _zone(request))))
        if now and request.window.starts_at > now:
            facts.append(("Needed", f"in {times.length(request.window.starts_at - now)}"))
    elif request.length:
        facts.append(("For how long", f"{times.length(request.length)}, from the approval on"))
    elif request.action is Action.UNLOCK:
        facts.append(("When", "now, once"))
    facts.append(("Reason", request.reason or "none given"))
    return facts


def _end(request: AccessRequest) -> str:
    at = times.clock(request.decided_at, _zone(request)) if request.decided_at else ""
    changed = " with changes" if request.changed_by else ""
    words = {
        RequestState.APPROVED: f":white_check_mark: Approved{changed}{_by(request)} at {at}. Being carried out…",
        RequestState.DONE: f":white_check_mark: Approved{changed}{_by(request)} at {at}: {_outcome(request)}",
        RequestState.FAILED: f":warning: Approved{changed}{_by(request)} at {at}, but it did not work. "
        f"{kit.escape(request.outcome or '')}",
        RequestState.DENIED: f":no_entry: Denied{_by(request)} at {at}.{_reason(request)}",
        RequestState.EXPIRED: ":hourglass: Expired: nobody decided in time.",
        RequestState.CANCELLED: "Cancelled by the person who asked.",
        RequestState.PENDING: "Still pending.",
    }
    if request.break_glass and request.state in {RequestState.APPROVED, RequestState.DONE, RequestState.FAILED}:
        result = _outcome(request) if request.state is RequestState.DONE else kit.escape(request.outcome or "")
        return f"Done without an approval at {at}: {result or 'being carried out…'}"
    return words[request.state]


def _by(request: AccessRequest) -> str:
    wanted = Verdict.DENY if request.state is RequestState.DENIED else Verdict.APPROVE
    people = [mention(r.person) for r in request.reviews if r.verdict is wanted]
    return f" by {' and '.join(people)}" if people else ""


def _reason(request: AccessRequest) -> str:
    why = next((r.reason for r in request.reviews if r.verdict is Verdict.DENY and r.reason), "")
    return f"\n>{kit.escape(why)}" if why else ""


def _outcome(request: AccessRequest) -> str:
    if request.action is Action.GUEST_CODE:
        return f"the code is {kit.escape(request.outcome or 'ordered')}; the requester follows it in their card."
    if request.action is Action.EXTEND:
        return "the code is extended."
    return "the door is open." if request.action is Action.UNLOCK else "the door is locked."


def _done(request: AccessRequest) -> str:
    doors = ", ".join(kit.name(d.name) for d in request.doors)
    lead = f":white_check_mark: Approved{_by(request)}: " if request.approvals else ""
    if request.action is Action.GUEST_CODE:
        ordered = kit.escape(request.outcome or "ordered")
        return f"{lead}the code for {doors} is {ordered}. Its own card is here in our messages."
    if request.action is Action.EXTEND:
        return f"{lead}the code for {doors} is extended. Its card shows the new end."
    return f"{lead}{doors} is {'open' if request.action is Action.UNLOCK else 'locked'} now."


def _state_words(request: AccessRequest) -> str:
    return {
        RequestState.PENDING: "waiting for a decision",
        RequestState.APPROVED: "approved",
        RequestState.DONE: "done",
        RequestState.FAILED: "approved, but it did not work",
        RequestState.DENIED: "denied",
        RequestState.EXPIRED: "expired",
        RequestState.CANCELLED: "cancelled",
    }[request.state]


def _what(request: AccessRequest) -> str:
    return {
        Action.UNLOCK: "open",
        Action.LOCK: "lock",
        Action.GUEST_CODE: "a guest code for",
        Action.EXTEND: "extend a code for",
    }[request.action]


def _zone(request: AccessRequest) -> ZoneInfo:
    return request.doors[0].timezone


def _tick(why: str | None) -> str:
    return ":white_check_mark:" if why is None else ":warning:"


def _says(why: str | None) -> str:
    return " would do this now" if why is None else f": {kit.escape(why)}"
