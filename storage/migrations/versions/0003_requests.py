"""Requests, their doors and decisions, and what was allowed without asking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.String(27)
_OPEN = "state in ('pending','approved')"


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("beneficiary_team", sa.String(64)),
        sa.Column("beneficiary_user", sa.String(64)),
        sa.Column("guest", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("starts_at", _TIME),
        sa.Column("ends_at", _TIME),
        sa.Column("length_s", sa.Integer),
        sa.Column("rule_id", sa.String(64)),
        sa.Column("rule_name", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("taken_team", sa.String(64)),
        sa.Column("taken_user", sa.String(64)),
        sa.Column("decided_at", _TIME),
        sa.Column("outcome", sa.Text),
        sa.Column("order_id", sa.String(32)),
        sa.Column("break_glass", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("reviewed_team", sa.String(64)),
        sa.Column("reviewed_user", sa.String(64)),
        sa.Column("reviewed_at", _TIME),
        sa.Column("changed_team", sa.String(64)),
        sa.Column("changed_user", sa.String(64)),
        sa.Column("card_channel", sa.String(64)),
        sa.Column("card_ts", sa.String(32)),
        sa.Column("dm_channel", sa.String(64)),
        sa.Column("dm_ts", sa.String(32)),
        sa.CheckConstraint(
            "state in ('pending','approved','denied','expired','cancelled','done','failed')", name="requests_state"
        ),
    )
    op.create_index("requests_by_person", "requests", ["team_id", "user_id", "created_at"])
    op.create_index(
        "requests_open", "requests", ["created_at"], sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN)
    )
    op.create_table(
        "request_doors",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("device_id", sa.String(64), primary_key=True),
        sa.Column("door_name", sa.String(255), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "reviews",
        sa.Column("request_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_table(
        "allowances",
        sa.Column("subject_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
    )
    op.create_index("allowances_used", "allowances", ["team_id", "user_id", "device_id", "action", "day"])
