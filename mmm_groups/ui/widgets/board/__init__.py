"""The drag board on which a planner drags channels into named groups.

In: `layout.BoardState` and plain captions.
Out: the layout that the browser sent, settled by `layout.apply_layout`.
"""
