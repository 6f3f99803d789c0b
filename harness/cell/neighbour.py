"""A second service that trusts the same issuer as the one that is judged, for an audience of its own."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType

from harness.base.errors import HarnessError
from harness.cell.session import Session
from harness.declared.profile import find_profile, load_profile
from harness.targets.base import HasNeighbour


class Neighbour:
    """Started with the session's settings but for the audience, and ended with the block, or with the target where
    services are to be held.

    `profile` is what it declares. Raises `HarnessError` where the target has none, `TargetError` when it doesn't start.
    """

    def __init__(self, session: Session, *, same_audience: bool = False) -> None:
        target = session.environment.target
        if not isinstance(target, HasNeighbour):
            raise HarnessError(f"services of the target {target.name} have no neighbour")
        beside = target.neighbour()
        self.profile = load_profile(find_profile(beside.profile))
        self.audience = session.issuer.audience if same_audience else f"{self.profile.name}-api"
        with ExitStack() as undo:
            config = replace(session.service_config(), audience=self.audience)
            self.service = beside.start(config)
            if not session.environment.options.hold:
                undo.callback(self.service.stop)
            self.connection = session.environment.connect(self.service)
            undo.callback(self.connection.close)
            self._undo = undo.pop_all()

    def __enter__(self) -> Neighbour:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._undo.close()
