"""Clock times: "3pm", "15:30", "halb neun", "tres y media", "午後2時半"."""

from __future__ import annotations

from bot.domain.when.lexicon import Atom, Lexicon
from bot.domain.when.pieces import Clock, Impossible

Found = tuple[Clock, int] | None


def read_clock(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool, dated: bool, ranged: bool) -> Found:
    """The clock time that starts at atom `i`, and the index after it.

    `at`: a word like "at" stands before it. `dated`: the phrase already has its date, so "11.05" is a time.
    `ranged`: the other end of a range before it is a time. Raises `Impossible` for 25:00.
    """
    atom = atoms[i]
    found: Found = None
    if atom.digits:
        found = _digits(atoms, i, lex, at=at, dated=dated, ranged=ranged)
    if found is None:
        found = _words(atoms, i, lex)
    if found is None and "number" in atom.means:
        found = _spoken(atoms, i, lex, at=at)
    if found is None:
        return None
    return _marked(found, atoms, lex)


def _get(atoms: list[Atom], i: int) -> Atom | None:
    return atoms[i] if 0 <= i < len(atoms) else None


def _is(atoms: list[Atom], i: int, *names: str) -> bool:
    return 0 <= i < len(atoms) and atoms[i].has(*names)


def _sign(atoms: list[Atom], i: int, sign: str) -> bool:
    return 0 <= i < len(atoms) and atoms[i].text == sign


def _two(atoms: list[Atom], i: int) -> bool:
    """A two-digit number glued to what stands before it."""
    return 0 <= i < len(atoms) and atoms[i].digits == 2 and not atoms[i].spaced


