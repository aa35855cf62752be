"""Time windows as people type them: text, now, zone and language in; a `Reading` or `Unclear` out.

Pure: no clock (`now` is given), no network; the word tables are read from this package on first use, and
dateparser is imported only when a text needs it.
"""

from bot.domain.when.echo import echo
from bot.domain.when.reader import read_past, read_window, warm_up
from bot.domain.when.reading import Code, Confidence, Kind, Reading, Unclear
from bot.domain.when.recurrence import Recurrence, read_recurrence

__all__ = [
    "Code",
    "Confidence",
    "Kind",
    "Reading",
    "Recurrence",
    "Unclear",
    "echo",
    "read_past",
    "read_recurrence",
    "read_window",
    "warm_up",
]
