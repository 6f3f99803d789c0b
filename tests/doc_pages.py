"""The pages in `docs/` as data: their code blocks, their tables, and the words they set as code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs"
_FENCE = re.compile(r"^(```+)(\w*)$")
_CODE = re.compile(r"`([^`]+)`")
_FILE = re.compile(r"# ([\w./-]+\.(?:toml|py))")
_HEADING = re.compile(r"^#+ (.+)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: what stands behind the fence, its lines, and the page's line (1-based) of the first of them."""

    kind: str
    lines: tuple[str, ...]
    line: int

    @property
    def file(self) -> str | None:
        """The file that the block shows, as its first line says."""
        found = _FILE.fullmatch(self.lines[0]) if self.lines else None
        return found[1] if found else None

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True)
class Command:
    """A command of an `sh` block, the output that the comment lines below it show, and its line in the page."""

    text: str
    shown: tuple[str, ...]
    line: int


def commands(block: Block) -> list[Command]:
    """The commands of a block, one a line."""
    found: list[Command] = []
    for number, text in enumerate(block.lines, block.line):
        if text.startswith("#") and found:
            last = found.pop()
            found.append(Command(last.text, (*last.shown, text.removeprefix("#").removeprefix(" ")), last.line))
        elif text:
            found.append(Command(text, (), number))
    return found


@dataclass(frozen=True)
class Row:
    """A row of a table, cell by cell."""

    cells: tuple[str, ...]

    def words(self, column: int) -> list[str]:
        """What one cell sets as code."""
        return _CODE.findall(self.cells[column])

    def bold(self, column: int) -> list[str]:
        """What one cell sets as bold code."""
        return re.findall(r"\*\*`([^`]+)`\*\*", self.cells[column])


class Page:
    """One page."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = FOLDER / name
        self.blocks: list[Block] = []
        self.prose: dict[str, list[str]] = {"": []}
        self._read()

    def _read(self) -> None:
        section, fence, begun = "", "", 0
        kind, lines = "", list[str]()
        for number, text in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            mark = _FENCE.match(text)
            if fence:
                if text == fence:
                    self.blocks.append(Block(kind, tuple(lines), begun))
                    fence = ""
                else:
                    lines.append(text)
            elif mark:
                fence, kind, lines, begun = mark[1], mark[2], [], number + 1
            elif heading := _HEADING.match(text):
                section = heading[1]
                self.prose.setdefault(section, [])
            else:
                self.prose[section].append(text)

    def words(self, section: str | None = None) -> set[str]:
        """What the prose sets as code, whole and in its parts; of one section, or of the page."""
        lines = self.prose[section] if section is not None else [one for part in self.prose.values() for one in part]
        spans = _CODE.findall("\n".join(lines))
        return {word for span in spans for word in (span, *re.split(r"[\s,=()]+", span))} - {""}

    def table(self, section: str, header: str) -> list[Row]:
        """The rows of the table in a section whose first column has this header."""
        tables: list[list[Row]] = [[]]
        for text in self.prose[section]:
            if text.startswith("|"):
                tables[-1].append(Row(tuple(cell.strip() for cell in text.strip("|").split("|"))))
            elif tables[-1]:
                tables.append([])
        for rows in tables:
            if rows and rows[0].cells[0] == header:
                return rows[2:]
        raise AssertionError(f"{self.name} has no table {header!r} below {section!r}")

    def column(self, section: str, header: str) -> list[str]:
        """What the first column of that table sets as code, in its order."""
        return [word for row in self.table(section, header) for word in row.words(0)]

    def anchors(self) -> set[str]:
        """The fragments that links to this page can have."""
        titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in self.prose)
        return {title.replace(" ", "-") for title in titles}


_NAMES = [path.relative_to(FOLDER).as_posix() for path in sorted(FOLDER.rglob("*.md"))]
PAGES = {name: Page(name) for name in _NAMES}
