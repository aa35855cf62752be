"""Nothing wrong happens, whoever clicks whatever, and the attempt is in the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.policy.rule import Outcome
from tests.requests.town import Town


async def test_nobody_approves_their_own_request(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("ana", "/unlock front door")
    await here.presses("ana", here.card(), "request.approve")

    assert here.unlocks() == 0
    assert await here.barred() == ["own_request"]


async def test_somebody_who_is_no_approver_decides_nothing(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("ana", "/unlock front door")
    await here.presses("sam", here.card("sam"), "request.approve")

    assert here.unlocks() == 0
    assert await here.barred() == ["not_approver"]


async def test_the_second_of_two_learns_who_was_first(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    card = here.card()
    await here.presses("ana", card, "request.approve")
    await here.presses("ben", card, "request.approve")

    heard = [m.rendered for m in here.cards("ben") if m.ephemeral]
    assert any("already approved" in words and "@Ana Lima" in words for words in heard)
    assert here.unlocks() == 1
    assert await here.barred() == ["already_decided"]


async def test_a_double_click_is_one_decision(here: Town) -> None:
    await here.set_rules(here.rule(approvals_needed=2))
    await here.types("sam", "/unlock front door")
    card = here.card()
    await here.presses("ana", card, "request.approve")
    await here.presses("ana", card, "request.approve")

    assert here.unlocks() == 0
    assert await here.barred() == ["already_decided"]


async def test_an_old_card_is_judged_by_todays_rules(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    card = here.card()
    no_longer = here.rule(outcome=Outcome.REFUSE, name="Closed for repairs")
    await here.set_rules(no_longer)
    await here.presses("ana", card, "request.approve")

    assert here.unlocks() == 0
    assert (await here.barred())[-1] in {"rules_refuse", "not_approver"}


async def test_an_approver_who_lost_the_right_meanwhile_decides_nothing(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    card = here.card()
    only_ben = replace(here.rule().approvers, people=frozenset({here.id_of("ben")}))
    await here.set_rules(here.rule(approvers=only_ben))
    await here.presses("ana", card, "request.approve")

    assert here.unlocks() == 0
    assert await here.barred() == ["not_approver"]


async def test_somebody_deactivated_after_asking_gets_nothing(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    await here.w.slack.change_user("sam", deactivated=True)
    await here.w.settle()
    await here.presses("ana", here.card(), "request.approve")

    assert here.unlocks() == 0


async def test_a_card_copied_into_another_channel_counts_for_nothing(here: Town) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    card = here.card()
    bot = here.w.slack.workspace.app.bot_user_id
    copied = here.w.slack.workspace.messages.post(
        here.w.slack.channel("general").id, bot, card.text, blocks=card.blocks, by_app=True
    )
    await here.presses("ana", copied, "request.approve")

    assert here.unlocks() == 0
    assert await here.barred() == ["copied_card"]


@pytest.mark.parametrize("value", ["", "x", "0" * 32 + ".1", "nonsense.1.2", "a" * 2000])
async def test_a_forged_value_does_nothing(here: Town, value: str) -> None:
    await here.set_rules(here.rule())
    await here.types("sam", "/unlock front door")
    live = here.w.slack.last("door-requests")
    for block in live.blocks:
        for element in block.get("elements", []):  # type: ignore[attr-defined]
            if element.get("action_id") == "request.approve":
                element["value"] = value
    await here.presses("ana", here.card(), "request.approve")

    assert here.unlocks() == 0


async def test_a_reason_that_the_rule_wants_is_asked_for(here: Town) -> None:
    await here.set_rules(here.rule(reason_required=True))
    await here.types("sam", "/unlock front door")
    assert here.w.slack.screen("sam").modal is not None
    await here.sends("sam", {"reason.value": "The courier is here"})

    assert "The courier is here" in here.card().rendered


async def test_three_open_requests_are_enough(here: Town) -> None:
    await here.set_rules(here.rule())
    for door in ("front door", "back door", "garage", "office lock"):
        await here.types("sam", f"/unlock {door}")

    assert "already have 3 open requests" in here.seen("sam")[-1]
    assert len([m for m in here.cards() if "[Approve]" in m.rendered]) == 3


async def test_without_a_channel_nobody_is_asked_and_the_admins_hear_of_it(here: Town) -> None:
    await here.set_rules(here.rule(channel="C0NOWHERE"))
    await here.types("sam", "/unlock front door")

    assert "I cannot ask anybody" in here.seen("sam")[-1]
    assert any("A request could not be made" in words for words in here.told("mia"))
    assert here.cards() == []


async def test_a_channel_shared_with_another_company_gets_no_requests(here: Town) -> None:
    await here.set_rules(here.rule(channel=here.w.slack.channel("facilities").id))
    await here.types("sam", "/unlock front door")

    assert "shared with another company" in here.seen("sam")[-1]


async def test_an_own_pin_cannot_wait_for_an_approval(here: Town) -> None:
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
            "pin.value": "413625",
        },
    )

    modal = here.w.slack.screen("sam").modal
    assert modal is not None
    assert "never keep a PIN" in modal.errors["pin"]
