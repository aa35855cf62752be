"""How locks get into Seam: connect webviews (a person logs in at a maker) and the accounts that come of it.

Source: seam-api.md 7. A webview's URL lets whoever opens it attach their account to our workspace: it goes to one
person, by DM, and is never logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.errors import DoorTrouble, OutcomeUnknown, SeamDown
from bot.domain.model import Trouble
from bot.seam import fields
from bot.seam.calls import PAGE_SIZE, Calls
from bot.seam.fields import JsonObject
from bot.seam.troubles import read_troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectWebview:
    """`status` is Seam's pending, authorized, failed, or a new word. `url` is a secret and not in the repr."""

    connect_webview_id: str
    url: str = field(repr=False)
    status: str
    connected_account_id: str | None

    @property
    def is_connected(self) -> bool:
        # Not `login_successful`: the fake never sets it (seam-api.md 7.1).
        return self.status == "authorized"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedAccount:
    """A login at a lock maker. `custom_metadata` is what the webview was made with: who connected it."""

    connected_account_id: str
    name: str
    maker: str
    created_at: datetime | None
    custom_metadata: Mapping[str, str]
    troubles: tuple[Trouble, ...] = ()


class Connecting:
    """Webviews and accounts of one workspace. Raises the `DoorTrouble`s that `Calls` raises."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def create_webview(
        self,
        *,
        providers: Sequence[str] = (),
        provider_category: str | None = None,
        custom_metadata: Mapping[str, str] | None = None,
        redirect_url: str | None = None,
        failure_url: str | None = None,
    ) -> ConnectWebview:
        """A login page for one person and one attempt. A second one is harmless, so a lost answer may be asked again.

        `providers` are Seam's keys ("ttlock"); without them `provider_category`, else whatever Seam offers.
        """
        body = {
            "accepted_providers": list(providers) or None,
            "provider_category": None if providers else provider_category,
            "custom_metadata": dict(custom_metadata) if custom_metadata else None,
            "custom_redirect_url": redirect_url,
            "custom_redirect_failure_url": failure_url,
            "automatically_manage_new_devices": True,
            "wait_for_device_creation": True,  # the doors are there when it says authorized
        }
        answer = await self._calls.write("/connect_webviews/create", body, key="connect_webview")
        webview = read_webview(fields.nested(answer.body, "connect_webview"))
        if webview is None:
            raise OutcomeUnknown(seam_code="no_connect_webview_id", request_id=answer.request_id)
        return webview

    async def webview(self, connect_webview_id: str) -> ConnectWebview | None:
        """As it is now, or None when Seam no longer has it. Never trust the redirect alone: look here."""
        envelope = await self._unless_gone(
            "/connect_webviews/get", {"connect_webview_id": connect_webview_id}, "connect_webview"
        )
        return read_webview(envelope) if envelope is not None else None

    async def accounts(self) -> tuple[ConnectedAccount, ...]:
        """Every login, from all pages."""
        pages = self._calls.pages("/connected_accounts/list", {"limit": PAGE_SIZE}, key="connected_accounts")
        return tuple([account async for item in pages if (account := read_account(item))])

    async def account(self, connected_account_id: str) -> ConnectedAccount | None:
        """One login, or None when Seam no longer has it."""
        envelope = await self._unless_gone(
            "/connected_accounts/get", {"connected_account_id": connected_account_id}, "connected_account"
        )
        return read_account(envelope) if envelope is not None else None

    async def delete_account(self, connected_account_id: str) -> None:
        """Forget a login. It does NOT take codes off the locks: guests keep access. End the codes first."""
        try:
            await self._calls.write("/connected_accounts/delete", {"connected_account_id": connected_account_id})
        except DoorTrouble as trouble:
            if not _says_gone(trouble):
                raise

    async def _unless_gone(self, path: str, body: Mapping[str, object], key: str) -> JsonObject | None:
        try:
            return fields.nested(await self._calls.read(path, body, key=key), key)
        except DoorTrouble as trouble:
            if _says_gone(trouble):
                return None
            raise


def read_webview(webview: JsonObject) -> ConnectWebview | None:
    connect_webview_id, url = fields.text(webview, "connect_webview_id"), fields.text(webview, "url")
    if connect_webview_id is None or url is None:
        return None
    return ConnectWebview(
        connect_webview_id=connect_webview_id,
        url=url,
        status=fields.text(webview, "status") or "pending",
        connected_account_id=fields.text(webview, "connected_account_id"),
    )


def read_account(account: JsonObject) -> ConnectedAccount | None:
    connected_account_id = fields.text(account, "connected_account_id")
    if connected_account_id is None:
        return None
    login = fields.nested(account, "user_identifier")
    return ConnectedAccount(
        connected_account_id=connected_account_id,
        name=fields.text(account, "display_name")
        or fields.text(login, "email")
        or fields.text(login, "username")
        or connected_account_id,
        maker=fields.text(account, "account_type_display_name") or fields.text(account, "account_type") or "",
        created_at=fields.moment(account, "created_at"),
        custom_metadata={
            key: value for key, value in fields.nested(account, "custom_metadata").items() if isinstance(value, str)
        },
        troubles=read_troubles(account),
    )


def _says_gone(trouble: DoorTrouble) -> bool:
    """Seam's own 404. A wrong address has another code (`http_404`) and is `SeamDown`."""
    return trouble.seam_code.endswith("not_found") and not isinstance(trouble, SeamDown)
