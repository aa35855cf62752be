"""HTTP answers, sorted; and digits, hidden."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.seam.masking import masked
from bot.seam.replies import Answer, Refusal, Unreadable, read_reply, seconds_to_wait

HEADERS = {"seam-request-id": "req-1"}


def body(**envelope: object) -> bytes:
    return json.dumps(envelope).encode()


def test_an_answer_keeps_its_envelope_and_request_id() -> None:
    reply = read_reply(200, HEADERS, body(device={"device_id": "d"}, ok=True, new_field=1), "device")
    assert reply == Answer(body={"device": {"device_id": "d"}, "ok": True, "new_field": 1}, request_id="req-1")


def test_an_answer_that_only_says_ok_is_one_where_no_key_is_promised() -> None:
    assert isinstance(read_reply(200, {}, body(ok=True), None), Answer)


@pytest.mark.parametrize(
    "content",
    [body(ok=True), body(device=None), body(device="d"), b"[]", b"null", b"<html>hello</html>", b"", b"\xff\xfe"],
)
def test_a_200_without_what_was_promised_is_unreadable(content: bytes) -> None:
    assert isinstance(read_reply(200, HEADERS, content, "device"), Unreadable)


def test_a_refusal_says_its_type_message_and_fields() -> None:
    error = {
        "type": "invalid_input",
        "message": "device_id is required",
        "validation_errors": {"_errors": ["both or neither"], "device_types": {"0": {"_errors": ["unknown"]}}},
        "stack": "never shown",
    }
    reply = read_reply(400, HEADERS, body(error=error, ok=False), "device")
    assert reply == Refusal(
        status=400,
        type="invalid_input",
        message="device_id is required both or neither device_types.0: unknown",
        request_id="req-1",
    )
    assert reply.is_definite


def test_a_field_error_that_the_message_repeats_is_said_once() -> None:
    error = {"type": "invalid_input", "message": "Too short", "validation_errors": {"code": {"_errors": ["Too short"]}}}
    reply = read_reply(400, {}, body(error=error), None)
    assert isinstance(reply, Refusal)
    assert reply.message == "Too short"


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (404, b"404\n"),
        (400, b"Invalid JSON\n"),
        (503, b""),
        (500, b"Not implemented!"),
        (502, b"<html>Bad gateway</html>"),
        (400, body(error="text")),
        (400, body(error={"type": "x"})),
        (400, body(error={"type": 7, "message": "x"})),
    ],
)
def test_what_is_not_seams_envelope_is_a_plain_http_error(status: int, content: bytes) -> None:
    reply = read_reply(status, {}, content, None)
    assert reply == Refusal(status=status, type=f"http_{status}", is_seams=False)


@pytest.mark.parametrize(("status", "definite"), [(400, True), (409, True), (429, True), (408, False), (500, False)])
def test_only_a_4xx_is_a_definite_no(status: int, definite: bool) -> None:
    assert Refusal(status=status, type="x").is_definite is definite


def test_a_pin_in_a_refusal_is_hidden() -> None:
    error = {"type": "duplicate_access_code", "message": "Cannot set duplicate access code 049233 on lock"}
    reply = read_reply(409, {}, body(error=error), None)
    assert isinstance(reply, Refusal)
    assert reply.message == "Cannot set duplicate access code •••• on lock"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("code 1234", "code ••••"),
        ("code=123456789012;", "code=••••;"),
        ("1234567890123456", "••••"),
        ("12-34-56", "••••"),
        ("1234 5678", "••••"),
        ("abc1234def", "abc••••def"),
        ("٤٩٢٣٣٢", "••••"),
        ("only 3 of 10 codes", "only 3 of 10 codes"),
        ("", ""),
    ],
)
def test_runs_of_four_digits_and_more_are_hidden(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.0),
        ("Tue, 01 Dec 2026 12:00:30 GMT", 30.0),
        ("Tue, 01 Dec 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_as_seconds_from_now(header: str, seconds: float | None) -> None:
    assert seconds_to_wait(header, datetime(2026, 12, 1, 12, tzinfo=UTC)) == seconds
