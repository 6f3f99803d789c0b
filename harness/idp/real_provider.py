"""An identity provider that runs already and is not ours: its metadata, its keys, and tokens for one of its clients.

It is only asked, never changed: metadata and keys once, a token when the last one is about to expire.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
import uuid
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from harness.base.errors import HarnessError
from harness.declared.real_issuer import RealIssuer
from harness.idp.client import IdpError
from harness.shown.foreign_text import foreign
from harness.shown.redaction import Secrets
from harness.wire.exchange import Connection, Exchange, Request
from mock_idp.tools import clocks

_SECONDS = 15.0
# The metadata of an issuer with a path stand behind it (OpenID Connect Discovery 1.0 §4), or before its path (RFC 8414
# §3.1).
_BEHIND, _BEFORE = "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"
# A token is used while at least so much of its life is left: what is sent now is read in time.
_LEFT, _LEFT_SECONDS = 0.2, 30.0
_ASSERTION_SECONDS = 60
# The algorithm of a client's assertion, by the type of its key in OpenSSL's words (RFC 7518 §3.1).
_ASSERTION_ALGORITHMS = (("RSA", "RS256"), ("Ed25519", "EdDSA"))
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


class RealProvider:
    """The provider that `settings` names. Safe for use from several threads; `now` gives unix seconds.

    All methods raise `IdpError`, in one sentence without a secret, when it does otherwise than the specifications say.
    """

    def __init__(self, settings: RealIssuer, now: Callable[[], float] = clocks.wall) -> None:
        self.settings, self._now = settings, now
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] | None = None
        self.metadata_url = ""  # Where they were found.
        self._jwks: list[dict[str, Any]] | None = None
        self._token, self._good_until = "", 0.0
        self._secrets = Secrets()
        self._secrets.add_text(settings.client_secret)

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata document (RFC 8414 §2), whose issuer is the one that was named."""
        with self._lock:
            return self._known_metadata()

    def _known_metadata(self) -> dict[str, Any]:
        if self._metadata is None:
            self._metadata = self._fetched_metadata()
        return self._metadata

    def _fetched_metadata(self) -> dict[str, Any]:
        issuer, tried = self.settings.issuer, []
        parts = urlsplit(issuer)
        usual = [
            issuer.rstrip("/") + _BEHIND,
            f"{parts.scheme}://{parts.netloc}{_BEFORE}{parts.path.rstrip('/')}",
        ]
        for url in [self.settings.metadata_url] if self.settings.metadata_url else usual:
            exchange = self._ask(url)
            if exchange.status == 200:
                found = self._object(exchange, url)
                if found.get("issuer") != issuer:
                    said = foreign(found.get("issuer"))
                    raise IdpError(
                        f"the metadata at {url} are those of the issuer {said}, not of {issuer}: they must be the "
                        "same, character by character (RFC 8414 §3.3)"
                    )
                self.metadata_url = url
                return found
            tried.append(f"{url}: {self._shown(exchange)}")
        raise IdpError(f"the issuer {issuer} has no metadata where they belong: {'; '.join(tried)}")

    def url_of(self, name: str) -> str:
        """An address that the metadata say, such as `jwks_uri`."""
        value = self.metadata.get(name)
        if not isinstance(value, str):
            raise IdpError(f"the metadata of {self.settings.issuer} have no {name}")
        return value

    def jwks(self) -> list[dict[str, Any]]:
        """The public keys that it publishes."""
        url = self.url_of("jwks_uri")
        with self._lock:
            if self._jwks is None:
                exchange = self._ask(url)
                keys = self._object(exchange, url).get("keys") if exchange.status == 200 else None
                if not isinstance(keys, list):
                    raise IdpError(f"{url} gives no key set: {self._shown(exchange)}")
                self._jwks = [key for key in keys if isinstance(key, dict)]
            return self._jwks

    def token(self) -> str:
        """An access token of the client, the last one while it is good for long enough."""
        endpoint = self.url_of("token_endpoint")
        with self._lock:
            if not self._token or self._now() > self._good_until:
                answer = self._object(self._granted(endpoint), endpoint)
                token, lifetime = answer.get("access_token"), answer.get("expires_in")
                if not isinstance(token, str) or not token:
                    raise IdpError(f"the token endpoint {endpoint} answers 200 without an access_token")
                seconds = float(lifetime) if isinstance(lifetime, int | float) else 60.0
                self._token = token
                self._good_until = self._now() + seconds - max(_LEFT * seconds, min(_LEFT_SECONDS, seconds / 2))
            return self._token

    def _granted(self, endpoint: str) -> Exchange:
        settings = self.settings
        form = {"grant_type": "client_credentials"}
        form |= {name: value for name in ("scope", "audience", "resource") if (value := getattr(settings, name))}
        headers: tuple[tuple[str, str], ...] = (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
        )
        method = settings.auth_method or self._auth_method()
        if method == "private_key_jwt":
            form |= {
                "client_id": settings.client_id,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(endpoint),
            }
        elif method == "client_secret_post":
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        else:
            # Both are encoded like a form's values first (RFC 6749 §2.3.1).
            pair = f"{quote_plus(settings.client_id)}:{quote_plus(settings.client_secret)}"
            headers += (("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"),)
        exchange = self._ask(endpoint, "POST", headers, urlencode(form).encode())
        if exchange.status != 200:
            raise IdpError(
                f"the token endpoint {endpoint} gives the client {settings.client_id!r} no token ({method}): "
                f"{self._shown(exchange)}"
            )
        return exchange

    def _auth_method(self) -> str:
        """The method that the metadata allow; Basic is the one that every server has (RFC 6749 §2.3.1)."""
        allowed = self._known_metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        known = ("client_secret_basic", "client_secret_post")
        return next((one for one in known if isinstance(allowed, list) and one in allowed), known[0])

    def _assertion(self, endpoint: str) -> str:
        """What a client proves itself with that has a key (RFC 7523 §3); each is used once."""
        import jwt
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key: Any = load_pem_private_key(self.settings.client_key.encode(), None)
        if isinstance(key, EllipticCurvePrivateKey):
            algorithm = _CURVES.get(key.curve.name, "ES256")
        else:
            algorithm = next(name for kind, name in _ASSERTION_ALGORITHMS if kind in type(key).__name__)
        now = int(self._now())
        claims = {
            "iss": self.settings.client_id,
            "sub": self.settings.client_id,
            "aud": endpoint,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        kid = self.settings.client_key_id
        return jwt.encode(claims, key, algorithm, {"kid": kid} if kid else None)

    def _ask(
        self, url: str, method: str = "GET", headers: tuple[tuple[str, str], ...] = (), body: bytes | None = None
    ) -> Exchange:
        """One request; a redirect is an answer like any other. Raises `IdpError` where secrets would go in clear."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
            raise IdpError(f"{url} is no https URL, and nobody gets a secret or a token there in clear")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with Connection(f"{parts.scheme}://{parts.netloc}", ca_file=self.settings.ca_file) as connection:
                return connection.send(Request(method, path, headers, body), answer_seconds=_SECONDS)
        except (OSError, ssl.SSLError) as problem:  # The file of authorities.
            raise IdpError(
                f"ca_file: {self.settings.ca_file} can't be read as certificates: {foreign(problem)}"
            ) from None
        except HarnessError as problem:
            raise IdpError(f"{url}: {problem}") from None

    def _object(self, exchange: Exchange, url: str) -> dict[str, Any]:
        try:
            value = json.loads(exchange.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, Mapping):
            raise IdpError(f"{url} answers with what is no JSON object")
        return dict(value)

    def _shown(self, exchange: Exchange) -> str:
        return self._secrets.cut(exchange.summary())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
