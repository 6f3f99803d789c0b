"""Faults that rules derive: the same ones always, each a change that a part feels."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from harness.reference.derived import DerivedFault, derived_faults
from harness.reference.faults import UnknownFault
from harness.reference.known_faults import fault_of, mixins

from .world import World

FAULTS = derived_faults()
TOP = Path(__file__).resolve().parents[2]


def test_every_process_derives_the_same_faults() -> None:
    """A run hands their names to its processes, and data names them."""
    code = "from harness.reference.derived import derived_faults; print(*derived_faults(), sep='\\n')"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert printed.split() == list(FAULTS)


def test_each_fault_says_what_it_changes_and_where() -> None:
    """Its source line is there, and in it begins what is changed."""
    for one in FAULTS.values():
        file, _, line = one.source.rpartition(":")
        assert (TOP / file).read_text(encoding="utf-8").split("\n")[int(line) - 1].strip(), one.id
        assert one.sentence.endswith("."), one.id
        assert one.before != one.after, one.id


def test_each_class_differs_from_its_part() -> None:
    """In a method of the part's own."""
    for one in FAULTS.values():
        part = one.mixin.__bases__[0]
        changed = [name for name in vars(one.mixin) if not name.startswith("__")]
        assert changed, one.id
        assert all(vars(part)[name] is not vars(one.mixin)[name] for name in changed), one.id


def test_the_ids_are_words() -> None:
    """They are typed, and stand in names of tests."""
    words = "abcdefghijklmnopqrstuvwxyz0123456789-"
    assert [id for id in FAULTS if not id.startswith("d-") or set(id) - set(words)] == []


def test_every_rule_finds_something() -> None:
    """A rule that finds nothing is a mistake in the rule."""
    kinds = Counter(id.rpartition("-")[0] for id in FAULTS)
    for end in ("negated", "left-out", "after-the-next", "begins-with", "is-beginning-of", "ignores-case", "moved"):
        assert any(id.endswith(f"-{end}") for id in FAULTS), end
    for end in (
        "for-or",
        "for-and",
        "for-all",
        "for-any",
        "always-yes",
        "always-no",
        "not-caught",
        "another",
        "misspelt",
    ):
        assert any(id.endswith(f"-{end}") for id in FAULTS), end
    for end in ("plus-one", "minus-one", "flipped", "kept-for-ever", "kept-by-first-argument"):
        assert any(id.endswith(f"-{end}") for id in FAULTS), end
    assert len(kinds) > 500


@pytest.mark.parametrize(
    ("fault", "claims"),
    [
        ("d-claims-checker-check-expiry-check-2-left-out", {"exp": 1}),
        ("d-claims-checker-check-audience-check-1-left-out", {"aud": "other"}),
        ("d-claims-checker-check-subject-operand-2-left-out", {"sub": ""}),
        ("d-claims-audiences-condition-1-negated", {"aud": "tasker-api"}),
    ],
)
def test_a_derived_fault_shows(world: World, fault: str, claims: dict[str, object]) -> None:
    """Of a method, of a function that methods call, and of one spot of it alone."""
    service = world.start(fault)
    changed = service.status(world.k1.token(**claims))
    assert changed != world.start().status(world.k1.token(**claims))


def test_what_is_kept_is_kept_for_one_service(world: World) -> None:
    """The first good token opens the door for all others; a service beside it knows nothing of that."""
    fault = "d-claims-checker-check-audience-kept-for-ever"
    service = world.start(fault)
    assert service.status(world.k1.token(aud="other")) == 401
    assert service.status(world.k1.token()) == 200
    assert service.status(world.k1.token(aud="other")) == 200
    assert world.start(fault).status(world.k1.token(aud="other")) == 401


def test_a_fault_of_another_services_part_stays_there() -> None:
    """It is tried on the service that has the part."""
    services = {one.service for one in FAULTS.values()}
    assert services == {"", "windmill", "rfc9068"}


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    """Among the derived ones, as it begins like one."""
    with pytest.raises(UnknownFault, match="did you mean 'd-claims-checker-check-expiry-check-1-left-out'"):
        mixins(["d-claims-checker-check-expiry-check-1-leftout"])


def test_a_named_and_a_derived_fault_go_together(world: World) -> None:
    """They are the same kind of class."""
    derived = fault_of("d-claims-checker-check-subject-all-left-out")
    assert isinstance(derived, DerivedFault)
    service = world.start("m-no-exp-check", derived.id)
    assert service.status(world.k1.token(exp=1, sub=7)) == 200
