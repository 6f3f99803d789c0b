"""The pytest plugin in suites of other people: each run here is a pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ("pytester",)

Pytester = pytest.Pytester


def run(pytester: Pytester, *arguments: str) -> pytest.RunResult:
    """A pytest run in the folder, with warnings as errors."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *arguments)


HEAD = """
import base64
import json
import socket
import urllib.error
import urllib.request

import pytest


def get(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        return json.load(answer)


def parts(token):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def kids(issuer):
    return [key["kid"] for key in get(issuer.jwks_uri)["keys"]]
"""

IN_WORDS = (
    HEAD
    + """
def test_a_token_is_the_vendors_and_has_the_permissions(issuer):
    header, claims = parts(issuer.token(["tasks:list"]))
    assert (claims["iss"], claims["aud"], claims["permissions"]) == (issuer.url, issuer.audience, ["tasks:list"])
    assert header["kid"] in kids(issuer)

def test_a_token_may_differ_in_anything(issuer):
    header, claims = parts(issuer.token(claims={"extra": 1}, without=["sub"], times={"exp": -60}, header={"typ": "x"}))
    assert (claims["extra"], "sub" in claims, claims["exp"] < claims["iat"], header["typ"]) == (1, False, True, "x")

def test_a_broken_token_has_one_named_defect(issuer):
    assert issuer.broken_token("empty-signature").endswith(".")
    header, claims = parts(issuer.broken_token("alg-none", ["tasks:list"], alg="NonE"))
    assert (header["alg"], claims["permissions"]) == ("NonE", ["tasks:list"])

def test_an_unknown_defect_names_the_known_ones(issuer):
    with pytest.raises(Exception, match="alg-none"):
        issuer.broken_token("alg-nun")

def test_a_rotation_makes_another_key_sign(issuer):
    before = parts(issuer.token())[0]["kid"]
    after = issuer.rotate()
    assert parts(issuer.token())[0]["kid"] == after != before
    assert after in kids(issuer)

def test_keys_are_added_and_retired(issuer):
    kid = issuer.add_key("second")
    assert parts(issuer.token(key="second"))[0]["kid"] == kid
    assert kid in kids(issuer)
    issuer.retire("second")
    assert kid not in kids(issuer)

def test_a_hidden_key_signs_and_is_not_published(issuer):
    kid = issuer.add_key("thief", state="hidden")
    assert parts(issuer.token(key="thief"))[0]["kid"] == kid
    assert kid not in kids(issuer)

def test_faults_break_the_jwks_until_healed(issuer):
    issuer.fault("jwks", "status", status=503)
    with pytest.raises(urllib.error.HTTPError, match="503"):
        get(issuer.jwks_uri)
    issuer.heal()
    assert kids(issuer)

def test_a_fault_may_end_by_itself(issuer):
    issuer.fault("jwks", "status", status=500, times=1)
    with pytest.raises(urllib.error.HTTPError):
        get(issuer.jwks_uri)
    assert kids(issuer)

def test_the_clock_may_run_ahead(issuer):
    now = parts(issuer.token())[1]["iat"]
    issuer.set_clock(3600)
    assert 3590 < parts(issuer.token())[1]["iat"] - now < 3700

def test_requests_are_seen(issuer):
    assert issuer.requests() == []
    get(issuer.jwks_uri)
    get(issuer.discovery_url)
    assert [one["endpoint"] for one in issuer.requests()] == ["jwks", "discovery"]
    assert [one["path"] for one in issuer.requests("discovery")] == [issuer.requests()[1]["path"]]

def test_requests_are_waited_for(issuer):
    import threading
    thread = threading.Thread(target=get, args=(issuer.jwks_uri,))
    thread.start()
    [seen] = issuer.wait_for_requests("jwks", seconds=10)
    thread.join()
    assert (seen["method"], seen["status"]) == ("GET", 200)

def test_the_token_endpoint_works(issuer):
    body = b"grant_type=client_credentials&client_id=me&client_secret=it&audience=tasker-api"
    request = urllib.request.Request(issuer.token_endpoint, body)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        token = json.load(answer)["access_token"]
    assert parts(token)[1]["iss"] == issuer.url

@pytest.mark.issuer(style="okta", audience="api://mine")
def test_the_marker_says_how_the_issuer_is_made(issuer):
    header, claims = parts(issuer.token(["a"]))
    assert (claims["scp"], claims["aud"], "cid" in claims, "typ" in header) == (["a"], "api://mine", True, False)

def test_the_server_is_on_loopback(mock_idp, issuer):
    assert mock_idp.url.startswith("http://127.0.0.1:")
"""
)


def test_an_issuer_in_the_words_of_a_test(pytester: Pytester) -> None:
    """What the fixture promises, each promise a test of that suite."""
    pytester.makepyfile(IN_WORDS)
    run(pytester).assert_outcomes(passed=IN_WORDS.count("\ndef test_"))


