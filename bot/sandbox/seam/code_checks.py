"""What real Seam refuses before it takes a code (seam-api.md 3.4, 5.1, 6.1, 6.7 and 6.9)."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.sandbox.seam.codes import Codes
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import SeamProblem, invalid

SHORTEST, LONGEST = 4, 12  # seam-api.md 6.1
HOURLY_LONGEST = timedelta(hours=672)  # igloohome's algoPIN (seam-api.md 6.7)
DAILY_SHORTEST, DAILY_LONGEST = timedelta(days=29), timedelta(days=367)
HOURLY_PER_SLOT, DAILY_PER_SLOT, ONE_TIME_PER_DATE = 3, 3, 5


def _runs(digits: str, longest: int) -> bool:
    """Whether more than `longest` digits in a row are equal, or count up or down by one."""
    for step in (0, 1, -1):
        run = 1
        for before, after in itertools.pairwise(digits):
            run = run + 1 if int(after) - int(before) == step else 1
            if run > longest:
                return True
    return False


def _counts_through(digits: str) -> bool:
    return {int(b) - int(a) for a, b in itertools.pairwise(digits)} in ({1}, {-1})


# Each rule on digits: is it broken, and what Seam says then. Written anew here, not taken from `bot.domain`:
# a double that shares the client's own checks would share its mistakes.
BROKEN: dict[str, tuple[Callable[[str], bool], str]] = {
    "no_zeros": (lambda d: "0" in d, "Code cannot contain zeros"),
    "cannot_start_with_12": (lambda d: d[:2] == "12", "Code cannot start with 12"),
    "no_triple_consecutive_ints": (
        lambda d: _runs(d, 3),
        "Code cannot contain more than three consecutive integers",
    ),
    "no_ascending_or_descending_sequence": (_counts_through, "Code cannot be an ascending or descending sequence"),
    "no_all_same_digits": (lambda d: len(set(d)) == 1, "Code cannot consist of one digit only"),
    "at_least_three_unique_digits": (lambda d: len(set(d)) < 3, "Code must have at least three unique digits"),
    "unique_first_four_digits": (lambda d: len(set(d[:4])) < 4, "The first four digits of the code must be unique"),
    "cannot_contain_089": (lambda d: bool(set(d) & set("089")), "Code cannot contain 0, 8 or 9"),
    "cannot_contain_0789": (lambda d: bool(set(d) & set("0789")), "Code cannot contain 0, 7, 8 or 9"),
}


def check_pin(lock: VirtualLock, pin: str) -> None:
    """Raises 400 for a PIN that the lock cannot take."""
    if not (pin.isascii() and pin.isdigit()):
        raise invalid("Code must only contain digits", "code")
    if not SHORTEST <= len(pin) <= LONGEST:
        raise invalid(f"Code must be {SHORTEST} to {LONGEST} digits long", "code")
    if len(pin) not in lock.code_lengths:
        lengths = ", ".join(map(str, lock.code_lengths))
        raise invalid(f"Code length is not supported by this device. Supported lengths: {lengths}", "code")
    if lock.constraint("cannot_specify_pin_code"):
        raise invalid("This device does not accept a code of your choice", "code")
    for constraint in lock.constraints:
        rule = BROKEN.get(str(constraint["constraint_type"]))
        if rule and rule[0](pin):
            raise invalid(rule[1], "code")


def check_unused(codes: Codes, lock: VirtualLock, pin: str, *, but: str | None = None) -> None:
    """Raises 409 when the PIN is on the device in any window (seam-api.md 6.9). The message repeats the PIN."""
    for rival in codes.on_device(lock.device_id):
        if rival.is_managed and rival.pin == pin and rival.access_code_id != but:
            raise SeamProblem(
                409,
                "duplicate_access_code",
                f"Cannot set duplicate access code {pin} on this device",
                data={"access_code_id": rival.access_code_id, "device_id": lock.device_id},
            )


def check_name(codes: Codes, lock: VirtualLock, name: str, *, but: str | None = None) -> None:
    """Raises 400 for a name that is too short or too long for the lock, or taken where names must differ."""
    limits = lock.constraint("name_length") or {}
    shortest, longest = limits.get("min_length"), limits.get("max_length")
    if isinstance(shortest, int) and len(name) < shortest:
        raise invalid(f"Name must be at least {shortest} characters long", "name")
    # Some makers cut the name on the lock and Seam keeps the whole of it (seam-api.md 6.9).
    if isinstance(longest, int) and len(name) > longest and lock.brand.truncates_names_to is None:
        raise invalid(f"Name must be at most {longest} characters long", "name")
    if lock.constraint("name_must_be_unique"):
        taken = (c.name for c in codes.on_device(lock.device_id) if c.access_code_id != but)
        if name in taken:
            raise invalid("Name must be unique on this device", "name")


def check_window(
    lock: VirtualLock, starts_at: datetime | None, ends_at: datetime | None, now: datetime, *, is_new_start: bool = True
) -> None:
    """Raises 400 for half a window, one that ends before it starts or in the past, and the lock's own rules."""
    if (starts_at is None) != (ends_at is None):
        raise invalid("starts_at and ends_at must be given together", "ends_at" if ends_at is None else "starts_at")
    if starts_at is None or ends_at is None:
        return
    if ends_at <= starts_at:
        raise invalid("ends_at must be after starts_at", "ends_at")
    if ends_at <= now:
        raise invalid("ends_at must be in the future", "ends_at")
    if lock.brand.start_must_be_ahead and is_new_start and starts_at <= now:
        raise invalid("starts_at must be in the future for this device", "starts_at")


