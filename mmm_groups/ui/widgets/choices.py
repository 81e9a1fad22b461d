"""Choices from a list: a message made by hand may name something else, which no code behind a choice expects."""

from collections.abc import Container

from mmm_groups.errors import MmmGroupsError


def one_of[T](options: Container[T], chosen: T) -> T:
    """What was chosen, if it is one of the options.

    Raises
    ------
    MmmGroupsError
        If it is not.
    """
    if chosen not in options:
        raise MmmGroupsError(f"{str(chosen)[:60]!r} is none of the choices here. Choose again.")
    return chosen
