"""A token spec says what it holds, and refuses what it does not know."""

import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_idp.control.schemas import SCHEMAS
from mock_idp.jose.errors import JoseError
from mock_idp.jose.members import members as members_of
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.jose.token_spec import TokenSpec

TOKEN_SPEC_DOCUMENT = {"$ref": "#/components/schemas/TokenSpec", "components": {"schemas": SCHEMAS}}
_OPTIONS = sorted({name for mutation in MUTATIONS.values() for name in mutation.options if name != "secret_b64"})
_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["", "a", "AQ", "A", "HS256", "dir", 0, 1, True, None, 2.5, [], ["a"], [["a", "b"]], {}, {"a": 1}, {"a": "1"}]
)
TOKEN_SPECS = st.dictionaries(st.sampled_from(sorted(set(members_of(TokenSpec)) - {"with"})), _VALUES, max_size=3) | (
    st.fixed_dictionaries(
        {
            # Which options go together is found out by the mutation itself.
            "mutation": st.sampled_from(sorted(name for name, one in MUTATIONS.items() if not one.rules)),
            "with": st.dictionaries(st.sampled_from(_OPTIONS), _VALUES, max_size=2),
        }
    )
)

# Each member with a good value, the attribute that holds it, and what the attribute then is.
MEMBERS: list[tuple[str, Any, str, Any]] = [
    ("permissions", ["tasks:list"], "permissions", ("tasks:list",)),
    ("subject", "svc-1", "subject", "svc-1"),
    ("client_id", "client", "client_id", "client"),
    ("audience", "api", "audience", "api"),
    ("audience", ["a", "b"], "audience", ("a", "b")),
    ("kind", "user", "kind", "user"),
    ("claims", {"a": {"b": [1, None]}}, "claims", {"a": {"b": [1, None]}}),
    ("times", {"exp": 300, "nbf": -5.5}, "times", {"exp": 300, "nbf": -5.5}),
    ("without", ["iat"], "without", ("iat",)),
    ("raw", {"exp": "1e400"}, "raw", {"exp": "1e400"}),
    ("raw_members", [["exp", "1"], ["exp", "2"]], "raw_members", (("exp", "1"), ("exp", "2"))),
    ("payload", "[1]", "payload", "[1]"),
    ("payload_b64", "_w", "payload_bytes", b"\xff"),
    ("header", {"typ": None}, "header", {"typ": None}),
    ("header_without", ["kid"], "header_without", ("kid",)),
    ("header_raw", {"alg": "null"}, "header_raw", {"alg": "null"}),
    ("header_text", "{", "header_text", "{"),
    ("header_b64", "_w", "header_bytes", b"\xff"),
    ("key", "k2", "key", "k2"),
    ("alg", "PS256", "alg", "PS256"),
    ("mutation", "unsigned", "mutation", "unsigned"),
]

WRONG: list[tuple[str, Any, str]] = [
    ("permissions", "tasks:list", "permissions"),
    ("permissions", [1], "permissions[0]"),
    ("subject", None, "subject"),
    ("client_id", 1, "client_id"),
    ("audience", {"a": 1}, "audience"),
    ("audience", ["a", 2], "audience[1]"),
    ("kind", 1, "kind"),
    ("claims", [], "claims"),
    ("times", {"exp": "300"}, "times.exp"),
    ("times", {"exp": True}, "times.exp"),
    ("without", "exp", "without"),
    ("raw", {"exp": 1}, "raw.exp"),
    ("raw_members", {"exp": "1"}, "raw_members"),
    ("raw_members", [["exp", 1]], "raw_members[0][1]"),
    ("payload", {}, "payload"),
    ("payload_b64", 1, "payload_b64"),
    ("header", "x", "header"),
    ("header_without", [None], "header_without[0]"),
    ("header_raw", {"alg": None}, "header_raw.alg"),
    ("header_text", [], "header_text"),
    ("header_b64", [], "header_b64"),
    ("key", 1, "key"),
    ("alg", 256, "alg"),
    ("mutation", 1, "mutation"),
    ("with", [], "with"),
]


def refused(**members: Any) -> JoseError:
    with pytest.raises(JoseError) as caught:
        TokenSpec.from_json({name.rstrip("_"): value for name, value in members.items()})
    return caught.value


@pytest.mark.parametrize(("member", "given", "attribute", "held"), MEMBERS)
def test_a_member_is_read(member: str, given: Any, attribute: str, held: Any) -> None:
    """A good value arrives in its attribute."""
    assert getattr(TokenSpec.from_json({member: given}), attribute) == held


def test_an_empty_spec_is_the_plain_token() -> None:
    """Nothing said is the spec with all defaults: a machine token by the current key."""
    spec = TokenSpec.from_json({})
    assert spec == TokenSpec()
    assert (spec.kind, spec.key, spec.permissions, spec.mutation) == ("machine", "current", None, None)


@pytest.mark.parametrize(("member", "given", "field"), WRONG)
def test_a_wrong_type_names_the_member(member: str, given: Any, field: str) -> None:
    """A value of the wrong type is refused with the path of the member in field and sentence."""
    error = refused(**{member: given})
    assert (error.code, error.field) == ("wrong_type", field)
    assert field in error.sentence


