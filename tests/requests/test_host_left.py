"""A host's account is deactivated: the admins get the list, and what the rule ends is ended."""

from __future__ import annotations

import pytest

from bot.domain.policy.rule import Outcome
from tests.requests.town import Town


@pytest.mark.parametrize("ends", [True, False])
async def test_their_codes_are_listed_and_end_if_the_rule_says_so(here: Town, ends: bool) -> None:
    await here.set_rules(here.rule(outcome=Outcome.ALLOW, end_when_host_leaves=ends))
    await here.makes_code("sam", "Dana at Garage for 3 hours")
    await here.turns(minutes=1)
    (await here.w.slack.change_user("sam", deactivated=True)).expect_ok()
    await here.turns(minutes=1)
    await here.turns(minutes=2)
    assert any("still has 1 guest code" in words and "Garage" in words for words in here.told("mia"))
    on_lock = here.w.seam.truth.codes_on(here.w.seam.door("Garage").device_id)
    assert (on_lock == set()) is ends
    assert (("code.end", "ok") in [(a, o) for a, o, _ in await here.audit()]) is ends
