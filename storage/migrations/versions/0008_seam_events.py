"""What Seam reports: each event once, how far the list was read, the bolts, and the first use of a code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seam_events",
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("taken_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_seam_events_taken_at", "seam_events", ["taken_at"])
    op.create_table(
        "seam_cursor",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "bolt_reports",
        sa.Column("device_id", sa.String(64), primary_key=True),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("occurred_at", UtcDateTime, nullable=False),
    )
    op.add_column("guest_codes", sa.Column("first_used_at", UtcDateTime))
    op.create_index("guest_codes_at_seam", "guest_codes", ["access_code_id"])
    op.create_index("operations_attempt", "operations", ["action_attempt_id"])
    op.create_index("operations_of_door", "operations", ["device_id", "intended_at"])
