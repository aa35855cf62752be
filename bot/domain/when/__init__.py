"""Time windows as people type them: text, now, zone and language in; a `Reading` or `Unclear` out.

Pure: no clock (`now` is given), no network; the word tables are read from this package on first use, and
dateparser is imported only when a text needs it.
"""

from bot.domain.when.reader import read_past, read_window, warm_up
from bot.domain.when.reading import Code, Confidence, Kind, Reading, Unclear

__all__ = ["Code", "Confidence", "Kind", "Reading", "Unclear", "read_past", "read_window", "warm_up"]
