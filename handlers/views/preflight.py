"""What each door says to a code that is asked for: one line for each, before anything is made."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.preflight import CannotBecause, Verdict, Works, WorksWithChanges, one_pin_for_all
from handlers.json_types import Json
from handlers.views import kit

VERDICT = "verdict"  # the block in the form
WORDS_SHOWN = 280  # of a door's line: ten doors fit into one block


def verdict_block(verdicts: Sequence[Verdict]) -> Json | None:
    """One line for each door, and what holds for all of them; None without doors."""
    if not verdicts:
        return None
    lines = [_line(verdict) for verdict in verdicts]
    if reason := one_pin_for_all(verdicts):
        lines.append(f":key: {kit.escape(reason, WORDS_SHOWN)}")
    return kit.context("\n".join(lines), block_id=VERDICT)


def _line(verdict: Verdict) -> str:
    name = f"*{kit.name(verdict.door.name)}*"
    match verdict:
        case Works(notes=()):
            return f":white_check_mark: {name} takes this code"
        case Works(notes=notes):
            return f":white_check_mark: {name} takes this code, but {kit.escape('; '.join(notes), WORDS_SHOWN)}"
        case WorksWithChanges(changes=changes, notes=notes):
            words = "; ".join([*(change.words for change in changes), *notes])
            return f":arrows_counterclockwise: {name} takes it with a change: {kit.escape(words, WORDS_SHOWN)}"
        case CannotBecause(reason=reason):
            return f":no_entry: {kit.escape(reason, WORDS_SHOWN)}"
