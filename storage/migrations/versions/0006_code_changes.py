"""What is being changed about a code: the end it shall have, who asked for its end, what it replaces, its alarm."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.String(27)


def upgrade() -> None:
    for column in (
        sa.Column("wanted_ends_at", _TIME),
        sa.Column("end_asked_at", _TIME),
        sa.Column("replaces", sa.String(32)),
        sa.Column("alarm_channel", sa.String(64)),
        sa.Column("alarm_ts", sa.String(32)),
    ):
        op.add_column("guest_codes", column)
    op.create_index("guest_codes_replaces", "guest_codes", ["replaces"], unique=True)
