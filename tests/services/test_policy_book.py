"""The rules in force: read by every act, changed by admins alone, one change at a time, each in the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.audit_export import as_record
from bot.domain.errors import NotAllowed, Refused
from bot.domain.model import Origin, Person, PersonKind, PersonRef
from bot.domain.policy.ask import Allow, AskApproval, Refuse
from bot.domain.policy.policy import Policy
from bot.domain.policy.proposal import Proposal
from bot.domain.policy.rule import EVERY_ACTION, Rule
from bot.services.policy_book import DEFAULTS, STARTING_RULE, Overtaken, PolicyBook, door_facts
from tests.domain.policy.world import approvers, ask, groups, people, rule
from tests.services.house import House

ORIGIN = Origin(surface="test", request_id="r1")
MIA = Person(team_id="T1", user_id="U0MIA", name="Mia", kind=PersonKind.MEMBER)
BEN = Person(team_id="T1", user_id="U0BEN", name="Ben", kind=PersonKind.MEMBER)
SAM = Person(team_id="T1", user_id="U0SAM", name="Sam", kind=PersonKind.MEMBER)
NIGHTS, DAYS = rule("nights", "refuse"), rule("days")


def book_of(house: House, *, channel: str | None = None) -> PolicyBook:
    """A book whose settings name Mia and Ben as admins."""
    admins = frozenset({"U0MIA", "U0BEN"})
    return PolicyBook(replace(house.services.context, admins=admins, approvals_channel=channel))


async def add(book: PolicyBook, new: Rule, *, based_on: int, editor: Person = MIA) -> Policy | Overtaken:
    return await book.carry_out(Proposal.add_rule(new, based_on=based_on), editor=editor, origin=ORIGIN)


async def log(house: House) -> list[dict[str, object]]:
    rows = await house.db.read(lambda tx: tx.audit.after(0))
    return [as_record(row) for row in rows]


def detail(record: Mapping[str, object]) -> Mapping[str, str]:
    found = record["detail"]
    assert isinstance(found, dict)
    return found


async def test_before_anything_is_saved_members_may_use_every_door(house: House) -> None:
    policy = await book_of(house).current()
    assert (policy.version, policy.rules) == (0, (STARTING_RULE,))
    for action in EVERY_ACTION:
        assert isinstance(policy.decide(ask(action)), Allow)


async def test_a_saved_rule_holds_for_everybody_at_once(house: House) -> None:
    one, other = book_of(house), book_of(house)
    await other.current()
    saved = await add(one, NIGHTS, based_on=0)
    assert isinstance(saved, Policy)
    assert (saved.version, saved.rules) == (1, (STARTING_RULE, NIGHTS))
    assert await other.current() == saved


async def test_a_change_is_audited_with_before_and_after_and_its_editor_is_remembered(house: House) -> None:
    book = book_of(house)
    await add(book, NIGHTS, based_on=0)
    longer = replace(NIGHTS, name="Longer nights")
    await book.carry_out(Proposal.change_rule(longer, based_on=1), editor=BEN, origin=ORIGIN)
    await book.carry_out(Proposal.remove_rule("nights", based_on=2), editor=MIA, origin=ORIGIN)
    records = await log(house)
    assert [(r["action"], r["outcome"], r["actor"], r["surface"]) for r in records] == [
        ("rules.changed", "ok", "U0MIA", "test"),
        ("rules.changed", "ok", "U0BEN", "test"),
        ("rules.changed", "ok", "U0MIA", "test"),
    ]
    names = [
        [None if d[word] == "null" else json.loads(d[word])["name"] for word in ("before", "after")]
        for d in map(detail, records)
    ]
    assert names == [[None, "Nights"], ["Nights", "Longer nights"], ["Longer nights", None]]
    assert [detail(r)["version"] for r in records] == ["1", "2", "3"]
    assert (await book.editors())["nights"] == MIA.ref


async def test_admins_and_defaults_are_audited_too_and_have_an_editor(house: House) -> None:
    book = book_of(house)
    await book.carry_out(Proposal.set_defaults(approvers("U0ANA", "S1"), "C1", based_on=0), editor=MIA, origin=ORIGIN)
    await book.carry_out(Proposal.name_admin("U0ANA", based_on=1), editor=BEN, origin=ORIGIN)
    first, second = await log(house)
    assert json.loads(detail(first)["after"])["defaults"] == {"approvers": ["U0ANA", "S1"], "channel": "C1"}
    assert json.loads(detail(second)["after"])["admins"] == ["U0ANA"]
    assert (await book.editors())[DEFAULTS] == BEN.ref


async def test_somebody_who_is_no_admin_changes_nothing_and_is_audited(house: House) -> None:
    book = book_of(house)
    with pytest.raises(NotAllowed, match="Only admins"):
        await add(book, DAYS, based_on=0, editor=SAM)
    with pytest.raises(NotAllowed):
        await book.save(Policy(), based_on=0, editor=SAM, origin=ORIGIN)
    assert (await book.current()).version == 0
    assert [(r["action"], r["outcome"], r["reason"], r["actor"]) for r in await log(house)] == [
        ("rules.refused", "denied", "not_an_admin", "U0SAM"),
        ("rules.refused", "denied", "not_an_admin", "U0SAM"),
    ]


@pytest.mark.parametrize("kind", [k for k in PersonKind if k is not PersonKind.MEMBER])
async def test_only_a_member_can_be_an_admin_whoever_is_named(house: House, kind: PersonKind) -> None:
    with pytest.raises(NotAllowed):
        await add(book_of(house), DAYS, based_on=0, editor=replace(MIA, kind=kind))


async def test_a_named_admin_may_change_the_rules_and_no_more_when_dropped(house: House) -> None:
    book = book_of(house)
    await book.carry_out(Proposal.name_admin("U0SAM", based_on=0), editor=MIA, origin=ORIGIN)
    assert isinstance(await add(book, DAYS, based_on=1, editor=SAM), Policy)
    await book.carry_out(Proposal.drop_admin("U0SAM", based_on=2), editor=MIA, origin=ORIGIN)
    with pytest.raises(NotAllowed):
        await add(book, NIGHTS, based_on=3, editor=SAM)


async def test_the_second_of_two_admins_overwrites_nothing_and_learns_what_the_first_changed(house: House) -> None:
    book = book_of(house)
    await add(book, NIGHTS, based_on=0)
    lost = await add(book, DAYS, based_on=0, editor=BEN)
    assert isinstance(lost, Overtaken)
    assert "New rule “Nights”" in str(lost)
    assert "Days" not in str(lost)
    assert (await book.current()).rules == (STARTING_RULE, NIGHTS)
    assert [(r["action"], r["reason"], r["actor"]) for r in await log(house)] == [
        ("rules.changed", None, "U0MIA"),
        ("rules.refused", "overtaken", "U0BEN"),
    ]


async def test_the_second_makes_the_change_anew_and_both_hold(house: House) -> None:
    book = book_of(house)
    await add(book, NIGHTS, based_on=0)
    mine = Proposal.add_rule(DAYS, based_on=0)
    assert isinstance(await book.carry_out(mine, editor=BEN, origin=ORIGIN), Overtaken)
    await book.carry_out(mine.moved_to(await book.current()), editor=BEN, origin=ORIGIN)
    assert (await book.current()).rules == (STARTING_RULE, NIGHTS, DAYS)


async def test_a_version_that_never_was_overwrites_nothing(house: House) -> None:
    book = book_of(house)
    for version in (-1, 1, 99):
        assert isinstance(await add(book, DAYS, based_on=version), Overtaken)
    assert (await book.current()).version == 0


async def test_rules_that_could_not_be_read_again_are_not_kept(house: House) -> None:
    book = book_of(house)
    with pytest.raises(Refused, match="Rule “Asks”: this rule asks, but names no approvers"):
        await add(book, rule("asks", "ask"), based_on=0)
    assert (await book.current()).version == 0


async def test_a_change_that_changes_nothing_makes_no_version(house: House) -> None:
    book = book_of(house)
    same = await book.save(await book.current(), based_on=0, editor=MIA, origin=ORIGIN)
    assert same.version == 0
    assert await log(house) == []


async def test_the_settings_channel_and_admins_hold_but_are_not_stored(house: House) -> None:
    book = book_of(house, channel="C0SET")
    assert (await book.current()).default_channel == "C0SET"
    await add(book, NIGHTS, based_on=0)
    elsewhere = await book_of(house, channel="C0NEW").current()
    assert (elsewhere.default_channel, elsewhere.admins) == ("C0NEW", frozenset())
    assert elsewhere.settings_admins == {"U0MIA", "U0BEN"}


async def test_a_change_of_the_settings_is_no_change_of_the_other_admin(house: House) -> None:
    await add(book_of(house, channel="C0SET"), NIGHTS, based_on=0)
    lost = await add(book_of(house, channel="C0NEW"), DAYS, based_on=0)
    assert isinstance(lost, Overtaken)
    assert [change.rule_id for change in lost.changes] == ["nights"]


async def test_rules_that_ask_and_refuse_come_back_as_they_were_saved(house: House) -> None:
    book = book_of(house)
    asks = rule("asks", "ask", approvers=approvers("U0ANA"), who=groups("S1"))
    await book.save(Policy(rules=(asks, NIGHTS)), based_on=0, editor=MIA, origin=ORIGIN)
    policy = await book_of(house).current()
    assert policy.rules == (asks, NIGHTS)
    assert isinstance(policy.decide(ask()), Refuse)
    assert await book.user_groups() == {"S1"}


async def test_every_user_group_that_rules_name_is_known(house: House) -> None:
    book = book_of(house)
    rules = (
        rule("a", "ask", approvers=approvers("S2")),
        rule("b", who=groups("S1")),
        rule("c", who=people("U1")),
    )
    await book.save(Policy(rules=rules, default_approvers=approvers("S3")), based_on=0, editor=MIA, origin=ORIGIN)
    assert await book.user_groups() == {"S1", "S2", "S3"}
    assert isinstance((await book.current()).decide(ask()), AskApproval)


async def test_an_older_version_can_still_be_read(house: House) -> None:
    book = book_of(house)
    await add(book, NIGHTS, based_on=0)
    await add(book, DAYS, based_on=1)
    assert (await book.at(0)).rules == (STARTING_RULE,)
    assert (await book.at(1)).rules == (STARTING_RULE, NIGHTS)


async def test_the_command_line_changes_rules_without_an_account(house: House) -> None:
    book = book_of(house)
    shell = PersonRef(team_id="", user_id="command-line")
    await book.put(Policy(rules=(DAYS,)), based_on=0, editor=shell, origin=ORIGIN)
    assert set((await book.editors()).values()) == {shell}


async def test_a_door_tells_the_rules_where_it_stands(house: House) -> None:
    door = next(d for d in await house.services.doors.all() if d.name == "Front Door")
    facts = door_facts(replace(door, site="HQ", groups=frozenset({"Outside"})))
    assert (facts.device_id, facts.site, facts.groups, facts.timezone) == (
        door.device_id,
        "HQ",
        frozenset({"Outside"}),
        door.timezone,
    )
