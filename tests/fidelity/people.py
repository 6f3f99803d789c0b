"""Compares ID tokens and userinfo: people of each kind of account log in, as a browser and its client do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .claims import compare_members
from .matching import Difference
from .served import Served, ServedIssuer
from .tokens import decoded
from .vendor import Json, Vendor

_CALLBACK = "https://app.example.com/cb"


def people(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """For each account: what its ID token says and doesn't say, in its header as well, and the same of userinfo."""
    for name, account in facts["people"]["accounts"].items():
        where = f"people.accounts.{name}"
        user: Json = {"username": account["username"], "claims": account["directory"]}
        issuer = served.issuer(account.get("options", {}), users=[user])
        tokens = _tokens(vendor, issuer, account)
        missing = [name for name in ("id_token", "refresh_token") if name not in tokens]
        if missing:
            yield Difference(f"{where}.scope", "all tokens", f"no {', no '.join(missing)}")
            continue
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        userinfo = issuer.get(_path(issuer, "userinfo_endpoint"), headers=bearer).json()
        said = {"id_token": decoded(tokens["id_token"], 1), "userinfo": userinfo}
        for part, document in said.items():
            expected = _named({**user["claims"], **user, "client_id": vendor.clients[0]["id"]}, account[part])
            yield from compare_members(vendor, f"{where}.{part}", expected, document, issuer.base, f"people.{part}")
            for words in account[f"{part}_absent"]:
                if words.partition(" (")[0] in document:
                    yield Difference(f"{where}.{part}_absent.{words}", "(never)", document[words.partition(" (")[0]])
        if userinfo["sub"] != said["id_token"]["sub"]:
            # OpenID Connect Core section 5.3.2: else the client must not use the answer.
            yield Difference(f"{where}.userinfo.sub", said["id_token"]["sub"], userinfo["sub"])
        header = [*decoded(tokens["id_token"], 0)]
        if sorted(header) != sorted(account["header"]):
            yield Difference(f"{where}.header", account["header"], header)


def _tokens(vendor: Vendor, issuer: ServedIssuer, account: Mapping[str, Any]) -> Json:
    client = {"client_id": vendor.clients[0]["id"], "redirect_uri": _CALLBACK}
    asked = {"response_type": "code", "nonce": "n-0S6", "mock_user": account["username"], "scope": account["scope"]}
    answer = issuer.get(_path(issuer, "authorization_endpoint"), params={**client, **asked})
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "client_secret": "any", **client}
    tokens: Json = issuer.post(issuer.token_path, data=form).json()
    return tokens


def _path(issuer: ServedIssuer, endpoint: str) -> str:
    return issuer.path(str(issuer.discovery().json()[endpoint]))


def _named(known: Mapping[str, Any], members: Mapping[str, Any]) -> Json:
    """The members, with what is known of user and client where they say so: `{email}` is the claim of that name."""

    def written(example: Any) -> Any:
        if isinstance(example, str) and example.startswith("{") and example.endswith("}"):
            return known.get(example[1:-1], example)
        return example

    return {
        name: {**about, "pattern_or_example": written(about["pattern_or_example"])} for name, about in members.items()
    }
