"""The doubles of these tests: a server that answers from a script, and a time that only sleeping moves."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bot.seam.client import SeamClient

SAMPLES = Path(__file__).parent / "samples"
DEVICE_ID = "7a8b1c9e-0000-4000-8000-00000000d001"
OTHER_DEVICE_ID = "7a8b1c9e-0000-4000-8000-00000000d002"
CODE_ID = "7a8b1c9e-0000-4000-8000-00000000c001"
ATTEMPT_ID = "7a8b1c9e-0000-4000-8000-00000000a001"
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)

Scripted = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def sample(name: str) -> dict[str, object]:
    """A JSON object from samples/, fresh each time."""
    loaded: dict[str, object] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return loaded


class Time:
    """`now` and `monotonic` stand still until somebody sleeps; `pauses` are the sleeps, in seconds."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return 1000.0 + self._passed

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._passed += seconds

    def pass_by(self, seconds: float) -> None:
        self._passed += seconds


class ScriptedSeam:
    """Answers each path from its own queue; the last answer of a queue stays. Keeps every request.

    `client` is the real one, over httpx.MockTransport.
    """

    def __init__(self, time: Time, *, deadline: float = 25.0) -> None:
        self.time = time
        self.requests: list[httpx.Request] = []
        self._script: dict[str, deque[Scripted]] = {}
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer), base_url="https://seam.test")
        self.client = SeamClient(
            http, now=time.now, deadline=deadline, sleep=time.sleep, chance=lambda: 0.0, monotonic=time.monotonic
        )

    def answers(self, path: str, *script: Scripted) -> None:
        self._script[path] = deque(script)

    def sent(self, path: str) -> list[dict[str, object]]:
        """The JSON bodies that went to this path, in order."""
        return [json.loads(r.content) for r in self.requests if r.url.path == path]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        script = self._script.get(request.url.path)
        if not script:
            raise AssertionError(f"the test has no answer for {request.url.path}")
        step = script.popleft() if len(script) > 1 else script[0]
        if isinstance(step, Exception):
            raise step
        return step(request) if not isinstance(step, httpx.Response) else _copy(step)


def ok(**envelope: object) -> httpx.Response:
    return httpx.Response(200, json={**envelope, "ok": True}, headers={"seam-request-id": "req-1"})


def refused(status: int, kind: str, message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(
        status,
        json={"error": {"type": kind, "message": message}, "ok": False},
        headers={"seam-request-id": "req-9", **{name.replace("_", "-"): value for name, value in headers.items()}},
    )


def plain(status: int, text: str = "") -> httpx.Response:
    """What proxies and outages answer: no JSON."""
    return httpx.Response(status, text=text)


def device(**changes: object) -> dict[str, object]:
    """A TTLock that works, with changes at the top; `properties` are merged."""
    base = sample("ttlock_device")
    properties = changes.pop("properties", {})
    assert isinstance(properties, dict)
    own = base["properties"]
    assert isinstance(own, dict)
    return {**base, **changes, "properties": {**own, **properties}}


def attempt(status: str = "pending", **changes: object) -> dict[str, object]:
    return {
        "action_attempt_id": ATTEMPT_ID,
        "action_type": "UNLOCK_DOOR",
        "status": status,
        "result": None,
        "error": None,
        **changes,
    }


def access_code(**changes: object) -> dict[str, object]:
    return {**sample("access_code"), **changes}


def _copy(response: httpx.Response) -> httpx.Response:
    return httpx.Response(response.status_code, headers=response.headers, content=response.content)
