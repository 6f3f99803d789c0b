"""Requests as clients of a vendor send them, with something odd in most of them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes

from .drawing import Draw

SECRET = "zz-nobody-may-read-this-zz"
"""Stands in every place for a credential, so that a log which shows it has shown one."""


@dataclass(frozen=True)
class Request:
    """A request before it is bytes."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def wire(self, host: str) -> bytes:
        """The bytes of it, for a connection that stays open."""
        headers = [("Host", host), *self.headers]
        if self.body or self.method == "POST":
            headers.append(("Content-Length", str(len(self.body))))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


@dataclass
class Memory:
    """What earlier answers have handed out, for requests that come back with it."""

    tokens: list[str]
    refresh_tokens: list[str]
    codes: list[str]
    device_codes: list[str]
    cookies: list[str]
    request_uris: list[str]

    @classmethod
    def empty(cls) -> Memory:
        """Of nothing."""
        return cls([], [], [], [], [], [])


GRANTS = (
    *("client_credentials", "authorization_code", "refresh_token", "password", "device_code", "implicit", ""),
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "http://auth0.com/oauth/grant-type/password-realm",
)
_TYPES = tuple(
    f"urn:ietf:params:oauth:token-type:{kind}" for kind in ("access_token", "id_token", "jwt", "saml2", "id-jag")
)
_WORDS: dict[str, tuple[str, ...]] = {
    "grant_type": GRANTS,
    "client_id": ("app", "web", "spa", "", "nobody", "http://127.0.0.1:1/client.json", "https://app.example/c.json"),
    "scope": (
        "openid",
        "openid profile email offline_access",
        "tasks:read",
        "api://x/.default",
        " ",
        "a\tb",
        "openid openid",
    ),
    "audience": ("tasker-api", "https://api.example/", "", "api"),
    "resource": ("tasker-api", "https://graph.microsoft.com", "urn:x", "https://mcp.example/#f", "/mcp"),
    "redirect_uri": (
        "https://app.example/callback",
        "http://localhost/cb",
        "x",
        "https://evil.example/#f",
        "javascript:0",
    ),
    "response_type": ("code", "token", "id_token", "code id_token", "none", "id_token code token", "x"),
    "response_mode": ("query", "fragment", "form_post", "web_message", "x"),
    "state": ("s", "%0d%0aX: y", '"><b>'),
    "nonce": ("n", ""),
    "prompt": ("none", "login", "consent", "select_account", "none login", "x"),
    "max_age": ("0", "1", "-1", "999999999999999999999", "x", "1.5", "NaN"),
    "code_challenge": ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "short", "x" * 129),
    "code_challenge_method": ("S256", "plain", "s256", "x"),
    "username": ("ann", "bob", "", "nobody"),
    "login_hint": ("ann", "é", ""),
    "realm": ("Username-Password-Authentication", "x"),
    "subject_token_type": _TYPES,
    "actor_token_type": _TYPES,
    "requested_token_type": _TYPES,
    "requested_token_use": ("on_behalf_of", "x"),
    "token_type_hint": ("access_token", "refresh_token", "x"),
    "client_assertion_type": ("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "x"),
    "post_logout_redirect_uri": ("https://app.example/out", "x"),
    "logout_uri": ("https://app.example/out", "x"),
    "returnTo": ("https://app.example/out", "x"),
    "logout_hint": ("ann",),
    "user_code": ("ABCD-EFGH", "", "x"),
    "decision": ("allow", "deny"),
    "action": ("login", "cancel", "x"),
    "claims": ('{"id_token":{"acr":null}}', "{", "[]", '"x"'),
    "acr_values": ("1", "x y"),
    "ui_locales": ("de en", "x"),
    "display": ("page",),
    "organization": ("org_1",),
    "connection": ("google-oauth2",),
    "hd": ("example.com",),
    "access_type": ("offline", "x"),
    "include_granted_scopes": ("true",),
    "nothing_known": ("x",),
}
_SECRETS = (
    *("client_secret", "client_assertion", "password", "assertion", "code", "code_verifier", "device_code"),
    *("token", "access_token", "refresh_token", "id_token_hint", "subject_token", "actor_token", "request"),
)
_NAMES = (*_WORDS, *_SECRETS)
# What a client of that endpoint mostly says, so that not every request ends at the first thing that is missing.
_USUAL: dict[str, tuple[str, ...]] = {
    "token": ("grant_type", "client_id", "client_secret", "scope", "code", "redirect_uri", "refresh_token", "assertion",
              "username", "password", "device_code", "subject_token", "subject_token_type", "code_verifier"),
    "authorize": ("client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge",
                  "code_challenge_method", "prompt", "response_mode", "username", "password", "request_uri"),
    "device_authorization": ("client_id", "scope"),
    "device_page": ("user_code", "username", "password", "decision"),
    "introspect": ("token", "token_type_hint", "client_id", "client_secret"),
    "revoke": ("token", "token_type_hint", "client_id", "client_secret"),
    "end_session": ("id_token_hint", "client_id", "post_logout_redirect_uri", "logout_uri", "state"),
    "par": ("client_id", "client_secret", "response_type", "redirect_uri", "scope", "code_challenge"),
    "registration": ("redirect_uris", "grant_types", "scope", "client_name", "token_endpoint_auth_method"),
    "userinfo": ("access_token",),
    "tokeninfo": ("access_token", "id_token"),
}  # fmt: skip
_ODD = (
    *(
        "",
        " ",
        "\x00",
        "é",
        "∞",
        "\U0001f600",
        "a" * 5000,
        "\r\nX-Injected: 1",
        "%",
        "%zz",
        "\ud800",
        "null",
        "[]",
        "{}",
    ),
    *("../../etc", "' OR 1=1", "<script>", "-1", "1e999", "\u202e", "a=b&c=d", "+", "\\", "\x7f", "\x1b[31m"),
)
_METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "FOO")
_CONTENT_TYPES = (
    *("application/x-www-form-urlencoded", "application/json", "application/x-www-form-urlencoded; charset=utf-16"),
    *("text/plain", "multipart/form-data; boundary=x", "application/json; charset=latin-1", "", "application/jwt", ";"),
)
_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Origin", ("https://app.example", "null", "http://[", "x", "https://app.example\tx", "é")),
    ("Accept", ("application/json", "text/html", "*/*;q=0", ",,,;;", "application/jwt", "application/jwk-set+json")),
    ("Accept-Encoding", ("gzip", "gzip;q=0", "*", "gzip;q=x")),
    ("If-None-Match", ("*", '"x"')),
    ("X-Forwarded-Host", ("idp.example", "a b", "x,y", "[")),
    ("X-Forwarded-Proto", ("https", "x")),
    ("Access-Control-Request-Method", ("POST", "X", "é")),
    ("Access-Control-Request-Headers", ("authorization", "x" * 300)),
    ("Expect", ("100-continue", "200-ok")),
    ("X-Correlation-Id", ("c-1", "é" * 50)),
    ("Range", ("bytes=0-1", "x")),
    ("DPoP", (f"{SECRET}.{SECRET}.{SECRET}", "x.y.z")),
    ("Content-Encoding", ("gzip", "x")),
    ("Transfer-Coding", ("x",)),
    ("Referer", (f"https://app.example/?code={SECRET}",)),
)


