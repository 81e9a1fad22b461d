"""Steps that bring an older database up to date; Alembic runs them at start-up.

In: a database of any earlier version.
Out: the same database with the tables of this one.
"""
