"""The request log as HAR 1.2, and the filters that it shares with the log."""

from __future__ import annotations

from datetime import datetime
from threading import Thread
from typing import Any

import jsonschema
import pytest
import requests
from idp_api import IssuerApi

from mock_idp.issuer.har import har
from mock_idp.issuer.request_log import RequestLog

SECRET = "hush-hush-41"

# The members that HAR 1.2 requires, by the object that has them.
REQUIRED = {
    "log": {"version", "creator", "entries"},
    "creator": {"name", "version"},
    "entry": {"startedDateTime", "time", "request", "response", "cache", "timings"},
    "request": {
        *("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"),
    },
    "response": {
        *("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"),
        *("headersSize", "bodySize"),
    },
    "content": {"size", "mimeType"},
    "timings": {"send", "wait", "receive"},
    "postData": {"mimeType", "params", "text"},
}


def post(issuer: IssuerApi, **more: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(issuer.local(issuer.about["token_endpoint"]), timeout=20, **more)


def ask(issuer: IssuerApi, client_id: str = "me", **more: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRET, **more}
    return post(issuer, data=form)


def entries(issuer: IssuerApi, query: str = "") -> list[dict[str, Any]]:
    return list(issuer.ok("GET", f"/requests.har{query}")["log"]["entries"])


def pairs(items: list[dict[str, str]]) -> dict[str, str]:
    return {item["name"]: item["value"] for item in items}


def test_it_has_the_members_of_har(issuer: IssuerApi) -> None:
    """Every required one, and of others only those that begin with an underscore."""
    ask(issuer)
    document = issuer.ok("GET", "/requests.har")
    log = document["log"]
    (entry,) = log["entries"]
    parts = {"log": log, "creator": log["creator"], "entry": entry, "request": entry["request"]}
    parts |= {"response": entry["response"], "content": entry["response"]["content"], "timings": entry["timings"]}
    parts["postData"] = entry["request"]["postData"]
    for name, part in parts.items():
        optional = {"postData"} if name == "request" else set()
        assert {member for member in part if not member.startswith("_")} - optional == REQUIRED[name], name
    assert (set(document), log["version"]) == ({"log"}, "1.2")


def test_its_values(issuer: IssuerApi) -> None:
    """An absolute URL, times as HAR writes them, status and media type."""
    issuer.get(params={"page": "1"})
    (entry,) = entries(issuer)
    assert entry["request"]["url"] == issuer.about["jwks_uri"] + "?page=1"
    assert entry["request"]["method"] == "GET"
    assert pairs(entry["request"]["queryString"]) == {"page": "1"}
    assert datetime.fromisoformat(entry["startedDateTime"]).utcoffset() is not None
    assert entry["time"] == sum(entry["timings"].values())
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (200, "OK")
    content = entry["response"]["content"]
    assert content["size"] == len(issuer.get().content)
    assert content["mimeType"].startswith("application/")
    assert "content-type" in pairs(entry["response"]["headers"])


def test_secrets_are_not_in_it(issuer: IssuerApi) -> None:
    """Not in the body, not in the query, not in a header, and no token of an answer."""
    token = ask(issuer).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"a={SECRET}", "X-Api-Key": SECRET}
    issuer.get(params=f"access_token={token}&client_secret={SECRET}&page=2", headers=headers)
    text = issuer.api.call("GET", f"/issuers/{issuer.id}/requests.har").text
    assert SECRET not in text
    assert token not in text
    assert pairs(entries(issuer)[0]["request"]["postData"]["params"])["client_secret"] == "(redacted)"
    assert pairs(entries(issuer)[1]["request"]["queryString"])["page"] == "2"


def test_secrets_are_not_in_the_log(issuer: IssuerApi) -> None:
    """It shows the same form."""
    ask(issuer, scope="a", refresh_token=SECRET)
    post(issuer, json={"grant_type": "x", "client_assertion": SECRET})
    post(issuer, data={"grant_type": "client_credentials"}, auth=("me", SECRET))
    first, second, third = issuer.log()
    assert first["form"] == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_secret": "(redacted)",
        "scope": "a",
        "refresh_token": "(redacted)",
    }
    assert second["form"] == {"grant_type": "x", "client_assertion": "(redacted)"}
    assert (third["client_id"], third["form"]) == ("me", {"grant_type": "client_credentials"})
    assert SECRET not in str(issuer.log())


def test_a_request_without_an_answer(issuer: IssuerApi) -> None:
    """Status 0, as browsers write it."""
    issuer.fault("close", times=1)
    with pytest.raises(requests.ConnectionError):
        issuer.get()
    (entry,) = entries(issuer)
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")
    assert (entry["_fault"], entry["_endpoint"]) == ("close", "jwks")


