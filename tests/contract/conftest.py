"""The backends of the contract suites: Seam's own fake and local-slack, and our sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.seam import VirtualSeam
from bot.seam.client import SeamClient
from bot.seam.transport import make_http_client, request_headers
from tests import counterparts

BACKENDS = [pytest.param("fake", marks=pytest.mark.counterpart), pytest.param("sandbox")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One Seam to talk to. `http` is for what the client does not do."""

    name: str
    client: SeamClient
    http: httpx.AsyncClient


@pytest.fixture(scope="session")
def fake_seam() -> Iterator[tuple[str, str]]:
    """Seam's own fake as a process on a free port: its URL and key."""
    with counterparts.fake_seam() as running:
        yield running


@pytest.fixture(params=BACKENDS)
async def backend(request: pytest.FixtureRequest) -> AsyncIterator[Backend]:
    """Each contract test runs on every backend, with a client of its own."""
    if request.param == "fake":
        url, key = request.getfixturevalue("fake_seam")
        http = make_http_client(url, key, "latchkey-tests")
    else:
        http = sandbox_http()
    async with http:
        yield Backend(name=request.param, client=SeamClient(http, now=_now), http=http)


def sandbox_http() -> httpx.AsyncClient:
    """The sandbox's server without a socket; like the fake, it has one door with Remote Unlock off."""
    virtual = VirtualSeam(clock=Clock(), api_key="seam_test_sandbox")
    virtual.faults.remote_unlock_off(virtual.door("Meeting Room").device_id)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(virtual.app),
        base_url="http://sandbox",
        headers=request_headers("seam_test_sandbox", "latchkey-tests"),
    )


def _now() -> datetime:
    return datetime.now(UTC)
