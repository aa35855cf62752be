"""Every error the bot can say.

    BotError
    ├── Refused            not allowed, or not now
    │   ├── NotAllowed         the rules, or what kind of account it is
    │   ├── AlreadyUnderway    somebody else is doing just that
    │   └── AlreadyDecided     somebody else was first to decide on a request
    ├── Unclear            we cannot tell what was meant; says what to type
    │   ├── UnknownDoor        with near names
    │   ├── AmbiguousDoor      with the candidates
    │   ├── BadField           a form field that cannot be taken, with the field's name
    │   └── BadFields          several of them at once
    ├── DoorTrouble        the lock, its maker or Seam; keeps Seam's code and request id
    │   ├── DoorGone  CodeGone  DoorOffline  GatewayMissing  RemoteUnlockOff  PowerSaving
    │   ├── AccountDisconnected  CannotDo  LockRefused
    │   ├── CodeRefused > CodeLengthNotSupported, SlotsFull, DuplicatePin, NameTaken
    │   ├── SeamDown  SeamKeyWrong  TooFast
    │   └── OutcomeUnknown     sent, and no answer: never "done", never "failed", never repeated blindly
    ├── StorageTrouble     the database cannot be written: nothing is done
    └── ConfigError        the bot cannot start; lists every problem with its fix

`str(error)` is ready for a person: what happened, what it means, what to do next. Which surface shows it
(a form field, an ephemeral message, a DM) is decided in `handlers/errors.py` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from bot.domain.model import Door
    from bot.domain.requests import AccessRequest


class BotError(Exception):
    """Something the bot can say in plain words."""


class Refused(BotError):
    """Not allowed, or not now. Nothing was done."""


class NotAllowed(Refused):
    """The rules, or the kind of account, do not let this person do this."""


class AlreadyUnderway(Refused):
    """The same door is being worked at this moment; a second command would only confuse the lock."""

    def __init__(self, door: str, doing: str, *, by_the_same: bool) -> None:
        who = "You are" if by_the_same else "Somebody else is"
        super().__init__(f"{who} already {doing} {door} at this moment, so I sent nothing more.")


class AlreadyDecided(Refused):
    """Somebody else was first. `request` is as it stands, so that the loser can be told who decided, and when."""

    def __init__(self, request: AccessRequest, words: str) -> None:
        self.request = request
        super().__init__(words)


class Unclear(BotError):
    """What was typed cannot be acted on; the text says what would work."""


class UnknownDoor(Unclear):
    """No door has this name. `near` holds names that come close."""

    def __init__(self, typed: str, near: Sequence[str] = ()) -> None:
        self.typed, self.near = typed, tuple(near)
        hint = f" Did you mean {_either(near)}?" if near else " `/doors` lists the doors."
        super().__init__(f"I know no door called “{typed}”.{hint}")


class AmbiguousDoor(Unclear):
    """Two or more doors fit what was typed."""

    def __init__(self, typed: str, candidates: Sequence[Door]) -> None:
        self.typed, self.candidates = typed, tuple(candidates)
        super().__init__(f"“{typed}” fits more than one door. Which one do you mean?")


class BadField(Unclear):
    """A field of a form cannot be taken. `field` is one of guest, doors, when, pin, note."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class BadFields(Unclear):
    """Several fields of a form cannot be taken: what is wrong, by the field's name. Nothing was changed."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class DoorTrouble(BotError):
    """The lock, its maker or Seam did not do what was asked.

    `door` is the door's name; `seam_code` and `request_id` are Seam's, for the operator and the audit log
    (never for the sentence); `detail` is the maker's own message with digits masked. `action_attempt_id` is set
    where the command got as far as having one: it can be looked after later.
    """

    sentence: ClassVar[str] = "{door} did not do it. {detail}"

    def __init__(
        self,
        door: str = "The lock",
        *,
        seam_code: str = "",
        request_id: str = "",
        detail: str = "",
        action_attempt_id: str = "",
    ) -> None:
        self.door, self.seam_code, self.request_id, self.detail = door, seam_code, request_id, detail
        self.action_attempt_id = action_attempt_id  # where an attempt was begun that may still end
        super().__init__(self.sentence.format(door=door, detail=detail).strip())

    def at(self, door: str) -> Self:
        """The same trouble, said with the door's name."""
        return type(self)(
            door,
            seam_code=self.seam_code,
            request_id=self.request_id,
            detail=self.detail,
            action_attempt_id=self.action_attempt_id,
        )


