"""Answers kept for all sessions of a server."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock


def shared[T, **P](most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the latest `most` answers of a function of plain values and one large object, which comes last.

    The plain values alone tell answers apart, so they must hold the fingerprint of the large object. Streamlit's own
    cache does the same, but spends milliseconds on every key: more than many answers cost. Two sessions that ask for
    the same at once may both work it out; nobody waits for the other.
    """

    def with_cache(make: Callable[P, T]) -> Callable[P, T]:
        kept: OrderedDict[Hashable, T] = OrderedDict()
        lock = Lock()

        @wraps(make)
        def answer(*given: P.args, **named: P.kwargs) -> T:
            key = given[:-1]
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key]
            made = make(*given, **named)
            with lock:
                kept[key] = made
                while len(kept) > most:
                    kept.popitem(last=False)
            return made

        return answer

    return with_cache
