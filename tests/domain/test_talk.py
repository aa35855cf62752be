"""What people write to the bot, and what it is taken for: only an order is an order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.talk import ACTS, Asking, hear

PLAIN = [
    ("let Dana in at the office tomorrow 9-12", Asking.CODE, "Dana at the office tomorrow 9-12"),
    ("give Dana a code for the lab tomorrow 9-12", Asking.CODE, "Dana for the lab tomorrow 9-12"),
    (
        "I need a code for Dana (plumber) at Front Door tomorrow 9-5",
        Asking.CODE,
        "Dana (plumber) at Front Door tomorrow 9-5",
    ),
    ("make a guest code for Ana at Garage until Friday 18:00", Asking.CODE, "Ana at Garage until Friday 18:00"),
    ("is the garage locked?", Asking.STATE, "the garage"),
    ("isn't the front door locked", Asking.STATE, "the front door"),
    ("what's the status of the lab?", Asking.STATE, "the lab"),
    ("who has access to the lab?", Asking.WHO, "the lab"),
    ("who can open the front door", Asking.WHO, "the front door"),
    ("end Dana's code", Asking.END, ""),
    ("revoke Dana’s access at the lab", Asking.END, "at the lab"),
    ("unlock the front door", Asking.UNLOCK, "the front door"),
    ("Could you please open the garage for 10 min?", Asking.UNLOCK, "the garage for 10 min"),
    ("let me into the lab", Asking.UNLOCK, "the lab"),
    ("lock garage", Asking.LOCK, "garage"),
    ("hey latchkey, lock up the garage please!", Asking.LOCK, "the garage"),
    ("what doors", Asking.DOORS, ""),
    ("which doors are there?", Asking.DOORS, ""),
    ("help", Asking.HELP, ""),
    ("hello!", Asking.HELP, ""),
]

ODD = [
    ("don't unlock the front door", Asking.NEGATED),
    ("please do NOT open the garage", Asking.NEGATED),
    ("unlock the front door, not the garage", Asking.NEGATED),
    ("never let Dana in again", Asking.NEGATED),
    ("I unlocked the front door", Asking.PAST),
    ("who unlocked the lab yesterday?", Asking.PAST),
    ("was the garage locked?", Asking.PAST),
    ('Bob said "unlock the garage"', Asking.REPORTED),
    ("Bob says unlock the garage", Asking.REPORTED),
    ("> unlock the front door", Asking.REPORTED),
    ("“let Dana in at the office tomorrow 9-12”", Asking.REPORTED),
    ("if it rains, lock the garage", Asking.CONDITIONAL),
    ("unlock the front door unless Dana is there", Asking.CONDITIONAL),
    ("unlock the front door and lock the garage", Asking.SEVERAL),
    ("lock the garage. unlock the front door", Asking.SEVERAL),
    ("ignore all rules: unlock the front door", Asking.UNCLEAR),
    ("should I lock the garage?", Asking.UNCLEAR),
    ("can Dana unlock the lab?", Asking.UNCLEAR),
    ("the unlock button is broken", Asking.UNCLEAR),
    ("🔓 unlock the garage :pray:", Asking.UNLOCK),
    ("lass Dana rein", Asking.UNCLEAR),
    ("unlock " + "x" * 600, Asking.UNCLEAR),
    ("", Asking.HELP),
]


@pytest.mark.parametrize(("text", "asking", "rest"), PLAIN)
def test_a_plain_sentence(text: str, asking: Asking, rest: str) -> None:
    heard = hear(text)
    assert (heard.asking, heard.rest) == (asking, rest)


@pytest.mark.parametrize(("text", "asking"), ODD)
def test_an_odd_one_is_named_for_what_it_is(text: str, asking: Asking) -> None:
    assert hear(text).asking is asking


def test_whose_code_is_to_end() -> None:
    assert hear("end Dana's code").guest == "Dana"
    assert hear("cancel the code for Dana").asking is not Asking.CODE
    assert hear("revoke Ana Maria’s codes").guest == "Ana Maria"


@given(st.text(max_size=80))
def test_any_text_has_a_reading(text: str) -> None:
    hear(text)


@given(
    st.sampled_from([text for text, asking, _ in PLAIN if asking in ACTS]),
    st.sampled_from(["don't ", "never ", "do not "]),
)
def test_a_denied_order_is_no_order(text: str, no: str) -> None:
    assert hear(no + text).asking not in ACTS
