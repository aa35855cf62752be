"""Alembic's entry: runs the migrations on the connection that `storage.migrate` hands in."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
# `storage.migrate` holds the transaction: a migration is all or nothing.
context.run_migrations()
