"""What runs in a process: one embedded identity provider, and a target with its sessions for each set of options."""

from __future__ import annotations

from pathlib import Path

from harness.base.bundled import bundled_directory
from harness.cell.environment import Environment, Options
from harness.cell.real_issuer import RealIdp
from harness.declared.expected import ExpectedFinding, Known, expected_files, load_expected
from harness.declared.profile import find_profile, load_profile
from harness.declared.real_issuer import load_real_issuer
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.idp.embedded import Embedded
from harness.idp.real_provider import RealProvider
from harness.matrix.sessions import Sessions
from harness.scenario.loader import load_all
from harness.targets import BringsIdp, Target, make_target


class TargetRun:
    """A target with its sessions, and what is expected of it."""

    def __init__(self, sessions: Sessions, findings: list[Known]) -> None:
        self.sessions, self.findings = sessions, findings


class TargetRuns:
    """Makes target runs when they are first asked for, and ends all of them.

    `processes` is how many processes share the machine, each with target runs of its own. `shared_idp` is an
    identity provider that somebody else has in this process, and ends; without it one is started when it is needed.
    """

    def __init__(self, processes: int = 1, shared_idp: Embedded | None = None) -> None:
        self._processes, self._shared_idp = processes, shared_idp
        self._runs: dict[Options, TargetRun] = {}
        self._clients: dict[str, IdpClient] = {}
        self._embedded: Embedded | None = None
        self._attacker: AttackerListener | None = None

    def of(self, options: Options) -> TargetRun:
        """The run for these options. Raises `HarnessError` when it can't be set up."""
        if options not in self._runs:
            self._runs[options] = self._make(options)
        return self._runs[options]

    def end(self, options: Options) -> None:
        """End one run; the next call of `of` makes a new one."""
        if options in self._runs:
            self._runs.pop(options).sessions.close()

    def _make(self, options: Options) -> TargetRun:
        folders = [Path(name) for name in options.scenario_directories]
        # A reference service with a fault is expected to fail: that is what the fault is for.
        names = () if options.faults else options.expected_names()
        known_in = options.expected_folders()
        is_expected = any(expected_files(name, known_in) for name in names)
        scenarios = load_all([bundled_directory(), *folders]) if is_expected else []
        findings = [one for name in names for one in load_expected(name, scenarios, known_in)]
        profile = load_profile(find_profile(options.profile_name(), folders), folders)
        if self._attacker is None:
            self._attacker = AttackerListener()
        target = make_target(options.target, options.target_settings())
        try:
            idp = self._idp(options, target)
            real = _real_idp(options, self._embedded) if options.real_issuer else None
            environment = Environment(options, profile, target, idp, self._attacker, real)
        except BaseException:
            target.close()
            raise
        sessions = Sessions(
            environment,
            processes=self._processes,
            hold=options.hold,
            deviates=lambda cell: any(one.covers(cell) for one in findings if isinstance(one, ExpectedFinding)),
        )
        return TargetRun(sessions, findings)

    def _idp(self, options: Options, target: Target) -> IdpClient:
        token = None
        if options.idp_url:
            url, token = options.idp_url, options.control_token
        elif isinstance(target, BringsIdp):
            url, token = target.start_idp()
        elif self._shared_idp is not None:
            url = self._shared_idp.url
        else:
            if self._embedded is None:
                from harness.idp import embedded

                self._embedded = embedded.start()
            url = self._embedded.url
        if url not in self._clients:
            self._clients[url] = IdpClient(url, token)
        return self._clients[url]

    def close(self) -> None:
        """End everything; an error of one part doesn't keep the others from ending."""
        problems: list[Exception] = []
        endings = [run.sessions.close for run in self._runs.values()]
        endings += [client.close for client in self._clients.values()]
        endings += [part.close for part in (self._attacker, self._embedded) if part is not None]
        for end in endings:
            try:
                end()
            except Exception as problem:
                problems.append(problem)
        self._runs.clear()
        self._clients.clear()
        self._attacker = self._embedded = None
        if problems:
            raise problems[0]


def _real_idp(options: Options, embedded: Embedded | None) -> RealIdp:
    assert options.real_issuer is not None
    assert embedded is not None
    return RealIdp(RealProvider(load_real_issuer(Path(options.real_issuer))), embedded)
