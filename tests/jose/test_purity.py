"""The JOSE core is pure: standard library and `cryptography`, no clock, no file, no environment, no network."""

import ast
import sys
from pathlib import Path

import pytest

import mock_idp.jose

ROOT = Path(mock_idp.jose.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
IMPURE = {"time", "os", "pathlib", "io", "socket", "subprocess", "logging", "tempfile", "shutil", "asyncio"}


def imported(module: Path) -> set[str]:
    """The full names of all modules a file imports, at any depth of its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_nothing_impure(module: Path) -> None:
    """Every import is this package, `cryptography`, or a part of the standard library without side effects."""
    for name in imported(module):
        top = name.split(".")[0]
        assert top == "cryptography" or name.startswith("mock_idp.jose") or top in sys.stdlib_module_names, name
        assert top not in IMPURE, name


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_pool_has_threads(module: Path) -> None:
    """Threads are the pool's business alone."""
    assert ("threading" in imported(module)) == (module.name == "pool.py")


def test_nothing_asks_for_the_time() -> None:
    """No module calls now, today or utcnow: `now` is passed in."""
    attributes = {
        node.attr
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert attributes.isdisjoint({"now", "today", "utcnow"})
