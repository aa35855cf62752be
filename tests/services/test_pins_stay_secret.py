"""A known PIN goes everywhere it can; afterwards it is at Seam, on the lock, in the host's hand, nowhere else."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path

import pytest

from bot.audit_export import export
from bot.domain.errors import BotError
from bot.domain.pin import Pin
from tests.services.house import KEY, SAM, House

CANARY = "73914628"
CREATE = "/access_codes/create"


def everything_in(folder: Path) -> bytes:
    """Every byte of every file: pages that are free again, journals and locks included."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


async def test_a_pin_is_in_no_file_log_export_or_task(
    house: House, caplog: pytest.LogCaptureFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    (code,) = await house.order(pin=CANARY)
    await house.turn(seconds=30)
    _, pin = await house.services.guest_codes.reveal(person=SAM, code_id=code.code_id, origin=house.origin("button"))
    assert pin.reveal() == CANARY, "it did go through"
    for lost in (False, True):
        if lost:
            house.seam.faults.lose_answers(CREATE)
        else:
            house.seam.faults.refuse(
                CREATE, status=400, error_type="duplicate_access_code", message=f"{CANARY} is taken"
            )
        with pytest.raises(BotError):
            await house.order(pin=CANARY)  # refused at its field: in use
        await house.order("Back Door", pin=CANARY)
        house.seam.faults.routes.clear()
    await house.turn(minutes=200)
    key = base64.b64encode(KEY.secret).decode()
    await export({"DATABASE_URL": f"sqlite:///{house.path}", "LATCHKEY_AUDIT_KEY": key}, "jsonl", None)
    said = capsys.readouterr()
    assert CANARY.encode() not in everything_in(tmp_path)
    assert CANARY not in said.out + said.err
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert CANARY not in logged
    assert CANARY not in json.dumps([dict(t.payload) for t in house.told])


async def test_a_refused_code_leaves_no_pin_in_its_record_or_in_the_log(house: House) -> None:
    house.seam.faults.refuse(CREATE, status=400, error_type="x", message=f"no {CANARY}")
    (code,) = await house.order(pin=CANARY)
    assert code.trouble
    assert CANARY not in repr(code)
    assert CANARY not in str(await house.records())


async def test_the_refusals_of_a_pin_never_repeat_it(house: House) -> None:
    await house.order(pin=CANARY)
    for door, typed in (("Front Door", CANARY), ("Garage", CANARY), ("Front Door", f"{CANARY}1"), ("Library", CANARY)):
        with pytest.raises(BotError) as refused:
            await house.order(door, pin=typed)
        assert CANARY not in str(refused.value)
        assert CANARY not in repr(refused.value)


def test_the_canary_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(Pin(CANARY).reveal())
    assert CANARY.encode() in everything_in(tmp_path)
