"""A channel's money shared out over the rows that an agency books, such as campaigns: after planning, for export only.

The model knows nothing about the rows: no response is estimated for them, and no plan depends on them.
"""

import numpy as np
import pandas as pd

from mmm_groups.errors import DisaggregationError
from mmm_groups.export.plan_tables import cents_of, channel_cents, plan_table
from mmm_groups.numerics.labelled import texts_of
from mmm_groups.numerics.rounding import cents_in_parts
from mmm_groups.plan.plan import Plan
from mmm_groups.scenario.export_mapping import DisaggregationMappingConfig
from mmm_groups.sentences import some_of

COLUMNS = ("group", "channel", "row", "share_of_channel", "spend", "is_mapped")


def disaggregate(plan: Plan, config: DisaggregationMappingConfig) -> pd.DataFrame:
    """A plan's money by export row, to the cent.

    Parameters
    ----------
    plan : Plan
    config : DisaggregationMappingConfig

    Returns
    -------
    pd.DataFrame
        One row an export row, in the order of `plan_table` and then of the mapping: group, channel, row,
        share_of_channel, spend in currency, and is_mapped, False for channels that the mapping leaves out: they stay
        one row under their own name. The rows of each channel add up to its spend in `plan_table` to the cent, by the
        largest remainder rule.

    Raises
    ------
    DisaggregationError
        If the mapping names channels that the plan does not have.
    """
    table, cents = plan_table(plan), channel_cents(plan)
    channels = texts_of(table, "channel")
    config = config.named_as(channels)
    unknown = sorted(set(config.channels) - set(channels))
    if unknown:
        raise DisaggregationError(
            f"The mapping names channels that the plan does not have: {some_of(unknown)}. The plan has "
            f"{some_of(sorted(channels))}. Correct the names, or leave those lines out."
        )
    rows: list[tuple[str, str, str, float, float, bool]] = []
    for group, channel in zip(texts_of(table, "group"), channels, strict=True):
        is_mapped = channel in config.channels
        shares = config.shares(channel) if is_mapped else {channel: 1.0}
        parts = cents_in_parts(cents[channel], np.array(list(shares.values())))
        rows += [
            (group, channel, name, share, cents_of(plan).money(part), is_mapped)
            for (name, share), part in zip(shares.items(), parts, strict=True)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def unmapped(plan: Plan, config: DisaggregationMappingConfig) -> list[str]:
    """Channels that stay one row, because the mapping leaves them out."""
    channels = texts_of(plan_table(plan), "channel")
    mapped = config.named_as(channels).channels
    return [channel for channel in channels if channel not in mapped]
