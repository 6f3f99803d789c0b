"""An issuer in the words of a test: mint good and broken tokens, rotate, break things, look at what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from harness.idp.client import IssuerClient


class MockIssuer:
    """What the `issuer` fixture gives to a test."""

    def __init__(self, client: IssuerClient) -> None:
        self._client = client

    @property
    def id(self) -> str:
        """Its name at the provider."""
        return self._client.id

    @property
    def style(self) -> str:
        """The vendor in whose style it issues tokens."""
        return self._client.style

    @property
    def idp_url(self) -> str:
        """The address of the provider that it lives on."""
        return self._client.idp.url

    @property
    def url(self) -> str:
        """The `iss` of its tokens, in the vendor's form."""
        return self._client.issuer

    @property
    def jwks_uri(self) -> str:
        """Where a service finds its keys."""
        return self._client.jwks_uri

    @property
    def audience(self) -> str:
        return self._client.audience

    @property
    def discovery_url(self) -> str:
        return str(self._client.description["discovery_url"])

    @property
    def token_endpoint(self) -> str:
        return str(self._client.description["token_endpoint"])

    def token(self, permissions: Sequence[str] = (), **spec: Any) -> str:
        """A token in the vendor's shape. `spec` is a TokenSpec: claims, without, times (seconds from now), header,
        key, alg, mutation ... Raises `IdpError` that names the member when the spec is wrong.

        `issuer.token(["tasks:list"], times={"exp": -3600})` has expired an hour ago.
        """
        return self._client.mint({"permissions": list(permissions), **spec})

    def broken_token(self, mutation: str, permissions: Sequence[str] = (), **parameters: Any) -> str:
        """A token with one named defect, such as `alg-none` or `empty-signature`."""
        spec: dict[str, Any] = {"permissions": list(permissions), "mutation": mutation}
        return self._client.mint(spec | ({"with": parameters} if parameters else {}))

    def rotate(self) -> str:
        """One key rotation as the vendor does it; returns the kid that signs from now on."""
        return str(self._client.rotate()["signing"])

    def add_key(self, name: str, state: str = "next", **settings: Any) -> str:
        """Add a key (published unless `state` is `hidden`); returns its kid. `token(key=name)` signs with it."""
        return str(self._client.add_key(name=name, state=state, **settings)["kid"])

    def retire(self, key: str) -> None:
        """Take a key out of the JWKS."""
        self._client.set_key_state(key, "retired")

    def fault(self, on: str, kind: str, **parameters: Any) -> None:
        """Let an endpoint misbehave: `issuer.fault("jwks", "status", status=500, times=2)`."""
        self._client.fault(on=on, kind=kind, **parameters)

    def script(self, on: str = "token", **step: Any) -> str:
        """Say what the next request of an endpoint gets: `response`, `error`, `problem` or `claims`, or the usual
        answer after `delay_seconds`, for `times` (1) requests. Out: the id by which records name the step.

        `issuer.script(claims={"tenant": 7}, when={"client_id": "batch"})` puts a claim into that client's next token.
        """
        return self._client.script(on=on, **step)

    def unused_steps(self) -> list[Mapping[str, Any]]:
        """The steps of the script that wait for requests which have not come: `assert not issuer.unused_steps()`."""
        return list(self._client.unused_steps())

    def heal(self) -> None:
        """End all faults, and forget what is left of the script."""
        self._client.clear_faults()
        self._client.clear_script()

    def set_clock(self, offset_seconds: float) -> None:
        """Let the issuer's clock run ahead (or behind, when negative) by that many seconds."""
        self._client.set_clock(offset_seconds)

    def requests(
        self,
        endpoint: str | None = None,
        *,
        method: str | None = None,
        client_id: str | None = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> list[Mapping[str, Any]]:
        """What was asked of this issuer, oldest first; `endpoint` is jwks, discovery, token, other ...

        `client_id` is who the client says it is, `form` are members that the body must have, `query` those
        of the query.
        """
        return list(self._client.requests(endpoint=endpoint, filters=_filters(method, client_id, form, query)))

    def wait_for_requests(
        self,
        endpoint: str | None = None,
        count: int = 1,
        seconds: float = 5.0,
        *,
        method: str | None = None,
        client_id: str | None = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> list[Mapping[str, Any]]:
        """Wait until `count` such requests (as for `requests`) have come since the issuer was made.

        Raises `AssertionError` with what came instead when the deadline passes.
        """
        filters = _filters(method, client_id, form, query)
        seen = self._client.wait_for_requests(endpoint, count, 0, seconds, filters)
        if seen is None:
            came = [f"{one['method']} {one['path']} {one['status']}" for one in self.requests()]
            wanted = " ".join([endpoint or "any endpoint", *(f"{name}={value}" for name, value in filters.items())])
            raise AssertionError(f"{count} request(s) for {wanted} within {seconds:g} s; came: {came}")
        return list(seen)

    def har(self) -> Mapping[str, Any]:
        """What was asked of this issuer as HAR 1.2, for tools that read it."""
        return self._client.har()

    def delete(self) -> None:
        """Forget the issuer; its URLs answer 404 from now on."""
        self._client.delete()


def _filters(
    method: str | None, client_id: str | None, form: Mapping[str, str] | None, query: Mapping[str, str] | None
) -> dict[str, str]:
    given = {
        "method": method,
        "client_id": client_id,
        "form": urlencode(form) if form else None,
        "query": urlencode(query) if query else None,
    }
    return {name: value for name, value in given.items() if value is not None}
