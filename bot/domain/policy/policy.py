"""All rules together, with what holds where no rule does."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.model import Person, PersonKind
from bot.domain.policy import decide as deciding
from bot.domain.policy.ask import Ask, Decision
from bot.domain.policy.ids import named
from bot.domain.policy.rule import Approvers, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The access rules of one workspace at one version.

    `admins` are those whom admins have named; `settings_admins` come from `LATCHKEY_ADMINS` at start. The
    latter are no part of the file or of equality: nobody can remove them by applying a file.
    `version` counts applied changes; whoever saves a change names the version it was made from.
    """

    rules: tuple[Rule, ...] = ()
    default_approvers: Approvers = field(default_factory=Approvers)
    default_channel: str | None = None
    admins: frozenset[str] = frozenset()
    version: int = 0
    settings_admins: frozenset[str] = field(default=frozenset(), compare=False)

    def decide(self, ask: Ask) -> Decision:
        """Whether this may be done, with the rule and the reason in words (`decide.py`)."""
        return deciding.decide(self, ask)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, if there is (still) one."""
        return next((rule for rule in self.rules if rule.rule_id == rule_id), None)

    @property
    def all_admins(self) -> frozenset[str]:
        return self.admins | self.settings_admins

    def is_admin(self, person: Person) -> bool:
        """Only a member of the workspace can be an admin, whoever is named."""
        return person.kind is PersonKind.MEMBER and named(person, self.all_admins)
