"""Every path the virtual Seam answers, on one screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.sandbox.seam.accounts import Accounts
from bot.sandbox.seam.attempts import Attempts
from bot.sandbox.seam.backups import Backups
from bot.sandbox.seam.code_orders import CodeOrders
from bot.sandbox.seam.devices import Devices
from bot.sandbox.seam.faults import Faults
from bot.sandbox.seam.json_types import Json, stable_id
from bot.sandbox.seam.params import Params
from bot.sandbox.seam.router import DELETE, READ, UPDATE, WRITE, Route
from bot.sandbox.seam.webhooks import Webhooks
from bot.sandbox.seam.world import World


def surface(
    *,
    world: World,
    devices: Devices,
    orders: CodeOrders,
    attempts: Attempts,
    accounts: Accounts,
    webhooks: Webhooks,
    backups: Backups,
    faults: Faults,
) -> dict[str, Route]:
    workspace = _workspace(world)
    simulate: dict[str, tuple[str, Callable[[str], None]]] = {
        "/devices/simulate/connect": ("connection", partial(faults.offline, on=False)),
        "/devices/simulate/disconnect": ("disconnection", faults.offline),
        "/devices/simulate/connect_to_hub": ("hub_connection", partial(faults.gateway_missing, on=False)),
        "/devices/simulate/disconnect_from_hub": ("hub_disconnection", faults.gateway_missing),
    }
    return {
        "/health": Route(READ, lambda params: {}),
        "/workspaces/get": Route(READ, lambda params: {"workspace": workspace}),
        "/workspaces/list": Route(READ, lambda params: {"workspaces": [workspace]}),
        "/devices/list": Route(READ, devices.list),
        "/devices/get": Route(READ, devices.get),
        "/devices/update": Route(UPDATE, devices.update),
        "/devices/unmanaged/list": Route(READ, devices.list_unmanaged),
        "/devices/unmanaged/get": Route(READ, devices.get_unmanaged),
        "/devices/unmanaged/update": Route(UPDATE, devices.adopt),
        "/devices/list_device_providers": Route(READ, devices.list_providers),
        "/devices/report_provider_metadata": Route(WRITE, devices.report_provider_metadata),
        **{path: Route(WRITE, devices.simulate(what, do)) for path, (what, do) in simulate.items()},
        "/locks/list": Route(READ, devices.list_locks),
        "/locks/get": Route(READ, devices.get_lock),
        "/locks/unlock_door": Route(WRITE, devices.unlock),
        "/locks/lock_door": Route(WRITE, devices.lock),
        "/locks/configure_auto_lock": Route(WRITE, devices.configure_auto_lock),
        "/action_attempts/get": Route(READ, attempts.get),
        "/action_attempts/list": Route(READ, attempts.list),
        "/access_codes/create": Route(WRITE, orders.create),
        "/access_codes/create_multiple": Route(("POST", "PUT"), orders.create_multiple),
        "/access_codes/get": Route(READ, orders.get),
        "/access_codes/list": Route(READ, orders.list_managed),
        "/access_codes/update": Route(UPDATE, orders.update),
        "/access_codes/update_multiple": Route(UPDATE, orders.update_multiple),
        "/access_codes/delete": Route(DELETE, orders.delete),
        "/access_codes/generate_code": Route(READ, orders.generate),
        "/access_codes/pull_backup_access_code": Route(WRITE, backups.pull),
        "/access_codes/unmanaged/get": Route(READ, partial(orders.get, managed=False)),
        "/access_codes/unmanaged/list": Route(READ, orders.list_unmanaged),
        "/access_codes/unmanaged/convert_to_managed": Route(UPDATE, orders.convert_to_managed),
        "/access_codes/unmanaged/delete": Route(DELETE, partial(orders.delete, managed=False)),
        "/events/list": Route(READ, world.events.list),
        "/events/get": Route(READ, world.events.get),
        "/connect_webviews/create": Route(WRITE, accounts.create_webview),
        "/connect_webviews/get": Route(READ, accounts.get_webview),
        "/connect_webviews/list": Route(READ, accounts.list_webviews),
        "/connect_webviews/delete": Route(DELETE, accounts.delete_webview),
        "/connected_accounts/list": Route(READ, accounts.list),
        "/connected_accounts/get": Route(READ, accounts.get),
        "/connected_accounts/delete": Route(DELETE, accounts.delete),
        "/connected_accounts/sync": Route(WRITE, accounts.sync),
        "/connected_accounts/simulate/disconnect": Route(WRITE, lambda params: _disconnect(faults, params)),
        "/webhooks/create": Route(WRITE, webhooks.create),
        "/webhooks/get": Route(READ, webhooks.get),
        "/webhooks/list": Route(READ, webhooks.list),
        "/webhooks/update": Route(UPDATE, webhooks.update),
        "/webhooks/delete": Route(DELETE, webhooks.delete),
    }


def _workspace(world: World) -> Json:
    return {
        "workspace_id": world.workspace_id,
        "name": "Latchkey sandbox",
        "company_name": "Latchkey",
        "connect_partner_name": "Latchkey",
        "is_sandbox": True,
        "is_suspended": False,
        "is_publishable_key_auth_enabled": False,
        "organization_id": stable_id("organization"),
        "connect_webview_customization": {},
    }


def _disconnect(faults: Faults, params: Params) -> Json:
    faults.account_disconnected(params.need("connected_account_id"))
    return {}
