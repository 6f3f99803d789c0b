"""The clock of an issuer."""

from mock_idp.issuer.clock import IssuerClock


def test_follows_the_wall_clock() -> None:
    """Untouched, the clock says what the wall clock says."""
    assert IssuerClock(lambda: 1000.5).now() == 1000.5


def test_runs_ahead() -> None:
    """An offset moves with the wall clock."""
    wall = iter([1000.0, 1001.0])
    clock = IssuerClock(lambda: next(wall))
    clock.shift(60)
    assert (clock.now(), clock.now()) == (1060.0, 1061.0)


def test_stands_still() -> None:
    """A clock that stands still ignores the wall clock."""
    clock = IssuerClock(lambda: 1000.0)
    clock.stand_still(5.0)
    assert clock.now() == 5.0


def test_reset_undoes_both() -> None:
    """After a reset the wall clock counts again."""
    clock = IssuerClock(lambda: 1000.0)
    clock.stand_still(5.0)
    clock.reset()
    assert clock.now() == 1000.0
