"""Only what Seam signed just now is an event."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from bot.sandbox.seam.webhooks import sign
from bot.seam.webhooks import NotFromSeam, SvixVerifier, read_body

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET = "whsec_" + base64.b64encode(b"s" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 24).decode()
BODY = b'{"event_id": "e1", "event_type": "lock.unlocked", "code": "492332"}'


def headers(
    *, secret: str = SECRET, message_id: str = "msg_1", stamp: str = STAMP, body: bytes = BODY, prefix: str = "svix"
) -> dict[str, list[str]]:
    return {
        f"{prefix}-id": [message_id],
        f"{prefix}-timestamp": [stamp],
        f"{prefix}-signature": [sign(secret, message_id, stamp, body)],
    }


def refused(given: dict[str, list[str]], body: bytes = BODY) -> str:
    with pytest.raises(NotFromSeam) as problem:
        SvixVerifier(SECRET, lambda: NOW).check(given, body)
    return problem.value.why


@pytest.mark.parametrize("prefix", ["svix", "webhook"])
@pytest.mark.parametrize("off", [-299, 0, 299])
def test_what_seam_signed_lately_passes(prefix: str, off: int) -> None:
    SvixVerifier(SECRET, lambda: NOW).check(headers(stamp=str(int(STAMP) + off), prefix=prefix), BODY)


def test_one_good_signature_of_several_is_enough_and_a_secret_needs_no_prefix() -> None:
    good = headers()
    (signature,) = good["svix-signature"]
    good["svix-signature"] = [f"v1a,xx {sign(OTHER, 'msg_1', STAMP, BODY)} {signature}"]
    SvixVerifier(SECRET.removeprefix("whsec_"), lambda: NOW).check(good, BODY)


@pytest.mark.parametrize("off", [-301, 301, -86_400])
def test_old_or_early_is_refused(off: int) -> None:
    assert refused(headers(stamp=str(int(STAMP) + off))) == "stale"


def test_forged_is_refused() -> None:
    assert refused(headers(secret=OTHER)) == "signature"
    assert refused(headers(), BODY + b" ") == "signature"
    assert refused(headers(), json.dumps(json.loads(BODY), separators=(",", ":")).encode()) == "signature"
    assert refused(headers() | {"svix-id": ["msg_2"]}) == "signature"
    assert refused(headers() | {"svix-timestamp": [str(int(STAMP) + 1)]}) == "signature"
    assert refused(headers() | {"svix-signature": ["v1a," + headers()["svix-signature"][0][3:]]}) == "signature"
    assert refused(headers() | {"svix-signature": ["v1,\u00e4\u00f6"]}) == "signature"


@pytest.mark.parametrize("missing", ["svix-id", "svix-timestamp", "svix-signature"])
@pytest.mark.parametrize("values", [[], [""], ["a", "b"]])
def test_each_header_is_there_once(missing: str, values: list[str]) -> None:
    assert refused(headers() | {missing: values}) == "header"


@pytest.mark.parametrize("stamp", ["now", "-5", "1e9", "\u0661\u0662", "9" * 40])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    assert refused(headers(stamp=stamp)) == "header"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!!", "whsec_" + base64.b64encode(b"short").decode()])
def test_a_secret_that_anybody_could_guess_is_none(secret: str) -> None:
    with pytest.raises(ValueError):
        SvixVerifier(secret, lambda: NOW)


def test_an_event_keeps_no_pin_and_what_is_none_is_none() -> None:
    event = read_body(BODY)
    assert event is not None
    assert event.event_id == "e1"
    assert "492332" not in repr(event)
    for nothing in b"", b"[]", b"{", b'{"event_id": 5}', b"\xff", b"[" * 100_000:
        assert read_body(nothing) is None