class DoorGone(DoorTrouble):
    sentence = (
        "{door} is no longer known to Seam. It may have been removed from the lock maker's account. "
        "Ask whoever looks after the locks to connect it again."
    )


class CodeGone(DoorTrouble):
    sentence = (
        "The code on {door} is no longer known to Seam: it has ended, or somebody removed it. "
        "Make a new one if it is still needed."
    )


class DoorOffline(DoorTrouble):
    sentence = (
        "{door} is offline, so it did not hear us. Try again when it is back; "
        "until then, use a key or an existing code."
    )


class GatewayMissing(DoorTrouble):
    sentence = (
        "{door} cannot be reached: its gateway (bridge) is missing or offline. "
        "Check that the gateway has power and Wi-Fi; codes that are already on the lock still work."
    )


class RemoteUnlockOff(DoorTrouble):
    sentence = (
        "{door} does not let itself be opened from afar: Remote Unlock is switched off. The lock's owner can switch "
        "it on in the TTLock app (lock settings → Remote Unlock). Codes still work."
    )


class PowerSaving(DoorTrouble):
    sentence = (
        "{door} is in power-saving mode and takes no remote commands. Its owner can switch that off "
        "in the lock's app. Codes still work."
    )


class AccountDisconnected(DoorTrouble):
    sentence = (
        "The account of {door}'s maker is disconnected, so nothing reaches the lock. "
        "An admin must connect it again. Codes that are on the lock still work."
    )


class CannotDo(DoorTrouble):
    sentence = "{door} cannot do that: {detail}"


class LockRefused(DoorTrouble):
    sentence = "{door} refused. {detail} Nothing was changed; try again, or check the lock itself."


class CodeRefused(DoorTrouble):
    sentence = "{door} did not take the code. {detail}"


class CodeLengthNotSupported(CodeRefused):
    sentence = "{door} does not take a PIN of this length. {detail}"


class SlotsFull(CodeRefused):
    sentence = "{door} has no room for another code. End a code that is no longer needed, then try again."


class DuplicatePin(CodeRefused):
    sentence = "That PIN is already in use on {door}. Choose another, or leave the field empty and I will pick one."


class NameTaken(CodeRefused):
    sentence = "{door} already has a code with this name. Give the guest's name a little differently."


class SeamDown(DoorTrouble):
    sentence = (
        "The service that talks to the locks (Seam) does not answer, so nothing was done at {door}. "
        "Try again in a minute; if you need the door now, use a key or an existing code."
    )


class SeamKeyWrong(DoorTrouble):
    sentence = (
        "Seam does not accept Latchkey's key, so no door can be worked. Nothing was done. "
        "An admin must set a valid SEAM_API_KEY."
    )


class TooFast(DoorTrouble):
    sentence = "{door} has had too many commands in the last minute. Nothing was done; wait a minute, then try again."


class OutcomeUnknown(DoorTrouble):
    sentence = (
        "The command went out to {door}, but no answer came back. It may or may not have worked: "
        "please look at the door. I will not repeat it by myself."
    )


class StorageTrouble(BotError):
    """The database cannot be read or written; without a record nothing is done (reliability.md D2)."""

    def __init__(self) -> None:
        super().__init__(
            "I cannot write to my records right now, so I did nothing: no door is worked without a record of it. "
            "Try again in a minute; if it goes on, tell an admin."
        )


class ConfigError(BotError):
    """The bot cannot start. Lists every problem, each with its fix."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Latchkey cannot start:\n" + "\n".join(f"  - {p}" for p in problems))


def _either(names: Sequence[str]) -> str:
    quoted = [f"“{n}”" for n in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" or {quoted[-1]}"
