"""The policy file: there and back, and every mistake with its line."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.errors import BotError
from bot.domain.policy.policy import Policy
from bot.policy_file import FileMistake, PolicyFileErrors, dump, load
from tests.domain.policy.world import approvers, full_policies, policy, rule

SOME = settings(max_examples=60, deadline=None, phases=set(Phase) - {Phase.explain})

# Each line with a mistake says so behind #!, by a part of the message that has to come with that line.
BAD = """\
version = "three"                            #! “version” has to be a whole number
admin = ["UADMIN"]                           #! no key “admin”
admins = ["ana"]                             #! “ana” in “admins” is not an id

[defaults]
channel = "#doors"                           #! “#doors” is not a channel's id

[[rule]]
id = "first"
name = "First"
outcome = "permit"                           #! there is no outcome “permit”
everything = true                            #! everything = true contradicts sites
sites = ["Berlin"]
who = "everyone"                             #! “who” has to be a list
actions = ["unlock", "opne"]                 #! there is no action “opne”
hours = [
  "mon-fri 08:00-18:00",
  "moonday 08:00-18:00",                     #! there is no weekday “moonday”
  "sat 25:00-26:00",                         #! there is no time 25:00
  "8 to 6",                                  #! is not a range of hours
  "sun 08:00-08:00",                         #! start and end at the same time
]
max_length = "-4h"                           #! “max_length” is negative
max_ahead = "a while"                        #! is not a length of time

[[rule]]
id = "second"
name = "Second"
outcome = "ask"
doors = ["d1"]
who = ["everyone", "@ana", 7]                #! “@ana” in “who” is not an id
#! “who” has 7 in it
aprovers = ["UBOSS"]                         #! a rule has no key “aprovers”
approvals_needed = 5                         #! “approvals_needed” is 5

[[rule]]
id = "first"                                 #! two rules with the id “first”
name = unquoted                              #! this is not TOML
outcome = "ask"
everything = true
who = ["everyone"]
approvers = ["UBOSS"]
daily_cap = 3                                #! daily_cap means nothing

[[rule.escalation]]
after = "2h"
approvers = ["UCHIEF", "D0123"]              #! “D0123” in “approvers” is not an id

