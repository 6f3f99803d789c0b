"""One example: what its `example.toml` says, and which files of its folder count."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.base.errors import UsageError

FOLDER: Final = Path(__file__).resolve().parents[1]
# What the judge reads; everything else in the folder is the service's.
FILES_OF_THE_JUDGE: Final = ("example.toml", "profile.toml", "expected.toml", "measured.json")
NEEDED: Final = ("title", "language", "library", "version", "documentation", "needs", "prepare", "command", "ci")

_OPTIONAL = ("style", "options", "withheld")
# Folders that package managers and compilers make.
_MADE = {"__pycache__", "node_modules", ".venv", "target", "build"}


@dataclass(frozen=True)
class Example:
    """A service of `examples/`: the library whose verifier it uses, and how to get it running.

    `needs` are programs, such as `node>=20`; `prepare` are command lines, run once in a copy of the folder; `command`
    is that of the target `process`, run there too, and `options` are its other options. `ci` says whether CI judges it.
    `withheld` has `cells`, how many fail that no file names, the `sentence` that they break, and `words` about them.
    """

    name: str
    title: str
    language: str
    library: str
    version: str
    documentation: str
    needs: tuple[str, ...]
    prepare: tuple[str, ...]
    command: str
    ci: bool
    style: str = "custom"
    options: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, Any] = field(default_factory=dict)
    place: Path | None = None

    @property
    def folder(self) -> Path:
        return self.place or FOLDER / self.name

    def file(self, name: str) -> Path:
        return self.folder / name

    def service_files(self) -> list[Path]:
        """What the service is made of, in a lasting order."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        files = (path for path in files if not _MADE & {*path.relative_to(self.folder).parts})
        return sorted(path for path in files if path.name not in FILES_OF_THE_JUDGE)


def load_example(name: str) -> Example:
    """The example of that name. Raises `UsageError` for one that doesn't exist, or whose file lacks something."""
    file = FOLDER / name / "example.toml"
    if not file.is_file():
        raise UsageError(f"there is no example {name!r}; there are: {', '.join(names())}")
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    if lacking := [key for key in NEEDED if key not in said]:
        raise UsageError(f"{file} lacks {', '.join(lacking)}")
    if unknown := sorted(set(said) - set(NEEDED) - set(_OPTIONAL)):
        raise UsageError(f"{file} has keys that nobody reads: {', '.join(unknown)}")
    lists = {key: tuple(said.get(key, ())) for key in ("needs", "prepare")}
    return Example(name=name, **{**said, **lists})


def names() -> list[str]:
    """All examples."""
    return sorted(file.parent.name for file in FOLDER.glob("*/example.toml"))
