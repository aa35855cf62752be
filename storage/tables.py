"""The tables. Times are UTC as fixed-width ISO text (see `types.UtcDateTime`), so that they sort as they should."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.types import UtcDateTime

metadata = MetaData()

# SQLite autoincrements only INTEGER PRIMARY KEY; PostgreSQL wants 64 bits.
BigId = BigInteger().with_variant(Integer, "sqlite")

# The processes that live (storage/process_rows.py). Operations and deliveries are stamped with theirs.
processes = Table(
    "processes",
    metadata,
    Column("process_id", String(32), primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# What Slack delivered and we took on: the key is Slack's (trigger_id, event_id, view id), so a repeat finds itself.
inbox = Table(
    "inbox",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("what", String(80), nullable=False),
    Column("done", Boolean, nullable=False, server_default=text("false")),
    Column("process_id", String(32)),
    Index("inbox_undone", "received_at", sqlite_where=text("NOT done"), postgresql_where=text("NOT done")),
)

# Signatures of requests seen in the last minutes: an exact replay is refused (reliability.md T2).
seen_signatures = Table(
    "seen_signatures",
    metadata,
    Column("signature", String(80), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

operations = Table(
    "operations",
    metadata,
    Column("op_id", String(32), primary_key=True),
    Column("action", String(16), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("door_name", String(255), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("surface", String(32), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("channel_id", String(64)),
    Column("state", String(16), nullable=False),
    Column("intended_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("relock_at", UtcDateTime),
    Column("action_attempt_id", String(64)),
    Column("confirmed", Boolean),
    Column("trouble", Text),
    Column("process_id", String(32)),
    CheckConstraint("state in ('intended','done','failed','unknown')", name="operations_state"),
    # One command in flight for each door: the second of two simultaneous ones finds the first here.
    Index(
        "operations_in_flight",
        "device_id",
        unique=True,
        sqlite_where=text("state = 'intended'"),
        postgresql_where=text("state = 'intended'"),
    ),
    Index("operations_attempt", "action_attempt_id"),
    Index("operations_of_door", "device_id", "intended_at"),
)

guest_codes = Table(
    "guest_codes",
    metadata,
    Column("code_id", String(32), primary_key=True),
    Column("order_id", String(32), nullable=False, index=True),
    Column("marker", String(8), nullable=False, unique=True),
    Column("device_id", String(64), nullable=False),
    Column("door_name", String(255), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("guest", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),
    Column("state", String(16), nullable=False),
    Column("access_code_id", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("trouble", Text),
    Column("card_channel", String(64)),
    Column("card_ts", String(32)),
    Column("wanted_ends_at", UtcDateTime),  # asked of Seam, and not known yet whether Seam has taken it
    Column("end_asked_at", UtcDateTime),  # somebody ended it before its time
    Column("replaces", String(32)),  # the code in whose place it was made
    Column("alarm_channel", String(64)),
    Column("alarm_ts", String(32)),
    Column("first_used_at", UtcDateTime),
    CheckConstraint(
        "state in ('ordered','scheduled','on_lock','ending','ended','failed','stuck')", name="guest_codes_state"
    ),
    Index(
        "guest_codes_live",
        "device_id",
        "ends_at",
        sqlite_where=text("state not in ('ended','failed')"),
        postgresql_where=text("state not in ('ended','failed')"),
    ),
    Index("guest_codes_host", "team_id", "user_id", "created_at"),
    # What needs attention: begun and not on the lock, stuck; failed lately.
    Index(
        "guest_codes_waiting",
        "starts_at",
        sqlite_where=text("state in ('ordered','scheduled','stuck')"),
        postgresql_where=text("state in ('ordered','scheduled','stuck')"),
    ),
    Index(
        "guest_codes_failed",
        "changed_at",
        sqlite_where=text("state = 'failed'"),
        postgresql_where=text("state = 'failed'"),
    ),
    Index("guest_codes_replaces", "replaces", unique=True),
    Index("guest_codes_at_seam", "access_code_id"),
)

# The access rules: every version that was in force; the newest one holds.
policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
)

# Who last changed a rule: they may not use its self-approval (reliability.md T6).
rule_editors = Table(
    "rule_editors",
    metadata,
    Column("rule_id", String(64), primary_key=True),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What was asked for and how it stands. Free text of people is in it: erased with the personal data.
requests = Table(
    "requests",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("action", String(16), nullable=False),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("beneficiary_team", String(64)),
    Column("beneficiary_user", String(64)),
    Column("guest", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("starts_at", UtcDateTime),
    Column("ends_at", UtcDateTime),
    Column("length_s", Integer),
    Column("rule_id", String(64)),
    Column("rule_name", String(200), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("taken_team", String(64)),
    Column("taken_user", String(64)),
    Column("decided_at", UtcDateTime),
    Column("outcome", Text),
    Column("order_id", String(32)),
    Column("break_glass", Boolean, nullable=False, server_default=text("false")),
    Column("reviewed_team", String(64)),
    Column("reviewed_user", String(64)),
    Column("reviewed_at", UtcDateTime),
    Column("changed_team", String(64)),
    Column("changed_user", String(64)),
    Column("card_channel", String(64)),
    Column("card_ts", String(32)),
    Column("dm_channel", String(64)),
    Column("dm_ts", String(32)),
    CheckConstraint(
        "state in ('pending','approved','denied','expired','cancelled','done','failed')", name="requests_state"
    ),
    Index("requests_by_person", "team_id", "user_id", "created_at"),
    Index(
        "requests_open",
        "created_at",
        sqlite_where=text("state in ('pending','approved')"),
        postgresql_where=text("state in ('pending','approved')"),
    ),
)

request_doors = Table(
    "request_doors",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("device_id", String(64), primary_key=True),
    Column("door_name", String(255), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("position", Integer, nullable=False),
)

# Each person decides once on a request: the database says so.
reviews = Table(
    "reviews",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("team_id", String(64), primary_key=True),
    Column("user_id", String(64), primary_key=True),
    Column("verdict", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What was allowed without asking under a rule with a daily cap.
allowances = Table(
    "allowances",
    metadata,
    Column("subject_id", String(32), primary_key=True),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("action", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Index("allowances_used", "team_id", "user_id", "device_id", "action", "day"),
)

# What a button stands for: the button carries the id, the truth is here. Whoever it was made for may use it, once.
drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", String(32), primary_key=True),
    Column("team_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
    Column("used", Boolean, nullable=False, server_default=text("false")),
)

# Everything that must happen later and exactly once: notices that must reach someone, and timers.
tasks = Table(
    "tasks",
    metadata,
    Column("task_id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("key", String(160), nullable=False, unique=True),
    Column("payload", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("ended_at", UtcDateTime),
    CheckConstraint("state in ('waiting','done','dropped')", name="tasks_state"),
    Index("tasks_due", "due_at", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    Index("tasks_subject", "subject_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("event_id", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(40), nullable=False),
    Column("phase", String(12), nullable=False),
    Column("outcome", String(12)),
    Column("actor_team", String(64), nullable=False),
    Column("actor_user", String(64), nullable=False),
    Column("device_id", String(64)),
    Column("subject_id", String(64)),
    Column("payload", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key_id", String(16), nullable=False),
    UniqueConstraint("event_id", name="audit_event"),
    UniqueConstraint("previous", name="audit_no_fork"),
    # Each search is a walk down one of these from one bound (perf.md 5.2).
    Index("audit_time", "at", "seq"),
    Index("audit_door", "device_id", "at", "seq"),
    Index("audit_actor", "actor_user", "at", "seq"),
    Index("audit_outcome", "outcome", "at", "seq"),
    Index("audit_door_outcome", "device_id", "outcome", "at", "seq"),
    Index("audit_subject", "subject_id", "seq"),
)

# Names and free text, beside the chain so that they can be erased; the chain holds salted commitments.
audit_personal = Table(
    "audit_personal",
    metadata,
    Column("event_id", String(32), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("salt", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),  # when the row was written: by it, texts are erased
)

# The events of Seam that were taken: each counts once, however often and by which way it comes.
seam_events = Table(
    "seam_events",
    metadata,
    Column("event_id", String(64), primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False, index=True),
)

# How far the list of events was read: a moment on Seam's clock.
seam_cursor = Table(
    "seam_cursor",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# What a door last reported of its bolt. An older report that comes later changes nothing.
bolt_reports = Table(
    "bolt_reports",
    metadata,
    Column("device_id", String(64), primary_key=True),
    Column("locked", Boolean, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
)
