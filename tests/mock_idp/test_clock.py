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


def test_a_machine_whose_clock_is_set() -> None:
    """Its time is the wall's, how long something takes is not; what is asked of the issuer's clock counts in both."""
    wall, steady = [1000.0], [50.0]
    clock = IssuerClock(lambda: wall[0], lambda: steady[0])
    start = clock.timer()
    wall[0] -= 900
    steady[0] += 3
    assert (clock.now(), clock.timer() - start) == (100.0, 3.0)
    clock.shift(60)
    assert clock.timer() - start == 63.0
    clock.stand_still(2000.0)
    assert clock.timer() == 2000.0


def test_an_injected_clock_times_as_well() -> None:
    """A test that moves the wall clock moves everything."""
    wall = [1000.0]
    clock = IssuerClock(lambda: wall[0])
    start = clock.timer()
    wall[0] += 7
    assert clock.timer() - start == 7.0
