"""A PIN shows itself to nobody who does not ask; the ones we choose are such as a lock takes and nobody guesses."""

from __future__ import annotations

import copy
import json
import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pin import CHECKS, NOT_ABOUT_DIGITS, CodeRules, Pin, choose_pin, is_weak, pin_problem

DIGITS = "73914628"


@pytest.mark.parametrize(
    "shown",
    [repr, str, format, lambda p: f"{p}", lambda p: f"{p!r:>20}", lambda p: f"{p:>12}", lambda p: "%s %r" % (p, p)],  # noqa: UP031
)
def test_it_prints_as_dots_however_it_is_printed(shown: object) -> None:
    text = shown(Pin(DIGITS))  # type: ignore[operator]
    assert not set(text) & set(string.digits)
    assert "•" in text


@pytest.mark.parametrize("kept", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy])
def test_it_cannot_be_written_down_or_copied(kept: object) -> None:
    with pytest.raises(TypeError) as refused:
        kept(Pin(DIGITS))  # type: ignore[operator]
    assert DIGITS not in str(refused.value)


def test_it_has_no_attributes_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Pin(DIGITS))


@pytest.mark.parametrize(
    "bad", ["", "123", "1234567890123", "12a4", "12 34", "１２３４", "٤٤٤٤", "-1234", "12.4", "1234\n"]
)
def test_what_is_no_pin_is_refused_without_repeating_it(bad: str) -> None:
    with pytest.raises(ValueError, match="4 to 12 digits") as refused:
        Pin(bad)
    assert not bad or bad not in str(refused.value)


def test_leading_zeros_count() -> None:
    assert Pin("0042") != Pin("42000")
    assert Pin("0042").reveal() == "0042"
    assert len(Pin("0042")) == 4


def test_equal_pins_are_equal_and_nothing_else_is() -> None:
    assert Pin("4827") == Pin("4827")
    assert hash(Pin("4827")) == hash(Pin("4827"))
    assert Pin("4827") != "4827"
    assert len({Pin("4827"), Pin("4827"), Pin("4828")}) == 2


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        ("no_zeros", "1234", "1204"),
        ("cannot_start_with_12", "2134", "1234"),
        ("no_triple_consecutive_ints", "1247", "1236"),
        ("no_triple_consecutive_ints", "1224", "1444"),
        ("no_triple_consecutive_ints", "9724", "9876"),
        ("no_ascending_or_descending_sequence", "1243", "1234"),
        ("no_ascending_or_descending_sequence", "4312", "4321"),
        ("no_all_same_digits", "1112", "1111"),
        ("at_least_three_unique_digits", "1123", "1122"),
        ("unique_first_four_digits", "12341", "12314"),
        ("cannot_contain_089", "1234567", "1284"),
        ("cannot_contain_0789", "123456", "1274"),
    ],
)
def test_each_rule_of_a_lock_is_kept_and_said(constraint: str, good: str, bad: str) -> None:
    rules = CodeRules(constraints=frozenset({constraint}))
    assert pin_problem(Pin(good), rules) is None
    assert pin_problem(Pin(bad), rules) == CHECKS[constraint][1]


def test_every_rule_we_know_is_in_the_table_above() -> None:
    table = test_each_rule_of_a_lock_is_kept_and_said.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0] for row in table} == set(CHECKS)


@pytest.mark.parametrize("name", sorted(NOT_ABOUT_DIGITS))
def test_rules_about_other_things_do_not_hinder(name: str) -> None:
    assert CodeRules(constraints=frozenset({name})).pin_may_be_chosen


def test_with_a_rule_that_we_do_not_know_the_maker_chooses() -> None:
    rules = CodeRules(constraints=frozenset({"a_new_one"}))
    assert choose_pin(rules) is None
    assert pin_problem(Pin("4827"), rules) == "this lock picks its own PINs; leave the field empty"


@pytest.mark.parametrize(
    ("lengths", "words"),
    [((4,), "4"), ((4, 6, 8), "4, 6 or 8"), ((4, 5, 6, 7), "4 to 7"), ((4, 6), "4 or 6"), ((), "4 to 8")],
)
def test_lengths_are_said_as_people_say_them(lengths: tuple[int, ...], words: str) -> None:
    assert pin_problem(Pin("123456789"), CodeRules(lengths=lengths)) == f"it needs {words} digits"


@given(
    lengths=st.sets(st.integers(4, 12), max_size=4).map(lambda s: tuple(sorted(s))),
    constraints=st.sets(st.sampled_from(sorted(set(CHECKS) | NOT_ABOUT_DIGITS))).map(frozenset),
)
def test_a_chosen_pin_keeps_every_rule_or_there_is_none(lengths: tuple[int, ...], constraints: frozenset[str]) -> None:
    rules = CodeRules(lengths=lengths, constraints=constraints)
    pin = choose_pin(rules)
    if pin is not None:
        assert pin_problem(pin, rules) is None
        assert not is_weak(pin.reveal())
        assert len(pin) in rules.allowed_lengths


def test_ten_thousand_chosen_pins_have_no_weak_one_and_the_wanted_length() -> None:
    chosen = [choose_pin(CodeRules(lengths=(4, 6, 8))) for _ in range(10_000)]
    assert all(pin is not None and len(pin) == 6 and not is_weak(pin.reveal()) for pin in chosen)
    assert len(set(chosen)) > 9_900


def test_none_is_chosen_that_is_taken() -> None:
    rules = CodeRules(lengths=(4,), constraints=frozenset({"cannot_contain_0789"}))
    taken: set[Pin] = set()
    while (pin := choose_pin(rules, taken=taken)) and len(taken) < 400:
        assert pin not in taken
        taken.add(pin)
    assert len(taken) == 400


@pytest.mark.parametrize(
    "digits", ["1111", "1212", "1234", "4321", "123456", "111222", "123123", "1987", "2024", "0000"]
)
def test_what_people_try_first_is_weak(digits: str) -> None:
    assert is_weak(digits)


@pytest.mark.parametrize("digits", ["4827", "739146", "39174628"])
def test_what_nobody_tries_first_is_not(digits: str) -> None:
    assert not is_weak(digits)
