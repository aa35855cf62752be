"""Finding the time phrase in a sentence with a guest's and a door's name.

Words that mean nothing here part the items into clusters. A bare month or weekday beside such a word may be a
name (May Johnson, Sunday Okafor, June Street); a number behind one is a label (Gate 7, Room 101).
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.when.pieces import Clock, Date, Item, Joint, Length, Now, Number, Part, Point, Zone


def candidates(items: list[Item]) -> Iterator[tuple[list[Item], bool]]:
    """Selections of items to try, likeliest first, each with whether something was left out that may
    matter.
    """
    if not any(item.value is not None for item in items) and not any(
        i.kind in (Joint.EVERY, Joint.WHOLE, Joint.AGO) for i in items
    ):
        return
    if not any(item.kind is Joint.JUNK for item in items):
        yield items, False
        return
    clusters = _clusters(items)
    if not clusters:
        return
    names = [c for c in clusters if _name_like(c, items)]
    kept = [c for c in clusters if c not in names] or clusters
    kept = [_without_label(c, items) for c in kept]
    kept = [c for c in kept if any(i.value is not None or i.kind in (Joint.EVERY, Joint.WHOLE, Joint.AGO) for i in c)]
    if not kept:
        return
    stray = 0
    if len(kept) > 1:
        stray = len(kept)
        kept = _without_stray_lengths(kept)
        stray -= len(kept)
    chosen = _joined(kept)
    if _unread(chosen, items):
        return
    yield chosen, bool(stray)
    if len(kept) > 1:
        ranked = sorted(kept, key=_weight, reverse=True)
        rest = ranked[1:]
        if all(_weight(c) <= 2 for c in rest):
            yield ranked[0], True
    best = max(kept, key=_weight)
    shorter = _without_edge_name(best)
    if shorter is not None:
        yield shorter, True


def _clusters(items: list[Item]) -> list[list[Item]]:
    """Runs of items between junk, without runs that say no time."""
    runs: list[list[Item]] = [[]]
    for item in items:
        if item.kind is Joint.JUNK:
            runs.append([])
        else:
            runs[-1].append(item)
    return [
        _trimmed(run)
        for run in runs
        if any(i.value is not None or i.kind in (Joint.EVERY, Joint.WHOLE, Joint.AGO, Joint.NOT) for i in run)
    ]


def _trimmed(run: list[Item]) -> list[Item]:
    """Without joints at the end that join nothing: "3pm at [the lobby]"."""
    end = len(run)
    while end and run[end - 1].value is None and run[end - 1].kind not in (Joint.EVERY, Joint.WHOLE, Joint.AGO):
        if run[end - 1].flags & {"from_post", "until_post", "onward"}:
            break
        end -= 1
    return run[:end]


def _values(cluster: list[Item]) -> list[Item]:
    return [item for item in cluster if item.value is not None]


def _neighbours(cluster: list[Item], items: list[Item]) -> tuple[Item | None, Item | None]:
    """The items directly before and after the cluster's first and last piece."""
    values = _values(cluster)
    first = next(i for i, item in enumerate(items) if item is values[0])
    last = next(i for i, item in enumerate(items) if item is values[-1])
    return (items[first - 1] if first else None), (items[last + 1] if last + 1 < len(items) else None)


def _junk(item: Item | None) -> bool:
    return item is not None and item.kind is Joint.JUNK and "stop" not in item.flags


def _name_like(cluster: list[Item], items: list[Item]) -> bool:
    values = _values(cluster)
    if not values:
        return False
    before, after = _neighbours(cluster, items)
    if len(values) > 1:
        # "for April at the May Street entrance": a guest's name and a door's.
        names = all(isinstance(i.value, Date) and (i.value.bare_month or i.value.bare_weekday) for i in values)
        called = before is not None and bool(before.flags & {"guest", "door"})
        apart = all(
            i.value is not None or i.kind in (Joint.AT, Joint.GLUE) for i in cluster[cluster.index(values[0]) :]
        )
        return names and called and apart and _junk(after)
    value = values[0].value
    touching = _junk(after) or _junk(before)
    if isinstance(value, Number):
        # A number with a word like "at" is meant as a time, whatever stands beside it.
        timed = any(item.kind is Joint.AT and "door" not in item.flags for item in cluster)
        return not timed and (_junk(after) or _junk(before))
    if isinstance(value, Date) and value == Date(day=value.day) and value.day is not None:
        return _junk(after) and "article" not in values[0].flags
    if isinstance(value, Date) and value == Date(day=value.day, month=value.month) and value.day is not None:
        # "at 24 June Road": nobody is let in "at" a date.
        return before is not None and "door" in before.flags and _junk(after) and _capital(after)
    if isinstance(value, Date) and value.bare_month:
        return touching and _capital_junk(before, after)
    if isinstance(value, Date) and value.bare_weekday and "habit" not in values[0].flags:
        named = before is not None and (before.flags & {"guest", "door"} or before.kind is Joint.FOR)
        return bool(named) and _junk(after) and _capital(after)
    if isinstance(value, Part):
        named = before is not None and bool(before.flags & {"guest", "door"} or before.kind is Joint.FOR)
        return (named or before is None) and _junk(after) and _capital(after)
    return False


