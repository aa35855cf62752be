"""docs/rules.md says what is so: its example loads, its table of answers holds, and it knows every key."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.model import Action, PersonKind
from bot.domain.policy.ask import Actor, Allow, AskApproval, DoorFacts, Refuse
from bot.domain.policy.from_dict import RULE_KEYS
from bot.domain.policy.policy import Policy
from bot.policy_file import dump, load
from tests.domain.policy.world import BERLIN, HOUR, actor, ask, door, window

DOC = (Path(__file__).parent.parent / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.fixture
def example() -> Policy:
    found = re.search(r"```toml\n(.*?)```", DOC, re.DOTALL)
    assert found is not None
    return load(found[1])


def test_the_example_loads_and_comes_back(example: Policy) -> None:
    assert len(example.rules) == 5
    assert load(dump(example)) == example


@pytest.mark.parametrize("key", sorted(RULE_KEYS - {"escalation"}))
def test_every_key_is_explained(key: str) -> None:
    assert f"`{key}`" in DOC


FRONT = door(device_id="front", site="Berlin", groups=frozenset())
SERVERS = door(device_id="6aae9d08-fed6-4ca5-8328-e36849ab48fe", site="Berlin", groups=frozenset())
BASEMENT = door(device_id="cellar", site="Berlin", groups=frozenset({"Basement"}))
MEMBER, ADMIN = actor("UMEMBER"), actor("U024BE7LH")
DESK = actor("UDESK", groups=frozenset({"S0614TZR7"}))
ELECTRICIAN = actor("U0ELEC7RC", team_id="T061EG9R6", kind=PersonKind.EXTERNAL)
SATURDAY, SUNDAY, TUESDAY = 7, 8, 10  # of March 2026

ROWS: list[tuple[Actor, DoorFacts, int, int, type, str | None]] = [
    (MEMBER, FRONT, TUESDAY, 10, Allow, "berlin-weekdays"),
    (MEMBER, FRONT, SUNDAY, 10, AskApproval, None),
    (MEMBER, FRONT, TUESDAY, 23, Refuse, "nights"),
    (MEMBER, SERVERS, TUESDAY, 10, AskApproval, "server-room"),
    (ADMIN, SERVERS, TUESDAY, 10, AskApproval, "server-room"),
    (ELECTRICIAN, BASEMENT, SATURDAY, 9, Allow, "electrician"),
    (ELECTRICIAN, FRONT, SATURDAY, 9, Refuse, None),
]


@pytest.mark.parametrize(("who", "where", "day", "hour", "kind", "rule_id"), ROWS)
def test_the_table_of_answers_holds(
    example: Policy, who: Actor, where: DoorFacts, day: int, hour: int, kind: type, rule_id: str | None
) -> None:
    decision = example.decide(ask(who=who, door=where, now=datetime(2026, 3, day, hour, tzinfo=BERLIN)))
    assert (type(decision), decision.rule_id) == (kind, rule_id)


def test_the_front_desk_orders_a_code_into_the_night(example: Policy) -> None:
    evening = window(datetime(2026, 3, TUESDAY, 21, tzinfo=BERLIN), 2 * HOUR)
    decision = example.decide(ask(Action.GUEST_CODE, DESK, door=FRONT, window=evening))
    assert decision.rule_id == "front-desk-codes"
