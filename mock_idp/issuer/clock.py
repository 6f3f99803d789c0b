"""The clock of one issuer: the wall clock, shifted or standing still."""

from __future__ import annotations

from collections.abc import Callable

from mock_idp.tools import clocks


class IssuerClock:
    """Seconds since the epoch as this issuer believes them to be; tokens get their `iat` and `exp` from it.

    `wall` is the source of real time and is passed in so that tests need not wait. `steady` counts seconds from
    anywhere and is set by nobody; left out, it is the monotonic clock, or `wall` where that isn't the machine's.
    """

    def __init__(self, wall: Callable[[], float] = clocks.wall, steady: Callable[[], float] | None = None) -> None:
        self._wall = wall
        if steady is None and wall is clocks.wall:
            steady = clocks.steady
        self._steady = steady or wall
        # Between the two, which only a machine that sets its clock moves apart.
        self._start = 0.0 if steady is None else wall() - steady()
        self._offset_seconds = 0.0
        self._at: float | None = None

    def now(self) -> float:
        """The issuer's time in unix seconds."""
        return self._at if self._at is not None else self._wall() + self._offset_seconds

    def timer(self) -> float:
        """Seconds for how long something takes: those of `now`, but that a machine whose clock is set changes nothing.

        Only differences mean something.
        """
        # A test that moves the clock of this process means codes and devices as well.
        if self._at is not None or clocks.wall_is_moved():
            return self.now()
        return self._start + self._steady() + self._offset_seconds

    def shift(self, offset_seconds: float) -> None:
        """Run `offset_seconds` ahead of the wall clock (negative: behind it)."""
        self._offset_seconds = offset_seconds
        self._at = None

    def stand_still(self, at: float) -> None:
        """Say `at` (unix seconds) from now on, whatever the wall clock says."""
        self._at = at

    def reset(self) -> None:
        """Follow the wall clock again."""
        self.shift(0.0)

    def as_json(self) -> dict[str, float | None]:
        """`offset_seconds`, `at` (None while the clock runs) and `now`."""
        return {"offset_seconds": self._offset_seconds, "at": self._at, "now": self.now()}