def test_every_test_has_an_issuer_of_its_own_in_two_processes(pytester: Pytester) -> None:
    """No two tests share one, and each process has its own server."""
    pytester.makepyfile(
        """
        import os, pathlib, pytest

        @pytest.mark.parametrize("number", range(8))
        def test_one(issuer, mock_idp, number):
            assert issuer.requests() == []
            pathlib.Path(f"seen-{number}").write_text(f"{issuer.url} {mock_idp.url}")
        """
    )
    run(pytester, "-n", "2").assert_outcomes(passed=8)
    seen = [file.read_text().split() for file in pytester.path.glob("seen-*")]
    assert len({issuer for issuer, _ in seen}) == 8
    assert len({server for _, server in seen}) == 2


def test_a_deadline_says_what_came_instead(pytester: Pytester) -> None:
    pytester.makepyfile(
        HEAD
        + """
def test_late(issuer):
    get(issuer.jwks_uri)
    issuer.wait_for_requests("jwks", count=2, seconds=0.1)
"""
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines(
        [r"E +AssertionError: 2 request\(s\) for jwks within 0\.1 s; came: \['GET /i/.* 200'\]"]
    )


def test_a_bad_marker_says_what_is_wrong(pytester: Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.issuer(style='oktta')\ndef test_one(issuer): pass\n")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*IdpError: POST /_mock/issuers*400*style*"])


def test_the_markers_are_registered(pytester: Pytester) -> None:
    result = run(pytester, "--markers", "--strict-markers")
    result.stdout.fnmatch_lines_random(["@pytest.mark.issuer(*", "@pytest.mark.idp_scenarios(*"])


def test_the_fixtures_are_described(pytester: Pytester) -> None:
    result = run(pytester, "--fixtures")
    result.stdout.fnmatch_lines_random(
        ["issuer -- *", "    An issuer for this test alone*", "mock_idp ?session scope? -- *"]
    )


def test_loading_the_plugin_loads_nothing_heavy(pytester: Pytester) -> None:
    """It loads in every pytest start of its environment, also of suites that don't use it.

    Schemathesis, which the tests of the control API need, brings a plugin that loads requests.
    """
    pytester.makepyfile(
        """
        import sys

        def test_nothing(request):
            assert request.config.pluginmanager.has_plugin("idp_harness")
            heavy = {"flask", "requests", "cryptography", "jwt", "werkzeug", "rich", "click", "mock_idp", "jinja2"}
            assert heavy & set(sys.modules) == set()
        """
    )
    run(pytester, "-p", "no:schemathesis").assert_outcomes(passed=1)


def test_the_request_log_can_be_searched(pytester: Pytester) -> None:
    """By method, client, form and query; a wait names what it waited for."""
    pytester.makepyfile(
        """
        import pytest, requests

        def test_search(issuer):
            issuer.script(response={"status": 204}, times=2)
            for client_id in ("a", "b"):
                requests.post(issuer.token_endpoint, data={"client_id": client_id, "scope": "x"})
            assert [one["client_id"] for one in issuer.requests(client_id="b", method="POST")] == ["b"]
            requests.get(issuer.jwks_uri, params={"page": "2"})
            assert [one["endpoint"] for one in issuer.requests(query={"page": "2"})] == ["jwks"]
            assert len(issuer.wait_for_requests("token", 2, form={"scope": "x"})) == 2
            assert len(issuer.har()["log"]["entries"]) == 3
            with pytest.raises(AssertionError, match="any endpoint client_id=c"):
                issuer.wait_for_requests(client_id="c", seconds=0)
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_what_is_left_of_a_script_is_told(pytester: Pytester) -> None:
    """A step has an id, by which the record of its request names it; until that comes, it is unused."""
    pytester.makepyfile(
        """
        import requests

        def test_script(issuer):
            first = issuer.script(problem="wrong_secret")
            second = issuer.script(on="jwks", delay_seconds=0.01)
            assert requests.post(issuer.token_endpoint, data={"client_id": "me"}).status_code == 401
            assert [one["script"] for one in issuer.requests()] == [first]
            assert [one["id"] for one in issuer.unused_steps()] == [second]
            assert requests.get(issuer.jwks_uri).status_code == 200
            assert issuer.unused_steps() == []

        def test_fault(issuer):
            issuer.fault("authorize", "status", status=503, when={"client_id": "web"})
            url = requests.get(issuer.discovery_url).json()["authorization_endpoint"]
            asked = {"client_id": "web", "redirect_uri": "https://app.test/cb", "response_type": "code"}
            assert requests.get(url, params=asked).status_code == 503
            assert requests.get(url, params=asked | {"client_id": "other"}).status_code == 200
        """
    )
    run(pytester).assert_outcomes(passed=2)
