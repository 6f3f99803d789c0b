"""The tables of the documentation that list words of the data: steps, expectations, capabilities, mutations, faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from harness.grammar.kinds import resolved
from harness.grammar.policies import Knob, known_knobs
from harness.grammar.vocabulary import CAPABILITIES, EXPECTATIONS
from harness.lint.finding import Rule
from harness.lint.judge import RULES
from harness.steps import STEPS, StepDefinition
from mock_idp.jose.members import schemas
from mock_idp.jose.mutations import MUTATIONS, Mutation
from mock_idp.plans.faults.base import Fault
from mock_idp.plans.faults.registry import FAULTS

_SEND = set(STEPS["send"].arguments)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    text = "".join(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in line)}|\n" for line in lines)
    return text.replace(" --- ", "---")


def steps() -> str:
    """Each step with its arguments, those in bold that it needs."""
    rows = ([f"`{name}`", _arguments(STEPS[name]), _cell(STEPS[name].sentence)] for name in sorted(STEPS))
    return table(("step", "arguments", ""), rows)


def _arguments(step: StepDefinition) -> str:
    names = list(step.arguments)
    rest = []
    if step.name != "send" and set(names) >= _SEND:
        names, rest = [name for name in names if name not in _SEND], ["those of `send`"]
    elif "x-by" in resolved(step.schema):
        rest = ["and the kind's own"]
    required = () if step.says.takes else step.required
    shown = [
        (f"**`{name}`**" if name in required else f"`{name}`") + _default(step.defaults.get(name)) for name in names
    ]
    return ", ".join([*shown, *rest])


def expectations() -> str:
    """What each expectation allows."""
    return table(("expectation", "allows"), ([f"`{name}`", text] for name, text in EXPECTATIONS.items()))


def capabilities() -> str:
    """What each capability means."""
    return table(
        ("capability", "the service, or its target"), ([f"`{name}`", text] for name, text in CAPABILITIES.items())
    )


def knobs() -> str:
    """What each knob of a policy declares."""
    return table(("knob", "type", "declares"), (_knob(one) for one in known_knobs().values()))


def _knob(knob: Knob) -> list[str]:
    words = ", ".join(f'`"{word}"`' for word in knob.words)
    first = f'`"{knob.words[0]}"`: ' if words else ""
    return [f"`{knob.name}`", words or knob.type, first + _cell(knob.sentence)]


def mutations() -> str:
    """Each mutation with its options."""
    return table(("mutation", "options", ""), (_mutation(one) for one in MUTATIONS.values()))


def _mutation(mutation: Mutation) -> list[str]:
    options = [
        f"`{one.name}`" + (_words(one.choices) if one.choices else _default(one.default))
        for one in mutation.options.values()
    ]
    return [f"`{mutation.name}`", ", ".join(options), _cell(mutation.sentence)]


def faults() -> str:
    """Each kind of fault with its parameters."""
    return table(("kind", "parameters", ""), (_fault(one) for one in FAULTS.values()))


def _fault(kind: type[Fault]) -> list[str]:
    parameters = []
    for name, schema in schemas(kind).items():
        known = [word for word in schema.get("enum", ()) if isinstance(word, str)]
        parameters.append(f"`{name}`" + (_words(known) if known else _default(schema.get("default"))))
    return [f"`{kind.kind}`", ", ".join(parameters), _cell((kind.__doc__ or "").splitlines()[0])]


def lint_rules() -> str:
    """Each rule of `idp-harness lint`."""
    return table(("rule", "severity", "finds", "source"), (_rule(one) for one in RULES.values()))


def _rule(rule: Rule) -> list[str]:
    return [f"`{rule.id}`", rule.severity + "*" * rule.production, _cell(rule.sentence), rule.source]


def _words(known: Iterable[str]) -> str:
    return f" ({', '.join(f'`{word}`' for word in known)})"


def _default(value: Any) -> str:
    """A default in brackets, where it says something."""
    if value in (None, "") or (isinstance(value, str) and len(value) > 20):
        return ""
    return f" (`{value}`)" if isinstance(value, str) else f" ({str(value).lower().removesuffix('.0')})"


def _cell(sentence: str) -> str:
    """A sentence as part of a table: without its capital and its full stop."""
    first, second = sentence[:1], sentence[1:2]
    start = first if second.isupper() else first.lower()
    return (start + sentence[1:]).removesuffix(".")


TABLES: dict[str, Callable[[], str]] = {
    "steps": steps,
    "expectations": expectations,
    "capabilities": capabilities,
    "knobs": knobs,
    "mutations": mutations,
    "faults": faults,
    "lint-rules": lint_rules,
}
