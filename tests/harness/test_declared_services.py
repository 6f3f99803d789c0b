"""Services of many dialects, each with its profile: a correct one breaks nothing, and a broken twin is found."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from resource_server import Dialect, cookie, header, keys, query, refuses, resource_server, roles, with_errors
from scenario_files import profile_text, write_profile
from small_service import Answer, Behaviour, Call, SmallService

from harness.idp.client import IdpClient, IssuerClient

ROUTES = """
[routes.read]
method = "GET"
path = "/v1/things"
permission = "things.list"
[routes.write]
method = "POST"
path = "/v1/things"
permission = "things.create"
body = '{"name":"probe"}'
success = [201]
"""
POLICY = """
[policy]
leeway_seconds = 60
kid_required = true
audience_required = true
sub_required = true
"""


@pytest.fixture
def issuer(idp_client: IdpClient) -> Iterator[IssuerClient]:
    issuer = idp_client.create_issuer("custom", audience="things-api")
    yield issuer
    issuer.delete()


def judged(
    folder: Path, issuer: IssuerClient, dialect: Dialect, more: str, *areas: str, routes: str = ROUTES
) -> dict[str, str]:
    """The verdict of each cell on a service of this dialect, whose profile says `more`; with what deviated."""
    profile = write_profile(folder, profile_text("jwks", routes=routes, more=POLICY + more))
    with SmallService(resource_server(issuer, dialect)) as service:
        done = idp_harness(
            *("run", *areas, "--target", "url", "--base-url", service.url, "-n", "0", "--style", "custom"),
            *("--profile", profile, "--idp-url", issuer.idp.url, "--issuer", issuer.id, "--report-dir", "out"),
            folder=folder,
        )
    assert done.returncode in (0, 1), done.stderr
    records: list[dict[str, Any]] = [
        json.loads(line) for line in (folder / "out" / "results.jsonl").read_text().splitlines()
    ]
    return {one["id"]: f"{one['verdict']} {one.get('actual') or one.get('reason') or ''}".strip() for one in records}


def broken(verdicts: dict[str, str]) -> dict[str, str]:
    """What neither passed nor was left out."""
    return {
        cell: verdict
        for cell, verdict in verdicts.items()
        if verdict.split()[0] not in ("passed", "skipped", "undeclared")
    }


def count(verdicts: dict[str, str], verdict: str) -> int:
    return sum(one.split()[0] == verdict for one in verdicts.values())


STATUS = "transport/status"
MISSING_403 = Dialect(refuse=refuses(missing=403))
CHALLENGED_403 = "[refusal]\nwithout_credentials = [403]\nbad_token = [401]\nno_permission = [403]\n"


def test_a_service_that_says_403_without_credentials_is_judged(tmp_path: Path, issuer: IssuerClient) -> None:
    """Its status is a deviation from what should be; nothing else is, and nothing is inconclusive."""
    verdicts = judged(
        tmp_path, issuer, MISSING_403, "", "transport/missing", STATUS, "time/expiry", "identity/audience"
    )
    assert broken(verdicts) == {f"{STATUS}/tr-status-missing[custom]": "failed 403 Forbidden {}"}
    assert count(verdicts, "passed") > 25


def test_a_status_that_is_declared_is_no_deviation(tmp_path: Path, issuer: IssuerClient) -> None:
    assert broken(judged(tmp_path, issuer, MISSING_403, CHALLENGED_403, STATUS, "transport/missing")) == {}


def test_another_status_than_the_declared_one_fails(tmp_path: Path, issuer: IssuerClient) -> None:
    """Also the one that others are asked for; and nothing else is blamed for it, or left inconclusive."""
    verdicts = judged(tmp_path, issuer, Dialect(), CHALLENGED_403, "transport/missing/tr-missing", STATUS)
    assert broken(verdicts) == {
        "transport/missing/tr-missing[custom]": "failed 401 Unauthorized {}",
        f"{STATUS}/tr-status-missing[custom]": "failed 401 Unauthorized {}",
    }


# What its profile says of permissions -> where the service looks for them.
PLACES = {
    'claim = "scope"\nform = "string"': Dialect(),
    'claim = "realm_access.roles"\nform = "array"': Dialect(permissions=roles("realm_access", "roles")),
    'claim = "resource_access.{client}.roles"': Dialect(permissions=roles("resource_access", "things-api", "roles")),
    'claim = "https://things.example/roles"': Dialect(permissions=roles("https://things.example/roles")),
    'claim = "roles"\nform = "keys"': Dialect(permissions=keys),
    'form = "none"': Dialect(permissions=None),
}
JUDGED = ("permissions", "transport/missing", "baseline/plain-tokens")
# These take some seconds for each service, so one has to be enough.
AREAS = ("baseline", "permissions", "transport", "token-structure", "time", "identity")


@pytest.mark.parametrize("said", PLACES)
def test_a_correct_service_breaks_nothing(tmp_path: Path, issuer: IssuerClient, said: str) -> None:
    """Wherever it looks for permissions, as long as its profile says so."""
    areas = AREAS if "scope" in said else JUDGED
    verdicts = judged(tmp_path, issuer, PLACES[said], f"[permissions]\n{said}\n", *areas)
    assert broken(verdicts) == {}
    assert verdicts["transport/missing/tr-missing[custom]"] == "passed"
    denied = verdicts["permissions/exact-match/perm-none[custom-empty-array]"]
    assert denied.split()[0] == ("skipped" if "none" in said else "passed")


@pytest.mark.parametrize("said", [said for said in PLACES if "none" not in said])
def test_a_service_that_does_not_look_at_permissions_is_found(tmp_path: Path, issuer: IssuerClient, said: str) -> None:
    verdicts = judged(
        tmp_path, issuer, Dialect(permissions=None), f"[permissions]\n{said}\n", "permissions/exact-match/perm-none"
    )
    assert set(broken(verdicts)) == set(verdicts)


SCOPE = '[permissions]\nclaim = "scope"\nform = "string"\n'
# What its profile says of the credential -> where the service looks for it.
CREDENTIALS = {
    'header = "X-Token"': header("X-Token"),
    'header = "Authorization"\nscheme = "Bearer"\nprefix = "jwt_ext_"': header("Authorization", "Bearer jwt_ext_"),
    'cookie = "session"': cookie("session"),
    'query = "jwt"': query("jwt"),
}


@pytest.mark.parametrize("said", CREDENTIALS)
def test_the_token_travels_where_the_service_looks_for_it(tmp_path: Path, issuer: IssuerClient, said: str) -> None:
    """A correct service passes, one that takes every token is found, and no record shows a token."""
    more, areas = f"{SCOPE}[credential]\n{said}\n", (*JUDGED, STATUS, "time/expiry")
    verdicts = judged(tmp_path, issuer, Dialect(CREDENTIALS[said]), more, *areas)
    assert broken(verdicts) == {}
    assert count(verdicts, "passed") > 30
    blind = Dialect(CREDENTIALS[said], permissions=None)
    assert broken(judged(tmp_path, issuer, blind, more, "permissions/exact-match/perm-none"))
    record = (tmp_path / "out" / "results.jsonl").read_text()
    assert "eyJ" not in re.sub(r"eyJ\w{5}…", "", record)
    for curl in (json.loads(line)["evidence"]["curl"] for line in record.splitlines()):
        assert "$(curl -s" in curl


GRAPH = """
[routes.read]
method = "POST"
path = "/graphql"
permission = "things.list"
body = '{"query":"{ things }"}'
headers = { X-Tenant = "acme" }
[routes.write]
method = "POST"
path = "/graphql"
permission = "things.create"
body = '{"query":"mutation { create }"}'
content_type = "application/graphql+json"
"""


def needed_by_query(call: Call) -> str:
    """The permission that the query needs; the tenant's header must be there for reading."""
    if b"mutation" in call.body:
        assert call.headers["Content-Type"] == "application/graphql+json"
        return "things.create"
    return "things.list" if call.headers["X-Tenant"] == "acme" else "nothing"