def test_every_member_is_tested() -> None:
    """The tables above leave no member of the spec out."""
    tested = {attribute for _, _, attribute, _ in MEMBERS} | {"with_"}
    assert tested == set(TokenSpec.__dataclass_fields__)
    assert {member for member, _, _ in WRONG} == {member for member, *_ in MEMBERS} | {"with"}


@pytest.mark.parametrize("value", [None, [], "text", 1, True])
def test_a_spec_is_an_object(value: Any) -> None:
    """Anything but an object is refused."""
    with pytest.raises(JoseError) as caught:
        TokenSpec.from_json(value)
    assert caught.value.code == "wrong_type"


@pytest.mark.parametrize(
    ("name", "meant"), [("claim", "claims"), ("permission", "permissions"), ("header_txt", "header_text")]
)
def test_an_unknown_member_is_named_with_the_nearest(name: str, meant: str) -> None:
    """A misspelt member is refused with a proposal."""
    error = refused(**{name: 1})
    assert (error.code, error.field) == ("unknown_member", name)
    assert f"Did you mean '{meant}'?" in error.sentence


@pytest.mark.parametrize("seconds", [math.inf, math.nan])
def test_a_time_is_finite(seconds: float) -> None:
    """A time that is no point in time is refused and pointed to `raw`."""
    error = refused(times={"exp": seconds})
    assert (error.code, error.field) == ("wrong_value", "times.exp")


def test_a_time_may_be_huge() -> None:
    """A whole number of any size is a time."""
    assert TokenSpec.from_json({"times": {"exp": 10**400}}).times == {"exp": 10**400}


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"kind": "robot"}, "wrong_value", "kind"),
        ({"payload_b64": "a=="}, "wrong_value", "payload_b64"),
        ({"raw_members": [["exp"]]}, "wrong_value", "raw_members[0]"),
        ({"alg": "RS257"}, "unknown_algorithm", "alg"),
        ({"mutation": "alg-nome"}, "unknown_mutation", "mutation"),
        ({"with": {"count": 1}}, "contradiction", "with"),
        ({"payload": "1", "claims": {"a": 1}}, "contradiction", "claims"),
        ({"payload": "1", "payload_b64": ""}, "contradiction", "payload_b64"),
        ({"payload_b64": "", "raw_members": [["a", "1"]]}, "contradiction", "raw_members"),
        ({"header_text": "1", "header_without": ["kid"]}, "contradiction", "header_without"),
        ({"header_text": "1", "header_b64": ""}, "contradiction", "header_b64"),
    ],
)
def test_a_value_that_cannot_be_names_the_member(members: dict[str, Any], code: str, field: str) -> None:
    """Unknown words and two ways to say one thing are refused, naming the member."""
    error = refused(**members)
    assert (error.code, error.field) == (code, field)


@pytest.mark.parametrize(
    ("mutation", "options", "code", "field"),
    [
        ("alg-none", {"thrid": "empty"}, "unknown_member", "with.thrid"),
        ("unsigned", {"alg": "foo"}, "unknown_member", "with.alg"),
        ("alg-none", {"keep_kid": 1}, "wrong_type", "with.keep_kid"),
        ("alg-none", {"third": True}, "wrong_type", "with.third"),
        ("alg-none", {"third": "gone"}, "wrong_value", "with.third"),
        ("drop-signature-characters", {"count": True}, "wrong_type", "with.count"),
        ("drop-signature-characters", {"count": 1.5}, "wrong_type", "with.count"),
        ("replace-payload", {}, "missing_member", "with.claims"),
        ("replace-payload", {"claims": []}, "wrong_type", "with.claims"),
        ("hmac-with-public-key", {"alg": "RS256"}, "wrong_value", "with.alg"),
        ("hmac-with-secret", {"secret": None}, "wrong_type", "with.secret"),
        ("pkcs1-padding", {}, "missing_member", "with.form"),
        ("ecdsa-edge", {"form": "r0-s1"}, "wrong_value", "with.form"),
    ],
)
def test_a_wrong_option_names_it(mutation: str, options: dict[str, Any], code: str, field: str) -> None:
    """The options of a mutation are checked when the spec is read."""
    error = refused(mutation=mutation, with_=options)
    assert (error.code, error.field) == (code, field)


def test_an_option_that_is_not_allowed_is_named_with_the_nearest() -> None:
    """A misspelt choice is refused with a proposal."""
    error = refused(mutation="pkcs1-padding", with_={"form": "sha1oid"})
    assert "Did you mean 'sha1-oid'?" in error.sentence


@settings(deadline=None)
@given(TOKEN_SPECS)
def test_the_published_schema_says_the_same(value: dict[str, Any]) -> None:
    """A spec is read if, and only if, it fits the schema of the OpenAPI document."""
    fits = jsonschema.Draft202012Validator(TOKEN_SPEC_DOCUMENT).is_valid(value)
    try:
        TokenSpec.from_json(value)
    except JoseError:
        assert not fits
    else:
        assert fits
