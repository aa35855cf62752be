"""Several processes: who lives, and whose each operation and delivery is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("process_id", sa.String(32), primary_key=True),
        sa.Column("started_at", sa.String(27), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
    )
    for table in ("operations", "inbox"):
        # Nullable without a default: a version that knows nothing of it goes on writing while we migrate.
        op.add_column(table, sa.Column("process_id", sa.String(32), nullable=True))
