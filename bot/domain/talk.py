"""What somebody wants who simply writes to the bot: one of a few kinds of asking, read by a grammar of our own.

Nothing is decided and nothing looked up here. An order is only what *begins* with a verb of ours, after words of
politeness; whatever else has a verb in it (a question, a denial, a report, a quotation, a condition) is told apart
first, and named, so that the answer can say why nothing was offered. In doubt it is not an order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Asking(StrEnum):
    """What a message is. Only UNLOCK, LOCK, CODE and END ask for an act, and each of those still needs a button."""

    HELP = "help"
    DOORS = "doors"
    STATE = "state"  # is it locked?
    WHO = "who"  # who has access?
    UNLOCK = "unlock"
    LOCK = "lock"
    CODE = "code"
    END = "end"
    NEGATED = "negated"  # "don't unlock …"
    REPORTED = "reported"  # somebody else's words
    CONDITIONAL = "conditional"  # "if …, unlock …"
    PAST = "past"  # what has happened
    SEVERAL = "several"  # two orders in one message
    UNCLEAR = "unclear"


ACTS = frozenset({Asking.UNLOCK, Asking.LOCK, Asking.CODE, Asking.END})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`rest` holds the words that say which door, when and for whom, as they were typed; "" where none belong."""

    asking: Asking
    rest: str = ""
    guest: str = ""  # whose code is to end


