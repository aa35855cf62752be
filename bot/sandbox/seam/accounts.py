"""How a maker's account gets connected (Connect Webviews), and what becomes of it (seam-api.md 7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.seam.brands import BRANDS
from bot.sandbox.seam.codes import Codes
from bot.sandbox.seam.device_json import account_errors
from bot.sandbox.seam.json_types import Json, iso, iso_or_none, new_id
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.paging import page
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.problems import invalid, not_found
from bot.sandbox.seam.providers import PROVIDERS
from bot.sandbox.seam.world import Account, World

WEBVIEWS_LIMIT, ACCOUNTS_LIMIT = 500, 11_000  # seam-api.md 1.10
METADATA_KEYS = 50


@dataclass(slots=True, kw_only=True)
class Webview:
    connect_webview_id: str
    auth_token: str = field(repr=False)
    accepted_providers: list[str]
    any_provider: bool
    capabilities: list[str]
    created_at: datetime
    seq: int
    custom_metadata: Json
    manages_new_devices: bool
    waits_for_devices: bool
    redirect_url: str | None
    failure_url: str | None
    customer_key: str | None
    status: str = "pending"
    account_id: str | None = None
    authorized_at: datetime | None = None
    provider: str | None = None


class Accounts:
    def __init__(self, world: World, codes: Codes) -> None:
        self._world, self._codes = world, codes
        self._webviews: dict[str, Webview] = {}

    # -- webviews -------------------------------------------------------------------------------------------

    def create_webview(self, params: Params) -> Json:
        providers, category = params.texts("accepted_providers"), params.text("provider_category")
        unknown = [p for p in providers or [] if p not in PROVIDERS]
        if unknown:
            raise invalid(f"Invalid enum value, received '{unknown[0]}'", "accepted_providers")
        excluded = params.texts("excluded_providers") or []
        metadata = params.mapping("custom_metadata") or {}
        if len(metadata) > METADATA_KEYS:
            raise invalid(f"custom_metadata takes at most {METADATA_KEYS} keys", "custom_metadata")
        accepted = providers if providers is not None else [p for p in BRANDS if p not in excluded]
        manages = params.flag("automatically_manage_new_devices")
        webview = Webview(
            connect_webview_id=new_id(),
            auth_token=secrets.token_urlsafe(24),
            accepted_providers=accepted,
            any_provider=providers is None and category is None,
            capabilities=params.texts("accepted_capabilities") or ["lock"],
            created_at=self._world.now,
            seq=self._world.next_number(),
            custom_metadata=metadata,
            manages_new_devices=True if manages is None else manages,
            waits_for_devices=bool(params.flag("wait_for_device_creation")),
            redirect_url=params.text("custom_redirect_url"),
            failure_url=params.text("custom_redirect_failure_url"),
            customer_key=params.text("customer_key"),
        )
        self._webviews[webview.connect_webview_id] = webview
        return {"connect_webview": self._webview_json(webview)}

    def get_webview(self, params: Params) -> Json:
        return {"connect_webview": self._webview_json(self._need_webview(params.need("connect_webview_id")))}

    def list_webviews(self, params: Params) -> Json:
        found = [
            w for w in self._webviews.values() if _fits(params, w.custom_metadata, w.customer_key, w.connect_webview_id)
        ]
        shown, pagination = page("/connect_webviews/list", params, found, WEBVIEWS_LIMIT)
        return {"connect_webviews": [self._webview_json(w) for w in shown], "pagination": pagination}

    def delete_webview(self, params: Params) -> Json:
        del self._webviews[self._need_webview(params.need("connect_webview_id")).connect_webview_id]
        return {}

    def complete(self, connect_webview_id: str, provider: str, email: str, locks: Sequence[VirtualLock]) -> str:
        """A person logs in at the webview: the account is there, and its locks. Returns the account's id.

        The same e-mail at the same maker is the same account again (a reconnect).
        """
        webview = self._need_webview(connect_webview_id)
        if webview.status != "pending" or provider not in webview.accepted_providers or provider not in BRANDS:
            raise ValueError("this webview cannot be used for that login")
        known = (a for a in self._world.accounts.values() if a.brand.provider == provider and a.email == email)
        account = next(known, None)
        is_new = account is None
        if account is None:
            account = Account(
                connected_account_id=new_id(),
                brand=BRANDS[provider],
                email=email,
                created_at=self._world.now,
                seq=self._world.next_number(),
            )
            self._world.accounts[account.connected_account_id] = account
        account.custom_metadata = dict(webview.custom_metadata)  # replaced, on a reconnect too
        account.customer_key, account.manages_new_devices = webview.customer_key, webview.manages_new_devices
        account.disconnected_since = None
        webview.status, webview.provider = "authorized", provider
        webview.account_id, webview.authorized_at = account.connected_account_id, self._world.now
        login: Json = {
            "connect_webview_id": connect_webview_id,
            "connected_account_id": account.connected_account_id,
            "connected_account_custom_metadata": dict(account.custom_metadata),
        }
        self._world.events.add("connect_webview.login_succeeded", login)
        if is_new:
            self._world.events.add("connected_account.created", login)
        self._world.events.add("connected_account.connected", login)
        for lock in locks:
            lock.connected_account_id = account.connected_account_id
            lock.is_managed = webview.manages_new_devices
        self._world.install(locks)
        for lock in locks:
            self._world.device_event("device.added" if lock.is_managed else "device.unmanaged.connected", lock)
        how = "completed_first_sync" if is_new else "completed_first_sync_after_reconnection"
        del login["connect_webview_id"]
        self._world.events.add(f"connected_account.{how}", login)
        return account.connected_account_id

    def fail(self, connect_webview_id: str) -> None:
        """The login at the webview fails."""
        self._need_webview(connect_webview_id).status = "failed"
        self._world.events.add("connect_webview.login_failed", {"connect_webview_id": connect_webview_id})

    def _need_webview(self, webview_id: str) -> Webview:
        if webview_id not in self._webviews:
            raise not_found("connect_webview", "connect_webview_id", webview_id)
        return self._webviews[webview_id]

    def _webview_json(self, webview: Webview) -> Json:
        query = f"connect_webview_id={webview.connect_webview_id}&auth_token={webview.auth_token}"
        shown: Json = {
            "connect_webview_id": webview.connect_webview_id,
            "workspace_id": self._world.workspace_id,
            "url": f"https://connect.getseam.com/connect_webviews/view?{query}",
            "status": webview.status,
            "login_successful": webview.status == "authorized",
            "connected_account_id": webview.account_id,
            "authorized_at": iso_or_none(webview.authorized_at),
            "selected_provider": webview.provider,
            "accepted_providers": webview.accepted_providers,
            "accepted_devices": [],
            "any_device_allowed": webview.any_provider,
            "any_provider_allowed": webview.any_provider,
            "accepted_capabilities": webview.capabilities,
            "custom_redirect_url": webview.redirect_url,
            "custom_redirect_failure_url": webview.failure_url,
            "custom_metadata": dict(webview.custom_metadata),
            "automatically_manage_new_devices": webview.manages_new_devices,
            "wait_for_device_creation": webview.waits_for_devices,
            "device_selection_mode": "none",
            "created_at": iso(webview.created_at),
        }
        if webview.customer_key is not None:
            shown["customer_key"] = webview.customer_key
        return shown

    # -- accounts -------------------------------------------------------------------------------------------

    def list(self, params: Params) -> Json:
        found = [
            account
            for account in sorted(self._world.accounts.values(), key=lambda a: a.seq)
            if _fits(params, account.custom_metadata, account.customer_key, account.email)
        ]
        shown, pagination = page("/connected_accounts/list", params, found, ACCOUNTS_LIMIT)
        return {"connected_accounts": [_account_json(account) for account in shown], "pagination": pagination}

    def get(self, params: Params) -> Json:
        email = params.text("email")
        if email is not None and "connected_account_id" not in params:
            found = next((a for a in self._world.accounts.values() if a.email == email), None)
            if found is None:
                raise not_found("connected_account", "email", email)
            return {"connected_account": _account_json(found)}
        return {"connected_account": _account_json(self._need(params))}

    def delete(self, params: Params) -> Json:
        """Seam forgets the account, its doors and codes. **The PINs stay on the locks** (seam-api.md 7.2)."""
        account = self._need(params)
        account_id = account.connected_account_id
        for lock in [k for k in self._world.locks.values() if k.connected_account_id == account_id]:
            for code in self._codes.on_device(lock.device_id):
                code.version += 1
                self._codes.drop(code)
                fields: Json = {"access_code_id": code.access_code_id, "code": code.pin}
                self._world.device_event("access_code.deleted", lock, fields)
            self._world.device_event("device.deleted", lock, {"device_name": lock.display_name})
            del self._world.locks[lock.device_id]
        del self._world.accounts[account_id]
        self._world.events.add(
            "connected_account.deleted",
            {"connected_account_id": account_id, "connected_account_custom_metadata": dict(account.custom_metadata)},
        )
        return {}

    def sync(self, params: Params) -> Json:
        self._need(params)
        return {}

    def _need(self, params: Params) -> Account:
        account_id = params.need("connected_account_id")
        if account_id not in self._world.accounts:
            raise not_found("connected_account", "connected_account_id", account_id)
        return self._world.accounts[account_id]


def _fits(params: Params, metadata: Json, customer_key: str | None, name: str) -> bool:
    has, search = params.mapping("custom_metadata_has") or {}, params.text("search")
    return (
        all(metadata.get(k) == v for k, v in has.items())
        and params.text("customer_key") in (None, customer_key)
        and (search is None or search.casefold() in name.casefold())
    )


def _account_json(account: Account) -> Json:
    shown: Json = {
        "connected_account_id": account.connected_account_id,
        "account_type": account.brand.provider,
        "account_type_display_name": account.brand.display_name,
        "display_name": account.email,
        "user_identifier": {"email": account.email},
        "accepted_capabilities": ["lock"],
        "automatically_manage_new_devices": account.manages_new_devices,
        "custom_metadata": dict(account.custom_metadata),
        "created_at": iso(account.created_at),
        "errors": account_errors(account, for_device=False),
        "warnings": [],
    }
    if account.customer_key is not None:
        shown["customer_key"] = account.customer_key
    return shown
