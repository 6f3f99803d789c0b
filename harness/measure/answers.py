"""What a refusal looks like."""

from __future__ import annotations

from itertools import islice
from typing import Any

from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab
from harness.wire.exchange import Exchange
from mock_idp.tools.input_file import parse_json

_DEEPEST, _WIDEST = 20, 100


def run(lab: Lab) -> Findings:
    """No credentials, a token with a wrong signature, and a good token without the permission."""
    with lab.ready_trial() as trial:
        return {
            "answer-no-credentials": Finding(look(trial.send(None))),
            "answer-bad-token": Finding(look(trial.send(trial.token(mutation="flip-first-signature-bit")))),
            "answer-no-permission": Finding(look(trial.send(trial.token(permissions=[])))),
        }


def look(answer: Exchange) -> dict[str, Any]:
    """Status, Content-Type, WWW-Authenticate (None when absent) and the shape of the body."""
    return {
        "status": answer.status,
        "content_type": answer.header("Content-Type"),
        "www_authenticate": answer.header("WWW-Authenticate"),
        "body": _body_shape(answer),
    }


def _body_shape(answer: Exchange) -> Any:
    if not answer.body:
        return "empty"
    try:
        return shape(parse_json(answer.body))
    except ValueError:
        return "text"


def shape(value: Any, depth: int = _DEEPEST) -> Any:
    """A JSON value with its leaves replaced by their types; of an array, the shapes that occur in it.

    The service may send anything: what is deeper than twenty, or behind the first hundred members, is "…".
    """
    most = _WIDEST if depth else 0
    if isinstance(value, dict):
        shown = {name: shape(item, depth - 1) for name, item in islice(value.items(), most)}
        return shown if len(value) <= most else {**shown, "…": "…"}
    if isinstance(value, list):
        shapes: list[Any] = []
        for item in value[:most]:
            one = shape(item, depth - 1)
            if one not in shapes:
                shapes.append(one)
        return shapes if len(value) <= most else [*shapes, "…"]
    names = {str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")


EXPERIMENT = Experiment(("answer-no-credentials", "answer-bad-token", "answer-no-permission"), run, needs=())
