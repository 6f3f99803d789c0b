"""An error about a TOML file says on which line to look."""

from __future__ import annotations

import pytest

from mock_idp.tools.toml_lines import Place, line_of

TEXT = """port = 1
options = { realm = "x" }

[[issuers]]
id = "a"
[[issuers.keys]]
bits = 1
[[issuers.keys]]
bits = 2

[[issuers]]
id = "b"
'style' = "okta"
options = { realm = "y" }
[issuers.more."a.b"]
deep = 1
[[issuers.keys]]
bits = 3
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("port",), 1),
        (("options", "realm"), 2),
        (("nowhere",), 1),
        (("issuers",), 1),
        (("issuers", 0), 4),
        (("issuers", 0, "id"), 5),
        (("issuers", 0, "keys", 0, "bits"), 7),
        (("issuers", 0, "keys", 1, "bits"), 9),
        (("issuers", 1), 11),
        (("issuers", 1, "style"), 13),
        (("issuers", 1, "options", "realm"), 14),
        (("issuers", 1, "more", "a.b", "deep"), 16),
        (("issuers", 1, "keys", 0, "bits"), 18),
        (("issuers", 1, "keys", 0, "nowhere"), 17),
    ],
)
def test_the_line_is_that_of_the_innermost_thing_that_is_found(place: Place, line: int) -> None:
    assert line_of(TEXT, place) == line


def test_members_of_a_list_are_told_apart_by_a_key_that_each_has() -> None:
    text = '[case]\nsteps = [\n  { do = "a", x = 1 },\n  { do = "b", x = 2 },\n]\n'
    assert line_of(text, ("case", "steps", 1, "x"), counted="do") == 4
    assert line_of(text, ("case", "steps", 7), counted="do") == 2
