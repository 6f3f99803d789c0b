"""The Flask application of the control API: routes made from the operations, errors made JSON."""

from __future__ import annotations

import json
import math
import re
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map

from mock_idp.control.json_body import decode
from mock_idp.control.operation import Call, ControlResponse, Operation
from mock_idp.control.registry import OPERATIONS
from mock_idp.control.schemas import SCHEMAS
from mock_idp.errors import MockIdpError, bad_field, conflict
from mock_idp.http11.body import read_body
from mock_idp.http11.schema import Schema, check
from mock_idp.issuer.state import State
from mock_idp.jose.errors import JoseError

# How JSON writes a number (RFC 8259 section 6); Python takes much more for one.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


class HandleConverter(BaseConverter):
    """The name of a key, client or user in a path: anything at all, slashes and line breaks too.

    What is below such a name is a path of its own, whose end no name has. In: those ends.
    """

    part_isolating = False

    def __init__(self, url_map: Map, *below: str) -> None:
        super().__init__(url_map)
        ends = "|".join(re.escape(end) for end in below)
        self.regex = rf"(?s:(?!.+(?:{ends})\Z).+?)" if ends else "(?s:.+?)"


class FaultConverter(BaseConverter):
    """The id of a fault in a path. `release`, which stands in the same place, is none."""

    regex = r"(?!release\Z)[^/]+"


def create_app(state: State, keep_error: Callable[[BaseException], None]) -> Flask:
    """The control API over a state. `keep_error` gets every exception that no caller can be blamed for."""
    app = Flask("mock_idp", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"handle": HandleConverter, "fault": FaultConverter}
    for operation in OPERATIONS:
        app.add_url_rule(
            _rule(operation),
            endpoint=operation.name,
            view_func=_view(operation, state),
            methods=[operation.method],
            provide_automatic_options=False,
        )

    @app.errorhandler(MockIdpError)
    def refused(error: MockIdpError) -> Response:
        return _json(error.status, error.as_json())

    @app.errorhandler(JoseError)
    def refused_by_jose(error: JoseError) -> Response:
        # The body was as the document says, so it is the issuer with its keys that cannot do it.
        return _json(409, conflict(error.code, error.sentence, error.field).as_json())

    @app.errorhandler(HTTPException)
    def refused_by_flask(error: HTTPException) -> Response:
        response = error.get_response(request.environ)
        code = error.name.lower().replace(" ", "_")
        document = {"error": code, "error_description": error.description, "field": None}
        described = _json(response.status_code, document)
        for name in ("Allow", "Location"):
            if name in response.headers:
                described.headers[name] = response.headers[name]
        return described

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        keep_error(error)
        traceback.print_exception(error)
        return _json(500, {"error": "server_error", "error_description": type(error).__name__, "field": None})

    return app


def _rule(operation: Operation) -> str:
    path = operation.path
    below = sorted({each.path.removeprefix(path) for each in OPERATIONS if each.path.startswith(f"{path}/")})
    for name in ("key", "client_id", "username"):
        ends = ", ".join(f"'{end}'" for end in below) if path.endswith(f"{{{name}}}") else ""
        path = path.replace(f"{{{name}}}", f"<handle({ends}):{name}>" if ends else f"<handle:{name}>")
    path = path.replace("{fault}", "<fault:fault>")
    return path.replace("{", "<").replace("}", ">")


def _view(operation: Operation, state: State) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        request_body = read_body(request.environ, state.settings.max_body_bytes)
        body = decode(request.content_type or "", request_body)
        if operation.body is not None:
            if operation.body_required and not request_body:
                raise bad_field("", "This call needs a JSON body; {} is one.")
            check(body, operation.body, components=SCHEMAS)
        wants_text = request.headers.get("Accept", "").strip().lower() == "text/plain"
        call = Call(state, path, _query(operation.query), body, wants_text)
        return _response(operation.view(call))

    return view


def _query(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    """The query parameters by name, converted and checked, with the defaults of those that are not given."""
    given: dict[str, Any] = {}
    for name in request.args:
        values = request.args.getlist(name)
        if len(values) > 1:
            raise bad_field(name, "This parameter is given twice.")
        given[name] = _converted(name, values[0], schemas.get(name, {}).get("type"))
    check(given, {"type": "object", "properties": schemas, "additionalProperties": False})
    defaults = {name: schema["default"] for name, schema in schemas.items() if "default" in schema}
    return {**defaults, **given}


def _converted(name: str, text: str, wanted: str | None) -> Any:
    if wanted not in ("integer", "number"):
        return text
    # Exact: a float would take a number just above a limit for the limit.
    number = Decimal(text) if _NUMBER.fullmatch(text) else Decimal("NaN")
    if not math.isfinite(float(number)) or (wanted == "integer" and number != number.to_integral_value()):
        raise bad_field(name, f"This must be a {'whole ' if wanted == 'integer' else ''}number.")
    return int(number) if wanted == "integer" else float(number)


def _response(said: ControlResponse) -> Response:
    if said.text is not None:
        return Response(said.text, said.status, content_type=said.content_type)
    if said.document is None:
        response = Response(status=said.status)
        response.headers.pop("Content-Type", None)
        return response
    return _json(said.status, said.document)


def _json(status: int, document: object) -> Response:
    return Response(json.dumps(document, separators=(",", ":")), status, content_type="application/json")