[[rule]
#! this is not TOML
id = "Fourth!"                               #! “Fourth!” cannot be an id
name = "Fourth"
outcome = "refuse"
who = ["U1", "U1"]                           #! “U1” is in “who” twice
doors = []
max_length = "1h"                            #! max_length with outcome = "refuse"
reminders = ["1h", "1d"]                     #! the reminders are not in order
break_glass = "1h"                           #! break_glass means nothing
approvers = ["U1", "T1/U1"]
approvals_needed = 2                         #! only 1 person can approve
post_allowed = "yes"                         #! “post_allowed” has to be true or false
"""


def expected(text: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if "#! " in line:
            own = number if line.partition("#!")[0].strip() else number - 1
            found.append((own, line.partition("#! ")[2].strip()))
    return found


def mistakes(text: str) -> tuple[FileMistake, ...]:
    with pytest.raises(PolicyFileErrors) as caught:
        load(text)
    return caught.value.mistakes


def all_mistakes(text: str) -> tuple[FileMistake, ...]:
    """Like `mistakes`, for a file that may have none."""
    try:
        load(text)
    except PolicyFileErrors as errors:
        return errors.mistakes
    return ()


def test_a_file_with_thirty_kinds_of_mistakes_reports_each_with_its_line_and_a_fix() -> None:
    wanted, found = expected(BAD), list(mistakes(BAD))
    for line, part in wanted:
        hit = next((m for m in found if m.line == line and part in m.message), None)
        assert hit is not None, f"line {line}: {part}\n" + "\n".join(map(str, found))
        assert hit.fix
        found.remove(hit)
    assert not found  # one mistake is reported once, and no mistake causes the report of another
    assert len(wanted) >= 30


def test_all_mistakes_are_in_the_error_in_the_order_of_lines() -> None:
    with pytest.raises(BotError) as caught:
        load(BAD)
    lines = str(caught.value).splitlines()
    assert "nothing was changed" in lines[0]
    assert len(lines) - 1 == len(mistakes(BAD))
    assert [m.line for m in mistakes(BAD)] == sorted(m.line for m in mistakes(BAD))


@SOME
@given(full_policies(), st.booleans())
def test_a_policy_comes_back_from_its_file_as_it_went(one: Policy, windows: bool) -> None:
    text = dump(one).replace("\n", "\r\n") if windows else dump(one)
    # What is drawn may ask without anybody to ask, or need more approvers than there are: nothing else.
    wrong = [m.message for m in all_mistakes(text)]
    assert not [m for m in wrong if "default approvers" not in m and "can approve" not in m]
    if not wrong:
        assert load(text) == one
        assert dump(load(text)) == dump(one)


def test_the_admins_of_the_settings_are_not_in_the_file() -> None:
    one = policy(rule("r"), admins=frozenset({"UADMIN"}), settings_admins=frozenset({"UROOT"}))
    assert "UROOT" not in dump(one)
    assert load(dump(one)) == one


@pytest.mark.parametrize("name", ['Quote " and \\ slash', "Ünïcödé – 門", "# no comment", "[[rule]]", "a = b", "it's"])
def test_names_may_look_like_toml(name: str) -> None:
    one = policy(rule("r", name=name), rule("s"))
    assert load(dump(one)) == one


def test_an_empty_file_is_a_policy_that_allows_nothing() -> None:
    assert load("") == Policy()
    assert load("\ufeff# only a comment\n") == Policy()


def test_a_file_of_something_else_is_one_error_not_a_crash() -> None:
    for text in ("{" * 100, "\x00", "<html>\n" * 40, "a\n" * 100, '"""', "[", "rule = 3", "x = [", "\n\nx = '''\nabc"):
        assert mistakes(text)


@settings(max_examples=200, deadline=None, phases=set(Phase) - {Phase.explain})
@given(st.data())
def test_a_damaged_file_is_a_policy_or_a_list_of_mistakes(data: st.DataObject) -> None:
    text = dump(policy(rule("r", hours=("mon-fri 08:00-18:00",)), rule("s", "ask", approvers=approvers("U1", "U2"))))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damaged = text[:start] + data.draw(st.text(alphabet="[]{}\"'=#,\\\n ab1", max_size=6)) + text[end:]
    count = damaged.count("\n") + 1
    for mistake in all_mistakes(damaged):
        assert 1 <= mistake.line <= count
        assert mistake.message
        assert mistake.fix


def test_a_list_that_is_not_closed_is_reported_where_it_opens() -> None:
    found = mistakes('version = 1\nadmins = ["U1",\n  "U2"\n\n[defaults]\nchannel = "doors"\n')
    assert (found[0].line, found[0].fix) == (2, "close the list with ]")
    assert any(m.line == 6 for m in found)


def test_what_only_seems_to_be_missing_is_not_reported() -> None:
    text = dump(policy(rule("r"))).replace('outcome = "allow"', "outcome = allow")
    assert len(mistakes(text)) == 1


def test_a_rule_that_asks_needs_somebody_to_ask() -> None:
    found = mistakes(dump(policy(rule("r", "ask"), default=approvers())))
    assert len(found) == 1
    assert "no approvers" in found[0].message


def test_more_approvals_than_default_approvers_are_a_mistake() -> None:
    two = rule("r", "ask", approvals_needed=2)
    assert "only 1 person can approve" in mistakes(dump(policy(two, default=approvers("U1"))))[0].message
    for enough in (approvers("U1", "U2"), approvers("S1")):
        one = policy(two, default=enough)
        assert load(dump(one)) == one


def test_the_order_of_rules_is_kept_and_the_text_is_stable() -> None:
    one = policy(rule("b"), rule("a"))
    assert [r["id"] for r in tomllib.loads(dump(one))["rule"]] == ["b", "a"]
    assert dump(one) == dump(replace(one))
