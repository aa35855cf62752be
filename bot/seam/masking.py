"""Hiding digits: Seam puts PINs into error messages ("Cannot set duplicate access code 492332", seam-api.md 6.11)."""

from __future__ import annotations

import re

# A PIN has 4 to 12 digits; a longer run could hold one, so it is hidden as well. People also write 49-23-32 or 4923 32.
_RUN = re.compile(r"\d(?:[ .-]?\d){3,}")
DOTS = "••••"


def masked(message: str) -> str:
    """The message with every run of four or more digits replaced by dots. Years and ports go with them: better so."""
    return _RUN.sub(DOTS, message)
