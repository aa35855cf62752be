"""Device JSON -> Door."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.domain.model import Battery
from bot.domain.pin import CodeRules
from bot.seam.devices import is_lock, read_door
from tests.seam.doubles import DEVICE_ID, device


def test_a_ttlock_is_read_in_full() -> None:
    door = read_door(device())
    assert door is not None
    assert (door.device_id, door.name, door.brand, door.provider) == (DEVICE_ID, "Office Lock", "TTLock", "ttlock")
    assert (door.online, door.locked, door.door_open) == (True, False, False)
    assert door.battery == Battery(level=0.86, status="good")
    assert (door.can_unlock, door.can_lock, door.can_program_codes) == (True, True, True)
    assert door.can_program_offline_codes is None
    assert door.timezone == ZoneInfo("Europe/Berlin")
    assert door.aliases == ("main door", "HQ")
    assert door.rules == CodeRules(
        lengths=(4, 6, 8),
        constraints=frozenset({"cannot_contain_0789", "name_length"}),
        max_active=250,
        name_max=14,
    )
    assert door.connected_account_id is not None


def test_an_id_and_a_flag_are_all_that_a_door_needs() -> None:
    door = read_door({"device_id": "d", "can_remotely_unlock": False})
    assert door is not None
    assert (door.name, door.brand, door.online, door.locked) == ("d", "Lock", True, None)
    assert (door.can_unlock, door.can_lock, door.battery, door.timezone) == (False, None, None, None)
    assert door.rules == CodeRules()


@pytest.mark.parametrize(
    ("value", "read"), [(True, True), (False, False), (None, None), ("true", None), (1, None), (0, None)]
)
def test_a_flag_has_three_values_and_nothing_else_counts(value: object, read: bool | None) -> None:
    door = read_door(device(can_remotely_unlock=value))
    assert door is not None
    assert door.can_unlock is read


@pytest.mark.parametrize(
    ("thing", "lock"),
    [
        ({"can_program_offline_access_codes": True}, True),
        ({"capabilities_supported": ["access_code"]}, True),
        ({"capabilities_supported": ["thermostat"]}, False),
        ({"capabilities_supported": ["lock"], "device_type": "ecobee_thermostat"}, False),
        ({"capabilities_supported": ["lock"], "device_type": "minut_sensor"}, False),
        ({"capabilities_supported": ["lock"], "device_type": "brand_new_lock"}, True),
        ({"can_turn_off_hvac": True}, False),
        ({}, False),
    ],
)
def test_only_locks_are_doors(thing: dict[str, object], lock: bool) -> None:
    assert is_lock(thing) is lock
    assert (read_door({"device_id": "d", **thing}) is not None) is lock


def test_without_an_id_it_is_no_door() -> None:
    assert read_door({"can_remotely_lock": True}) is None


@pytest.mark.parametrize(
    ("display", "properties", "name"),
    [
        ("Front", {}, "Front"),
        ("Smart Device", {"appearance": {"name": "Back"}}, "Back"),
        ("Smart Device", {"appearance": {"name": None}, "name": "Old"}, "Old"),
        ("Smart Device", {"appearance": None, "name": None}, "Smart Device"),
        ("  ", {"appearance": {"name": "Back"}}, "Back"),
    ],
)
def test_the_name_is_the_display_name_unless_it_says_nothing(
    display: str, properties: dict[str, object], name: str
) -> None:
    door = read_door(device(display_name=display, properties=properties))
    assert door is not None
    assert door.name == name


def test_what_an_offline_lock_says_of_its_bolt_is_not_believed() -> None:
    door = read_door(device(properties={"online": False, "locked": True, "door_open": True}))
    assert door is not None
    assert (door.online, door.locked, door.door_open) == (False, None, None)


def test_a_missing_bolt_is_unknown() -> None:
    door = read_door(device(properties={"locked": None}))
    assert door is not None
    assert door.locked is None


def test_a_device_error_stands_in_when_online_is_missing() -> None:
    door = read_door(device(properties={"online": None}, errors=[{"error_code": "device_disconnected"}]))
    assert door is not None
    assert door.online is False


@pytest.mark.parametrize(
    ("properties", "battery"),
    [
        ({"battery": None, "battery_level": 0.15}, Battery(level=0.15, status=None)),
        ({"battery": {"status": "critical"}, "battery_level": None}, Battery(level=None, status="critical")),
        ({"battery": {"level": 0}}, Battery(level=0.0, status=None)),
        ({"battery": {"level": True}, "battery_level": "full"}, None),
        ({"battery": None, "battery_level": None}, None),
    ],
)
def test_the_battery_is_read_in_both_shapes(properties: dict[str, object], battery: Battery | None) -> None:
    door = read_door(device(properties=properties))
    assert door is not None
    assert door.battery == battery


@pytest.mark.parametrize(
    ("location", "zone"),
    [
        ({"timezone": "Europe/Paris"}, ZoneInfo("Europe/Paris")),
        ({"time_zone": "Mars/Olympus", "timezone": "Europe/Paris"}, ZoneInfo("Europe/Paris")),
        ({"time_zone": "../../etc/passwd"}, None),
        ({"time_zone": 3}, None),
        (None, None),
    ],
)
def test_the_zone_is_read_under_both_names(location: object, zone: ZoneInfo | None) -> None:
    door = read_door(device(location=location))
    assert door is not None
    assert door.timezone == zone


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [1, "x", None, {"y": 1}], True, float("inf")])
def test_no_field_of_a_strange_kind_breaks_a_door(value: object) -> None:
    for key in device():
        if key != "device_id":
            read_door(device() | {key: value})
    properties = device()["properties"]
    assert isinstance(properties, dict)
    for key in properties:
        read_door(device(properties={key: value}))


def test_a_rule_that_nobody_knows_is_kept_so_that_we_choose_no_pin() -> None:
    door = read_door(device(properties={"code_constraints": [{"constraint_type": "only_primes"}]}))
    assert door is not None
    assert not door.rules.pin_may_be_chosen
