"""The policy as a TOML file: written for people, read strictly, all or nothing.

`load` reports every mistake at once, each with its line and a fix. Where the file is no TOML at all, the bad
lines are set aside and the rest is checked all the same.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import BotError
from bot.domain.policy.as_dict import policy_to_dict
from bot.domain.policy.checks import PolicyProblems, Problem
from bot.domain.policy.from_dict import policy_from_dict
from bot.domain.policy.policy import Policy
from bot.toml_lines import Places, locate

MOST_BAD_LINES = 25  # beyond that it is some other kind of file
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
# A line that opens a list and does not close it, and a line that looks like the header of one of our tables.
_LIST_OPENS = re.compile(r"\s*[\w.-]+\s*=\s*\[[^\]]*$")
_HEADER_LIKE = re.compile(r"\s*\[+\s*(rule\.escalation|rule|defaults)\b")

_HEADER = """\
# Latchkey's access rules. `policy apply` shows what would change before anything does; docs/rules.md explains.
#
# The most specific rule decides: its door before a door group, a site, everything; a person before a user
# group, everyone; then hours, lower max_length, lower max_ahead. A tie goes to the stricter outcome. What no
# rule covers is asked of the default approvers; without any it is refused.
#
# version counts applied changes: a file made from an older version is not applied over a newer one.
# admins set the rules (beside those in LATCHKEY_ADMINS). Ids are Slack's: U… people, S… user groups, C… channels.
"""
_DEFAULTS_COMMENT = "# Asked where a rule names no approvers of its own, or where no rule applies.\n"
_RULE_COMMENT = """\
# A rule:
#   id, name, outcome      outcome is "allow", "ask" or "refuse"
#   doors, door_groups, sites, or everything = true
#   who                    ids, "everyone" (members), "workspace_guests"; T…/U… for somebody of another workspace
#   actions                unlock lock guest_code reveal extend end; left out: all
#   hours                  "mon-fri 08:00-18:00", "22:00-06:00", on the door's clock; left out: always
#   max_length, max_ahead  "4h", "30d": the rule is about requests up to this; what is beyond is left to others
#   approvers, channel     left out: the defaults; approvals_needed 1 to 3; self_approval, reason_required
#   expires_after, remind_after, [[rule.escalation]] with after and approvers: when nobody answers
#   break_glass            "1h": act first, up to this long, reviewed afterwards (ask only)
#   daily_cap              automatic allowances per person and day (allow only)
#   ping_approvers (true unless set), post_allowed, post_ended, reminders ["1d", "1h"], end_when_host_leaves
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMistake:
    """One mistake: the line (from 1), what is wrong, and what to write instead."""

    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} – {self.fix}"


class PolicyFileErrors(BotError):
    """The policy file cannot be taken, and nothing was changed. Lists every mistake, in the order of lines."""

    def __init__(self, mistakes: tuple[FileMistake, ...]) -> None:
        self.mistakes = mistakes
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__(f"The policy file has {count}; nothing was changed.\n" + "\n".join(f"  {m}" for m in mistakes))


def dump(policy: Policy) -> str:
    """The policy as TOML with comments; the same policy gives the same text, and `load` gives it back."""
    data = policy_to_dict(policy)
    parts = [_HEADER, f"version = {policy.version}\n", f"admins = {_value(data['admins'])}\n"]
    parts += ["\n", _DEFAULTS_COMMENT, "[defaults]\n", _pairs(data["defaults"])]
    parts += ["\n", _RULE_COMMENT]
    for rule in _tables(data["rule"]):
        steps = _tables(rule.pop("escalation", []))
        parts += ["\n[[rule]]\n", _pairs(rule)]
        for step in steps:
            parts += ["\n[[rule.escalation]]\n", _pairs(step)]
    return "".join(parts)


