"""A target that starts small services and counts them, and cells for it."""

from __future__ import annotations

from pathlib import Path

from cell_bench import MORE
from scenario_files import load_scenario, profile_text, write_profile
from small_service import Behaviour, SmallService, honest

from harness.base.errors import TargetError
from harness.cell.environment import Environment, Options
from harness.declared.profile import load_profile
from harness.grammar.model import Cell
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.shown.foreign_text import ForeignText
from harness.targets.base import ServiceConfig

PLAIN = 'expect = "accept"\n'


class Running:
    """A small service as a target's service."""

    pid = None
    secrets: tuple[str, ...] = ()

    def __init__(self, behaviour: Behaviour, config: ServiceConfig) -> None:
        self._service = SmallService(behaviour)
        self.base_url, self.config, self.runs = self._service.url, config, True

    def stop(self) -> None:
        if self.runs:
            self.runs = False
            self._service.__exit__(None, None, None)

    def log_tail(self, lines: int = 40) -> ForeignText:
        return ForeignText(f"the last {lines} lines\nof the log")

    def alive(self) -> bool:
        return self.runs

    def rss_bytes(self) -> None:
        return None

    def peak_rss_bytes(self) -> None:
        return None


class CountingTarget:
    """Starts small services; `started` are all of them, `refusal` keeps it from starting more."""

    name, profile, can_restart = "counting", "thing", True

    def __init__(self) -> None:
        self.behaviour: Behaviour = honest
        self.started: list[Running] = []
        self.most_at_once: list[int] = []  # How many ran when each of them had started.
        self.refusal = ""

    def available(self) -> None:
        return None

    def jwks_base_url(self, idp_port: int) -> str:
        return f"http://127.0.0.1:{idp_port}"

    def start(self, config: ServiceConfig) -> Running:
        if self.refusal:
            raise TargetError(self.refusal, "last words")
        self.started.append(Running(self.behaviour, config))
        self.most_at_once.append(sum(service.runs for service in self.started))
        return self.started[-1]

    def close(self) -> None:
        for service in self.started:
            service.stop()


def environment(target: CountingTarget, idp: IdpClient, attacker: AttackerListener, folder: Path) -> Environment:
    profile = load_profile(write_profile(folder, profile_text("jwks", "configure", "restart", more=MORE)))
    return Environment(Options(target="counting"), profile, target, idp, attacker)


def cell(folder: Path, body: str = PLAIN, style: str = "auth0", topic: str = "topic") -> Cell:
    scenario = load_scenario(folder, body, topic=topic)
    return Cell(scenario, scenario.variants[0], style)