def generate_pin(codes: Codes, lock: VirtualLock, preferred_length: int | None = None) -> str:
    """A random PIN that the device takes; the shortest supported length when the wanted one is not."""
    length = preferred_length if preferred_length in lock.code_lengths else min(lock.code_lengths)
    used = {code.pin for code in codes.on_device(lock.device_id)}
    broken = [BROKEN[str(c["constraint_type"])][0] for c in lock.constraints if c["constraint_type"] in BROKEN]
    for _ in range(10_000):
        pin = "".join(secrets.choice("0123456789") for _ in range(length))
        if pin not in used and len(set(pin)) > 2 and not any(rule(pin) for rule in broken):
            return pin
    raise invalid("No code is free on this device")


def offline_window(codes: Codes, lock: VirtualLock, params: Params, now: datetime) -> tuple[datetime, datetime]:
    """The window of an offline PIN after igloohome's rounding (seam-api.md 6.7). Raises 400 outside its limits."""
    if not lock.brand.can_program_offline_codes:
        raise invalid("Device does not support offline access codes", "is_offline_access_code")
    if "code" in params:
        raise invalid("code cannot be specified for an offline access code", "code")
    starts_at, ends_at = params.moment("starts_at"), params.moment("ends_at")
    if starts_at is None:
        raise invalid("Offline access codes must be time-bound", "starts_at")
    siblings = [c for c in codes.on_device(lock.device_id) if c.is_offline]
    if params.flag("is_one_time_use"):
        today = [c for c in siblings if c.is_one_time and c.starts_at and c.starts_at.date() == starts_at.date()]
        if len(today) >= ONE_TIME_PER_DATE:
            raise invalid("Too many one-time offline access codes on this date", "starts_at")
        return starts_at, starts_at + timedelta(hours=24)
    check_window(lock, starts_at, ends_at, now)
    if ends_at is None:
        raise invalid("Offline access codes must be time-bound", "ends_at")
    rounding = params.choice("max_time_rounding", ("1hour", "1day", "1h", "1d")) or "1hour"
    slot = [c for c in siblings if not c.is_one_time and c.starts_at == _hour_before(starts_at)]
    if rounding.startswith("1d") and ends_at - starts_at >= DAILY_SHORTEST:
        ends_at = ends_at.replace(hour=starts_at.hour, minute=starts_at.minute)
        if ends_at - starts_at > DAILY_LONGEST:
            raise invalid("Offline access codes last at most 367 days", "ends_at")
        if len(slot) >= DAILY_PER_SLOT:
            raise invalid("Too many offline access codes with this start", "starts_at")
        return _hour_before(starts_at), _hour_before(ends_at)
    starts_at, ends_at = _hour_before(starts_at), _hour_after(ends_at)
    if ends_at - starts_at > HOURLY_LONGEST:
        raise invalid("Hourly offline access codes last at most 672 hours; allow max_time_rounding 1d", "ends_at")
    if len(slot) >= HOURLY_PER_SLOT:
        raise invalid("Too many offline access codes with this start", "starts_at")
    return starts_at, ends_at


def _hour_before(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hour_after(moment: datetime) -> datetime:
    floor = _hour_before(moment)
    return floor if floor == moment else floor + timedelta(hours=1)


def shared_pin(codes: Codes, common_code_key: str) -> str | None:
    """The PIN that codes with this key have already."""
    return next((c.pin for c in codes.all() if c.common_code_key == common_code_key), None)
