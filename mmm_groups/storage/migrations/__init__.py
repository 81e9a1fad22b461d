"""Steps that bring an older database up to date; Alembic runs them at start-up."""
