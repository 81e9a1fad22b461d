"""How Alembic runs the steps: inside the transaction of the connection that it is given."""

from alembic import context

# SQLite can undo changes of tables as well; Alembic does not count on it unless it is told.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
