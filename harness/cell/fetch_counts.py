"""What the service asked of the issuer since a moment, and whether that was too much or too little."""

from __future__ import annotations

import math
import time
from typing import Any

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation
from harness.declared.profile import Profile
from harness.idp.client import IssuerClient


class FetchCounts:
    """The marks of one cell. `interval` is how often, in seconds, the service may refresh its keys by itself.

    What was counted is added to `counted`, for the record.
    """

    def __init__(self, issuer: IssuerClient, profile: Profile, interval: float, counted: list[dict[str, Any]]) -> None:
        self._issuer, self._profile, self._interval, self._counted = issuer, profile, interval, counted
        self.last_mark = 0
        self._marks: dict[str, tuple[int, float]] = {}

    def mark(self, name: str) -> None:
        """Remember the end of the issuer's request log, and the time."""
        self.last_mark = self._issuer.last_seq()
        self._marks[name] = (self.last_mark, time.monotonic())

    def requests(self, since: str, on: str, contains: str | None = None) -> list[dict[str, Any]]:
        """What the service asked of the issuer's endpoint since a mark; only what holds a text, if there is one."""
        if since not in self._marks:
            raise HarnessError(f"no step of the scenario has set the mark {since!r}")
        filters = {} if contains is None else {"contains": contains}
        return self._issuer.requests(since=self._marks[since][0], endpoint=on, filters=filters)

    def judge(
        self,
        on: str = "jwks",
        since: str = "start",
        at_most: int | None = None,
        at_least: int | None = None,
        timer: bool = True,
        cooldown: bool = False,
    ) -> None:
        """Judge the number of fetches since a mark; raises `Deviation`.

        With `timer`, the refreshes that the service's own interval allows in that time are no deviation; with
        `cooldown`, one more for each declared cool-down that fits into that time isn't either.
        """
        count = len(self.requests(since, on))
        elapsed = time.monotonic() - self._marks[since][1]
        if at_most is not None and timer:
            at_most += math.floor(elapsed / self._interval)
        if at_most is not None and cooldown and self._profile.unknown_kid_cooldown_seconds:
            at_most += math.floor(elapsed / self._profile.unknown_kid_cooldown_seconds)
        seconds = round(elapsed, 2)
        facts = {"on": on, "since": since, "count": count, "at_most": at_most, "at_least": at_least, "seconds": seconds}
        self._counted.append(facts)
        if at_most is not None and count > at_most:
            raise Deviation(f"at most {at_most} fetches of the {on} in {elapsed:.1f} s", str(count))
        if at_least is not None and count < at_least:
            raise Deviation(f"at least {at_least} fetches of the {on} in {elapsed:.1f} s", str(count))
