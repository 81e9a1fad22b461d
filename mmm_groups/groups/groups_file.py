"""Groups out of a file that people keep: `groups: {Meta: [facebook, instagram]}` in YAML or JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from mmm_groups.errors import GroupingError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.sentences import is_one_line
from mmm_groups.tables.csv_text import encoding_of
from mmm_groups.tables.ends import is_first, is_last, was_cut, with_ends
from mmm_groups.tables.names import KnownNames

MOST_LETTERS = 200_000
_DEEPEST = 6  # mappings and lists inside each other; groups need three
_FORM = "It looks like “groups: {Meta: [facebook, instagram]}”."


def read_groups(content: bytes, name: str, channels: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The groups in a YAML or JSON file: group name to channels, in the file's order.

    Parameters
    ----------
    content : bytes
        UTF-8. A mapping whose one entry `groups` maps names to lists of channels.
    name : str
        What errors call it.
    channels : iterable of str
        Channels of the model.

    Raises
    ------
    GroupingError
        If it cannot be read, names a group or a channel twice, an unknown channel, or a group without channels; the
        text names the line.
    """
    root = _root(_text(content, name), name)
    entries = _entries(root, f"'{name}'")
    wrong = [str(key.value)[:60] for key, _ in entries if key.value != "groups"]
    if wrong or len(entries) != 1:
        said = f"names {wrong}" if wrong else f"names “groups” {len(entries)} times"
        raise GroupingError(f"'{name}' {said}, but must hold one entry, “groups”. {_FORM}")
    channels = list(channels)
    known = KnownNames(channels)
    places: dict[str, int] = {}
    found: dict[str, tuple[str, ...]] = {}
    for key, value in _entries(entries[0][1], f"“groups” in '{name}'"):
        line, group = _at(key), str(key.value).strip()
        if not isinstance(key, yaml.ScalarNode) or not group:
            raise GroupingError(f"Line {line} of '{name}': a group has no name. Write one before the colon.")
        if not is_one_line(group):
            raise GroupingError(f"Line {line} of '{name}': {group[:40]!r} has a line break or no letters in it.")
        if group in found:
            raise GroupingError(f"Line {line} of '{name}': the group '{group}' stands there a second time. Join them.")
        found[group] = _members(value, group, name, known, places)
    if not found:
        raise GroupingError(f"'{name}' holds no groups. {_FORM}")
    ChannelGroups(found).over(channels)
    return found


def groups_text(groups: Mapping[str, Sequence[str]]) -> str:
    """Groups as YAML text that `read_groups` reads."""
    listed = {name: list(members) for name, members in groups.items()}
    return with_ends(yaml.safe_dump({"groups": listed}, allow_unicode=True, sort_keys=False), "groups")


def _text(content: bytes, name: str) -> str:
    if len(content) > MOST_LETTERS:
        raise GroupingError(f"'{name}' is larger than {MOST_LETTERS // 1000} kB, so it is no list of groups. {_FORM}")
    try:
        text = content.decode(encoding_of(content))
    except UnicodeDecodeError as error:
        raise GroupingError(f"'{name}' is not written in UTF-8. Save it as UTF-8 text.") from error
    lines = text.strip("\ufeff \t\r\n").splitlines() or [""]
    if is_first(lines[0]) and not is_last(lines[-1]):
        raise GroupingError(was_cut(name))
    # JSON may be indented with tabs, which YAML refuses; all other JSON is YAML.
    is_json = text.lstrip().startswith("{")
    return re.sub(r"^\t+", lambda tabs: "  " * len(tabs[0]), text, flags=re.MULTILINE) if is_json else text


def _root(text: str, name: str) -> yaml.Node:
    try:
        _refuse_deep(text, name)
        # Composed, not loaded: nodes know their lines, double keys are still there, and nothing is constructed.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f"Line {error.problem_mark.line + 1} of " if error.problem_mark else ""
        raise GroupingError(f"{line}'{name}' is neither YAML nor JSON: {error.problem}. {_FORM}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise GroupingError(f"'{name}' is neither YAML nor JSON that can be read. {_FORM}") from error
    if root is None:
        raise GroupingError(f"'{name}' is empty. {_FORM}")
    return root


def _refuse_deep(text: str, name: str) -> None:
    """Stop reading early: the time that the parser takes grows with the square of the depth."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):  # a few of them, inside each other, stand for billions of names
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise GroupingError(f"Line {line} of '{name}': an alias (*) stands for something else. Write names out.")
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise GroupingError(f"Line {line} of '{name}': lists stand inside lists. {_FORM}")


def _entries(node: yaml.Node, what: str) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise GroupingError(f"Line {_at(node)}: {what} must map names to values. {_FORM}")
    return list(node.value)


def _members(node: yaml.Node, group: str, name: str, known: KnownNames, places: dict[str, int]) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise GroupingError(f"Line {_at(node)} of '{name}': group '{group}' must list its channels. {_FORM}")
    members = []
    for item in node.value:
        line, written = _at(item), str(item.value)
        channel = known.match(written) if isinstance(item, yaml.ScalarNode) else None
        if channel is None:
            raise GroupingError(
                f"Line {line} of '{name}': group '{group}' names '{written[:60]}', a channel the model does not have. "
                f"It has {known}."
            )
        if channel in places:
            raise GroupingError(
                f"Line {line} of '{name}': the channel '{channel}' stands in line {places[channel]} as well. A channel "
                "can be in one group."
            )
        places[channel] = line
        members.append(channel)
    return tuple(members)


def _at(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
