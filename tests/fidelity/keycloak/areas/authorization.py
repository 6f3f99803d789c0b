"""The authorization endpoint, a login by its page, and codes."""

from __future__ import annotations

from urllib.parse import urlencode

from ..browser import Browser, query_of
from ..realm import CALLBACK, PASSWORD, SCOPE, SECRET
from ..sides import Side
from . import Area
from .common import CHALLENGE, VERIFIER, authorization, by_code, let_a_second_begin, login

_CHANGED: dict[str, dict[str, str | None]] = {
    "good": {},
    "no-state": {"state": None},
    "no-scope": {"scope": None},
    "empty-scope": {"scope": ""},
    "unknown-scope": {"scope": "openid nothing:known"},
    "optional-scope": {"scope": f"openid {SCOPE}"},
    "no-client": {"client_id": None},
    "empty-client": {"client_id": ""},
    "unknown-client": {"client_id": "nobody"},
    "machine-client": {"client_id": "machine"},
    "bearer-only": {"client_id": "tasker-api"},
    "no-redirect": {"redirect_uri": None},
    "other-redirect": {"redirect_uri": "https://evil.example/cb"},
    "longer-redirect": {"redirect_uri": CALLBACK + "/more"},
    "redirect-query": {"redirect_uri": CALLBACK + "?a=b"},
    "redirect-fragment": {"redirect_uri": CALLBACK + "#x"},
    "redirect-case": {"redirect_uri": CALLBACK.upper()},
    "no-response-type": {"response_type": None},
    "empty-response-type": {"response_type": ""},
    "unknown-response-type": {"response_type": "something"},
    "response-none": {"response_type": "none"},
    "response-token": {"response_type": "token"},
    "response-id-token": {"response_type": "id_token", "nonce": "n"},
    "response-id-token-no-nonce": {"response_type": "id_token"},
    "response-hybrid": {"response_type": "code id_token", "nonce": "n"},
    "response-all": {"response_type": "code id_token token", "nonce": "n"},
    "mode-query": {"response_mode": "query"},
    "mode-fragment": {"response_mode": "fragment"},
    "mode-form-post": {"response_mode": "form_post"},
    "mode-jwt": {"response_mode": "jwt"},
    "mode-query-jwt": {"response_mode": "query.jwt"},
    "mode-unknown": {"response_mode": "something"},
    "mode-web-message": {"response_mode": "web_message"},
    "prompt-none": {"prompt": "none"},
    "prompt-none-fragment": {"prompt": "none", "response_mode": "fragment"},
    "prompt-none-form-post": {"prompt": "none", "response_mode": "form_post"},
    "prompt-none-no-state": {"prompt": "none", "state": None},
    "prompt-login": {"prompt": "login"},
    "prompt-consent": {"prompt": "consent"},
    "prompt-create": {"prompt": "create"},
    "prompt-none-login": {"prompt": "none login"},
    "prompt-unknown": {"prompt": "something"},
    "max-age": {"max_age": "10"},
    "max-age-none": {"max_age": "10", "prompt": "none"},
    "max-age-text": {"max_age": "x"},
    "max-age-negative": {"max_age": "-1"},
    "challenge": {"code_challenge": CHALLENGE, "code_challenge_method": "S256"},
    "challenge-plain": {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
    "challenge-no-method": {"code_challenge": VERIFIER},
    "challenge-short": {"code_challenge": "short", "code_challenge_method": "S256"},
    "challenge-unknown": {"code_challenge": CHALLENGE, "code_challenge_method": "S512"},
    "method-alone": {"code_challenge_method": "S256"},
    "pkce-missing": {"client_id": "pkce"},
    "pkce-plain": {"client_id": "pkce", "code_challenge": VERIFIER, "code_challenge_method": "plain"},
    "pkce-no-method": {"client_id": "pkce", "code_challenge": CHALLENGE},
    "pkce-good": {"client_id": "pkce", "code_challenge": CHALLENGE, "code_challenge_method": "S256"},
    "request": {"request": "eyJhbGciOiJub25lIn0.e30."},
    "request-garbage": {"request": "garbage"},
    "request-uri": {"request_uri": "https://app.example/request"},
    "request-uri-unknown": {"request_uri": "urn:ietf:params:oauth:request_uri:nothing"},
    "claims": {"claims": '{"id_token": {"acr": {"values": ["1"]}}}'},
    "claims-garbage": {"claims": "garbage"},
    "acr": {"acr_values": "2"},
    "login-hint": {"login_hint": "ann"},
    "ui-locales": {"ui_locales": "de"},
    "id-token-hint-garbage": {"id_token_hint": "garbage", "prompt": "none"},
    "kc-idp-hint": {"kc_idp_hint": "nothing"},
    "kc-action": {"kc_action": "UPDATE_PASSWORD"},
    "unknown-parameter": {"x": "y"},
    "nonce": {"nonce": "n-1"},
    "offline": {"scope": "openid offline_access"},
}


def _ask(side: Side) -> None:
    for name, changes in _CHANGED.items():
        form = {key: value for key, value in {**authorization(), **changes}.items() if value is not None}
        side.send(f"authorization/{name}", "GET", f"{side.url('auth')}?{urlencode(form)}")
        if name in ("good", "no-client", "other-redirect", "prompt-none", "unknown-scope"):
            side.form(f"authorization/POST {name}", "auth", form)
    for name in ("client_id", "redirect_uri", "scope", "state", "response_type", "x"):
        pairs = [*authorization(x="1").items(), (name, authorization(x="1")[name])]
        side.send(f"authorization/twice {name}", "GET", f"{side.url('auth')}?{urlencode(pairs)}")
    side.send("authorization/empty", "GET", "auth")
    _logins(side)
    _codes(side)


def _logins(side: Side) -> None:
    url = f"{side.url('auth')}?{urlencode(authorization(nonce='n-1'))}"
    browser = Browser(side)
    page = browser.arrive(browser.get("authorization/login page", url))
    browser.submit("authorization/login wrong", page, {"username": "ann", "password": "wrong", "action": "login"})
    browser = Browser(side)
    browser.log_in("authorization/login unknown", url, "nobody")
    browser = Browser(side)
    back = browser.log_in("authorization/login", url, "ann", PASSWORD)
    by_code(side, "authorization/login code", query_of(back).get("code", "none"))
    for name, more in {
        "again": {},
        "none": {"prompt": "none"},
        "none-nonce": {"prompt": "none", "nonce": "n-2"},
        "other-client": {"client_id": "svc"},
        "login": {"prompt": "login"},
        "old": {"max_age": "0"},
        "young": {"max_age": "1000"},
        "fragment": {"prompt": "none", "response_mode": "fragment"},
        "form-post": {"prompt": "none", "response_mode": "form_post"},
        "token": {"prompt": "none", "response_type": "token"},
        "response-none": {"prompt": "none", "response_type": "none"},
        "hint-same": {"prompt": "none", "login_hint": "ann"},
        "hint-other": {"prompt": "none", "login_hint": "bob"},
        "offline": {"prompt": "none", "scope": "openid offline_access"},
        "no-openid": {"prompt": "none", "scope": "email"},
        "jwt": {"prompt": "none", "response_mode": "jwt"},
    }.items():
        if name == "old":
            let_a_second_begin()  # Ages are whole seconds to Keycloak: in that of the login no login is old.
        form = {**authorization(), **more}
        answer = browser.get(f"authorization/session {name}", f"{side.url('auth')}?{urlencode(form)}")
        code = query_of(answer).get("code")
        if code is not None and name in ("again", "none-nonce", "offline", "no-openid"):
            by_code(side, f"authorization/session {name} code", code)
    for mode in ("query", "fragment", "form_post"):
        login(side, f"authorization/login mode {mode}", response_mode=mode)
    login(side, "authorization/login no-state-scope", scope="email", state="")
    login(side, "authorization/login confidential", "svc")
    login(side, "authorization/login state", state="a b&c=d/é")


def _codes(side: Side) -> None:
    def fresh(**more: str) -> str:
        return login(side, **more)[1]

    code = fresh()
    tokens = by_code(side, "authorization/code good", code)
    by_code(side, "authorization/code twice", code)
    form = {"grant_type": "refresh_token", "client_id": "web", "refresh_token": tokens.text("refresh_token")}
    side.form("authorization/code twice refresh", "token", form)
    bearer = [("Authorization", f"Bearer {tokens.text('access_token')}")]
    side.send("authorization/code twice userinfo", "GET", "userinfo", bearer)
    by_code(side, "authorization/code garbage", "garbage")
    by_code(side, "authorization/code three-parts", "a.b.c")
    by_code(side, "authorization/code empty", "")
    side.form("authorization/code missing", "token", {"grant_type": "authorization_code", "client_id": "web"})
    by_code(side, "authorization/code wrong-redirect", fresh(), redirect_uri="https://app.example/other")
    good = {"grant_type": "authorization_code", "client_id": "web", "code": fresh()}
    side.form("authorization/code no-redirect", "token", good)
    by_code(side, "authorization/code other-client", fresh(), "pkce")
    by_code(side, "authorization/code confidential-no-secret", fresh(client_id="svc"), "svc")
    by_code(side, "authorization/code confidential-wrong", fresh(client_id="svc"), "svc", client_secret="wrong")
    by_code(side, "authorization/code confidential", fresh(client_id="svc"), "svc", client_secret=SECRET)
    by_code(side, "authorization/code scope", fresh(), scope="email")
    by_code(side, "authorization/code verifier-unasked", fresh(), code_verifier=VERIFIER)
    challenged = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    by_code(side, "authorization/code pkce", fresh(client_id="pkce", **challenged), "pkce", code_verifier=VERIFIER)
    by_code(side, "authorization/code pkce-wrong", fresh(**challenged), code_verifier=VERIFIER[::-1])
    by_code(side, "authorization/code pkce-missing", fresh(**challenged))
    by_code(side, "authorization/code pkce-short", fresh(**challenged), code_verifier="short")
    by_code(side, "authorization/code pkce-empty", fresh(**challenged), code_verifier="")
    plain = {"code_challenge": VERIFIER, "code_challenge_method": "plain"}
    by_code(side, "authorization/code pkce-plain", fresh(**plain), code_verifier=VERIFIER)
    for scope in (
        "openid email",
        "openid profile",
        "email",
        "openid offline_access",
        f"openid {SCOPE}",
        "openid address",
    ):
        by_code(side, f"authorization/code scope {scope}", fresh(scope=scope, nonce="n-1"))
    form = {"grant_type": "authorization_code", "client_id": "web", "redirect_uri": CALLBACK, "code": fresh()}
    side.form("authorization/code parameter-twice", "token", [*form.items(), ("code", form["code"])])


AREAS = (Area("authorization", _ask),)
