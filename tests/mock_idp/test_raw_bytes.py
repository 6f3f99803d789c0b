"""Bytes that no client library sends: they are refused, and neither an answer nor a thread suffers from them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from idp_api import Api, IssuerApi, MakeIssuer, raw_exchange

from mock_idp.embed import EmbeddedIdp

CLOSE = b"Connection: close\r\n"
HOST = b"Host: localhost\r\n"
MARKER = b"x-mock-idp: testing-only"


def port_of(issuer: IssuerApi) -> int:
    return int(issuer.api.url.rpartition(":")[2])


def path_of(issuer: IssuerApi, name: str = "jwks_uri") -> bytes:
    return urlsplit(issuer.about[name]).path.encode()


def get(target: bytes, headers: bytes = b"", method: bytes = b"GET") -> bytes:
    return method + b" " + target + b" HTTP/1.1\r\n" + HOST + CLOSE + headers + b"\r\n"


def post(target: bytes, body: bytes, headers: bytes = b"", length: bytes | None = None) -> bytes:
    announced = b"Content-Length: %b\r\n" % (b"%d" % len(body) if length is None else length)
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    return b"POST " + target + b" HTTP/1.1\r\n" + HOST + CLOSE + form + announced + headers + b"\r\n" + body


def status(answer: bytes) -> int:
    assert answer, "no answer"
    return int(answer.split(b" ", 2)[1])


def lines(answer: bytes) -> list[bytes]:
    return answer.partition(b"\r\n\r\n")[0].lower().splitlines()


# Line breaks in a header are two headers to one reader and one to the next.
ECHOED = [
    b"Origin: http://a.test%bX-Injected: 1\r\n",
    b"X-Request-Id: 1%bX-Injected: 1\r\n",
    b"X-Forwarded-Host: a.test%bX-Injected: 1\r\n",
    b"X-Forwarded-Proto: http%bX-Injected: 1\r\n",
    b"Origin: http://a.test\r\nAccess-Control-Request-Method: GET\r\n"
    b"Access-Control-Request-Headers: x-a%bX-Injected: 1\r\n",
]


@pytest.mark.parametrize("method", [b"GET", b"OPTIONS"])
@pytest.mark.parametrize("header", ECHOED)
@pytest.mark.parametrize("between", [b"\n", b"\r", b"\0", b"\x0b", b"\r\r\n"])
def test_nothing_is_injected(faulty: IssuerApi, header: bytes, between: bytes, method: bytes) -> None:
    """Whatever a request puts between the parts of a header, no answer has the second part."""
    answer = raw_exchange(port_of(faulty), get(path_of(faulty), header % between, method))
    assert not [line for line in lines(answer) if b"injected" in line], answer
    assert status(answer) < 500


@pytest.mark.parametrize(
    "header",
    [
        *(header % b"\n" for header in ECHOED),
        b"Origin: http://a\0b\r\n",
        b"Origin: http://a\x7f\r\n",
        b"Origin: \xff\xfe\r\n",
        b"Host: a\x01b\r\n",
        b"X-A: a\r\n folded\r\n",
        b"X-A : a\r\n",
        b"X-\xe9: a\r\n",
        b": a\r\n",
        b"no colon\r\n",
        b"Host: other\r\n",
        b"Content-Length: 0\r\nContent-Length: 0\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_headers_that_are_none(idp: EmbeddedIdp, issuer: IssuerApi, header: bytes) -> None:
    """A bare line feed, a control character, a fold, bytes that are no UTF-8, a second Host or length: 400."""
    answer = raw_exchange(idp.port, get(path_of(issuer), header))
    assert (status(answer), MARKER in lines(answer)) == (400, True)


TARGETS = [
    *(b"http://[::1/x", b"http://[x]/", b"nonsense", b"ftp://h/x", b"http://a@h/x", b"http://h:x/", b"*", b"h:80"),
    *(b"/\x01", b"/\xff\xfe", b"/a?b=\xff", b"/\x7f"),
]


@pytest.mark.parametrize("target", TARGETS)
def test_targets_that_are_no_url(faulty: IssuerApi, target: bytes) -> None:
    """They are the client's mistake."""
    assert 400 <= status(raw_exchange(port_of(faulty), get(target))) < 500


@pytest.mark.parametrize("target", [*TARGETS, b"/#x", b"/%", b"/%zz", b"/%ff", b"/%ED%A0%80", b"/%C0%80"])
def test_targets_at_the_server_in_a_test(idp: EmbeddedIdp, target: bytes) -> None:
    """There the answer is 400 and says what it is."""
    answer = raw_exchange(idp.port, get(target))
    assert (status(answer), MARKER in lines(answer)) == (400, True)


@pytest.mark.parametrize("query", [b"a=%ff", b"a=%", b"%zz=1", b"a=%2", b"a=%ED%A0%80", b"%C0%80"])
@pytest.mark.parametrize("name", ["jwks_uri", "discovery_url", "token_endpoint", "control"])
def test_queries_that_are_no_text(faulty: IssuerApi, name: str, query: bytes) -> None:
    """Percent-encoding that is none, or of bytes that are not UTF-8: 400 everywhere."""
    path = b"/_mock/issuers" if name == "control" else path_of(faulty, name)
    answer = raw_exchange(port_of(faulty), get(path + b"?" + query))
    assert (status(answer), MARKER in lines(answer)) == (400, True)


def test_such_a_request_is_in_the_log(faulty: IssuerApi) -> None:
    """A service that sends one has fetched."""
    raw_exchange(port_of(faulty), get(path_of(faulty) + b"?a=%ff"))
    assert [(entry["endpoint"], entry["status"]) for entry in faulty.log()] == [("jwks", 400)]


