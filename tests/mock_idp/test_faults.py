"""Faults as a client sees them, under the in-process server and under granian."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import Any

import pytest
import requests
from idp_api import IssuerApi, in_background
from urllib3.exceptions import IncompleteRead


def fetch_error(issuer: IssuerApi) -> BaseException:
    """What urllib3 says when there is no proper answer."""
    with pytest.raises(requests.RequestException) as caught:
        issuer.get()
    error: BaseException = caught.value
    while error.args and isinstance(error.args[0], BaseException):
        error = error.args[0]
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], BaseException) else error


def read_all(issuer: IssuerApi) -> tuple[bytes, OSError | None]:
    """What comes on a connection that asks for the JWKS, and the error by which it ends, if any."""
    path = issuer.local(issuer.about["jwks_uri"]).removeprefix(issuer.api.url)
    came = b""
    with socket.create_connection(("127.0.0.1", int(issuer.api.url.rpartition(":")[2])), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        try:
            while data := connection.recv(65_536):
                came += data
        except ConnectionError as error:
            return came, error
    return came, None


def test_status(faulty: IssuerApi) -> None:
    """Another status, body and headers."""
    faulty.fault("status", status=429, body="slow down", headers={"Retry-After": "7"})
    answer = faulty.get()
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "slow down", "7")


def test_a_status_without_body(faulty: IssuerApi) -> None:
    """204 has no body, whatever the fault says, and the connection stays usable (RFC 9110 section 6.4.1)."""
    faulty.fault("status", status=204, body="none", times=1)
    url = faulty.local(faulty.about["jwks_uri"])
    with requests.Session() as session:
        assert [session.get(url).status_code for _ in range(2)] == [204, 200]


def test_body_as_json(faulty: IssuerApi) -> None:
    """Another document under the usual headers."""
    faulty.fault("body", body={"keys": []})
    answer = faulty.get()
    assert (answer.json(), answer.headers["Content-Type"]) == ({"keys": []}, "application/json")


def test_body_as_text(faulty: IssuerApi) -> None:
    """Text is sent as it is, also none at all."""
    faulty.fault("body", body="", status=203, headers={"Content-Type": "x/y"})
    answer = faulty.get()
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (203, b"", "x/y")


def test_garbage(faulty: IssuerApi) -> None:
    """200 with something that is no JSON."""
    faulty.fault("garbage")
    answer = faulty.get()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


@pytest.mark.parametrize("value", ["text/plain", None])
def test_content_type(faulty: IssuerApi, value: str | None) -> None:
    """The right document under another type, or under none."""
    usual = faulty.jwks()
    faulty.fault("content-type", value=value)
    answer = faulty.get()
    assert (answer.headers.get("Content-Type"), answer.json()) == (value, usual)


def test_redirect(faulty: IssuerApi) -> None:
    """A redirect to anywhere."""
    faulty.fault("redirect", location="http://169.254.169.254/", status=307)
    answer = faulty.get()
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://169.254.169.254/")


@pytest.mark.parametrize("padding", ["member", "whitespace"])
@pytest.mark.parametrize("size", [20_000, 5_000_000])
def test_huge(faulty: IssuerApi, size: int, padding: str) -> None:
    """Exactly as large as asked for, and still the right document."""
    usual = faulty.jwks()
    faulty.fault("huge", bytes=size, padding=padding)
    answer = faulty.get()
    assert len(answer.content) == size
    assert answer.json()["keys"] == usual["keys"]


def test_delay(faulty: IssuerApi) -> None:
    """The right answer, late."""
    faulty.fault("delay", seconds=0.2)
    before = time.monotonic()
    assert faulty.get().status_code == 200
    assert time.monotonic() - before >= 0.2


def test_truncate(faulty: IssuerApi) -> None:
    """The announced length is never reached."""
    faulty.fault("truncate", bytes=10)
    error = fetch_error(faulty)
    assert isinstance(error, IncompleteRead)
    assert error.partial == 10


def test_truncate_always_lacks_something(faulty: IssuerApi) -> None:
    """Even when more is asked for than there is."""
    faulty.fault("truncate", bytes=1_000_000)
    error = fetch_error(faulty)
    assert isinstance(error, IncompleteRead)
    assert error.expected == 1


def test_close(faulty: IssuerApi) -> None:
    """The connection ends in an orderly way, without an answer."""
    faulty.fault("close")
    assert isinstance(fetch_error(faulty), http.client.RemoteDisconnected)


def test_reset(faulty: IssuerApi) -> None:
    """The connection is reset."""
    faulty.fault("reset")
    assert type(fetch_error(faulty)) is ConnectionResetError


def test_reset_after_headers(faulty: IssuerApi) -> None:
    """The head announces a body that never comes."""
    faulty.fault("reset", after="headers")
    head, ending = read_all(faulty)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert type(ending) is ConnectionResetError


def test_drip(faulty: IssuerApi) -> None:
    """The whole answer, slowly."""
    usual = faulty.jwks()
    faulty.fault("drip", bytes_per_second=4000)
    before = time.monotonic()
    assert faulty.get().json() == usual
    assert time.monotonic() - before >= 0.05


def test_drip_gives_up(faulty: IssuerApi) -> None:
    """A drip that would take too long ends in the middle."""
    faulty.fault("drip", bytes_per_second=20, max_seconds=0.2)
    assert isinstance(fetch_error(faulty), http.client.HTTPException | OSError)


def test_hang_until_released(faulty: IssuerApi) -> None:
    """A released request gets the usual answer, of the keys as they are by then."""
    faulty.fault("hang", times=1)
    thread, results = in_background(faulty.jwks)
    faulty.ok("GET", "/requests/wait?timeout=20")
    signing = faulty.ok("POST", "/rotate")["signing"]
    faulty.ok("POST", "/faults/release")
    thread.join()
    assert signing in [key["kid"] for key in results[0]["keys"]]


def test_hang_until_cleared(faulty: IssuerApi) -> None:
    """Clearing the faults lets requests go on too."""
    faulty.fault("hang")
    thread, results = in_background(faulty.get)
    faulty.ok("GET", "/requests/wait?timeout=20")
    faulty.ok("DELETE", "/faults")
    thread.join()
    assert results[0].status_code == 200


def test_hang_until_reset(faulty: IssuerApi) -> None:
    """A reset ends them without an answer."""
    faulty.fault("hang")
    thread, results = in_background(faulty.get)
    faulty.ok("GET", "/requests/wait?timeout=20")
    faulty.ok("POST", "/reset")
    thread.join()
    assert isinstance(results[0], requests.ConnectionError)


def test_nobody_hangs_for_ever(faulty: IssuerApi) -> None:
    """After `max_seconds` the connection is closed."""
    faulty.fault("hang", max_seconds=0.1)
    assert isinstance(fetch_error(faulty), http.client.RemoteDisconnected)


@pytest.mark.parametrize(("after", "part"), [("headers", 0.0), ("half", 0.5)])
def test_hang_midway(faulty: IssuerApi, after: str, part: float) -> None:
    """The head comes, with no body or half of it, and at the end the connection is closed."""
    usual = faulty.get().content
    faulty.fault("hang", after=after, max_seconds=0.1)
    answer, ending = read_all(faulty)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(usual)}".encode() in head
    assert body == usual[: int(len(usual) * part)]
    assert ending is None


@pytest.mark.parametrize("after", ["headers", "half"])
def test_hang_midway_until_released(faulty: IssuerApi, after: str) -> None:
    """A released request gets the rest."""
    usual = faulty.jwks()
    faulty.ok("DELETE", "/requests")
    faulty.fault("hang", after=after)
    path = faulty.local(faulty.about["jwks_uri"]).removeprefix(faulty.api.url)
    connection = http.client.HTTPConnection(faulty.api.url.removeprefix("http://"), timeout=20)
    connection.request("GET", path)
    # The head is there before anybody lets the request go on.
    answer = connection.getresponse()
    thread, results = in_background(answer.read)
    faulty.ok("POST", "/faults/release")
    thread.join()
    connection.close()
    assert json.loads(results[0]) == usual


def test_many_hang_at_once(faulty: IssuerApi) -> None:
    """Sixty hanging requests do not keep another issuer, or the control API, from answering."""
    faulty.fault("hang")
    waiting = [in_background(faulty.get) for _ in range(60)]
    faulty.ok("GET", "/requests/wait?count=60&timeout=20")
    faulty.ok("DELETE", "/faults")
    for thread, results in waiting:
        thread.join()
        assert results[0].status_code == 200


def test_only_the_connection_of_the_request_is_touched(faulty: IssuerApi) -> None:
    """Other connections of the same client live on."""
    address = faulty.api.url.removeprefix("http://")
    path = faulty.local(faulty.about["jwks_uri"]).removeprefix(faulty.api.url)
    others = [http.client.HTTPConnection(address) for _ in range(5)]
    for connection in others:
        connection.request("GET", path)
        connection.getresponse().read()
        connection.auto_open = 0
    faulty.fault("reset", times=1)
    fetch_error(faulty)
    for connection in others:
        connection.request("GET", path)
        assert connection.getresponse().read()
        connection.close()


def test_times(faulty: IssuerApi) -> None:
    """A fault is shown as often as it was asked for."""
    faulty.fault("status", status=500, times=2)
    assert [faulty.get().status_code for _ in range(3)] == [500, 500, 200]


def test_faults_are_shown_in_order(faulty: IssuerApi) -> None:
    """The oldest one that is not spent comes first, so that they can be scripted."""
    faulty.fault("status", status=500, times=1)
    faulty.fault("status", status=503, times=1)
    assert [faulty.get().status_code for _ in range(3)] == [500, 503, 200]


def test_only_the_named_endpoint_fails(faulty: IssuerApi) -> None:
    """A fault of discovery leaves the JWKS alone."""
    faulty.fault("status", on="discovery", status=500)
    assert (faulty.get("discovery_url").status_code, faulty.get().status_code) == (500, 200)


def test_the_list_tells_how_often(faulty: IssuerApi) -> None:
    """Spent faults stay in the list as evidence."""
    faulty.fault("status", status=500, times=1)
    faulty.get()
    (planned,) = faulty.ok("GET", "/faults")["faults"]
    assert (planned["kind"], planned["on"], planned["times"], planned["served"]) == ("status", "jwks", 1, 1)


def test_the_log_names_the_fault(faulty: IssuerApi) -> None:
    """What a request met stands beside its status."""
    faulty.fault("status", status=500, times=1)
    faulty.get()
    faulty.fault("close", times=1)
    fetch_error(faulty)
    faulty.get()
    assert [(entry["fault"], entry["status"]) for entry in faulty.log()] == [
        ("status", 500),
        ("close", None),
        (None, 200),
    ]


def test_the_marker_is_on_every_answer(faulty: IssuerApi) -> None:
    """Right or wrong, an answer says that it is for testing only."""
    faulty.fault("garbage", times=1)
    faulty.fault("drip", times=1, bytes_per_second=1_000_000)
    for _ in range(3):
        assert faulty.get().headers["X-Mock-Idp"] == "testing-only"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({}, "kind"),
        ({"kind": "hangs", "on": "jwks"}, "kind"),
        ({"kind": "hang"}, "on"),
        ({"kind": "hang", "on": "keys"}, "on"),
        ({"kind": "hang", "on": "jwks", "max_seconds": 1e9}, "max_seconds"),
        ({"kind": "hang", "on": "jwks", "times": 0}, "times"),
        ({"kind": "status", "on": "jwks", "status": 99}, "status"),
        ({"kind": "status", "on": "jwks", "headers": {"A": "b\r\nC: d"}}, "headers.A"),
        ({"kind": "status", "on": "jwks", "headers": {"A b": "c"}}, "headers.A b"),
        ({"kind": "status", "on": "jwks", "headers": {"Content-Length": "3"}}, "headers.Content-Length"),
        ({"kind": "redirect", "on": "jwks", "location": "a b"}, "location"),
        ({"kind": "huge", "on": "jwks", "bytes": 10**12}, "bytes"),
        ({"kind": "huge", "on": "jwks", "padding": "sand"}, "padding"),
        ({"kind": "hang", "on": "jwks", "after": "body"}, "after"),
        ({"kind": "reset", "on": "jwks", "after": "half"}, "after"),
        ({"kind": "crowd", "on": "jwks", "count": 10**6}, "count"),
        ({"kind": "encoding", "on": "jwks", "gzip": "never"}, "gzip"),
        ({"kind": "body", "on": "jwks"}, "body"),
    ],
)
def test_bad_faults(issuer: IssuerApi, spec: dict[str, Any], field: str) -> None:
    """A fault that could not be shown is refused, and none is planned."""
    assert issuer.refused("POST", "/faults", spec) == (400, "invalid_field", field)
    assert issuer.ok("GET", "/faults") == {"faults": []}


def test_faults_do_not_break_json(issuer: IssuerApi) -> None:
    """Whatever the body of a fault is, the list shows it."""
    body = json.loads('{"a": [null, {"b": "\\u00e9"}]}')
    issuer.fault("body", body=body)
    assert issuer.ok("GET", "/faults")["faults"][0]["body"] == body


def test_one_fault_is_dropped(faulty: IssuerApi) -> None:
    """By its id; the others stay, and what isn't there is a 404 that names the nearest."""
    first = faulty.fault("status", status=429)["id"]
    second = faulty.fault("status", status=503)["id"]
    assert faulty.get().status_code == 429
    faulty.ok("DELETE", f"/faults/{first}")
    assert faulty.get().status_code == 503
    assert faulty.refused("DELETE", f"/faults/{first}") == (404, "unknown_fault", None)
    faulty.ok("DELETE", f"/faults/{second}")
    assert (faulty.get().status_code, faulty.ok("GET", "/faults")) == (200, {"faults": []})
