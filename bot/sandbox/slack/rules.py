"""A small language for "this JSON must look like that", in which `block_kit.py` writes Slack's limits down."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from bot.sandbox.slack.wire import Json


@dataclass(slots=True)
class Report:
    """What is wrong, each with the JSON pointer to it, as Slack words it."""

    problems: list[str] = field(default_factory=list)

    def add(self, pointer: str, message: str) -> None:
        self.problems.append(f"[ERROR] {message} [json-pointer:{pointer or '/'}]")


Rule = Callable[[object, str, Report], None]


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def string(most: int, least: int = 0) -> Rule:
    """A string of `least` to `most` characters."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(pointer, "must be a string")
        elif len(value) < least:
            report.add(pointer, f"must be at least {least} characters")
        elif len(value) > most:
            report.add(pointer, f"must be no more than {most} characters")

    return check


def pattern(regex: str, says: str) -> Rule:
    """A string that matches as a whole."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, str) or not re.fullmatch(regex, value):
            report.add(pointer, f"must be {says}")

    return check


def integer(least: int, most: int) -> Rule:
    """A whole number in a range."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            report.add(pointer, f"must be an integer from {least} to {most}")

    return check


def boolean(value: object, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(pointer, "must be a boolean")


def one_of(*allowed: str) -> Rule:
    """One of some words."""

    def check(value: object, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(pointer, f"must be one of {', '.join(allowed)}")

    return check


def anything(value: object, pointer: str, report: Report) -> None:
    """No rule."""


def text(most: int, *, plain: bool = False, least: int = 1) -> Rule:
    """A text object: plain_text, or mrkdwn where `plain` is not asked for."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must be a text object")
            return
        kind = value.get("type")
        if kind not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            report.add(f"{pointer}/type", f"must be {'plain_text' if plain else 'plain_text or mrkdwn'}")
            return
        extra = "emoji" if kind == "plain_text" else "verbatim"
        shape({"type": anything, "text": string(most, least)}, {extra: boolean})(value, pointer, report)

    return check


def listing(rule: Rule, least: int, most: int) -> Rule:
    """An array of `least` to `most` items that all follow `rule`."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(pointer, "must be an array")
            return
        if len(value) < least:
            report.add(pointer, f"must have at least {least} items")
        if len(value) > most:
            report.add(pointer, f"no more than {most} items allowed")
        for number, item in enumerate(value):
            rule(item, f"{pointer}/{number}", report)

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *also: Rule) -> Rule:
    """An object with these fields and no others; `also` are rules about the object as a whole."""
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must be an object")
            return
        for key in required:
            if key not in value:
                report.add(f"{pointer}/{key}", f"missing required field: {key}")
        for key, item in value.items():
            if key in known:
                known[key](item, f"{pointer}/{key}", report)
            else:
                report.add(f"{pointer}/{key}", f"invalid additional property: {key}")
        for rule in also:
            rule(value, pointer, report)

    return check


def either(*keys: str) -> Rule:
    """Exactly one of these fields is there."""

    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, dict) and sum(key in value for key in keys) != 1:
            report.add(pointer, f"must have exactly one of {', '.join(keys)}")

    return check


def any_of(*keys: str) -> Rule:
    """At least one of these fields is there."""

    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, dict) and not any(key in value for key in keys):
            report.add(pointer, f"must have {' or '.join(keys)}")

    return check


def by_type(kinds: Mapping[str, Rule], allowed: Collection[str], where: str) -> Rule:
    """An object whose `type` chooses its rule, and must be one of those `allowed` in this place."""

    def check(value: object, pointer: str, report: Report) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in allowed or kind not in kinds:
            report.add(f"{pointer}/type", f"unsupported type: {kind} is not allowed in {where}")
        else:
            kinds[kind](value, pointer, report)

    return check


def ordered(low: str, high: str) -> Rule:
    """Of two numbers (or strings that hold numbers) the first is not larger."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, dict) or low not in value or high not in value:
            return
        try:
            wrong = float(str(value[low])) > float(str(value[high]))
        except ValueError:
            return  # the fields' own rules have said so
        if wrong:
            report.add(f"{pointer}/{low}", f"must not be larger than {high}")

    return check


def no_more_than(many: str, most_field: str) -> Rule:
    """A list is not longer than another field allows."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            return
        chosen, most = value.get(many), value.get(most_field)
        if isinstance(chosen, list) and isinstance(most, int) and _is_integer(most) and len(chosen) > most:
            report.add(f"{pointer}/{many}", f"no more than {most} items allowed")

    return check


def fields(value: object) -> Json:
    """`value` as an object, for rules about the whole."""
    return value if isinstance(value, dict) else {}