def vendor_request(draw: Draw, routes: list[tuple[str, str]], memory: Memory) -> Request:
    """One request. In: path and endpoint of everything the issuer serves, and what was handed out before."""
    path, endpoint = draw.pick(routes)
    if draw.number(0, 30) == 0:
        path += draw.pick(
            ("/", "x", "/..", "//", "%2f", "%00", ";a", "/é".encode().decode("latin-1"), "%ff", "/%E0%A4%A")
        )
    pairs = _parameters(draw, endpoint, memory)
    method = draw.pick(_METHODS) if draw.number(0, 15) == 0 else draw.pick(_usual_methods(endpoint))
    chosen = [draw.pick(_HEADERS) for _ in range(draw.pick((0, 0, 0, 1, 1, 2)))]
    headers = [(name, draw.pick(values)) for name, values in dict(chosen).items()]
    if draw.number(0, 2) == 0:
        headers.append(("Authorization", _authorization(draw, memory)))
    if memory.cookies and draw.number(0, 2) == 0:
        headers.append(("Cookie", draw.pick(memory.cookies)))
    elif draw.number(0, 20) == 0:
        headers.append(("Cookie", draw.pick((f"session={SECRET}", "=", ";;;", "a=é", "x" * 3000))))
    in_query = method in ("GET", "HEAD") or draw.number(0, 12) == 0
    request = Request(method, path, tuple((name, _latin(value)) for name, value in headers))
    if in_query:
        return replace(request, target=f"{path}?{_encoded(draw, pairs)}" if pairs else path)
    return _with_body(draw, request, pairs)


def _usual_methods(endpoint: str) -> tuple[str, ...]:
    if endpoint in ("jwks", "discovery", "session_page", "account"):
        return ("GET", "GET", "GET", "HEAD")
    if endpoint == "session":
        return ("GET", "GET", "DELETE")
    both = ("authorize", "userinfo", "end_session", "device_page", "tokeninfo")
    return ("GET", "POST") if endpoint in both else ("POST",)


