"""A bench for single cells: an embedded identity provider, the test's small service, and the runner between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scenario_files import load_scenario, profile_text, write_profile
from small_service import Behaviour, SmallService

from harness.base.verdicts import HELD_UP, CellResult
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import load_profile
from harness.grammar.model import Cell
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell
from harness.targets.url import UrlTarget

MORE = """
[routes.health]
method = "GET"
path = "/health"
[resources]
route = "read"
member = "things"
id = "id"
[timing]
refresh_seconds = 1
max_stale_seconds = 1
unknown_kid_cooldown_seconds = 0.1
[policy]
leeway_seconds = 0
kid_required = false
[refusal]
without_credentials = [401]
bad_token = [401]
no_permission = [403]
[vocabulary]
permissions = ["things:list", "things:create", "others:read"]
public = [{ path = "/health" }]
"""


@dataclass(frozen=True)
class Bench:
    """Runs scenarios of one test; `folder` is where their files are written."""

    idp: IdpClient
    attacker: AttackerListener
    folder: Path

    @contextmanager
    def session(self, service: SmallService, style: str = "auth0", *more: str) -> Iterator[Session]:
        """A session on a running service, without a start of its own; `more` are capabilities of the service."""
        profile = load_profile(write_profile(self.folder, profile_text("jwks", *more, more=MORE)))
        target = UrlTarget(service.url)
        session = Session(Environment(Options(target="url"), profile, target, self.idp, self.attacker), style, {})
        try:
            yield session
        finally:
            session.close()

    def cell(self, body: str, style: str = "auth0") -> Cell:
        """The only cell of a scenario whose own lines are `body`."""
        scenario = load_scenario(self.folder, body)
        return Cell(scenario, scenario.variants[0], style)

    def judge(self, behaviour: Behaviour, body: str, *more: str) -> CellResult:
        """Run one scenario against a service that behaves so, and has these capabilities."""
        with SmallService(behaviour) as service, self.session(service, "auth0", *more) as session:
            return judged(self.cell(body), session)


def judged(cell: Cell, session: Session) -> CellResult:
    """Run a cell, and once more or twice where the machine held it up, as a run does."""
    result = run_cell(cell, session)
    for _ in range(2):
        if HELD_UP not in result.evidence:
            break
        result = run_cell(cell, session)
    return result
