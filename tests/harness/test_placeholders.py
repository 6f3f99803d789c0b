"""Placeholders and their filters."""

from __future__ import annotations

import base64

import pytest

from harness.base.errors import HarnessError
from harness.grammar.placeholders import FILTERS, fill, problems

WORDS = {"issuer": lambda: "https://idp/", "read.permission": lambda: "tasks:list", "i": lambda: "7"}


def filled(text: str) -> str:
    result = fill(text, WORDS)
    assert isinstance(result, str)
    return result


def test_a_word_is_replaced_wherever_it_stands() -> None:
    assert filled("<{issuer}{issuer}> {read.permission}") == "<https://idp/https://idp/> tasks:list"


@pytest.mark.parametrize("text", ["{{7*7}}", "${jndi:ldap://x}", "{}", "{ issuer }", '{"alg":"none"}', "{Issuer}"])
def test_other_braces_are_literal(text: str) -> None:
    assert filled(text) == text
    assert problems(text) == []


@pytest.mark.parametrize(
    ("filters", "result"),
    [
        ("upper", "TASKS:LIST"),
        ("lower", "tasks:list"),
        ("title", "Tasks:List"),
        ("cut", "tasks:lis"),
        ("tail", "asks:list"),
        ("reverse", "tsil:sksat"),
        ("half", "tasks"),
        ("basic", base64.b64encode(b"tasks:list:").decode()),
        ("basicpassword", base64.b64encode(b"user:tasks:list").decode()),
        ("basicoauth", base64.b64encode(b"tasks:list:x-oauth-basic").decode()),
        ("base64", base64.b64encode(b"tasks:list").decode()),
        ("percent", "%74%61%73%6b%73:%6c%69%73%74"),
        ("percenttwice", "%2574%2561%2573%256b%2573:%256c%2569%2573%2574"),
        ("fullwidth", "ｔａｓｋｓ：ｌｉｓｔ"),
        ("othercase", "TASKS:LIST"),
        ("undotted", "tasks:listx"),
        ("upper|cut", "TASKS:LIS"),
    ],
)
def test_filters(filters: str, result: str) -> None:
    """Each does one thing, and several work from left to right."""
    assert filled(f"{{read.permission|{filters}}}") == result


@pytest.mark.parametrize(("name", "result"), [("doubled", "v1//a"), ("dotted", "v1/./a"), ("slashes", "v1%2fa")])
def test_filters_of_paths(name: str, result: str) -> None:
    assert fill(f"{{read.path|{name}}}", {"read.path": lambda: "v1/a"}) == result


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("scheme", "http"),
        ("noscheme", "idp.example:1/a"),
        ("upperscheme", "HTTP://idp.example:1/a"),
        ("upperhost", "http://IDP.EXAMPLE:1/a"),
        ("otherscheme", "https://idp.example:1/a"),
        ("undotted", "http://idpxexample:1/a"),
    ],
)
def test_filters_of_urls(name: str, result: str) -> None:
    """The three parts of a URL that some compare leniently."""
    assert fill(f"{{issuer|{name}}}", {"issuer": lambda: "http://idp.example:1/a"}) == result


def test_a_text_always_becomes_another() -> None:
    """Without letters there are no others, and https has http."""
    words = {"audience": lambda: "4711", "issuer": lambda: "https://idp:1/"}
    assert fill("{audience|othercase} {issuer|otherscheme}", words) == "4711x http://idp:1/"


def test_a_host_without_letters_is_respelt_with_a_dot() -> None:
    assert fill("{issuer|upperhost}", {"issuer": lambda: "http://127.0.0.1:1/a"}) == "http://127.0.0.1.:1/a"


def test_every_filter_takes_any_text() -> None:
    assert [name for name, filter_ in FILTERS.items() if not isinstance(filter_(""), str)] == []


def test_fill_makes_a_text_of_a_length() -> None:
    assert filled("{fill.5}") == "xxxxx"


def test_a_value_is_asked_for_each_time() -> None:
    """`{uuid}` is another one each time, and `{kid}` follows a rotation."""
    numbers = iter("ab")
    assert fill("{uuid}{uuid}", {"uuid": lambda: next(numbers)}) == "ab"


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert fill("{issuer}", {"issuer": lambda: "{kid}"}) == "{kid}"


def test_keys_and_nested_values_are_filled_too() -> None:
    value = {"{issuer}": ["{i}", {"x": ("{i}", 1, None, True)}]}
    assert fill(value, WORDS) == {"https://idp/": ["7", {"x": ["7", 1, None, True]}]}


def test_a_word_without_a_value_is_an_error() -> None:
    """Sent as it stands it would be another request than the scenario means."""
    with pytest.raises(HarnessError, match=r"there is no \{kid\.second\} here"):
        fill({"header": {"kid": "{kid.second}"}}, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "{kid}",
        "{kid.second}",
        "{n.second}",
        "{x5c.second}",
        "{api_key.full}",
        "{fill.12}",
        "{any_route.path|tail|doubled}",
        "{token|cut}",
        "{created}",
    ],
)
def test_known_placeholders(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{isuer}", "{isuer} is no placeholder; did you mean 'issuer'?"),
        ("{read.permision}", "{read.permision} is no placeholder; did you mean 'read.permission'?"),
        ("{kidd.second}", "{kidd.second} is no placeholder; did you mean 'kid.second'?"),
        ("{issuer|uper}", "|uper is no filter; did you mean 'upper'?"),
    ],
)
def test_unknown_placeholders_get_the_nearest(text: str, sentence: str) -> None:
    assert problems({"a": [f"x{text}"]}) == [(text, sentence)]


def test_a_length_must_be_a_number() -> None:
    [(text, _)] = problems("{fill.long}")
    assert text == "{fill.long}"


def test_unknown_placeholders_in_keys_are_found() -> None:
    assert [text for text, _ in problems({"{isuer}": 1})] == ["{isuer}"]
