"""A virtual Seam under a clock that is turned by hand, and a client that checks every reply against Seam's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.seam import VirtualLock, VirtualSeam
from tests.conftest import SHARED
from tests.sandbox.seam.schema import ReplySchemas

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
KEY = "seam_test_sandbox"


@pytest.fixture(scope="session")
def reply_schemas() -> ReplySchemas | None:
    """Seam's schemas, or None where the document is not at hand (then `test_replies` says so by skipping)."""
    document = SHARED / "seam-openapi.json"
    return ReplySchemas(document) if document.exists() else None


class Hands:
    """Real seconds that pass only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Api:
    """Calls the virtual Seam as a client does. Every JSON answer is validated."""

    def __init__(self, seam: VirtualSeam, clock: Clock, hands: Hands, schemas: ReplySchemas | None) -> None:
        self.seam, self.clock, self._hands, self._schemas = seam, clock, hands, schemas
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=seam.app),
            base_url="https://seam.test",
            headers={"authorization": f"Bearer {KEY}"},
        )

    async def send(self, path: str, **body: object) -> httpx.Response:
        response = await self.http.post(path, json=body)
        self.validate(path, response)
        return response

    def validate(self, path: str, response: httpx.Response) -> None:
        if self._schemas and response.headers.get("content-type", "").startswith("application/json"):
            self._schemas.check(path, response.status_code, response.json())

    async def ok(self, path: str, **body: object) -> Any:
        response = await self.send(path, **body)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, status: int, error_type: str, **body: object) -> Any:
        response = await self.send(path, **body)
        error = response.json()["error"]
        assert (response.status_code, error["type"]) == (status, error_type)
        return error

    async def turn(self, **by: float) -> None:
        self.clock.turn(timedelta(**by))

    def wait(self, seconds: float) -> None:
        """Let real seconds pass, without turning the clock."""
        self._hands.seconds += seconds
        self.seam.settle()

    async def device(self, lock: VirtualLock) -> Any:
        return (await self.ok("/devices/get", device_id=lock.device_id))["device"]

    async def code(self, code_id: str) -> Any:
        return (await self.ok("/access_codes/get", access_code_id=code_id))["access_code"]

    async def create(self, lock: VirtualLock, **fields: object) -> Any:
        """Order a code; times may be given as aware datetimes."""
        wire = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in fields.items()}
        return (await self.ok("/access_codes/create", device_id=lock.device_id, **wire))["access_code"]

    async def attempt(self, attempt_id: str) -> Any:
        return (await self.ok("/action_attempts/get", action_attempt_id=attempt_id))["action_attempt"]


@pytest.fixture
def clock() -> Clock:
    return Clock(fixed_at=NOON)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def seam(clock: Clock, hands: Hands) -> VirtualSeam:
    return VirtualSeam(clock, KEY, monotonic=hands)


@pytest.fixture
async def api(seam: VirtualSeam, clock: Clock, hands: Hands, reply_schemas: ReplySchemas | None) -> AsyncIterator[Api]:
    api = Api(seam, clock, hands, reply_schemas)
    yield api
    await api.http.aclose()


@pytest.fixture
def front(seam: VirtualSeam) -> VirtualLock:
    return seam.door("Front Door")
