"""Tables that people bring or take away: CSV and Excel, with names that are never formulas.

In: bytes of a file, or a frame.
Out: a frame whose index is the file's lines, or bytes of a file.
"""
