"""A virtual Seam: the HTTP API of seam-api.md over doors that exist nowhere.

Nothing here knows the bot's client (`bot.seam`): it is the other end of the wire.
"""

from bot.sandbox.seam.bolts import KeypadResult
from bot.sandbox.seam.brands import AUGUST, BRANDS, IGLOOHOME, KWIKSET, SCHLAGE, TTLOCK, Brand
from bot.sandbox.seam.building import default_building, many_doors
from bot.sandbox.seam.faults import Faults
from bot.sandbox.seam.locks import LoadedPin, VirtualLock
from bot.sandbox.seam.route_faults import Lost, RouteFault
from bot.sandbox.seam.router import Exchange
from bot.sandbox.seam.server import VirtualSeam
from bot.sandbox.seam.truth import Effect, EffectKind, Truth
from bot.sandbox.seam.webhooks import OutgoingWebhook
from bot.sandbox.seam.world import Latencies

__all__ = [
    "AUGUST",
    "BRANDS",
    "IGLOOHOME",
    "KWIKSET",
    "SCHLAGE",
    "TTLOCK",
    "Brand",
    "Effect",
    "EffectKind",
    "Exchange",
    "Faults",
    "KeypadResult",
    "Latencies",
    "LoadedPin",
    "Lost",
    "OutgoingWebhook",
    "RouteFault",
    "Truth",
    "VirtualLock",
    "VirtualSeam",
    "default_building",
    "many_doors",
]