def test_a_service_may_say_no_with_a_status_of_success(tmp_path: Path, issuer: IssuerClient) -> None:
    """As GraphQL does, where reading is a POST: a correct one passes, one that ignores the scope is found."""
    graph = Dialect(refuse=with_errors, needed=needed_by_query, success=lambda _: 200)
    more, areas = f'{SCOPE}[refusal]\nerror_member = "errors"\n', (*JUDGED, STATUS, "time/expiry")
    assert broken(judged(tmp_path, issuer, graph, more, *areas, routes=GRAPH)) == {}
    blind = replace(graph, permissions=None)
    verdicts = judged(tmp_path, issuer, blind, more, "permissions/exact-match/perm-none", routes=GRAPH)
    assert set(broken(verdicts)) == set(verdicts)


def limited(behave: Behaviour, per_second: int, refused: list[Call]) -> Behaviour:
    """Answers so many requests in each second."""
    seen: deque[float] = deque()

    def limit(call: Call) -> Answer:
        now = time.monotonic()
        while seen and seen[0] <= now - 1:
            seen.popleft()
        if len(seen) >= per_second:
            refused.append(call)
            return Answer(429, headers=(("Retry-After", "1"),))
        seen.append(now)
        return behave(call)

    return limit


@pytest.mark.parametrize("said", ["", "[timing]\nrequests_per_second = 15\n"])
def test_a_limited_service_is_judged_like_any_other(tmp_path: Path, issuer: IssuerClient, said: str) -> None:
    """What it refuses for being asked too often is asked again; where the profile says its limit it refuses nothing."""
    refused: list[Call] = []
    profile = write_profile(tmp_path, profile_text("jwks", routes=ROUTES, more=POLICY + SCOPE + said))
    with SmallService(limited(resource_server(issuer, Dialect()), 20, refused)) as service:
        done = idp_harness(
            *("run", "permissions/exact-match", STATUS, "--target", "url", "--base-url", service.url, "-n", "0"),
            *("--style", "custom", "--profile", profile, "--idp-url", issuer.idp.url, "--issuer", issuer.id),
            folder=tmp_path,
        )
    assert (done.returncode, "failed" in done.stdout) == (0, False), done.stdout
    assert not (said and refused)
