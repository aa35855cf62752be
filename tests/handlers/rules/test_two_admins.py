"""Two admins at the rules at the same time: no change is lost, the slower one is told, and both are in the log."""

from __future__ import annotations

import asyncio

from tests.handlers.rules.acting import Admin
from tests.handlers.stage import Stage

START = "Members may use every door (until you change this rule)"
NAMED = ("rules.changed", "ok", "", "U0MIA")  # Ben, as an admin


async def test_two_who_add_at_once_both_get_their_rule_and_the_second_learns_of_the_first(
    s: Stage, mia: Admin, ben: Admin
) -> None:
    await mia.starts_adding("Mias rule")
    await ben.starts_adding("Bens rule", "refuse", hours="22:00-06:00")
    await mia.sends()
    await ben.sends()
    assert ben.title() == "The rules have changed"
    assert "New rule “Mias rule”" in ben.modal()
    assert "Bens rule" not in ben.modal()
    assert await mia.rules() == [START, "Mias rule"]
    await ben.sends()  # Show my change
    assert ben.title() == "Preview"
    assert "New rule “Bens rule”" in ben.modal()
    assert "Mias rule" not in ben.modal()
    await ben.sends()  # Save
    assert await mia.rules() == [START, "Mias rule", "Bens rule"]
    assert await mia.audit() == [
        NAMED,
        ("rules.changed", "ok", "", "U0MIA"),
        ("rules.refused", "denied", "overtaken", "U0BEN"),
        ("rules.changed", "ok", "", "U0BEN"),
    ]


async def test_two_who_press_save_in_the_same_moment_lose_nothing(s: Stage, mia: Admin, ben: Admin) -> None:
    for number in range(5):
        await mia.starts_adding(f"Mia {number}")
        await ben.starts_adding(f"Ben {number}")
        await asyncio.gather(mia.sends(), ben.sends())
        titles = sorted((mia.title(), ben.title()))
        assert titles == ["Saved", "The rules have changed"]
        loser = mia if mia.title() != "Saved" else ben
        await loser.sends()
        await loser.sends()
        assert loser.title() == "Saved"
    assert len(await mia.rules()) == 11
    audit = await mia.audit()
    assert audit.count(("rules.changed", "ok", "", "U0MIA")) == 6  # Ben's naming is one of them
    assert audit.count(("rules.changed", "ok", "", "U0BEN")) == 5
    assert len([row for row in audit if row[2] == "overtaken"]) == 5


async def test_two_who_edit_one_rule_see_what_they_would_undo(s: Stage, mia: Admin, ben: Admin) -> None:
    await mia.opens_rule("start")
    await ben.opens_rule("start")
    await mia.sends(hours="mon-fri 08:00-18:00")
    await mia.sends()
    await ben.sends(name="Everybody")
    assert ben.title() == "The rules have changed"
    assert "hours: at any time → Mon-Fri 08:00-18:00" in ben.modal()
    await ben.sends()
    assert "hours: Mon-Fri 08:00-18:00 → at any time" in ben.modal()  # what Ben's form would undo
    assert "name: " in ben.modal()
    assert (await mia.rule(START)).hours


async def test_an_edit_of_a_rule_that_is_gone_adds_it_again_only_when_asked(s: Stage, mia: Admin, ben: Admin) -> None:
    await mia.adds("Nights", "refuse", hours="22:00-06:00")
    rule_id = (await mia.rule("Nights")).rule_id
    await ben.opens_rule(rule_id)
    await mia.opens_home()
    await mia.presses_in_home(f"rules.menu:{rule_id}", f"remove:{rule_id}")
    await mia.sends()
    await ben.sends(name="Longer nights", hours="20:00-06:00")
    assert "Rule “Nights” is removed" in ben.modal()
    await ben.sends()
    assert "New rule “Longer nights”" in ben.modal()
    await ben.sends()
    assert await mia.rules() == [START, "Longer nights"]
    assert (await mia.rule("Longer nights")).rule_id == rule_id


async def test_two_who_remove_one_rule_remove_it_once(s: Stage, mia: Admin, ben: Admin) -> None:
    for admin in (mia, ben):
        await admin.opens_home()
        await admin.presses_in_home("rules.menu:start", "remove:start")
    await mia.sends()
    await ben.sends()
    assert ben.title() == "The rules have changed"
    await ben.sends()
    assert "somebody has removed it" in ben.modal()
    assert await mia.rules() == []


async def test_an_old_home_offers_a_rule_that_is_gone_and_says_so(s: Stage, mia: Admin, ben: Admin) -> None:
    await ben.opens_home()
    await mia.opens_home()
    await mia.presses_in_home("rules.menu:start", "remove:start")
    await mia.sends()
    await ben.presses_in_home("rules.menu:start", "edit:start")
    assert not s.has_modal("ben")
    assert "That rule is gone by now" in s.dm("ben")[-1]
