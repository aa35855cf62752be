"""The building of the demo, and bigger ones for tests of scale."""

from __future__ import annotations

from bot.sandbox.seam.brands import AUGUST, IGLOOHOME, KWIKSET, SCHLAGE, TTLOCK
from bot.sandbox.seam.locks import VirtualLock


def default_building() -> list[VirtualLock]:
    """Nine doors of five makers, each with its own trait to try.

    The Garage has a pad with the keys 1 to 6 only, the Office Lock locks itself after 5 s, the Meeting Room is a
    Wi-Fi model (power saving can cut it off), the Garden Gate can make offline PINs, the Loading Dock's zone is
    unknown, and the Guest Flat wants starts in the future and short names.
    """
    return [
        VirtualLock(name="Front Door", brand=TTLOCK),
        VirtualLock(name="Back Door", brand=TTLOCK, battery_level=0.64),
        VirtualLock(
            name="Garage",
            brand=TTLOCK,
            battery_level=0.42,
            constraints=({"constraint_type": "cannot_contain_0789"},),
        ),
        VirtualLock(name="Office Lock", brand=TTLOCK, auto_lock_seconds=5),
        VirtualLock(name="Meeting Room", brand=TTLOCK, is_wifi=True, battery_level=0.97),
        VirtualLock(name="Library", brand=AUGUST, auto_lock_seconds=30),
        VirtualLock(name="Garden Gate", brand=IGLOOHOME),
        VirtualLock(name="Loading Dock", brand=SCHLAGE, time_zone=None, battery_level=0.71),
        VirtualLock(name="Guest Flat", brand=KWIKSET),
    ]


def many_doors(count: int) -> list[VirtualLock]:
    """`count` TTLock doors called "Room 0001" and so on: for lists longer than a page."""
    return [VirtualLock(name=f"Room {n:04}", brand=TTLOCK) for n in range(1, count + 1)]
