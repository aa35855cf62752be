"""The main job: what was received, what is done at doors, guest codes, what must happen later, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TIME = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("done", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    _partial_index("inbox_undone", "inbox", ["received_at"], "NOT done")
    op.create_table(
        "seen_signatures",
        sa.Column("signature", sa.String(80), primary_key=True),
        sa.Column("seen_at", _TIME, nullable=False),
    )
    op.create_index("ix_seen_signatures_seen_at", "seen_signatures", ["seen_at"])
    op.create_table(
        "operations",
        sa.Column("op_id", sa.String(32), primary_key=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("door_name", sa.String(255), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("surface", sa.String(32), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("intended_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("relock_at", _TIME),
        sa.Column("action_attempt_id", sa.String(64)),
        sa.Column("confirmed", sa.Boolean),
        sa.Column("trouble", sa.Text),
        sa.CheckConstraint("state in ('intended','done','failed','unknown')", name="operations_state"),
    )
    _partial_index("operations_in_flight", "operations", ["device_id"], "state = 'intended'", unique=True)
    op.create_table(
        "guest_codes",
        sa.Column("code_id", sa.String(32), primary_key=True),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("marker", sa.String(8), nullable=False, unique=True),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("door_name", sa.String(255), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("guest", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("access_code_id", sa.String(64)),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("trouble", sa.Text),
        sa.Column("card_channel", sa.String(64)),
        sa.Column("card_ts", sa.String(32)),
        sa.CheckConstraint(
            "state in ('ordered','scheduled','on_lock','ending','ended','failed','stuck')", name="guest_codes_state"
        ),
    )
    op.create_index("ix_guest_codes_order_id", "guest_codes", ["order_id"])
    op.create_index("guest_codes_host", "guest_codes", ["team_id", "user_id", "created_at"])
    _partial_index("guest_codes_live", "guest_codes", ["device_id", "ends_at"], "state not in ('ended','failed')")
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.String(32), primary_key=True),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.create_index("ix_drafts_made_at", "drafts", ["made_at"])
    op.create_table(
        "tasks",
        sa.Column("task_id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(160), nullable=False, unique=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("fence", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("ended_at", _TIME),
        sa.CheckConstraint("state in ('waiting','done','dropped')", name="tasks_state"),
    )
    _partial_index("tasks_due", "tasks", ["due_at"], "state = 'waiting'")
    op.create_index("tasks_subject", "tasks", ["subject_id"])
    op.create_table(
        "audit",
        sa.Column("seq", _BIG, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("phase", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(12)),
        sa.Column("actor_team", sa.String(64), nullable=False),
        sa.Column("actor_user", sa.String(64), nullable=False),
        sa.Column("device_id", sa.String(64)),
        sa.Column("subject_id", sa.String(64)),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.UniqueConstraint("event_id", name="audit_event"),
        sa.UniqueConstraint("previous", name="audit_no_fork"),
    )
    op.create_index("audit_door", "audit", ["device_id", "at"])
    op.create_index("audit_actor", "audit", ["actor_user", "at"])
    op.create_index("audit_subject", "audit", ["subject_id"])
    op.create_table(
        "audit_personal",
        sa.Column("event_id", sa.String(32), primary_key=True),
        sa.Column("field", sa.String(40), primary_key=True),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    _make_append_only("audit")


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _make_append_only(table: str) -> None:
    """The database itself refuses to change or remove a row: a promise in code would be only a promise."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
