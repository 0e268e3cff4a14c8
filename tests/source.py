"""The project's own source, read as trees, for the tests of its conventions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("servicedesk", "catalogue")
Node = TypeVar("Node", bound=ast.AST)


@cache
def modules(*folders: str) -> dict[str, ast.Module]:
    """Return the tree of every module in these folders, by its path from the root."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def nodes(kind: type[Node], *folders: str) -> Iterator[tuple[str, Node]]:
    """Yield every node of a kind, with the path of its module."""
    for path, tree in modules(*(folders or PACKAGES)).items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node


def dotted(node: ast.AST) -> str:
    """Return a name as it is written: a.b.c, or nothing for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def imported() -> Iterator[tuple[str, str]]:
    """Yield every imported name as a.b.c, with the path of the module that imports it."""
    for path, node in nodes(ast.ImportFrom):
        yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)
    for path, plain in nodes(ast.Import):
        yield from ((path, alias.name) for alias in plain.names)


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Yield every text file of the project, without what a run or an installation leaves behind."""
    folders = (*PACKAGES, "migrations", "templates", "tests", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    for path in sorted([*files, *ROOT.glob("[!.]*.*"), ROOT / "Makefile"]):
        if path.is_file() and "__pycache__" not in path.parts:
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