LONGEST = 500  # characters; nobody asks for a door in more

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_EMOJI = re.compile(r":[a-z0-9_+-]*[a-z][a-z0-9_+-]*:|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+", re.IGNORECASE)
_POLITE = re.compile(
    r"^(?:please|pls|plz|bitte|hey|hi|hello|hallo|ok|okay|so|well|and|now|just|quickly|kindly|latchkey|@\w+|"
    r"(?:can|could|would|will) you|i(?:'d| would) like (?:you )?to|i (?:want|need) (?:you )?to|"
    r"i(?:'d| would) like|i (?:want|need)(?= (?:a|an|the) (?:guest )?code))\b[\s,!:.-]*",
    re.IGNORECASE,
)
_VERBS = r"(?:unlock|lock|open|close|shut|buzz|let|end|revoke|cancel|remove|delete|give|make|create)"
_NEGATED = re.compile(
    r"\b(?:don't|dont|do not|doesn't|never|no longer|not|nobody|no one|noone|nicht|kein(?:e|en)?|stop (?:un)?lock)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:said|says|say|told|tells|asked|asks|wrote|writes|wants me|wants you|claims|according to|quote)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whenever|once (?:i|he|she|they|we|the)|as soon as|in case|only when|when (?:i|he|she|they|we|the|"
    r"[A-Z]\w+ )|falls|wenn|except|instead of)\b"
)
_PAST = re.compile(
    r"^(?:i|we|he|she|they|you|who|someone|somebody|\w+) (?:just |already |have |has |had )*"
    r"(?:unlocked|locked|opened|closed|used|came|entered)\b"
    r"|^(?:was|were|did|has|have|had|when (?:was|did)|who (?:was|has been))\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"^(?:is|are|isn't|aren't|is not)\s+(?P<door>.+?)\s+(?:not |still |really |now |currently )*"
    r"(?:locked|unlocked|open|opened|closed|shut|online|offline)\b[\s\w]*\??$"
    r"|^(?:what(?:'s| is) (?:the )?(?:state|status) of|(?:state|status) of|how is)\s+(?P<other>.+?)\??$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"^who(?:'s| is| has| can| could| may|se)?\b.*?\b(?:access|codes?|open|unlock|get in(?:to)?|enter|allowed)\b"
    r"(?:\s+(?:to|for|at|on|in|into))?\s*(?P<door>.*?)\??$",
    re.IGNORECASE,
)
_DOORS = re.compile(
    r"^(?:what|which|list|show(?: me)?|all)?\s*(?:are\s+)?(?:all\s+)?(?:the\s+|my\s+)?doors\b"
    r"(?:\s+(?:are there|do you (?:know|have)|can i (?:open|use|unlock)|exist))?\s*\??$",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"^(?:help(?: me)?|commands|what can you do|how does this work|thanks?(?: you)?|)\s*[?!.]*$", re.IGNORECASE
)
_LET_ME = re.compile(r"^let (?:me|us) in(?:to)?\b\s*(?P<rest>.*)$", re.IGNORECASE)
_LET = re.compile(r"^let (?P<guest>.+?) in(?:to)?\b\s*(?P<rest>.*)$", re.IGNORECASE)
_GIVE = re.compile(
    r"^(?:give|get|send) (?P<guest>.+?) (?:a |an |the )?(?:guest |door |access )?(?:code|access|pin|key)\b"
    r"\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"^(?:(?:make|create|add|order|new|a|an|need)\s+)*(?:guest |door |access )?(?:code|access)\s+for\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_END = re.compile(
    r"^(?:end|revoke|cancel|remove|delete|kill|terminate|deactivate)\s+(?P<guest>.+?)(?:'s?)?\s+"
    r"(?:guest |door |access )?(?:codes?|access|pins?)\b\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_UNLOCK = re.compile(r"^(?:unlock|open|buzz open)\b\s*(?P<rest>.*)$", re.IGNORECASE)
_LOCK = re.compile(r"^(?:lock|close|shut)\b(?: up\b)?\s*(?P<rest>.*)$", re.IGNORECASE)
_SECOND = re.compile(rf"(?:\b(?:and|then|also|und)\b|[;.!?\n])[\s,]*(?:then |please )*{_VERBS}\b", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"')


def hear(text: str) -> Heard:
    """What a message asks for. Total: any text gives an answer, and what fits nothing is UNCLEAR.

    `text` is as a person reads it: Slack's escapes and the bot's own name are gone. The words in `rest` are kept as
    they were typed, but for emoji and curly quotes.
    """
    if len(text) > LONGEST:
        return Heard(asking=Asking.UNCLEAR)
    straight = text.translate(_QUOTES)
    if _is_quoted(straight):
        return Heard(asking=Asking.REPORTED)
    said = _bare(" ".join(_EMOJI.sub(" ", straight).split()))
    if _HELP.match(said):
        return Heard(asking=Asking.HELP)
    if question := _question(said):
        return question
    if _PAST.match(said):
        return Heard(asking=Asking.PAST)
    order = _order(said)
    if not re.search(rf"\b{_VERBS}\b", said, re.IGNORECASE) and order is None:
        return Heard(asking=Asking.UNCLEAR)
    if _REPORTED.search(said):
        return Heard(asking=Asking.REPORTED)
    if _NEGATED.search(said):
        return Heard(asking=Asking.NEGATED)
    if _CONDITION.search(said):
        return Heard(asking=Asking.CONDITIONAL)
    if order is None:
        return Heard(asking=Asking.UNCLEAR)
    return Heard(asking=Asking.SEVERAL) if _SECOND.search(said) else order


def _bare(said: str) -> str:
    """Without words of politeness at its beginning and end, and without the marks that end a sentence."""
    while (shorter := _POLITE.sub("", said)) != said:
        said = shorter
    return re.sub(
        r"(?:[\s,]*\b(?:please|pls|plz|bitte|thanks|thank you|thx)\b)*[\s.!,]*$", "", said, flags=re.IGNORECASE
    )


def _is_quoted(text: str) -> bool:
    """A line that Slack shows as a quotation, or an order between quotation marks."""
    if any(line.lstrip().startswith((">", "&gt;")) for line in text.splitlines()):
        return True
    return any(re.search(rf"\b{_VERBS}\b", inside, re.IGNORECASE) for inside in _QUOTED.findall(text))


def _question(said: str) -> Heard | None:
    if match := _STATE.match(said):
        return Heard(asking=Asking.STATE, rest=_unquoted(match["door"] or match["other"]))
    if _DOORS.match(said):
        return Heard(asking=Asking.DOORS)
    match = _WHO.match(said)
    if match and not _NEGATED.search(said):
        return Heard(asking=Asking.WHO, rest=_unquoted(match["door"]))
    return None


def _order(said: str) -> Heard | None:
    if match := _LET_ME.match(said):
        return Heard(asking=Asking.UNLOCK, rest=_unquoted(match["rest"]))
    if match := _LET.match(said) or _GIVE.match(said):
        return Heard(asking=Asking.CODE, rest=_unquoted(f"{match['guest']} {match['rest']}"))
    if match := _CODE.match(said):
        return Heard(asking=Asking.CODE, rest=_unquoted(match["rest"]))
    if match := _END.match(said):
        guest = re.sub(r"^(?:the|all|all of)\s+", "", _unquoted(match["guest"]), flags=re.IGNORECASE)
        return Heard(asking=Asking.END, guest=guest.removesuffix("'s"), rest=_unquoted(match["rest"]))
    if match := _UNLOCK.match(said):
        return Heard(asking=Asking.UNLOCK, rest=_unquoted(match["rest"]))
    if match := _LOCK.match(said):
        return Heard(asking=Asking.LOCK, rest=_unquoted(match["rest"]))
    return None


def _unquoted(text: str) -> str:
    return text.replace('"', " ").strip(" ?,:")
