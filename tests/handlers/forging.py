"""Signed requests as Slack sends them, and ten thousand that only look like it."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

SECRET = b"8f742231b10e8888abcd99yyyzzz85a5"
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"


@dataclass(frozen=True, kw_only=True)
class Http:
    """A request as the ASGI server hands it on."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    method: str = "POST"
    chunks: int = 1


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: bytes


@dataclass
class Counting:
    """Stands where Bolt stands, and counts what gets there."""

    bodies: list[object] = field(default_factory=list)

    async def async_dispatch(self, request: object) -> object:
        self.bodies.append(getattr(request, "body", None))
        return Ok()


class Ok:
    status = 200
    body = ""

    def first_headers(self) -> dict[str, str]:
        return {}


def sign(secret: bytes, timestamp: bytes, body: bytes) -> bytes:
    return b"v0=" + hmac.new(secret, b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest().encode()


def signed(body: bytes, at: float, *, secret: bytes = SECRET, kind: bytes = FORM) -> Http:
    timestamp = str(int(at)).encode()
    return Http(
        headers=(
            (b"content-type", kind),
            (b"x-slack-request-timestamp", timestamp),
            (b"x-slack-signature", sign(secret, timestamp, body)),
        ),
        body=body,
    )


def without(request: Http, name: bytes) -> Http:
    return replace(request, headers=tuple(h for h in request.headers if h[0] != name))


def with_header(request: Http, name: bytes, value: bytes) -> Http:
    return replace(request, headers=(*without(request, name).headers, (name, value)))


async def send(app: object, request: Http) -> Answer:
    """Straight into an ASGI app."""
    size = max(1, -(-len(request.body) // request.chunks))
    parts = [request.body[i : i + size] for i in range(0, len(request.body), size)] or [b""]
    waiting = [{"type": "http.request", "body": p, "more_body": n < len(parts) - 1} for n, p in enumerate(parts)]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def out(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": request.method, "headers": list(request.headers), "path": "/slack/events"}
    await app(scope, receive, out)  # type: ignore[operator]
    status = next(m["status"] for m in sent if m["type"] == "http.response.start")
    body = b"".join(m["body"] for m in sent if m["type"] == "http.response.body")  # type: ignore[misc]
    assert isinstance(status, int)
    return Answer(status=status, body=body)


def forgeries(bodies: Sequence[bytes], at: float, count: int, seed: int) -> Iterator[Http]:
    """`count` requests of which none is signed for just this moment and these bytes."""
    dice = random.Random(seed)
    for n in range(count):
        body = dice.choice(bodies)
        request = signed(body, at, kind=dice.choice((FORM, JSON)))
        yield _FORGERIES[n % len(_FORGERIES)](request, at, dice)


def _signature(request: Http) -> bytes:
    return dict(request.headers)[b"x-slack-signature"]


def _bit_of_body(request: Http, at: float, dice: random.Random) -> Http:
    body = bytearray(request.body or b"x")
    body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return replace(request, body=bytes(body) if bytes(body) != request.body else b"")


def _bit_of_signature(request: Http, at: float, dice: random.Random) -> Http:
    signature = bytearray(_signature(request))
    signature[dice.randrange(len(signature))] ^= 1 << dice.randrange(8)
    return with_header(request, b"x-slack-signature", bytes(signature))


def _odd_signature(request: Http, at: float, dice: random.Random) -> Http:
    good = _signature(request)
    odd = dice.choice(
        (
            b"",
            good[:-1],
            good + b"0",
            good + b"\n",
            b" " + good,
            good.upper(),
            good.replace(b"v0=", b"v1="),
            good.replace(b"v0=", b""),
            "v0=é".encode() * 20,
            bytes(dice.randrange(256) for _ in range(67)),
            b"v0=" + b"0" * 64,
            b"v0=" + b"f" * 100_000,
        )
    )
    return with_header(request, b"x-slack-signature", odd)


def _odd_timestamp(request: Http, at: float, dice: random.Random) -> Http:
    now = str(int(at)).encode()
    odd = dice.choice(
        (
            b"",
            b"now",
            b"-" + now[1:],
            b"+" + now,
            b" " + now,
            now + b" ",
            now + b"\n",
            now + b".0",
            now[:9] + b"_",
            b"1e9",
            b"0x10",
            b"9" * 400,
            "١٧٩٥٠٠٠٠٠٠".encode(),
            b"\xff\xfe",
            b"nan",
            b"0000000000",
        )
    )
    # Signed for its odd timestamp, as one would who has found the secret but not the form.
    forged = with_header(request, b"x-slack-request-timestamp", odd)
    return with_header(forged, b"x-slack-signature", sign(SECRET, odd, request.body))


def _moved_timestamp(request: Http, at: float, dice: random.Random) -> Http:
    moved = str(int(at) + dice.choice((-3, -1, 1, 3, 200))).encode()
    return with_header(request, b"x-slack-request-timestamp", moved)


def _old(request: Http, at: float, dice: random.Random) -> Http:
    return signed(request.body, at + dice.choice((-1, 1)) * dice.randrange(301, 10**6))


def _wrong_secret(request: Http, at: float, dice: random.Random) -> Http:
    return signed(request.body, at, secret=dice.choice((b"", b"x", SECRET[:-1], SECRET + b" ", SECRET.upper())))


def _missing(request: Http, at: float, dice: random.Random) -> Http:
    return without(request, dice.choice((b"x-slack-signature", b"x-slack-request-timestamp")))


def _twice(request: Http, at: float, dice: random.Random) -> Http:
    name = dice.choice((b"x-slack-signature", b"x-slack-request-timestamp"))
    value = dict(request.headers)[name]
    other = dice.choice((value, b"", b"v0=" + b"0" * 64))
    return replace(request, headers=(*request.headers, (name.upper() if dice.random() < 0.5 else name, other)))


def _huge(request: Http, at: float, dice: random.Random) -> Http:
    return replace(signed(b"text=" + b"x" * (256 * 1024 + dice.randrange(1000)), at), chunks=dice.choice((1, 7)))


def _garbage(request: Http, at: float, dice: random.Random) -> Http:
    body = dice.choice((b"\xff\xfe\x00", b'{"a":', b"payload=%7B", b"[" * 5000, b"\x00" * 50, b"payload={}", b""))
    return with_header(replace(request, body=body), b"content-type", dice.choice((JSON, FORM, b"text/plain", b"\xff")))


def _method(request: Http, at: float, dice: random.Random) -> Http:
    return replace(request, method=dice.choice(("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "post", "BREW")))


_FORGERIES = (
    _bit_of_body,
    _bit_of_signature,
    _odd_signature,
    _odd_timestamp,
    _moved_timestamp,
    _old,
    _wrong_secret,
    _missing,
    _twice,
    _huge,
    _garbage,
    _method,
)
