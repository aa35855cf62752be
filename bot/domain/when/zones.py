"""Zones named in a text: PST, CET, UTC+02:45, +0100, Z, Europe/Berlin, "Berlin time"."""

from __future__ import annotations

from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.when.lexicon import Atom
from bot.domain.when.pieces import Zone

# Names of the IANA database's areas: "Europe/Berlin" is read, "Door/Berlin" is a door.
_AREAS = {"europe", "america", "asia", "africa", "australia", "pacific", "atlantic", "indian", "antarctica"}


def read_zone(atoms: list[Atom], i: int, *, after_time: bool) -> tuple[Zone, int] | None:
    """The zone at atom `i` and the index after it; bare offsets only right after a clock time."""
    atom = atoms[i]
    if after_time and atom.text == "z" and not atom.spaced:
        return Zone(offset=0, label="UTC"), i + 1
    if "zone" in atom.means:
        found = _offset(atoms, i + 1)
        if found is not None and atom.means["zone"] in ("UTC", "Etc/GMT"):
            return Zone(offset=found[0], label=_label(found[0])), found[1]
        # "et" is French for "and", "ist" German for "is": such short words are zones only right after a time.
        if (len(atom.text) <= 3 and not after_time) or len(atom.means) > 1:
            return None
        return Zone(name=str(atom.means["zone"]), label=atom.text.upper()), i + 1
    if "city" in atom.means and i + 1 < len(atoms) and atoms[i + 1].has("zone_time"):
        name = str(atom.means["city"])
        return Zone(name=name, label=name), i + 2
    if "zone_of" in atom.means and i + 1 < len(atoms) and "city" in atoms[i + 1].means:
        name = str(atoms[i + 1].means["city"])
        return Zone(name=name, label=name), i + 2
    if after_time and atom.text in ("+", "-"):
        found = _offset(atoms, i)
        if found is not None:
            return Zone(offset=found[0], label=_label(found[0])), found[1]
    if atom.text in _AREAS and i + 2 < len(atoms) and atoms[i + 1].text == "/" and not atoms[i + 1].spaced:
        return _iana(atoms, i)
    return None


def _offset(atoms: list[Atom], i: int) -> tuple[int, int] | None:
    """+02:45, +0245, +2 as minutes; the digits touch the sign, and the sign what stands before it or a
    space.
    """
    if i + 1 >= len(atoms) or atoms[i].text not in ("+", "-"):
        return None
    sign = -1 if atoms[i].text == "-" else 1
    number = atoms[i + 1]
    if not number.digits or number.spaced:
        return None
    j = i + 2
    if number.digits == 4 and number.number <= 1400 and number.number % 100 < 60:
        hours, minutes = divmod(number.number, 100)
    elif number.digits <= 2 and number.number <= 14:
        hours, minutes = number.number, 0
        if j + 1 < len(atoms) and atoms[j].text == ":" and atoms[j + 1].digits == 2 and not atoms[j].spaced:
            minutes, j = atoms[j + 1].number, j + 2
        elif (number.digits == 1 and i > 0 and atoms[i - 1].digits) or (
            not _zone_word(atoms, i - 1) and (number.digits != 2 or sign < 0)
        ):
            return None
    else:
        return None
    # "15:00-17:30" is a range: a minus offset is read only in an ISO time, where the next sign is no number.
    if sign < 0 and not _zone_word(atoms, i - 1) and not _iso_time(atoms, i):
        return None
    return sign * (hours * 60 + minutes), j


def _zone_word(atoms: list[Atom], i: int) -> bool:
    return i >= 0 and "zone" in atoms[i].means


def _iso_time(atoms: list[Atom], i: int) -> bool:
    """Whether atoms before `i` are an ISO date, a T and a time."""
    return any(atoms[k].text == "t" and not atoms[k].spaced for k in range(max(0, i - 8), i))


def _label(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _iana(atoms: list[Atom], i: int) -> tuple[Zone, int] | None:
    j = i + 2
    parts = [atoms[i].text.title()]
    while j < len(atoms) and not (atoms[j].spaced and atoms[j - 1].text != "/") and atoms[j].text.isalpha():
        words = [atoms[j].text]
        j += 1
        while j + 1 < len(atoms) and atoms[j].text in ("_", "-") and not atoms[j].spaced:
            words.append(atoms[j + 1].text)
            j += 2
        parts.append("_".join(word if word in ("of", "es") else word.title() for word in words))
        if j < len(atoms) and atoms[j].text == "/" and not atoms[j].spaced:
            j += 1
            continue
        break
    name = "/".join(parts)
    return (Zone(name=name, label=name), j) if zone_info(Zone(name=name)) is not None else None


def zone_info(zone: Zone) -> tzinfo | None:
    """The zone as `tzinfo`, or None when no such zone exists."""
    if zone.offset is not None:
        return timezone(timedelta(minutes=zone.offset))
    try:
        return ZoneInfo(zone.name or "UTC")
    except (KeyError, ValueError, OSError):
        return None
