"""The list of faults is complete, uniform and safe to add to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.reference.claims import ClaimsChecker
from harness.reference.faults import FAULTS, UnknownFault, fault
from harness.reference.known_faults import mixins
from harness.reference.parts import Parts

from .world import World


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_method_and_one_sentence(name: str) -> None:
    """With a precedent."""
    made = FAULTS[name]
    assert made.sentence.endswith(".")
    assert made.sentence.count(". ") == 0
    assert callable(getattr(made.mixin, made.method))
    assert made.precedent


def test_two_faults_of_one_part_go_together(world: World) -> None:
    """Each breaks its method."""
    service = world.start("m-no-exp-check", "m-aud-ignored")
    assert service.status(world.k1.token(exp=1, aud="other")) == 200


def test_without_faults_a_part_is_itself() -> None:
    """No subclass stands between."""
    assert Parts().of(ClaimsChecker) is ClaimsChecker
    assert Parts(mixins(["m-alg-none-accepted"])).of(ClaimsChecker) is ClaimsChecker


def test_an_unknown_fault_is_refused_with_the_nearest_name(world: World) -> None:
    """Before anything is bound."""
    with pytest.raises(UnknownFault, match="did you mean 'm-no-exp-check'"):
        world.start("m-no-exp-chek")


def registering(id: str, *, doc: str | None, method: str) -> Callable[[], type]:
    """What a user's file does."""
    members = {"__doc__": doc, method: lambda self, claims: None}
    return lambda: fault(id, precedent="x")(type("Mine", (ClaimsChecker,), members))


@pytest.mark.parametrize(
    ("id", "doc", "method"),
    [
        ("m-no-exp-check", "Taken.", "check_expiry"),
        ("No_Exp", "Malformed.", "check_expiry"),
        ("m-mine", None, "check_expiry"),
        ("m-mine", "Overrides nothing.", "check_nothing"),
    ],
)
def test_a_fault_that_is_not_uniform_is_not_registered(id: str, doc: str | None, method: str) -> None:
    """ValueError, and the list is as before."""
    before = dict(FAULTS)
    with pytest.raises(ValueError, match=r"m-|No_Exp"):
        registering(id, doc=doc, method=method)()
    assert before == FAULTS


def test_a_fault_of_ones_own_can_be_registered_and_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same decorator as ours."""
    monkeypatch.setattr("harness.reference.faults.registry.FAULTS", FAULTS)
    try:
        registering("m-mine", doc="Nothing is issued by anybody.", method="check_issuer")()
        assert world.start("m-mine").status(world.k1.token(iss="other")) == 200
    finally:
        FAULTS.pop("m-mine", None)