def _digits(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool, dated: bool, ranged: bool) -> Found:
    atom = atoms[i]
    hour = atom.number
    nxt = _get(atoms, i + 1)
    if nxt is None or atom.digits > 4:
        return _military(atoms, i, at=at, dated=dated, ranged=ranged)
    if nxt.text == ":" and not nxt.spaced and _two(atoms, i + 2):
        if atom.digits > 2:
            return None
        j = i + 3
        if _sign(atoms, j, ":") and _two(atoms, j + 1):
            j += 2
            if _sign(atoms, j, ".") and j + 1 < len(atoms) and atoms[j + 1].digits and not atoms[j + 1].spaced:
                j += 2
        # Where the 24-hour clock is usual, a colon means it.
        literal = (atom.digits == 2 and hour < 10) or not lex.twelve_hour
        return _checked(hour, atoms[i + 2].number, literal), _after_colon(atoms, j, lex)
    if nxt.text == "." and not nxt.spaced and atom.digits <= 2 and _two(atoms, i + 2):
        return _dotted(atoms, i, lex, at=at, dated=dated, ranged=ranged)
    if atom.digits <= 2 and nxt.has("hourmark", "clock", "clock_h"):
        return _marked_hour(atoms, i, lex, at=at)
    if nxt.has("am", "pm") and (atom.digits <= 2 or not nxt.spaced or not nxt.has("on")):
        if _is_preposition(atoms, i + 1):
            return _military(atoms, i, at=at, dated=dated, ranged=ranged)
        if atom.digits > 2:
            return _checked(hour // 100, hour % 100, atom.text[0] == "0" and atom.digits == 4), i + 1
        return _checked(hour, 0, False), i + 1
    return _military(atoms, i, at=at, dated=dated, ranged=ranged)


def _is_preposition(atoms: list[Atom], i: int) -> bool:
    """German "am" after a number is "on the" when a day follows: "um 3 am Montag"."""
    return atoms[i].has("on") and _is(atoms, i + 1, "weekday", "part", "number", "month", "day", "article")


def _after_colon(atoms: list[Atom], j: int, lex: Lexicon) -> int:
    """Skips the "h" or "Uhr" after 14:00, which says no more."""
    if _is(atoms, j, "clock", "hourmark", "clock_h") and not (_is(atoms, j, "unit") and _is(atoms, j + 1, "number")):
        return j + 1
    return j


def _dotted(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool, dated: bool, ranged: bool) -> Found:
    """9.30, which is a time only when something says so; else it may be a date or a fraction."""
    hour, minute = atoms[i].number, atoms[i + 2].number
    if _sign(atoms, i + 3, ".") and _is(atoms, i + 4, "number") and not atoms[i + 4].spaced:
        return None
    j = i + 3
    says = _is(atoms, j, "am", "pm", "clock", "hourmark", "clock_h") and not _is_preposition(atoms, j)
    if not says and _is(atoms, j, "range") and _is(atoms, j + 1, "number"):
        # "9.30-11.05 Uhr": the marker may stand after the other end.
        k = j + 4 if _sign(atoms, j + 2, ".") else j + 2
        says = _is(atoms, k, "am", "pm", "clock", "hourmark", "clock_h")
    if says or (hour <= 24 and minute < 60 and (at or dated or ranged or minute > 12 or minute == 0)):
        # "24.12." is a date, but the stop after 14.30 only ends the sentence.
        sure = at or dated or minute > 12 or minute == 0
        if not says and (_is(atoms, j, "unit") or (_sign(atoms, j, ".") and not sure)):
            return None
        literal = atoms[i].digits == 2 and hour < 10
        return _checked(hour, minute, literal), _after_colon(atoms, j, lex)
    return None


def _marked_hour(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool) -> Found:
    """9 Uhr, 9h, 9h30, 9 Uhr 30, 9 heures 30, 9時30分, 9時半."""
    hour = atoms[i].number
    mark = atoms[i + 1]
    j = i + 2
    minute = 0
    maybe = mark.has("unit") or mark.has("hourmark")
    if j < len(atoms) and atoms[j].digits in (1, 2) and (not atoms[j].spaced or mark.has("clock")):
        following = _get(atoms, j + 1)
        minutes_word = following is not None and following.means.get("unit") == "minute"
        if minutes_word or (atoms[j].digits == 2 and not _looks_like_day(atoms, j)):
            minute = atoms[j].number
            if mark.has("unit") and minutes_word and not mark.has("ja_hour") and not at:
                return None
            j += 2 if minutes_word else 1
            maybe = False
    elif j < len(atoms) and not atoms[j].digits and "number" in atoms[j].means and 5 <= atoms[j].number < 60:
        if not _is(atoms, j + 1, "unit", "month") and mark.has("clock"):
            minute, j, maybe = atoms[j].number, j + 1, False
    elif _is(atoms, j, "half") and mark.has("ja_hour"):
        minute, j = 30, j + 1
    if mark.text == "h" and not lex.facts["h_is_clock"] and not at and minute == 0 and hour <= 12 and j == i + 2:
        return None
    literal = not mark.has("oclock") and not (lex.twelve_hour and mark.has("clock"))
    if mark.has("ja_hour"):
        literal = hour < 10 and atoms[i].digits == 2
    clock = _checked(hour, minute, literal)
    return Clock(clock.hour, clock.minute, None, clock.literal, None, maybe and not mark.has("ja_hour")), j


def _looks_like_day(atoms: list[Atom], j: int) -> bool:
    """Whether the number at `j` belongs to a date: "9 Uhr 24. Dezember"."""
    if atoms[j].spaced and (_sign(atoms, j + 1, ".") or _sign(atoms, j + 1, "/")):
        return True
    return _is(atoms, j + 1, "month", "of") and atoms[j].spaced


def _military(atoms: list[Atom], i: int, *, at: bool, dated: bool, ranged: bool) -> Found:
    """0900, 1730: four digits that are a time because of what stands around them."""
    atom = atoms[i]
    if atom.digits not in (3, 4):
        return None
    hour, minute = divmod(atom.number, 100)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    nxt = _get(atoms, i + 1)
    if nxt is not None and not nxt.spaced and nxt.text in (".", "/", ":") and _is(atoms, i + 2, "number"):
        return None
    pair = (
        _is(atoms, i + 1, "range", "through", "until", "and")
        and i + 2 < len(atoms)
        and atoms[i + 2].digits == 4
        and atoms[i + 2].number % 100 < 60
        and atoms[i + 2].number <= 2400
        and not _is(atoms, i + 3, "number")
    )
    glued_mark = (
        _is(atoms, i + 1, "clock", "clock_h")
        or (atom.digits == 4 and nxt is not None and nxt.means.get("unit") == "hour")
        or (_is(atoms, i + 1, "hourmark") and atom.digits == 4)
    )
    if glued_mark:
        return _checked(hour, minute, True), i + 2
    evening = _is(atoms, i + 1, "in", "on", "of") and (_is(atoms, i + 2, "part") or _is(atoms, i + 3, "part"))
    if atom.digits == 3:
        good = ((at or evening) and nxt is not None) or at
        return (_checked(hour, minute, False), i + 1) if good else None
    alone = len(atoms) == 1 and not _year_like(atom.number)
    if _is(atoms, i + 1, "day", "weekday") and atoms[i + 1].spaced and not _year_like(atom.number):
        # "1630 tomorrow"
        return _checked(hour, minute, atom.text[0] == "0"), i + 1
    if at or dated or ranged or alone or atom.text[0] == "0" or (pair and _four(atoms, i)):
        return _checked(hour, minute, atom.text[0] == "0"), i + 1
    return None


def _year_like(number: int) -> bool:
    """2026 by itself may be the year as well as 20:26."""
    return 2020 < number < 2040 and number % 10 != 0


def _four(atoms: list[Atom], i: int) -> bool:
    return atoms[i].number < 1900 or atoms[i + 2].number < atoms[i].number or atoms[i].number % 100 < 60


def _words(atoms: list[Atom], i: int, lex: Lexicon) -> Found:
    """Noon, midnight, half past three, halb neun, quarter to five, ten past six."""
    atom = atoms[i]
    means = atom.means
    if "noon" in means:
        return _with_minutes(Clock(12, 0, None, True), atoms, i + 1, lex)
    if "midnight" in means:
        return _with_minutes(Clock(0, 0, None, True, "midnight"), atoms, i + 1, lex)
    if "half" in means:
        if _is(atoms, i + 1, "past") and (hour := _hour(atoms, i + 2, lex)):
            return _shift(hour, 30), hour[1]
        hour = _hour(atoms, i + 1, lex)
        if hour is not None and not _is(atoms, hour[1], "unit") and lex.facts["half"] != "none":
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
    sign = 1 if _is(atoms, j, "past") else -1 if _is(atoms, j, "to_minute") else 0
    if not sign:
        return None
    if atoms[j].text in ("-", "to", "till", "til", "in", "of", "before", "a", "the") and "quarter" not in means:
        # "ten to five" is minutes only in words or when an hour could not be meant; "9 to 5" is a range.
        if _is(atoms, j + 1, "noon", "midnight") and minutes % 5 == 0:
            pass
        elif (
            atom.digits
            or minutes % 5
            or minutes > 30
            or atoms[j].text == "-"
            or not _is(atoms, j + 1, "number")
            or (_is(atoms, j + 2, "am", "pm") and minutes < 10)
            or (atoms[j].text in ("to", "a", "till", "til") and minutes not in (5, 10, 20, 25))
        ):
            return None
    if _is(atoms, j + 1, "half") and lex.facts["half"] == "before" and (hour := _hour(atoms, j + 2, lex)):
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
    if _is(atoms, i, "at", "article") and not _is(atoms, i, "number"):
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
    if _sign(atoms, i + 1, ":") or (_sign(atoms, i + 1, ".") and _two(atoms, i + 2)):
        return None
    j = i + 1
    if _is(atoms, j, "clock", "clock_h"):
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


def _with_minutes(clock: Clock, atoms: list[Atom], j: int, lex: Lexicon) -> tuple[Clock, int]:
    """Adds "et quart", "y media", "moins dix" after an hour."""
    if _is(atoms, j, "clock_half"):
        return Clock(clock.hour, 30, None, clock.literal), j + 1
    if _is(atoms, j, "clock_quarter"):
        return Clock(clock.hour, 15, None, clock.literal), j + 1
    if _is(atoms, j, "clock_less_quarter"):
        return _less(clock, 15), j + 1
    if _is(atoms, j, "clock_less") and _is(atoms, j + 1, "number") and atoms[j + 1].number < 60:
        return _less(clock, atoms[j + 1].number), j + 2
    return clock, j


def _less(clock: Clock, minutes: int) -> Clock:
    total = clock.minutes - minutes
    if total < 60 and not clock.literal:
        total += 12 * 60
    total %= 24 * 60
    return Clock(total // 60, total % 60, None, clock.literal)


def _spoken(atoms: list[Atom], i: int, lex: Lexicon, *, at: bool) -> Found:
    """Hours with words for minutes, or an hour word with o'clock: "tres y media", "three thirty", "sept
    heures dix".
    """
    atom = atoms[i]
    hour = atom.number
    if hour > 24 or atom.digits > 2 or _sign(atoms, i + 1, "."):
        return None
    j = i + 1
    if _is(atoms, j, "number") and atoms[j].number == 100 and not atoms[j].digits and not atom.digits:
        # "fifteen hundred hours"
        end = j + 2 if atoms[j + 1 : j + 2] and atoms[j + 1].means.get("unit") == "hour" else j + 1
        return Clock(hour, 0, None, True), end
    marked = _is(atoms, j, "clock", "clock_h")
    if marked:
        j += 1
    clock = Clock(hour, 0, None, hour > 12 or (marked and not lex.twelve_hour and not atoms[j - 1].has("oclock")))
    more, k = _with_minutes(clock, atoms, j, lex)
    if k > j:
        return more, k
    if _is(atoms, j, "clock_and") and j + 1 < len(atoms) and "number" in atoms[j + 1].means:
        minute = atoms[j + 1].number
        follows = _get(atoms, j + 2)
        unit = follows is not None and follows.has("unit") and follows.means.get("unit") != "minute"
        month = follows is not None and follows.has("month", "of") and not follows.has("part")
        if 5 <= minute < 60 and not unit and not month and (marked or not atom.digits or at):
            return Clock(hour, minute, None, clock.literal), j + 2
    if j < len(atoms) and "number" in atoms[j].means and not atoms[j].digits and not atom.digits:
        minute = atoms[j].number
        if 10 <= minute < 60:
            k = j + 2 if _sign(atoms, j + 1, "-") and not atoms[j + 1].spaced else j + 1
            if minute >= 20 and minute % 10 == 0 and _is(atoms, k, "number") and 0 < atoms[k].number < 10:
                minute, k = minute + atoms[k].number, k + 1
            if not _is(atoms, k, "unit", "month") and hour <= 12:
                return Clock(hour, minute, None, clock.literal), k
    spoken = marked and _is(atoms, j, "number") and not atoms[j].digits and 5 <= atoms[j].number < 60
    if spoken and not _is(atoms, j + 1, "unit", "month"):
        return Clock(hour, atoms[j].number, None, clock.literal), j + 1
    if marked:
        maybe = atoms[j - 1].has("unit")
        return Clock(hour, 0, None, clock.literal, None, maybe), j
    if _is(atoms, j, "am", "pm") and not atom.digits and not _is_preposition(atoms, j):
        return clock, j
    return None


def _marked(found: tuple[Clock, int], atoms: list[Atom], lex: Lexicon) -> tuple[Clock, int]:
    """Adds what follows the time: am, pm, o'clock, "in the evening", "abends", "de la tarde"."""
    clock, j = found
    if _is(atoms, j, "clock") and not clock.maybe_length and not _is(atoms, j, "unit"):
        j += 1
    if clock.minute == 0 or not clock.literal:
        more, k = _with_minutes(clock, atoms, j, lex)
        if k > j:
            clock, j = more, k
    if (
        _is(atoms, j, "noise")
        and not _sign(atoms, j, "-")
        and _is(atoms, j + 1, "am", "pm")
        and not _is_preposition(atoms, j + 1)
    ):
        j += 1
    for _ in range(2):
        if j < len(atoms) and atoms[j].has("am", "pm") and clock.meridiem is None and not _is_preposition(atoms, j):
            clock = _meridiem(clock, "am" if atoms[j].has("am") else "pm")
            j += 1
        k = j
        while k < len(atoms) and atoms[k].has("in", "on", "of", "article", "at", "comma_part") and k - j < 3:
            k += 1
        if k < len(atoms) and "part" in atoms[k].means and not atoms[k].has("day", "day_part", "weekday", "number"):
            clock = Clock(clock.hour, clock.minute, clock.meridiem, clock.literal, str(atoms[k].means["part"]))
            j = k + 1
        if _is(atoms, j, "clock") and not _is(atoms, j, "unit"):
            j += 1
    return clock, j


def _meridiem(clock: Clock, meridiem: str) -> Clock:
    """The clock with am or pm. 13 o'clock am does not exist; 17:00 pm is a slip that means 17:00."""
    if clock.part == "midnight" or (clock.literal and clock.hour == 12 and clock.minute == 0):
        return clock
    if clock.hour > 12 and (meridiem == "am" or clock.hour > 23):
        raise Impossible
    return Clock(clock.hour, clock.minute, meridiem, clock.hour > 12)


def prefixed(clock: Clock, meridiem: str) -> Clock:
    """The Japanese order, 午後2時: hours after 12 do not exist there."""
    if clock.hour > 12:
        raise Impossible
    return Clock(clock.hour, clock.minute, meridiem)


def _checked(hour: int, minute: int, literal: bool) -> Clock:
    """A clock, or `Impossible` when no clock shows it. 24:00 is the end of the day."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Impossible
    return Clock(hour, minute, None, literal or hour > 12 or hour == 0)
