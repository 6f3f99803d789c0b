"""base64url and compact JSON go there and back."""

import base64
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_idp.jose.encoding import b64url_decode, b64url_encode, b64url_uint, compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.raw_json import as_seen, object_bytes

unhurried = settings(deadline=None, database=None)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(st.text(), json_values, max_size=5)


@unhurried
@given(st.binary())
def test_bytes_survive_base64url(data: bytes) -> None:
    """Any bytes are the same after encoding and decoding."""
    assert b64url_decode(b64url_encode(data)) == data


@unhurried
@given(st.binary())
def test_base64url_is_url_safe_and_unpadded(data: bytes) -> None:
    """The encoding is Python's URL-safe alphabet without padding."""
    assert b64url_encode(data) == base64.urlsafe_b64encode(data).decode().replace("=", "")


@pytest.mark.parametrize("text", ["YQ==", "a+b/", "YQ ", "YQ\n", "A", "äää", "a.b"])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    """Padding, the other alphabet, white space and impossible lengths are errors."""
    with pytest.raises(JoseError) as caught:
        b64url_decode(text)
    assert caught.value.code == "bad_base64url"


@unhurried
@given(st.integers(min_value=0, max_value=2**600))
def test_numbers_survive_base64url_uint(number: int) -> None:
    """A number is the same after encoding, in the fewest bytes."""
    data = b64url_decode(b64url_uint(number))
    assert int.from_bytes(data, "big") == number
    assert len(data) == 1 or data[0] != 0


def test_a_fixed_width_keeps_leading_zeros() -> None:
    """An EC coordinate keeps its leading zero bytes (RFC 7518 section 6.2.1.2)."""
    assert b64url_decode(b64url_uint(7, 32)) == bytes(31) + b"\x07"


@unhurried
@given(json_values)
def test_json_survives(value: Any) -> None:
    """Any JSON value is the same after writing and reading, lone surrogates included."""
    assert json.loads(compact_json(value)) == value


def test_json_is_compact_utf8_in_the_given_order() -> None:
    """No white space, no escapes that UTF-8 does not need, members as given."""
    assert compact_json({"z": "ä", "a": [1, True]}) == '{"z":"ä","a":[1,true]}'.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {"a": {1}}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    """NaN, infinity and objects of Python are errors that name the member."""
    with pytest.raises(JoseError) as caught:
        compact_json(value, "claims")
    assert (caught.value.code, caught.value.field) == ("not_json", "claims")


def test_nesting_too_deep_to_write_is_refused() -> None:
    """A value nested a hundred thousand deep is an error, not a crash."""
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(JoseError) as caught:
        compact_json(value)
    assert caught.value.code == "not_json"


@unhurried
@given(json_objects, json_objects)
def test_raw_text_reads_like_the_value_it_stands_for(members: dict[str, Any], raw: dict[str, Any]) -> None:
    """An object with some members given as text reads like the one with their values."""
    texts = {name: compact_json(value).decode() for name, value in raw.items()}
    assert json.loads(object_bytes(members, texts)) == members | raw


def test_raw_text_takes_the_place_of_its_member() -> None:
    """A raw member stands where the member stood, a new one at the end, repeated ones behind all."""
    built = object_bytes({"a": 1, "b": 2}, {"a": "1e400", "c": "[ ]"}, [("b", "3"), ("b", "4")])
    assert built == b'{"a":1e400,"b":2,"c":[ ],"b":3,"b":4}'


def test_only_repeated_members_make_an_object() -> None:
    """Repeated members alone need no comma before them."""
    assert object_bytes({}, {}, [("exp", "1"), ("exp", "2")]) == b'{"exp":1,"exp":2}'


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":1e400}', {"a": "1e400"}),
        (b'{"a":NaN}', {"a": "NaN"}),
        (b"[1]", [1]),
        (b"{", None),
        (b"\xff", None),
        (b'{"a":' + b"9" * 5000 + b"}", None),
        (b"[" * 100_000, None),
    ],
)
def test_a_lenient_reader_never_fails(data: bytes, seen: object) -> None:
    """Whatever the bytes are, the answer is a value that can be written as JSON, or None."""
    assert as_seen(data) == seen
