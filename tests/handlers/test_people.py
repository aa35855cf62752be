"""Who is let in: full members of this workspace, as Slack describes them at this moment; everybody else is refused
in words, and that is in the audit log."""

from __future__ import annotations

import pytest

from bot.sandbox.slack import Failure
from tests.handlers.stage import Stage


@pytest.mark.parametrize("typed", ["/unlock Front Door", "/lock Front Door", "/unlock", "/unlock door", "/unlock xyz"])
async def test_a_guest_of_the_workspace_is_refused_and_audited(s: Stage, typed: str) -> None:
    said = await s.types("gus", typed)
    assert "this workspace" in said or "of the workspace" in said
    assert "Back Door" not in said
    assert not s.has_modal("gus")
    rows = await s.audited()
    assert len(rows) == 1
    assert rows[0][1:] == ("note", "denied", "U0GUS")
    assert len(s.w.seam.truth) == 0


@pytest.mark.parametrize("typed", ["/doors", "/guest-code", "/guest-code Dana at Front Door tomorrow 09:00-17:00"])
async def test_a_guest_sees_no_doors_and_makes_no_codes(s: Stage, typed: str) -> None:
    said = await s.types("gus", typed)
    assert "this workspace" in said or "of the workspace" in said
    assert not s.has_modal("gus")
    assert await s.audited() == [("request.refused", "note", "denied", "U0GUS")]
    assert s.codes() == 0


async def test_a_guest_gets_no_form_by_shortcut_and_no_options(s: Stage) -> None:
    (await s.w.slack.shortcut("gus", "guest_code_new")).expect_ok()
    await s.w.settle()
    assert not s.has_modal("gus")
    assert "of this workspace" in s.dm("gus")[-1]
    answer = await s.delivers(
        {
            "type": "block_suggestion",
            "user": {"id": "U0GUS", "team_id": "T0LATCH"},
            "action_id": "door.search",
            "block_id": "door",
            "value": "",
        }
    )
    assert answer.json == {"options": []}


def press(user: str, team: str, value: str, trigger: str = "5.5.a") -> dict[str, object]:
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": team},
        "team": {"id": "T0LATCH"},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": "door.unlock", "block_id": "b", "value": value}],
    }


async def test_somebody_of_another_workspace_is_refused_at_a_button(s: Stage) -> None:
    (await s.delivers(press("U0EVE", "T0OTHER", s.device("Front Door")))).expect_ok()
    await s.w.settle()
    assert "other workspaces" in s.dm("eve")[-1]
    assert await s.audited() == [("door.unlock", "note", "denied", "U0EVE")]
    assert s.unlocks() == 0


async def test_a_foreign_account_that_names_our_team_is_seen_through(s: Stage) -> None:
    (await s.delivers(press("U0EVE", "T0LATCH", s.device("Front Door")))).expect_ok()
    await s.w.settle()
    assert ("door.unlock", "note", "denied", "U0EVE") in await s.audited()
    assert s.unlocks() == 0


async def test_bots_slackbot_and_deactivated_people_are_refused(s: Stage) -> None:
    robot = s.w.slack.add_user("robot", bot=True)
    gone = s.w.slack.add_user("gone", deactivated=True)
    for n, user in enumerate((robot.id, gone.id, "USLACKBOT", "U0NOBODY")):
        (await s.delivers(press(user, "T0LATCH", s.device("Front Door"), f"5.5.{n}"))).expect_ok()
    await s.w.settle()
    assert s.unlocks() == 0
    denied = {actor for _, _, outcome, actor in await s.audited() if outcome == "denied"}
    assert {robot.id, gone.id, "USLACKBOT", "U0NOBODY"} <= denied


@pytest.mark.parametrize("failure", [Failure.error("internal_error"), Failure.status(500), Failure.ratelimited(5)])
async def test_when_slack_cannot_say_who_it_is_nothing_is_done(s: Stage, failure: Failure) -> None:
    s.w.slack.conditions.fail_next("users.info", failure, times=3)
    assert "could not check with Slack who you are" in await s.types("sam", "/unlock Front Door")
    assert s.unlocks() == 0
    assert await s.audited() == [("request.refused", "note", "denied", "U0SAM")]


async def test_who_was_deactivated_a_second_ago_is_refused_now(s: Stage) -> None:
    await s.types("sam", "/unlock Front Door")
    await s.types("sam", "/lock Front Door")
    await s.w.slack.change_user("sam", deactivated=True)
    await s.w.settle()
    (await s.delivers(press("U0SAM", "T0LATCH", s.device("Front Door")))).expect_ok()
    await s.w.settle()
    assert s.unlocks() == 1
    assert ("door.unlock", "note", "denied", "U0SAM") in await s.audited()


async def test_who_was_made_a_guest_is_refused_at_the_old_button(s: Stage) -> None:
    await s.types("sam", "/doors")
    shown = s.last("sam")
    await s.w.slack.change_user("sam", restricted=True)
    block = next(b for b in shown.blocks if s.device("Garage") in str(b))
    assert "of the workspace" in await s.clicks("sam", f"{block['block_id']}.door.unlock", shown)
    assert s.unlocks() == 0
