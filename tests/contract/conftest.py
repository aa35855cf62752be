"""The backends of the contract suite: Seam's own fake, and our sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.seam import TTLOCK, VirtualSeam
from bot.seam.client import SeamClient
from bot.seam.transport import make_http_client, request_headers

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / ".counterparts" / "node_modules"

BACKENDS = [pytest.param("fake", marks=pytest.mark.counterpart), pytest.param("sandbox")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One Seam to talk to. `http` is for what the client does not do."""

    name: str
    client: SeamClient
    http: httpx.AsyncClient


@pytest.fixture(scope="session")
def fake_seam() -> Iterator[tuple[str, str]]:
    """Seam's own fake as a process on a free port: its URL and key. Ends with the tests: its stdin closes."""
    if not (NODE_MODULES / "@seamapi" / "fake-seam-connect").exists():
        pytest.skip("Seam's fake is not installed: run .ci/counterparts.sh")
    node = shutil.which("node")
    if node is None:
        pytest.skip("Seam's fake needs Node.js")
    script = Path(__file__).with_name("fake_seam.mjs")
    with subprocess.Popen(
        [node, str(script), str(NODE_MODULES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        started = json.loads(process.stdout.readline())
        yield started["url"], started["key"]
        process.stdin.close()
        process.wait(timeout=10)


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
    """The sandbox's server without a socket; one TTLock has Remote Unlock off, as on the fake."""
    virtual = VirtualSeam(clock=Clock(), api_key="seam_test_sandbox")
    hindered = [lock for lock in virtual.locks.values() if lock.brand is TTLOCK][-1]
    virtual.faults.remote_unlock_off(hindered.device_id)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(virtual.app),
        base_url="http://sandbox",
        headers=request_headers("seam_test_sandbox", "latchkey-tests"),
    )


def _now() -> datetime:
    return datetime.now(UTC)
