"""The list of vendors, which is that of their folders, and what a vendor is without saying anything."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mock_idp.vendors
from mock_idp.cli.banner import banner
from mock_idp.issuer.state import State
from mock_idp.jose.pool import KeyPool
from mock_idp.settings import IssuerSettings, ServerSettings
from mock_idp.vendors import VENDORS, _Vendors
from mock_idp.vendors.base import Vendor

FOLDER = Path(mock_idp.vendors.__file__).parent


def test_every_folder_is_a_vendor() -> None:
    """And each vendor a folder, whose name it has."""
    assert {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(VENDORS)
    assert {name: VENDORS[name].name for name in VENDORS} == {name: name for name in VENDORS}


def test_an_unlisted_name_is_no_vendor() -> None:
    """Not even when there is a file of that name."""
    assert "base" not in VENDORS
    with pytest.raises(KeyError):
        VENDORS["base"]


def test_a_new_folder_is_listed(tmp_path: Path) -> None:
    """By its name, and read by nobody."""
    (tmp_path / "ping").mkdir()
    (tmp_path / "ping" / "__init__.py").write_text("raise AssertionError")
    (tmp_path / "__pycache__").mkdir()
    assert list(_Vendors(tmp_path)) == ["ping"]


def test_the_list_reads_no_vendor() -> None:
    """A server of one style starts without the files of the others."""
    code = (
        "import sys\n"
        "import mock_idp.cli\n"
        "from mock_idp.vendors import VENDORS\n"
        "assert 'okta' in VENDORS and 'mock_idp.vendors.base' not in sys.modules and VENDORS['auth0']\n"
        "print(*sorted(set(VENDORS) & {name.rpartition('.')[2] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["auth0"]


class Plain(Vendor):
    """Says nothing about itself."""


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    """A server with an issuer of the vendor that says nothing."""
    monkeypatch.setattr("mock_idp.issuer.issuer.VENDORS", {"plain": Plain()})
    monkeypatch.setattr("mock_idp.issuer.state.VENDORS", {"plain": Plain()})
    issuers = (IssuerSettings(id="default", style="plain", mount="root", algorithm="ES256"),)
    state = State(ServerSettings(issuers=issuers), "http://localhost", KeyPool(0))
    state.start()
    yield state
    state.close()


def test_a_vendor_that_says_nothing_serves(state: State) -> None:
    """Its issuer has keys, documents, tokens and endpoints by the specifications."""
    issuer = state.find("default")
    assert issuer.issuer == "http://localhost"
    assert {endpoint for _, endpoint in issuer.routes()} >= {"jwks", "discovery", "token", "authorize", "device_page"}
    assert "curl" in banner(issuer, "http://localhost", needs_token=False)
    assert len(issuer.documents) == 2


def test_a_vendor_is_named_after_its_folder() -> None:
    """Or its module, where it has no folder."""
    assert Plain.name == __name__.rpartition(".")[2]
