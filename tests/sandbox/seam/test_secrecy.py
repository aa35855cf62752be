"""The virtual Seam holds PINs, as Seam does, and prints none."""

from __future__ import annotations

import logging

import pytest

from bot.sandbox.seam import VirtualLock, VirtualSeam
from bot.sandbox.seam.problems import SeamProblem
from tests.sandbox.seam.conftest import Api

PIN = "271845"


async def test_no_pin_is_in_a_log_line_a_repr_or_an_exception(
    api: Api, seam: VirtualSeam, front: VirtualLock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await api.ok("/webhooks/create", url="https://bot.example/hooks")
    code = await api.create(front, code=PIN, name="Dana")
    await api.turn(seconds=5)
    await api.refused("/access_codes/create", 409, "duplicate_access_code", device_id=front.device_id, code=PIN)
    seam.enter_pin(front.device_id, PIN)
    seam.faults.offline(front.device_id)
    seam.enter_pin(front.device_id, PIN)
    seam.enter_pin(front.device_id, "904172")
    await api.ok("/access_codes/update", access_code_id=code["access_code_id"], code="904172")
    printed = [
        repr(things)
        for things in (seam.locks, list(seam.truth), list(seam.journal), list(seam.outgoing_webhooks), seam.counts)
    ]
    printed.append(str(SeamProblem(409, "duplicate_access_code", f"Cannot set duplicate access code {PIN}")))
    assert len(seam.outgoing_webhooks) > 2
    for text in [*printed, caplog.text]:
        assert PIN not in text
        assert "904172" not in text
