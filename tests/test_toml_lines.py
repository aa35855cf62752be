"""Where things stand in a TOML text."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import Phase, given, settings

from bot.domain.policy.policy import Policy
from bot.policy_file import dump
from bot.toml_lines import locate
from tests.domain.policy.world import full_policies

TEXT = """\
# a comment with [brackets] and = signs
title = "a # b"            # and another
list = [ "one", "two",
  # a comment, with a comma
  "three", [ "nested",
    "deep" ], { x = 1 },
  'four' ]

[a.b]
key = '''
[not.a.header]
also = "nothing"
'''
"quoted key" = 1
dotted.name = \"\"\"
x = 1\"\"\"

[[rule]]
id = "first"
[[rule.step]]
after = 1
[[rule.step]]
after = 2

[[rule]]
id = "second"
[[rule.step]]
after = 3"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("list",), 3),
        (("list", 0), 3),
        (("list", 1), 3),
        (("list", 2), 5),
        (("list", 3), 5),
        (("list", 4), 6),
        (("list", 5), 7),
        (("a", "b"), 9),
        (("a", "b", "key"), 10),
        (("a", "b", "quoted key"), 14),
        (("a", "b", "dotted", "name"), 15),
        (("rule", 0), 18),
        (("rule", 0, "id"), 19),
        (("rule", 0, "step", 0), 20),
        (("rule", 0, "step", 1, "after"), 23),
        (("rule", 1), 25),
        (("rule", 1, "step", 0, "after"), 28),
    ],
)
def test_each_thing_stands_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert locate(TEXT)[path] == line


def test_what_stands_in_a_string_is_no_key() -> None:
    assert ("not", "a", "header") not in locate(TEXT)
    assert ("a", "b", "also") not in locate(TEXT)


def test_an_empty_text_has_nothing_in_it() -> None:
    assert locate("") == {}
    assert locate("# nothing\n\n") == {}


@settings(max_examples=40, deadline=None, phases=set(Phase) - {Phase.explain})
@given(full_policies())
def test_everything_that_tomllib_reads_has_a_line_with_it(policy: Policy) -> None:
    text = dump(policy)
    places, lines = locate(text), text.split("\n")
    for number, rule in enumerate(tomllib.loads(text).get("rule", [])):
        assert lines[places[("rule", number)] - 1] == "[[rule]]"
        for key, value in rule.items():
            if key != "escalation":
                assert lines[places[("rule", number, key)] - 1].startswith(f"{key} = ")
            for index, _ in enumerate(value if isinstance(value, list) else []):
                assert ("rule", number, key, index) in places