def test_queries_that_are_text(faulty: IssuerApi) -> None:
    """They change nothing about the keys."""
    for query in (b"", b"a", b"a=%C3%A9&b=%00", b"a=+&&=", b"?%25"):
        assert status(raw_exchange(port_of(faulty), get(path_of(faulty) + b"?" + query))) == 200


FORMS = [b"client_id=\xff", b"client_id=%ff", b"client_id=%zz", b"client_id=%ED%A0%80", b"=%", b"\0\xff\r\n"]


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "entra", "cognito", "google"])
def test_forms_that_are_no_text(idp: EmbeddedIdp, make_issuer: MakeIssuer, style: str) -> None:
    """Each vendor refuses them in its own words."""
    issuer = make_issuer(style, algorithm="ES256")
    for form in FORMS:
        answer = raw_exchange(idp.port, post(path_of(issuer, "token_endpoint"), form))
        assert (400 <= status(answer) < 500, MARKER in lines(answer)) == (True, True), answer


@pytest.mark.parametrize(
    "authorization",
    [
        b"Basic \xff\xfe",
        b"Basic /////w==",
        b"Basic",
        b"Basic =",
        b"Basic AAAA",
        b"Bearer \xc3\xa9",
        b"\xc3\xa9 x",
        b" ",
    ],
)
@pytest.mark.parametrize("name", ["token_endpoint", "control"])
def test_authorization_that_says_nothing(faulty: IssuerApi, name: str, authorization: bytes) -> None:
    """It is no authorization, and no trouble."""
    path = b"/_mock/issuers/x" if name == "control" else path_of(faulty, name)
    header = b"Authorization: " + authorization + b"\r\n"
    answer = raw_exchange(port_of(faulty), post(path, b"grant_type=client_credentials", header))
    assert 400 <= status(answer) < 500


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (post(b"/", b"", length=b"9" * 400), {400, 413}),
        (post(b"/", b"", length=b"99999999999"), {413}),
        (post(b"/", b"", length=b"-1"), {400}),
        (post(b"/", b"", length=b"+1"), {400}),
        (post(b"/", b"", length=b"1, 1"), {400}),
        (post(b"/", b"", length=b"0x1"), {400}),
        (get(b"/" + b"a" * 100_000), {414}),
        (get(b"/?" + b"a" * 100_000), {414}),
        (get(b"/", b"X-A: " + b"a" * 1_000_000 + b"\r\n"), {431}),
        (get(b"/", b"".join(b"X-%d: a\r\n" % number for number in range(300))), {431}),
        (get(b"/", method=b"G@T"), {400}),
        (get(b"/", method=b"G\xe9T"), {400}),
        (get(b"/", method=b"G" * 3000), {400, 404, 405}),
        (get(b"h:80", method=b"CONNECT"), {400, 404}),
    ],
)
def test_absurd_sizes(faulty: IssuerApi, request_: bytes, expected: set[int]) -> None:
    """Too long is 413, 414 or 431, and no number is 400."""
    assert status(raw_exchange(port_of(faulty), request_)) in expected


@pytest.mark.parametrize(
    "chunk", [b"+1\r\na", b"0x1\r\na", b"1_0\r\n" + b"a" * 16, b"1 1\r\na", b"-0\r\n", b"\r\n", b"1\r\nab"]
)
def test_chunks_that_are_none(idp: EmbeddedIdp, issuer: IssuerApi, chunk: bytes) -> None:
    """A size is hexadecimal digits, and the chunk as long as it says."""
    head = b"POST / HTTP/1.1\r\n" + HOST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = raw_exchange(idp.port, head + chunk + b"\r\n0\r\n\r\n")
    assert (status(answer), MARKER in lines(answer)) == (400, True)


@pytest.mark.parametrize("part", [b"1;" + b"x" * 5000 + b"\r\na\r\n", b"0\r\n" + b"A: b\r\n" * 20_000])
def test_chunks_with_a_tail(idp: EmbeddedIdp, part: bytes) -> None:
    """Extensions and trailers end somewhere."""
    head = b"POST / HTTP/1.1\r\n" + HOST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
    assert status(raw_exchange(idp.port, head + part)) == 431


def test_lines_that_end_otherwise(idp: EmbeddedIdp) -> None:
    """Line feeds alone are told at once, not waited for."""
    answer = raw_exchange(idp.port, b"GET / HTTP/1.1\nHost: localhost\n\n")
    assert (status(answer), MARKER in lines(answer)) == (400, True)


def test_empty_lines_before_a_request(faulty: IssuerApi) -> None:
    """They are passed over (RFC 9112 section 2.2)."""
    assert status(raw_exchange(port_of(faulty), b"\r\n\r\n" + get(path_of(faulty)))) == 200


def test_a_header_with_an_underscore_is_another_one(idp: EmbeddedIdp, issuer: IssuerApi) -> None:
    """It cannot say how long the body is, or of what type."""
    headers = b"Content_Length: 3\r\nContent_Type: text/plain\r\n"
    answer = raw_exchange(idp.port, post(path_of(issuer, "token_endpoint"), b"grant_type=x", headers))
    assert b"unsupported_grant_type" in answer


@pytest.mark.parametrize("header", [b"Origin: \xff", b"Origin: http://\xc3\xa9vil.test", b"X-A: \xe9"])
def test_headers_that_cannot_be_read_open_no_control_api(granian: Api, header: bytes) -> None:
    """granian keeps values beyond ASCII to itself; the control API takes no request of which a part is unknown."""
    port = int(granian.url.rpartition(":")[2])
    answer = raw_exchange(port, get(b"/_mock/issuers", header + b"\r\n"))
    assert (status(answer), MARKER in lines(answer)) == (400, True)
