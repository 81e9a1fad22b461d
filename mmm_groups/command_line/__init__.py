"""`mmm-groups`: the same plans as in the app, for scheduled jobs and notebooks.

In: arguments and files.
Out: files, lines of text, and an exit code.
"""