def _capital(item: Item | None) -> bool:
    return item is not None and item.capital


def _capital_junk(before: Item | None, after: Item | None) -> bool:
    return (
        (_junk(after) and _capital(after)) or (_junk(before) and _capital(before)) or (_junk(before) and _junk(after))
    )


def _without_label(cluster: list[Item], items: list[Item]) -> list[Item]:
    """Drops a number that labels the word before it: "Unit 7 Thursday 11am" starts on Thursday."""
    values = _values(cluster)
    if not values:
        return cluster
    before, _ = _neighbours(cluster, items)
    first = values[0]
    if isinstance(first.value, Number) and _junk(before) and len(values) > 1:
        index = cluster.index(first)
        following = cluster[index + 1] if index + 1 < len(cluster) else None
        joined = following is not None and following.kind in (
            Joint.RANGE,
            Joint.DASH,
            Joint.UNTIL,
            Joint.THROUGH,
            Joint.AND,
        )
        if not joined or any(isinstance(i.value, Clock) for i in values):
            return cluster[index + 1 :]
    return cluster


def _without_stray_lengths(clusters: list[list[Item]]) -> list[list[Item]]:
    """Such as "I need a 30 min meeting in the afternoon": the length of the meeting is not the window."""
    kept = []
    for cluster in clusters:
        values = _values(cluster)
        stray = values and all(isinstance(i.value, Length) and not i.flags for i in values)
        if stray and not any(i.kind in (Joint.FOR, Joint.WITHIN) for i in cluster):
            continue
        kept.append(cluster)
    return kept or clusters


TIMELIKE = {"unit", "ordinal", "month", "weekday", "next_n", "past_n", "end", "begin", "rest", "half",
            "quarter", "few", "fromnow", "day", "part", "period", "rel_post", "rel", "vague"}  # fmt: skip


def _unread(chosen: list[Item], items: list[Item]) -> bool:
    """Whether a word about time that nobody read touches what was read: then what was read is not the
    whole.
    """
    used = {id(item) for item in chosen}
    sentence = any(item.kind is Joint.JUNK and not item.flags for item in items)
    for index, item in enumerate(items):
        if item.kind is not Joint.JUNK:
            continue
        year = len(item.text) == 4 and item.text.isdigit() and "1990" <= item.text <= "2199"
        label = year and index > 0 and items[index - 1].kind is Joint.JUNK
        if not item.flags & TIMELIKE and (not year or label) and not _stray_number(index, items):
            continue
        if not sentence:
            # Nothing but words about time, and one of them not read.
            return True
        for step in (-1, 1):
            place = index + step
            if step == 1 and place < len(items) and items[place].kind in (Joint.AFTER, Joint.BEFORE):
                place += step
            while (
                0 <= place < len(items) and items[place].kind is Joint.GLUE and items[place].flags & {"of", "article"}
            ):
                place += step
            if 0 <= place < len(items) and items[place].value is not None and id(items[place]) in used:
                return True
    return False


def _stray_number(index: int, items: list[Item]) -> bool:
    """A number that is nothing we read and names nothing either: "2670 tomorrow", but not "Room 2670 tomorrow"."""
    if "number" not in items[index].flags:
        return False
    around = items[max(index - 1, 0) : index] + items[index + 1 : index + 2]
    return all(item.kind is not Joint.JUNK and not item.flags & {"door", "guest"} for item in around)


def _joined(clusters: list[list[Item]]) -> list[Item]:
    joined: list[Item] = []
    for cluster in clusters:
        if joined and cluster:
            joined.append(Item(Joint.COMMA, None, cluster[0].start, cluster[0].start))
        joined.extend(cluster)
    return joined


def _weight(cluster: list[Item]) -> int:
    """How much a cluster says."""
    total = 0
    for item in cluster:
        value = item.value
        if isinstance(value, Date):
            if value.day is not None and (value.month is not None or value.months is not None):
                total += 4
            elif (
                value.offset is not None or value.week is not None or value.weekend is not None or value.rel is not None
            ):
                total += 3
            elif value.weekday is not None:
                total += 2
            else:
                total += 1
        elif isinstance(value, Clock | Length | Point | Now):
            total += 3
        elif isinstance(value, Part | Number):
            total += 1
        elif isinstance(value, Zone):
            total += 0
        elif item.kind in (Joint.UNTIL, Joint.FROM, Joint.FOR):
            total += 1
    return total


def _without_edge_name(cluster: list[Item]) -> list[Item] | None:
    """Without a bare month, weekday or number at the beginning ("Tür Juni morgen 14-16 Uhr")."""
    values = _values(cluster)
    if len(values) < 2:
        return None
    value = values[0].value
    weak = isinstance(value, Number | Part) or (isinstance(value, Date) and (value.bare_month or value.bare_weekday))
    if not weak:
        return None
    return cluster[cluster.index(values[0]) + 1 :]
