"""Every request that the client sends is one that Seam's OpenAPI document allows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import jsonschema
import pytest

from bot.domain.model import CodeOrder
from bot.domain.pin import Pin
from bot.domain.window import Window
from bot.seam.connecting import Connecting
from bot.seam.notices import Notices
from bot.seam.rescue import Rescue
from tests.seam.doubles import ATTEMPT_ID, CODE_ID, DEVICE_ID, NOW, ScriptedSeam, access_code, attempt, device, ok

FAR = datetime.max.replace(tzinfo=UTC)  # never too late to send

UUID_LIKE = "7a8b1c9e-0000-4000-8000-0000000000ff"
WINDOW = Window(starts_at=NOW, ends_at=NOW + timedelta(hours=1))


async def everything(seam: ScriptedSeam) -> None:
    """Use every method once, with everything that it can send."""
    client, connecting = seam.client, Connecting(seam.client.calls)
    notices, rescue = Notices(seam.client.calls), Rescue(seam.client.calls)
    more = {"has_next_page": True, "next_page_cursor": "2"}
    webview = {"connect_webview_id": UUID_LIKE, "url": "https://x.test"}
    account = {"connected_account_id": UUID_LIKE}
    hook = {"webhook_id": UUID_LIKE, "url": "https://x.test"}
    for path, *answers in (
        ("/workspaces/get", ok(workspace={})),
        ("/devices/list", ok(devices=[], pagination=more), ok(devices=[])),
        ("/devices/get", ok(device=device())),
        ("/locks/unlock_door", ok(action_attempt=attempt())),
        ("/locks/lock_door", ok(action_attempt=attempt())),
        ("/action_attempts/get", ok(action_attempt=attempt("success"))),
        ("/action_attempts/list", ok(action_attempts=[])),
        ("/access_codes/create", ok(access_code=access_code())),
        ("/access_codes/get", ok(access_code=access_code())),
        ("/access_codes/list", ok(access_codes=[], pagination=more), ok(access_codes=[])),
        ("/access_codes/unmanaged/list", ok(access_codes=[], pagination=more), ok(access_codes=[])),
        ("/access_codes/update", ok()),
        ("/access_codes/delete", ok()),
        ("/access_codes/generate_code", ok(generated_code={})),
        ("/access_codes/pull_backup_access_code", ok(backup_access_code=access_code())),
        ("/connect_webviews/create", ok(connect_webview=webview)),
        ("/connect_webviews/get", ok(connect_webview=webview)),
        ("/connected_accounts/list", ok(connected_accounts=[], pagination=more), ok(connected_accounts=[])),
        ("/connected_accounts/get", ok(connected_account=account)),
        ("/connected_accounts/delete", ok()),
        ("/events/list", ok(events=[])),
        ("/webhooks/create", ok(webhook=hook)),
        ("/webhooks/list", ok(webhooks=[])),
    ):
        seam.answers(path, *answers)
    await client.workspace()
    await client.doors()
    await client.door(DEVICE_ID)
    await client.unlock(DEVICE_ID, not_after=FAR)
    await client.lock(DEVICE_ID)
    await client.attempt(ATTEMPT_ID)
    await client.create_code(CodeOrder(device_id=DEVICE_ID, name="A", window=WINDOW, pin=Pin("049233")))
    await client.create_code(CodeOrder(device_id=DEVICE_ID, name="A", window=WINDOW, pin=None, is_ongoing=True))
    await client.code(CODE_ID)
    await client.codes(DEVICE_ID)
    await client.unmanaged_codes(DEVICE_ID)
    assert WINDOW.ends_at
    await client.update_code(CODE_ID, name="B", starts_at=WINDOW.starts_at, ends_at=WINDOW.ends_at)
    await client.delete_code(CODE_ID)
    await rescue.generate_code(DEVICE_ID)
    await rescue.pull_backup_access_code(CODE_ID)
    await rescue.attempts(DEVICE_ID)
    await connecting.create_webview(
        providers=["ttlock", "igloohome"],
        custom_metadata={"slack_user": "U1"},
        redirect_url="https://x.test/yes",
        failure_url="https://x.test/no",
    )
    await connecting.create_webview(provider_category="stable")
    await connecting.webview(UUID_LIKE)
    await connecting.accounts()
    await connecting.account(UUID_LIKE)
    await connecting.delete_account(UUID_LIKE)
    _ = [e async for e in notices.events_since(NOW, event_types=["lock.unlocked", "access_code.set_on_device"])]
    await notices.create_webhook("https://x.test", event_types=["lock.unlocked"])
    await notices.webhooks()


@pytest.fixture
def document(shared_dir: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((shared_dir / "seam-openapi.json").read_text("utf-8"))
    return loaded


def problems(document: dict[str, object], request: httpx.Request) -> list[str]:
    """What the document has against this request: unknown path, unknown parameter, or a value out of its schema."""
    paths = document["paths"]
    assert isinstance(paths, dict)
    if request.url.path not in paths:
        return [f"{request.url.path} is not in the document"]
    operation = paths[request.url.path]["post"]
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    body = json.loads(request.content)
    allowed = {name for part in (schema, *schema.get("oneOf", [])) for name in part.get("properties", {})}
    found = [f"{request.url.path} does not know {name}" for name in body if name not in allowed]
    checker = jsonschema.Draft202012Validator(
        {**schema, "components": document["components"]}, format_checker=jsonschema.FormatChecker()
    )
    return found + [f"{request.url.path} {e.json_path}: {e.message}" for e in checker.iter_errors(body)]


async def test_every_request_is_allowed_by_seams_document(seam: ScriptedSeam, document: dict[str, object]) -> None:
    await everything(seam)
    assert len({r.url.path for r in seam.requests}) == 23
    assert [p for request in seam.requests for p in problems(document, request)] == []
    assert {r.method for r in seam.requests} == {"POST"}
    assert all(UUID(str(body["device_id"])) for r in seam.requests if "device_id" in (body := json.loads(r.content)))


def test_the_check_sees_what_is_wrong(document: dict[str, object]) -> None:
    def post(path: str, body: object) -> list[str]:
        return problems(document, httpx.Request("POST", f"https://seam.test{path}", json=body))

    assert post("/no/such", {})
    assert post("/locks/unlock_door", {})
    assert post("/locks/unlock_door", {"device_id": "not-a-uuid"})
    assert post("/locks/unlock_door", {"device_id": UUID_LIKE, "force": True})
    assert post("/access_codes/create", {"device_id": UUID_LIKE, "code": 1234})
    assert not post("/locks/unlock_door", {"device_id": UUID_LIKE})
