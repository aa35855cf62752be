"""The virtual Seam behind a real socket: what a lost answer is there."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.seam import EffectKind, Latencies, Lost, VirtualLock, VirtualSeam
from bot.sandbox.serving import serve
from tests.sandbox.seam.conftest import KEY

HEADERS = {"authorization": f"Bearer {KEY}"}


async def test_an_unlock_over_a_socket_in_real_time() -> None:
    seam = VirtualSeam(Clock(), KEY, latencies=Latencies(command=0.01))
    front = seam.door("Front Door")
    async with serve(seam.app) as base, httpx.AsyncClient(base_url=base, headers=HEADERS) as client:
        reply = await client.post("/locks/unlock_door", json={"device_id": front.device_id})
        attempt = reply.json()["action_attempt"]
        async with asyncio.timeout(30):
            while attempt["status"] == "pending":
                await asyncio.sleep(0.01)
                asked = {"action_attempt_id": attempt["action_attempt_id"]}
                attempt = (await client.post("/action_attempts/get", json=asked)).json()["action_attempt"]
    assert attempt["status"] == "success"
    assert seam.door("Front Door").locked is False


@pytest.mark.parametrize(("how", "raised"), [(Lost.HANG, httpx.ReadTimeout), (Lost.DROP, httpx.RemoteProtocolError)])
async def test_a_lost_answer_over_a_socket_is_what_httpx_raises_for_it(
    seam: VirtualSeam, front: VirtualLock, how: Lost, raised: type[Exception]
) -> None:
    seam.faults.lose_answers("/locks/unlock_door", how)
    async with serve(seam.app) as base, httpx.AsyncClient(base_url=base, headers=HEADERS, timeout=30) as client:
        with pytest.raises(raised):
            await client.post(
                "/locks/unlock_door", json={"device_id": front.device_id}, timeout=0.3 if how is Lost.HANG else 30
            )
        await client.post("/locks/unlock_door", json={"device_id": front.device_id})
    seam.settle()
    assert len(seam.truth.of(EffectKind.UNLOCKED)) <= 2


async def test_a_taken_port_is_an_error() -> None:
    seam = VirtualSeam(Clock(), KEY)
    async with serve(seam.app) as base:
        port = int(base.rpartition(":")[2])
        with pytest.raises(OSError):
            async with serve(seam.app, port=port):
                pass
