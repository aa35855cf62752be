"""The list of rules, the preview before a change, and what comes after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.clean_text import cut
from bot.domain.model import PersonRef
from bot.domain.policy.changes import Change
from bot.domain.policy.order import most_specific_first
from bot.domain.policy.policy import Policy
from bot.domain.policy.words import say_approvers, say_rule
from handlers.ids import ActionId, CallbackId
from handlers.json_types import Json
from handlers.views import kit
from handlers.views.rule_words import MARKS, Words, counted, editor

RULES_ON_A_PAGE = 20
MOST_CHANGES = 20
MOST_NAMED = 20
RULE_WORDS = 700  # a rule may name a thousand doors; the list has others, too
EDIT, REMOVE = "edit", "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleList:
    """The rules as an admin sees them."""

    policy: Policy
    words: Words
    editors: Mapping[str, PersonRef]
    page: int = 0


def list_blocks(found: RuleList) -> list[Json]:
    """For Home and for the modal: at most 35 blocks."""
    policy, words = found.policy, found.words
    rules = most_specific_first(policy.rules)
    pages = max(1, -(-len(rules) // RULES_ON_A_PAGE))
    page = min(max(found.page, 0), pages - 1)
    shown = rules[page * RULES_ON_A_PAGE : (page + 1) * RULES_ON_A_PAGE]
    blocks = [
        kit.header("Rules"),
        kit.context("The most specific rule decides, so it stands first; of two alike, the stricter one."),
        kit.actions(
            kit.button("Add a rule", ActionId.RULE_ADD, style="primary"),
            kit.button("Defaults", ActionId.RULE_DEFAULTS),
            kit.button("Admins", ActionId.ADMINS),
        ),
    ]
    if not rules:
        blocks.append(kit.section("There are no rules."))
    for rule in shown:
        said = words.say(cut(say_rule(rule), RULE_WORDS))
        last = editor(found.editors.get(rule.rule_id))
        section = kit.section(
            f"{MARKS[rule.outcome]} *{kit.name(rule.name)}*\n{said}" + (f"\n_{last}_" if last else "")
        )
        section["accessory"] = {
            "type": "overflow",
            "action_id": f"{ActionId.RULE_MENU}:{rule.rule_id}",
            "options": [
                kit.option("Edit…", f"{EDIT}:{rule.rule_id}"),
                kit.option("Remove…", f"{REMOVE}:{rule.rule_id}"),
            ],
        }
        blocks.append(section)
    if pages > 1:
        nav = [kit.button("‹ Back", f"{ActionId.RULES_PAGE}:back", str(page - 1))] if page > 0 else []
        nav += [kit.button("More ›", f"{ActionId.RULES_PAGE}:more", str(page + 1))] if page < pages - 1 else []
        blocks += [kit.context(f"Page {page + 1} of {pages} · {len(rules)} rules"), kit.actions(*nav)]
    blocks.append(kit.context(_where_no_rule_says(policy, words)))
    return blocks


def _where_no_rule_says(policy: Policy, words: Words) -> str:
    if not policy.default_approvers:
        return "Where no rule says anything, it is refused: there are no default approvers. “Defaults” names some."
    asked = f"Where no rule says anything, these are asked: {words.say(say_approvers(policy.default_approvers))}"
    if policy.default_channel is None:
        return f"{asked}. But no channel is set in which to ask them: “Defaults” sets one."
    return f"{asked}, in {words.say(policy.default_channel)}."


def list_modal(found: RuleList) -> Json:
    """`/latchkey rules`."""
    return _modal("Rules", list_blocks(found), callback=CallbackId.RULES_LIST, close="Close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Whom and what a change is about: names and mentions, ready for mrkdwn. None: not to be said (no rule)."""

    people: Sequence[str] | None = None
    doors: Sequence[str] | None = None
    warnings: Sequence[str] = ()


def preview_modal(
    draft_id: str, changes: Sequence[Change], words: Words, touched: Touched, *, submit: str = "Save"
) -> Json:
    """What would change, whom it touches, and the button that does it. Nothing has changed yet."""
    blocks = [kit.section("*This is what changes*")]
    blocks += _changes(changes, words)
    if touched.people is not None:
        named = counted(list(touched.people), MOST_NAMED) or "nobody at this moment"
        blocks.append(kit.section(f"*It is about*\n{named}"))
    if touched.doors is not None:
        named = counted(list(touched.doors), MOST_NAMED) or "no door at this moment"
        blocks.append(kit.section(f"*At*\n{named}"))
    blocks += [kit.section(f":warning: {warning}") for warning in touched.warnings]
    blocks.append(kit.context("Nothing has changed yet. A change is written to the audit log with before and after."))
    return _modal(
        "Preview", blocks, callback=CallbackId.RULE_SAVE, submit=submit, close="Back", private_metadata=draft_id
    )


def saved_modal(changes: Sequence[Change], words: Words) -> Json:
    """The change holds. Closing it closes the forms beneath, which are done with."""
    blocks = [kit.section(":white_check_mark: *Done.* From now on this holds:"), *_changes(changes, words)]
    return _modal("Saved", blocks, callback=CallbackId.NOTICE, close="Close") | {"clear_on_close": True}


def overtaken_modal(draft_id: str, theirs: Sequence[Change], words: Words) -> Json:
    """Somebody else was faster: what they changed, and the way to make one's own change on top of it."""
    blocks = [
        kit.section(
            ":warning: *Somebody else changed the rules while you were at it.* Yours was not saved, and theirs hold. "
            "This is what they changed:"
        ),
        *_changes(theirs, words),
        kit.section("Do you still want your change? I show you first what it would do to the rules as they are now."),
    ]
    return _modal(
        "The rules have changed",
        blocks,
        callback=CallbackId.RULE_AGAIN,
        submit="Show my change",
        close="Cancel",
        private_metadata=draft_id,
    ) | {"clear_on_close": True}


def _changes(changes: Sequence[Change], words: Words) -> list[Json]:
    if not changes:
        return [kit.section("Nothing.")]
    blocks = [kit.section(f"• {words.say(cut(change.sentence, 2 * RULE_WORDS))}") for change in changes]
    if len(blocks) > MOST_CHANGES:
        return [*blocks[:MOST_CHANGES], kit.context(f"and {len(blocks) - MOST_CHANGES} more changes")]
    return blocks


def _modal(
    title: str,
    blocks: list[Json],
    *,
    close: str,
    submit: str = "",
    callback: CallbackId,
    private_metadata: str = "",
) -> Json:
    made: Json = {
        "type": "modal",
        "callback_id": callback,
        "title": kit.plain(title, kit.MODAL_TITLE),
        "close": kit.plain(close, kit.MODAL_TITLE),
        "blocks": blocks,
    }
    if submit:
        made["submit"] = kit.plain(submit, kit.MODAL_TITLE)
    if private_metadata:
        made["private_metadata"] = private_metadata
    return made
