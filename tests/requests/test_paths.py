"""A request through the front door: asked, decided, carried out, told. Each path with its audit trail."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.model import GuestCode
from bot.domain.policy.rule import Approvers, EscalationStep
from bot.sandbox.slack import Failure
from tests.requests.town import Town


async def test_an_approved_unlock_opens_the_door_and_everybody_is_told(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    assert here.unlocks() == 0
    assert "asks to open Front Door" in here.card().rendered
    assert "Ana Lima" in here.card().rendered

    await here.presses("ana", here.card(), "request.approve")

    assert here.unlocks() == 1
    assert "Approved by @Ana Lima" in here.card().rendered
    assert "the door is open" in here.card().rendered
    assert "[Approve]" not in here.card().rendered
    assert any("Approved by @Ana Lima: Front Door is open now." in words for words in here.told("sam"))
    trail = [action for action, _, _ in await here.audit()]
    wanted = ["request.submitted", "request.approved", "door.unlock", "door.unlock", "request.ended"]
    assert [a for a in trail if a in wanted] == wanted


async def test_a_denied_request_does_nothing_and_says_why(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")

    await here.presses("ben", here.card(), "request.deny")
    await here.sends("ben", {"reason.value": "The floor is wet"})

    assert here.unlocks() == 0
    assert "Denied by @Ben" in here.card().rendered
    assert any("was denied by @Ben" in words and "The floor is wet" in words for words in here.told("sam"))
    assert ("request.denied", "ok", here.id_of("ben")) in await here.audit()


async def test_the_requester_can_cancel_and_nobody_else(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    await here.presses("sam", here.dm("sam"), "request.cancel")

    assert "Cancelled" in here.card().rendered
    assert here.unlocks() == 0
    assert ("request.cancelled", "ok", here.id_of("sam")) in await here.audit()


async def test_an_approver_gives_less_than_was_asked(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.makes_code("sam", "Dana at Garage for 2 hours")
    await here.presses("ben", here.card("ben"), "request.change")
    await here.sends("ben", {"when.value": "for 1 hour"})

    codes = await _codes_of_sam(here)
    assert [code.window.length for code in codes] == [timedelta(hours=1)]
    assert "Approved with changes by @Ben" in here.card().rendered


async def test_an_approver_cannot_give_more_than_was_asked(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.makes_code("sam", "Dana at Garage for 2 hours")
    await here.presses("ben", here.card("ben"), "request.change")
    await here.sends("ben", {"when.value": "for 5 hours"})

    assert any("longer than was asked" in words for words in here.told("ben"))
    assert "[Approve]" in here.card().rendered


async def test_two_hours_count_from_the_approval_and_a_fixed_window_stays_fixed(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.makes_code("sam", "Dana at Garage for 2 hours")
    await here.makes_code("sam", "Eli at Front Door tomorrow 9-5")
    for_two_hours, fixed = here.cards()[-2:]

    await here.turns(minutes=40)
    approved_at = here.w.clock.now()
    await here.presses("ana", for_two_hours, "request.approve")
    await here.presses("ana", fixed, "request.approve")

    codes = await _codes_of_sam(here)
    dana = next(c for c in codes if c.guest == "Dana")
    eli = next(c for c in codes if c.guest == "Eli")
    assert (dana.window.starts_at, dana.window.length) == (approved_at, timedelta(hours=2))
    assert (eli.window.starts_at.isoformat(), eli.window.length) == ("2026-12-02T08:00:00+00:00", timedelta(hours=8))


async def test_a_rule_of_two_needs_two(here: Town) -> None:
    await here.set_rules(here.rule(approvals_needed=2))
    await here.types("sam", "/unlock front door")
    await here.presses("ana", here.card(), "request.approve")
    assert here.unlocks() == 0
    assert "Approved so far: @Ana Lima" in here.card().rendered

    await here.presses("ana", here.card(), "request.approve")
    assert here.unlocks() == 0, "one person counted twice"

    await here.presses("ben", here.card("ben"), "request.approve")
    assert here.unlocks() == 1
    assert "Approved by @Ana Lima and @Ben" in here.card().rendered


async def test_a_request_that_nobody_decides_expires_and_says_so(here: Town) -> None:
    await here.set_rules(here.rule(expires_after=timedelta(minutes=30)))
    await here.types("sam", "/unlock front door")
    await here.turns(minutes=31)

    assert "Expired" in here.card().rendered
    assert any("Nobody decided" in words for words in here.told("sam"))
    assert here.unlocks() == 0


async def test_a_silent_channel_is_reminded_and_then_the_next_are_asked(here: Town) -> None:
    mia = here.id_of("mia")
    await here.set_rules(
        here.rule(
            approvers=Approvers(people=frozenset({here.id_of("ana")})),
            remind_after=timedelta(minutes=5),
            escalation=(
                EscalationStep(
                    after=timedelta(minutes=10), approvers=Approvers(people=frozenset({mia, here.id_of("ben")}))
                ),
            ),
            expires_after=timedelta(hours=1),
        )
    )
    await here.types("sam", "/unlock front door")
    await here.presses("ben", here.card("ben"), "request.approve")
    assert here.unlocks() == 0
    assert "not_yet" in await here.barred()

    await here.turns(minutes=6)
    reminders = [m.rendered for m in here.cards() if m.thread_ts]
    assert any("Still waiting" in words and "Ana" in words and "Ben" not in words for words in reminders)

    await here.turns(minutes=5)
    reminders = [m.rendered for m in here.cards() if m.thread_ts]
    assert any("Ben" in words for words in reminders)
    await here.presses("ben", here.card("ben"), "request.approve")
    assert here.unlocks() == 1


async def test_in_an_emergency_one_acts_first_and_somebody_else_must_look(here: Town) -> None:
    await here.set_rules(here.rule(break_glass=timedelta(hours=1)))
    await here.types("sam", "/unlock front door")
    await here.presses("sam", here.dm("sam"), "request.emergency")
    await here.sends("sam", {"reason.value": "There is smoke and we must get out now"})

    assert here.unlocks() == 1
    loud = [m.rendered for m in here.cards()]
    assert any("Emergency" in words and "There is smoke" in words for words in loud)

    card = next(m for m in here.cards("sam") if "[I have looked at it]" in m.rendered)
    await here.presses("sam", card, "request.reviewed")
    assert any("Somebody else has to look" in words for words in here.seen("sam") + _ephemeral(here, "sam"))
    await here.presses("ana", card, "request.reviewed")
    assert any("looked at it" in m.rendered and "[I have looked" not in m.rendered for m in here.cards())
    assert ("request.reviewed", "ok", here.id_of("ana")) in await here.audit()


async def test_an_emergency_that_nobody_looks_at_rings_at_the_admins_after_a_day(here: Town) -> None:
    await here.set_rules(here.rule(break_glass=timedelta(hours=1)))
    await here.types("sam", "/unlock front door")
    await here.presses("sam", here.dm("sam"), "request.emergency")
    await here.sends("sam", {"reason.value": "There is smoke and we must get out now"})
    await here.turns(days=1, minutes=1)

    assert any("Nobody has looked at the emergency" in words for words in here.told("mia"))


async def test_asking_for_somebody_else_carries_both_names(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/guest-code")
    view = here.w.slack.top("sam")
    await here.w.slack.options("sam", view, "code.doors", "gar")
    await here.sends(
        "sam",
        {
            "guest.value": "Dana",
            "doors.code.doors": ["Garage"],
            "when.code.when": "tomorrow 9-5",
            "colleague.value": here.id_of("ben"),
        },
    )

    assert "Asked by @Sam Okafor for @Ben" in here.card().rendered
    await here.presses("ben", here.card("ben"), "request.approve")
    assert "own_request" in await here.barred(), "Ben approved what was asked in his name"


def _ephemeral(here: Town, who: str) -> list[str]:
    return [m.rendered for m in here.w.slack.screen(who).channel("door-requests").messages if m.ephemeral]


async def _codes_of_sam(here: Town) -> list[GuestCode]:
    return list(await here.w.bot.db.read(lambda tx: tx.guest_codes.of_host("T0LATCH", here.id_of("sam"))))


async def test_a_request_that_ends_before_its_card_is_posted_has_one_card(here: Town) -> None:
    """Found by the chaos run: Slack was away until the request had expired, and then two cards were posted at once."""
    await here.set_rules(here.rule())
    (await here.w.slack.command("sam", "general", "/unlock front door")).expect_ok()
    await here.w.bot.handlers.desk.drain(10)
    here.w.slack.conditions.outage = Failure.status(500)
    await here.turns(days=3)
    here.w.slack.conditions.clear()
    await here.turns(minutes=5)
    cards = [c for c in here.cards() if "Front Door" in c.rendered]
    assert len(cards) == 1, [c.rendered for c in cards]
    assert sum("Your request: open Front Door" in words for words in here.told("sam")) == 1
