"""How many examples of a property are tried."""

from hypothesis import settings

FEW = "few_examples"
"""The profile of `make check`, in which no property is tried more often than the profile says."""


def examples(count: int) -> settings:
    """So many examples, where the property needs more or fewer than others; in `make check` few."""
    is_few = settings.get_current_profile_name() == FEW
    return settings(max_examples=min(count, settings.get_profile(FEW).max_examples) if is_few else count)
