"""What an operation of the control API is: one description that Flask routes, checks and the OpenAPI document share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.http11.schema import Schema
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.state import State

HEALTH = "/_mock/health"


@dataclass(frozen=True)
class Call:
    """A call that was checked against the schemas of its operation.

    `path` and `query` hold the parameters by name, `body` the decoded JSON ({} when there was none). `wants_text` says
    whether the caller asked for text/plain rather than JSON.
    """

    state: State
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    wants_text: bool = False

    @property
    def issuer(self) -> Issuer:
        """The issuer the path names. Raises MockIdpError 404."""
        return self.state.find(self.path["issuer_id"])


@dataclass(frozen=True)
class ControlResponse:
    """What a call is answered with: a JSON document, or text, or nothing at all."""

    status: int = 200
    document: Any = None
    text: str | None = None
    content_type: str = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method on one path. `path` has parameters in braces, as OpenAPI writes them.

    `body` is the schema of the JSON body (None: takes none), `query` the schemas of the query parameters by name,
    `responses` the schema of the JSON by status, None where there is no JSON. `text` is the media type of the text that
    a successful response is, or can be, instead. `can_conflict` says whether a call that is as described can still
    contradict what is there.
    """

    method: str
    path: str
    name: str
    summary: str
    view: Callable[[Call], ControlResponse]
    responses: Mapping[int, Schema | None]
    body: Schema | None = None
    body_required: bool = False
    query: Mapping[str, Schema] = field(default_factory=dict)
    text: str | None = None
    can_conflict: bool = False

    def refusals(self, with_token: bool) -> tuple[int, ...]:
        """The statuses it can be refused with, beside those of `responses`. In: whether the server has a control token.

        Query and body of every call are looked at in the same way, whatever it is for.
        """
        if self.open_to_all:
            return ()
        guard = 401 if with_token else 403
        found = (404,) if "{" in self.path else ()
        conflict = (409,) if self.can_conflict else ()
        return (400, guard, *found, *conflict, 413, 415, 503)

    @property
    def open_to_all(self) -> bool:
        """Whether it needs no control token, and takes no notice of what comes with the call."""
        return self.path == HEALTH


def ref(name: str) -> dict[str, str]:
    """A reference to the schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}
