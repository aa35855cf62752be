"""What needs an admin's eyes is found without a walk through every code there ever was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = "state in ('ordered','scheduled','stuck')"
_FAILED = "state = 'failed'"


def upgrade() -> None:
    for name, column, which in (
        ("guest_codes_waiting", "starts_at", _WAITING),
        ("guest_codes_failed", "changed_at", _FAILED),
    ):
        op.create_index(name, "guest_codes", [column], sqlite_where=sa.text(which), postgresql_where=sa.text(which))
