"""Audit: indexes that answer every search from one bound, and the time by which personal texts are erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXES = {
    "audit_time": ["at", "seq"],
    "audit_door": ["device_id", "at", "seq"],
    "audit_actor": ["actor_user", "at", "seq"],
    "audit_outcome": ["outcome", "at", "seq"],
    "audit_door_outcome": ["device_id", "outcome", "at", "seq"],
    "audit_subject": ["subject_id", "seq"],
}


def upgrade() -> None:
    for name in ("audit_door", "audit_actor", "audit_subject"):
        op.drop_index(name, table_name="audit")
    for name, columns in _INDEXES.items():
        op.create_index(name, "audit", columns)
    op.add_column("audit_personal", sa.Column("at", sa.String(27), nullable=True))
    op.execute(
        "UPDATE audit_personal SET at = (SELECT audit.at FROM audit WHERE audit.event_id = audit_personal.event_id)"
    )
    with op.batch_alter_table("audit_personal") as table:
        table.alter_column("at", existing_type=sa.String(27), nullable=False)
    op.create_index("ix_audit_personal_at", "audit_personal", ["at"])
