"""The checker of replies is itself worth something."""

from __future__ import annotations

import pytest

from bot.sandbox.seam import VirtualLock
from tests.sandbox.seam.conftest import Api
from tests.sandbox.seam.schema import ReplySchemas


async def test_a_reply_that_leaves_the_schema_is_caught(
    api: Api, front: VirtualLock, reply_schemas: ReplySchemas | None
) -> None:
    if reply_schemas is None:
        pytest.skip("seam-openapi.json is not in ../shared: replies were not held against Seam's schema")
    device = await api.device(front)
    reply_schemas.check("/devices/get", 200, {"device": device, "ok": True})
    for spoilt in (
        {**device, "device_type": "barn_door"},
        {**device, "errors": [{"error_code": "tired", "message": "", "created_at": "x"}]},
        {k: v for k, v in device.items() if k != "workspace_id"},
        {**device, "properties": {**device["properties"], "locked": "yes"}},
    ):
        with pytest.raises(AssertionError):
            reply_schemas.check("/devices/get", 200, {"device": spoilt, "ok": True})
