"""One meaning a word: no name of ours uses a word that the glossary keeps out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def kept_out() -> set[str]:
    """The words of the glossary's last column; only tables that have such a column count."""
    found: set[str] = set()
    has_column = False
    for line in (ROOT / "docs" / "glossary.md").read_text().splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0] == "word":
            has_column = cells[-1] == "never called"
        elif has_column and cells and not set(cells[0]) <= {"-"}:
            found |= {word.strip() for word in cells[-1].split(",") if word.strip()}
    return found


def names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def words_of(name: str) -> set[str]:
    """The words of a name in snake or camel case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_the_glossary_keeps_words_out() -> None:
    assert {"shelf", "desk", "bucket"} <= kept_out()


def test_no_name_uses_a_word_that_is_kept_out() -> None:
    banned = kept_out()
    wrong = []
    for path in [*(ROOT / "mmm_groups").rglob("*.py"), ROOT / "app.py", *(ROOT / "pages").glob("*.py")]:
        place = path.relative_to(ROOT).as_posix()
        used = [*names(ast.parse(path.read_text())), path.stem]
        wrong += [f"{place}: {name}" for name in sorted(set(used)) if words_of(name) & banned]
    assert not wrong
