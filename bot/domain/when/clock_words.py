"""Clock times in words: noon, half past three, halb neun, ten to five, tres y media, three thirty."""

from __future__ import annotations

from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.peek import get, is_a, is_preposition, sign, two_digits
from bot.domain.when.pieces import Clock

Found = tuple[Clock, int] | None


def in_words(atoms: list[Atom], i: int, lex: Lexicon) -> Found:
    """Noon, midnight, half past three, halb neun, quarter to five, ten past six."""
    atom = atoms[i]
    means = atom.means
    if "noon" in means:
        return with_minutes(Clock(12, 0, None, True), atoms, i + 1, lex)
    if "midnight" in means:
        return with_minutes(Clock(0, 0, None, True, "midnight"), atoms, i + 1, lex)
    if "half" in means:
        if is_a(atoms, i + 1, "past") and (hour := _hour(atoms, i + 2, lex)):
            return _shift(hour, 30), hour[1]
        hour = _hour(atoms, i + 1, lex)
        if hour is not None and not is_a(atoms, hour[1], "unit") and lex.facts["half"] != "none":
            return _shift(hour, 30 if lex.facts["half"] == "after" else -30), hour[1]
    if "quarter_before" in means and (hour := _hour(atoms, i + 1, lex)):
        return _shift(hour, -15), hour[1]
    if "quarter_after" in means and (hour := _hour(atoms, i + 1, lex)):
        return _shift(hour, 15), hour[1]
    minutes = None
    j = i
    if "quarter" in means:
        minutes, j = 15, i + 1
    elif "number" in means and 1 <= atom.number < 60 and (not atom.digits or atom.digits <= 2):
        minutes, j = atom.number, i + 1
        if j < len(atoms) and atoms[j].means.get("unit") == "minute":
            j += 1
    if minutes is None:
        return None
    sign = 1 if is_a(atoms, j, "past") else -1 if is_a(atoms, j, "to_minute") else 0
    if not sign:
        return None
    if atoms[j].text in ("-", "to", "till", "til", "in", "of", "before", "a", "the") and "quarter" not in means:
        # "ten to five" is minutes only in words or when an hour could not be meant; "9 to 5" is a range.
        if is_a(atoms, j + 1, "noon", "midnight") and minutes % 5 == 0:
            pass
        elif (
            atom.digits
            or minutes % 5
            or minutes > 30
            or atoms[j].text == "-"
            or not is_a(atoms, j + 1, "number")
            or (is_a(atoms, j + 2, "am", "pm") and minutes < 10)
            or (atoms[j].text in ("to", "a", "till", "til") and minutes not in (5, 10, 20, 25))
        ):
            return None
    if is_a(atoms, j + 1, "half") and lex.facts["half"] == "before" and (hour := _hour(atoms, j + 2, lex)):
        return _shift(hour, -30 + sign * minutes), hour[1]
    hour = _hour(atoms, j + 1, lex)
    if hour is None:
        return None
    dated = atom.digits and atoms[j].has("after", "before") and not atoms[j].has("past_only")
    # "20 nach 3" reads as minutes; "19.10 nach 19 Uhr" is a date and then a time.
    if dated and (hour[0].hour > 12 or minutes % 5):
        return None
    return _shift(hour, sign * minutes), hour[1]


def _hour(atoms: list[Atom], i: int, lex: Lexicon) -> tuple[Clock, int] | None:
    """The hour in "half past X": a number up to 24, noon or midnight, with its o'clock word."""
    if is_a(atoms, i, "at", "article") and not is_a(atoms, i, "number"):
        i += 1
    if not 0 <= i < len(atoms):
        return None
    atom = atoms[i]
    if "noon" in atom.means:
        return Clock(12, 0, None, True), i + 1
    if "midnight" in atom.means:
        return Clock(0, 0, None, True, "midnight"), i + 1
    if "number" not in atom.means or atom.number > 24 or atom.digits > 2:
        return None
    if sign(atoms, i + 1, ":") or (sign(atoms, i + 1, ".") and two_digits(atoms, i + 2)):
        return None
    j = i + 1
    if is_a(atoms, j, "clock", "clock_h"):
        j += 1
    return Clock(atom.number, 0, None, atom.number > 12), j


