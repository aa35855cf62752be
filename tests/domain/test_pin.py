"""A PIN cannot leak, keeps each lock's rules, and is never one that people try first."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pin import CHECKS, CodeRules, Pin, choose_pin, is_weak, pin_problem

LENGTHS = st.sampled_from([(4,), (6,), (4, 6, 8), (5, 8), ()])


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>20}".format, "{!r}".format, lambda p: f"{[p]}"])
def test_no_way_of_printing_shows_the_digits(show: object) -> None:
    assert "482915" not in show(Pin("482915"))  # type: ignore[operator]


def test_json_and_pickle_refuse_it() -> None:
    with pytest.raises(TypeError):
        json.dumps({"pin": Pin("482915")})
    with pytest.raises(TypeError):
        pickle.dumps(Pin("482915"))


@pytest.mark.parametrize("digits", ["", "123", "1234567890123", "12a4", "١٢٣٤", "12 34", "-1234"])
def test_what_is_no_pin_is_refused_without_repeating_it(digits: str) -> None:
    with pytest.raises(ValueError) as refused:
        Pin(digits)
    assert not digits or digits not in str(refused.value)


def test_leading_zeros_matter() -> None:
    assert Pin("0042").reveal() == "0042"
    assert Pin("0042") != Pin("00042")
    assert len({Pin("0042"), Pin("0042")}) == 1


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        ("no_zeros", "482915", "482905"),
        ("cannot_start_with_12", "213456", "129876"),
        ("no_triple_consecutive_ints", "482915", "423456"),
        ("no_triple_consecutive_ints", "112233", "411129"),
        ("no_ascending_or_descending_sequence", "1235", "9876"),
        ("no_all_same_digits", "1112", "1111"),
        ("at_least_three_unique_digits", "1213", "1212"),
        ("unique_first_four_digits", "123411", "112345"),
        ("cannot_contain_089", "123457", "123458"),
        ("cannot_contain_0789", "123456", "123457"),
    ],
)
def test_each_rule_of_a_lock(constraint: str, good: str, bad: str) -> None:
    rules = CodeRules(lengths=(4, 6), constraints=frozenset({constraint}))
    assert pin_problem(Pin(good), rules) is None
    assert pin_problem(Pin(bad), rules) == CHECKS[constraint][1]


@pytest.mark.parametrize(
    ("lengths", "words"), [((6,), "it needs 6 digits"), ((4, 6, 8), "4, 6 or 8"), ((4, 5, 6), "4 to 6")]
)
def test_a_wrong_length_is_said_with_the_right_ones(lengths: tuple[int, ...], words: str) -> None:
    assert words in str(pin_problem(Pin("12345678901"), CodeRules(lengths=lengths)))


def test_under_a_rule_that_we_do_not_know_the_maker_chooses() -> None:
    rules = CodeRules(constraints=frozenset({"something_new"}))
    assert choose_pin(rules) is None
    assert pin_problem(Pin("482915"), rules) is not None


@given(LENGTHS, st.sets(st.sampled_from(sorted(CHECKS)), max_size=4))
def test_a_chosen_pin_keeps_every_rule(lengths: tuple[int, ...], constraints: set[str]) -> None:
    rules = CodeRules(lengths=lengths, constraints=frozenset(constraints))
    pin = choose_pin(rules)
    assert pin is None or (pin_problem(pin, rules) is None and not is_weak(pin.reveal()))


def test_of_ten_thousand_chosen_pins_none_is_weak() -> None:
    pins = [choose_pin(CodeRules(lengths=(4, 6, 8))) for _ in range(10_000)]
    assert all(pin is not None and len(pin) == 6 and not is_weak(pin.reveal()) for pin in pins)
    assert len(set(pins)) > 9_900


def test_a_taken_pin_is_not_chosen_again() -> None:
    rules = CodeRules(lengths=(4,), constraints=frozenset({"cannot_contain_0789"}))
    taken: set[Pin] = set()
    for _ in range(200):
        pin = choose_pin(rules, taken=taken)
        assert pin is not None
        assert pin not in taken
        taken.add(pin)


@pytest.mark.parametrize("digits", ["1111", "1234", "4321", "1212", "1122", "1984", "2026", "123123", "987654"])
def test_what_people_try_first_is_weak(digits: str) -> None:
    assert is_weak(digits)
