"""The database: SQLite by default, PostgreSQL at scale. Storage remembers; it decides nothing."""
