"""Only what Slack signed, lately, and for the first time gets past the edge (reliability.md A1, A2)."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.domain.errors import StorageTrouble
from handlers.edge import LARGEST_BODY, SlackEdge, Verifier
from storage.audit_rows import AuditKey
from storage.database import Database
from tests.handlers.forging import JSON, SECRET, Counting, Http, forgeries, send, sign, signed, with_header

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AT = NOW.timestamp()
COMMAND = urlencode({"command": "/unlock", "text": "Front Door", "user_id": "U1", "team_id": "T1"}).encode()
CLICK = urlencode({"payload": json.dumps({"type": "block_actions", "actions": [{"action_id": "x"}]})}).encode()
EVENT = json.dumps({"type": "event_callback", "event": {"type": "user_change"}}).encode()


async def always_new(signature: str) -> bool:
    return True


def edge(
    secrets: tuple[bytes, ...] = (SECRET,), is_new: Callable[[str], Awaitable[bool]] = always_new
) -> tuple[SlackEdge, Counting]:
    bolt = Counting()
    return SlackEdge(bolt, Verifier(secrets, lambda: NOW, is_new)), bolt  # type: ignore[arg-type]


async def test_what_slack_signs_reaches_bolt() -> None:
    app, bolt = edge()
    for body in COMMAND, CLICK:
        assert (await send(app, signed(body, AT))).status == 200
    assert (await send(app, signed(EVENT, AT, kind=JSON))).status == 200
    assert bolt.bodies[0] == {"command": "/unlock", "text": "Front Door", "user_id": "U1", "team_id": "T1"}
    assert bolt.bodies[1] == {"type": "block_actions", "actions": [{"action_id": "x"}]}
    assert bolt.bodies[2] == json.loads(EVENT)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_of_ten_thousand_forgeries_none_is_let_in_and_none_is_a_fault(seed: int) -> None:
    app, bolt = edge()
    answers = [await send(app, forgery) for forgery in forgeries((COMMAND, CLICK, EVENT), AT, 2500, seed)]
    assert {(a.status, a.body) for a in answers} == {(401, b""), (405, b"")}
    assert bolt.bodies == []


async def test_forgeries_that_come_at_once_are_refused_as_well() -> None:
    app, bolt = edge()
    answers = await asyncio.gather(*(send(app, f) for f in forgeries((COMMAND,), AT, 300, 9)))
    assert {a.status for a in answers} == {401, 405}
    assert bolt.bodies == []


@pytest.mark.parametrize(("moved", "status"), [(-301, 401), (-299, 200), (0, 200), (299, 200), (301, 401)])
async def test_five_minutes_either_way_and_not_a_second_more(moved: int, status: int) -> None:
    app, bolt = edge()
    assert (await send(app, signed(COMMAND, AT + moved))).status == status
    assert len(bolt.bodies) == (status == 200)


async def test_a_replay_is_refused() -> None:
    app, bolt = edge()
    request = signed(COMMAND, AT)
    answers = [await send(app, request) for _ in range(20)]
    assert [a.status for a in answers] == [200] + [401] * 19
    assert len(bolt.bodies) == 1


async def test_of_fifty_copies_at_once_one_gets_through() -> None:
    app, bolt = edge()
    answers = await asyncio.gather(*(send(app, signed(COMMAND, AT)) for _ in range(50)))
    assert sorted(a.status for a in answers) == [200] + [401] * 49
    assert len(bolt.bodies) == 1


async def test_a_replay_is_refused_after_a_restart(migrated: Path, tmp_path: Path) -> None:
    path = tmp_path / "latchkey.db"
    shutil.copy(migrated, path)
    for status in 200, 401:
        db = Database(f"sqlite:///{path}", AuditKey(key_id="k", secret=b"k" * 32))
        try:

            async def is_new(signature: str, db: Database = db) -> bool:
                return await db.write(lambda tx: tx.inbox.is_new_signature(signature, NOW))

            app, bolt = edge(is_new=is_new)
            assert (await send(app, signed(COMMAND, AT))).status == status
            assert len(bolt.bodies) == (status == 200)
        finally:
            await db.close()


async def test_without_a_database_a_replay_is_still_refused_by_memory() -> None:
    async def broken(signature: str) -> bool:
        raise StorageTrouble

    app, bolt = edge(is_new=broken)
    assert [(await send(app, signed(COMMAND, AT))).status for _ in range(2)] == [200, 401]
    assert len(bolt.bodies) == 1


async def test_during_a_rotation_both_secrets_count_and_no_third() -> None:
    app, bolt = edge((b"new secret", b"old secret"))
    for secret, status in (b"new secret", 200), (b"old secret", 200), (b"older secret", 401):
        assert (await send(app, signed(COMMAND, AT, secret=secret))).status == status
    assert len(bolt.bodies) == 2


@pytest.mark.parametrize("secrets", [(), (b"",), (b"good", b"")])
def test_an_empty_secret_stops_the_start(secrets: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="signing secret"):
        Verifier(secrets, lambda: NOW, always_new)


async def test_header_names_count_in_any_case() -> None:
    app, _ = edge()
    request = signed(COMMAND, AT)
    shouted = Http(headers=tuple((k.upper(), v) for k, v in request.headers), body=request.body)
    assert (await send(app, shouted)).status == 200


async def test_a_body_may_come_in_pieces() -> None:
    app, bolt = edge()
    request = signed(COMMAND, AT)
    assert (await send(app, Http(headers=request.headers, body=COMMAND, chunks=9))).status == 200
    assert len(bolt.bodies) == 1


async def test_the_largest_body_is_taken_and_one_byte_more_is_not() -> None:
    app, _ = edge()
    for length, status in (LARGEST_BODY, 200), (LARGEST_BODY + 1, 401):
        body = b"text=" + b"x" * (length - 5)
        assert (await send(app, signed(body, AT))).status == status


async def test_the_word_payload_in_a_command_is_just_a_word() -> None:
    app, bolt = edge()
    body = urlencode({"command": "/lock", "text": "payload bay & payload=1"}).encode()
    assert (await send(app, signed(body, AT))).status == 200
    assert bolt.bodies == [{"command": "/lock", "text": "payload bay & payload=1"}]


async def test_slacks_own_checks_are_answered_without_bolt() -> None:
    app, bolt = edge()
    challenge = json.dumps({"type": "url_verification", "challenge": "c0ffee"}).encode()
    assert (await send(app, signed(challenge, AT, kind=JSON))).body == b"c0ffee"
    assert (await send(app, signed(b"ssl_check=1&token=x", AT))).status == 200
    assert bolt.bodies == []


UNREADABLE = (
    (b"\xff\xfe", JSON),
    (b"{", JSON),
    (b"[]", JSON),
    (b"null", JSON),
    (b"1" * 6000, JSON),
    (b"[" * 100_000, JSON),
    (b"payload=%7B", None),
    (b"payload=%5B%5D", None),
    (b"payload=1", None),
    (b"a&b&c", None),
    (b"&".join(b"a%d=1" % n for n in range(300)), None),
)


@pytest.mark.parametrize(("body", "kind"), UNREADABLE, ids=lambda v: repr(v)[:20])
async def test_what_is_signed_and_unreadable_goes_no_further(body: bytes, kind: bytes | None) -> None:
    app, bolt = edge()
    answer = await send(app, signed(body, AT, kind=kind) if kind else signed(body, AT))
    assert (answer.status, answer.body) == (200, b"")
    assert bolt.bodies == []


async def test_half_of_a_surrogate_pair_never_reaches_what_must_be_written_or_sent() -> None:
    app, bolt = edge()
    payload = b'{"type":"block_actions","user":{"id":"U\\ud800"},"actions":[{"action_id":"\\ud83d\\ude00"}]}'
    assert (await send(app, signed(payload, AT, kind=JSON))).status == 200
    json.dumps(bolt.bodies, ensure_ascii=False).encode()
    assert "😀" in str(bolt.bodies)
    challenge = b'{"type":"url_verification","challenge":"\\udc00"}'
    assert (await send(app, signed(challenge, AT, kind=JSON))).status == 200


async def test_a_view_that_is_null_never_reaches_bolt() -> None:
    """Found by 20,000 fuzzed payloads: Bolt raises at it when no listener wants the payload."""
    app, bolt = edge()
    body = urlencode({"payload": json.dumps({"type": "nope", "view": None})}).encode()
    assert (await send(app, signed(body, AT))).status == 200
    assert bolt.bodies == [{"type": "nope"}]


async def test_a_refusal_takes_one_line_of_the_log_and_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    app, _ = edge()
    await send(app, with_header(signed(b"text=hush", AT), b"x-slack-signature", b"v0=" + b"evil\n" * 999))
    assert [r.getMessage() for r in caplog.records] == ["edge.refused"]
    assert "hush" not in str(vars(caplog.records[0]))
    assert "evil" not in str(vars(caplog.records[0]))


async def test_a_signature_in_another_encoding_of_the_same_digits_is_refused() -> None:
    app, _ = edge()
    timestamp = str(int(AT)).encode()
    good = sign(SECRET, timestamp, COMMAND)
    wide = good.decode().translate({ord(d): 0xFF10 + int(d) for d in "0123456789"}).encode()
    assert (await send(app, with_header(signed(COMMAND, AT), b"x-slack-signature", wide))).status == 401