def load(text: str) -> Policy:
    """The policy in this file. Raises `PolicyFileErrors` with every mistake in it."""
    salvage = _Salvage(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    mistakes = salvage.mistakes
    try:
        policy = policy_from_dict(salvage.data)
    except PolicyProblems as problems:
        mistakes += [_placed(p, salvage.places) for p in problems.problems if not salvage.explains(p)]
    else:
        if not mistakes:
            return policy
    raise PolicyFileErrors(tuple(sorted(mistakes, key=lambda m: (m.line, m.message))))


class _Salvage:
    """What can be read of a file: `data` and the `places` in it, and the lines that are no TOML as `mistakes`."""

    def __init__(self, text: str) -> None:
        self.data: Mapping[str, object] = {}
        self.places: Places = {}
        self.mistakes: list[FileMistake] = []
        self._lines = text.split("\n")
        self._aside: dict[int, str] = {}  # what stood on the lines that were set aside
        while True:
            source = "\n".join(self._lines)
            try:
                self.data = tomllib.loads(source)
            except tomllib.TOMLDecodeError as error:
                if self._set_aside(str(error)):
                    continue
                return
            self.places = locate(source)
            return

    def explains(self, problem: Problem) -> bool:
        """Whether something may only seem to be missing because its line was set aside."""
        if not problem.missing:
            return False
        if problem.path[-1:] == ("approvers",) and any("approvers" in line for line in self._aside.values()):
            return True
        table, number = problem.path[:1], problem.path[1] if len(problem.path) > 1 else None
        if not isinstance(number, int):
            return bool(self._aside)
        first = self.places.get((*table, number), 1)
        last = self.places.get((*table, number + 1), len(self._lines) + 1)
        return any(first <= line < last for line in self._aside)

    def _set_aside(self, said: str) -> bool:
        """Note the line that tomllib stumbles over and take it out; False when the rest cannot be read without it."""
        place = _AT_LINE.search(said)
        message = said[: place.start()] if place is not None else said
        last = max((n for n, line in enumerate(self._lines, start=1) if line.strip()), default=1)
        at = min(int(place[1]), last) if place is not None and place[1] else last
        first = self._opening(at) if message == "Unclosed array" else at
        bad = self._lines[first - 1]
        if not bad.strip() or len(self.mistakes) >= MOST_BAD_LINES:
            fix = "correct this line; what comes after it was not checked"
            self.mistakes.append(FileMistake(line=first, message=f"this is not TOML: {message}", fix=fix))
            return False
        if first not in self._aside:
            fix = "close the list with ]" if message == "Unclosed array" else _syntax_fix(bad)
            self.mistakes.append(FileMistake(line=first, message=f"this is not TOML: {message}", fix=fix))
        stand_in = _stand_in(bad) if first not in self._aside else ""
        for line in range(first, max(first + 1, at)):
            self._aside[line] = self._lines[line - 1]
            self._lines[line - 1] = ""
        self._lines[first - 1] = stand_in
        return True

    def _opening(self, at: int) -> int:
        """The line on which the list begins that is not closed before line `at`."""
        return next((n for n in range(at, 0, -1) if _LIST_OPENS.match(self._lines[n - 1])), at)


def _stand_in(line: str) -> str:
    """The header that a broken header was meant to be, so that the keys below it stay in a table of their own."""
    header = _HEADER_LIKE.match(line)
    if header is None:
        return ""
    return f"[{header[1]}]" if header[1] == "defaults" else f"[[{header[1]}]]"


def _syntax_fix(line: str) -> str:
    key, equals, value = (part.strip() for part in line.partition("="))
    if not equals:
        return "a line is key = value, [[rule]], [defaults], or a comment that starts with #"
    if value.count('"') % 2:
        return "close the quotes"
    if value and value[0] not in "\"'[{0123456789+-" and value not in ("true", "false"):
        return f'put texts in quotes: {key} = "{value}"'
    return "check quotes, commas and brackets; each key stands only once in its table"


def _placed(problem: Problem, places: Places) -> FileMistake:
    """The problem with the line of the nearest thing that has one."""
    path = problem.path
    while path and path not in places:
        path = path[:-1]
    return FileMistake(line=places.get(path, 1), message=problem.message, fix=problem.fix)


def _tables(found: object) -> list[dict[str, object]]:
    return [dict(table) for table in found] if isinstance(found, list) else []


def _pairs(table: object) -> str:
    pairs = table.items() if isinstance(table, dict) else ()
    return "".join(f"{key} = {_value(value)}\n" for key, value in pairs)


def _value(value: object) -> str:
    """A TOML value. JSON's escapes are TOML's, but for DEL, which JSON leaves as it is."""
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
