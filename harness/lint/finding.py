"""A finding of `idp-harness lint`, and the rules that make them: each a function, registered by a decorator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from harness.grammar.toml_source import Place
from harness.lint.names import dotted
from harness.lint.reading import Reading

# The levels of SARIF 2.1.0 §3.27.10, the worst first.
ERROR, WARNING, NOTE = SEVERITIES = ("error", "warning", "note")
# Of one rule in one file: who has more of them sees why with these.
_MOST = 50
_UNLESS = " (unless another part of the configuration has it)"


@dataclass(frozen=True)
class Found:
    """What a rule sees: where, what is wrong there, and what to write instead.

    `softer` lowers an error to a warning, and a warning to a note. `absent`: it is about something that isn't there,
    which another part of the configuration may have. `line` (1-based) is for what has no place, such as a comment.
    """

    place: Place
    message: str
    instead: str = ""
    softer: bool = False
    absent: bool = False
    line: int = 0


Check = Callable[[Reading], Iterator[Found]]


@dataclass(frozen=True)
class Rule:
    """A rule; `sentence` says what it finds, `source` why that is wrong.

    With `production` it asks for what only a service in production needs: a note where the file says that it is for
    development or tests. With `always` it also looks at files without any settings of authentication.
    """

    id: str
    severity: str
    sentence: str
    source: str
    check: Check
    production: bool = False
    always: bool = False

    def findings(self, reading: Reading) -> Iterator[Finding]:
        """What it finds in a file as one service reads it."""
        if not self.always and not reading.has_settings:
            return
        for found in islice(self.check(reading), _MOST):
            yield Finding(
                rule=self.id,
                severity=self._severity(found, reading),
                line=found.line or reading.file.line(found.place),
                place=dotted(found.place),
                message=found.message + (_UNLESS if found.absent and reading.is_part else ""),
                source=self.source,
                instead=found.instead,
                service=reading.service,
            )

    def _severity(self, found: Found, reading: Reading) -> str:
        if self.production and reading.in_development:
            return NOTE
        # What is wrong with settings that are switched off is less bad.
        off = not self.always and not self.production and not reading.setting("enabled")
        lowered = found.softer or off or (found.absent and reading.is_part)
        return SEVERITIES[min(SEVERITIES.index(self.severity) + lowered, 2)]


@dataclass(frozen=True)
class Finding:
    """One line of the output; `line` is 1-based, `service` the one whose view it is."""

    rule: str
    severity: str
    line: int
    place: str
    message: str
    source: str
    instead: str
    service: str


RULES: dict[str, Rule] = {}


def rule(*, severity: str, source: str, production: bool = False, always: bool = False) -> Callable[[Check], Check]:
    """Register a function as a rule: `no_auth_table` is `no-auth-table`, and its docstring says what it finds."""

    def register(check: Check) -> Check:
        name = check.__name__.replace("_", "-")
        RULES[name] = Rule(name, severity, (check.__doc__ or "").strip(), source, check, production, always)
        return check

    return register
