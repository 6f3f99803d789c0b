"""The list of vendors, which is read without their files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mock_idp.providers
from mock_idp.providers import PROVIDERS

FOLDER = Path(mock_idp.providers.__file__).parent


def test_every_vendor_that_has_a_file_is_listed() -> None:
    """The file of a vendor says its name; other files serve those."""
    named = {file.stem for file in FOLDER.glob("*.py") if f'\n    name = "{file.stem}"\n' in file.read_text()}
    assert named == set(PROVIDERS)


@pytest.mark.parametrize("style", PROVIDERS)
def test_a_vendor_says_the_name_it_is_listed_under(style: str) -> None:
    """The name is what `style` says."""
    assert PROVIDERS[style].name == style


def test_an_unlisted_name_is_no_vendor() -> None:
    """Not even when there is a file of that name."""
    assert "base" not in PROVIDERS
    with pytest.raises(KeyError):
        PROVIDERS["base"]


def test_the_list_reads_no_vendor() -> None:
    """A server of one style starts without the files of the others."""
    code = (
        "import sys\n"
        "from mock_idp.providers import PROVIDERS\n"
        "assert 'okta' in PROVIDERS and PROVIDERS['auth0']\n"
        "print(*sorted(set(PROVIDERS) & {name.rpartition('.')[2] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["auth0"]
