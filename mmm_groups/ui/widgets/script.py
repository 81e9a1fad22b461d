"""One script of several JavaScript modules, because Streamlit hands the browser one text for a component."""

import re
from importlib import resources
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)"\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)


def joined_script(entry: str) -> str:
    """A module and all modules that it imports, as one module without imports.

    Lines ``import { names } from "./file.js"`` and the word ``export`` are dropped, and every file stands behind those
    it imports. All share one scope then, so no two files of a script may declare the same name: a test says so.

    Parameters
    ----------
    entry : str
        The file with the default export, by its path inside `mmm_groups/ui/widgets`.
    """
    folder = resources.files("mmm_groups.ui.widgets")
    joined: dict[str, str] = {}

    def add(path: str) -> None:
        source = (folder / path).read_text(encoding="utf-8")
        for imported in _IMPORT.findall(source):
            needed = normpath(join(dirname(path), imported))
            if needed not in joined:
                add(needed)
        joined[path] = _EXPORT.sub("", _IMPORT.sub("", source))

    add(entry)
    return "\n".join(joined.values())