def test_a_redirect(issuer: IssuerApi) -> None:
    """`redirectURL`, without what it passes on."""
    issuer.fault("redirect", location=f"https://app.test/cb?state=1&code={SECRET}", times=1)
    issuer.get()
    (entry,) = entries(issuer)
    assert entry["response"]["redirectURL"] == "https://app.test/cb?state=1&code=redacted"


def test_what_urls_in_headers_pass_on(issuer: IssuerApi) -> None:
    """A page that had a code in its address names it as where it comes from."""
    issuer.get(headers={"Referer": f"https://app.test/cb?code={SECRET}&state=1"})
    (entry,) = issuer.log()
    assert entry["headers"]["referer"] == "https://app.test/cb?code=redacted&state=1"
    assert SECRET not in str(entries(issuer))


def test_an_empty_log(issuer: IssuerApi) -> None:
    """A HAR without entries is one."""
    assert entries(issuer) == []


def test_the_schema_of_the_openapi_document_is_strict(issuer: IssuerApi) -> None:
    """An entry with a member less would not fit it."""
    issuer.get()
    document = issuer.ok("GET", "/requests.har")
    openapi = issuer.api.ok("GET", "/openapi.json")
    schema = {"$ref": "#/components/schemas/Har", "components": openapi["components"]}
    jsonschema.Draft202012Validator(schema).validate(document)
    del document["log"]["entries"][0]["timings"]["wait"]
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("?endpoint=token", [1, 2, 3]),
        ("?method=GET", [4]),
        ("?method=post", [1, 2, 3]),
        ("?client_id=you", [2, 3]),
        ("?client_id=y", []),
        ("?form=scope%3Da+b", [1]),
        ("?form=scope=a", []),
        ("?form=grant_type%3Dclient_credentials%26client_id%3Dyou", [2]),
        (f"?form=client_secret={SECRET}", [1, 2]),
        ("?form=client_secret=(redacted)", []),
        ("?query=page%3D2", [4]),
        (f"?query=page%3D2%26id_token_hint%3D{SECRET}", [4]),
        (f"?contains={SECRET}", [1, 2, 4]),
        ("?contains=page%3D2", [4]),
        ("?contains=nobody-has-sent-this", []),
        ("?query=page%3D1", []),
        ("?since=1&endpoint=token&client_id=you", [2, 3]),
    ],
)
def test_filters(issuer: IssuerApi, query: str, numbers: list[int]) -> None:
    """By endpoint, method, client and members of form or query; the log and the HAR agree."""
    ask(issuer, scope="a b")
    ask(issuer, "you")
    post(issuer, data={"grant_type": "client_credentials"}, auth=("you", SECRET))
    issuer.get(params={"page": "2", "id_token_hint": SECRET})
    assert [entry["seq"] for entry in issuer.log(query)] == numbers
    assert [entry["_seq"] for entry in entries(issuer, query)] == numbers


@pytest.mark.parametrize(("query", "field"), [("?form=", "form"), ("?query=", "query"), ("?forms=a=b", "forms")])
def test_bad_filters(issuer: IssuerApi, query: str, field: str) -> None:
    """The error names the parameter."""
    for path in ("/requests", "/requests.har", "/requests/wait"):
        wanted = query if path != "/requests/wait" else f"{query}&timeout=0"
        assert issuer.refused("GET", f"{path}{wanted}") == (400, "invalid_field", field)


def test_waiting_for_what_a_filter_asks_for(issuer: IssuerApi) -> None:
    """Requests of others do not end the wait."""
    thread = Thread(target=lambda: [ask(issuer, "other"), ask(issuer, "me", scope="x")])
    thread.start()
    answer = issuer.ok("GET", "/requests/wait?client_id=me&form=scope=x&timeout=20")
    thread.join()
    assert [entry["client_id"] for entry in answer["requests"]] == ["me"]


def test_durations_of_a_machine_whose_clock_is_set() -> None:
    """They come from a clock that nobody sets; the time of arrival is the wall's."""
    wall, timer = [1000.0], [50.0]
    log = RequestLog("a", wall=lambda: wall[0], timer=lambda: timer[0])
    for set_by in (-3600.0, 3600.0):
        entry = log.record("jwks", "GET", "/", "", [], None)
        wall[0] += set_by
        timer[0] += 0.25
        log.answered(entry, 200)
    entries = har(log.records(), "http://localhost", "1")["log"]["entries"]
    assert [entry["time"] for entry in entries] == [250, 250]
    assert [entry["startedDateTime"][11:19] for entry in entries] == ["00:16:40", "23:16:40"]
