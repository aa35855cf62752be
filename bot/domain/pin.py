"""A PIN that cannot leak, and the rules a lock puts on PINs."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NoReturn, final

# Seam takes 4 to 12 digits; a lock that names no lengths is safe within 4 to 8 (seam-api.md 3.4, 6.1).
SEAM_SHORTEST, SEAM_LONGEST = 4, 12
USUAL_LENGTHS = (4, 5, 6, 7, 8)
WANTED_LENGTH = 6  # ten live 4-digit codes are 1 in 1,000 per try (reliability.md T16)


@final
class Pin:
    """The digits of a code. Prints as dots, refuses JSON, pickling and formatting; `reveal()` is the one way out.

    Leading zeros matter, so the digits are text. Raises `ValueError` for anything but 4 to 12 ASCII digits,
    without repeating what was given.
    """

    __slots__ = ("__digits",)

    def __init__(self, digits: str) -> None:
        if not (digits.isascii() and digits.isdigit() and SEAM_SHORTEST <= len(digits) <= SEAM_LONGEST):
            raise ValueError("a PIN is 4 to 12 digits")
        self.__digits = digits

    def reveal(self) -> str:
        """The digits in clear: for the lock, and for a view that only the person entitled sees."""
        return self.__digits

    def __len__(self) -> int:
        return len(self.__digits)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pin) and secrets.compare_digest(self.__digits, other.reveal())

    def __hash__(self) -> int:
        return hash((Pin, self.__digits))

    def __repr__(self) -> str:
        return "Pin(••••)"

    def __str__(self) -> str:
        return "••••"

    def __format__(self, spec: str) -> str:
        return "••••"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN is never written down")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRules:
    """What a lock asks of a code, as Seam says it (seam-api.md 3.4).

    `lengths` empty: the lock names none. `constraints` are Seam's `constraint_type` values; one that we do
    not know means that we must not choose the PIN ourselves. `max_active` counts scheduled codes, too.
    """

    lengths: tuple[int, ...] = ()
    constraints: frozenset[str] = frozenset()
    max_active: int | None = None
    name_max: int | None = None
    name_min: int | None = None

    @property
    def allowed_lengths(self) -> tuple[int, ...]:
        return self.lengths or USUAL_LENGTHS

    @property
    def pin_may_be_chosen(self) -> bool:
        """False where the maker picks the PIN, or where a rule is one that we cannot check."""
        return self.constraints <= set(CHECKS) | NOT_ABOUT_DIGITS


def _longest_run(digits: str) -> int:
    """Length of the longest stretch of equal or consecutive (up or down) digits."""
    longest = 1
    for step in (0, 1, -1):
        run = 1
        for before, after in itertools.pairwise(digits):
            run = run + 1 if int(after) - int(before) == step else 1
            longest = max(longest, run)
    return longest


def _is_pure_run(digits: str) -> bool:
    steps = {int(b) - int(a) for a, b in itertools.pairwise(digits)}
    return steps in ({1}, {-1})


# Each known rule on digits: does the PIN keep it, and what to say when it does not (seam-api.md 3.4).
CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    "no_zeros": (lambda d: "0" not in d, "it may not contain a 0"),
    "cannot_start_with_12": (lambda d: not d.startswith("12"), "it may not start with 12"),
    "no_triple_consecutive_ints": (
        lambda d: _longest_run(d) < 3,
        "it may not have three equal or consecutive digits in a row",
    ),
    "no_ascending_or_descending_sequence": (
        lambda d: not _is_pure_run(d),
        "it may not simply count up or down",
    ),
    "no_all_same_digits": (lambda d: len(set(d)) > 1, "its digits may not all be the same"),
    "at_least_three_unique_digits": (lambda d: len(set(d)) >= 3, "it needs at least three different digits"),
    "unique_first_four_digits": (lambda d: len(set(d[:4])) == 4, "its first four digits must all differ"),
    "cannot_contain_089": (lambda d: not set("089") & set(d), "it may only use the digits 1 to 7"),
    "cannot_contain_0789": (lambda d: not set("0789") & set(d), "it may only use the digits 1 to 6"),
}
NOT_ABOUT_DIGITS = frozenset({"name_length", "name_must_be_unique", "start_date_in_future"})


def pin_problem(pin: Pin, rules: CodeRules) -> str | None:
    """Why this lock would not take this PIN, as the end of a sentence ("it needs 4, 6 or 8 digits"), or None."""
    if not rules.pin_may_be_chosen:
        return "this lock picks its own PINs; leave the field empty"
    digits = pin.reveal()
    if len(digits) not in rules.allowed_lengths:
        return f"it needs {_lengths_in_words(rules.allowed_lengths)} digits"
    for name in sorted(rules.constraints & set(CHECKS)):
        keeps, words = CHECKS[name]
        if not keeps(digits):
            return words
    return None


def choose_pin(rules: CodeRules, *, taken: Collection[Pin] = (), length: int | None = None) -> Pin | None:
    """A PIN from the system's random source that the lock takes, that nobody would guess first, and not in `taken`.

    Prefers 6 digits, else the nearest length the lock allows. None where the maker must choose
    (`pin_may_be_chosen`), or where the rules leave nothing free.
    """
    if not rules.pin_may_be_chosen:
        return None
    wanted = length or min(rules.allowed_lengths, key=lambda n: (abs(n - WANTED_LENGTH), -n))
    for _ in range(2000):
        digits = "".join(secrets.choice("0123456789") for _ in range(wanted))
        if is_weak(digits):
            continue
        pin = Pin(digits)
        if pin not in taken and pin_problem(pin, rules) is None:
            return pin
    return None


def is_weak(digits: str) -> bool:
    """True for what people try first: few different digits, runs, repeated halves, years (reliability.md A15)."""
    half = len(digits) // 2
    return (
        len(set(digits)) < 3
        or _longest_run(digits) > 3
        or _is_pure_run(digits)
        or (len(digits) % 2 == 0 and digits[:half] == digits[half:])
        or (len(digits) == 4 and digits[:2] in {"19", "20"})
    )


def _lengths_in_words(lengths: tuple[int, ...]) -> str:
    if len(lengths) == 1:
        return str(lengths[0])
    if len(lengths) > 2 and lengths == tuple(range(lengths[0], lengths[-1] + 1)):
        return f"{lengths[0]} to {lengths[-1]}"
    return ", ".join(str(n) for n in lengths[:-1]) + f" or {lengths[-1]}"
