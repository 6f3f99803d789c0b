"""Both sides of one area: made alike, asked the same, compared."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from harness.processes.ports import LOOPBACK, free_port
from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import ServerSettings

from .areas import Area
from .differences import Difference, compare, of_identifiers
from .mock_side import FIRST_KEYS, mock_side
from .real_side import RealAdmin, real_side
from .recorded import Asked
from .server import Server
from .sides import Answer


@dataclass
class Compared:
    """What all areas together have shown."""

    pairs: int = 0
    differences: list[Difference] = field(default_factory=list)
    real: list[Answer] = field(default_factory=list)
    mock: list[Answer] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Why an area could not be asked."""

    def add(self, real: Asked, mock: Asked) -> None:
        """Compare one area."""
        self.pairs += len(real.answers.keys() | mock.answers.keys())
        self.differences += compare(real, mock)
        self.real += real.answers.values()
        self.mock += mock.answers.values()

    def of_all(self) -> None:
        """Add what only many answers together can show."""
        self.differences += of_identifiers(self.real, self.mock)


class Mock:
    """A mock identity provider in this process, whose documents name the address at which it is asked."""

    def __init__(self) -> None:
        port = free_port()
        self.idp = EmbeddedIdp(ServerSettings(port=port, key_pool_size=4))
        self.base = f"http://{LOOPBACK}:{port}"


@contextmanager
def mock() -> Iterator[Mock]:
    """Its server, for the length of a `with` block."""
    made = Mock()
    with made.idp:
        yield made


def ask_real(area: Area, server: Server) -> Asked:
    """Ask a real server what the area asks, in a realm of its own, which is removed again."""
    with ExitStack() as undo:
        name, realm = f"beside-{secrets.token_hex(4)}", area.realm
        real = real_side(server, name, realm)
        undo.callback(real.admin.remove_realm)
        undo.callback(real.close)
        ids = {called: value for value, called in real.known.items()}
        subjects = {one.username: ids[f"{{id of {one.username}}}"] for one in realm.users}
        assert isinstance(real.admin, RealAdmin)
        # A realm that wants https shows no keys; one that is off does.
        shut = realm.ssl_required != "none"
        first_keys = FIRST_KEYS if shut else tuple(real.admin.in_the_key_set())
        area.ask(real)
        return Asked(name, real.known, real.answers, subjects, first_keys)


def ask_mock(area: Area, made: Mock, real: Asked) -> Asked:
    """Ask the mock the same, of an issuer that is configured as that realm was, and is removed again."""
    with ExitStack() as undo:
        ours = mock_side(made.base, real.realm, area.realm, real.subjects, real.first_keys)
        undo.callback(ours.admin.remove_realm)
        undo.callback(ours.close)
        area.ask(ours)
        return Asked(real.realm, ours.known, ours.answers)
