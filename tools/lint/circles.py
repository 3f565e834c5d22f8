"""Which modules import each other; imports inside functions count too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tools.lint.problem import Problem
from tools.lint.sources import PACKAGES, ROOT, python_files, tree


def check() -> Iterator[Problem]:
    """The rule on the repository."""
    yield from circles({_module(path): path for folder in PACKAGES for path in python_files(folder)})


def circles(modules: Mapping[str, Path]) -> Iterator[Problem]:
    """IMP001: a circle of imports, the first that is found. What only type checkers import does not count."""
    imports = {name: set(_imported(path, modules)) - {name} for name, path in modules.items()}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        yield Problem(modules[circle[0]], 1, "IMP001", f"modules import each other: {' <- '.join(circle)}")


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules of ours that a file imports, wherever in the file."""
    for node in _at_run_time(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield from {full if full in modules else node.module} & modules.keys()
        elif isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & modules.keys()


def _at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree without the bodies of `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
            continue
        yield child
        yield from _at_run_time(child)
