"""Files that are read: whatever stands in a file's place is refused with a sentence, and never waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from mock_idp.tools.input_file import MOST_BYTES, InputFileError, parse_json, parse_toml, read_text


def sentence(file: Path) -> tuple[str, int]:
    with pytest.raises(InputFileError) as caught:
        read_text(file)
    return str(caught.value), caught.value.line


def test_a_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("größe\r\n", newline="")
    (tmp_path / "link").symlink_to("file")
    assert read_text(tmp_path / "link") == "größe\r\n"


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("folder", "can't be read: it is a folder, and must be a file"),
        ("fifo", "can't be read: it is a FIFO, and must be a file"),
        ("socket", "can't be read: No such device or address"),
        ("nothing", "can't be read: No such file or directory"),
        ("loop", "can't be read: Too many levels of symbolic links"),
        ("large", f"is too large: more than {MOST_BYTES:,} bytes"),
    ],
)
def test_what_is_no_file_to_read_is_refused(tmp_path: Path, kind: str, wanted: str) -> None:
    """A FIFO has nobody at its other end, and must not be waited for."""
    place = tmp_path / "x"
    with socket.socket(socket.AF_UNIX) as bound:
        if kind == "folder":
            place.mkdir()
        elif kind == "fifo":
            os.mkfifo(place)
        elif kind == "socket":
            bound.bind(str(place))
        elif kind == "loop":
            place.symlink_to(place)
        elif kind == "large":
            with place.open("wb") as file:
                file.truncate(MOST_BYTES + 1)
        assert sentence(place) == (wanted, 1)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/full"])
def test_a_device_is_refused(device: str) -> None:
    assert sentence(Path(device))[0] == "can't be read: it is a device, and must be a file"


def test_a_path_with_a_null_byte_is_refused() -> None:
    assert "null" in sentence(Path("a\0b"))[0]


def test_bytes_that_are_no_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\nb\xff\n")
    assert sentence(tmp_path / "x") == ("can't be read: byte 0xff is no UTF-8", 2)


DEEP = 100_000


@pytest.mark.parametrize(
    ("text", "wanted", "line"),
    [
        ("a = 1\na = 2\n", "is no TOML: Cannot overwrite a value", 2),
        ("a = 1\nb = \n", "is no TOML: Invalid value", 2),
        ("a = " + "9" * 5000, "is no TOML: Exceeds the limit", 1),
        ("a = " + "[" * DEEP + "]" * DEEP, "is nested too deeply", 1),
        ("a = " + "{b = " * 500 + "1" + "}" * 500, "is nested too deeply", 1),
        (".".join("a" for _ in range(1000)) + " = 1", "is nested too deeply", 1),
        ("[" + ".".join("a" for _ in range(1000)) + "]", "is nested too deeply", 1),
    ],
    ids=["twice", "nothing", "digits", "arrays", "tables", "dots", "header"],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, wanted: str, line: int) -> None:
    with pytest.raises(InputFileError) as caught:
        parse_toml(text)
    assert str(caught.value).startswith(wanted)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "wanted", "line"),
    [
        ('{\n"a": }', "is no JSON: Expecting value", 2),
        ("", "is no JSON: Expecting value", 1),
        ('{"a": NaN}', "is no JSON: NaN is no number of JSON", 1),
        ("[-Infinity]", "is no JSON: -Infinity is no number of JSON", 1),
        ("9" * 5000, "is no JSON: Exceeds the limit", 1),
        ("[" * DEEP, "is nested too deeply", 1),
        ("[" * 500 + "]" * 500, "is nested too deeply", 1),
    ],
    ids=["value", "empty", "nan", "infinity", "digits", "deep", "nested"],
)
def test_what_is_no_json_is_refused_with_its_line(text: str, wanted: str, line: int) -> None:
    with pytest.raises(InputFileError) as caught:
        parse_json(text)
    assert str(caught.value).startswith(wanted)
    assert caught.value.line == line
