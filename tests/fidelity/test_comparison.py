"""The comparison notices what is wrong: a fixture that says otherwise than the mock differs in just that place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from . import fixture
from .claims import compare_claims
from .compare import PARTS
from .examples import fits
from .matching import members, order, same
from .repeatable import RepeatableServed
from .vendors import VENDORS

NAME = "okta"
Facts = dict[str, Any]
needs_fixture = pytest.mark.skipif(fixture.why_not(NAME) is not None, reason=str(fixture.why_not(NAME)))


@pytest.fixture(scope="module")
def served() -> Iterator[RepeatableServed]:
    with RepeatableServed(VENDORS[NAME]) as mock:
        yield mock


def _set(*path: str, to: Any) -> Callable[[Facts], None]:
    def change(facts: Facts) -> None:
        for name in path[:-1]:
            facts = facts[name]
        facts[path[-1]] = to

    return change


def _grow(facts: Facts) -> None:
    facts["jwks_members"]["sig"].append("x5c")


WRONG: Mapping[str, Callable[[Facts], None]] = {
    "issuer_template (about)": _set("issuer_template", to="https://{domain}/oauth2/{asId}/"),
    "issuer_variants.org AS": _set("issuer_variants", to=[{"when": "org AS", "issuer": "https://{domain}/org"}]),
    "discovery_paths.oidc./nowhere": _set("discovery_paths", "oidc", to=["/nowhere"]),
    "discovery_fields.end_session_endpoint": _set("discovery_fields", "end_session_endpoint", to="https://{domain}/x"),
    "discovery_fields.subject_types_supported": _set("discovery_fields", "subject_types_supported", to=["pairwise"]),
    "jwks_path": _set("jwks_path", to="/keys"),
    "jwks_members.sig": _grow,
    "kid_pattern": _set("kid_pattern", to="^[0-9]{4}$"),
    "discovery_headers.cache-control": _set("discovery_headers", "cache-control", to="no-cache"),
    "jwks_headers.vary": _set("jwks_headers", "vary", to="Accept"),
    "token_path": _set("token_path", to="/token"),
    "client_credentials.response_fields": _set("client_credentials", "response_fields", "id_token", to="JWT"),
    "client_credentials.response_fields.expires_in": _set("client_credentials", "response_fields", "expires_in", to=60),
    "access_token.header": _set("access_token", "header", "typ", to="JWT"),
    "access_token.claims_m2m.cid": _set("access_token", "claims_m2m", "cid", "pattern_or_example", to="^x$"),
    "access_token.claims_m2m.scp": _set("access_token", "claims_m2m", "scp", "type", to="string"),
    "access_token.claims_m2m.ver": _set("access_token", "claims_m2m", "ver", "pattern_or_example", to=2),
    "access_token.lifetime_s": _set("access_token", "lifetime_s", to=60),
    "client_credentials.errors.bad_secret.status": _set("client_credentials", "errors", "bad_secret", "status", to=400),
    "client_credentials.errors.no_scope.body.error": _set(
        "client_credentials", "errors", "no_scope", "body", "error", to="invalid_request"
    ),
    "client_credentials.errors.unheard_of": _set(
        "client_credentials", "errors", "unheard_of", to={"status": 400, "body": {}}
    ),
    "rotation.next_prepublished": _set("rotation", "next_prepublished", to=False),
    "rotation.countdown": _set("jwks_headers_note", to="max-age stays"),
}


@needs_fixture
@pytest.mark.xdist_group("fidelity-comparison")
@pytest.mark.parametrize("where", WRONG)
def test_a_wrong_entry_is_found(where: str, served: RepeatableServed) -> None:
    """And it counts as confirmed, in the place where it stands."""
    facts = deepcopy(fixture.load(VENDORS[NAME].name))
    WRONG[where](facts)
    served.again()
    found = [one.where for part in PARTS for one in part(VENDORS[NAME], facts, served) if one.confirmed]
    assert where in found


@pytest.mark.parametrize(
    ("expected", "served", "fits"),
    [
        ("<20 hex>", "0123456789abcdef0123", True),
        ("<20 hex>", "0123", False),
        ("<http-date>", "Sun, 06 Nov 1994 08:49:37 GMT", True),
        ("<http-date>", "yesterday", False),
        ("Valid values: [{list}]", "Valid values: [a, b]", True),
        ("a.c", "abc", False),
        (1, True, False),
        ([1, 2], [2, 1], False),
        ({"a": "<opaque>"}, {"a": "x"}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
    ],
)
def test_a_value_is_held_against_a_fixture(expected: Any, served: Any, fits: bool) -> None:
    """Words in pointed brackets stand for text of their kind; everything else is compared with its type."""
    assert same(expected, served) is fits


def test_members_that_are_too_many_differ() -> None:
    """What the fixture doesn't know is a difference as well."""
    assert [one.where for one in members("part", {"a": 1}, {"a": 1, "b": 2})] == ["part.b"]


