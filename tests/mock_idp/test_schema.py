"""The schema checks agree with the jsonschema package, and say what is wrong."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_idp.control.schemas import SCHEMAS
from mock_idp.errors import MockIdpError
from mock_idp.schema import check

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10_000)
    | st.floats(0.1, 0.9)
    | st.text(max_size=5)
    | st.sampled_from(["auth0", "jwks", "hang", "status", "RS256", "current", "sig", "RS999"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
REQUESTS = ("IssuerSpec", "KeySpec", "TokenSpec", "JwksOverlay", "FaultSpec", "ClockSpec", "Habit")


def members_of(schema: dict[str, Any]) -> set[str]:
    """The member names of a schema, or of all its alternatives."""
    if "oneOf" not in schema:
        return set(schema["properties"])
    alternatives = [SCHEMAS[each["$ref"].rpartition("/")[2]] for each in schema["oneOf"]]
    return {name for alternative in alternatives for name in alternative["properties"]}


@st.composite
def near_requests(draw: st.DrawFn) -> tuple[str, Any]:
    """A schema's name, and a value that often has its members."""
    name = draw(st.sampled_from(REQUESTS))
    names = st.sampled_from(sorted(members_of(SCHEMAS[name]))) | st.text(max_size=3)
    return name, draw(st.dictionaries(names, JSON_VALUES, max_size=4) | JSON_VALUES)


@settings(max_examples=400, deadline=None)
@given(near_requests())
def test_agrees_with_jsonschema(request_: tuple[str, Any]) -> None:
    """What the published schema allows is accepted, and nothing else."""
    name, value = request_
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    allowed = jsonschema.Draft202012Validator(document).is_valid(value)
    try:
        check(value, SCHEMAS[name], components=SCHEMAS)
    except MockIdpError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({}, "style"),
        ({"style": "auth9"}, "style"),
        ({"style": "auth0", "keys": [{}, {"bits": 3}]}, "keys.1.bits"),
        ({"style": "auth0", "stile": 1}, "stile"),
        ({"style": "auth0", "id": "a\n"}, "id"),
    ],
)
def test_names_the_member(value: Any, field: str) -> None:
    """The path leads to the first member that is wrong."""
    with pytest.raises(MockIdpError) as caught:
        check(value, SCHEMAS["IssuerSpec"], components=SCHEMAS)
    assert caught.value.field == field


def test_suggests_the_nearest_name() -> None:
    """A typing error is recognised as one."""
    with pytest.raises(MockIdpError, match="audience"):
        check({"style": "auth0", "audiense": "x"}, SCHEMAS["IssuerSpec"], components=SCHEMAS)
