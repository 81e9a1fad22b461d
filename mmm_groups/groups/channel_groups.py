"""Which channels are decided as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mmm_groups.errors import GroupingError


@dataclass(frozen=True, init=False)
class ChannelGroups:
    """Named, disjoint sets of channels.

    Channels that no group names stay groups of their own once a model's channels are known: see `over`.

    Examples
    --------
    >>> ChannelGroups({"Meta": ["facebook", "instagram"]}).over(["facebook", "instagram", "tv"])
    {'Meta': ('facebook', 'instagram'), 'tv': ('tv',)}
    """

    members: tuple[tuple[str, tuple[str, ...]], ...]

    def __init__(self, groups: Mapping[str, Sequence[str]] | None = None) -> None:
        """Take groups as a mapping from name to channels.

        Raises
        ------
        GroupingError
            If a name is blank, a group is empty, or a channel stands in two groups.
        """
        groups = groups or {}
        if not isinstance(groups, Mapping):
            raise GroupingError(f"Groups must be a mapping from name to channels, not {groups!r}.")
        seen: dict[str, str] = {}
        for name, channels in groups.items():
            if not str(name).strip():
                raise GroupingError(f"The group of {list(channels)} has no name. Give it one.")
            if isinstance(channels, str):
                raise GroupingError(f"Group '{name}' must list its channels, such as ['{channels}'], not be one text.")
            if not channels:
                raise GroupingError(f"Group '{name}' has no channels. Add one, or leave the group out.")
            for channel in channels:
                if channel in seen:
                    raise GroupingError(
                        f"Channel '{channel}' stands in '{seen[channel]}' and in '{name}'. A channel can be in one "
                        "group."
                    )
                seen[channel] = name
        object.__setattr__(self, "members", tuple((str(name), tuple(inside)) for name, inside in groups.items()))

    def over(self, channels: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """All groups over a model's channels: the named ones first, then every other channel as a group of its own.

        Raises
        ------
        GroupingError
            If a group names an unknown channel, or bears the name of a channel that it is not.
        """
        known = dict.fromkeys(channels)
        for name, inside in self.members:
            unknown = sorted(set(inside) - known.keys())
            if unknown:
                raise GroupingError(
                    f"Group '{name}' names channels the model does not have: {unknown}. It has {sorted(known)}."
                )
            if name in known and inside != (name,):
                raise GroupingError(
                    f"Group '{name}' bears the name of a channel, but holds {list(inside)}. Rename the group, so that "
                    "limits on that name are clear."
                )
        grouped = {channel for _, inside in self.members for channel in inside}
        alone = {channel: (channel,) for channel in known if channel not in grouped}
        return dict(self.members) | alone
