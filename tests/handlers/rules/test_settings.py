"""Who decides where no rule says, in which channel, and who the admins are."""

from __future__ import annotations

from tests.handlers.rules.acting import Admin
from tests.handlers.stage import Stage


async def test_the_defaults_are_set_from_home_after_a_preview(mia: Admin) -> None:
    await mia.opens_home()
    assert "it is refused: there are no default approvers" in mia.home()
    await mia.presses_in_home("rules.defaults")
    await mia.sends(approvers=["U0ANA"], approver_ids="S0APPROVERS", channel="C0REQUESTS")
    assert "The default approvers: nobody → @Ana Lima, user group @group" in mia.modal()
    assert (await mia.policy()).version == 0
    await mia.sends()
    policy = await mia.policy()
    assert policy.default_approvers.people == {"U0ANA"}
    assert policy.default_approvers.user_groups == {"S0APPROVERS"}
    assert policy.default_channel == "C0REQUESTS"
    assert "these are asked: @Ana Lima, user group" in mia.home()
    assert await mia.audit() == [("rules.changed", "ok", "", "U0MIA")]


async def test_wrong_defaults_stand_at_their_fields(mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.defaults")
    await mia.sends(approver_ids="ana")
    assert "not an id" in mia.errors()["approver_ids"]
    await mia.sends(approver_ids="S0NONE")
    assert "no user group S0NONE" in mia.errors()["approver_ids"]
    await mia.sends(approver_ids="", channel="C0FACILITIES")
    assert "shared with another company" in mia.errors()["channel"]


async def test_defaults_on_which_a_rule_rests_cannot_be_taken_away(mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.defaults")
    await mia.sends(approvers=["U0ANA"])
    await mia.sends()
    await mia.adds("Asks", "ask", doors=["site:HQ"])
    await mia.opens_home()
    await mia.presses_in_home("rules.defaults")
    await mia.sends(approvers=[])
    await mia.sends()
    assert "Rule “Asks”: this rule asks, but names no approvers" in mia.modal()
    assert (await mia.policy()).default_approvers.people == {"U0ANA"}


async def test_an_admin_is_named_and_taken_out_again(s: Stage, mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.admins")
    assert "@Mia Berger (named in LATCHKEY_ADMINS)" in mia.modal()
    await mia.sends(admin="U0BEN")
    assert "The admins: nobody → @Ben Ito" in mia.modal()
    await mia.sends()
    assert "RULES" in await Admin(s, "ben").opens_home()
    await mia.opens_home()
    await mia.presses_in_home("rules.admins")
    await mia.presses("rules.admin_drop:U0BEN")
    await mia.sends()
    assert "RULES" not in await Admin(s, "ben").opens_home()
    assert (await mia.policy()).admins == frozenset()


async def test_only_a_member_of_the_workspace_can_be_named(mia: Admin) -> None:
    for who in ("U0GUS", "U0EVE", "USLACKBOT"):
        await mia.opens_home()
        await mia.presses_in_home("rules.admins")
        await mia.sends(admin=who)
        assert "Only a member of this workspace" in mia.errors()["admin"]
        await mia.s.w.slack.close("mia", everything=True)


async def test_an_admin_of_the_settings_cannot_be_taken_out_here(s: Stage, mia: Admin, ben: Admin) -> None:
    await s.delivers(
        {
            "type": "block_actions",
            "user": {"id": "U0BEN", "team_id": "T0LATCH"},
            "trigger_id": "8.8.a",
            "view": {"id": "V1", "type": "modal"},
            "actions": [{"type": "button", "action_id": "rules.admin_drop:U0MIA", "block_id": "b", "value": "U0MIA"}],
        }
    )
    await s.w.settle()
    assert "LATCHKEY_ADMINS" in s.dm("ben")[-1]


async def test_nobody_chosen_is_said_at_the_field(mia: Admin) -> None:
    await mia.opens_home()
    await mia.presses_in_home("rules.admins")
    await mia.sends()
    assert "Choose somebody" in mia.errors()["admin"]