def _parameters(draw: Draw, endpoint: str, memory: Memory) -> list[tuple[str, str]]:
    usual = _USUAL.get(endpoint, ("x",))
    names = [name for name in usual if draw.number(0, 3)]
    names += [draw.pick(_NAMES) for _ in range(draw.pick((0, 0, 1, 1, 2, 5)))]
    if names and draw.number(0, 30) == 0:
        names.append(names[0])
    return [(name, _value(draw, name, memory)) for name in names]


def _value(draw: Draw, name: str, memory: Memory) -> str:
    if draw.number(0, 15) == 0:
        return draw.pick(_ODD)
    known = {
        "code": memory.codes,
        "refresh_token": memory.refresh_tokens,
        "device_code": memory.device_codes,
        "request_uri": memory.request_uris,
    }.get(name, memory.tokens if "token" in name and "type" not in name else [])
    if known and draw.number(0, 3):
        return draw.pick(known)
    if name in ("client_assertion", "assertion", "request", "subject_token", "token", "id_token_hint"):
        return _jwt(draw)
    return SECRET if name in _SECRETS else draw.pick(_WORDS.get(name, ("x",)))


_JOSE_HEADERS: tuple[object, ...] = (
    *({"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256", "kid": 1}, {"alg": "RS256"}, {"alg": None}, [], 1),
)
_CLAIMS: tuple[object, ...] = (
    0,
    1,
    -1,
    1e308,
    10**30,
    True,
    None,
    "x",
    "",
    [],
    {},
    ["a"],
    "app",
    "nobody",
    4_000_000_000,
    0.5,
)


_CLAIM_NAMES = (
    ("iss", "sub", "aud", "exp", "iat", "jti"),
    ("iss", "sub", "aud", "exp"),
    ("exp", "nbf"),
    ("iss",),
    ("iss", "scope", "aud", "exp", "iat"),
    ("sub", "azp"),
    (),
)


def _jwt(draw: Draw) -> str:
    if draw.number(0, 4) == 0:
        return draw.pick((SECRET, f"{SECRET}.{SECRET}.{SECRET}", "..", "a.b", "a.b.c.d.e", "eyJ9.eyJ9.", ".e30."))
    header = draw.pick(_JOSE_HEADERS)
    claims = {name: draw.pick(_CLAIMS) for name in draw.pick(_CLAIM_NAMES)}
    parts = (json.dumps(header), json.dumps(draw.pick((claims, claims, claims, [], "x"))), SECRET)
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)


_AUTHORIZATIONS = (
    *(f"Bearer {SECRET}", f"Basic {SECRET}", f"DPoP {SECRET}", "Basic", "Basic =", "Basic /w==", "Bearer", "x", ""),
)


def _authorization(draw: Draw, memory: Memory) -> str:
    kind = draw.number(0, 10)
    if kind < 5:
        client = draw.pick(("app", "web", "", "nobody", "a%3Ab", "é", "%zz", "a:b"))
        secret = draw.pick((SECRET, "secret", "", "%zz", "\x00"))
        return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
    if kind < 8 and memory.tokens:
        return "Bearer " + draw.pick(memory.tokens)
    return f"Bearer {_jwt(draw)}" if kind == 10 else draw.pick(_AUTHORIZATIONS)


def _with_body(draw: Draw, request: Request, pairs: list[tuple[str, str]]) -> Request:
    kind = draw.number(0, 20)
    if kind == 0:
        return replace(
            request,
            headers=(*request.headers, ("Content-Type", draw.pick(_CONTENT_TYPES))),
            body=draw.octets(200),
        )
    if kind < 3:
        members: dict[str, object] = {
            name: draw.pick((value, value, value, None, 1, [value], {"a": value}, True)) for name, value in pairs
        }
        document: object = draw.pick((members, members, members, [], "x", None, 1e308))
        body = json.dumps(document).encode()
        return replace(request, headers=(*request.headers, ("Content-Type", "application/json")), body=body)
    content_type = draw.pick(_CONTENT_TYPES) if kind == 3 else _CONTENT_TYPES[0]
    return replace(
        request,
        headers=(*request.headers, ("Content-Type", content_type)),
        body=_encoded(draw, pairs).encode("latin-1"),
    )


def _encoded(draw: Draw, pairs: list[tuple[str, str]]) -> str:
    text = "&".join(f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs)
    if draw.number(0, 30) == 0:
        text += draw.pick(("&", "&&&", "&=", "=", "&%ff=%fe", "&a", ";b=c", "&x=%", "&" * 200, "&a=1" * 150))
    return text


def _latin(text: str) -> str:
    """A header value as the bytes of UTF-8, each a character."""
    return text.encode("utf-8").decode("latin-1")