def test_null_is_not_the_same_as_nothing() -> None:
    """A member that is null has to be there."""
    assert [one.where for one in members("part", {"a": None}, {})] == ["part.a"]
    assert list(members("part", {"a": None}, {"a": None})) == []


def test_the_order_of_members_both_have_counts() -> None:
    """A member that one lacks says nothing about the order."""
    assert [one.confirmed for one in order("part", ["a", "b", "c"], ["c", "a"], True)] == [True]
    assert list(order("part", ["a", "b", "c"], ["a", "c"], True)) == []


def test_an_entry_that_is_not_confirmed_says_so() -> None:
    """With a value, and with none."""
    assert (fixture.confirmed({"value": 1, "confirmed": False}), fixture.value({"value": 1, "confirmed": False})) == (
        False,
        1,
    )
    assert fixture.value({"confirmed": False}) is None


@pytest.mark.parametrize("words", ["<20 hexes>", "<nothing known>", "a <guide>", "(a tail)"])
def test_words_that_nobody_has_explained_fit_nothing(words: str) -> None:
    """But themselves, which no vendor serves."""
    assert not same(words, "0123456789abcdef0123")
    assert same(words, words)


@pytest.mark.parametrize(
    ("example", "said", "fits_it"),
    [
        ("epoch seconds", 1_700_000_000, True),
        ("epoch seconds", "1700000000", False),
        ("iat+300", 1_700_000_300, True),
        ("iat+301", 1_700_000_300, False),
        ("equal to azp", "app", True),
        ("equal to sub", "app", False),
        ("uuid", "0f0e0d0c-0000-4000-8000-00000000000b", True),
        ("uuid", "0f0e0d0c", False),
        ("22-char id", "x" * 22, True),
        ("22-char id", "x" * 21, False),
        ("^a$", "a", True),
        ("^a$", "b", False),
        ("2.0 | 1.0", "1.0", True),
        ("2.0 | 1.0", "3.0", False),
        ("1 secret | 0 public", "0", True),
        (["a"], ["b"], False),
        ("unheard of", "anything", False),
    ],
)
def test_a_claim_is_held_against_words(example: Any, said: Any, fits_it: bool) -> None:
    """A phrase of the fixture says what it says and no more."""
    assert fits(example, said, {"iat": 1_700_000_000, "azp": "app"}) is fits_it


def test_a_claim_that_is_required_and_not_there() -> None:
    """It differs; one that may be left out doesn't."""
    about = {"type": "string", "pattern_or_example": "x"}
    facts = {"claims_m2m": {"must": {**about, "required": True}, "may": {**about, "required": False}}}
    found = [one.where for one in compare_claims(VENDORS[NAME], facts, "claims_m2m", {}, "http://localhost")]
    assert found == ["access_token.claims_m2m.must"]
