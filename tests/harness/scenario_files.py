"""Scenario, profile and expected-findings files, written for one test."""

from __future__ import annotations

from pathlib import Path

from harness.grammar import vocabulary
from harness.grammar.model import Scenario
from harness.scenario.loader import load_file

HEAD = """title = "A topic"

[a-case]
title = "A fact"
requirement = "RFC 0 §0: a sentence"
level = "must"
severity = "high"
kills = ["m-no-exp-check"]
"""
# The line of the first thing that a test writes below HEAD.
FIRST_LINE = HEAD.count("\n") + 1

ROUTES = """
[routes.read]
method = "GET"
path = "/v1/things"
permission = "things:list"
[routes.write]
method = "POST"
path = "/v1/things"
permission = "things:create"
body = '{"name":"probe"}'
success = [201]
let_in = [409]
"""


def write_scenario(folder: Path, body: str, *, area: str = "area", topic: str = "topic", head: str = HEAD) -> Path:
    """`<folder>/<area>/<topic>.toml` with one scenario `a-case` whose own lines are `body`."""
    file = folder / area / f"{topic}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(head + body, encoding="utf-8")
    return file


def load_scenario(folder: Path, body: str, **place: str) -> Scenario:
    """The scenario `a-case` with `body` as its own lines."""
    [scenario] = load_file(write_scenario(folder, body, **place))
    return scenario


def profile_text(*capabilities: str, routes: str = ROUTES, more: str = "") -> str:
    """A profile that has exactly these capabilities and says of all others that it lacks them."""
    lacks = [name for name in vocabulary.CAPABILITIES if name not in capabilities]
    lines = ['title = "A service"', f"capabilities = {list(capabilities)!r}", "[lacks]"]
    lines += [f'{name} = "no {name} here"' for name in lacks]
    return "\n".join(lines) + "\n" + routes + more


def write_policies(folder: Path, text: str) -> Path:
    """`<folder>/policies.toml`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policies.toml").write_text(text, encoding="utf-8")
    return folder / "policies.toml"


def policy_text(name: str, type: str, more: str = "") -> str:
    """A policy of one's own."""
    return f'[{name}]\ntype = "{type}"\nsentence = "A sentence."\nsource = "House rule 1"\n{more}'


def write_profile(folder: Path, text: str, name: str = "thing") -> Path:
    """`<folder>/profiles/<name>.toml`."""
    file = folder / "profiles" / f"{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def write_expected(folder: Path, text: str, target: str = "reference") -> Path:
    """`<folder>/expected/<target>.toml`."""
    file = folder / "expected" / f"{target}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
