"""All derived faults, by their ids."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from harness.reference.derived import decisions
from harness.reference.derived.comparisons import comparisons
from harness.reference.derived.constants import constants
from harness.reference.derived.places import Place, places
from harness.reference.derived.remembering import ways
from harness.reference.derived.rewriting import Change, bare
from harness.reference.derived.weaving import Members, members
from harness.reference.faults.registry import Fault


@dataclass(frozen=True)
class DerivedFault(Fault):
    """A fault made by a rule. `source` is FILE:LINE of what is changed, `before` and `after` what stands there."""

    place: str
    source: str
    before: str
    after: str

    @property
    def method(self) -> str:
        """The method or function that is changed."""
        return self.place.rpartition(".")[2]


@cache
def derived_faults() -> Mapping[str, DerivedFault]:
    """Every fault that the rules make of the reference, by its id; the same in every process."""
    made = [fault for place in places() for fault in _of_place(place)]
    found = {fault.id: fault for fault in made}
    assert len(found) == len(made), [one.id for one in made if found[one.id] is not one]
    return found


def _of_place(place: Place) -> Iterator[DerivedFault]:
    plain = bare(place.tree)
    forms, numbers = {ast.dump(plain)}, _Numbers()
    for change in _changes(place, plain):
        words = numbers.words(change)
        if (form := ast.dump(change.tree)) not in forms:
            forms.add(form)
            yield _fault(place, words, change, members(place, change.tree))
    if not place.is_function:
        original = vars(place.part)[place.name]
        for words, after, keeping in ways(place.tree):
            change = Change("", words, place.tree, "an answer for each call", after, plain)
            yield _fault(place, words, change, {place.name: keeping(original)})


class _Numbers:
    """Says which of its kind in the function a change is; those of one spot have one number."""

    def __init__(self) -> None:
        self._spots: dict[str, list[ast.AST]] = {}
        self._given: set[str] = set()

    def words(self, change: Change) -> str:
        if not change.kind:
            return change.words
        spots = self._spots.setdefault(change.kind, [])
        if change.at not in spots or f"{change.kind}-{len(spots)}-{change.words}" in self._given:
            spots.append(change.at)
        words = f"{change.kind}-{len(spots)}-{change.words}"
        self._given.add(words)
        return words


def _changes(place: Place, plain: ast.FunctionDef) -> Iterator[Change]:
    yield from decisions.checks(plain)
    yield from decisions.answers(plain, ast.unparse(place.tree.returns or ast.Constant("")))
    yield from decisions.conditions(plain)
    yield from decisions.connectives(plain)
    yield from decisions.exceptions(plain)
    yield from comparisons(plain, _mappings(place.tree))
    yield from constants(plain)


def _mappings(tree: ast.FunctionDef) -> list[str]:
    arguments = (one for one in tree.args.args if one.annotation is not None)
    return [one.arg for one in arguments if ast.unparse(one.annotation).startswith(("Mapping", "dict"))]  # type: ignore[arg-type]


def _fault(place: Place, words: str, change: Change, overriding: Members) -> DerivedFault:
    id = f"d-{place.words}-{words}"
    sentence = f"{place.shown} has `{change.after}` in place of `{change.before}`."
    names: dict[str, object] = {"__doc__": sentence, "__module__": __name__}
    mixin = type(id, (place.part,), {**names, **overriding})
    source = f"{place.file}:{change.at.lineno}"
    return DerivedFault(id, "", mixin, place.shown, source, change.before, change.after)
