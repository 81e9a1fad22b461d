"""Saved scenarios, every version of them, and work in progress, in SQLite or PostgreSQL.

In: documents as text, and who saves them.
Out: the same documents, found again.
"""
