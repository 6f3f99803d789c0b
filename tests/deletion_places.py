"""Finds the places of this project that delete, or write over, files, folders, containers and volumes.

A place is named by its file and by what it does, not by its line, so that a list of them lasts.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_FOLDERS = ("mock_idp", "harness", "docker", "bench", "examples", ".ci", ".github")
_FILES = ("Makefile.toml", "Dockerfile", "docker-compose.e2e.yml")

# Whoever names one of these means it, also as a callback.
_ALWAYS = {
    *("rmtree", "unlink", "rmdir", "removedirs", "rename", "renames", "truncate", "ftruncate", "prune"),
    *("write_text", "write_bytes", "copyfile", "copy2", "copytree", "TemporaryDirectory"),
    *("NamedTemporaryFile", "RotatingFileHandler", "FileHandler"),
}
_OF_MODULES = {("os", "remove"), ("os", "replace"), ("shutil", "move"), ("shutil", "copy"), ("tempfile", "mkstemp")}
_WORTH_A_LOOK = re.compile(
    rf"\b({'|'.join(_ALWAYS)}|remove|mkstemp|move)\b|\.replace\([^,]*\)|os\.replace|\bopen\(|shutil"
)
_READING = re.compile(r"'[rbtU]*'|os\.O_RDONLY\b.*")
_WRITING = re.compile(r"O_(CREAT|TRUNC|WRONLY|RDWR|APPEND)")
_SHELL = re.compile(
    r"(?<![\w./$-])(rm|rmdir|unlink|mv|shred|truncate)\s+[-\"'$\w/.]"  # Programs, in a script or in a string.
    r"|(?<!\w)-delete\b|\bdown (.* )?(-v|--volumes)\b|--rm\b|\bgit clean\b"
    r"|\b(volume|image|network|container|system)s? (rm|prune)\b"
)
_REDIRECTION = re.compile(r"(?<![<>=&\d-])>{1,2}\s*\"?(?!&|/dev/null|\(|=)[\w$./{~]")


@dataclass(frozen=True)
class Place:
    """`what` the place does: the function it is in and the call, or the line of a script."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@functools.cache
def all_places(root: Path = ROOT) -> tuple[Place, ...]:
    """Every place below `root` that deletes or writes over something."""
    files = [path for folder in _FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    files += [root / name for name in _FILES if (root / name).exists()]
    return tuple(place for path in files for place in places_in(path, str(path.relative_to(root))))


def places_in(path: Path, name: str) -> Iterator[Place]:
    """The places in one file, which is called `name` in what comes out."""
    if path.suffix in (".pyc", ".whl", ".html", ".json", ".txt", ".md") or path.name.startswith(".stamp"):
        return
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _in_python(text, name)
        return
    is_script = text.startswith("#!") or path.suffix in ("", ".sh")
    for number, line in enumerate(text.splitlines(), 1):
        code = line.strip()
        if not code.startswith("#") and (_SHELL.search(code) or (is_script and _REDIRECTION.search(code))):
            yield Place(name, number, code)


def _in_python(text: str, name: str) -> Iterator[Place]:
    if not (_WORTH_A_LOOK.search(text) or _SHELL.search(text)):
        return
    tree = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parents: dict[int, ast.AST] = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for number, line in enumerate(node.value.splitlines()):
                if _SHELL.search(line):
                    yield Place(name, node.lineno + number, f"{_within(node, parents)}: {line.strip()}")
        elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            parent = parents[id(node)]
            call = parent if isinstance(parent, ast.Call) and parent.func is node else None
            if _deletes(node, call):
                yield Place(name, node.lineno, f"{_within(node, parents)}: {ast.unparse(call or node)}")


def _deletes(node: ast.Attribute | ast.Name, call: ast.Call | None) -> bool:
    word = node.attr if isinstance(node, ast.Attribute) else node.id
    if word in _ALWAYS:
        return True
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, word) in _OF_MODULES:
        return True
    plain = call is not None and len(call.args) == 1 and not call.keywords
    if word == "remove":  # With one argument it is that of a list or a set.
        return isinstance(node, ast.Attribute) and not plain
    if word == "replace":  # With one argument it is that of a path.
        return isinstance(node, ast.Attribute) and plain
    return word == "open" and call is not None and _opens_to_write(node, call)


def _opens_to_write(node: ast.Attribute | ast.Name, call: ast.Call) -> bool:
    """Whether it may: a mode that only shows when it runs counts."""
    of_path = isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("os", "io", "codecs")
    modes = [ast.unparse(one) for one in call.args[0 if of_path else 1 :][:1]]
    modes += [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg in ("mode", "flags")]
    return any(not _READING.fullmatch(mode) or _WRITING.search(mode) for mode in modes)


def _within(node: ast.AST, parents: dict[int, ast.AST]) -> str:
    """The class and function that the node stands in, such as `ScratchFolder.make`; `module` outside of all."""
    names: list[str] = []
    above = parents.get(id(node))
    while above is not None:
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.insert(0, above.name)
        above = parents.get(id(above))
    return ".".join(names) or "module"
