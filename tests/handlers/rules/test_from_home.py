"""Adding, editing and removing a rule from the Home tab, through signed requests into the running bot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.model import Origin, PersonRef
from bot.domain.policy.rule import Outcome
from tests.handlers.rules.acting import Admin
from tests.handlers.stage import Stage

START = "Members may use every door (until you change this rule)"


async def test_home_shows_everybody_their_doors_and_the_help_and_only_admins_the_rules(s: Stage, mia: Admin) -> None:
    sam = Admin(s, "sam")
    shown = await sam.opens_home()
    assert "Front Door" in shown
    assert "/unlock Front Door" in shown
    assert "RULES" not in shown
    assert "RULES" in await mia.opens_home()
    assert START in mia.home()


async def test_home_shows_only_doors_that_the_rules_give(s: Stage, mia: Admin) -> None:
    front = [f"door:{s.device('Front Door')}"]
    await mia.adds("No front door for Sam", "refuse", doors=front, who=[], people=["U0SAM"])
    shown = await Admin(s, "sam").opens_home()
    assert "• Front Door" not in shown
    assert "• Garage" in shown


async def test_home_of_somebody_from_outside_has_no_doors_in_it(s: Stage) -> None:
    assert "There is no door that you may open" in await Admin(s, "gus").opens_home()


async def test_the_messages_tab_publishes_no_home(s: Stage) -> None:
    (await s.w.slack.open_home("sam", tab="messages")).expect_ok()
    await s.w.settle()
    assert s.w.slack.screen("sam").home is None


async def test_a_rule_is_added_from_home(mia: Admin) -> None:
    await mia.starts_adding("Garage by day", hours="mon-fri 08:00-18:00", max_length="4 h", daily_cap="20")
    assert "New rule “Garage by day”" in mia.modal()
    assert "everyone in this workspace" in mia.modal()
    assert "Front Door" in mia.modal()
    assert await mia.rules() == [START]  # a preview changes nothing
    await mia.sends()
    assert "From now on this holds" in mia.modal()
    assert await mia.rules() == [START, "Garage by day"]
    assert "Garage by day" in mia.home()
    assert await mia.audit() == [("rules.changed", "ok", "", "U0MIA")]


async def test_a_rule_is_edited_from_home_and_what_the_form_does_not_show_stays(mia: Admin) -> None:
    await mia.adds("Nights", "refuse", hours="22:00-06:00")
    rule = await mia.rule("Nights")
    await mia.opens_rule(rule.rule_id)
    assert mia.typed("name") == "Nights"
    assert mia.typed("hours") == "22:00-06:00"
    await mia.sends(name="Long nights", hours="20:00-06:00")
    assert "hours: 22:00-06:00 → 20:00-06:00" in mia.modal()
    await mia.sends()
    assert await mia.rules() == [START, "Long nights"]
    assert (await mia.rule("Long nights")).rule_id == rule.rule_id


async def test_a_rule_is_removed_only_after_it_was_asked_once_more(mia: Admin) -> None:
    await mia.adds("Nights", "refuse", hours="22:00-06:00")
    rule_id = (await mia.rule("Nights")).rule_id
    await mia.opens_home()
    await mia.presses_in_home(f"rules.menu:{rule_id}", f"remove:{rule_id}")
    assert "Rule “Nights” is removed" in mia.modal()
    assert "Nights" in await mia.rules()
    await mia.sends()
    assert await mia.rules() == [START]
    assert "Nights" not in mia.home().split("RULES")[1]


async def test_the_starting_rule_can_be_changed_like_any_other(s: Stage, mia: Admin) -> None:
    await mia.opens_rule("start")
    await mia.chooses_outcome("refuse")
    await mia.sends(name="Nobody")
    await mia.sends()
    assert (await mia.rule("Nobody")).outcome is Outcome.REFUSE
    assert "does not allow it" in await s.types("sam", "/unlock Front Door")
    assert s.unlocks() == 0


async def test_another_outcome_shows_its_fields_and_keeps_what_was_typed(mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.add")
    mia.s.w.slack.fill("mia", None, {"rule.name": "Typed before"})
    assert "How many must approve" in mia.modal()
    await mia.chooses_outcome("refuse")
    assert "Approvers" not in mia.modal()
    assert "For how long at most" not in mia.modal()
    await mia.chooses_outcome("allow")
    assert "How often a day without asking" in mia.modal()
    assert "How many must approve" not in mia.modal()
    assert mia.typed("name") == "Typed before"


async def test_the_rarer_settings_open_on_a_press(mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.add")
    assert "In an emergency" not in mia.modal()
    await mia.presses("rules.more")
    assert "In an emergency" in mia.modal()
    await mia.sends(
        name="Server room",
        doors=["site:HQ"],
        who=["everyone"],
        people=["U0SAM"],
        approvers=["U0ANA", "U0BEN"],
        approver_ids="S0APPROVERS",
        channel="C0REQUESTS",
        approvals_needed="2",
        asking=["reason_required"],
        expires_after="4 h",
        remind_after="15 m",
        escalation="1h: U0MIA\n2h: S0APPROVERS U0SAM",
        break_glass="30 m",
        afterwards=["post_ended"],
        reminders="1d, 1h",
    )
    await mia.sends()
    rule = await mia.rule("Server room")
    assert rule.scope.sites == {"HQ"}
    assert rule.who.everyone
    assert rule.who.people == {"U0SAM"}
    assert rule.approvers.people == {"U0ANA", "U0BEN"}
    assert rule.approvers.user_groups == {"S0APPROVERS"}
    assert (rule.channel, rule.approvals_needed) == ("C0REQUESTS", 2)
    assert (rule.reason_required, rule.self_approval) == (True, False)
    assert [len(step.approvers.people | step.approvers.user_groups) for step in rule.escalation] == [1, 2]
    assert (rule.notify.ping_approvers, rule.notify.post_ended) == (False, True)
    assert rule.break_glass is not None
    assert rule.reminders is not None
    assert len(rule.reminders) == 2


async def test_the_preview_says_whom_the_rule_touches(mia: Admin) -> None:
    mia.s.w.slack.add_group("desk", ("sam", "gus"))
    group = next(g.id for g in mia.s.w.slack.workspace.people.groups.values() if g.handle == "desk")
    await mia.starts_adding("Desk", who=[], who_ids=group, doors=[f"door:{mia.s.device('Garage')}"])
    shown = mia.modal()
    assert "(2 now)" in shown
    assert "@Sam Okafor" in shown
    assert "@Gus Guest is a guest of the workspace: the rule does not count for them." in shown
    assert "At\nGarage" in shown


async def test_the_preview_warns_of_an_approver_who_left(s: Stage, mia: Admin) -> None:
    s.w.slack.add_user("lea", user_id="U0LEA", deactivated=True)
    await mia.starts_adding("Asks", "ask", approvers=["U0LEA", "U0ANA"])
    assert "is deactivated and cannot approve anything" in mia.modal()


async def test_back_from_the_preview_leaves_the_form_as_it_was(s: Stage, mia: Admin) -> None:
    await mia.starts_adding("Typed")
    await s.w.slack.close("mia")
    assert mia.title() == "New rule"
    assert mia.typed("name") == "Typed"
    assert await mia.rules() == [START]


async def test_saving_twice_saves_once(s: Stage, mia: Admin) -> None:
    await mia.starts_adding("Once")
    draft = s.w.slack.top("mia").content["private_metadata"]
    await mia.sends()
    assert "already used" in await mia.forges("rules.save", draft)
    assert await mia.rules() == [START, "Once"]


@pytest.mark.parametrize("action", ["rules.add", "rules.defaults", "rules.admins", "rules.menu:start"])
async def test_somebody_who_is_no_admin_opens_no_form_and_is_audited(s: Stage, mia: Admin, action: str) -> None:
    await s.delivers(
        {
            "type": "block_actions",
            "user": {"id": "U0SAM", "team_id": "T0LATCH"},
            "trigger_id": "7.7.a",
            "view": {"id": "V1", "type": "home"},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": "edit:start"}],
        }
    )
    await s.w.settle()
    assert not s.has_modal("sam")
    assert "Only admins can change the rules" in s.dm("sam")[-1]
    assert await mia.audit() == [("rules.refused", "denied", "not_an_admin", "U0SAM")]


@pytest.mark.parametrize("callback", ["rules.form", "rules.defaults_form", "rules.admins_form"])
async def test_a_form_forged_by_somebody_who_is_no_admin_changes_nothing(s: Stage, mia: Admin, callback: str) -> None:
    assert "Only admins can change the rules" in await Admin(s, "sam").forges(callback)
    assert await mia.rules() == [START]
    assert await mia.audit() == [("rules.refused", "denied", "not_an_admin", "U0SAM")]


async def test_an_admins_preview_is_nothing_to_somebody_else(s: Stage, mia: Admin) -> None:
    await mia.starts_adding("Mine")
    draft = s.w.slack.top("mia").content["private_metadata"]
    for who in ("sam", "ana"):
        assert "so I did nothing" in await Admin(s, who).forges("rules.save", draft)
    assert await mia.rules() == [START]


async def test_an_admin_who_was_dropped_meanwhile_saves_nothing(s: Stage, mia: Admin, ben: Admin) -> None:
    await ben.starts_adding("Too late")
    await mia.opens_home()
    await mia.presses_in_home("rules.admins")
    await mia.presses("rules.admin_drop:U0BEN")
    await mia.sends()
    await ben.sends()
    assert "Only admins can change the rules" in ben.modal()
    assert await mia.rules() == [START]


async def test_the_list_has_pages(mia: Admin) -> None:
    book, now = mia.s.w.bot.services.policy, await mia.policy()
    many = tuple(replace(now.rules[0], rule_id=f"r{n:03}", name=f"Rule {n:03}") for n in range(45))
    origin = Origin(surface="test", request_id="r")
    await book.put(replace(now, rules=many), based_on=0, editor=PersonRef(team_id="", user_id="x"), origin=origin)
    assert "Page 1 of 3 · 45 rules" in await mia.opens_home()
    await mia.presses_in_home("rules.page:more")
    assert "Page 2 of 3" in mia.home()
    assert "Rule 020" in mia.home()
    await mia.presses_in_home("rules.page:back")
    assert "Page 1 of 3" in mia.home()
