"""The virtual Seam, put together: doors, codes and accounts behind Seam's HTTP API."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import Mount

from bot.sandbox.clock import Clock
from bot.sandbox.seam.accounts import Accounts
from bot.sandbox.seam.attempts import Attempts
from bot.sandbox.seam.backups import Backups
from bot.sandbox.seam.bolts import Bolts, KeypadResult
from bot.sandbox.seam.building import default_building
from bot.sandbox.seam.code_life import CodeLife
from bot.sandbox.seam.code_orders import CodeOrders
from bot.sandbox.seam.codes import Codes
from bot.sandbox.seam.devices import Devices
from bot.sandbox.seam.faults import Faults
from bot.sandbox.seam.json_types import Json, stable_id
from bot.sandbox.seam.locks import VirtualLock
from bot.sandbox.seam.rate_limits import RateLimits
from bot.sandbox.seam.router import Exchange, Router
from bot.sandbox.seam.surface import surface
from bot.sandbox.seam.timeline import Timeline
from bot.sandbox.seam.truth import Truth
from bot.sandbox.seam.webhooks import OutgoingWebhook, Post, Webhooks
from bot.sandbox.seam.world import Latencies, World


class VirtualSeam:
    """Seam's HTTP API over virtual doors. `app` is the server; the rest is the world around it.

    Give `doors` to build something else than the default building (`many_doors(500)`, or your own). All times are
    those of `clock`; only what a person waits for (a bolt that moves) also follows `monotonic`, in seconds.

    For tests: `truth` (what physically happened), `faults` (what goes wrong), `enter_pin`, `turn_by_hand`,
    `journal` (requests that came in), `events`, `outgoing_webhooks`.
    """

    def __init__(
        self,
        clock: Clock,
        api_key: str = "seam_test_sandbox",
        doors: Sequence[VirtualLock] | None = None,
        *,
        latencies: Latencies | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api_key = api_key
        self._timeline = Timeline(clock, monotonic)
        self._world = World(self._timeline, stable_id("workspace"), latencies or Latencies())
        attempts = Attempts(self._world)
        codes = Codes(self._world)
        life = CodeLife(self._world, codes)
        self._orders = CodeOrders(self._world, codes, life, attempts)
        self._bolts = Bolts(self._world, attempts)
        backups = Backups(self._world, codes, life)
        self._devices = Devices(self._world, codes, self._bolts, backups)
        self._accounts = Accounts(self._world, codes)
        self._webhooks = Webhooks(self._world)
        self.limits = RateLimits()
        self._faults = Faults(self._world, codes, life, self._orders, self._bolts)
        self._world.install(default_building() if doors is None else doors)
        self._router = Router(
            api_key=api_key,
            routes=surface(
                world=self._world,
                devices=self._devices,
                orders=self._orders,
                attempts=attempts,
                accounts=self._accounts,
                webhooks=self._webhooks,
                backups=backups,
                faults=self._faults,
            ),
            timeline=self._timeline,
            faults=self._faults.routes,
            limits=self.limits,
            device_of=lambda values: _device_of(codes, values),
        )
        self.app = Starlette(routes=[Mount("/", app=self._router)])

    # -- the building ---------------------------------------------------------------------------------------

    @property
    def locks(self) -> Mapping[str, VirtualLock]:
        """Every door in the building by device id, with the state it is in now; also those that Seam has forgotten."""
        self.settle()
        return self._world.building

    @property
    def faults(self) -> Faults:
        """What goes wrong, for a test or the demo to switch."""
        self.settle()
        return self._faults

    def door(self, name: str) -> VirtualLock:
        """The door with this name, for tests and the demo. Raises `KeyError`."""
        for lock in self.locks.values():
            if lock.display_name == name:
                return lock
        raise KeyError(name)

    def enter_pin(self, device_id: str, digits: str) -> KeypadResult:
        """Type a PIN at the door's keypad. Opens only if a code that is on the lock now, in its window, has it.

        Raises `KeyError` for a door that is not in the building.
        """
        return self._bolts.enter_pin(self.locks[device_id], digits)

    def turn_by_hand(self, device_id: str) -> None:
        """Lock or unlock the door by hand, from inside."""
        self._bolts.turn_by_hand(self.locks[device_id])

    def complete_webview(
        self,
        connect_webview_id: str,
        *,
        provider: str = "ttlock",
        email: str = "jane@example.com",
        doors: Sequence[VirtualLock] = (),
    ) -> str:
        """A person logs in at the Connect Webview with these doors; returns the connected account's id."""
        self.settle()
        return self._accounts.complete(connect_webview_id, provider, email, doors)

    def fail_webview(self, connect_webview_id: str) -> None:
        """The login at the Connect Webview fails."""
        self._accounts.fail(connect_webview_id)

    # -- time -----------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that is due by the clock. Each request and each turn of the clock does so itself."""
        self._timeline.settle()

    def next_due(self) -> datetime | None:
        """When the next thing will happen by itself, for a clock that is turned "to the next event"."""
        return self._timeline.next_due()

    # -- what can be looked at ------------------------------------------------------------------------------

    @property
    def truth(self) -> Truth:
        """Every physical effect so far, oldest first."""
        self.settle()
        return self._world.truth

    @property
    def events(self) -> list[Json]:
        """Every event that Seam has reported, oldest first. Some hold PINs."""
        self.settle()
        return self._world.events.all()

    def event_types(self, **where: str) -> list[str]:
        """The types of the events whose fields have these values, oldest first."""
        self.settle()
        return self._world.events.types(**where)

    @property
    def journal(self) -> deque[Exchange]:
        """The last 10,000 requests, without bodies."""
        return self._router.journal

    @property
    def counts(self) -> Counter[str]:
        """How many requests came in for each path."""
        return self._router.counts

    def on_exchange(self, listener: Callable[[Exchange], None]) -> None:
        """Call `listener` after each request, for a page that shows the traffic."""
        self._router.listeners.append(listener)

    # -- webhooks -------------------------------------------------------------------------------------------

    @property
    def outgoing_webhooks(self) -> deque[OutgoingWebhook]:
        """What waits to be sent to the registered webhooks; somebody must call `deliver`."""
        self.settle()
        return self._webhooks.outgoing

    def register_webhook(self, url: str) -> str:
        """As somebody would in Seam's console: every event goes to `url`. Returns the signing secret."""
        return self._webhooks.register(url, ["*"]).secret

    async def deliver(self, post: Post) -> int:
        """Send what waits, signed, through `post(url, headers, body) -> HTTP status`; returns how many arrived."""
        self.settle()
        return await self._webhooks.deliver(post)


def _device_of(codes: Codes, values: Mapping[str, object]) -> str | None:
    device_id, code_id = values.get("device_id"), values.get("access_code_id")
    if isinstance(device_id, str):
        return device_id
    code = codes.get(code_id) if isinstance(code_id, str) else None
    return code.device_id if code else None
