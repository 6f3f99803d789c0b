"""From a scenario's request table to the request that goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenario_files import profile_text, write_profile

from harness.base.errors import HarnessError
from harness.cell.outgoing import build_request, find_route
from harness.declared.credential import Credential
from harness.declared.profile import load_profile
from harness.grammar.model import Route
from harness.wire.exchange import Request

READ = Route("read", "GET", "/v1/things", "things:list")
WRITE = Route("write", "POST", "/v1/things", "things:create", body='{"name":"probe"}')
ITEM = Route("item", "GET", "/v1/things/{uuid}", "things:read")
WORDS: dict[str, Callable[[], str]] = {"read.path": lambda: "/v1/things", "api_key_header": lambda: "X-API-Key"}


def built(request: Any, route: Route = READ, token: str | None = "a.b.c") -> Request:
    return build_request(request, route, token, WORDS)


def test_the_plain_request_is_the_routes_with_a_bearer_token() -> None:
    request = built("read")
    assert (request.method, request.path, request.body) == ("GET", "/v1/things", None)
    assert request.headers == (("Accept", "*/*"), ("Authorization", "Bearer a.b.c"))


def test_a_routes_body_goes_out_as_json() -> None:
    request = built("write", WRITE)
    assert request.body == b'{"name":"probe"}'
    assert request.header("Content-Type") == "application/json"


def test_another_method_leaves_the_routes_body_out() -> None:
    request = built({"method": "HEAD"}, WRITE)
    assert (request.method, request.body, request.header("Content-Type")) == ("HEAD", None, None)


def test_a_body_of_the_scenario_replaces_the_routes() -> None:
    request = built({"body": "access_token={token}", "content_type": "application/x-www-form-urlencoded"}, WRITE)
    assert request.body == b"access_token=a.b.c"
    assert request.header("Content-Type") == "application/x-www-form-urlencoded"


def test_an_anonymous_request_has_no_authorization() -> None:
    assert built({"anonymous": True}).header("Authorization") is None


@pytest.mark.parametrize(
    ("credential", "header", "path"),
    [
        (Credential(header="X-Token", scheme=""), ("X-Token", "a.b.c"), "/v1/things"),
        (Credential(scheme="JWT"), ("Authorization", "JWT a.b.c"), "/v1/things"),
        (Credential(prefix="jwt_ext_"), ("Authorization", "Bearer jwt_ext_a.b.c"), "/v1/things"),
        (Credential(cookie="session"), ("Cookie", "session=a.b.c"), "/v1/things"),
        (Credential(query="jwt"), None, "/v1/things?jwt=a.b.c"),
    ],
)
def test_the_token_goes_where_the_profile_says(
    credential: Credential, header: tuple[str, str] | None, path: str
) -> None:
    """And nowhere else; an anonymous request has none."""
    request = build_request("read", READ, "a.b.c", WORDS, credential)
    assert request.headers == (("Accept", "*/*"), *([header] if header else ()))
    assert (request.path, request.proof) == (path, "token")
    anonymous = build_request({"anonymous": True}, READ, "a.b.c", WORDS, credential)
    assert (anonymous.headers, anonymous.path, anonymous.proof) == ((("Accept", "*/*"),), "/v1/things", "")
    assert (
        build_request({"query": "a=1"}, READ, "a/b", WORDS, Credential(query="jwt")).path == "/v1/things?a=1&jwt=a%2Fb"
    )
    spelled = build_request({"headers": {"X-A": "{token}"}}, READ, "t", WORDS, Credential(prefix="p_"))
    assert spelled.header("X-A") == "p_t"


def test_a_route_brings_its_headers() -> None:
    """A request that says another value of one replaces it."""
    route = Route("read", "POST", "/rpc", body="{}", headers=(("X-Tenant", "a"), ("X-B", "b")), content_type="text/x")
    assert built("read", route, None).headers == (
        *(("Accept", "*/*"), ("X-Tenant", "a"), ("X-B", "b")),
        ("Content-Type", "text/x"),
    )
    assert built({"headers": {"x-tenant": "other"}}, route, None).header("X-Tenant") == "other"


def test_without_a_token_there_is_no_authorization() -> None:
    assert built("read", token=None).header("Authorization") is None


def test_the_authorization_may_be_spelled_out() -> None:
    assert built({"authorization": "bearer\t{token|cut} "}).header("Authorization") == "bearer\ta.b. "


def test_an_anonymous_request_may_carry_the_token_elsewhere() -> None:
    request = built({"anonymous": True, "headers": {"Cookie": "t={token}"}})
    assert (request.header("Authorization"), request.header("Cookie")) == (None, "t=a.b.c")


def test_a_header_with_several_values_is_sent_several_times() -> None:
    assert built({"headers": {"X-A": ["1", "2"]}}).headers[-2:] == (("X-A", "1"), ("X-A", "2"))


def test_a_headers_name_may_be_a_placeholder() -> None:
    assert built({"headers": {"{api_key_header}": "k"}}).header("X-API-Key") == "k"


def test_a_path_goes_out_as_the_scenario_writes_it() -> None:
    assert built({"path": "//v1/../{read.path|tail}%2f#x"}).path == "//v1/../v1/things%2f#x"


def test_a_query_is_put_behind_the_path() -> None:
    assert built({"query": "access_token={token}"}).path == "/v1/things?access_token=a.b.c"


def test_each_request_for_an_item_asks_for_another_one() -> None:
    paths = {built("item", ITEM).path for _ in range(3)}
    assert len(paths) == 3
    assert all(re.fullmatch(r"/v1/things/[0-9a-f-]{36}", path) for path in paths)


def test_the_items_id_may_be_given() -> None:
    assert built({"id": "7"}, ITEM).path == "/v1/things/7"


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(HarnessError, match=r"there is no \{other\.path\} here"):
        built({"path": "{other.path}"})


def test_routes_are_found_by_name_table_and_public_path(tmp_path: Path) -> None:
    more = '[vocabulary]\npublic = [{ path = "/health", success = [200, 503] }]\n'
    profile = load_profile(write_profile(tmp_path, profile_text("jwks", more=more)))
    assert find_route("write", profile).method == "POST"
    assert find_route({"path": "/x"}, profile).name == "read"
    assert find_route({"route": "/health"}, profile).success == (200, 503)


def test_a_route_that_the_profile_lacks_is_an_error(tmp_path: Path) -> None:
    profile = load_profile(write_profile(tmp_path, profile_text("jwks")))
    with pytest.raises(HarnessError, match="the profile 'thing' has no route 'item'"):
        find_route("item", profile)


def test_the_token_is_there_without_what_is_glued_to_it() -> None:
    """`{token}` is what the service is sent, `{jwt}` what the issuer has made."""
    request = {"authorization": "Bearer {jwt}", "headers": {"X-Sent": "{token}"}}
    made = build_request(request, READ, "a.b.c", WORDS, Credential(prefix="ext_"))
    assert (made.header("Authorization"), made.header("X-Sent")) == ("Bearer a.b.c", "ext_a.b.c")
