"""What an admin does about the rules: in Home, in the form, in the preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.audit_export import as_record
from bot.domain.policy.policy import Policy
from bot.domain.policy.rule import Rule
from bot.sandbox.slack import Outcome
from handlers.json_types import mapping_at, text_at
from tests.handlers.stage import Stage

EVERYTHING: dict[str, object] = {"rule.doors": ["everything"]}


@dataclass(frozen=True, slots=True)
class Admin:
    """One person at the rules. Names as in the cast; Mia is an admin by the settings."""

    s: Stage
    who: str = "mia"

    # -- acts -----------------------------------------------------------------------------------------------------

    async def opens_home(self) -> str:
        """Returns what the Home tab shows."""
        (await self.s.w.slack.open_home(self.who)).expect_ok()
        await self.s.w.settle()
        return self.home()

    async def presses_in_home(self, action: str, value: object = None) -> None:
        view = self.s.w.slack.home(self.who)
        (await self.s.w.slack.act_in_view(self.who, view, action, value)).expect_ok()
        await self.s.w.settle()

    async def presses(self, action: str, value: object = None) -> None:
        """In the modal on top."""
        (await self.s.w.slack.act_in_view(self.who, None, action, value)).expect_ok()
        await self.s.w.settle()

    async def chooses_outcome(self, outcome: str) -> None:
        await self.presses("rules.outcome", outcome)

    async def sends(self, **values: object) -> Outcome:
        """The form or preview on top, sent off; keys without their “rule.”."""
        filled = {f"rule.{key}": value for key, value in values.items()}
        if "rule.doors" in filled:
            await self.s.w.slack.options(self.who, self.s.w.slack.top(self.who), "rules.doors", "")
        outcome = await self.s.w.slack.submit(self.who, None, filled)
        await self.s.w.settle()
        return outcome

    async def adds(self, name: str, outcome: str = "allow", **values: object) -> None:
        """A rule, from Home to Saved; about every door and everyone unless told otherwise."""
        await self.starts_adding(name, outcome, **values)
        await self.sends()

    async def starts_adding(self, name: str, outcome: str = "allow", **values: object) -> None:
        """The same, up to the preview."""
        await self.opens_home()
        await self.presses_in_home("rules.add")
        if outcome != "ask":
            await self.chooses_outcome(outcome)
        await self.sends(**({"name": name, "doors": ["everything"], "who": ["everyone"]} | values))

    async def opens_rule(self, rule_id: str) -> None:
        """Home, and the form of a rule."""
        await self.opens_home()
        await self.presses_in_home(f"rules.menu:{rule_id}", f"edit:{rule_id}")

    async def forges(self, callback: str, metadata: str = "", view_id: str = "V1") -> str:
        """A submission that no form of theirs sent. Returns what Slack is answered."""
        view = {
            "id": view_id,
            "type": "modal",
            "callback_id": callback,
            "private_metadata": metadata,
            "blocks": [{"type": "input", "block_id": "rule.name"}],
            "state": {"values": {}},
        }
        user = {"id": self.s.w.slack.user(self.who).id, "team_id": "T0LATCH"}
        answer = await self.s.delivers({"type": "view_submission", "user": user, "view": view})
        return answer.body.decode()

    # -- what is there --------------------------------------------------------------------------------------------

    def home(self) -> str:
        home = self.s.w.slack.screen(self.who).home
        return home.rendered if home else ""

    def modal(self) -> str:
        return self.s.modal(self.who)

    def title(self) -> str:
        return text_at(self.s.w.slack.top(self.who).content, "title", "text") if self.s.has_modal(self.who) else ""

    def errors(self) -> Mapping[str, str]:
        """What stands at the fields; keys without their “rule.”."""
        return {key.removeprefix("rule."): words for key, words in self.s.errors(self.who).items()}

    def typed(self, field: str) -> object:
        """What stands in a field of the form."""
        state = mapping_at(self.s.w.slack.top(self.who).state, f"rule.{field}")
        return next((mapping_at(entry).get("value") for entry in state.values()), None)

    async def policy(self) -> Policy:
        return await self.s.w.bot.services.policy.current()

    async def rule(self, name: str) -> Rule:
        return next(rule for rule in (await self.policy()).rules if rule.name == name)

    async def rules(self) -> list[str]:
        """Names, in the order in which they were made."""
        return [rule.name for rule in (await self.policy()).rules]

    async def audit(self) -> list[tuple[str, str, str, str]]:
        """(action, outcome, reason, actor) of every row about the rules."""
        records = [as_record(row) for row in await self.s.w.bot.db.read(lambda tx: tx.audit.after(0))]
        return [
            (str(r["action"]), str(r["outcome"]), str(r["reason"] or ""), str(r["actor"]))
            for r in records
            if str(r["action"]).startswith("rules.")
        ]
