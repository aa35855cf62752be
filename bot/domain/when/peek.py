"""Looking at the atom at an index that may lie outside the phrase."""

from __future__ import annotations

from bot.domain.when.lexicon import Atom


def get(atoms: list[Atom], i: int) -> Atom | None:
    """The atom at `i`, or None outside."""
    return atoms[i] if 0 <= i < len(atoms) else None


def is_a(atoms: list[Atom], i: int, *names: str) -> bool:
    """Whether the atom at `i` may mean one of `names`."""
    return 0 <= i < len(atoms) and atoms[i].has(*names)


def sign(atoms: list[Atom], i: int, *signs: str) -> bool:
    """Whether the atom at `i` is one of these signs."""
    return 0 <= i < len(atoms) and atoms[i].text in signs


def two_digits(atoms: list[Atom], i: int) -> bool:
    """A two-digit number glued to what stands before it."""
    return 0 <= i < len(atoms) and atoms[i].digits == 2 and not atoms[i].spaced


def is_preposition(atoms: list[Atom], i: int) -> bool:
    """German "am" after a number is "on the" when a day follows: "um 3 am Montag"."""
    return atoms[i].has("on") and is_a(atoms, i + 1, "weekday", "part", "number", "month", "day", "article")
