"""One transaction: every read and write there is, by name, in domain terms."""

from __future__ import annotations

from sqlalchemy import Connection

from storage.audit_rows import AuditKey, AuditRows
from storage.audit_search import AuditSearch
from storage.draft_rows import DraftRows
from storage.erasure_rows import ErasureRows
from storage.event_rows import EventRows
from storage.guest_code_rows import GuestCodeRows
from storage.inbox_rows import InboxRows
from storage.list_rows import ListRows
from storage.operation_rows import OperationRows
from storage.policy_rows import PolicyRows
from storage.process_rows import ProcessRows
from storage.request_rows import RequestRows
from storage.task_rows import TaskRows


class Transaction:
    """Handed to the functions that `Database.write` and `Database.read` run; not to be kept."""

    def __init__(self, connection: Connection, audit_key: AuditKey) -> None:
        self.audit = AuditRows(connection, audit_key)
        self.log = AuditSearch(connection, self.audit)
        self.erasure = ErasureRows(connection)
        self.inbox = InboxRows(connection)
        self.operations = OperationRows(connection)
        self.guest_codes = GuestCodeRows(connection)
        self.drafts = DraftRows(connection)
        self.processes = ProcessRows(connection)
        self.policy = PolicyRows(connection)
        self.requests = RequestRows(connection)
        self.lists = ListRows(connection, self.guest_codes, self.requests)
        self.tasks = TaskRows(connection)
        self.events = EventRows(connection)