def _shift(hour: tuple[Clock, int], minutes: int) -> Clock:
    clock = hour[0]
    total = clock.hour * 60 + clock.minute + minutes
    if clock.literal or clock.hour > 12:
        total %= 24 * 60
        return Clock(total // 60, total % 60, None, True)
    if total < 60:
        total += 12 * 60
    return Clock(total // 60, total % 60)


def with_minutes(clock: Clock, atoms: list[Atom], j: int, lex: Lexicon) -> tuple[Clock, int]:
    """Adds "et quart", "y media", "moins dix" after an hour."""
    if is_a(atoms, j, "clock_half"):
        return Clock(clock.hour, 30, None, clock.literal), j + 1
    if is_a(atoms, j, "clock_quarter"):
        return Clock(clock.hour, 15, None, clock.literal), j + 1
    if is_a(atoms, j, "clock_less_quarter"):
        return _less(clock, 15), j + 1
    if is_a(atoms, j, "clock_less") and is_a(atoms, j + 1, "number") and atoms[j + 1].number < 60:
        return _less(clock, atoms[j + 1].number), j + 2
    return clock, j


def _less(clock: Clock, minutes: int) -> Clock:
    total = clock.minutes - minutes
    if total < 60 and not clock.literal:
        total += 12 * 60
    total %= 24 * 60
    return Clock(total // 60, total % 60, None, clock.literal)


def spoken(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool) -> Found:
    """Hours with words for minutes, or an hour word with o'clock: "tres y media", "three thirty", "sept
    heures dix".
    """
    atom = atoms[i]
    hour = atom.number
    if hour > 24 or atom.digits > 2 or sign(atoms, i + 1, "."):
        return None
    j = i + 1
    if is_a(atoms, j, "number") and atoms[j].number == 100 and not atoms[j].digits and not atom.digits:
        # "fifteen hundred hours"
        end = j + 2 if atoms[j + 1 : j + 2] and atoms[j + 1].means.get("unit") == "hour" else j + 1
        return Clock(hour, 0, None, True), end
    marked = is_a(atoms, j, "clock", "clock_h")
    if marked:
        j += 1
    clock = Clock(hour, 0, None, hour > 12 or (marked and not lex.twelve_hour and not atoms[j - 1].has("oclock")))
    more, k = with_minutes(clock, atoms, j, lex)
    if k > j:
        return more, k
    if is_a(atoms, j, "clock_and") and j + 1 < len(atoms) and "number" in atoms[j + 1].means:
        minute = atoms[j + 1].number
        follows = get(atoms, j + 2)
        unit = follows is not None and follows.has("unit") and follows.means.get("unit") != "minute"
        month = follows is not None and follows.has("month", "of") and not follows.has("part")
        if 5 <= minute < 60 and not unit and not month and (marked or not atom.digits or at):
            return Clock(hour, minute, None, clock.literal), j + 2
    if j < len(atoms) and "number" in atoms[j].means and not atoms[j].digits and not atom.digits:
        minute = atoms[j].number
        if 10 <= minute < 60:
            k = j + 2 if sign(atoms, j + 1, "-") and not atoms[j + 1].spaced else j + 1
            if minute >= 20 and minute % 10 == 0 and is_a(atoms, k, "number") and 0 < atoms[k].number < 10:
                minute, k = minute + atoms[k].number, k + 1
            if not is_a(atoms, k, "unit", "month") and hour <= 12:
                return Clock(hour, minute, None, clock.literal), k
    spoken = marked and is_a(atoms, j, "number") and not atoms[j].digits and 5 <= atoms[j].number < 60
    if spoken and not is_a(atoms, j + 1, "unit", "month"):
        return Clock(hour, atoms[j].number, None, clock.literal), j + 1
    if marked:
        maybe = atoms[j - 1].has("unit")
        return Clock(hour, 0, None, clock.literal, None, maybe), j
    if is_a(atoms, j, "am", "pm") and not atom.digits and not is_preposition(atoms, j):
        return clock, j
    return None
