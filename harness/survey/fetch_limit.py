"""How many fetches unknown kids get in a row, and how long a service rests when they have had them.

Many libraries fetch once and rest for half a minute. Others have a rate limit, such as five fetches a minute: who asks
them twice sees no rest, and the sixth case that depends on a new key sees nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Semaphore
from typing import Final

from harness.base.errors import HarnessError
from harness.base.verdicts import Inconclusive
from harness.cell.environment import Environment
from harness.measure.lab import STARTS_AT_ONCE, Lab
from harness.measure.trial import SETTLE_SECONDS, Trial
from harness.survey.portrait import Seen

# The rest of PyJWT and jose is 30 s; who counts the fetches of a minute has some again when it is over.
LONGEST_REST: Final = 35.0
_LONGEST_OF_A_LIMIT: Final = 62.0
# As many as the cases that share a service may want in a minute.
MOST_IN_A_ROW: Final = 30
# What is over by then is no rest that a case would notice; the row cool-down of the card says how long it was.
_SHORT: Final = 2.0
_EACH_SHORT, _EACH_SECONDS = 0.1, 0.5
_START_SECONDS: Final = 90.0
_REFETCHES, _REST = "unknown_kid_refetches", "unknown_kid_cooldown_seconds"


@dataclass(frozen=True)
class FetchLimit:
    """`in_a_row` fetches for as many unknown kids, then none until `rest` seconds after the last.

    `rest` is 0 where there was no end of it, or it went on in a moment, and None where none came in `waited` seconds.
    """

    in_a_row: int
    rest: float | None
    waited: float = 0.0


class FetchWatch:
    """Finds the limit out on a service of its own, while others do other things; `begin` it first.

    Whether there is a rest at all is known early: `has_end` doesn't wait for its end.
    """

    def __init__(self, pool: ThreadPoolExecutor, environment: Environment, style: str, longest: float | None) -> None:
        self._pool, self._environment, self._style, self._longest = pool, environment, style, longest
        self._has_end: Future[bool] = Future()
        self._all: Future[FetchLimit | None] | None = None

    def begin(self) -> None:
        if self._all is None:
            self._all = self._pool.submit(self._watch)

    def has_end(self) -> bool:
        """Whether unknown kids cause no fetch for a while, also after some that did, or nobody knows."""
        self.begin()
        return self._has_end.result()

    def is_done(self) -> bool:
        return self._all is not None and self._all.done()

    def limit(self) -> FetchLimit | None:
        """None when the service didn't come up, or let nobody in."""
        self.begin()
        assert self._all is not None
        return self._all.result()

    def lines(self) -> list[Seen]:
        """The lines that the limit stands for; [] where it is nothing to speak of."""
        found = self.limit()
        return lines_of_limit(found) if found else []

    def _watch(self) -> FetchLimit | None:
        lab = Lab(self._environment, self._style, _LONGEST_OF_A_LIMIT + _START_SECONDS, Semaphore(STARTS_AT_ONCE))
        try:
            with lab.ready_trial() as trial:
                return self._found(trial)
        except (HarnessError, Inconclusive):
            return None
        finally:
            if not self._has_end.done():
                self._has_end.set_result(True)

    def _found(self, trial: Trial) -> FetchLimit:
        row = fetches_in_a_row(trial)
        no_rest = row == MOST_IN_A_ROW or _wait(trial, _SHORT, _EACH_SHORT)
        self._has_end.set_result(not no_rest)
        if no_rest:
            return FetchLimit(row, 0.0)
        longest = self._longest or (_LONGEST_OF_A_LIMIT if row else LONGEST_REST)
        if not _wait(trial, longest, _EACH_SECONDS):
            return FetchLimit(row, None, longest)
        times = [one["at"] for one in trial.issuer.requests(endpoint="jwks")]
        return FetchLimit(row, float(times[-1] - times[-2]) if len(times) > 1 else longest)


@contextmanager
def watching(environment: Environment, style: str, longest: float | None = None) -> Iterator[FetchWatch]:
    """A watch over the services of that environment; waits, at the end, for what has begun.

    `longest` seconds are waited for a fetch, or as long as one of the usual rests.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="fetch-watch") as pool:
        yield FetchWatch(pool, environment, style, longest)


def fetches_in_a_row(trial: Trial) -> int:
    """For how many unknown kids, one after the other, the service fetched; `MOST_IN_A_ROW` for all."""
    for count, token in enumerate(trial.unknown_tokens(MOST_IN_A_ROW)):
        since = trial.mark()
        trial.send(token)
        if trial.seconds_until(partial(_fetched, trial, since), SETTLE_SECONDS) is None:
            return count
    return MOST_IN_A_ROW


def _fetched(trial: Trial, since: int) -> bool:
    return trial.fetches(since) > 0


def _wait(trial: Trial, longest: float, each: float) -> bool:
    """Send unknown kids until one causes a fetch; False when none does for so long."""
    since = trial.mark()
    tokens = iter(trial.unknown_tokens(int(longest / each) + 2))

    def fetched() -> bool:
        trial.send(next(tokens, None))
        return trial.fetches(since) > 0

    return trial.seconds_until(fetched, longest, each) is not None


def lines_of_limit(found: FetchLimit) -> list[Seen]:
    """What it says for a profile."""
    if found.rest == 0:
        return []
    row = "1 unknown kid" if found.in_a_row == 1 else f"{found.in_a_row} unknown kids in a row"
    before = f"{row} caused a fetch each, then none did" if found.in_a_row else "unknown kids caused no fetch"
    if found.rest is None:
        evidence = f"{before} for {found.waited:g} s"
        if not found.in_a_row:
            return [Seen("policy", _REFETCHES, False, evidence)]
        doubt = f"Such a line needs timing.{_REST} beside it: how long it rests, as its documents say"
        return [Seen("policy", _REFETCHES, True, evidence, doubt)]
    rest = float(max(1, round(found.rest)))
    evidence = f"{before} until {rest:g} s after the last fetch"
    return [Seen("policy", _REFETCHES, True, evidence), Seen("timing", _REST, rest, evidence)]


def comparable_lines(found: FetchLimit) -> list[Seen]:
    """Those that a profile is held against. The rest after several fetches isn't: it ends with some minute."""
    return [one for one in lines_of_limit(found) if one.table != "timing" or found.in_a_row <= 1]


def instead_of(seen: Iterable[Seen], late: Iterable[Seen]) -> tuple[Seen, ...]:
    """The lines, with the late ones in the place of those with their names."""
    late = list(late)
    names = {(one.table, one.name) for one in late}
    return (*(one for one in seen if (one.table, one.name) not in names), *late)
